"""The circle of a place: whom its stations serve, whom they do not, and where the next one would serve most.

At most five statements for any place; what is worked out is remembered by nobody, for it takes a tenth of a
second for two thousand buildings.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from mulin.insight.coverage import circle, reading, siting
from mulin.insight.coverage.circle import Point, Reach, Walk, Way
from mulin.kernel import codes, policy
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.suppression import protect
from mulin.places.models import Site, Venue
from mulin.places.queries import Place, children, get_place

VIEW, COMPARE = "insight.circle:view", "insight.circle:compare"
MINUTES = (5, 10, 15, 20)
MOST_STATIONS = 5
NEW = "new"


@dataclass(frozen=True, slots=True)
class Count:
    """Buildings, and the households in those of which the number is known."""

    buildings: int = 0
    households: int = 0
    unknown: int = 0  # buildings whose number of households nobody knows


def count(homes: Iterable[Site]) -> Count:
    homes = list(homes)
    known = [one.households for one in homes if one.households is not None]
    return Count(len(homes), sum(known), len(homes) - len(known))


@dataclass(frozen=True)
class Circle:
    """What a page, a file and the command show. `persons`: people a household counts for. `trial`: a station
    that is only tried out."""

    place: Place
    walk: Walk
    pace: str
    persons: float
    homes: dict[str, Site]
    stations: tuple[Venue, ...]
    reach: Reach
    lines: int
    trial: tuple[Point, str] | None = None
    parts: dict[str, Count] = field(default_factory=dict)

    def people(self, households: int) -> int:
        return round(households * self.persons)

    def of(self, keys: Iterable[str]) -> list[Site]:
        return [self.homes[key] for key in sorted(keys)]

    @property
    def total(self) -> Count:
        return count(self.homes.values())

    @property
    def people_share(self) -> float | None:
        """The share of people who can walk to a station, of all who are known; None where nobody is."""
        total = self.total.households
        return self.parts["covered"].households / total if total else None

    @property
    def buildings_share(self) -> float | None:
        return self.parts["covered"].buildings / len(self.homes) if self.homes else None

    def nearest(self, code: str) -> Way | None:
        ways = self.reach.ways.get(code, ())
        return ways[0] if ways else None

    def minutes(self, way: Way) -> int:
        """Whole minutes on foot, at least one."""
        return max(1, -(-int(way.metres) // int(self.walk.speed)))


def division(code: str) -> Place:
    """A community, street or district. NotVisible for anything else."""
    found = get_place(code) if codes.is_valid(code) else None
    if found is None or found.is_site or found.level < codes.Level.DISTRICT or not found.in_force:
        raise NotVisible(code)
    return found


def circle_of(
    actor: Actor, place: str, minutes: float | None = None, pace: str = "walk", trial: str = ""
) -> Circle:
    """The circle of a community (insight.circle:view), or of a street or district (insight.circle:compare).

    `trial`: code of a building or number of a room at which a station is tried out. Raises NotVisible,
    NotAllowed, bad-trial.
    """
    found = division(place)
    policy.require(actor, VIEW if found.level == codes.Level.COMMUNITY else COMPARE, found.code)
    walk = reading.walk(found.code, minutes, pace)
    sites = reading.buildings(found.code)
    stations = reading.stations(found.code, sites, walk.reach_m)
    tried = _trial(found.code, sites, trial) if trial else None
    lines = reading.lines(found.code)
    points = [reading.venue_point(one) for one in stations]
    if tried:
        points.append(Point(NEW, tried[0].lon, tried[0].lat))
    reached = circle.reach([reading.as_point(one) for one in sites], points, walk, lines)
    homes = {one.code: one for one in sites}
    parts = {
        "covered": count(homes[key] for key in reached.covered),
        "left_out": count(homes[key] for key in reached.left_out),
        "unplaced": count(homes[key] for key in reached.unplaced),
    }
    return Circle(
        found, walk, pace, reading.persons(found.code), homes, tuple(stations), reached, len(lines), tried,
        parts,
    )  # fmt: skip


def _trial(place: str, sites: list[Site], key: str) -> tuple[Point, str]:
    found = next((one for one in reading.candidates(place, sites) if one[0].key == key), None)
    if found is None:
        raise ActionError("bad-trial", _("请从列出的楼栋和场地里选。"), field="trial", status=422)
    return found


@dataclass(frozen=True, slots=True)
class Sited:
    """One place for a new station: how many households and buildings it adds to those before it."""

    key: str
    name: str
    lon: float
    lat: float
    households: int


@dataclass(frozen=True, slots=True)
class Next:
    """Where the next stations would serve most. `missing`: what is served by none today, as far as its
    position is known."""

    spots: tuple[Sited, ...]
    choice: siting.Choice
    missing: Count
    candidates: int


def next_stations(found: Circle, k: int, *, seconds: float = 5.0) -> Next:
    """The best places for k more stations (1 to MOST_STATIONS): rooms that are open, and buildings."""
    k = max(1, min(MOST_STATIONS, k))
    offered = reading.candidates(found.place.code, found.homes.values())
    left = found.of(found.reach.left_out)
    points = [point for point, _name in offered]
    lines = reading.lines(found.place.code)
    table = circle.serves(points, [reading.as_point(one) for one in left], found.walk, lines)
    choice = siting.choose(table, [one.households or 0 for one in left], k, seconds=seconds)
    spots = tuple(
        Sited(offered[n][0].key, offered[n][1], points[n].lon, points[n].lat, adds)
        for n, adds in zip(choice.picked, choice.adds, strict=True)
    )
    return Next(spots, choice, count(left), len(offered))


@dataclass(frozen=True, slots=True)
class Row:
    """One community of a street or district."""

    place: Place
    parts: dict[str, Count]
    stations: int

    @property
    def total(self) -> Count:
        parts = self.parts.values()
        return Count(
            sum(one.buildings for one in parts),
            sum(one.households for one in parts),
            sum(one.unknown for one in parts),
        )

    @property
    def people_share(self) -> float | None:
        return self.parts["covered"].households / self.total.households if self.total.households else None


def rows(found: Circle) -> list[Row]:
    """The communities of a street or district in the order of their codes: not a ranking."""
    by_place: dict[str, dict[str, list[Site]]] = defaultdict(lambda: defaultdict(list))
    sets = {
        "covered": found.reach.covered, "left_out": found.reach.left_out, "unplaced": found.reach.unplaced,
    }  # fmt: skip
    for name, keys in sets.items():
        for key in keys:
            by_place[found.homes[key].community][name].append(found.homes[key])
    own: dict[str, int] = defaultdict(int)
    for one in found.stations:
        own[one.place[:12]] += 1
    return [
        Row(one, {name: count(by_place[one.code][name]) for name in sets}, own[one.code])
        for one in _communities(found.place)
    ]


def _communities(place: Place) -> list[Place]:
    below = children(place.code)
    if place.level >= codes.Level.STREET:
        return below
    return [one for street in below for one in children(street.code)]


def hidden_parts(found: Circle) -> dict[str, str]:
    """Parts whose people are not for everybody: SMALL where they are 1 to 4, COVER where such a figure could
    be worked out from them."""
    return protect({name: found.people(part.households) for name, part in found.parts.items()})
