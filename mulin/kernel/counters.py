"""Counters: deltas appended by actions, folded into narrow level tables, read exactly at any moment.

A figure is `sum(folded) + sum(not folded yet)` in one statement, so it always equals a recount.
Levels are prefix lengths (2, 4, 6, 9, 12) and 15 for the grid. Category is kept down to level 9. Every level
is kept twice, by day and by month (level + MONTHS, under the month's first day): a long period is read from
whole months and the days of its ragged ends, so a year costs hardly more than a month.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import Error, connection

from mulin.kernel import clock, codes
from mulin.kernel.daysums import Part, merged, parts_of, pieces
from mulin.kernel.db import is_postgres, write
from mulin.kernel.ids import new_id
from mulin.kernel.inserting import insert
from mulin.kernel.models import CountDelta, CountLevel

GRID_LEVEL = 15
CATEGORY_LEVELS = (2, 4, 6, 9)
LEVELS = (2, 4, 6, 9, 12)
# What is added to a level's number for the rows that hold whole months.
MONTHS = 100
# A gauge, of which one asks how many there are now, is counted on this one day: so it is one row a place,
# whatever the history.
GAUGE_DAY = date(2000, 1, 1)
# Rows of level 0 hold no figures: they say of each measure in what form the tables hold it (recounting.py).
HELD_LEVEL = 0
MISSING = 0
# The name of the lock that whoever changes the level tables takes first; any number that is ours.
LOCK = 0x6D756C696E


@dataclass(frozen=True, slots=True)
class Count:
    """One change of one measure: `n` more (or fewer) at `place` on `day`.

    `day` is the day of the voice or of the event, as the measure's registration says, or GAUGE_DAY.
    """

    measure: str
    place: str
    day: date
    n: int = 1
    state: str = ""
    category: str = ""
    grid: str = ""


def append(counts: Iterable[Count]) -> None:
    """Write delta rows in the caller's transaction. Only `journal.record` calls this."""
    rows = [
        CountDelta(
            id=new_id(),
            place=c.place[:12],
            grid=c.grid,
            day=c.day,
            measure=c.measure,
            state=c.state,
            category=c.category,
            n=c.n,
        )
        for c in counts
        if c.n
    ]
    insert(rows)


def nodes(place: str, grid: str = "") -> list[tuple[int, str]]:
    """The (level, node) pairs that a count at `place` belongs to, from the province down to the grid."""
    deepest = codes.level(place)
    found = [(level, codes.pad(place[:level])) for level in LEVELS if level <= deepest]
    if grid:
        found.append((GRID_LEVEL, grid))
    return found


def rows_of(place: str, grid: str, day: date) -> list[tuple[int, str, date]]:
    """(level, node, day) of all folded rows that a count belongs to: by day and, but for gauges, by month."""
    where = nodes(place, grid)
    found = [(level, node, day) for level, node in where]
    if day != GAUGE_DAY:
        month = day.replace(day=1)
        found += [(level + MONTHS, node, month) for level, node in where]
    return found


def has_categories(level: int) -> bool:
    """Whether rows of this level, of days or of months, are kept by category too."""
    return level % MONTHS in CATEGORY_LEVELS


UPSERT_LEVEL = """
INSERT INTO kernel_countlevel (level, node, measure, day, state, n) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (level, node, measure, day, state) DO UPDATE SET n = kernel_countlevel.n + excluded.n
"""
UPSERT_CATEGORY = """
INSERT INTO kernel_countcategory (level, node, measure, day, category, state, n)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (level, node, measure, day, category, state)
DO UPDATE SET n = kernel_countcategory.n + excluded.n
"""


@contextmanager
def alone(as_of_one_moment: bool = False) -> Iterator[None]:
    """A write transaction while nobody else folds or recounts; actions go on appending deltas.

    The lock comes before all others, so that nobody waits for it with rows in hand. SQLite has one writer
    anyway. `as_of_one_moment`: what others commit meanwhile is not seen.
    """
    if not is_postgres():
        with write():
            yield
        return
    with connection.cursor() as cursor:
        if connection.in_atomic_block:  # inside a larger transaction the moment is the caller's
            with write():
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
                yield
            return
        # Taken outside: a transaction that waited for it inside would see the moment before it waited.
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            with write():
                if as_of_one_moment:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                yield
        finally:
            try:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
            except Error:  # the lock ends with the session
                connection.close()


def missing() -> list[str]:
    """Measures that are being counted again from the records: their deltas stay until that is done."""
    held = CountLevel.objects.filter(level=HELD_LEVEL, n=MISSING)
    return list(held.values_list("measure", flat=True))


