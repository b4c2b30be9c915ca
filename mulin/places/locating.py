"""Where a point or a text lies: polygons where there are any, else the nearest building, else words.

Coordinates are converted to WGS-84 here, at the edge; nothing further in knows another system.
"""

from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from mulin.kernel import codes
from mulin.kernel.errors import ActionError
from mulin.places import coordinates
from mulin.places.addresses import Address, Entry, Gazetteer
from mulin.places.caching import Kept
from mulin.places.models import Division, Site
from mulin.places.shapes import ShapeError, ShapeIndex, read_features
from mulin.places.succession import resolve

CRS = {
    "wgs84": coordinates.Crs.WGS84,
    "cgcs2000": coordinates.Crs.CGCS2000,
    "gcj02": coordinates.Crs.GCJ02,
    "bd09": coordinates.Crs.BD09,
}
# A voice from this near is about the building; from further off only its community is taken from it.
AT_BUILDING_M = 50.0
NEAR_BUILDING_M = 300.0
SURE = 0.5  # confidence below which words locate nothing
MANY_SITES = 60_000  # above it a gazetteer holds divisions only
_IN_FORCE = Q(in_use=True, valid_to=None)
_shapes = Kept(200)
_gazetteers = Kept(8)


@dataclass(frozen=True, slots=True)
class Located:
    """A division with what is known below it. `how`: "area" (polygon), "nearest" (building) or "words".

    `distance_m` is the distance to the building that was found nearest; `confidence` is for words.
    `lon`, `lat` are the point in WGS-84, or the building's for words.
    """

    place: str
    grid: str = ""
    building: str = ""
    estate: str = ""
    how: str = "area"
    distance_m: float | None = None
    confidence: float = 1.0
    lon: float | None = None
    lat: float | None = None


def system_of(crs: str) -> coordinates.Crs:
    """The coordinate system of a name such as gcj02 or GCJ-02. ActionError (422) for an unknown one."""
    system = CRS.get(crs.lower().replace("-", ""))
    if system is None:
        raise ActionError("crs-unknown", _("不认识的坐标系。"), field="crs", status=422)
    return system


def wgs84(lon: float, lat: float, crs: str = "wgs84") -> tuple[float, float]:
    """A point in WGS-84. ActionError (422) for an impossible point or an unknown system."""
    system = system_of(crs)
    try:
        point = coordinates.Point(float(lon), float(lat), system).to(coordinates.Crs.WGS84)
    except (TypeError, ValueError) as error:
        raise ActionError("point-wrong", _("坐标不完整或超出范围。"), field="lon", status=422) from error
    return point.lon, point.lat


def _index(rows) -> ShapeIndex:
    """An index of (code, name, shape); a shape that cannot be read is left out, not fatal."""
    shapes = []
    for code, name, shape in rows:
        try:
            shapes += read_features([{"properties": {"code": code, "name": name}, "geometry": shape}])
        except ShapeError:
            continue
    return ShapeIndex(shapes)


def division_shapes() -> ShapeIndex:
    """Polygons of all divisions in force, built once a process and again after a change."""

    def build() -> ShapeIndex:
        rows = Division.objects.filter(_IN_FORCE, shape__isnull=False)
        return _index(rows.values_list("code", "short_name", "shape").iterator(chunk_size=500))

    return _shapes.make("divisions", build)


def grid_shapes(district: str) -> ShapeIndex:
    """Polygons of grids of a district."""

    def build() -> ShapeIndex:
        low, high = codes.bounds(district)
        rows = Site.objects.filter(
            kind__in=("grid", "estate", "courtyard"), valid_to=None, shape__isnull=False,
            community__gte=low, community__lt=high,
        )  # fmt: skip
        return _index(rows.values_list("code", "name", "shape").iterator(chunk_size=500))

    return _shapes.make(district, build)


class _Building(NamedTuple):
    code: str
    community: str
    grid: str
    estate: str
    lon: float
    lat: float


# Written out, since it runs inside every report with a point: building the query anew costs thrice its run.
_NEAR = """
SELECT code, community, grid, estate, lon, lat FROM places_site
WHERE kind = 'building' AND valid_to IS NULL AND lon BETWEEN %s AND %s AND lat BETWEEN %s AND %s
    AND community >= %s AND community < %s
"""


def _nearest(lon: float, lat: float, within: str | None) -> tuple[_Building, float] | None:
    """The nearest building in force of a place, by a box in the index and the exact distance behind it."""
    box = coordinates.box_around(lon, lat, NEAR_BUILDING_M)
    low, high = codes.bounds(within) if within else ("", "~")
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, [box.west, box.east, box.south, box.north, low, high])
        found = [_Building(*row) for row in cursor.fetchall()]
    if not found:
        return None
    metres = coordinates.distance_m(lon, lat, [site.lon for site in found], [site.lat for site in found])
    at = int(metres.argmin())
    return (found[at], float(metres[at])) if metres[at] <= NEAR_BUILDING_M else None


