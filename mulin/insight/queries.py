"""The board of a place and a period. Counters and the index of open cases only, never a scan; no figure about
a person. Whoever lacks `insight.board:view_small` gets it without what could point to somebody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from mulin.insight import heat, reading
from mulin.insight.answers import as_json
from mulin.insight.figures import ALL, LINKED, Rate, rates
from mulin.insight.lateness import Overdue
from mulin.insight.models import PUBLIC, STAFF, HotTopic
from mulin.insight.periods import DEFAULT, Period, before, buckets, coarse, of
from mulin.insight.reading import Ground
from mulin.kernel import clock, codes, policy
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotAllowed, NotVisible
from mulin.kernel.suppression import COVER, LIMIT, SMALL, link, protect, protect_table
from mulin.places.queries import Place

__all__ = ["Board", "as_json", "board", "heat_squares", "sees_small"]

STREET = 9
USUAL_SHOWN = 12
TOPICS_SHOWN = 8
# Figures of a child that the board lists; the rates come beside them.
OF_CHILDREN = ("in", "closed", "open", "overdue")
OF_CHILDREN_COUNTED = (
    "cases.opened", "cases.closed", "cases.responded", "cases.solved", "cases.satisfied", "cases.excluded",
    "cases.merged",
)  # fmt: skip
NOT_OF_CHILDREN = frozenset({"done", "suspended", "reopened", "voices"})
# Part of another figure that the public sees; hidden always, so that it need not hide that one.
UNSHOWN = {"late": COVER}
PROTECTED = tuple(key for key in ALL if key not in UNSHOWN)


@dataclass(frozen=True, slots=True)
class Cell:
    """A count of something. `n` is None where it is hidden; `mark` then says `small` or `cover`."""

    code: str
    n: int | None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Child:
    """A place below, with its figures (None: hidden, see `marks`) and its rates."""

    code: str
    name: str
    figures: dict[str, int | None]
    marks: dict[str, str]
    rates: dict[str, Rate]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the trend. None: hidden."""

    since: date
    until: date
    came: int | None
    closed: int | None
    before: int | None


@dataclass(frozen=True, slots=True)
class Hot:
    """A hot topic: what, where (community codes), how many voices, since when."""

    label: str
    n: int
    places: tuple[str, ...]
    since: date


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that a board shows; one for a map has no categories, trend and hot topics. `figures` hold
    None where `marks` says why; `is_exact` when nothing is.

    Below the street the public sees which categories and kinds are usual (`categories` and `kinds` without
    counts) but neither their counts nor a trend: those could be subtracted from the street's.
    """

    place: Place
    above: tuple[Place, ...]
    period: Period
    before: Period
    is_exact: bool
    figures: dict[str, int | None]
    marks: dict[str, str]
    rates: dict[str, Rate]
    reasons: dict[str, int] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    kinds: tuple[Cell, ...] = ()
    # All that may be shown; with what has no category yet and what is not listed they add up to `in`. None:
    # hidden, and then counted among the others, which are None where `in` itself is hidden.
    categories: tuple[Cell, ...] = ()
    unclassified: int | None = None
    other_categories: int | None = None
    trend: tuple[Step, ...] = ()
    child_level: int = 0
    children: tuple[Child, ...] = ()
    # What lies at the place itself and in none of its children.
    remainder: Child | None = None
    hot: tuple[Hot, ...] = ()

    @property
    def is_small_area(self) -> bool:
        return self.place.level > STREET


def sees_small(actor: Actor, place: str) -> bool:
    """Whether every figure of the place is shown to the actor."""
    target = policy.Target(place=place[:12], grid=place) if "-" in place else place
    return policy.can(actor, "insight.board:view_small", target)


def default_period(actor: Actor, place: str) -> str:
    """What a board shows first. A community's figures of 30 days are mostly too small for everyone to see."""
    is_small = codes.is_valid(place) and codes.level(place) > STREET
    return "quarter" if is_small and not sees_small(actor, place) else DEFAULT


