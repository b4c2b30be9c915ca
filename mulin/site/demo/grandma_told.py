"""The demo's shared grandmas: who helps, who is helped, what is being tried, what a family gave back.

Told through the actions, counted back from the present, so that every state is there: helpers on the way to
duty, on duty, resting, one whose check ends soon and one whose check ended; needs that wait, that wait for a
parent's signature, that are being asked; trials, running ones, a paused one; visits confirmed and to confirm.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mulin.mutualaid.matching import actions
from mulin.mutualaid.matching.models import AidMatch, AidNeed
from mulin.places.models import Site
from mulin.site.demo.places import HOME
from mulin.voices.actions import publish_matter, submit_voice

SAFE = {"safe_rule": "visible_place", "safe_note": "走大路，在校门口和楼下交接"}


@dataclass(frozen=True, slots=True)
class Grandma:
    """A helper. `person`: the number of a resident with an account; `checked`: days before she came
    when her record was looked up (more than 84: before the present); `on`: how far she has come."""

    name: str
    kinds: tuple[str, ...]
    about: str
    days: tuple[int, ...] = (1, 2, 3, 4, 5)
    begins: str = "15:30"
    ends: str = "18:30"
    person: int = 0
    capacity: int = 2
    checked: int | None = 20
    on: str = "on_duty"
    traits: tuple[str, ...] = ("woman", "cooks")
    languages: tuple[str, ...] = ("zh", "local")


@dataclass(frozen=True, slots=True)
class Family:
    """Who asks. `asked`: days before the present; `state`: how far it has come; `visits`: how many."""

    name: str
    kind: str
    text: str
    asked: int
    state: str = "running"
    days: tuple[int, ...] = (1, 3)
    begins: str = "16:30"
    ends: str = "17:15"
    person: int | str = 0
    visits: int = 0
    child: bool = False
    consent: bool = True
    wishes: tuple[str, ...] = ()
    channel: str = "phone"
    given: tuple[tuple[str, int], ...] = field(default_factory=tuple)


GRANDMAS = (
    Grandma("王婶", ("pickup", "tutoring"), "退休前是小学老师，孩子都叫我王婶", person=31),
    Grandma("周奶奶", ("pickup", "meals"), "做了一辈子饭，多添一双筷子的事", person=32),
    Grandma("老田", ("pickup", "company"), "退休公交司机，走路快，脾气好", traits=("man", "stairs")),
    Grandma("陈阿姨", ("tutoring", "company"), "喜欢看书，也喜欢听孩子说话"),
    Grandma(
        "蒋婆婆", ("elder_care", "meals"), "照顾过我妈十年，知道老人要什么", begins="09:00", ends="12:00"
    ),
    Grandma(
        "老吴", ("skills", "company", "things"), "会修小家电，也陪人下棋", begins="14:00", traits=("man",)
    ),
    Grandma(
        "何孃孃", ("elder_care", "company"), "每天散步，顺路看看", begins="08:30", ends="11:30", capacity=3
    ),
    Grandma("罗奶奶", ("pickup", "meals"), "家就在学校边上", checked=344, capacity=1),
    Grandma("郭老师", ("tutoring",), "教过三十年数学", days=(6,), checked=371, capacity=1),
    Grandma("马阿姨", ("meals", "company"), "包饺子一把好手", on="resting", begins="10:00", ends="13:00"),
    Grandma("宋爷爷", ("company", "skills"), "教大家用手机", on="trained", traits=("man",)),
    Grandma("梁嬢嬢", ("pickup",), "刚退休，想找点事做", on="screened", checked=None),
    Grandma("林叔", ("elder_care",), "当过医院护工", on="applied", checked=None, traits=("man", "stairs")),
)
# fmt: off
FAMILIES = (
    Family("三单元小敏妈妈", "pickup", "我们双职工，放学没人接，能接到家楼下就好", 62,
           person="resident", visits=5, wishes=("woman",), channel="portal",
           given=(("陪老人们听懂加装电梯的方案", 3), ("教楼里的老人用手机挂号", 4))),
    Family("2栋周家", "pickup", "爷爷腿脚不便，周二周四接一下", 58, days=(2, 4), visits=4,
           given=(("给院坝会搬桌椅、烧开水", 5),)),
    Family("丹桂里小罗", "tutoring", "孩子写作业坐不住，有人陪着就好", 50, ends="18:00", visits=4),
    Family("堰坎老院赵爷爷", "company", "一个人住，想有人说说话", 47, begins="16:00", ends="18:00",
           visits=4, given=(("每天给楼道的花浇水", 20),)),
    Family("1栋九十岁的冉婆婆", "elder_care", "女儿上班，上午来看一眼", 44, days=(1, 2, 3), begins="09:00",
           ends="11:00", visits=5, wishes=("woman",)),
    Family("仪表厂宿舍郑家", "meals", "坐月子，想有人帮着做一顿饭", 36, begins="16:00", ends="18:30",
           visits=5, wishes=("cooks",)),
    Family("5栋小唐", "tutoring", "三年级，数学跟不上", 40, days=(6,), begins="16:00", ends="18:00",
           visits=3),
    Family("丹桂里谭家", "pickup", "二年级，周一周三放学", 13, state="trial", visits=3),
    Family("6栋夏家", "company", "孩子放假一个人在家，陪着看看书", 12, state="trial", days=(5,),
           begins="16:00", ends="18:00", child=True, visits=1),
    Family("4栋小孙", "pickup", "周五放学接到社区四点半课堂", 5, state="proposed", days=(5,)),
    Family("堰坎老院的汪爷爷", "skills", "收音机不响了，想请人看看", 4, state="asked", begins="14:00",
           ends="17:00", channel="counter"),
    Family("3栋小胡", "tutoring", "想请人陪着写作业", 3, state="asked", ends="18:00", consent=False,
           channel="portal", person=33),
    Family("金堰苑1栋付婆婆", "things", "借一个轮椅，周末去医院", 2, state="asked", days=(6,), begins="09:00",
           ends="12:00"),
)
# fmt: on


def plan(street) -> None:
    """Put the story on the timeline: helpers first, then each family in its turn."""
    end = street.timeline.end
    first = _at(end, 84, 9)
    for n, one in enumerate(GRANDMAS):
        late = {"trained": 20, "screened": 9, "applied": 2}.get(one.on, 84)
        when = _at(end, late, 9) + timedelta(minutes=n) if late != 84 else first + timedelta(minutes=n)
        street.timeline.plan(when, _grandma, street, one, n)
    for one in FAMILIES:
        when = min(_at(end, one.asked, 10), end - timedelta(hours=3))
        street.timeline.plan(when, _family, street, one)
    street.timeline.plan(_at(end, 17, 15), _lift, street)
    street.timeline.plan(end - timedelta(hours=1), lambda _when: actions.pause_expired())


def _at(end: datetime, days: int, hour: int) -> datetime:
    return (end - timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)


def _windows(one: Any) -> list[dict[str, Any]]:
    return [{"day": day, "from": one.begins, "to": one.ends} for day in one.days]


def _building(n: int) -> str:
    rows = Site.objects.filter(community=HOME, kind="building", valid_to=None).order_by("code")
    codes = list(rows.values_list("code", flat=True)[:24])
    return codes[n % len(codes)]


def _grandma(when: datetime, street, one: Grandma, n: int) -> None:
    """On duty as far as she has come; nobody with children before her check."""
    clerk = street.actor("clerk")
    given = {
        "name": one.name, "kinds": list(one.kinds), "windows": _windows(one), "capacity": one.capacity,
        "about": one.about, "building": _building(n), "traits": list(one.traits),
        "contact": f"138001390{n:02d}", "languages": list(one.languages),
    }  # fmt: skip
    account = street.resident(one.person).pk if one.person else None
    made = actions.enter_helper(actor=clerk, place=HOME, account=account, **given)
    if one.on == "applied":
        return
    actions.screen_helper(actor=clerk, number=made.number)
    if one.on == "screened":
        return
    for topic in ("basics", "child_safety", "first_aid"):
        actions.give_training(
            actor=clerk, numbers=[made.number], topic=topic, on=when.date(), minutes=90, taught_by="社工站"
        )
    actions.insure_helper(actor=clerk, number=made.number, until=when.date() + timedelta(days=365))
    if one.checked is not None:
        # The older ones end soon, or have ended by the present.
        day = when.date() - timedelta(days=one.checked - 84 if one.checked > 84 else one.checked)
        actions.record_check(actor=clerk, number=made.number, checked_on=day, source="花园路派出所")
    if one.on != "trained":
        actions.put_on_duty(actor=clerk, number=made.number)
    if one.on == "resting":
        actions.rest_helper(actor=clerk, number=made.number)


def _family(when: datetime, street, one: Family) -> None:
    clerk = street.actor("clerk")
    given = {
        "name": one.name, "windows": _windows(one), "text": one.text, "wishes": list(one.wishes),
        "building": _building(FAMILIES.index(one) + 3), "contact": f"137001370{FAMILIES.index(one):02d}",
        "languages": ["local"], "for_child": one.child,
    }  # fmt: skip
    if one.channel == "portal":
        parent = (
            street.actor_of(street.resident(one.person))
            if one.person != "resident"
            else street.actor("resident")
        )
        need = actions.ask_help(actor=parent, place=HOME, kind=one.kind, has_consent=one.consent, **given)
    else:
        need = actions.enter_need(actor=clerk, place=HOME, kind=one.kind, channel=one.channel, **given)
        if need.for_child and one.consent:
            actions.take_consent(actor=clerk, number=need.number, given_on=when.date())
    if one.state != "asked":
        street.timeline.plan(when + timedelta(hours=5), _ask, street, one, need.number)


def _ask(when: datetime, street, one: Family, number: str) -> None:
    """Look for somebody, ask both, write down what they said by telephone."""
    clerk = street.actor("clerk")
    offers = actions.suggest_helpers(actor=clerk, number=number)
    if not offers:
        return
    need = AidNeed.objects.get(number=number)
    safe = SAFE if need.for_child else {"safe_note": ""}
    match = actions.propose_match(actor=clerk, number=number, offer=offers[0].pk, **safe)
    if one.state == "proposed":
        return
    for side in ("helper", "family"):
        actions.agree_match(actor=clerk, number=match.number, side=side)
    if one.state == "running":
        street.timeline.plan(when + timedelta(days=13), _talk, street, match.number)
    gap = max(1, (one.asked - 1) // max(1, one.visits))
    for n in range(one.visits):
        later = when + timedelta(days=1 + n * gap)
        street.timeline.plan(later, _visit, street, match.number, n == one.visits - 1)
    for n, (words, times) in enumerate(one.given):
        later = when + timedelta(days=max(15, one.asked - 14) + n)
        street.timeline.plan(later, _give_back, street, number, words, times)


def _talk(_when: datetime, street, number: str) -> None:
    if AidMatch.objects.get(number=number).state == "trial":
        note = "双方都习惯了，时间也合适，接着做。"
        actions.hold_talk(actor=street.actor("clerk"), number=number, goes_on=True, note=note)


def _visit(when: datetime, street, number: str, is_last: bool) -> None:
    """Told by telephone; the last one is noted by the helper's own hand where she has an account."""
    match = AidMatch.objects.select_related("helper", "need").get(number=number)
    if match.state not in ("trial", "running"):
        return
    actor = street.actor("clerk")
    if is_last and match.helper.account_id and match.need.account_id:
        actor = street.actor_of(match.helper.account)
    minutes = 45 if match.need.kind == "pickup" else 60
    actions.note_visit(actor=actor, number=number, on=when.date(), minutes=minutes)


def _lift(_when: datetime, street) -> None:
    """The family that was helped speaks up for the lift; everybody may read it."""
    said = submit_voice(
        actor=street.actor("resident"), text="三单元老人多，上下楼难，能不能一起商量加装电梯", place=HOME,
        kind="suggestion",
    )  # fmt: skip
    number = said.voice.matter.number
    publish_matter(
        actor=street.actor("clerk"), number=number, title="三单元加装电梯", photos=[],
        text="楼里的邻居想一起商量加装电梯。",
    )  # fmt: skip
    street.told["grandma-lift"] = number


def _give_back(when: datetime, street, number: str, words: str, times: int) -> None:
    """What the family gave; the lift grew out of it (S3-34)."""
    clerk = street.actor("clerk")
    grew = street.told.get("grandma-lift", "") if "电梯" in words else ""
    made = actions.note_give_back(
        actor=clerk, number=number, on=when.date(), words=words, times=times, grew=grew, may_publish=True
    )
    if times != 20:
        actions.publish_give_back(actor=clerk, number=made.number, words=words)
