"""Planning, changing, calling off: slots, series, holidays, weather, substitutes."""

from datetime import date, timedelta

import pytest

from mulin.academy.sessions import actions, queries, series
from mulin.academy.sessions.models import Session
from mulin.academy.sessions.tests.conftest import at
from mulin.academy.sessions.tests.test_signing import refused, sign
from mulin.bookings.models import Booking, Quarter
from mulin.kernel import notices, registry
from mulin.kernel.errors import NotAllowed, NotVisible
from mulin.kernel.models import Entry, Notice
from mulin.people.models import Organisation
from mulin.places.venues.actions import close_venue

pytestmark = pytest.mark.django_db


@pytest.fixture
def weekly(world, cast, hall):
    """`weekly("2026-09-01 14:00", "2026-12-29")`: every Tuesday in the hall."""

    def make(starts: str = "2026-12-01 14:00", until: str = "2026-12-29", **more):
        starts_at = at(starts)
        more = {"venue": hall, "title": "太极", "kind": "lesson", **more}
        return actions.plan_series(
            actor=cast.clerk.actor, place=world.home, starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=90), until=date.fromisoformat(until), **more,
        )  # fmt: skip

    return make


def taken() -> int:
    return Quarter.objects.count()


def test_a_session_takes_the_time_of_its_venue_and_its_teacher(plan, hall, teacher):
    session = plan(venue=hall, teacher=teacher)
    kinds = set(Booking.objects.filter(subject=session.pk).values_list("resource__kind", flat=True))
    assert kinds == {"venue", "person"} and taken() == 12
    assert session.places_most == 40, "the hall holds forty"


def test_an_overlap_is_refused_and_one_is_told_when_it_is_free(plan, hall, teacher, other_teacher):
    plan(venue=hall, teacher=teacher)
    error = refused("slot-taken", plan, starts="2026-11-24 15:00", venue=hall)
    assert "15:30" in str(error)
    refused("slot-taken", plan, starts="2026-11-24 13:00", teacher=teacher)
    assert Session.objects.count() == 1 and taken() == 12, "a refused session leaves nothing behind"
    plan("2026-11-24 15:30", venue=hall, teacher=teacher)
    plan(teacher=other_teacher)


def test_a_room_that_was_given_up_since_one_looked_at_it_has_no_session(cast, plan, hall):
    """The form was filled in while the hall was still open."""
    close_venue(actor=cast.clerk.actor, number=hall.number, reason="要翻修")
    assert hall.closed_on is None, "as the form read it"
    refused("closed-venue", plan, venue=hall)
    session = plan()
    refused(
        "closed-venue", actions.move_session, actor=cast.clerk.actor, number=session.number,
        starts_at=at("2026-11-25 14:00"), ends_at=at("2026-11-25 15:30"), reason="换到大厅", venue=hall,
    )  # fmt: skip


def test_a_session_fits_its_venue(plan, hall):
    refused("too-many", plan, venue=hall, places_most=41)
    refused("outside-hours", plan, starts="2026-11-24 21:00", venue=hall)
    refused("no-where", plan, where="")
    refused("bad-time", plan, minutes=5)
    refused("past", plan, starts="2026-11-23 08:00")


def test_a_teacher_who_was_not_asked_in_or_not_checked_does_not_teach(plan, teacher):
    refused("no-check", plan, teacher=teacher, ages=["child"])
    teacher.state = "offered"
    teacher.save()
    refused("no-teacher", plan, teacher=teacher)


def test_only_who_holds_the_place_or_the_club_plans(cast, plan, club):
    for person in (cast.resident, cast.other_clerk, cast.gridworker, cast.group_leader):
        with pytest.raises(NotAllowed):
            plan(actor=person.actor)
    made = plan(actor=cast.group_leader.actor, club=club)
    assert queries.get_session(cast.group_leader.actor, made.number) == made
    with pytest.raises(NotVisible):
        queries.get_session(cast.group_leader.actor, plan("2026-11-26 14:00").number)
    with pytest.raises(NotAllowed):
        plan(actor=cast.group_member.actor, club=club)


def test_members_of_the_club_hear_of_it(cast, plan, club, settle):
    plan(actor=cast.group_leader.actor, club=club)
    settle()
    assert [one.account for one in Notice.objects.all()] == [cast.group_member.account]


