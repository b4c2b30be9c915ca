"""Reads about places: one place, its name, what lies in it, what a point or a text means.

Everything here is public: no permission is asked. Answers that do not change often are remembered by the
process (caching.py). Codes are the full 12 digits, or a sub-code such as `500108106003-B012`; an old code
keeps its name and is followed by `resolve`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from mulin.kernel import codes
from mulin.kernel.errors import NotVisible
from mulin.places.caching import Kept
from mulin.places.geo import geojson
from mulin.places.housenumbers import arabic
from mulin.places.locating import Located, locate_point, locate_text
from mulin.places.models import Division, Site
from mulin.places.succession import current, predecessors, resolve, successors

__all__ = [
    "Group",
    "Located",
    "Place",
    "buildings",
    "children",
    "current",
    "exists",
    "full_name",
    "full_names",
    "geojson",
    "get_place",
    "locate_point",
    "locate_text",
    "name_of",
    "names_of",
    "places_of",
    "predecessors",
    "resolve",
    "search_places",
    "sites",
    "successors",
]

IN_FORCE = Q(in_use=True, valid_to=None)
_BATCH = 500
_places = Kept(100_000)
_children = Kept(5_000)


@dataclass(frozen=True, slots=True)
class Place:
    """A division or a site as others need to know it. `level` is 2, 4, 6, 9, 12, or 13 to 17 below.

    `name` is what people say (金堰社区), `official_name` what the list says (金堰社区居民委员会). Positions
    are WGS-84. Below the community: `grid`, `estate`, `address`, `households`, `manager` (organisation id).
    """

    code: str
    name: str
    level: int
    kind: str
    parent: str
    official_name: str = ""
    in_force: bool = True
    is_provisional: bool = False
    is_placeholder: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    phone: str = ""
    grid: str = ""
    estate: str = ""
    address: str = ""
    aliases: tuple[str, ...] = ()
    households: int | None = None
    manager: UUID | None = None
    lon: float | None = None
    lat: float | None = None

    @property
    def is_site(self) -> bool:
        return "-" in self.code

    @property
    def community(self) -> str:
        """The 12-digit community that holds it (or that it is); empty above."""
        return codes.community(self.code) or ""


_DIVISION = (
    "code", "name", "short_name", "level", "kind", "parent", "valid_from", "valid_to", "is_provisional",
    "is_placeholder", "in_use", "phone",
)  # fmt: skip
_SITE = (
    "code", "name", "kind", "community", "grid", "estate", "address", "aliases", "households", "manager",
    "lon", "lat", "valid_from", "valid_to",
)  # fmt: skip


def _from_division(row: dict) -> Place:
    return Place(
        code=row["code"],
        name=row["short_name"] or row["name"],
        level=row["level"],
        kind=row["kind"],
        parent="" if row["parent"] == row["code"] else row["parent"],
        official_name=row["name"],
        in_force=row["in_use"] and row["valid_to"] is None,
        is_provisional=row["is_provisional"],
        is_placeholder=row["is_placeholder"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        phone=row["phone"],
    )


def _from_site(row: dict) -> Place:
    return Place(
        code=row["code"],
        name=row["name"],
        level=int(codes.level(row["code"])),
        kind=row["kind"],
        parent=row["community"],
        official_name=row["name"],
        in_force=row["valid_to"] is None,
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        grid=row["grid"] or (row["code"] if row["kind"] == "grid" else ""),
        estate=row["estate"],
        address=row["address"],
        aliases=tuple(row["aliases"] or ()),
        households=row["households"],
        manager=row["manager"],
        lon=row["lon"],
        lat=row["lat"],
    )


def _rank(place: Place) -> tuple:
    """Of several rows of one code: in force, at the level that the digits say, the latest."""
    fits = place.level == int(codes.level(place.code))
    return place.in_force, fits, place.valid_to is None, place.valid_from or date.min


def _read(wanted: list[str]) -> dict[str, Place]:
    """One statement for divisions and one for sites, for up to 500 codes."""
    found: dict[str, Place] = {}
    divisions = [code for code in wanted if "-" not in code]
    below = [code for code in wanted if "-" in code]
    if divisions:
        for row in Division.objects.filter(code__in=divisions).values(*_DIVISION):
            place = _from_division(row)
            known = found.get(place.code)
            if known is None or _rank(place) > _rank(known):
                found[place.code] = place
    if below:
        for row in Site.objects.filter(code__in=below).values(*_SITE):
            found[row["code"]] = _from_site(row)
    return found


def places_of(wanted: Iterable[str]) -> dict[str, Place]:
    """The places of many codes at once; unknown codes are left out. At most two statements for 500 codes.

    The code of a site that moved with its community is answered by the site it is now.
    """
    asked = {code for code in wanted if code}
    found = {code: place for code in asked if (place := _places.get(code)) is not None}
    missing = sorted(asked - found.keys())
    for start in range(0, len(missing), _BATCH):
        part = missing[start : start + _BATCH]
        read = _read(part)
        moved = {code: resolve(code) for code in part if code not in read and "-" in code}
        moved = {code: new for code, new in moved.items() if new != code}
        if moved:
            now = _read(sorted(set(moved.values())))
            read |= {code: now[new] for code, new in moved.items() if new in now}
        for code, place in read.items():
            _places.put(code, place)
        found |= read
    return found


def get_place(code: str) -> Place:
    """A division (in force or not) or a site. NotVisible when no such code was ever known."""
    place = places_of([code]).get(code)
    if place is None:
        raise NotVisible
    return place


def exists(code: str) -> bool:
    """Whether a division or a site of this code is in force. An old code is not: see `resolve`."""
    place = places_of([code]).get(code)
    return place is not None and place.in_force and place.code == code


def name_of(code: str) -> str:
    """What people call the place; for an unknown code the code itself."""
    place = places_of([code]).get(code)
    return place.name if place else code


def names_of(wanted: Iterable[str]) -> dict[str, str]:
    """Names of many codes at once; an unknown code stands for itself."""
    asked = {code for code in wanted if code}
    found = places_of(asked)
    return {code: found[code].name if code in found else code for code in asked}


def _line(code: str) -> list[str]:
    """The codes whose names make a full name: from the district down, or the place alone above it."""
    if not codes.is_valid(code):
        return [code]
    above = [upper for upper in codes.parents(code) if codes.level(upper) >= codes.Level.DISTRICT]
    return [*above, code]


def full_names(wanted: Iterable[str]) -> dict[str, str]:
    """`full_name` for many codes, with as few statements as `names_of`."""
    lines = {code: _line(code) for code in wanted if code}
    names = names_of(upper for line in lines.values() for upper in line)
    return {code: "".join(names[upper] for upper in line) for code, line in lines.items()}


def full_name(code: str) -> str:
    """From the district down in one word: 南岸区花园路街道金堰社区."""
    return full_names([code]).get(code, "")


def children(code: str) -> list[Place]:
    """The divisions in force directly below (a city that has no districts has its towns). One statement.

    `codes.COUNTRY` gives the provinces. Below a community there are sites, not divisions.
    """

    def read() -> tuple[Place, ...]:
        rows = Division.objects.filter(IN_FORCE, parent="" if code == codes.COUNTRY else code)
        rows = rows.exclude(code=code).order_by("code").values(*_DIVISION)
        return tuple(_from_division(row) for row in rows)

    return list(_children.make(code, read))


def sites(community: str, kind: str = "") -> list[Place]:
    """Sites in force of a community (or of a larger place), in natural order; `kind` is estate,
    courtyard, grid, micro_grid or building; empty: all. One statement."""
    low, high = codes.bounds(community)
    rows = Site.objects.filter(community__gte=low, community__lt=high, valid_to=None)
    if kind:
        rows = rows.filter(kind=kind)
    return sorted((_from_site(row) for row in rows.values(*_SITE)), key=_natural)


def _natural(place: Place) -> tuple:
    """2栋 before 10栋, 第二网格 before 第三网格."""
    return place.parent, natural(place.name), place.code


def natural(name: str) -> list[tuple[int, str]]:
    """A key that orders names as people count: by their numbers, written in digits or in Chinese."""
    parts = re.split(r"([0-9]+|[一二三四五六七八九十百]+)", name)
    return [(-1, part) if n % 2 == 0 else (int(arabic(part)), "") for n, part in enumerate(parts)]


@dataclass(frozen=True, slots=True)
class Group:
    """The buildings of one estate or courtyard; `estate` is None for those that belong to none."""

    estate: Place | None
    buildings: list[Place]


def buildings(community: str) -> list[Group]:
    """Buildings in force, grouped by estate or courtyard, for choosing a place from a list.

    An estate without buildings is listed too: it can be chosen itself. One statement.
    """
    found = sites(community)
    groups = {place.code: Group(place, []) for place in found if place.kind in {"estate", "courtyard"}}
    loose = Group(None, [])
    for place in found:
        if place.kind == "building":
            groups.get(place.estate, loose).buildings.append(place)
    return [*groups.values(), *([loose] if loose.buildings else [])]


def search_places(text: str, within: str = "", limit: int = 12) -> list[Place]:
    """Places for a picker: by part of a name or by the beginning of a code, larger ones first.

    Without a text, what lies directly in `within`. `within` is the instance's place when empty. At most
    two statements.
    """
    within = resolve(within or settings.MULIN_SITE_PLACE)
    if not codes.is_valid(within):
        return []
    text = text.replace("\x00", "").strip()[:40]
    if not text:
        return (children(within) or sites(within))[:limit]
    low, high = codes.bounds(within)
    is_code = text.isdigit() and len(text) >= 4
    condition = Q(code__startswith=text) if is_code else Q(name__contains=text)
    # The beginning of a division's code names divisions, not all that stands in them.
    below = Q(pk__in=[]) if is_code and len(text) < 12 else condition | Q(address__contains=text)
    rows = Division.objects.filter(IN_FORCE, condition, code__gte=low, code__lt=high)
    found = [_from_division(row) for row in rows.order_by("level", "code").values(*_DIVISION)[:limit]]
    if len(found) < limit:
        more = Site.objects.filter(below, code__gte=low, code__lt=high, valid_to=None)
        found += [_from_site(row) for row in more.order_by("code").values(*_SITE)[: limit - len(found)]]
    # The same name at two levels of a city without districts would look like one place twice.
    return list({place.code: place for place in reversed(found)}.values())[::-1]
