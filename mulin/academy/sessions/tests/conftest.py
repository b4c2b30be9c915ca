"""Sessions in a small world."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from mulin.academy.clubs.models import Club
from mulin.academy.sessions import actions
from mulin.academy.sessions.models import Session
from mulin.academy.weeks.models import Teacher
from mulin.kernel import clock
from mulin.kernel.numbers import new_number
from mulin.people.models import Account, Organisation, Post
from mulin.people.queries import actor_for
from mulin.places.models import Venue


@pytest.fixture(autouse=True)
def _monday(freeze):
    freeze("2026-11-23 09:00")


def at(text: str) -> datetime:
    """`at("2026-11-24 14:00")` by the clock of the place."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.zone())


HOURS = [{"day": day, "from": "08:00", "to": "21:30"} for day in range(1, 8)]


@pytest.fixture
def hall(world) -> Venue:
    return Venue.objects.create(
        number=new_number(), place=world.home, name="二楼大厅", kind="hall", capacity=40, hours=HOURS
    )


@pytest.fixture
def square(world) -> Venue:
    return Venue.objects.create(
        number=new_number(), place=world.home, name="小广场", kind="outdoor", hours=HOURS
    )


@pytest.fixture
def teacher(world) -> Teacher:
    return Teacher.objects.create(
        number=new_number(), place=world.home, name="何老师", skills=["dance"], state="ready", is_named=True
    )


@pytest.fixture
def other_teacher(world) -> Teacher:
    return Teacher.objects.create(number=new_number(), place=world.home, name="罗老师", state="ready")


@pytest.fixture
def club(world, cast) -> Club:
    """A club whose leader is the cast's group leader."""
    org = Organisation.objects.create(name="晨光合唱团", kind="club", place=world.home)
    made = Club.objects.create(
        number=new_number(), org=org, place=world.home, union="arts", theme="", is_open=True
    )
    Post.objects.filter(account=cast.group_leader.account).update(org=org)
    Post.objects.filter(account=cast.group_member.account).update(org=org)
    cast.group_leader.again()
    cast.group_member.again()
    return made


@pytest.fixture
def plan(world, cast) -> Callable[..., Session]:
    """`plan("2026-11-24 14:00")`: an open session of ninety minutes, planned by the clerk."""

    def make(starts: str = "2026-11-24 14:00", *, actor=None, minutes: int = 90, **more) -> Session:
        starts_at = at(starts)
        more = {"place": world.home, "title": "手机课", "kind": "lesson", **more}
        if more.get("venue") is None:
            more.setdefault("where", "三号楼前")
        return actions.plan_session(
            actor=actor or cast.clerk.actor, starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes), **more,
        )  # fmt: skip

    return make


@pytest.fixture
def crowd(world) -> Callable[[int], list]:
    """`crowd(5)`: actors of five more residents."""

    def make(n: int) -> list:
        accounts = [Account(username=f"crowd{i}", name=f"邻居{i}", password="!") for i in range(n)]
        Account.objects.bulk_create(accounts)
        return [actor_for(one) for one in accounts]

    return make
