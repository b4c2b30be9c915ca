"""Life together and leaving it: what bookings, ledger, academy and mutual aid keep of a person comes out as
one object, and goes with the account. Books stay, without the name."""

import json
from datetime import time, timedelta

import pytest
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from mulin.academy.clubs.models import Club, ClubNotice
from mulin.academy.keeping.models import Duty, DutySwap, Rota
from mulin.academy.sessions.models import CalendarLink, Session, Signup
from mulin.academy.weeks.models import Teacher
from mulin.bookings import slots
from mulin.kernel import clock, journal, secrets
from mulin.kernel.db import write
from mulin.kernel.ids import new_id
from mulin.kernel.numbers import new_number
from mulin.ledger import posting
from mulin.ledger import queries as ledger
from mulin.ledger.models import Posting
from mulin.mutualaid.matching.models import (
    AidGiveBack,
    AidHelper,
    AidIncident,
    AidMatch,
    AidNeed,
    AidOffer,
    AidVisit,
)
from mulin.mutualaid.sharing.models import SharedDamage, SharedOffer, SharedUse
from mulin.mutualaid.timebank import holders
from mulin.mutualaid.timebank.models import TimeGift, TimeHolder
from mulin.people import actions
from mulin.people.models import Account
from mulin.voices.actions import submit_voice

MODULES = ("bookings", "ledger", "academy", "mutualaid")
NAME, PHONE, DOOR = "柳如烟", "13811112222", "三单元四楼"


def columns() -> list[tuple[type[models.Model], models.Field]]:
    """What points to an account in the modules of life together."""
    return [
        (model, field)
        for label in MODULES
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.local_fields
        if field.related_model is Account
    ]


def everything() -> str:
    """Every text, list and sealed value of these modules, sealed ones in the clear."""
    found = []
    for label in MODULES:
        for model in apps.get_app_config(label).get_models():
            for row in model._default_manager.values():
                found += [
                    secrets.unseal(value) if name.endswith("_sealed") else str(value)
                    for name, value in row.items()
                ]
    return "\n".join(found)


@pytest.fixture
def lived(world, cast):
    """The resident takes part in everything, and so does the neighbour, who stays."""
    with write():
        for number, person in enumerate((cast.resident, cast.neighbour)):
            who = NAME if person is cast.resident else "别人"
            _together(world, cast, person, who, number)
    return cast.resident


def _together(world, cast, person, who, n):
    start = (clock.now() + timedelta(days=3 + n)).replace(hour=10, minute=0, second=0, microsecond=0)
    place, account = {"place": world.home}, {"account": person.account}
    own = {**place, **account}
    _academy(world, cast, person, who, start, own)
    sealed = secrets.seal(PHONE if who == NAME else "13900000000")
    helper = AidHelper.objects.create(
        number=new_number(), name=who, contact_sealed=sealed, about=who, state="on_duty", **own
    )
    need = AidNeed.objects.create(
        number=new_number(), name=who, contact_sealed=sealed, text=who, kind="company",
        building=world.building, **own,
    )  # fmt: skip
    offer = AidOffer.objects.create(need=need, helper=helper)
    match = AidMatch.objects.create(
        number=new_number(), need=need, helper=helper, offer=offer, state="running", **place
    )
    AidVisit.objects.create(
        match=match, on=clock.today(), minutes=30, note=who, noted_side="family", noted_by=person.id, **place
    )
    AidGiveBack.objects.create(
        number=new_number(), need=need, on=clock.today(), words=who, noted_by=person.id, **place
    )
    AidIncident.objects.create(
        number=new_number(), match=match, what="other", text="摔了一跤", happened_on=clock.today(),
        said_by=person.id, **place,
    )  # fmt: skip
    _hours_and_things(world, cast, person, who, start, own)


def _academy(world, cast, person, who, start, own):
    ends = start + timedelta(hours=1)
    room = slots.resource_for("venue", new_id(), place=world.home, title="书画室")
    slots.take(room, start, ends, what="room", title=who, account=person.id)
    later = slots.take(room, ends, ends + timedelta(hours=1), what="room", account=person.id)
    slots.free(later, reason=f"{who}病了")
    session = Session.objects.create(
        number=new_number(), place=world.home, title="合唱", starts_at=start, ends_at=ends
    )
    Signup.objects.create(session=session, account=person.account, heads=2, state="coming")
    Session.objects.filter(pk=session.pk).update(taken=2)
    CalendarLink.objects.create(account=person.account, secret_hash=f"hash-{person.id}")
    Teacher.objects.create(
        number=new_number(), name=who, phone=PHONE if who == NAME else "", about=who, **own
    )
    rota = Rota.objects.create(
        number=new_number(), place=world.home, org=world.group, title="浇水", days=[1], starts=time(9),
        begins_on=clock.today(),
    )  # fmt: skip
    turns = [
        Duty.objects.create(
            rota=rota, place=world.home, on=start.date(), seat=seat, starts_at=start, ends_at=ends,
            account=account,
        )
        for seat, account in ((1, person.account), (2, cast.group_member.account))
    ]  # fmt: skip
    DutySwap.objects.create(
        mine=turns[0], other=turns[1], asked_by=person.account, asked_of=cast.group_member.account
    )
    DutySwap.objects.create(
        mine=turns[1], other=turns[0], asked_by=cast.group_member.account, asked_of=person.account
    )
    club = Club.objects.filter(org=world.group).first() or Club.objects.create(
        number=new_number(), org=world.group, place=world.home, union="arts", theme="music",
        asked_by=person.id,
    )  # fmt: skip
    ClubNotice.objects.create(club=club, title="改时间", account=person.id)


