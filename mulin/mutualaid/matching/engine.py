"""Who could help whom: the fit of a pair, the best few for one need, and the best plan for many.

Pure: imports no Django. Nobody is scored: a fit belongs to a pair, is worked out anew each time and said in
reasons; it is never kept. `Helper.may` holds the keys of the needs for which the helper may be named at all:
whoever asks puts only those in whom the safeguards allow, and a pair outside of it does not exist here.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import asin, cos, radians, sin, sqrt
from typing import Any

# How much each reason weighs in one pair.
NEAR_MOST, SAME_BUILDING, SAME_ESTATE, LANGUAGE, WISH, HOURS_MORE, KNOWN = 15, 30, 15, 15, 10, 5, 25
WISHES_COUNTED = 3
# The best fits among the fullest plans are good enough at this distance from their bound.
FIT_GAP, WORKERS = 0.02, 2
# Pairs that a plan looks at: so many for each need, fewer where many wait.
MOST_PAIRS, LEAST_PAIRS = 4000, 8
# How many needs may move one after the other to make room for one.
MOVES = 2
EARTH_M = 6_371_000


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A time of the week: day 1 (Monday) to 7, minutes since midnight."""

    day: int
    begins: int
    ends: int

    def common(self, other: "Window") -> "Window | None":
        if self.day != other.day:
            return None
        begins, ends = max(self.begins, other.begins), min(self.ends, other.ends)
        return Window(self.day, begins, ends) if begins < ends else None

    def holds(self, other: "Window") -> bool:
        return self.day == other.day and self.begins <= other.begins and other.ends <= self.ends

    def overlaps(self, other: "Window") -> bool:
        return self.day == other.day and self.begins < other.ends and other.begins < self.ends


@dataclass(frozen=True, slots=True)
class Spot:
    """Where somebody lives. `lon` and `lat` in degrees, WGS-84, both or none."""

    building: str = ""
    estate: str = ""
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """`needs_all`: every window has to be covered; else one of them, for `minutes`."""

    key: Any
    kind: str
    windows: tuple[Window, ...]
    minutes: int
    needs_all: bool
    spot: Spot = Spot()
    languages: frozenset[str] = frozenset()
    wishes: frozenset[str] = frozenset()
    known: frozenset[Any] = frozenset()  # helpers who helped this family before
    passed: frozenset[Any] = frozenset()  # helpers with whom it did not come about


@dataclass(frozen=True, slots=True)
class Helper:
    """`room`: how many more families. `busy`: times promised already. `may`: needs they may be named for."""

    key: Any
    kinds: frozenset[str]
    windows: tuple[Window, ...]
    room: int
    may: frozenset[Any]
    spot: Spot = Spot()
    languages: frozenset[str] = frozenset()
    traits: frozenset[str] = frozenset()
    busy: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """A helper who fits a need. `choices`: sets of times, any one of which would do; `reasons`: code and
    facts, the weightiest first."""

    need: Any
    helper: Any
    points: int
    choices: tuple[tuple[Window, ...], ...]
    reasons: tuple[dict[str, Any], ...]


@dataclass(slots=True)
class Plan:
    """`pairs`: need -> (pair, times). `bound`: no plan serves more. `is_best`: proven."""

    pairs: dict[Any, tuple[Pair, tuple[Window, ...]]] = field(default_factory=dict)
    bound: int = 0
    is_best: bool = False


def metres(one: Spot, other: Spot) -> float | None:
    """As the crow flies; None where one of the two is not known."""
    if None in (one.lon, one.lat, other.lon, other.lat):
        return None
    lat_a, lat_b = radians(one.lat), radians(other.lat)
    half = sin((lat_b - lat_a) / 2) ** 2
    half += cos(lat_a) * cos(lat_b) * sin(radians(other.lon - one.lon) / 2) ** 2
    return 2 * EARTH_M * asin(sqrt(half))


