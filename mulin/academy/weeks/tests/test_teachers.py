"""Teachers: asked in, talked with, checked; nobody without a check stands before children."""

from datetime import timedelta

import pytest

from mulin.academy.sessions import changing, planning
from mulin.academy.weeks import actions, building, checks, engine, queries
from mulin.academy.weeks.models import TeacherCheck, Week
from mulin.bookings.models import Quarter, Resource
from mulin.kernel import clock
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.people.models import Account
from mulin.places.models import Succession

HOME, OTHER_HOME = "500108002005", "500108106003"


def test_an_offer_becomes_a_teacher_and_keeps_its_thread(order, cast):
    offer = order("calligraphy", kind="offer", state="gathered")
    found = actions.ask_in(
        actor=cast.clerk.actor, place=HOME, name="陈老师", skills=["calligraphy"], times=[],
        order=offer.number, answer="欢迎您来，周三见面谈。",
    )  # fmt: skip
    offer.refresh_from_db()
    assert found.matter == offer.matter and found.account == cast.resident.account
    assert found.state == "offered" and offer.state == "served"
    assert offer.matter.public_answer == "欢迎您来，周三见面谈。"


def test_nobody_is_planned_before_the_talk(venue, order, plan, cast):
    venue(), order()
    actions.ask_in(
        actor=cast.clerk.actor, place=HOME, name="陈老师", skills=["calligraphy"],
        times=[{"day": 3, "from": "14:00", "to": "18:00"}],
    )  # fmt: skip
    assert plan().solution["refused"][0]["code"] == "no_teacher"


def test_a_teacher_without_a_check_is_never_proposed_for_children(venue, teacher, order, plan):
    venue(), teacher()
    order("calligraphy", age="child")
    week = plan()
    assert week.solution["served"] == 0
    (known,) = week.instance["teachers"]
    assert known["skills"] == ["calligraphy"]


def test_a_teacher_with_a_check_in_force_is(venue, teacher, order, plan):
    venue(), teacher(checked=30)
    order("calligraphy", age="child")
    assert plan().solution["served"] == 1


def test_a_check_of_more_than_a_year_ago_counts_as_none(venue, teacher, order, plan):
    venue(), teacher(checked=400)
    order("calligraphy", age="child")
    assert plan().solution["served"] == 0


def test_a_check_that_ends_within_the_week_does_not_cover_it(venue, teacher, order, plan, monday):
    begin = (monday + timedelta(days=2)) - clock.today()
    venue(), teacher(checked=365 - begin.days)
    order("calligraphy", age="child")
    assert plan().solution["served"] == 0


def test_a_clerk_cannot_pin_a_teacher_without_a_check_to_a_childrens_course(
    venue, teacher, order, plan, cast
):
    room, one = venue(), teacher()
    order("calligraphy", age="child")
    week = plan()
    (key,) = week.wishes
    step = {"venue": room.number, "day": 3, "begin": "14:00", "teacher": one.number}
    outcome = engine.step(week, actions.pin_of(week, key, **step))
    assert [broken.rule for broken in outcome.blocks] == ["no_skill"]
    with pytest.raises(ActionError) as refused:
        actions.place_wish(actor=cast.clerk.actor, number=week.number, wish=key, despite=True, **step)
    assert refused.value.code == "in-the-way"


def test_a_check_that_was_taken_back_stops_the_publication(venue, teacher, order, plan, cast):
    venue()
    one = teacher(checked=30)
    order("calligraphy", age="child")
    week = plan()
    TeacherCheck.objects.filter(teacher=one).update(withdrawn_at=clock.now())
    with pytest.raises(ActionError) as refused:
        actions.publish_week(actor=cast.clerk.actor, number=week.number)
    assert refused.value.code == "plan-outdated"


def test_a_series_stops_where_the_check_ends(venue, teacher, order, plan, cast, monday):
    venue()
    ends = monday + timedelta(days=8)
    teacher(checked=365 - (ends - clock.today()).days)
    order("calligraphy", age="child")
    week = plan()
    actions.publish_week(actor=cast.clerk.actor, number=week.number, until=monday + timedelta(days=20))
    week.refresh_from_db()
    made = [number for some in week.made.values() for number in some]
    assert len(made) == 1 and len(week.skipped) == 2


