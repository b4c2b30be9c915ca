"""Whoever leads children has a record check that holds on that day, however the session came to be."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from mulin.academy.sessions import actions, inbox, unled
from mulin.academy.sessions.models import Session
from mulin.academy.sessions.tests.conftest import at
from mulin.academy.sessions.tests.test_signing import refused, sign
from mulin.academy.weeks import checks, personal_data
from mulin.academy.weeks.actions import note_check
from mulin.academy.weeks.models import Teacher, TeacherCheck
from mulin.bookings.models import Quarter
from mulin.kernel import clock, rulebook, waiting
from mulin.kernel.models import Entry, Notice, RuleOverride
from mulin.kernel.testing.together import at_once

pytestmark = pytest.mark.django_db
CHILDREN = {"ages": ["child"]}


@pytest.fixture
def note(cast):
    """`note(teacher, 30)`: the clerk notes a check of thirty days ago."""

    def make(teacher: Teacher, days: int = 30, **more):
        day = clock.today() - timedelta(days=days)
        more = {"paper": "档案 3", **more}
        return note_check(actor=cast.clerk.actor, number=teacher.number, on=day, **more)

    return make


@pytest.fixture
def checked(teacher, note) -> Teacher:
    return note(teacher)[0]


@pytest.fixture
def edit(cast):
    def make(session: Session, **more) -> Session:
        more = {"title": session.title, "ages": session.ages, **more}
        return actions.edit_session(actor=cast.clerk.actor, number=session.number, **more)

    return make


def test_where_children_come_alone_nobody_can_be_left_out(plan, world, teacher):
    said = str(refused("no-leader", plan, **CHILDREN))
    assert "请选一位老师" in said and "记录查询" in said
    refused("no-leader", plan, ages=["youth"])
    refused("no-leader", plan, ages=["elder", "child"], kind="activity")
    assert not Session.objects.exists()
    plan(ages=["elder"])
    plan("2026-11-25 14:00", ages=["family"]), plan("2026-11-26 14:00")


def test_a_teacher_of_families_is_checked_as_the_rule_of_teachers_says(plan, teacher, note):
    refused("no-check", plan, ages=["family"], teacher=teacher)
    note(teacher)
    assert plan(ages=["family"], teacher=teacher).teacher == teacher


def test_a_clubs_leader_is_no_exception(cast, plan, club, teacher):
    club.ages = ["child"]
    club.save()
    for person in (cast.clerk, cast.group_leader):
        refused("no-leader", plan, actor=person.actor, club=club)
    refused("no-check", plan, actor=cast.group_leader.actor, club=club, teacher=teacher)
    assert plan(club=club, ages=["adult"]).ages == ["adult"], "an evening for the parents"


def test_a_clubs_leader_who_is_on_the_list_and_checked_leads_the_own_children(
    cast, plan, club, teacher, note
):
    club.ages = ["child"]
    club.save()
    Teacher.objects.filter(pk=teacher.pk).update(account=cast.group_leader.account)
    refused("no-leader", plan, club=club)
    note(teacher)
    session = plan(actor=cast.group_leader.actor, club=club)
    assert session.teacher == teacher and Quarter.objects.filter(resource__kind="person").count() == 6
    Teacher.objects.filter(pk=teacher.pk).update(state="resting")
    refused("no-leader", plan, starts="2026-11-25 14:00", club=club)


def test_a_series_for_children_ends_before_the_check_does_and_the_refusal_names_the_day(
    cast, world, teacher, note
):
    note(teacher, 355)  # of 3 December last year
    starts = at("2026-11-24 14:00")
    given = {
        "actor": cast.clerk.actor, "place": world.home, "title": "少儿画画", "kind": "lesson",
        "where": "三号楼前", "starts_at": starts, "ends_at": starts + timedelta(hours=1), "ages": ["child"],
        "teacher": teacher, "skip_taken": True,
    }  # fmt: skip
    said = refused("no-check", actions.plan_series, until=date(2026, 12, 15), **given)
    assert "12月8日" in str(said) and not Session.objects.exists()
    assert len(actions.plan_series(until=date(2026, 12, 1), **given).sessions) == 2


def test_ages_that_are_changed_later_ask_for_a_leader(plan, edit, club, teacher, checked, other_teacher):
    alone = plan()
    refused("no-leader", edit, session=alone, ages=["child"])
    unchecked = plan("2026-11-25 14:00", teacher=other_teacher)
    refused("no-check", edit, session=unchecked, ages=["child"])
    taught = plan("2026-11-26 14:00", teacher=checked)
    assert edit(taught, ages=["child"]).ages == ["child"]
    alone.refresh_from_db()
    assert alone.ages == []


def test_a_clubs_children_do_not_vanish_by_leaving_the_ages_empty(plan, edit, club):
    session = plan(club=club)
    club.ages = ["child"]
    club.save()
    refused("no-leader", edit, session=session, ages=[])


def test_a_move_behind_the_end_of_the_check_is_refused(cast, plan, teacher, note):
    note(teacher, 355)
    session = plan(teacher=teacher, **CHILDREN)
    act = {"actor": cast.clerk.actor, "number": session.number, "reason": "放假"}
    late = at("2026-12-20 14:00")
    refused("no-check", actions.move_session, starts_at=late, ends_at=late + timedelta(hours=1), **act)
    soon = at("2026-11-27 14:00")
    actions.move_session(starts_at=soon, ends_at=soon + timedelta(hours=1), **act)


def test_only_somebody_checked_teaches_children_instead(cast, plan, checked, other_teacher, note):
    session = plan(teacher=checked, **CHILDREN)
    act = {"actor": cast.clerk.actor, "number": session.number}
    refused("no-leader", actions.substitute_teacher, **act, teacher=None)
    refused("no-check", actions.substitute_teacher, **act, teacher=other_teacher)
    note(other_teacher)
    assert actions.substitute_teacher(**act, teacher=other_teacher).teacher == other_teacher


def test_a_draft_is_not_shown_after_its_teachers_check_fell_away(cast, plan, checked, note):
    session = plan(teacher=checked, state="draft", **CHILDREN)
    note(checked, 0, is_clear=False)
    refused("no-leader", actions.open_session, actor=cast.clerk.actor, number=session.number)


def test_where_the_rule_is_unset_nothing_for_a_known_age_is_planned(cast, plan, checked, world):
    override = {
        "place": world.home, "valid_from": "2020-01-01", "basis": "待定", "certainty": "house default",
        "set_by": cast.admin.account, "value": None,
    }  # fmt: skip
    RuleOverride.objects.create(name="academy.teacher.check_months", **override)
    said = refused("rule-unset", plan, teacher=checked, **CHILDREN)
    assert "academy.teacher.check_months" in str(said)
    RuleOverride.objects.create(name="academy.session.led_ages", **override)
    rulebook.forget()
    refused("rule-unset", plan, ages=["family"])
    plan()


# A check that is not clear -------------------------------------------------------------------------------


def test_a_check_that_is_not_clear_frees_what_is_to_come_with_children_and_keeps_no_word(
    cast, plan, checked, note, settle
):
    lesson = plan(teacher=checked, **CHILDREN)
    family = plan("2026-11-25 14:00", teacher=checked, ages=["family"])
    elders = plan("2026-11-26 14:00", teacher=checked, ages=["elder"])
    apart, left = note(checked, 0, is_clear=False, paper="这里写了内容")
    for one in (lesson, family, elders):
        one.refresh_from_db()
    assert left == 2 and (lesson.teacher, lesson.instead_of, family.teacher) == (None, None, None)
    assert lesson.unled_since and family.unled_since
    assert elders.teacher == checked and elders.unled_since is None
    assert Quarter.objects.filter(resource__kind="person").count() == 6, "the time of the elders' lesson"
    kept = TeacherCheck.objects.get(is_clear=False)
    assert kept.paper == "" and checks.is_kept_apart(apart) and not checks.is_checked(apart)
    line = Entry.objects.get(code="academy.teacher.kept_apart")
    assert line.data == {"number": checked.number, "on": clock.today().isoformat(), "sessions": 2}
    refused("no-check", plan, starts="2026-11-27 14:00", teacher=checked, **CHILDREN)


def test_what_lost_its_leader_waits_in_the_inbox_until_somebody_else_is_named(
    cast, plan, checked, other_teacher, note
):
    session = plan(teacher=checked, title="少儿书法", **CHILDREN)
    note(checked, 0, is_clear=False)
    (row,) = waiting.first([inbox.unled_rows(cast.clerk.actor)], 5)
    item = inbox.unled_item(row)
    assert "少儿书法" in item.title and item.due_at == session.starts_at
    assert waiting.first([inbox.unled_rows(cast.other_clerk.actor)], 5) == []
    note(other_teacher)
    actions.substitute_teacher(actor=cast.clerk.actor, number=session.number, teacher=other_teacher)
    assert waiting.first([inbox.unled_rows(cast.clerk.actor)], 5) == []
    session.refresh_from_db()
    assert (session.teacher, session.instead_of, session.unled_since) == (other_teacher, None, None)


def test_families_may_say_that_they_need_nobody_else(cast, plan, checked, note):
    session = plan(teacher=checked, ages=["family"])
    note(checked, 0, is_clear=False)
    made = actions.substitute_teacher(actor=cast.clerk.actor, number=session.number, teacher=None)
    assert made.teacher is None and made.unled_since is None


def test_an_older_clear_paper_does_not_undo_a_later_answer(checked, note):
    apart, _left = note(checked, 5, is_clear=False)
    refused("older-check", note, teacher=checked, days=6)
    assert not checks.is_checked(apart)
    again, _left = note(checked, 5)
    assert checks.is_checked(again) and not checks.is_kept_apart(again)


def test_nobody_notes_the_own_check(cast, teacher, note):
    Teacher.objects.filter(pk=teacher.pk).update(account=cast.clerk.account)
    refused("own-check", note, teacher=teacher)


def test_children_whom_nobody_leads_are_told_in_time_that_it_does_not_take_place(
    cast, plan, checked, note, settle, freeze
):
    session = plan(teacher=checked, **CHILDREN)
    sign(cast.resident.actor, session)
    note(checked, 0, is_clear=False)
    freeze("2026-11-24 10:30")
    assert unled.call_off() == 0, "there is still time to find somebody"
    freeze("2026-11-24 11:15")
    assert unled.call_off() == 1 and unled.call_off() == 0
    settle()
    session.refresh_from_db()
    assert session.state == "cancelled" and session.reason
    assert Notice.objects.get(code="academy.session.cancelled").account == cast.resident.account


def test_a_teacher_who_leaves_leaves_no_child_alone(cast, plan, checked):
    Teacher.objects.filter(pk=checked.pk).update(account=cast.resident.account)
    session, other = plan(teacher=checked, **CHILDREN), plan("2026-11-25 14:00", teacher=checked)
    personal_data.erase(cast.resident.account.pk)
    session.refresh_from_db(), other.refresh_from_db()
    assert session.teacher is None and session.unled_since
    assert other.teacher is None and other.unled_since is None
    assert TeacherCheck.objects.get().paper == ""


def test_what_was_held_is_still_put_right_after_the_check_fell_away(cast, plan, edit, checked, note, freeze):
    session = plan(teacher=checked, **CHILDREN)
    freeze("2026-11-24 16:00")
    actions.hold_session(actor=cast.clerk.actor, number=session.number)
    note(checked, 0, is_clear=False)
    assert edit(session, text="画了秋天").teacher == checked


# Pages ---------------------------------------------------------------------------------------------------


def test_the_clerk_notes_it_and_sees_at_once_what_needs_somebody_else(
    cast, plan, checked, other_teacher, note, client_for
):
    session = plan(teacher=checked, title="少儿书法", **CHILDREN)
    clerk = client_for(cast.clerk)
    url = reverse("academy_desk:teacher-check", args=[checked.number])
    assert clerk.post(url, {"on": clock.today().isoformat(), "paper": "档案 9"}).status_code == 422
    answer = clerk.post(url, {"on": clock.today().isoformat(), "is_clear": "no"})
    assert answer.url == f"{reverse('academy_desk:sessions')}?show=unled"
    assert "少儿书法" in clerk.get(answer.url).content.decode()
    said = clerk.get(reverse("academy_desk:teacher", args=[checked.number])).content.decode()
    assert "不排孩子的活动" in said and "show=unled" in said and "档案 3" not in said
    instead = reverse("academy_desk:session-substitute", args=[session.number])
    assert instead in clerk.get(reverse("academy_desk:session", args=[session.number])).content.decode()
    said = clerk.get(instead).content.decode()
    assert "罗老师" not in said and "还没有那天有记录查询的人" in said, "who is not checked is not offered"
    note(other_teacher)
    shown = clerk.get(instead).content.decode()
    assert "罗老师" in shown and "何老师" not in shown and "大家自己来" not in shown
    answer = clerk.post(instead, {"teacher": other_teacher.number})
    assert answer.url == reverse("academy_desk:session", args=[session.number])
    assert "show=unled" not in clerk.get(reverse("academy_desk:sessions")).content.decode()


# At one moment -------------------------------------------------------------------------------------------


class TestAtOnce:
    pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

    def test_planning_and_an_answer_that_is_not_clear_leave_no_child_with_them(self, plan, checked, note):
        def planning(n: int):
            def act() -> None:
                with clock.at(at("2026-11-23 09:00")):
                    plan(f"2026-11-{24 + n % 6} {9 + n // 6 * 2:02}:00", teacher=checked, **CHILDREN)

            return act

        def noting() -> None:
            with clock.at(at("2026-11-23 09:00")):
                note(checked, 0, is_clear=False)

        raised = at_once(noting, *(planning(n) for n in range(18)))
        assert set(raised) <= {"no-check"}
        assert not Session.objects.filter(teacher=checked).exists()
        assert Session.objects.filter(unled_since__isnull=True).count() == 0