def times(need: Need, helper: Helper) -> tuple[tuple[Window, ...], ...]:
    """Sets of times that suit both and that the helper has not promised to others."""
    if need.needs_all:
        held = all(any(own.holds(one) for own in helper.windows) for one in need.windows)
        free = not any(one.overlaps(other) for one in need.windows for other in helper.busy)
        return (tuple(sorted(need.windows)),) if need.windows and held and free else ()
    found: dict[tuple[Window, ...], None] = {}
    for wanted in need.windows:
        for own in helper.windows:
            both = wanted.common(own)
            if both is None:
                continue
            for begins in _starts(both, need.minutes, helper.busy):
                found[(Window(both.day, begins, begins + need.minutes),)] = None
    return tuple(sorted(found))


def _starts(both: Window, minutes: int, busy: Sequence[Window]) -> Iterable[int]:
    """From the start of the common time, from the end of what is promised, and one after the other."""
    starts = {both.begins, *(one.ends for one in busy if one.day == both.day)}
    starts |= set(range(both.begins, both.ends, max(minutes, 15)))
    for begins in sorted(starts):
        slot = Window(both.day, begins, begins + minutes)
        if both.holds(slot) and not any(slot.overlaps(one) for one in busy):
            yield begins


def pair(need: Need, helper: Helper, radius: float) -> Pair | None:
    """The fit of two, or None where they do not fit: kind, time, room, reach, or may not be named."""
    if need.key not in helper.may or need.kind not in helper.kinds or helper.room < 1:
        return None
    if helper.key in need.passed:
        return None
    away = metres(need.spot, helper.spot)
    if away is not None and away > radius:
        return None
    choices = times(need, helper)
    if not choices:
        return None
    said = [*_near(need, helper, away, radius), *_person(need, helper)]
    said.append((HOURS_MORE if len(choices) > 1 else 0, {"code": "hours"}))
    said.sort(key=lambda one: -one[0])
    points = sum(weight for weight, _reason in said)
    return Pair(need.key, helper.key, points, choices, tuple(reason for _weight, reason in said))


def _near(need: Need, helper: Helper, away: float | None, radius: float):
    if need.spot.building and need.spot.building == helper.spot.building:
        yield SAME_BUILDING, {"code": "same_building"}
    elif need.spot.estate and need.spot.estate == helper.spot.estate:
        yield SAME_ESTATE, {"code": "same_estate"}
    elif away is not None:
        # Rounded so that nobody can be found by circles around several homes.
        near = max(100, round(away / 100) * 100)
        yield round(NEAR_MOST * (1 - away / radius)), {"code": "near", "m": near}


def _person(need: Need, helper: Helper):
    if helper.key in need.known:
        yield KNOWN, {"code": "known"}
    if common := sorted(need.languages & helper.languages):
        yield LANGUAGE, {"code": "language", "of": common}
    if met := sorted(need.wishes & helper.traits):
        yield WISH * min(len(met), WISHES_COUNTED), {"code": "wish", "of": met}


def suggest(need: Need, helpers: Iterable[Helper], radius: float, most: int) -> list[Pair]:
    """Those who suit one need best. Equal fits come in the order of keys, which says nothing of anybody."""
    found = [one for helper in helpers if (one := pair(need, helper, radius))]
    found.sort(key=lambda one: (-one.points, str(one.helper)))
    return found[:most]


def assign(
    needs: Sequence[Need],
    helpers: Sequence[Helper],
    radius: float,
    *,
    seconds: float = 20.0,
) -> Plan:
    """A plan for many: as many needs served as possible, then the best fits. Each helper has no more
    families than they want and is never in two places. People still agree one by one."""
    pairs = _pairs(needs, helpers, radius)
    if not pairs:
        return Plan(is_best=True)
    start = _begin(needs, helpers, pairs)
    return _solve({helper.key: helper for helper in helpers}, pairs, start, seconds)


