"""The demo's street: every state told, everything said once, and figures that the public may see."""

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from mulin.academy import catalogues
from mulin.academy.models import Club, Session, Week
from mulin.cases.models import Case
from mulin.cases.states import STATES
from mulin.insight.queries import board
from mulin.insight.topics import refresh
from mulin.kernel import clock, journal
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.models import ThreadLink
from mulin.kernel.testing.commands import run
from mulin.mutualaid.models import AidMatch
from mulin.people.models import Post
from mulin.people.queries import list_groups
from mulin.site.demo import seed, told
from mulin.site.demo.places import HOME
from mulin.voices.models import Matter, Voice
from mulin.voices.queries import public_matters


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The last five weeks of the demo's story, made once; undone at the end."""
    around = transaction.atomic()
    around._from_testcase = True  # so that an action inside it is an outermost one
    with django_db_blocker.unblock(), around:
        seed.run(say=lambda text: None, days=33)
        yield
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


def at_home(**fields):
    return Case.objects.filter(place=HOME, **fields)


def test_every_state_is_there_at_home():
    states = set(at_home().values_list("state", flat=True))
    assert set(STATES) - states == set()


def test_every_way_to_end_and_to_wait_is_there():
    outcomes = set(at_home().values_list("outcome", flat=True))
    assert outcomes >= {"confirmed", "unconfirmed", "refused", "merged"}
    assert at_home(excluded_for__gt="").exists()
    assert {case.pending["move"] for case in at_home(pending__isnull=False)} == {"suspend", "refuse"}
    waiting = at_home(state="done", clocks__kind="confirm", clocks__stopped_at=None)
    assert waiting.filter(clocks__due_at__lt=clock.now()).exists()  # to be called back
    suspended = at_home(state="suspended", review_on__isnull=False, matter__publication="shown")
    assert suspended.exists()


def test_one_emergency_is_in_hand_and_one_has_just_come_in():
    major = at_home(severity="major", is_open=True)
    assert major.filter(acknowledged_at__isnull=False, state="in_hand").count() == 1
    fresh = major.get(acknowledged_at__isnull=True)
    assert fresh.state == "reported"
    assert clock.now() - fresh.created_at < timedelta(hours=1)
    assert not public_matters(HOME).filter(case__severity="major").exists()


def test_no_two_matters_have_the_same_title_and_no_group_of_things_is_all_there_is():
    titles = Counter(Matter.objects.values_list("title", flat=True))
    assert [title for title, n in titles.items() if n > 1] == []
    assert len(set(Matter.objects.filter(place=HOME).values_list("category", flat=True))) > 40


def test_groups_have_leaders_with_terms_one_keeps_a_place_and_one_did_a_case():
    groups = list_groups(HOME)
    assert {group.kind for group in groups} >= {"club", "courtyard_group"}
    settled = [group for group in groups if group.kind != "club"]
    posts = Post.objects.filter(org__in=settled)
    assert {one.org_id for one in posts.filter(role="group_leader")} == {group.pk for group in settled}
    assert not posts.filter(role="group_member", ends_on=None).exists()
    assert "堰边小花园" in {group.adopted.name for group in groups if group.adopted}
    grown = ThreadLink.objects.filter(child__in=[group.pk for group in groups])
    assert {Matter.objects.get(pk=link.parent).kind for link in grown} >= {"wish"}
    assert Case.objects.get(lead__kind="courtyard_group").outcome == "confirmed"


def test_the_college_has_clubs_of_every_union_sessions_and_a_planned_week():
    clubs = Club.objects.filter(place=HOME, state="running")
    assert {club.union for club in clubs} == set(catalogues.unions())
    assert Session.objects.filter(place=HOME, state="held").exists()
    assert Session.objects.filter(place=HOME, state="open", starts_at__gt=clock.now()).exists()
    assert Week.objects.filter(place=HOME, state="published").exists()


def test_help_between_neighbours_is_told_and_no_child_was_near_an_unchecked_adult():
    assert AidMatch.objects.filter(state="running").exists()
    audit, _text, _code = run("aid", "audit")
    assert audit["violations"] == 0 and audit["offers"] > 0 and audit["sessions"] > 0


def test_a_wish_is_declined_with_a_reason_and_one_is_accepted_and_rated():
    wishes = Matter.objects.filter(place=HOME, kind__in=("wish", "offer"), publication="shown")
    declined = wishes.filter(decision="declined")
    assert all(one.public_answer for one in declined)
    assert any("消防通道" in one.public_answer for one in declined)
    rated = Voice.objects.filter(matter__in=wishes, matter__decision="accepted", is_satisfied=True)
    assert rated.exclude(remark="").exists()
    assert wishes.filter(decision="").exists()


@pytest.mark.parametrize("days", [30, 90])
def test_the_public_board_of_the_home_community_shows_its_rates(days):
    today = clock.today()
    shown = board(ANONYMOUS, HOME, since=today - timedelta(days=days - 1), until=today)
    assert not shown.is_exact
    for rate in shown.rates.values():
        assert rate.value is not None, (rate, shown.figures)
        assert 0.6 < rate.value < 1
    for figure in ("in", "closed", "open", "reopened", "merged", "voices"):
        assert shown.figures[figure] is not None, (figure, shown.figures)
    assert len(shown.categories) >= 4


def test_what_is_hot_is_one_thing_that_several_say():
    refresh(60)
    labels = [topic.label for topic in board(ANONYMOUS, HOME).hot]
    assert any(label.startswith(told.SCHOOL) for label in labels)
    assert any(label.startswith("丹桂里小区") for label in labels)


def test_the_story_is_made_of_journal_lines_and_counters_that_add_up():
    assert journal.verify().ok
    call_command("counters", "verify", stdout=StringIO())  # ends with an error when a figure is wrong


def test_the_demo_is_made_without_waiting_for_the_disk_and_kept_as_safely_as_ever(tmp_path, monkeypatch):
    base = sqlite3.connect(tmp_path / "demo.sqlite3")

    class Connection:
        vendor, in_atomic_block = "sqlite", False
        is_in_memory_db = staticmethod(lambda: False)
        cursor = staticmethod(lambda: closing(base.cursor()))

    def waits() -> bool:
        return base.execute("PRAGMA synchronous").fetchone()[0] != 0

    monkeypatch.setattr(seed, "connection", Connection)
    assert waits()
    with pytest.raises(ZeroDivisionError), seed.quickly():
        assert not waits()
        raise ZeroDivisionError
    assert waits()