def board(
    actor: Actor,
    place: str,
    since: date | None = None,
    until: date | None = None,
    grid: str = "",
    *,
    is_whole: bool = True,
) -> Board:
    """The board of a division or, with its code as `place` or `grid`, of a grid; by default the last 30 days,
    or 90 where those would be mostly hidden.

    Anyone may see it (insight.board:view); figures under five and what they follow from are hidden from those
    without insight.board:view_small, and grids are not shown to them at all. With `is_whole=False` without
    categories, trend and hot topics, which a map does not need. Raises NotVisible for an unknown place,
    NotAllowed for a grid.
    """
    place = grid or place
    if not codes.is_valid(place):
        raise NotVisible(place)
    policy.require(actor, "insight.board:view", place)
    found = reading.ground(place)
    # A formal level has the board of the municipality.
    place = found.place.code
    exact = sees_small(actor, place)
    if "-" in place and not exact:
        raise NotAllowed("not-allowed", _("网格的数字太小，只给在这里工作的人看。请看社区的看板。"))
    today = clock.today()
    period = of(since, until, today, default_period(actor, place))
    return _exact(found, period, is_whole) if exact else _public(found, coarse(period, today), is_whole)


def _exact(ground: Ground, period: Period, is_whole: bool = True) -> Board:
    """At most nine statements: names (three, remembered), overdue cases, figures, children, categories,
    trend, hot topics."""
    place = ground.place.code
    late = Overdue(place, ground.child_level or ground.place.level).inside(place, ground.child_level)
    own = reading.own_figures(place, period, late[""])
    figures = own.figures
    below = reading.children_figures(place, ground.below, period, late, OF_CHILDREN_COUNTED)
    categories = reading.categories(place, ground.place.level, period) if is_whole else {}
    return Board(
        place=ground.place,
        above=ground.above,
        period=period,
        before=period.before,
        is_exact=True,
        figures=dict(figures),
        marks={},
        rates=rates(figures, reasons=own.reasons),
        reasons=own.reasons,
        states=own.states,
        kinds=tuple(Cell(kind, n) for kind, n in _by_size(own.kinds)),
        categories=tuple(Cell(code, n) for code, n in _by_size(categories)),
        unclassified=max(0, figures["in"] - sum(categories.values())) if is_whole else None,
        other_categories=0 if is_whole else None,
        trend=_trend(place, period) if is_whole else (),
        child_level=ground.child_level,
        children=tuple(_child(node, below.get(node.code) or _nothing(), {}) for node in ground.below),
        remainder=_remainder(figures, below) if ground.below else None,
        hot=_hot(ground.place, STAFF) if is_whole else (),
    )


def _public(ground: Ground, period: Period, is_whole: bool = True) -> Board:
    """What everyone may see: protected in its own tables and in those of the places above. Ten statements at
    most."""
    place, level = ground.place.code, ground.place.level
    above = ground.above[-2:] if level > STREET else ground.above[-1:]
    late = Overdue(
        above[0].code if above else place, level if level > STREET else ground.child_level or level
    )
    figures, marks = _protected(ground, above, period, late)
    parts = _public_children(ground, period, late, figures, marks) if level <= STREET else {}
    lists = _public_lists(ground, period, figures, marks) if is_whole else {}
    return Board(
        place=ground.place,
        above=ground.above,
        period=period,
        before=period.before,
        is_exact=False,
        figures={key: None if key in marks else n for key, n in figures.items()},
        marks=marks,
        rates=rates(figures, marks),
        **lists,
        **parts,
    )


def _public_children(
    ground: Ground, period: Period, late: Overdue, figures: dict[str, int], marks: dict[str, str]
) -> dict:
    if not ground.below:
        return {}
    rows, _total = _table(ground.place, ground.below, period, late, figures)
    hidden = _hidden({node.code: _nothing() for node in ground.below} | rows, marks)
    rest = Child("", "", *_shown(rows[""], hidden[""])) if "" in rows else None
    return {
        "child_level": ground.child_level,
        "children": tuple(_child(n, rows.get(n.code) or _nothing(), hidden[n.code]) for n in ground.below),
        "remainder": rest if rest and any(rest.figures[key] != 0 for key in OF_CHILDREN) else None,
    }


