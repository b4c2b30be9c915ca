"""From orders to a published week, through the actions."""

from datetime import timedelta

import pytest
from django.utils import translation

from mulin.academy import timetable
from mulin.academy.orders.models import Order
from mulin.academy.sessions.models import Session
from mulin.academy.weeks import actions, building, engine, queries, showing
from mulin.academy.weeks.models import Week
from mulin.bookings import slots
from mulin.kernel import clock
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry
from mulin.kernel.testing.together import at_once

HOME, OTHER_HOME = "500108002005", "500108106003"


def sessions_of(week: Week) -> dict[str, dict]:
    return {one["order"]: one for one in week.solution["sessions"]}


def test_orders_of_the_same_theme_and_age_that_can_meet_become_one_course(venue, teacher, order, plan):
    venue(), teacher()
    first, second = order(people=4), order(people=5)
    week = plan()
    (key,) = week.wishes
    assert week.wishes[key]["people"] == 9
    assert week.wishes[key]["orders"] == [first.number, second.number]
    assert week.solution["served"] == 1


def test_orders_at_hours_that_do_not_meet_become_two_courses(venue, teacher, order, plan):
    venue(), teacher()
    order(slots=[{"day": 1, "from": "09:00", "to": "12:00"}])
    order(slots=[{"day": 2, "from": "19:00", "to": "21:00"}])
    week = plan()
    assert len(week.wishes) == 2 and week.solution["served"] == 2


def test_three_people_are_asked_for_before_a_course_is_planned(venue, teacher, order, plan):
    venue(), teacher()
    order(people=2)
    week = plan()
    assert not week.wishes
    assert week.too_few[0]["people"] == 2 and week.too_few[0]["least"] == 3


def test_an_order_that_nobody_answered_is_planned_only_when_the_week_is_to_have_it(
    venue, teacher, order, plan, cast
):
    venue(), teacher()
    order(state="gathered")
    week = plan()
    assert not week.wishes
    actions.discard_week(actor=cast.clerk.actor, number=week.number)
    assert len(plan(with_gathered=True).wishes) == 1


def test_a_room_that_is_booked_is_not_planned_then(venue, teacher, order, plan, monday):
    room = venue()
    teacher()
    order(slots=[{"day": 3, "from": "14:00", "to": "17:30"}])
    begin, _end = building.span(Week(monday=monday))
    noon = begin + timedelta(days=2, hours=14)
    slots.take(slots.of_venue(room), noon, noon + timedelta(hours=3, minutes=30), what="room")
    week = plan()
    assert week.solution["served"] == 0
    assert week.solution["refused"][0]["code"] == "rooms_closed"


def test_a_teacher_who_is_taken_is_not_planned_then(venue, teacher, order, plan, monday):
    venue()
    one = teacher()
    order(slots=[{"day": 3, "from": "14:00", "to": "17:30"}])
    begin, _end = building.span(Week(monday=monday))
    noon = begin + timedelta(days=2, hours=14)
    person = slots.resource_for("person", one.pk, place=one.place, title=one.name)
    slots.take(person, noon, noon + timedelta(hours=3, minutes=30), what="session")
    assert plan().solution["refused"][0]["code"] == "never_together"


def test_publishing_makes_sessions_serves_the_orders_and_tells_who_asked(
    venue, teacher, order, plan, cast, settle
):
    room, one = venue(), teacher()
    asked = order()
    week = plan()
    actions.publish_week(actor=cast.clerk.actor, number=week.number)
    session = Session.objects.get()
    assert (session.venue, session.teacher, session.state) == (room, one, "open")
    assert session.matter == asked.matter
    assert Order.objects.get(pk=asked.pk).state == "served"
    assert not slots.is_free(slots.of_venue(room), session.starts_at, session.ends_at)
    lines = Entry.objects.filter(code__startswith="academy.week.", matter=asked.matter_id)
    assert [line.code for line in lines] == ["academy.week.served"]
    settle()
    told = cast.resident.account.notices.filter(code="academy.week.served")
    assert told.get().url.endswith(f"{session.number}/")


def test_publishing_answers_orders_that_nobody_answered(venue, teacher, order, plan, cast):
    venue(), teacher()
    asked = order(state="gathered")
    week = plan(with_gathered=True)
    with pytest.raises(ActionError) as refused:
        actions.publish_week(actor=cast.clerk.actor, number=week.number)
    assert refused.value.code == "answer-missing"
    assert not Session.objects.exists()
    actions.publish_week(actor=cast.clerk.actor, number=week.number, answer="课排上了，请来报名。")
    asked.refresh_from_db()
    assert asked.state == "served" and asked.matter.public_answer == "课排上了，请来报名。"


