"""What the board asks of the database: counters and names. One statement each. Overdue cases: `lateness`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from mulin.cases.models import Case
from mulin.insight.figures import ENDED_WELL, MEASURES, figures
from mulin.insight.periods import Period
from mulin.kernel import codes, counters
from mulin.kernel.errors import NotVisible
from mulin.places.queries import Place, children, get_place, places_of, sites

OPEN = ("cases.open",)
Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Ground:
    """The place of a board with what is above it (the province first) and directly below it."""

    place: Place
    above: tuple[Place, ...] = ()
    below: tuple[Place, ...] = ()

    @property
    def child_level(self) -> int:
        return self.below[0].level if self.below else 0


def ground(code: str) -> Ground:
    """Names around a place. Raises NotVisible for a code that nothing has, and for things that have no board
    (buildings, estates)."""
    if not codes.is_valid(code) or code == codes.COUNTRY:
        raise NotVisible(code)
    place = get_place(code)
    if place.is_site and place.kind != "grid":
        raise NotVisible(code)
    parents = [*codes.parents(code)]
    known = places_of(parents)
    above = tuple(known[one] for one in parents if one in known)
    if above and _is_formal(place, above[-1]):
        return ground(above[-1].code)
    above = tuple(
        one for upper, one in zip((None, *above), above, strict=False) if not _is_formal(one, upper)
    )
    if place.is_site:
        return Ground(place, above)
    below = sites(code, "grid") if place.level == codes.Level.COMMUNITY else divided(place)
    return Ground(place, above, tuple(one for one in below if one.level == below[0].level))


# What stands between a municipality and its districts in the official codes and is nothing that people know.
FORMAL_NAMES = frozenset({"市辖区", "县"})


def _is_formal(place: Place, upper: Place | None) -> bool:
    """Whether a place is only a step of the codes: 500100 in 500000, both 重庆市."""
    if upper is None or upper.level != codes.Level.PROVINCE or place.level != codes.Level.CITY:
        return False
    return place.name.rstrip("市") == upper.name.rstrip("市") or place.name in FORMAL_NAMES


def divided(place: Place) -> list[Place]:
    """The divisions that the board of a place lists. A formal level is passed over for everyone and has no
    table of its own: two tables of nearly the same places could be subtracted from one another."""
    below = children(place.code)
    if below and all(_is_formal(one, place) for one in below):
        return [lower for one in below for lower in children(one.code)]
    return below


# Counters


def children_figures(
    place: str,
    below: Iterable[Place],
    period: Period,
    late: Mapping[str, int],
    measures: Iterable[str] = MEASURES,
) -> dict[str, dict[str, int]]:
    """The figures of every child that has any, in one statement; what is not in `measures` is 0."""
    known = [one.code for one in below]
    if not known:
        return {}
    rows = counters.read(
        place,
        measures,
        period.since,
        period.until,
        by=("node", "measure", "state"),
        children=codes.level(known[0]),
        nodes=known,
        gauges=OPEN,
    )
    by_node: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for node, measure, state, n in rows:
        by_node[node].append((measure, state, n))
    # A code that is no longer in force is in none of the children, folded or not.
    nodes = (by_node.keys() | late.keys()) & set(known)
    return {node: figures(by_node[node], overdue=late.get(node, 0)) for node in nodes}


@dataclass(frozen=True, slots=True)
class Own:
    """One place: its figures, exclusions by reason, states now of what came in, voices by kind."""

    figures: dict[str, int]
    reasons: dict[str, int]
    states: dict[str, int]
    kinds: dict[str, int]


def own_figures(place: str, period: Period, late: int) -> Own:
    """Everything that is counted of one place, in one statement."""
    rows = counters.read(place, (*MEASURES, "cases.now"), period.since, period.until, gauges=OPEN)

    def states_of(wanted: str) -> dict[str, int]:
        return {state: n for measure, state, n in rows if measure == wanted and n > 0}

    return Own(
        figures((r for r in rows if r[0] != "cases.now"), overdue=late),
        states_of("cases.excluded"),
        states_of("cases.now"),
        states_of("voices.in"),
    )


def kinds(place: str, period: Period) -> dict[str, int]:
    """kind -> voices."""
    rows = counters.read(place, ["voices.in"], period.since, period.until, by=("state",))
    return {kind: n for kind, n in rows if n > 0}


@dataclass(frozen=True, slots=True)
class Series:
    """What came in, was closed, and came in before, in every step of a trend; and the voices by kind."""

    came: list[int]
    closed: list[int]
    before: list[int]
    kinds: dict[str, int]


def series(place: str, steps: Sequence[Span], before: Sequence[Span]) -> Series:
    """The trend in one statement. `before` are the steps of the period before, as many as `steps`."""
    now, then = counters.read_spans(
        place, [(("cases.opened", "cases.closed", "voices.in"), steps), (("cases.opened",), before)]
    )
    found = Series(*([0] * len(steps) for _ in range(3)), {})
    for (at, measure, state), n in now.items():
        if measure == "cases.opened":
            found.came[at] += n
        elif measure == "voices.in":
            found.kinds[state] = found.kinds.get(state, 0) + n
        elif state in ENDED_WELL:
            found.closed[at] += n
    for (at, _measure, _state), n in then.items():
        found.before[at] += n
    return found


def categories(place: str, level: int, period: Period) -> dict[str, int]:
    """category -> cases that came in: from the counters down to the street, below from the index of cases."""
    if level in counters.CATEGORY_LEVELS:
        rows = counters.read(place, ["cases.opened"], period.since, period.until, by=("category",))
        return {category: n for category, n in rows if category}
    column = "grid" if "-" in place else "place"
    rows = Case.objects.filter(**{column: place}, opened_on__range=(period.since, period.until))
    counted = rows.exclude(category="").order_by().values("category").annotate(n=Count("id"))
    return {row["category"]: row["n"] for row in counted}