def test_a_series_leaves_public_holidays_out(weekly):
    found = weekly("2026-12-04 14:00", "2027-01-08")
    days = [one.starts_at.astimezone().date().isoformat() for one in found.sessions]
    assert "2027-01-01" not in days and "2026-12-25" in days
    assert [day.isoformat() for day, _why in found.left_out] == ["2027-01-01"]
    assert Entry.objects.filter(code="academy.session.series_planned").count() == 1


def test_the_days_of_a_year_know_the_spring_festival_and_mere_weekends():
    tuesdays = {one.day: one for one in series.days(date(2026, 1, 6), date(2026, 12, 29))}
    assert tuesdays[date(2026, 2, 17)].is_holiday and not tuesdays[date(2026, 3, 3)].is_holiday
    saturdays = series.days(date(2026, 11, 7), date(2026, 11, 28))
    assert not any(one.is_holiday for one in saturdays)
    assert len(series.days(date(2026, 1, 6), date(2026, 12, 29), 2)) == 26


def test_a_day_on_which_the_hall_is_taken_refuses_the_series_or_is_left_out(plan, weekly, hall):
    plan("2026-12-15 14:30", venue=hall)
    error = refused("slot-taken", weekly)
    assert "12月15日" in str(error) and Session.objects.count() == 1
    found = weekly(skip_taken=True)
    assert len(found.sessions) == 4 and [day for day, _why in found.left_out] == [date(2026, 12, 15)]


def test_a_series_has_an_end(weekly):
    refused("bad-until", weekly, until="2026-12-01")
    refused("too-many-days", weekly, until="2028-12-29")


def test_one_moves_and_all_that_follow_move_into_each_others_time(cast, weekly, freeze):
    found = weekly()
    second = found.sessions[1]
    moved = actions.move_session(
        actor=cast.clerk.actor, number=second.number, starts_at=at("2026-12-15 14:00"),
        ends_at=at("2026-12-15 15:30"), reason="老师出差", following=True,
    )  # fmt: skip
    days = [one.starts_at.astimezone().date().day for one in queries.series_of(moved)]
    assert days == [1, 15, 22, 29, 5]
    back = actions.move_session(
        actor=cast.clerk.actor, number=second.number, starts_at=at("2026-12-08 14:00"),
        ends_at=at("2026-12-08 15:30"), reason="又回来了", following=True,
    )  # fmt: skip
    assert [one.starts_at.astimezone().date().day for one in queries.series_of(back)] == [1, 8, 15, 22, 29]
    assert taken() == 5 * 6


def test_a_move_into_a_taken_time_changes_nothing(cast, plan, hall):
    plan("2026-11-24 09:00", venue=hall)
    session = plan(venue=hall)
    refused(
        "slot-taken", actions.move_session, actor=cast.clerk.actor, number=session.number,
        starts_at=at("2026-11-24 09:30"), ends_at=at("2026-11-24 11:00"), reason="换到上午",
    )  # fmt: skip
    session.refresh_from_db()
    assert session.starts_at == at("2026-11-24 14:00") and taken() == 12


def test_who_signed_up_hears_of_a_move_and_keeps_the_place(cast, plan, hall, square, settle):
    session = plan(venue=hall)
    sign(cast.resident.actor, session)
    actions.move_session(
        actor=cast.clerk.actor, number=session.number, starts_at=at("2026-11-25 09:00"),
        ends_at=at("2026-11-25 10:30"), venue=square, reason="大厅要修灯",
    )  # fmt: skip
    settle()
    session.refresh_from_db()
    assert (session.taken, session.venue, session.changes) == (1, square, 1)
    assert Notice.objects.get().account == cast.resident.account
    assert set(Quarter.objects.values_list("resource__title", flat=True)) == {"小广场"}


def test_a_change_needs_a_reason_and_something_to_change(cast, plan):
    session = plan()
    same = {"starts_at": session.starts_at, "ends_at": session.ends_at}
    act = {"actor": cast.clerk.actor, "number": session.number}
    refused("no-reason", actions.move_session, **act, **same, reason=" ")
    refused("nothing-changed", actions.move_session, **act, **same, reason="没什么")
    refused("no-reason", actions.cancel_session, **act, reason="")


