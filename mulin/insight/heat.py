"""Where things happen: matters gathered in squares of about 100 m, so that no point is anyone's door."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count, F, FloatField, QuerySet
from django.db.models.functions import Floor

from mulin.insight.periods import Period
from mulin.insight.suppression import LIMIT
from mulin.kernel import clock, codes
from mulin.voices.models import Matter
from mulin.voices.queries import public_matters

# Degrees of about 100 m, north and (at 30° north) east.
NORTH, EAST = 0.0009, 0.00104
LARGEST_AREA = 6  # a district: beyond that the shapes of the districts say more
MOST = 2000


@dataclass(frozen=True, slots=True)
class Point:
    """The middle of a square (WGS-84) and how many matters lie in it."""

    lon: float
    lat: float
    n: int


def points(place: str, period: Period, *, is_exact: bool) -> list[Point]:
    """The squares of a place, fullest first; none for more than a district."""
    if codes.level(place) < LARGEST_AREA:
        return []
    rows = _matters(place, period) if is_exact else _published(place, period)
    squares = (
        rows.filter(lon__isnull=False, lat__isnull=False)
        .order_by()
        .annotate(x=Floor(F("lon") / EAST, output_field=FloatField()))
        .annotate(y=Floor(F("lat") / NORTH, output_field=FloatField()))
        .values("x", "y")
        .annotate(n=Count("id"))
        .filter(n__gte=1 if is_exact else LIMIT)
        .order_by("-n", "x", "y")[:MOST]
    )
    return [Point(round((s["x"] + 0.5) * EAST, 6), round((s["y"] + 0.5) * NORTH, 6), s["n"]) for s in squares]


def _within(period: Period) -> dict[str, datetime]:
    first = datetime.combine(period.since, time.min, clock.zone())
    last = datetime.combine(period.until + timedelta(days=1), time.min, clock.zone())
    return {"created_at__gte": first, "created_at__lt": last}


def _matters(place: str, period: Period) -> QuerySet[Matter]:
    rows = Matter.objects.filter(restriction="", merged_into=None, **_within(period))
    if "-" in place:
        return rows.filter(place=place[:12], grid=place)
    low, high = codes.bounds(place)
    return rows.filter(place__gte=low, place__lt=high)


def _published(place: str, period: Period) -> QuerySet[Matter]:
    return public_matters(place).filter(**_within(period))
