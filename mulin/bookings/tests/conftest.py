"""A dance room that residents may book, a hall that a worker decides on, at a Monday morning."""

from datetime import datetime, timedelta

import pytest

from mulin.bookings import actions
from mulin.kernel import clock
from mulin.places.venues import actions as venues
from mulin.places.venues.hours import SEVEN_BY_TWELVE

MONDAY = datetime(2026, 11, 23, tzinfo=clock.zone())


def at(hour: int, minute: int = 0, day: int = 0) -> datetime:
    """A moment of the week that begins on 2026-11-23; day 0 is the Monday."""
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


@pytest.fixture
def make_venue(cast, world, freeze):
    freeze("2026-11-22 10:00")

    def make(**facts):
        given = {"name": "舞蹈室", "kind": "room", "hours": SEVEN_BY_TWELVE, "is_bookable": True, **facts}
        return venues.open_venue(actor=cast.clerk.actor, place=given.pop("place", world.home), **given)

    return make


@pytest.fixture
def room(make_venue):
    return make_venue(phone="62880001", equipment=["mirror"])


@pytest.fixture
def hall(make_venue):
    return make_venue(name="大礼堂", kind="hall")


@pytest.fixture
def book(cast):
    """`book(venue, 9, 10, day=1, who=cast.resident)`."""

    def make(venue, start=9, end=10, *, day=1, who=None, reason="小组排练", **more):
        return actions.book_room(
            actor=(who or cast.resident).actor,
            number=venue.number,
            starts_at=at(start, day=day),
            ends_at=at(end, day=day),
            reason=reason,
            **more,
        )

    return make