def test_nothing_is_published_when_a_room_was_taken_since(venue, teacher, order, plan, cast):
    room = venue()
    teacher(), order()
    week = plan()
    (one,) = week.solution["sessions"]
    begin = building.span(week)[0] + timedelta(days=one["day"] - 1)
    starts = begin + timedelta(hours=int(one["from"][:2]), minutes=int(one["from"][3:]))
    slots.take(slots.of_venue(room), starts, starts + timedelta(minutes=90), what="room")
    with pytest.raises(ActionError) as refused:
        actions.publish_week(actor=cast.clerk.actor, number=week.number)
    assert refused.value.code == "plan-outdated"
    assert not Session.objects.exists()
    assert Week.objects.get().state == "proposed"


def test_a_series_leaves_out_days_that_are_taken_and_public_holidays(venue, teacher, order, cast, freeze):
    freeze("2026-09-07 10:00")
    room = venue()
    teacher()
    order(slots=[{"day": 4, "from": "14:00", "to": "15:30"}])
    week = actions.open_week(actor=cast.clerk.actor, place=HOME, monday=clock.today() + timedelta(weeks=1))
    actions.solve_week(actor=cast.clerk.actor, number=week.number, seconds=1)
    second = building.span(week)[0] + timedelta(days=10, hours=14)  # 24 September
    slots.take(slots.of_venue(room), second, second + timedelta(hours=1), what="room")
    actions.publish_week(actor=cast.clerk.actor, number=week.number, until=week.monday + timedelta(days=27))
    week.refresh_from_db()
    days = sorted(clock.day_of(one.starts_at).isoformat() for one in Session.objects.all())
    assert days == ["2026-09-17", "2026-10-08"]
    assert {one["day"] for one in week.skipped} == {"2026-09-24", "2026-10-01"}
    assert len({one.series for one in Session.objects.all()}) == 1


def test_a_clerk_moves_a_session_and_whoever_stood_there_gives_way(venue, teacher, order, plan, cast):
    room = venue()
    teacher(("calligraphy",), name="陈老师"), teacher(("yoga",), name="李老师")
    order("calligraphy", slots=[{"day": 3, "from": "14:00", "to": "17:30"}])
    order("yoga", slots=[{"day": 3, "from": "14:00", "to": "17:30"}], actor=cast.neighbour.actor)
    week = plan()
    placed = sessions_of(week)
    first, second = sorted(placed, key=lambda key: placed[key]["from"])
    step = {
        "venue": room.number,
        "day": 3,
        "begin": placed[first]["from"],
        "teacher": placed[second]["teacher"],
    }
    outcome = engine.step(week, actions.pin_of(week, second, **step))
    assert not outcome.blocks and outcome.moved == [first]
    actions.place_wish(actor=cast.clerk.actor, number=week.number, wish=second, **step)
    week.refresh_from_db()
    assert sessions_of(week)[second]["from"] == step["begin"]
    assert week.solution["served"] == 2
    assert [pin["order"] for pin in week.pins] == [second]
    actions.undo(actor=cast.clerk.actor, number=week.number)
    week.refresh_from_db()
    places = {key: (one["day"], one["from"]) for key, one in sessions_of(week).items()}
    assert places == {key: (one["day"], one["from"]) for key, one in placed.items()}
    assert week.pins == []


def test_two_pinned_sessions_never_stand_in_one_room(venue, teacher, order, plan, cast):
    room = venue()
    teacher(("calligraphy",), name="陈老师"), teacher(("yoga",), name="李老师")
    order("calligraphy"), order("yoga", actor=cast.neighbour.actor)
    week = plan()
    placed = sessions_of(week)
    first, second = placed
    for key in (first, second):
        step = {"venue": room.number, "day": 3, "begin": "14:00", "teacher": placed[key]["teacher"]}
        if key == first:
            actions.place_wish(actor=cast.clerk.actor, number=week.number, wish=key, **step)
            continue
        with pytest.raises(ActionError) as refused:
            actions.place_wish(actor=cast.clerk.actor, number=week.number, wish=key, despite=True, **step)
        assert refused.value.code == "in-the-way"


def test_rules_are_put_aside_only_when_the_clerk_says_so(venue, teacher, order, plan, cast):
    room, one = venue(), teacher()
    order()
    week = plan()
    (key,) = sessions_of(week)
    step = {"wish": key, "venue": room.number, "day": 5, "begin": "10:00", "teacher": one.number}
    with pytest.raises(ActionError) as refused:
        actions.place_wish(actor=cast.clerk.actor, number=week.number, **step)
    assert refused.value.code == "rules-broken"
    actions.place_wish(actor=cast.clerk.actor, number=week.number, despite=True, **step)
    week.refresh_from_db()
    assert week.pins[0]["despite"] == ["slots"]
    instance = engine.instance_of(week, week.pins, week.left_out)
    assert timetable.check(instance, timetable.read_solution(week.solution)) == []