def test_a_single_session_asks_for_the_same_check(venue, teacher, cast):
    begin = building.span(Week(monday=queries.monday_of(clock.today()) + timedelta(weeks=1)))[0]
    with pytest.raises(ActionError) as refused:
        planning.plan_session(
            actor=cast.clerk.actor, place=HOME, title="少儿书法", kind="lesson", ages=["child"],
            venue=venue(), teacher=teacher(), starts_at=begin + timedelta(hours=10),
            ends_at=begin + timedelta(hours=11),
        )  # fmt: skip
    assert refused.value.code == "no-check"


def test_a_resting_teacher_is_not_planned(venue, teacher, order, plan, cast):
    venue(), order()
    one = teacher()
    actions.move_teacher(actor=cast.clerk.actor, number=one.number, move="rest")
    assert plan().solution["served"] == 0


def test_a_teacher_settles_only_their_own_times(cast):
    mine = actions.ask_in(
        actor=cast.clerk.actor, place=HOME, name="陈老师", skills=["calligraphy"], times=[],
        account=cast.resident.account,
    )  # fmt: skip
    times = [{"day": 2, "from": "09:00", "to": "11:00"}]
    given = {"number": mine.number, "times": times, "week_most": 2, "is_named": True}
    with pytest.raises(NotVisible):
        actions.settle_own(actor=cast.neighbour.actor, **given)
    assert actions.settle_own(actor=cast.resident.actor, **given).times == times


def test_the_name_is_public_only_with_consent(teacher):
    one = teacher()
    assert queries.shown_name(one) == ""
    one.is_named = True
    assert queries.shown_name(one) == "陈老师"


def test_only_the_places_own_people_ask_teachers_in(cast):
    with pytest.raises(NotAllowed):
        actions.ask_in(actor=cast.resident.actor, place=HOME, name="某人", skills=["calligraphy"], times=[])
    with pytest.raises(NotAllowed):
        actions.ask_in(
            actor=cast.clerk.actor, place=OTHER_HOME, name="某人", skills=["calligraphy"], times=[]
        )


def test_who_leaves_takes_the_name_along(cast, teacher):
    from mulin.academy.weeks import personal_data

    one = teacher(account=Account.objects.get(pk=cast.resident.account.pk), phone="13000000000")
    assert personal_data.export(cast.resident.account.pk)[0]["phone"] == "13000000000"
    assert personal_data.erase(cast.resident.account.pk) == 1
    one.refresh_from_db()
    assert (one.name, one.phone, one.account, one.state) == ("—", "", None, "declined")


def test_the_year_of_a_check_ends_on_its_day(teacher):
    one = teacher(checked=0)
    ends = checks.check_ends(one)
    assert checks.is_checked(one, ends) and not checks.is_checked(one, ends + timedelta(days=1))
    assert not checks.is_checked(one, clock.today() - timedelta(days=1))


@pytest.fixture
def planned(teacher, cast):
    """A teacher with an account, and a session of theirs that is still to come."""
    one = teacher(account=Account.objects.get(pk=cast.resident.account.pk))
    starts = clock.now().replace(hour=14, minute=0, second=0, microsecond=0) + timedelta(days=2)
    session = planning.plan_session(
        actor=cast.clerk.actor, place=HOME, title="书法", kind="lesson", where="三号楼前",
        starts_at=starts, ends_at=starts + timedelta(hours=1), teacher=one,
    )  # fmt: skip
    return one, session


def test_who_is_turned_away_goes_on_with_no_session(planned, cast):
    one, session = planned
    decline = {"actor": cast.clerk.actor, "number": one.number, "move": "decline", "reason": "不合适"}
    with pytest.raises(ActionError) as error:
        actions.move_teacher(**decline)
    assert error.value.code == "has-sessions"
    changing.substitute_teacher(actor=cast.clerk.actor, number=session.number, teacher=None)
    assert actions.move_teacher(**decline).state == "declined"


def test_a_teacher_who_leaves_is_named_in_no_calendar(planned, cast):
    from mulin.academy.weeks import personal_data

    _one, session = planned
    assert Resource.objects.get(kind="person").title == "陈老师"
    personal_data.erase(cast.resident.account.pk)
    session.refresh_from_db()
    assert session.teacher is None and Resource.objects.get(kind="person").title == "—"
    assert not Quarter.objects.exists()


def test_a_teachers_community_that_got_another_code_is_still_the_teachers(teacher):
    old = "500108002099"
    Succession.objects.create(old=old, new=OTHER_HOME, on=clock.today())
    found = teacher()
    found.places = [old]
    assert building._reach(found, []) == [HOME, OTHER_HOME]
