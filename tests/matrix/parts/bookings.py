"""Venues of both communities, one given up, one put to use; bookings asked, booked, called off and begun."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from mulin.bookings import actions
from mulin.bookings.models import Booking
from mulin.kernel import clock
from mulin.places.venues import actions as venues
from mulin.places.venues.hours import PRESETS
from tests.matrix.bodies import fixed
from tests.matrix.objects import POST, Thing, both, numbered
from tests.matrix.world import Matrix, Side

PUBLISHED = ("venue_room", "venue_gone")
BOOKINGS = ("booking_asked", "booking_booked", "booking_ended", "booking_begun")


def _posted(*names: str) -> list[Thing]:
    return [
        Thing(name, place, lambda side, name=name: {"number": side.numbers[name]}, methods=POST)
        for name in names
        for place in ("home", "away")
    ]


THINGS: dict[str, list[Thing]] = {
    "bookings:venues": both("community", lambda side: {"place": side.place}),
    "bookings:venue": numbered("venue_room", "venue_gone"),
    "bookings:venue-print": numbered("venue_room"),
    "bookings:venue-book": numbered("venue_room"),
    "bookings:booking": numbered("booking_asked", "booking_ended"),
    "bookings:booking-calendar": numbered("booking_booked"),
    "bookings:booking-cancel": numbered("booking_booked"),
    "bookings_desk:venue": numbered("venue_room", "venue_gone", "venue_used"),
    "bookings_desk:venue-edit": numbered("venue_room"),
    "bookings_desk:venue-hours": numbered("venue_room"),
    "bookings_desk:venue-rules": numbered("venue_room"),
    "bookings_desk:venue-closed-days": numbered("venue_room"),
    "bookings_desk:venue-closed-days-drop": _posted("venue_room"),
    "bookings_desk:venue-use": numbered("venue_idle"),
    "bookings_desk:venue-use-end": numbered("venue_used"),
    "bookings_desk:venue-close": numbered("venue_idle"),
    "bookings_desk:venue-reopen": _posted("venue_gone"),
    "bookings_desk:venue-book": numbered("venue_room"),
    "bookings_desk:venue-booking": numbered(*BOOKINGS),
    "bookings_desk:venue-booking-approve": _posted("booking_asked"),
    "bookings_desk:venue-booking-decline": numbered("booking_asked"),
    "bookings_desk:venue-booking-move": numbered("booking_booked"),
    "bookings_desk:venue-booking-cancel": numbered("booking_booked"),
    "bookings_desk:venue-booking-no-show": _posted("booking_begun"),
    "bookings_desk:venue-booking-restore": _posted("booking_ended"),
}


def _day(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def _at(days: int, hour: int) -> datetime:
    day: date = clock.today() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.zone())


def _time(days: int, **more: Any) -> Callable[[Matrix, Side, dict[str, Any]], dict[str, Any]]:
    return lambda m, s, p: {"day": _day(days), "starts_at": "10:00", "ends_at": "60", **more}


BODIES: dict[str, Callable[[Matrix, Side, dict[str, Any]], dict[str, Any]]] = {
    "bookings:venue-book": _time(9, reason="排练"),
    "bookings:booking-cancel": fixed(reason=""),
    "bookings_desk:venue-new": lambda m, s, p: {
        "place": s.place, "kind": "room", "name": "新的一间", "week": "7x12",
    },
    "bookings_desk:venue-edit": fixed(name="改了名的一间", kind="room"),
    "bookings_desk:venue-hours": fixed(preset="7x12", holidays="open"),
    "bookings_desk:venue-rules": fixed(most_minutes="60"),
    "bookings_desk:venue-closed-days": lambda m, s, p: {
        "first": _day(40), "last": _day(41), "reason": "粉刷",
    },
    "bookings_desk:venue-closed-days-drop": lambda m, s, p: {"first": _day(50), "last": _day(50)},
    "bookings_desk:venue-use": lambda m, s, p: {"use": "startup", "who": "手作工坊", "first": _day(1)},
    "bookings_desk:venue-use-end": fixed(outcome="办了十二场"),
    "bookings_desk:venue-close": lambda m, s, p: {"on": _day(0), "reason": "漏水"},
    "bookings_desk:venue-book": _time(10, weeks="1", who="老周", reason="看球"),
    "bookings_desk:venue-booking-decline": fixed(reason="那天要开大会"),
    "bookings_desk:venue-booking-move": _time(12, reason="合唱队要用"),
    "bookings_desk:venue-booking-cancel": fixed(reason="停电"),
}  # fmt: skip


def build(matrix: Matrix) -> None:
    """By each community's own clerk; its resident books."""
    for side in (matrix.home, matrix.away):
        _venues(side)
        _bookings(side)


def _venues(side: Side) -> None:
    clerk, always = side.clerk.actor, PRESETS["day_night"]
    facts = {
        "room": {"is_bookable": True, "booking": {"week_most": 50}}, "idle": {"is_idle": True},
        "used": {"is_idle": True}, "gone": {},
    }  # fmt: skip
    for name, more in facts.items():
        made = venues.open_venue(
            actor=clerk,
            place=side.place,
            name=f"活动室{name}",
            kind="room",
            hours=always,
            **more,
        )
        side.numbers[f"venue_{name}"] = made.number
    day = clock.today() + timedelta(days=50)
    number = side.numbers["venue_room"]
    venues.add_closure(actor=clerk, number=number, first=day, last=day, reason="盘点")
    venues.put_to_use(
        actor=clerk, number=side.numbers["venue_used"], use="neighbours", who="邻里厨房", first=clock.today()
    )
    venues.close_venue(actor=clerk, number=side.numbers["venue_gone"], reason="拆了")


def _bookings(side: Side) -> None:
    number = side.numbers["venue_room"]
    for n, name in enumerate(BOOKINGS, 2):
        made = actions.book_room(
            actor=side.resident.actor,
            number=number,
            starts_at=_at(n, 8),
            ends_at=_at(n, 9),
            reason="小组排练",
        )
        side.numbers[name] = made.number
    Booking.objects.filter(number=side.numbers["booking_asked"]).update(state="asked")
    given = {"actor": side.clerk.actor, "reason": "停电"}
    actions.call_off_booking(number=side.numbers["booking_ended"], **given)
    begun = clock.now() - timedelta(minutes=5)
    Booking.objects.filter(number=side.numbers["booking_begun"]).update(starts_at=begun)
