"""What the circle is worked out from: buildings, stations, places where one could be, and paths."""

import json
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Q

from mulin.insight.coverage import paths
from mulin.insight.coverage.circle import Point, Walk
from mulin.kernel import clock, codes, rulebook
from mulin.places.models import Site, Venue

FOLDER = "paths"
PACES = ("walk", "elder")
# Of more than these every n-th is looked at, in the order of their codes.
MOST_CANDIDATES = 2000
# Where no counter can stand, or which are part of another venue.
OUTSIDE = ("board", "court", "outdoor")
DEGREE_M = 111_000


def walk(place: str, minutes: float | None = None, pace: str = "walk", on: date | None = None) -> Walk:
    """How one walks at a place, by its rules; `minutes` None: as many as the rule says."""
    rule = lambda name, **facts: rulebook.value(f"insight.circle.{name}", at=place, on=on, **facts)  # noqa: E731
    return Walk(
        float(minutes or rule("minutes")),
        float(rule("speed", pace=pace)),
        float(rule("detour")),
        float(rule("access")),
    )


def persons(place: str) -> float:
    """How many people a household counts for."""
    return float(rulebook.value("insight.circle.persons", at=place))


def buildings(place: str) -> list[Site]:
    """Buildings in force of a place, in the order of their codes. One statement."""
    low, high = codes.bounds(place)
    rows = Site.objects.filter(kind="building", valid_to=None, community__gte=low, community__lt=high)
    fields = ("code", "community", "name", "lon", "lat", "households", "estate")
    return list(rows.only(*fields).order_by("code"))


def as_point(site: Site) -> Point:
    return Point(site.code, site.lon, site.lat, site.households)


def spot_of(venue: Venue) -> tuple[float | None, float | None]:
    """Where a venue is: its own position, else that of the building or estate it belongs to."""
    if venue.lon is not None and venue.lat is not None:
        return venue.lon, venue.lat
    return (venue.site.lon, venue.site.lat) if venue.site else (None, None)


def open_venues() -> Any:
    """Venues that are not closed."""
    return Venue.objects.filter(Q(closed_on=None) | Q(closed_on__gt=clock.today())).select_related("site")


def stations(place: str, homes: Iterable[Site], reach_m: float) -> list[Venue]:
    """Stations of the place, and those of its neighbours that somebody of the place could walk to: nobody
    asks on which side of a boundary a counter stands. Those without a position come too. One statement."""
    low, high = codes.bounds(place)
    own = Q(place__gte=low, place__lt=high)
    spots = [(one.lon, one.lat) for one in homes if one.lon is not None and one.lat is not None]
    if spots:
        (west, south), (east, north) = map(min, zip(*spots, strict=True)), map(max, zip(*spots, strict=True))
        # Twice as many degrees as metres to the east: more than enough below 60 degrees of latitude.
        up, side = reach_m / DEGREE_M, 2 * reach_m / DEGREE_M
        box = {"lon__range": (west - side, east + side), "lat__range": (south - up, north + up)}
        inside = Q(**box) | Q(lon=None, **{f"site__{key}": value for key, value in box.items()})
        around = codes.bounds(codes.city(place) or place)
        own |= inside & Q(place__gte=around[0], place__lt=around[1])
    return list(open_venues().filter(own, is_station=True).order_by("place", "number"))


def venue_point(venue: Venue) -> Point:
    return Point(venue.number, *spot_of(venue))


def candidates(place: str, homes: Iterable[Site]) -> list[tuple[Point, str]]:
    """Where a station could be, with its name: rooms that are open (idle ones first) and buildings. At most
    MOST_CANDIDATES."""
    low, high = codes.bounds(place)
    rooms = open_venues().filter(place__gte=low, place__lt=high, is_station=False)
    rooms = rooms.exclude(kind__in=OUTSIDE).order_by("-is_idle", "number")
    found = [(venue_point(one), one.name) for one in rooms]
    found += [(as_point(one), one.name) for one in homes]
    found = [one for one in found if one[0].is_placed]
    step = -(-len(found) // MOST_CANDIDATES) or 1
    return found[::step]


# Paths


def path_file(place: str) -> str:
    """The name of the file of paths that a place uses: its own, or that of the nearest place above it; empty
    where there is none."""
    for code in reversed(codes.chain(place)):
        if default_storage.exists(name := f"{FOLDER}/{code}.geojson"):
            return name
    return ""


def lines(place: str) -> list[list[list[float]]]:
    """Known paths of a place; none where no file was stored."""
    name = path_file(place)
    return _read(name, default_storage.get_modified_time(name).isoformat()) if name else []


@lru_cache(maxsize=8)
def _read(name: str, _changed: str) -> list[list[list[float]]]:
    with default_storage.open(name) as file:
        return paths.lines_of(json.load(file))
