"""Lists of rooms and bookings go on behind their first page; a calendar holds all that is to come."""

from datetime import timedelta

import pytest
from django.urls import reverse

from mulin.bookings import queries, slots, venue_forms
from mulin.bookings.models import Booking
from mulin.bookings.tests.conftest import at
from mulin.kernel.numbers import new_number
from mulin.people.models import Organisation
from mulin.places.models import Venue

pytestmark = pytest.mark.django_db


def pages(browser, url: str) -> list[str]:
    found, address = [], url
    while True:
        answer = browser.get(address)
        assert answer.status_code == 200
        found.append(answer.content.decode())
        if not answer.context["list"].next:
            return found
        address = url.partition("?")[0] + answer.context["list"].next


@pytest.fixture
def rooms(world) -> list[Venue]:
    rows = [
        Venue(number=new_number(), place=world.home, name=f"活动室{n:03d}号", kind="room", is_bookable=n > 0)
        for n in range(103)
    ]
    return Venue.objects.bulk_create(rows)


@pytest.fixture
def bookings(cast, room) -> list[Booking]:
    """A hundred hours that were, and as many to come."""
    resource = slots.of_venue(room)
    rows = [
        Booking(
            number=new_number(), place=room.place, resource=resource, what="room", title=f"第{n}次排练",
            account_id=cast.resident.id, starts_at=at(0) + timedelta(hours=n),
            ends_at=at(0) + timedelta(hours=n + 1), state="booked",
        )
        for n in range(-103, 103)
    ]  # fmt: skip
    return Booking.objects.bulk_create(rows)


def test_every_room_is_reached_also_among_those_that_can_be_booked(cast, rooms, client_for):
    browser, url = client_for(cast.clerk), reverse("bookings_desk:venues")
    first, second = pages(browser, url)
    assert all((f"活动室{n:03d}号" in first) != (f"活动室{n:03d}号" in second) for n in range(103))
    narrow = pages(browser, f"{url}?show=bookable&q=活动室")
    assert "活动室102号" in narrow[1] and 'value="活动室"' in narrow[1]
    assert all("活动室000号" not in page for page in narrow)


def test_every_booking_that_comes_and_that_was_is_reached(cast, bookings, client_for, freeze):
    freeze("2026-11-23 00:00")
    browser, url = client_for(cast.clerk), reverse("bookings_desk:venue-bookings")
    for show in ("coming", "past"):
        assert len(pages(browser, f"{url}?show={show}")) == 2
    own = pages(client_for(cast.resident), reverse("bookings:venue-mine"))
    assert len(own) == 4, "thirty a page of what was"
    assert all(f"/{one.number}/" in "".join(own) for one in bookings)
    file = client_for(cast.resident).get(reverse("bookings:venue-mine-calendar")).content.decode()
    assert file.count("BEGIN:VEVENT") == 103


def test_a_list_to_choose_from_is_not_cut_off(cast, world, room):
    Organisation.objects.bulk_create(
        Organisation(name=f"小组{n:03d}", kind="club", place=world.home) for n in range(205)
    )
    named = [name for _key, name in venue_forms._owners(room)]
    assert "小组204" in named
    assert "小组204" in [one.name for one in queries.groups_at(world.home)]