def locate_point(lon: float, lat: float, crs: str = "wgs84", within: str | None = None) -> Located | None:
    """The division, grid and building of a point, or None where nothing is known there.

    `crs` is wgs84, cgcs2000, gcj02 or bd09. `within` limits the answer to a place: a point outside it is
    None. One statement once the polygons are in memory. ActionError (422) for a wrong point.
    """
    lon, lat = wgs84(lon, lat, crs)
    hits = division_shapes().locate_all(lon, lat)
    inside = [code for code in hits if within is None or codes.contains(within, code)]
    if hits and not inside and not any(codes.contains(code, within or "") for code in hits):
        return None
    # The smallest area comes first; deeper levels win over an odd small polygon of a larger place.
    area = max(inside, key=lambda code: int(codes.level(code)), default=None)
    nearest = _nearest(lon, lat, area or within)
    if area is None and nearest is None:
        return None
    site, distance = nearest or (None, None)
    place, how = area or "", "area"
    if site and not (area and codes.level(area) >= codes.Level.COMMUNITY):
        place, how = site.community, "nearest"
    grid, estate = _fine(place, lon, lat)
    if site and site.community == place:
        grid = grid or site.grid
        estate = estate or (site.estate if distance <= AT_BUILDING_M else "")
    building = site.code if site and distance <= AT_BUILDING_M and site.community == place else ""
    return Located(place, grid, building, estate, how, distance, 1.0, lon, lat)


def _fine(place: str, lon: float, lat: float) -> tuple[str, str]:
    """Grid and estate whose polygons hold the point, within the place."""
    if codes.level(place) < codes.Level.DISTRICT:
        return "", ""
    grid = estate = ""
    for code in grid_shapes(codes.district(place) or place).locate_all(lon, lat):
        if codes.contains(place, code):
            letter = code[13]
            grid = grid or (code if letter == "G" else "")
            estate = estate or (code if letter in "EC" else "")
    return grid, estate


# --- words ----------------------------------------------------------------------------------------


def gazetteer(scope: str) -> Gazetteer:
    """The names of a place and of all that lies in it, with the names of what holds it."""

    def build() -> Gazetteer:
        low, high = codes.bounds(scope)
        condition = Q(code__gte=low, code__lt=high) | Q(code__in=codes.parents(scope))
        rows = Division.objects.filter(_IN_FORCE, condition).order_by("level", "code")
        rows = rows.values_list("code", "name", "short_name", "level", "parent")
        entries = [
            Entry(code, name, codes.Level(level), (short,) if short and short != name else (), parent)
            for code, name, short, level, parent in rows.iterator(chunk_size=5000)
        ]
        below = Site.objects.filter(community__gte=low, community__lt=high, valid_to=None)
        found = list(
            below.order_by("code").values_list("code", "name", "kind", "aliases", "community", "estate")[
                : MANY_SITES + 1
            ]
        )
        if len(found) <= MANY_SITES:
            entries += [
                Entry(code, name, kind, tuple(aliases or ()), estate or community)
                for code, name, kind, aliases, community, estate in found
            ]
        return Gazetteer(entries)

    return _gazetteers.make(scope, build)


def read_address(text: str, within: str | None = None) -> Address:
    """All that a text says about a place, with candidates a level: for a form that lets people choose."""
    within = resolve(within) if within else settings.MULIN_SITE_PLACE
    return gazetteer(codes.district(within) or within).parse(text, within=within)


def locate_text(text: str, within: str | None = None) -> Located | None:
    """The place that an address text means, or None when it is not sure enough.

    `within` is where the writer is thought to be: it decides between places of one name. One statement once
    the names of the district are in memory, none when only a division is named.
    """
    if not text or not text.strip():
        return None
    best = read_address(text, within).place
    if best is None or best.confidence < SURE:
        return None
    if "-" not in best.code:
        return Located(best.code, how="words", confidence=best.confidence)
    site = Site.objects.filter(code=best.code).first()
    if site is None:
        return None
    grid = site.code if site.kind == "grid" else site.grid
    building = site.code if site.kind == "building" else ""
    estate = site.code if site.kind in {"estate", "courtyard"} else site.estate
    return Located(
        site.community, grid, building, estate, "words", None, best.confidence, site.lon, site.lat
    )  # fmt: skip
