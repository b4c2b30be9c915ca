"""What neighbours lend each other, and the community's time bank: opened early, so that the help of the other
stories is credited."""

from datetime import datetime, timedelta
from typing import Any

from mulin.kernel import clock
from mulin.kernel.actions import set_rule
from mulin.mutualaid.sharing import offers, settling, uses
from mulin.mutualaid.timebank import actions as timebank
from mulin.mutualaid.timebank.models import TimeHolder
from mulin.places.models import Site
from mulin.site.demo.places import HOME

NIGHTS = [{"day": n, "from": "18:00", "to": "08:30"} for n in range(1, 8)]
OFFICE = [{"day": n, "from": "08:30", "to": "18:00"} for n in range(1, 6)]
ANY_TIME = [{"day": n, "from": "08:00", "to": "21:00"} for n in range(1, 8)]
LENDER, OTHER, GUEST, THIRD = "resident", 5, 8, 11
BASIS = "居民代表会议讨论后试行"
DAY = timedelta(days=1)


def plan(street) -> None:
    """Put it on the timeline, counted back from the present; what would lie ahead is left out."""
    end = street.timeline.end
    street.timeline.plan(_at(end, 85, 9), _rules, street)
    street.timeline.plan(_at(end, 30, 19), _offer, street)
    for days, begins, hours, person, came in PAST:
        street.timeline.plan(_at(end, days, 12), _use, street, days, begins, hours, person, came)
    street.timeline.plan(_at(end, 3, 10), _settle, street)
    street.timeline.plan(_at(end, 2, 15), _time, street)
    street.timeline.plan(_at(end, 1, 16), _lately, street)


# (days before the present, hour of the evening, hours, who, whether they came)
PAST = (
    (21, 19, 3, OTHER, True), (17, 18, 12, GUEST, True), (12, 20, 2, OTHER, True), (9, 19, 4, THIRD, False),
    (6, 18, 13, GUEST, True),
)  # fmt: skip


def _at(end: datetime, days: int, hour: int) -> datetime:
    day = (end - timedelta(days=days)).astimezone(clock.zone())
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def _rules(when: datetime, street) -> None:
    """The residents decided: a time bank, and a tenth of each fee for the community's shared purse."""
    admin = street.actor("admin")
    for name, value in (
        ("aid.time.on", True),
        ("aid.time.expiry_months", 36),
        ("aid.sharing.split", {"owner": 80, "community": 10, "estate": 10}),
    ):
        set_rule(
            actor=admin, name=name, place=HOME, valid_from=clock.today(), value=value, basis=BASIS,
            certainty="local practice",
        )  # fmt: skip


def _estate() -> str:
    found = Site.objects.filter(community=HOME, kind="estate", valid_to=None).order_by("code").first()
    return found.code if found else ""


def _offer(when: datetime, street) -> None:
    """Two spaces and two things; one of them entered for somebody who is not online."""
    clerk, estate = street.actor("clerk"), _estate()
    made = offers.offer(
        actor=street.actor_of(street.resident(LENDER)), place=HOME, kind="parking",
        title="地下车位，夜里空着", about="限高两米，普通小车。白天我自己停。",
        where="地下一层 B1-088", windows=NIGHTS, fee_fen=200,
        access="从北门进，抬杆时报“金堰共享”。", site=estate,
    )  # fmt: skip
    offers.decide_offer(actor=clerk, number=made.number, accept=True)
    street.told["space"] = made.number
    office = offers.offer(
        actor=street.actor_of(street.resident(OTHER)), place=HOME, kind="parking",
        title="上班时间空的地面车位", about="工作日白天空着，新手也好停。",
        where="地面 3 号", windows=OFFICE, fee_fen=0, site=estate,
    )  # fmt: skip
    offers.decide_offer(actor=clerk, number=office.number, accept=True)
    offers.offer(
        actor=street.actor_of(street.resident(GUEST)), place=HOME, kind="thing",
        title="冲击钻，带三个钻头", about="第一次用请先看盒子里的说明。", where="2栋 6-1", windows=ANY_TIME,
        deposit_fen=5000, site=estate,
    )  # fmt: skip
    offers.offer(
        actor=clerk, place=HOME, kind="thing", title="三米人字梯", about="两个人扶着用。", where="社区值班室",
        windows=ANY_TIME, owner_name="谢师傅",
    )  # fmt: skip


def _book(street, number: str, begins: datetime, hours: int, person: Any, **more: Any) -> str:
    return uses.book(
        actor=street.actor_of(street.resident(person)), number=number, starts_at=begins,
        ends_at=begins + timedelta(hours=hours), **more,
    ).number  # fmt: skip


def _use(when: datetime, street, days: int, hour: int, hours: int, person: Any, came: bool) -> None:
    """Booked at noon for the evening; one of the neighbours did not come, and did not object."""
    if "space" not in street.told:
        return
    number = _book(street, street.told["space"], when.replace(hour=hour), hours, person)
    owner = street.actor_of(street.resident(LENDER))
    if came:
        over = when.replace(hour=hour) + timedelta(hours=hours)
        street.timeline.plan(over, _end, street, number, person)
    else:
        street.timeline.plan(when.replace(hour=hour + 1), _missed, owner, number)


def _end(when: datetime, street, number: str, person: Any) -> None:
    uses.end(actor=street.actor_of(street.resident(person)), number=number)


def _missed(when: datetime, owner: Any, number: str) -> None:
    uses.say_no_show(actor=owner, number=number)


def _settle(when: datetime, street) -> None:
    """One of the neighbours paid at the counter, and the owner got a part."""
    if "space" not in street.told:
        return
    pay = {"actor": street.actor("clerk"), "place": HOME, "words": "现金，收据0012"}
    settling.record_payment(party=street.resident(GUEST).pk, fen=2400, **pay)
    settling.record_payout(party=street.resident(LENDER).pk, fen=1600, **pay)


def _time(when: datetime, street) -> None:
    """Whoever was credited by then gives a little to the reserve, and the reserve helps somebody."""
    clerk = street.actor("clerk")
    given = 0
    for holder in TimeHolder.objects.filter(place=HOME).exclude(account=None).order_by("pk")[:2]:
        fields = {"actor": street.actor_of(holder.account), "minutes": 30, "reserve": True}
        given += bool(street.attempt(when, timebank.give, fields))
    elder = timebank.open_book(actor=street.actor_of(street.resident(20)), place=HOME)
    if given:
        timebank.award(
            actor=clerk, place=HOME, code=elder.code, minutes=30, reason="独居高龄，每周有人陪着下楼"
        )


def _lately(when: datetime, street) -> None:
    """What is open now: a space that waits for a look, tonight's booking, a drill with its deposit due."""
    if "space" not in street.told:
        return
    offers.offer(
        actor=street.actor_of(street.resident(THIRD)), place=HOME, kind="parking", title="周末空着的车位",
        about="周末回老家，两天都空。", where="地下一层 B1-131", site=_estate(), fee_fen=100,
        windows=[{"day": n, "from": "00:00", "to": "24:00"} for n in (6, 7)],
    )  # fmt: skip
    tonight = (when + 2 * DAY).replace(hour=19)
    _book(street, street.told["space"], tonight, 3, OTHER, note="渝A·D2208")
    _book(street, street.told["space"], tonight + DAY, 4, GUEST, note="渝B·66Q10")
