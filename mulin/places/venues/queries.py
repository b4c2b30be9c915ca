"""Reads about venues. What there is and when it is open is public."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from mulin.kernel import clock, codes, policy
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.policy import Fields, Target
from mulin.places.models import Venue

MANAGE = "places.venue:manage"
FIELDS = Fields(place="place", orgs="owner")
ORDER = ("kind", "name", "id")


def in_use(on=None) -> Q:
    """Venues that are still ones on a day (today)."""
    return Q(closed_on=None) | Q(closed_on__gt=on or clock.today())


def target_of(venue: Venue) -> Target:
    return Target(place=venue.place, orgs=frozenset({venue.owner} if venue.owner else ()))


def venues_of(place: str, *, closed: bool = False) -> QuerySet[Venue]:
    """The venues of a community, or of all communities of a street or district with its own; `closed`: those
    that were given up too."""
    low, high = codes.bounds(place)
    found = Venue.objects.filter(place__gte=low, place__lt=high)
    return (found if closed else found.filter(in_use())).select_related("within").order_by(*ORDER)


def around(place: str) -> QuerySet[Venue]:
    """What people of a community can go to: its own venues and those of its street."""
    found = Venue.objects.filter(in_use(), place__in=[place, *codes.parents(place)])
    return found.select_related("within").order_by(*ORDER)


def get_venue(number: str, *, lock: bool = False) -> Venue:
    """One venue by its number, also one that was given up; NotVisible (404) for none. `lock`: nobody changes
    it until the end of the transaction."""
    rows = Venue.objects.select_related("within")
    return _one(rows.select_for_update(of=("self",)) if lock else rows, number)


def manageable(actor: Actor) -> QuerySet[Venue]:
    """Venues that the actor looks after, also those given up."""
    found = Venue.objects.filter(policy.visible(actor, MANAGE, FIELDS))
    return found.select_related("within").order_by("place", *ORDER)


def managed(actor: Actor, number: str, *, lock: bool = False) -> Venue:
    """One of them; NotVisible (404)."""
    rows = manageable(actor)
    return _one(rows.select_for_update(of=("self",)) if lock else rows, number)


def _one(rows: QuerySet[Venue], number: str) -> Venue:
    found = rows.filter(number=clean_number(number)).first()
    if found is None:
        raise NotVisible(number)
    return found


def by_ids(ids: Iterable[UUID]) -> dict[UUID, Venue]:
    """Venues by id, for lists of bookings."""
    return Venue.objects.in_bulk(list(ids))
