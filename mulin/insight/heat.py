"""Where things happen: matters gathered in squares of about 100 m, so that no point is anyone's door.

Read from the latest voices of every community, not from all matters of a place: the map costs what it
shows, whatever the history. Where a period holds more than can be drawn at once, its latest part is drawn.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, F, FloatField, QuerySet
from django.db.models.functions import Floor

from mulin.insight.periods import Period
from mulin.kernel import clock, codes, counters
from mulin.kernel.suppression import LIMIT
from mulin.places.models import Division
from mulin.voices.models import Matter
from mulin.voices.queries import PUBLIC

# Degrees of about 100 m, north and (at 30° north) east.
NORTH, EAST = 0.0009, 0.00104
LARGEST_AREA = 6  # a district: beyond that the shapes of the districts say more
MOST = 2000
# About so many matters are gathered at most: the latest of the period.
MOST_READ = 1500


@dataclass(frozen=True, slots=True)
class Point:
    """The middle of a square (WGS-84) and how many matters lie in it."""

    lon: float
    lat: float
    n: int


@dataclass(frozen=True, slots=True)
class Squares:
    """The squares of a map, fullest first, and the first day that they show."""

    since: date
    points: tuple[Point, ...] = ()


def squares(place: str, period: Period, *, is_exact: bool) -> Squares:
    """The squares of a place; none for more than a district."""
    if codes.level(place) < LARGEST_AREA:
        return Squares(period.since)
    since = _since(place, period)
    rows = (
        _matters(place, since, period.until, is_exact)
        .filter(lon__isnull=False, lat__isnull=False)
        .order_by()
        .annotate(x=Floor(F("lon") / EAST, output_field=FloatField()))
        .annotate(y=Floor(F("lat") / NORTH, output_field=FloatField()))
        .values("x", "y")
        .annotate(n=Count("id", distinct=True))
        .filter(n__gte=1 if is_exact else LIMIT)
        .order_by("-n", "x", "y")[:MOST]
    )
    found = (Point(round((s["x"] + 0.5) * EAST, 6), round((s["y"] + 0.5) * NORTH, 6), s["n"]) for s in rows)
    return Squares(since, tuple(found))


def _since(place: str, period: Period) -> date:
    """The first day that is drawn: later than the period's where so much came in."""
    rows = counters.read(place, ["cases.opened"], period.since, period.until, by=("measure",))
    came = sum(n for _measure, n in rows)
    days = period.days if came <= MOST_READ else max(1, period.days * MOST_READ // came)
    return period.until - timedelta(days=days - 1)


def first_id(since: datetime) -> UUID:
    """The smallest id that can have been made at a moment: ids are ordered by time, so an index that ends
    with the id finds the latest rows without reading the older ones."""
    return UUID(int=int(since.timestamp() * 1000) << 80)


def _matters(place: str, since: date, until: date, is_exact: bool) -> QuerySet[Matter]:
    first = datetime.combine(since, time.min, clock.zone())
    last = datetime.combine(until + timedelta(days=1), time.min, clock.zone())
    rows = Matter.objects.filter(restriction="", merged_into=None, created_at__gte=first, created_at__lt=last)
    rows = rows.filter(voices__place__in=_places(place), voices__id__gte=first_id(first))
    if "-" in place:
        rows = rows.filter(place=place[:12], grid=place)
    return rows if is_exact else rows.filter(PUBLIC)


def _places(place: str) -> list[str]:
    """Every code that a voice of the place can have: one part of the index for each."""
    if codes.level(place) >= codes.Level.COMMUNITY:
        return [place[:12]]
    low, high = codes.bounds(place)
    inside = Division.objects.filter(code__gte=low, code__lt=high).values_list("code", flat=True)
    return [place, *sorted(set(inside))]