def test_what_was_taken_out_is_not_planned_until_it_is_put_back(venue, teacher, order, plan, cast):
    venue(), teacher(), order()
    week = plan()
    (key,) = sessions_of(week)
    actions.leave_out(actor=cast.clerk.actor, number=week.number, wish=key)
    week.refresh_from_db()
    assert week.solution["served"] == 0 and week.solution["wishes"] == 0
    actions.put_back(actor=cast.clerk.actor, number=week.number, wish=key)
    week.refresh_from_db()
    assert week.solution["served"] == 1


def test_reading_anew_keeps_pins_that_still_fit(venue, teacher, order, plan, cast):
    room, one = venue(), teacher()
    order()
    week = plan()
    (key,) = sessions_of(week)
    step = {"venue": room.number, "day": 3, "begin": "15:00", "teacher": one.number}
    actions.place_wish(actor=cast.clerk.actor, number=week.number, wish=key, **step)
    order("yoga")
    week = actions.renew_week(actor=cast.clerk.actor, number=week.number)
    assert [pin["order"] for pin in week.pins] == [key] and len(week.wishes) == 2
    room.closed_on = clock.today()
    room.save()
    assert actions.renew_week(actor=cast.clerk.actor, number=week.number).pins == []


def test_stopping_keeps_the_best_plan_so_far(venue, teacher, order, cast, monday, monkeypatch):
    venue(), teacher(), order()
    week = actions.open_week(actor=cast.clerk.actor, place=HOME, monday=monday)
    from mulin.kernel import jobs

    def stopped(self, *args, **kwargs):
        raise jobs.Stopped

    monkeypatch.setattr(jobs.Progress, "step", stopped)
    job = actions.solve_week(actor=cast.clerk.actor, number=week.number, seconds=60)
    week.refresh_from_db()
    job.refresh_from_db()
    assert (week.state, job.state, week.solution["served"]) == ("proposed", "stopped", 1)


def test_a_club_gets_a_room_at_its_own_times(venue, cast, plan):
    from mulin.academy.clubs.models import Club
    from mulin.people.models import Organisation

    venue()
    org = Organisation.objects.create(name="太极队", kind="club", place=HOME)
    Club.objects.create(
        number="1234567897", org=org, place=HOME, union="sports", theme="tai_chi", ages=["elder"],
        times=[{"day": 2, "from": "09:00", "to": "10:00"}], founded_on=clock.today(),
    )  # fmt: skip
    week = plan()
    (one,) = week.solution["sessions"]
    assert (one["day"], one["from"], one["to"]) == (2, "09:00", "10:00")
    assert "teacher" not in one
    with translation.override("en"):
        (shown,) = showing.sessions(week, showing.Words(week))
        assert (shown["title"], shown["lang"]) == ("太极队", "zh-Hans")


def test_the_same_person_is_not_asked_to_be_at_two_courses_at_once(venue, teacher, order, plan):
    venue("一楼"), venue("二楼")
    teacher(("calligraphy",), name="陈老师"), teacher(("yoga",), name="李老师")
    only = [{"day": 3, "from": "14:00", "to": "15:30"}]
    order("calligraphy", slots=only), order("yoga", slots=only)
    week = plan()
    assert week.solution["served"] == 1
    assert week.solution["refused"][0]["code"] == "group_busy"


def test_nobody_but_the_places_own_people_plans_a_week(cast, plan, venue, order, teacher):
    venue(), teacher(), order()
    week = plan()
    with pytest.raises(NotVisible):
        queries.get_week(cast.other_clerk.actor, week.number) if hasattr(
            cast, "other_clerk"
        ) else queries.get_week(cast.resident.actor, week.number)
    with pytest.raises(NotAllowed):
        actions.open_week(actor=cast.clerk.actor, place=OTHER_HOME, monday=week.monday)
    with pytest.raises(NotVisible):
        queries.get_public(week.number)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_week_that_is_begun_twice_at_one_moment_is_one(cast, world):
    moment = clock.now()

    def begin() -> None:
        with clock.at(moment):
            actions.open_week(actor=cast.clerk.actor, place=HOME, monday=clock.today())

    assert at_once(*[begin] * 4) == ["week-exists"] * 3
    assert Week.objects.count() == 1