# What is hidden


def _protected(
    ground: Ground, above: Sequence[Place], period: Period, late: Overdue
) -> tuple[dict[str, int], dict[str, str]]:
    """The figures of the place and what of them is hidden: its small ones, those that the table of the place
    above hides to cover another's, and whole columns that are hidden there. A community is looked at through
    its street's table and its district's, larger places through one."""
    place = ground.place
    if not above:
        figures = reading.own_figures(place.code, period, late.inside(place.code)[""]).figures
        return figures, _own_marks(figures)
    total: dict[str, int] = {}
    marks: dict[str, str] = {}
    for outer, inner in pairwise([*above, place]):
        table, total = _table(outer, reading.divided(outer), period, late, total)
        marks = marks or _own_marks(total)
        rows = {inner.code: _nothing(), **table}
        marks = _hidden(rows, marks)[inner.code]
        total = rows[inner.code]
    return total, marks


def _table(
    place: Place, below: Sequence[Place], period: Period, late: Overdue, total: dict[str, int] | None = None
):
    """(figures of all children, figures of the place): the table has one more row, "", for what is in none
    of the children, so that it adds up. One statement, or two when the total is not known yet."""
    here = late.inside(place.code, below[0].level if below else 0)
    rows = reading.children_figures(place.code, below, period, here)
    total = total or reading.own_figures(place.code, period, here[""]).figures
    return _with_remainder(total, rows), total


def _hidden(rows: dict[str, dict[str, int]], unknown: Iterable[str]) -> dict[str, dict[str, str]]:
    marks = protect_table(rows, PROTECTED, linked=LINKED, unknown_totals=set(unknown))
    for row in marks.values():
        row |= UNSHOWN
    return marks


def _own_marks(figures: dict[str, int]) -> dict[str, str]:
    marks = {key: SMALL for key in PROTECTED if 0 < figures[key] < LIMIT}
    link(marks, LINKED)
    return marks | UNSHOWN


