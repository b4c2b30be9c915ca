"""Reads about bookings."""

from collections.abc import Iterable
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import Q, QuerySet

from mulin.bookings import slots
from mulin.bookings.models import Booking
from mulin.kernel import clock, policy
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.policy import Fields, Target
from mulin.people.models import Organisation
from mulin.places.models import Venue
from mulin.places.venues import queries as venues

BOOK, AS_GROUP = "bookings.room:book", "bookings.room:book_as_group"
CANCEL, MANAGE = "bookings.room:cancel", "bookings.room:manage"
OWN_FIELDS = Fields(place="place", owners="account_id", orgs="org_id")
FIELDS = Fields(place="place")


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.zone())


def target_of(booking: Booking) -> Target:
    return Target(place=booking.place)


def own_bookings(actor: Actor) -> QuerySet[Booking]:
    """Rooms that a person booked, or that the groups booked which they lead, the latest first."""
    found = Booking.objects.filter(policy.visible(actor, CANCEL, OWN_FIELDS), what="room")
    return found.select_related("resource", "org").order_by("-starts_at", "-id")


def own(actor: Actor, number: str, *, lock: bool = False) -> Booking:
    """One of them; NotVisible (404)."""
    return _one(own_bookings(actor), number, lock)


def manageable(actor: Actor) -> QuerySet[Booking]:
    """Bookings of venues that the actor looks after, of whatever kind."""
    found = Booking.objects.filter(policy.visible(actor, MANAGE, FIELDS), resource__kind="venue")
    return found.select_related("resource", "org", "account").order_by("starts_at", "id")


def managed(actor: Actor, number: str, *, lock: bool = False) -> Booking:
    """One of them; NotVisible (404)."""
    return _one(manageable(actor), number, lock)


def _one(rows: QuerySet[Booking], number: str, lock: bool) -> Booking:
    rows = rows.select_for_update(of=("self",)) if lock else rows
    found = rows.filter(number=clean_number(number)).first()
    if found is None:
        raise NotVisible(number)
    return found


def waiting(actor: Actor) -> QuerySet[Booking]:
    """What was asked for and waits for an answer, the earliest time first."""
    return manageable(actor).filter(state="asked", what="room")


def of_venues(
    ids: Iterable[UUID], since: datetime, until: datetime, *, everything: bool = False
) -> QuerySet[Booking]:
    """Bookings of venues that touch the time between two moments; `everything`: also those that gave it
    free."""
    found = Booking.objects.filter(
        resource__kind="venue", resource__ref__in=list(ids), starts_at__lt=until, ends_at__gt=since
    )
    if not everything:
        found = found.filter(state__in=slots.HOLDING)
    return found.select_related("resource", "org", "account").order_by("starts_at", "id")


def ahead(
    ids: Iterable[UUID], since: datetime, until: datetime | None = None
) -> list[tuple[datetime, datetime, UUID]]:
    """What is booked in venues between two moments: (starts, ends, venue id), the earliest first."""
    rows = Booking.objects.filter(
        resource__kind="venue", resource__ref__in=list(ids), state__in=slots.HOLDING, ends_at__gt=since
    )
    if until is not None:
        rows = rows.filter(starts_at__lt=until)
    return list(rows.order_by("starts_at", "id").values_list("starts_at", "ends_at", "resource__ref"))


def groups_to_book_for(actor: Actor, place: str) -> list[Organisation]:
    """The groups that a person leads and may book for, nearest name first."""
    orgs = {post.org for post in actor.posts if post.org}
    may = [one for one in orgs if policy.can(actor, AS_GROUP, Target(place=place, orgs=frozenset({one})))]
    district = Q(place__gte=place[:6], place__lt=f"{place[:6]}:")
    return list(Organisation.objects.filter(district, pk__in=may, closed_on=None).order_by("name", "id"))


def groups_at(place: str) -> list[Organisation]:
    """Groups of a community and its street, to book for at the desk."""
    low = place[:9] if len(place) == 12 else place
    found = Organisation.objects.filter(
        kind__in=Organisation.GROUPS, closed_on=None, place__gte=low, place__lt=f"{low}:"
    )
    return list(found.order_by("name", "id"))


def rooms_of(actor: Actor, since: datetime, until: datetime) -> list[Venue]:
    """What stands in calendars and in the report of use: rooms and halls, what residents may book, and what
    somebody used between two moments. Only where the actor looks after bookings."""
    used = used_venues(since, until)
    found = Venue.objects.filter(
        Q(kind__in=("room", "hall")) | Q(is_bookable=True) | Q(pk__in=used),
        policy.visible(actor, MANAGE, FIELDS),
    )
    return list(found.filter(venues.in_use()).order_by("place", *venues.ORDER))


def used_venues(since: datetime, until: datetime) -> QuerySet[Booking]:
    """Ids of venues that have a booking between two moments."""
    found = Booking.objects.filter(
        resource__kind="venue", state__in=slots.HOLDING, starts_at__lt=until, ends_at__gt=since
    )
    return found.values("resource__ref")