def fold(limit: int = 5000) -> int:
    """Fold the oldest deltas into the level tables and delete them, in one transaction. Returns how many."""
    with alone():
        rows = list(CountDelta.objects.exclude(measure__in=missing()).order_by("id")[:limit])
        if not rows:
            return 0
        levels: dict[tuple, int] = defaultdict(int)
        categories: dict[tuple, int] = defaultdict(int)
        for row in rows:
            for level, node, day in rows_of(row.place, row.grid, row.day):
                levels[level, node, row.measure, day, row.state] += row.n
                if row.category and has_categories(level):
                    categories[level, node, row.measure, day, row.category, row.state] += row.n
        add(levels, categories)
        CountDelta.objects.filter(id__in=[row.id for row in rows]).delete()
    return len(rows)


def add(levels: dict[tuple, int], categories: dict[tuple, int]) -> None:
    """Add sums to the level tables, by their keys in the order of the statements' columns."""
    with connection.cursor() as cursor:
        # Sorted: neighbours in the index are written one after the other.
        cursor.executemany(UPSERT_LEVEL, [(*k, n) for k, n in sorted(levels.items()) if n])
        cursor.executemany(UPSERT_CATEGORY, [(*k, n) for k, n in sorted(categories.items()) if n])


def fold_all() -> int:
    total = 0
    while folded := fold():
        total += folded
    return total


def _node_at(level: int) -> str:
    """SQL that gives the node of a delta at a level."""
    if level == GRID_LEVEL:
        return "grid"
    return f"substr(place, 1, {level}) || '{'0' * (12 - level)}'"


def read(
    place: str,
    measures: Iterable[str],
    since: date,
    until: date,
    *,
    by: tuple[str, ...] = ("measure", "state"),
    children: int | None = None,
    nodes: Iterable[str] = (),
    gauges: Iterable[str] = (),
) -> list[tuple]:
    """Sums for `place` (a division, or a grid's code) between two days, both included.

    `by` names the columns to group by, of measure, state, day, category, node; by day, months are of no use
    and every day is read. With `children`, the
    nodes of that level below `place` are read instead of `place` itself, and `node` may be grouped by; who
    knows them names them in `nodes`, so that the index leads to their days instead of through all days.
    Category needs a level of 9 or less. `gauges` are measures read as they stand now, beside the others.
    Returns rows of the `by` values and the sum; zero sums are left out.
    """
    level = children or (GRID_LEVEL if "-" in place else codes.level(place))
    with_category = "category" in by
    if with_category and level not in CATEGORY_LEVELS:
        raise ValueError("categories are counted down to the street; below it read the index of cases")
    parts = [Part(since, until)] if "day" in by else parts_of(since, until, clock.today())
    now = (GAUGE_DAY, GAUGE_DAY)
    wanted = [(list(measures), parts, [(since, until)]), (list(gauges), [Part(*now)], [now])]
    asked = [one for one in wanted if one[0]]
    where_node, node_params = _folded_at(place, children, list(nodes))
    where_delta, delta_params = _unfolded_at(place, level, bool(children))
    columns = ", ".join(by)
    category = ", category" if with_category else ""
    extra = "AND category <> ''" if with_category else ""
    table = "kernel_countcategory" if with_category else "kernel_countlevel"
    what = f"node, measure, day, state{category}"
    folded, values = _folded(table, what, level, where_node, node_params, asked)
    unfolded, given = _unfolded(asked)
    # Only names of this module are formatted in; every value is a parameter.
    sql = f"""
        SELECT {columns}, SUM(n) FROM (
            {folded}
            SELECT {_node_at(level)} AS node, measure, day, state{category}, n FROM kernel_countdelta
            WHERE {where_delta} AND ({unfolded}) {extra}
        ) AS counts GROUP BY {columns} HAVING SUM(n) <> 0 ORDER BY {columns}
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, *delta_params, *given])
        return [_typed(row, by) for row in cursor.fetchall()]


def read_spans(
    place: str, asked: Sequence[tuple[Sequence[str], Sequence[tuple[date, date]]]]
) -> list[dict[tuple[int, str, str], int]]:
    """Sums of one place over many spans of days in one statement, for a trend.

    `asked` are pairs of measures and spans (first and last day). For each pair: {(which span, measure,
    state): sum}, zero sums left out.
    """
    level = GRID_LEVEL if "-" in place else codes.level(place)
    where_delta, delta_params = _unfolded_at(place, level, False)
    today = clock.today()
    wanted = [
        (list(measures), merged(parts_of(*span, today) for span in spans), spans) for measures, spans in asked
    ]
    what = "{}, measure, day, state"
    folded, values = _folded("kernel_countlevel", what, level, "node = %s", [place], wanted)
    unfolded, given = _unfolded(wanted)
    sql = f"""
        SELECT kind, measure, state, day, SUM(n) FROM (
            {folded}
            SELECT 'unfolded' AS kind, measure, day, state, n FROM kernel_countdelta
            WHERE {where_delta} AND ({unfolded})
        ) AS counts GROUP BY kind, measure, state, day
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, *delta_params, *given])
        rows = cursor.fetchall()
    return [_spread(rows, number, *one, today) for number, one in enumerate(asked)]


