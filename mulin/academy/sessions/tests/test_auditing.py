"""`mulin aid audit` finds sessions with children that somebody wrote behind the actions' back."""

from datetime import timedelta

import pytest
from django.db import connection

from mulin.academy.sessions import actions, auditing
from mulin.academy.sessions.models import Session
from mulin.academy.weeks.actions import note_check
from mulin.academy.weeks.models import Teacher, TeacherCheck
from mulin.kernel import clock
from mulin.kernel.testing.commands import run

pytestmark = pytest.mark.django_db


def found() -> list[str]:
    return [what for what, *_more in auditing.audit()[1]]


@pytest.fixture
def checked(cast, teacher) -> Teacher:
    day = clock.today() - timedelta(days=30)
    return note_check(actor=cast.clerk.actor, number=teacher.number, on=day, paper="档案 3")[0]


@pytest.fixture
def lesson(plan, checked) -> Session:
    return plan(teacher=checked, ages=["child"])


@pytest.fixture
def rows(lesson):
    """The row of the lesson, for writing past the actions."""
    return Session.objects.filter(pk=lesson.pk)


def test_an_honest_place_has_no_violation_and_its_sessions_are_counted(cast, plan, lesson, checked):
    plan("2026-11-25 14:00", ages=["elder"])
    plan("2026-11-26 14:00", ages=["family"])
    off = plan("2026-11-27 14:00", ages=["youth"], teacher=checked)
    actions.cancel_session(actor=cast.clerk.actor, number=off.number, reason="停电")
    last, _text, code = run("aid", "audit")
    assert last == {"offers": 0, "violations": 0, "sessions": 2} and code == 0


def test_a_session_that_became_one_for_children_past_the_actions_is_found(plan):
    session = plan()
    Session.objects.filter(pk=session.pk).update(ages=["child"])
    last, text, code = run("aid", "audit")
    assert last == {"offers": 0, "violations": 1, "sessions": 1} and code == 1
    assert f"nobody-named: session {session.pk}, session {session.number}, teacher -" in text


def test_a_teacher_without_a_check_who_was_written_in_by_hand_is_found(lesson, other_teacher):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE academy_session SET teacher_id = %s", [_key(other_teacher.pk)])
    last, text, code = run("aid", "audit")
    assert last["violations"] == 1 and code == 1
    assert "check-missing" in text and other_teacher.number in text and "罗老师" not in text


def _key(pk):
    return pk if connection.vendor == "postgresql" else pk.hex


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("check-expired", {"checked_on": -500}),
        ("check-later", {"checked_on": 10}),
        ("check-not-clear", {"is_clear": False, "paper": ""}),
    ],
)
def test_a_check_that_does_not_hold_that_day_is_found(lesson, what, change):
    if "checked_on" in change:
        change = {"checked_on": clock.today() + timedelta(days=change["checked_on"])}
    TeacherCheck.objects.update(**change)
    assert found() == [what]


def test_a_check_that_was_withdrawn_before_is_found_and_one_withdrawn_after_is_not(lesson, freeze):
    TeacherCheck.objects.update(withdrawn_at=lesson.starts_at - timedelta(days=1))
    freeze("2026-11-25 09:00")
    assert found() == ["check-withdrawn"]
    TeacherCheck.objects.update(withdrawn_at=lesson.starts_at + timedelta(hours=3))
    assert found() == []


def test_a_teacher_of_families_who_was_never_checked_is_found(plan, other_teacher):
    session = plan(ages=["family"])
    Session.objects.filter(pk=session.pk).update(teacher=other_teacher)
    assert found() == ["check-missing"]


def test_what_waits_for_somebody_else_is_none_until_it_begins_without(cast, lesson, checked, freeze):
    day = clock.today()
    note_check(actor=cast.clerk.actor, number=checked.number, on=day, is_clear=False)
    assert found() == []
    freeze("2026-11-24 14:05")
    assert found() == ["nobody-found"]
    Session.objects.update(state="cancelled")
    assert found() == []


def test_a_new_check_does_not_make_last_years_lessons_wrong(cast, lesson, checked, freeze):
    freeze("2027-11-23 09:00")
    note_check(actor=cast.clerk.actor, number=checked.number, on=clock.today(), paper="档案 4")
    assert found() == []