def _with_remainder(total: dict[str, int], rows: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """The rows of a table with one more, "", for what is in none of them: so they add up to the total."""
    rest = {key: total[key] - sum(row[key] for row in rows.values()) for key in total}
    return {**rows, "": rest} if any(rest.values()) else dict(rows)


def _shown(figures: dict[str, int], marks: dict[str, str]):
    listed = [key for key in ALL if key not in NOT_OF_CHILDREN]
    return {key: None if key in marks else figures[key] for key in listed}, marks, rates(figures, marks)


# Parts


def _nothing() -> dict[str, int]:
    return dict.fromkeys(ALL, 0)


def _child(node: Place, figures: dict[str, int], marks: dict[str, str]) -> Child:
    return Child(node.code, node.name, *_shown(figures, marks))


def _remainder(figures: dict[str, int], below: dict[str, dict[str, int]]) -> Child | None:
    rest = _with_remainder(figures, below).get("")
    if rest is None or not any(rest[key] for key in OF_CHILDREN):
        return None
    return Child("", "", *_shown(rest, {}))


def _by_size(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _cells(counts: dict[str, int], total_shown: bool) -> tuple[Cell, ...]:
    """Counts that add up to a figure, the largest first, the hidden ones last."""
    hidden = protect(counts, total_shown=total_shown)
    if not total_shown:
        hidden = {code: hidden.get(code, COVER) for code in counts}
    shown = [Cell(code, n) for code, n in _by_size(counts) if code not in hidden]
    return (*shown, *(Cell(code, None, hidden[code]) for code in sorted(hidden)))


def _public_lists(
    ground: Ground, period: Period, figures: dict[str, int], marks: dict[str, str]
) -> dict[str, Any]:
    """What stands beside the figures of the places: three statements."""
    place, level = ground.place.code, ground.place.level
    categories, unclassified, other = _public_categories(place, level, period, figures, marks)
    if level > STREET:
        trend, kinds = (), _usual(reading.kinds(place, period))
    else:
        trend, kinds = _public_trend(place, period, marks)
    return {
        "kinds": kinds,
        "categories": categories,
        "unclassified": unclassified,
        "other_categories": other,
        "trend": trend,
        "hot": _hot(ground.place, PUBLIC),
    }


def _public_categories(
    place: str, level: int, period: Period, figures: dict[str, int], marks: dict[str, str]
) -> tuple[tuple[Cell, ...], int | None, int | None]:
    """(categories, unclassified, other categories) for everyone: what is protected is among the others."""
    categories = reading.categories(place, level, period)
    if level > STREET:
        return _usual(categories)[:USUAL_SHOWN], None, None
    without = max(0, figures["in"] - sum(categories.values()))
    cells = _cells({**categories, "": without}, "in" not in marks)
    shown = {cell.code: cell.n for cell in cells if cell.n is not None}
    listed = tuple(cell for cell in cells if cell.code and cell.code in shown)
    other = figures["in"] - sum(shown.values()) if "in" not in marks else None
    return listed, shown.get(""), other


def _usual(counts: dict[str, int]) -> tuple[Cell, ...]:
    """What is usual in a small area, without counts."""
    return tuple(Cell(code, None, COVER) for code, n in _by_size(counts) if n >= LIMIT)


def _trend(place: str, period: Period) -> tuple[Step, ...]:
    cuts = buckets(period)
    found = reading.series(place, cuts, before(period, cuts))
    columns = zip(cuts, found.came, found.closed, found.before, strict=True)
    return tuple(Step(*cut, *values) for cut, *values in columns)


def _public_trend(
    place: str, period: Period, marks: dict[str, str]
) -> tuple[tuple[Step, ...], tuple[Cell, ...]]:
    """(the trend in weeks or months, kinds); no trend at all where most of it would be hidden."""
    cuts = buckets(period, coarser=True)
    found = reading.series(place, cuts, before(period, cuts, coarser=True))
    kinds = _cells({kind: n for kind, n in found.kinds.items() if n > 0}, "voices" not in marks)
    shown = []
    for series, figure in ((found.came, "in"), (found.closed, "closed"), (found.before, "in")):
        column = dict(enumerate(series))
        hidden = protect(column) if figure not in marks else dict.fromkeys(column, COVER)
        shown.append([None if i in hidden else n for i, n in column.items()])
    if sum(n is None for n in shown[0]) * 2 > len(cuts):
        return (), kinds
    return tuple(Step(*cut, *values) for cut, *values in zip(cuts, *shown, strict=True)), kinds


def _hot(place: Place, audience: str) -> tuple[Hot, ...]:
    """The hottest topics of the streets in a place; in a community those in which it has a share."""
    if place.level > 12:
        return ()
    street = codes.street(place.code)
    rows = HotTopic.objects.filter(audience=audience).order_by("-score", "id")
    if street:
        rows = rows.filter(place=street)
    else:
        low, high = codes.bounds(place.code)
        rows = rows.filter(place__gte=low, place__lt=high)[:TOPICS_SHOWN]
    found = []
    for row in rows:
        n = row.communities.get(place.code, 0) if place.level == 12 else row.n
        if n >= (LIMIT if audience == PUBLIC else 2):
            found.append(Hot(row.label, n, tuple(row.communities), clock.day_of(row.since)))
    return tuple(found[:TOPICS_SHOWN])


def heat_squares(actor: Actor, place: str, period: Period) -> heat.Squares:
    """Where it happened, gathered in squares of about 100 m: all unrestricted matters for those who see small
    figures, published ones and at least five in a square for everyone else."""
    return heat.squares(place, period, is_exact=sees_small(actor, place))
