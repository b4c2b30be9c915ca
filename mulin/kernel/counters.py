"""Counters: deltas appended by actions, folded into narrow level tables, read exactly at any moment.

A figure is `sum(folded) + sum(not folded yet)` in one statement, so it always equals a recount.
Levels are prefix lengths (2, 4, 6, 9, 12) and 15 for the grid. Category is kept down to level 9.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from mulin.kernel import codes
from mulin.kernel.db import is_postgres, write
from mulin.kernel.ids import new_id
from mulin.kernel.inserting import insert
from mulin.kernel.models import CountDelta

GRID_LEVEL = 15
CATEGORY_LEVELS = (2, 4, 6, 9)
LEVELS = (2, 4, 6, 9, 12)
# A gauge, of which one asks how many there are now, is counted on this one day: so it is one row a place,
# whatever the history.
GAUGE_DAY = date(2000, 1, 1)


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


def fold(limit: int = 5000) -> int:
    """Fold the oldest deltas into the level tables and delete them, in one transaction. Returns how many."""
    with write():
        rows = CountDelta.objects.order_by("id")
        if is_postgres():
            rows = rows.select_for_update(skip_locked=True)
        rows = list(rows[:limit])
        if not rows:
            return 0
        levels: dict[tuple, int] = defaultdict(int)
        categories: dict[tuple, int] = defaultdict(int)
        for row in rows:
            for level, node in nodes(row.place, row.grid):
                levels[level, node, row.measure, row.day, row.state] += row.n
                if row.category and level in CATEGORY_LEVELS:
                    categories[level, node, row.measure, row.day, row.category, row.state] += row.n
        with connection.cursor() as cursor:
            # Sorted: two folders on one cluster take row locks in the same order.
            cursor.executemany(UPSERT_LEVEL, [(*k, n) for k, n in sorted(levels.items()) if n])
            cursor.executemany(UPSERT_CATEGORY, [(*k, n) for k, n in sorted(categories.items()) if n])
        CountDelta.objects.filter(id__in=[row.id for row in rows]).delete()
    return len(rows)


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

    `by` names the columns to group by, of measure, state, day, category, node. With `children`, the
    nodes of that level below `place` are read instead of `place` itself, and `node` may be grouped by; who
    knows them names them in `nodes`, so that the index leads to their days instead of through all days.
    Category needs a level of 9 or less. `gauges` are measures read as they stand now, beside the others.
    Returns rows of the `by` values and the sum; zero sums are left out.
    """
    level = children or (GRID_LEVEL if "-" in place else codes.level(place))
    with_category = "category" in by
    if with_category and level not in CATEGORY_LEVELS:
        raise ValueError("categories are counted down to the street; below it read the index of cases")
    table = "kernel_countcategory" if with_category else "kernel_countlevel"
    where_node, node_params = _folded_at(place, children, list(nodes))
    where_delta, delta_params = _unfolded_at(place, level, bool(children))
    columns = ", ".join(by)
    counted = _counted(list(measures), since, until, list(gauges))
    extra = "AND category <> ''" if with_category else ""
    category = ", category" if with_category else ""
    # Only names of this module are formatted in; every value is a parameter. A part for each condition: an OR
    # would hide the days from the index.
    folded = "".join(
        f"SELECT node, measure, day, state{category}, n FROM {table}"  # noqa: S608
        f" WHERE level = %s AND {where_node} AND {one} UNION ALL "
        for one, _ in counted
    )
    sql = f"""
        SELECT {columns}, SUM(n) FROM (
            {folded}
            SELECT {_node_at(level)} AS node, measure, day, state{category}, n FROM kernel_countdelta
            WHERE {where_delta} AND ({" OR ".join(one for one, _ in counted)}) {extra}
        ) AS counts GROUP BY {columns} HAVING SUM(n) <> 0 ORDER BY {columns}
    """  # noqa: S608
    parts = [value for _, params in counted for value in (level, *node_params, *params)]
    unfolded = [*delta_params, *(value for _, params in counted for value in params)]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parts, *unfolded])
        return [_typed(row, by) for row in cursor.fetchall()]


def _counted(
    measures: list[str], since: date, until: date, gauges: list[str]
) -> list[tuple[str, list[Any]]]:
    """Conditions on measure and day with their parameters: one for the days asked for, one for the gauges."""
    found = [(measures, "day BETWEEN %s AND %s", [since, until]), (gauges, "day = %s", [GAUGE_DAY])]
    return [
        (f"measure IN ({', '.join(['%s'] * len(names))}) AND {day}", [*names, *days])
        for names, day, days in found
        if names
    ]


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