def _solve(helpers: dict[Any, Helper], pairs: list[Pair], start: dict[Any, Any], seconds: float) -> Plan:
    """First as many needs as possible, then, giving up none of them, the best fits.

    A need is served once, a helper takes no more families than there is room, and at no moment are they in
    two places: a row for each moment at which something begins says so, all else follows. It starts from
    what comes out when each takes the best in turn and others make room, and is never worse than that."""
    from ortools.sat.python import cp_model

    needs = len({one.need for one in pairs})
    columns = _columns(pairs, start)
    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _one in columns]
    of_need, of_helper = defaultdict(list), defaultdict(list)
    for x, (one, _choice) in zip(taken, columns, strict=True):
        of_need[one.need].append(x)
        of_helper[one.helper].append(x)
    for row in of_need.values():
        model.add_at_most_one(row)
    for key, row in of_helper.items():
        model.add(sum(row) <= helpers[key].room)
    for at in _moments(columns):
        model.add_at_most_one(taken[n] for n in at)
    begun = {need: (one.helper, choice) for need, (one, choice) in start.items()}
    values = [int(begun.get(one.need) == (one.helper, choice)) for one, choice in columns]
    # Where only the best pairs of each need were looked at, what none can pass is that all are served.
    is_whole = len({id(one) for one, _choice in columns}) >= len(pairs)
    bound = needs
    if sum(values) < bound:
        values, most = _improve(model, taken, values, sum(taken), seconds / 2, 0.0)
        bound = min(bound, most) if is_whole else bound
    model.add(sum(taken) >= sum(values))
    points = sum(one.points * x for x, (one, _choice) in zip(taken, columns, strict=True))
    values, _most = _improve(model, taken, values, points, seconds / 2, FIT_GAP)
    plan = {one.need: (one, choice) for (one, choice), value in zip(columns, values, strict=True) if value}
    return Plan(plan, max(bound, len(plan)), bound <= len(plan))


