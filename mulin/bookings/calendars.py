"""Bookings for one's own calendar (RFC 5545)."""

from collections.abc import Callable, Iterable
from datetime import UTC
from uuid import UUID

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from mulin.bookings import slots
from mulin.bookings.models import Booking
from mulin.kernel import clock
from mulin.places.models import Venue
from mulin.places.queries import full_name


def calendar_file(
    bookings: Iterable[Booking], venues: dict[UUID, Venue], url: Callable[[Booking], str]
) -> bytes:
    """An iCalendar file of bookings; what was cancelled is said as CANCELLED, what waits as TENTATIVE."""
    found = Calendar()
    found.add("prodid", "-//Mulin//Bookings//ZH")
    found.add("version", "2.0")
    for one in bookings:
        found.add_component(_event(one, venues.get(one.resource.ref), url(one)))
    return found.to_ical()


def _event(booking: Booking, venue: Venue | None, url: str) -> Event:
    event = Event()
    event.add("uid", f"booking-{booking.number}@mulin")
    name = venue.name if venue else booking.resource.title
    event.add("summary", _("%(venue)s：%(what)s") % {"venue": name, "what": booking.title or booking.note})
    event.add("dtstart", booking.starts_at.astimezone(UTC))
    event.add("dtend", booking.ends_at.astimezone(UTC))
    event.add("dtstamp", clock.now().astimezone(UTC))
    where = f"{full_name(booking.place)} {venue.address if venue and venue.address else name}"
    event.add("location", where.strip())
    event.add("url", url)
    held = {"asked": "TENTATIVE"}.get(booking.state, "CONFIRMED")
    event.add("status", held if booking.state in slots.HOLDING else "CANCELLED")
    return event