def _hours_and_things(world, cast, person, who, start, own):
    holder = TimeHolder.objects.create(code=new_number(), name=who, **own)
    issued, mine = holders.issue_book(world.home), holders.person_book(holder)
    posting.post(place=world.home, unit="minute", kind="visit", legs=[(issued, mine, 60)])
    gift = posting.post(
        place=world.home, unit="minute", kind="gift", legs=[(mine, holders.reserve_book(world.home), 10)]
    )
    TimeGift.objects.create(
        number=new_number(),
        place=world.home,
        kind="reserve",
        giver=holder,
        minutes=10,
        words=who,
        posting=gift,
    )
    where = secrets.seal(DOOR if who == NAME else "别处")
    lent = SharedOffer.objects.create(
        number=new_number(), kind="thing", state="open", title=f"{who}的梯子", about=who, where_sealed=where,
        access_sealed=where, party=person.id, **own,
    )  # fmt: skip
    thing = slots.resource_for("thing", lent.pk, place=world.home, title=f"{who}的梯子")
    SharedOffer.objects.filter(pk=lent.pk).update(resource=thing)
    borrowed = slots.take(
        thing, start, start + timedelta(hours=2), what="loan", title=f"{who}的梯子", account=person.id
    )
    use = SharedUse.objects.create(
        number=new_number(), offer=lent, booking=borrowed, starts_at=start,
        ends_at=start + timedelta(hours=2), state="cancelled", cancelled_by="borrower", reason=who,
        party=person.id, note_sealed=where, objection=who, **own,
    )  # fmt: skip
    SharedDamage.objects.create(use=use, place=world.home, text="断了一档", answer=who)
    debt = posting.book(world.home, "fen", "share.borrower", person.id)
    till = posting.book(world.home, "fen", "share.till")
    posting.post(place=world.home, unit="fen", kind="fee", legs=[(debt, till, 300)])


def test_the_resident_has_something_in_every_column_that_points_to_an_account(lived):
    """A new column is given to the resident above, so that the tests below see whether it is let go of."""
    empty = [
        f"{model._meta.label}.{field.name}"
        for model, field in columns()
        if not model.objects.filter(**{field.name: lived.account}).exists()
    ]
    assert empty == []


def test_everything_that_life_together_keeps_comes_out(world, lived, cast):
    said = submit_voice(actor=lived.actor, text="想学二胡，晚上有空", place=world.home, kind="wish")
    document = actions.export_my_data(actor=lived.actor)
    parts = json.loads(json.dumps(document, cls=DjangoJSONEncoder))["parts"]
    assert {name for name, part in parts.items() if not part}.isdisjoint(
        {"bookings", "sessions", "teaching", "clubs", "orders", "academy.keeping", "aid", "time", "sharing"}
    )
    (helper,), (need,) = parts["aid"]["helping"], parts["aid"]["needs"]
    assert (helper["name"], helper["contact"], need["building"]) == (NAME, PHONE, "金堰花园1栋")
    assert need["given_back"][0]["words"] == NAME and parts["aid"]["reported"][0]["text"] == "摔了一跤"
    assert parts["orders"][0]["number"] == said.voice.number
    assert parts["clubs"]["told"][0]["title"] == "改时间" and parts["sessions"][0]["heads"] == 2
    assert parts["sharing"]["lends"][0]["where"] == DOOR and parts["sharing"]["damages"][0]["answer"] == NAME
    assert parts["sharing"]["money"][0]["yuan"] == -3
    assert [line["amount"] for line in parts["time"]["lines"]] and parts["time"]["gifts"][0]["words"] == NAME
    assert len(parts["academy.keeping"]["swaps"]) == 2
    assert "别人" not in json.dumps(parts, ensure_ascii=False)


def test_nothing_that_names_the_person_stays_when_the_account_goes(lived, cast):
    before = everything()
    assert all(word in before for word in (NAME, PHONE, DOOR))
    actions.erase_me(actor=lived.actor)
    left = everything()
    assert [word for word in (NAME, PHONE, DOOR) if word in left] == []
    assert [
        f"{model._meta.label}.{field.name}"
        for model, field in columns()
        if model.objects.filter(**{field.name: lived.account}).exists()
    ] == []
    assert not Club.objects.filter(asked_by=lived.id).exists()
    assert not ClubNotice.objects.filter(account=lived.id).exists()
    # The other one's things are still there.
    assert left.count("别人") == before.count("别人")


def test_the_books_balance_without_the_name(world, lived):
    posted = Posting.objects.count()
    actions.erase_me(actor=lived.actor)
    # What was left went to the reserve; nothing that was posted is gone.
    assert Posting.objects.count() == posted + 1
    assert ledger.check()[1] == [] and ledger.trial_balance(world.home, "minute").is_even
    assert ledger.get_book(world.home, "minute", holders.RESERVE).balance == 10 + 10 + 50
    debt = ledger.get_book(world.home, "fen", "share.borrower", lived.id)
    assert debt.balance == -300 and NAME not in debt.title
    assert journal.verify().ok


def test_who_is_helped_by_somebody_who_left_is_looked_for_again(lived, cast):
    """What counts and proves stays without a name: matches, visits, how often something was given back."""
    actions.erase_me(actor=lived.actor)
    helper = AidHelper.objects.get(name="—")
    assert helper.state == "ended" and helper.matches.get().state == "closed"
    assert AidVisit.objects.count() == 2 and AidVisit.objects.filter(note="").count() == 1
    assert sorted(AidGiveBack.objects.values_list("words", flat=True)) == ["—", "别人"]
    assert Signup.objects.filter(account=None).exclude(state="cancelled").count() <= 1