def test_what_is_cancelled_gives_its_time_free_and_tells_who_signed_up(cast, plan, hall, teacher, settle):
    session = plan(venue=hall, teacher=teacher, places_most=1)
    sign(cast.resident.actor, session)
    sign(cast.neighbour.actor, session)
    actions.cancel_session(actor=cast.clerk.actor, number=session.number, reason="停电")
    settle()
    assert taken() == 0
    told = set(Notice.objects.values_list("account_id", flat=True))
    assert told == {cast.resident.id, cast.neighbour.id}
    refused("not-open", sign, actor=cast.street.actor, session=session)


def test_the_rest_of_a_series_is_called_off(cast, weekly, settle):
    found = weekly()
    sign(cast.resident.actor, found.sessions[3])
    third = found.sessions[2].number
    actions.cancel_session(actor=cast.clerk.actor, number=third, reason="放假", following=True)
    settle()
    states = [one.state for one in queries.series_of(found.sessions[0])]
    assert states == ["open", "open", "cancelled", "cancelled", "cancelled"] and taken() == 12
    assert Notice.objects.filter(code="academy.session.cancelled").get().account == cast.resident.account


def test_rain_calls_off_a_day_in_the_open_with_one_tap(cast, plan, hall, square, world, settle):
    inside = plan(venue=hall)
    outside = plan("2026-11-24 09:00", venue=square)
    corner = plan("2026-11-24 10:00", is_outdoor=True)
    other_day = plan("2026-11-25 09:00", venue=square)
    sign(cast.resident.actor, outside)
    made = actions.call_off_outdoor(
        actor=cast.clerk.actor, place=world.home, day=date(2026, 11, 24), reason="暴雨"
    )
    settle()
    assert {one.pk for one in made} == {outside.pk, corner.pk}
    open_ = set(Session.objects.filter(state="open").values_list("pk", flat=True))
    assert open_ == {inside.pk, other_day.pk}
    assert Notice.objects.get().account == cast.resident.account
    assert Entry.objects.filter(code="academy.session.weather").count() == 1
    day = {"place": world.home, "day": date(2026, 11, 24), "reason": "暴雨"}
    refused("none-outdoor", actions.call_off_outdoor, actor=cast.clerk.actor, **day)
    with pytest.raises(NotAllowed):
        actions.call_off_outdoor(actor=cast.other_clerk.actor, **day)


def test_a_street_calls_off_all_its_communities(cast, plan, world):
    plan(is_outdoor=True)
    made = actions.call_off_outdoor(
        actor=cast.street.actor, place=world.street, day=date(2026, 11, 24), reason="高温"
    )
    assert len(made) == 1


def test_somebody_else_teaches_once(cast, plan, teacher, other_teacher, settle):
    session = plan(teacher=teacher)
    sign(cast.resident.actor, session)
    act = {"actor": cast.clerk.actor, "number": session.number}
    made = actions.substitute_teacher(**act, teacher=other_teacher, reason="何老师感冒")
    settle()
    assert (made.teacher, made.instead_of) == (other_teacher, teacher)
    assert set(Quarter.objects.values_list("resource__title", flat=True)) == {"罗老师"}
    assert Notice.objects.get().account == cast.resident.account
    again = actions.substitute_teacher(**act, teacher=teacher)
    assert again.instead_of is None
    refused("nothing-changed", actions.substitute_teacher, **act, teacher=teacher)


def test_a_substitute_who_teaches_elsewhere_is_refused_and_the_teacher_stays(
    cast, plan, teacher, other_teacher
):
    session = plan(teacher=teacher)
    plan("2026-11-24 14:30", teacher=other_teacher)
    refused(
        "slot-taken", actions.substitute_teacher, actor=cast.clerk.actor, number=session.number,
        teacher=other_teacher,
    )  # fmt: skip
    session.refresh_from_db()
    assert session.teacher == teacher and taken() == 12


def test_drafts_are_seen_by_nobody_until_they_are_shown(cast, weekly, world):
    found = weekly(state="draft")
    with pytest.raises(NotVisible):
        queries.get_public(found.sessions[0].number)
    actions.open_session(actor=cast.clerk.actor, number=found.sessions[2].number, following=True)
    assert [one.state for one in queries.series_of(found.sessions[0])] == ["draft"] * 2 + ["open"] * 3
    actions.discard_session(actor=cast.clerk.actor, number=found.sessions[0].number)
    assert taken() == 4 * 6
    refused("not-now", actions.discard_session, actor=cast.clerk.actor, number=found.sessions[3].number)


