"""Where a voice lies: by a point, by a building or grid picked, by words, or only by its community."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from mulin.kernel import codes
from mulin.kernel.errors import ActionError
from mulin.places import queries as places
from mulin.places.locating import wgs84

# How much of a text is read for a building, and how sure the reader must be of it.
READ, CERTAIN = 200, 0.8
_BUILDING = re.compile(r"[0-9A-Za-z一二三四五六七八九十百]{1,4}(?:号楼|栋|幢|座)")
CRS = ("wgs84", "cgcs2000", "gcj02", "bd09")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with what is known below it; `lon` and `lat` in WGS-84; `how` it was given."""

    place: str
    grid: str = ""
    building: str = ""
    lon: float | None = None
    lat: float | None = None
    how: str = "community"


def check_division(code: str) -> str:
    """The code of a division in force, or ActionError (422). A replaced code leads to the new one."""
    if codes.is_valid(code) and codes.parse(code).serial is None:
        for one in (code, places.resolve(code)):
            if places.exists(one):
                return one
    raise ActionError(
        "place-unknown",
        _("找不到这个地点。请从列表里选择社区，或在地图上点一下。"),
        field="place",
        status=422,
    )


def check_size(place: str, least_level: int) -> None:
    """A place no larger than that level, or ActionError (422): in a larger one perhaps nobody looks."""
    if codes.level(place) < least_level:
        message = _("请选在哪个街道，或者写明在哪里、用手机定位，这样才知道交给谁。")
        raise ActionError("place-too-large", message, field="place", status=422)


def _site(code: str, division: str) -> places.Place:
    """A grid, estate, courtyard or building in force inside the division."""
    found = places.places_of([code]).get(code) if codes.is_valid(code) else None
    if found is None or not found.is_site or not found.in_force or not codes.contains(division, found.code):
        raise ActionError(
            "building-unknown", _("这个社区里找不到这栋楼或这个网格。"), field="building", status=422
        )
    return found


def resolve(
    place: str,
    *,
    lon: float | None,
    lat: float | None,
    crs: str,
    address: str,
    building: str,
    given: str = "",
    text: str = "",
) -> Spot:
    """The spot of a voice. `place` may be a division, or a grid or building of one; what was picked counts
    more than what a point suggests, a point more than words, an address more than what the `text` names.
    ActionError (422) for what does not exist."""
    head, dash, _tail = place.partition("-")
    division = check_division(head)
    picked = building or (places.resolve(place) if dash else "")
    x, y = _point(lon, lat, crs)
    if picked:
        site = _site(picked, division)
        inside = site.code if site.kind == "building" else ""
        # A building's own position is better than none.
        x, y = (x, y) if x is not None else (site.lon, site.lat)
        return Spot(site.community, site.grid, inside, x, y, given or "list")
    if x is not None:
        return _from_point(division, x, y, given or f"map-{crs}")
    said = _from_words(division, address) if address else _named_in(division, text)
    return said or Spot(division, how=given or "community")


def _point(lon: float | None, lat: float | None, crs: str) -> tuple[float | None, float | None]:
    """The point in WGS-84; coordinates are converted here and nowhere further in."""
    if lon is None and lat is None:
        return None, None
    if lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ActionError("point-wrong", _("坐标不完整或超出范围。"), field="lon", status=422)
    if crs not in CRS:
        raise ActionError("crs-unknown", _("不认识的坐标系。"), field="crs", status=422)
    return wgs84(lon, lat, crs)


def _from_point(division: str, lon: float, lat: float, how: str) -> Spot:
    located = places.locate_point(lon, lat, within=division)
    if located is None:
        # The person named the place; a point elsewhere does not move the voice out of it.
        return Spot(division, lon=lon, lat=lat, how=how)
    return Spot(located.place, located.grid, located.building, lon, lat, how)


def _from_words(division: str, address: str) -> Spot | None:
    located = places.locate_text(address, within=division)
    if located is None or not codes.contains(division, located.place):
        return None
    return Spot(located.place, located.grid, located.building, located.lon, located.lat, "words")


def _named_in(division: str, text: str) -> Spot | None:
    """The building that a text names beyond doubt: one alone, of the community that the person is in."""
    if codes.level(division) < codes.Level.COMMUNITY or not _BUILDING.search(text):
        return None
    text = text[:READ]
    if len(set(_BUILDING.findall(text))) != 1:
        return None  # "3栋的人往1栋扔东西": whose building it is about, people see
    located = places.locate_text(text, within=division)
    if located is None or located.place != division or not located.building or located.confidence < CERTAIN:
        return None
    return Spot(located.place, located.grid, located.building, located.lon, located.lat, "words")
