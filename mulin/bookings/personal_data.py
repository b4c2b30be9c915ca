"""This module's share in a person's own data."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from mulin.bookings import slots, states
from mulin.bookings.models import Booking
from mulin.kernel import clock, journal, rulebook
from mulin.kernel.actors import SYSTEM
from mulin.kernel.db import write


def export(account_id: UUID) -> list[dict[str, Any]]:
    """What a person booked: where, when, for what, what became of it."""
    rows = Booking.objects.filter(account=account_id).select_related("resource").order_by("starts_at")
    return [
        {
            "number": one.number,
            "where": one.resource.title,
            "from": one.starts_at.astimezone(clock.zone()).isoformat(),
            "to": one.ends_at.astimezone(clock.zone()).isoformat(),
            "for": one.title or one.note,
            "state": str(states.STATE_WORDS.get(one.state, one.state)),
            "reason": one.reason,
        }
        for one in rows
    ]


def erase(account_id: UUID) -> int:
    """Take the person off; that the room was used stays. What is still to come is free for others; a group's
    booking is the group's."""
    coming = Booking.objects.filter(account=account_id, org=None, what="room", starts_at__gt=clock.now())
    for one in coming.filter(state__in=("asked", "booked")).select_related("resource").order_by("id"):
        slots.free(one)
    # Why somebody cancelled is in their own words.
    Booking.objects.filter(account=account_id, state="cancelled").update(reason="")
    return Booking.objects.filter(account=account_id).update(account=None, note="", title="")


def forget_told() -> int:
    """Names, telephones and reasons of bookings that are long over are deleted, as the rule says. Worker."""
    n = 0
    told = Booking.objects.filter(~Q(who="") | ~Q(phone_sealed=""), ends_at__lt=clock.now())
    for place in sorted(set(told.order_by().values_list("place", flat=True))):
        days = int(rulebook.value("bookings.room.keep_days", at=place))
        due = told.filter(place=place, ends_at__lt=clock.now() - timedelta(days=days))
        if not due.exists():  # a write transaction would make every other writer wait for nothing
            continue
        with write():
            forgotten = due.update(who="", phone_sealed="", note="")
            journal.record("bookings.room.forgotten", actor=SYSTEM, place=place, data={"n": forgotten})
        n += forgotten
    return n