def _spread(
    rows: list[tuple],
    number: int,
    measures: Sequence[str],
    spans: Sequence[tuple[date, date]],
    today: date,
) -> dict[tuple[int, str, str], int]:
    """The rows that were read for one of the pairs, and what is not folded yet, each added to (or taken off)
    the spans that it makes up."""
    share = pieces(spans, today)
    kinds = {f"day{number}": "day", f"month{number}": "month", "unfolded": "unfolded"}
    sums: dict[tuple[int, str, str], int] = defaultdict(int)
    for kind, measure, state, day, n in rows:
        if measure in measures and kind in kinds:
            day = date.fromisoformat(day) if isinstance(day, str) else day
            for at, sign in share(kinds[kind], day):
                sums[at, measure, state] += sign * int(n)
    return {key: n for key, n in sums.items() if n}


Asked = list[tuple[list[str], list[Part], Sequence[tuple[date, date]]]]


def _folded(
    table: str, columns: str, level: int, where_node: str, node_params: list[str], asked: Asked
) -> tuple[str, list[Any]]:
    """A SELECT for each part, every one followed by UNION ALL: an OR would hide the days from the index."""
    found, values = [], []
    for number, (measures, parts, _spans) in enumerate(asked):
        for part in parts:
            # Two of what is asked may need the same row.
            kind = f"'{'month' if part.is_months else 'day'}{number}' AS kind"
            found.append(
                f"SELECT {columns.format(kind)}, {'-' if part.sign < 0 else ''}n AS n FROM {table}"  # noqa: S608
                f" WHERE level = %s AND {where_node} AND {_measured(measures)} UNION ALL "
            )
            values += [level + MONTHS * part.is_months, *node_params, *measures, part.since, part.until]
    return "".join(found), values


def _unfolded(asked: Asked) -> tuple[str, list[Any]]:
    """The condition on the deltas' measure and day, with its parameters."""
    found = [(measures, one) for measures, _parts, spans in asked for one in _hulls(spans)]
    values = [value for measures, days in found for value in (*measures, *days)]
    return " OR ".join(_measured(measures) for measures, _days in found), values


def _hulls(spans: Sequence[tuple[date, date]]) -> list[tuple[date, date]]:
    return [(min(first for first, _ in spans), max(last for _, last in spans))] if spans else []


def _measured(measures: list[str]) -> str:
    return f"(measure IN ({', '.join(['%s'] * len(measures))}) AND day BETWEEN %s AND %s)"


def _folded_at(place: str, children: int | None, known: list[str]) -> tuple[str, list[str]]:
    """The condition on a level table's node, with its parameters."""
    if children and known:
        return f"node IN ({', '.join(['%s'] * len(known))})", known
    if children:
        return "node >= %s AND node < %s", list(codes.bounds(place))
    return "node = %s", [place]


def _unfolded_at(place: str, level: int, is_children: bool) -> tuple[str, list[str]]:
    """The condition on the deltas' place, with its parameters."""
    where, params = (
        ("grid = %s", [place]) if "-" in place else ("place >= %s AND place < %s", list(codes.bounds(place)))
    )
    if level == GRID_LEVEL:
        return where + (" AND grid <> ''" if is_children else ""), params
    # A delta at a street has no community: it must not be read as one of its children.
    above = LEVELS[LEVELS.index(level) - 1] if level > LEVELS[0] else 0
    return f"{where} AND length(rtrim(place, '0')) > {above}", params


def _typed(row: tuple, by: tuple[str, ...]) -> tuple:
    """SQLite gives days as text and sums as they come."""
    values = [
        date.fromisoformat(value) if name == "day" and isinstance(value, str) else value
        for name, value in zip(by, row, strict=False)
    ]
    return (*values, int(row[-1]))
