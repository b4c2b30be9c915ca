"""A large series is published by the worker, and says so when it could not be."""

from datetime import timedelta

import pytest
from django.urls import reverse

from mulin.academy.sessions.models import Session
from mulin.academy.weeks import actions, queued
from mulin.academy.weeks.models import Week
from mulin.kernel import jobs
from mulin.kernel.errors import ActionError
from mulin.kernel.models import Entry, Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(venue, teacher, order, plan, monkeypatch) -> Week:
    monkeypatch.setattr(queued, "MANY", 2)
    venue(), teacher(), order()
    return plan()


@pytest.fixture
def no_worker(monkeypatch):
    """Jobs wait until they are run by hand."""
    monkeypatch.setattr(type(jobs.run_job), "enqueue", lambda *args: None)


def _three_weeks(week: Week) -> dict:
    return {"number": week.number, "until": week.monday + timedelta(weeks=2, days=6)}


def _codes() -> list[str]:
    return list(Entry.objects.filter(code__contains="publish").order_by("id").values_list("code", flat=True))


def test_few_sessions_are_published_at_once(planned, cast):
    week = actions.publish_soon(actor=cast.clerk.actor, number=planned.number)
    assert (week.state, Session.objects.count()) == ("published", 1)
    assert not Job.objects.filter(kind=queued.PUBLISH).exists()


def test_many_sessions_are_published_by_the_worker(planned, cast, no_worker):
    week = actions.publish_soon(actor=cast.clerk.actor, **_three_weeks(planned))
    assert (week.state, Session.objects.count()) == ("publishing", 0)
    with pytest.raises(ActionError) as error:
        actions.publish_soon(actor=cast.clerk.actor, **_three_weeks(planned))
    assert error.value.code == "not-now"
    jobs.run_job.func(str(week.job))
    week.refresh_from_db()
    assert (week.state, Session.objects.count()) == ("published", 3)
    assert Job.objects.get(pk=week.job).result == {"sessions": 3}
    assert _codes() == ["academy.week.publishing", "academy.week.published"]


def test_a_job_that_cannot_publish_gives_the_week_back_and_the_page_says_why(
    planned, cast, client_for, no_worker
):
    week = actions.publish_soon(actor=cast.clerk.actor, **_three_weeks(planned))
    from mulin.places.models import Venue

    Venue.objects.update(hours=[])
    jobs.run_job.func(str(week.job))
    week.refresh_from_db()
    assert (week.state, Session.objects.count()) == ("proposed", 0)
    assert _codes() == ["academy.week.publishing", "academy.week.not_published"]
    seen = client_for(cast.clerk).get(reverse("academy_desk:week", args=[week.number])).content.decode()
    assert Job.objects.get(pk=week.job).message in seen


def test_the_page_waits_for_the_job_and_a_dead_one_is_not_waited_for(planned, cast, client_for, no_worker):
    client = client_for(cast.clerk)
    day = _three_weeks(planned)["until"].isoformat()
    answer = client.post(reverse("academy_desk:week-publish", args=[planned.number]), {"until": day})
    page = reverse("academy_desk:week", args=[planned.number])
    assert answer.url == page
    asked = reverse("academy_desk:week-progress", args=[planned.number])
    publish = reverse("academy_desk:week-publish", args=[planned.number])
    seen = client.get(page).content.decode()
    assert asked in seen and publish not in seen
    assert client.get(asked).json()["state"] == "running"
    Job.objects.all().delete()
    assert client.get(asked).json() == {**client.get(asked).json(), "state": "done", "next": page}
    assert publish in client.get(page).content.decode()
    actions.publish_soon(actor=cast.clerk.actor, **_three_weeks(planned))
    assert Week.objects.get().job == Job.objects.get(kind=queued.PUBLISH).pk