def _columns(pairs: list[Pair], start: dict[Any, Any]) -> list[tuple[Pair, tuple[Window, ...]]]:
    """Pairs with each of their times; of a need that many could help, those who suit it best; and in any
    case what it starts from."""
    by_need: dict[Any, list[Pair]] = defaultdict(list)
    for one in pairs:
        by_need[one.need].append(one)
    most = max(LEAST_PAIRS, MOST_PAIRS // len(by_need))
    found: dict[tuple[Any, Any, tuple[Window, ...]], tuple[Pair, tuple[Window, ...]]] = {}
    for rows in by_need.values():
        for one in sorted(rows, key=lambda one: (-one.points, str(one.helper)))[:most]:
            for choice in one.choices:
                found[one.need, one.helper, choice] = (one, choice)
    for one, choice in start.values():
        found.setdefault((one.need, one.helper, choice), (one, choice))
    return list(found.values())


def _improve(
    model: Any, taken: list, values: list[int], goal: Any, seconds: float, gap: float
) -> tuple[list[int], int]:
    """Values that are as good as those given or better, and what none can pass."""
    from ortools.sat.python import cp_model

    model.clear_hints()
    for x, value in zip(taken, values, strict=True):
        model.add_hint(x, value)
    model.maximize(goal)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = WORKERS
    solver.parameters.random_seed = 1
    solver.parameters.relative_gap_limit = gap
    status = solver.solve(model)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        values = [int(solver.value(x)) for x in taken]
    return values, int(solver.best_objective_bound + 1e-6)


def _moments(columns: list) -> Iterable[list[int]]:
    """The columns that place a helper somewhere, for each moment at which one of them begins."""
    by_day: dict[tuple[Any, int], list[tuple[Window, int]]] = defaultdict(list)
    for n, (one, choice) in enumerate(columns):
        for window in choice:
            by_day[one.helper, window.day].append((window, n))
    for taken in by_day.values():
        for begins in sorted({window.begins for window, _n in taken}):
            at = [n for window, n in taken if window.begins <= begins < window.ends]
            if len(at) > 1:
                yield at


Taken = dict[Any, tuple[Pair, tuple[Window, ...]]]


class _Diary:
    """Who has promised what while a plan grows."""

    def __init__(self, pairs: list[Pair], helpers: Iterable[Helper]):
        self.rooms = {one.key: one.room for one in helpers}
        self.taken: Taken = {}
        self.of_helper: dict[Any, dict[Any, tuple[Window, ...]]] = defaultdict(dict)
        self.pairs: dict[Any, list[Pair]] = defaultdict(list)
        for one in pairs:
            self.pairs[one.need].append(one)
        for rows in self.pairs.values():
            rows.sort(key=lambda one: (-one.points, str(one.helper)))

    def in_the_way(self, one: Pair, choice: tuple[Window, ...]) -> list[Any]:
        """Needs that would have to go elsewhere; every one the helper has, where only room is missing."""
        own = self.of_helper[one.helper]
        clash = [need for need, held in own.items() if any(a.overlaps(b) for a in choice for b in held)]
        return clash or (list(own) if len(own) >= self.rooms[one.helper] else [])

    def put(self, one: Pair, choice: tuple[Window, ...]) -> None:
        self.drop(one.need)
        self.taken[one.need] = (one, choice)
        self.of_helper[one.helper][one.need] = choice

    def drop(self, need: Any) -> None:
        if before := self.taken.pop(need, None):
            del self.of_helper[before[0].helper][need]

    def place(self, need: Any) -> bool:
        """With the best who is free."""
        for one in self.pairs[need]:
            for choice in one.choices:
                if not self.in_the_way(one, choice):
                    self.put(one, choice)
                    return True
        return False

    def make_room(self, need: Any, depth: int, seen: set) -> bool:
        """Place a need by moving another one elsewhere, which may move another one in turn."""
        if self.place(need):
            return True
        for one in self.pairs[need] if depth else ():
            for choice in one.choices:
                others = self.in_the_way(one, choice)
                full = len(self.of_helper[one.helper]) >= self.rooms[one.helper]
                if len(others) != 1 and not (full and self._only_room(one, choice)):
                    continue
                for other in others:
                    if other not in seen and self._move(other, one, choice, depth, seen | {need}):
                        return True
        return False

    def _only_room(self, one: Pair, choice: tuple[Window, ...]) -> bool:
        own = self.of_helper[one.helper].values()
        return not any(a.overlaps(b) for held in own for a in choice for b in held)

    def _move(self, other: Any, one: Pair, choice: tuple[Window, ...], depth: int, seen: set) -> bool:
        before = self.taken[other]
        self.drop(other)
        if not self.in_the_way(one, choice):
            self.put(one, choice)
            if self.make_room(other, depth - 1, seen):
                return True
            self.drop(one.need)
        self.put(*before)
        return False


def first_come(needs: Sequence[Need], helpers: Sequence[Helper], radius: float) -> Taken:
    """What comes out when each, in turn, takes the best who is free: what a plan is measured against."""
    diary = _Diary(_pairs(needs, helpers, radius), helpers)
    for need in needs:
        diary.place(need.key)
    return diary.taken


def _begin(needs: Sequence[Need], helpers: Sequence[Helper], pairs: list[Pair]) -> Taken:
    """The same, and then room is made for those who were left."""
    diary = _Diary(pairs, helpers)
    for need in needs:
        diary.place(need.key)
    for need in needs:
        if need.key not in diary.taken:
            diary.make_room(need.key, MOVES, set())
    return diary.taken


def _pairs(needs: Sequence[Need], helpers: Sequence[Helper], radius: float) -> list[Pair]:
    return [one for need in needs for helper in helpers if (one := pair(need, helper, radius))]


def check(needs: Sequence[Need], helpers: Sequence[Helper], plan: Plan, radius: float) -> list[str]:
    """Every rule that a plan breaks, in words; for tests and the bench."""
    by_need, by_helper = {n.key: n for n in needs}, {h.key: h for h in helpers}
    wrong: list[str] = []
    promised: dict[Any, list[Window]] = defaultdict(list)
    families: dict[Any, int] = defaultdict(int)
    for key, (one, choice) in plan.pairs.items():
        need, helper = by_need[key], by_helper[one.helper]
        if need.key not in helper.may:
            wrong.append(f"{key}: {helper.key} may not be named")
        if pair(need, helper, radius) is None or choice not in times(need, helper):
            wrong.append(f"{key}: {helper.key} does not fit")
        wrong += [
            f"{helper.key}: twice at once" for a in choice for b in promised[helper.key] if a.overlaps(b)
        ]
        promised[helper.key] += choice
        families[helper.key] += 1
    wrong += [f"{key}: too many" for key, n in families.items() if n > by_helper[key].room]
    return wrong
