"""The demo's councils: the street trees are through, whatever the date and the hour, and something is left
to take part in."""

import json
import random
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from mulin.cases.models import Case
from mulin.councils import recounting
from mulin.councils.conversations.models import Conversation
from mulin.councils.meetings.models import Meeting
from mulin.councils.results.models import Concern, Work
from mulin.councils.topics.models import Topic
from mulin.councils.upward.models import Proposal
from mulin.councils.votes.models import Vote
from mulin.kernel import clock, journal, worker
from mulin.site.demo import (
    councils_open,
    councils_trees,
    groundwork,
    homes,
    life,
    people,
    places,
    seed,
    trees_told,
)
from mulin.voices.needs.models import Need

# After the national holiday, at nine; and in the middle of the night after the Spring Festival.
PRESENTS = ["2026-10-14 09:00", "2026-03-05 02:30"]


@pytest.fixture(scope="module", params=PRESENTS)
def present(request, django_db_setup, django_db_blocker):
    """The demo's places and people with nothing but the councils' stories, told up to a present."""
    end = datetime.fromisoformat(request.param).replace(tzinfo=clock.zone())
    around = transaction.atomic()
    around._from_testcase = True  # so that an action inside it is an outermost one
    with django_db_blocker.unblock(), around:
        tell(end)
        with clock.at(end):
            yield end
        transaction.set_rollback(True)


def tell(end: datetime) -> None:
    start = (end - timedelta(days=seed.DAYS)).replace(hour=8, minute=0)
    timeline = seed.Timeline(start, end)
    with clock.at(start):
        places.make()
        chance = random.Random(1)
        street = life.Street(chance, timeline, people.make(chance))
        groundwork.lay(street)
        homes.settle(street)
    councils_trees.plan(street)
    councils_open.plan(street)
    timeline.run(lambda _text: None)
    with clock.at(end):
        worker.settle()


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("present")]


def test_the_trees_went_the_whole_way_and_the_result_is_rated():
    topic = Topic.objects.get(title=trees_told.TITLE)
    assert topic.state == "done"
    steps = {one.key: one for one in topic.steps.all()}
    assert {one.state for one in steps.values()} == {"done"}
    assert "69人表了态" in steps["opinions"].outcome
    assert "82%" in steps["rate"].outcome
    assert Meeting.objects.filter(topic=topic, state="published").count() == 11
    assert topic.resolutions.get().state == "published"
    assert topic.resolutions.get().minority


def test_three_clear_groups_stand_behind_the_opinions():
    talk = Conversation.objects.get(topic__title=trees_told.TITLE)
    assert talk.picture.shown["clarity"] == "clear"
    assert len(talk.picture.shown["groups"]) == 3
    assert talk.picture.shown["shared"]


def test_both_votes_were_secret_and_can_be_recounted():
    votes = Vote.objects.filter(topic__title=trees_told.TITLE).order_by("id")
    assert [(one.state, one.status, one.is_secret) for one in votes] == [
        ("published", "passed", True), ("published", "elected", True),
    ]  # fmt: skip
    for one in votes:
        counted = json.loads(recounting.written(recounting.recount(one.file).as_json()))
        assert recounting.differences(one.file["result"], counted) == []
        assert one.turnout["paper"] == 6


def test_every_objection_has_an_answer_and_the_repairs_were_a_case():
    concerns = Concern.objects.filter(topic__title=trees_told.TITLE)
    assert concerns.filter(state="waiting").count() == 0
    assert concerns.filter(state="answered").count() == 4
    works = Work.objects.filter(topic__title=trees_told.TITLE)
    assert {one.state for one in works} == {"done"}
    case = Case.objects.get(matter=works.exclude(matter=None).get().matter)
    assert (case.state, case.outcome) == ("closed", "confirmed")


def test_somebody_who_has_just_come_can_take_part(present):
    shed = Topic.objects.get(title=trees_told.SHED["title"])
    assert shed.state == "running"
    coming = Meeting.objects.get(topic=shed, state="announced")
    assert timedelta(days=5) < coming.begins_at - present < timedelta(days=8)
    talk = Conversation.objects.get(state="open")
    assert talk.statements.filter(state="waiting").count() == 1
    assert talk.picture.people > 20
    vote = Vote.objects.get(state="open")
    mine = vote.roster.entries.get(account__username="resident")
    assert not vote.voted.filter(entry=mine).exists()
    assert vote.closes_at > present + timedelta(days=2)


def test_needs_are_listed_and_the_most_urgent_went_up_as_a_proposal():
    states = sorted(Need.objects.values_list("state", flat=True))
    assert states == ["in_hand", "listed", "moved_up", "not_now"]
    assert Proposal.objects.get().hops.count() == 2
    assert journal.verify().ok
