"""The demo's renewals: what neighbours said, how the owners voted, and doors to knock at today."""

import random
from datetime import timedelta

import pytest
from django.db import transaction

from mulin.councils.canvasses import closing
from mulin.councils.canvasses.models import Canvass, CanvassVisit
from mulin.councils.topics.models import Topic
from mulin.councils.votes.models import Vote
from mulin.kernel import clock, journal, worker
from mulin.kernel.models import Entry, ThreadLink
from mulin.site.demo import councils_renewal, groundwork, homes, life, people, places, renewal_words, seed


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker):
    """The two renewals alone, made once; undone at the end."""
    around = transaction.atomic()
    around._from_testcase = True  # so that an action inside it is an outermost one
    with django_db_blocker.unblock(), around:
        rng, end = random.Random(1), clock.now()
        timeline = seed.Timeline(end - timedelta(days=3), end)
        with clock.at(end - timedelta(days=seed.DAYS)):
            places.make()
            street = life.Street(rng, timeline, people.make(rng))
            groundwork.lay(street)
            homes.settle(street)
        councils_renewal.plan(street)
        timeline.run(lambda text: None)
        worker.settle()
        yield
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told")]


def test_the_old_estate_went_from_a_remark_to_a_rated_result():
    topic = Topic.objects.get(title=renewal_words.OLD.title)
    assert topic.state == "done"
    assert set(topic.steps.values_list("state", flat=True)) == {"done"}
    assert ThreadLink.objects.filter(child=topic.pk, parent_kind="voices.matter").exists()
    assert journal.verify().ok


def test_neighbours_brought_it_from_23_to_more_than_90_percent_and_who_knows_whom_is_erased():
    canvass = Canvass.objects.get(title=renewal_words.OLD.title)
    first = canvass.days.order_by("on").values_list("on", flat=True).first()
    at_first = canvass.days.filter(on=first)
    households = sum(sum(row.values()) for row in canvass.final["buildings"].values())
    started = Entry.objects.get(subject=canvass.pk, code="councils.canvass.started")
    assert started.data["n"] == households == 144 and at_first.exists()
    assert renewal_words.OLD.sheets[0] / households == pytest.approx(0.23, abs=0.005)
    assert sum(row["agree"] for row in canvass.final["buildings"].values()) / households > 0.9
    assert set(closing.left_of(canvass).values()) == {0}


def test_the_owners_decided_by_area_and_heads_online_by_proxy_and_on_paper():
    vote = Vote.objects.get(topic__title=renewal_words.OLD.title)
    assert (vote.status, vote.state, vote.is_secret) == ("passed", "published", False)
    assert min(vote.turnout["portal"], vote.turnout["paper"]) > 20
    assert vote.papers.filter(is_by_proxy=True).exists()


def test_whoever_opens_the_demo_finds_doors_to_knock_at_today():
    canvass = Canvass.objects.get(title=renewal_words.NEW.title)
    visits = CanvassVisit.objects.filter(canvass=canvass, canvasser__account__username="resident")
    assert canvass.state == "running"
    assert visits.filter(on=clock.today()).exists()