def test_who_moves_up_in_a_series_is_told_of_the_very_session(cast, weekly, settle):
    first, second, third, *_rest = weekly(places_most=1).sessions
    for one in (first, third):
        sign(cast.resident.actor, one)
    sign(cast.neighbour.actor, third)
    sign(cast.newcomer.actor, first)
    actions.edit_session(
        actor=cast.clerk.actor, number=first.number, title="太极", places_most=5, following=True
    )
    settle()
    told = {one.account_id: one for one in Notice.objects.filter(is_urgent=True)}
    assert set(told) == {cast.neighbour.id, cast.newcomer.id}
    assert third.number in told[cast.neighbour.id].url and "12月15日" in notices.say(told[cast.neighbour.id])
    assert first.number in told[cast.newcomer.id].url and "12月1日" in notices.say(told[cast.newcomer.id])
    assert Entry.objects.filter(code="academy.session.moved_up", subject=second.pk).count() == 0


def test_an_edit_goes_to_all_that_follow(cast, weekly):
    found = weekly()
    actions.edit_session(
        actor=cast.clerk.actor, number=found.sessions[3].number, title="太极剑", places_most=10,
        following=True, materials=[{"title": "口诀", "url": "https://example.org/a"}],
    )  # fmt: skip
    assert [one.title for one in queries.series_of(found.sessions[0])] == ["太极"] * 3 + ["太极剑"] * 2
    refused(
        "bad-link", actions.edit_session, actor=cast.clerk.actor, number=found.sessions[3].number,
        title="太极剑", materials=[{"title": "x", "url": "javascript:alert(1)"}],
    )  # fmt: skip


def test_results_are_of_teams_and_never_of_persons(cast, plan, world, freeze):
    session = plan(kind="contest")
    team = Organisation.objects.create(name="二栋队", kind="volunteer_team", place=world.home)
    act = {"actor": cast.clerk.actor, "number": session.number}
    refused("not-now", actions.set_results, **act, rows=[(team.pk, "", "一等奖")])
    freeze(at("2026-11-24 15:00"))
    rows = actions.set_results(**act, rows=[(team.pk, "", "一等奖"), (None, world.building, "最佳默契")])
    assert len(rows) == 2
    refused("no-team", actions.set_results, **act, rows=[(cast.resident.id, "", "第一")])
    refused("no-team", actions.set_results, **act, rows=[(None, world.home, "第一")])
    refused("no-team", actions.set_results, **act, rows=[(world.committee.pk, "", "第一")])
    refused("no-words", actions.set_results, **act, rows=[(team.pk, "", " ")])
    assert session.results.count() == 2


def test_the_week_of_a_place_comes_from_the_registry(plan, world, cast):
    shown = plan()
    plan("2026-11-25 14:00", state="draft")
    plan("2026-12-01 14:00")
    street = plan("2026-11-27 14:00", actor=cast.street.actor, place=world.street)
    rows = registry.providers()["academy.week_of"](world.home, date(2026, 11, 23), date(2026, 11, 29))
    assert [one["number"] for one in rows] == [shown.number, street.number]
    assert rows[0]["time"] == "14:00–15:30" and rows[0]["line"]
    away = registry.providers()["academy.week_of"](world.other_home, date(2026, 11, 23), date(2026, 11, 29))
    assert away == []


def test_a_draft_is_not_opened_with_a_teacher_who_may_not_teach_any_more(cast, plan, teacher):
    session = plan(teacher=teacher, state="draft")
    teacher.state = "declined"
    teacher.save()
    refused("no-teacher", actions.open_session, actor=cast.clerk.actor, number=session.number)


def test_a_session_does_not_move_to_where_its_people_have_no_room(cast, plan, hall, world):
    session = plan()
    sign(cast.resident.actor, session, heads=2)
    hall.capacity = 1
    hall.save()
    refused(
        "too-many", actions.move_session, actor=cast.clerk.actor, number=session.number,
        starts_at=session.starts_at, ends_at=session.ends_at, venue=hall, reason="下雨",
    )  # fmt: skip
