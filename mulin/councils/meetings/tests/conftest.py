"""Meetings in a small world."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from mulin.councils.meetings import actions, agenda, attending, minutes
from mulin.councils.meetings.models import Meeting
from mulin.kernel import clock
from mulin.people.models import Organisation, Post


@pytest.fixture(autouse=True)
def _monday(freeze):
    freeze("2026-11-23 09:00")


@pytest.fixture
def courtyard(world, cast) -> Organisation:
    """A courtyard group whose leader is the cast's group leader."""
    made = Organisation.objects.create(name="家属院民情议事会", kind="council", place=world.home)
    Post.objects.filter(account=cast.group_leader.account).update(org=made)
    Post.objects.filter(account=cast.group_member.account).update(org=made)
    cast.group_leader.again()
    cast.group_member.again()
    return made


@pytest.fixture
def drafted(world, cast) -> Callable[..., Meeting]:
    """`drafted("residents_council")`: a draft with two items, in ten days."""

    def make(
        type: str = "residents_council", *, actor=None, days: float = 10, items: int = 2, **more
    ) -> Meeting:
        actor = actor or cast.clerk.actor
        when = clock.now() + timedelta(days=days)
        more = {"place": world.home, "venue": "社区二楼", **more}
        made = actions.draft_meeting(actor=actor, type=type, begins_at=when, **more)
        for n in range(items):
            agenda.add_item(
                actor=actor, number=made.number, title=f"第{n + 1}件事", text="说明", kind="decide"
            )
        return made

    return make


@pytest.fixture
def announced(cast, drafted) -> Callable[..., Meeting]:
    """The same with its notice out."""

    def make(type: str = "residents_council", *, actor=None, **more) -> Meeting:
        actor = actor or cast.clerk.actor
        made = drafted(type, actor=actor, **more)
        return actions.announce_meeting(actor=actor, number=made.number)

    return make


@pytest.fixture
def begun(cast, announced, freeze) -> Callable[..., Meeting]:
    """The day has come, the door is open; `names` stand on the list and `came` of them are there."""

    def make(
        type: str = "residents_council", *, actor=None, names: int = 0, came: int = 0, **more
    ) -> Meeting:
        actor = actor or cast.clerk.actor
        made = announced(type, actor=actor, **more)
        if names:
            text = "\n".join(f"代表{n}" for n in range(names))
            attending.list_people(actor=actor, number=made.number, text=text)
        freeze(made.begins_at)
        actions.open_door(actor=actor, number=made.number)
        for person in list(made.attendance.order_by("id"))[:came]:
            attending.mark(actor=actor, number=made.number, person=person.pk, state="present")
        made.refresh_from_db()
        return made

    return make


@pytest.fixture
def published(cast, begun) -> Meeting:
    """A residents' council that agreed on its first item and put off the second."""
    actor = cast.clerk.actor
    made = begun(names=3, came=2)
    first, second = made.items.order_by("position")
    minutes.decide_item(
        actor=actor, number=made.number, item=first.pk, decision="adopted", resolution="周六一起修花坛"
    )
    minutes.decide_item(actor=actor, number=made.number, item=second.pk, decision="put_off")
    actions.close_meeting(actor=actor, number=made.number)
    minutes.confirm_minutes(actor=actor, number=made.number)
    return minutes.publish_minutes(actor=actor, number=made.number)
