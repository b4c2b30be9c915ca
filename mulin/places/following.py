"""After a reorganisation: live rows of every app take the new codes, and counters move with their places.

Everything here can be run again after a crash and then does only what is left. The journal is not touched:
its lines keep the codes of their day.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, models

from mulin.kernel import codes, registry, search
from mulin.kernel.counters import GAUGE_DAY, MONTHS
from mulin.kernel.db import write
from mulin.kernel.fields import PlaceField

WINDOW = 5000
# The journal keeps old codes; the other tables are moved in ways of their own.
NOT_REWRITTEN = {
    "kernel.Entry", "kernel.CountLevel", "kernel.CountCategory", "kernel.ChainAlias", "kernel.SearchRow",
    "places.Division", "places.Succession",
}  # fmt: skip


def place_columns() -> list[tuple[type[models.Model], list[str]]]:
    """Every table with columns that hold place codes, whatever app it belongs to."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed or model._meta.label in NOT_REWRITTEN:
            continue
        names = [f.name for f in model._meta.local_fields if isinstance(f, PlaceField)]
        if names:
            found.append((model, names))
    return found


def new_code(mapping: Mapping[str, str], code: str) -> str:
    """The code by the mapping; a sub-code follows its community."""
    if code in mapping:
        return mapping[code]
    base = mapping.get(code[:12]) if code[12:13] == "-" else None
    return base + code[12:] if base else code


def _windows(model: type[models.Model], names: list[str]) -> Iterator[list[tuple]]:
    """The whole table by primary key, a window at a time: memory stays flat, and no index misleads."""
    last: Any = None
    while True:
        rows = model._base_manager.order_by("pk")
        if last is not None:
            rows = rows.filter(pk__gt=last)
        window = list(rows.values_list("pk", *names)[:WINDOW])
        if not window:
            return
        yield window
        last = window[-1][0]


def rewrite(model: type[models.Model], names: list[str], mapping: Mapping[str, str]) -> int:
    """Give all rows of a table their new codes. Returns how many values changed."""
    key = model._meta.pk
    columns = [model._meta.get_field(name).column for name in names]
    quote = connection.ops.quote_name
    total = 0
    for window in _windows(model, names):
        changes: dict[str, list[tuple]] = {}
        for pk, *values in window:
            for column, value in zip(columns, values, strict=True):
                now = new_code(mapping, value) if value else value
                if now != value:
                    prepared = key.get_db_prep_value(pk, connection)
                    changes.setdefault(column, []).append((now, prepared, value))
        if not changes:
            continue
        with write(), connection.cursor() as cursor:
            for column, rows in changes.items():
                # The old value is part of the condition: a row that someone moved meanwhile stays as it is.
                sql = (
                    f"UPDATE {quote(model._meta.db_table)} SET {quote(column)} = %s"  # noqa: S608
                    f" WHERE {quote(key.column)} = %s AND {quote(column)} = %s"
                )
                cursor.executemany(sql, rows)
                total += len(rows)
    return total


def rewrite_search(mapping: Mapping[str, str]) -> int:
    total = 0
    for window in _windows(search.SearchRow, ["place"]):
        moved = [(pk, old, new) for pk, old in window if old and (new := new_code(mapping, old)) != old]
        if moved:
            with write():
                search.relocate(moved)
            total += len(moved)
    return total


def rewrite_all(mapping: Mapping[str, str], told) -> int:
    """Every live row of every app. `told(model label, n)` after each table. What two places have once each,
    and one place may have only once, its module joins before: provider `following.<name>(mapping) -> n`."""
    total = 0
    for name, join in sorted(registry.providers().items()):
        if name.startswith("following."):
            n = join(mapping)
            total += n
            told(name.removeprefix("following."), n)
    for model, names in place_columns():
        n = rewrite(model, names, mapping)
        total += n
        told(model._meta.label, n)
    return total + rewrite_search(mapping)


# --- counters -------------------------------------------------------------------------------------

_TABLES = {
    "kernel_countlevel": "measure, day, state",
    "kernel_countcategory": "measure, day, category, state",
}


def _add(table: str, source: tuple[int, str], target: tuple[int, str], sign: int = 1) -> int:
    """Add (or take off) all counts of one node, by day and by month, at another node. Returns how many rows
    there were."""
    rest = _TABLES[table]
    # Names come from the table above, values are parameters. PostgreSQL cannot guess their types in a SELECT.
    sql = f"""
        INSERT INTO {table} (level, node, {rest}, n)
        SELECT level + CAST(%s AS smallint), CAST(%s AS varchar(24)), {rest}, {sign} * n FROM {table}
        WHERE level IN (%s, %s) AND node = %s
        ON CONFLICT (level, node, {rest}) DO UPDATE SET n = {table}.n + excluded.n
    """  # noqa: S608
    (level, old), (upper, new) = source, target
    with connection.cursor() as cursor:
        cursor.execute(sql, [upper - level, new, *_both(level), old])
        return cursor.rowcount


def _both(level: int) -> tuple[int, int]:
    """The numbers of a level's rows by day and by month."""
    return level, level + MONTHS


def _drop(table: str, level: int, node: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE level IN (%s, %s) AND node = %s",  # noqa: S608
            [*_both(level), node],
        )


def _drop_empty(table: str, level: int, node: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE level IN (%s, %s) AND node = %s AND n = 0",  # noqa: S608
            [*_both(level), node],
        )


def _rename(table: str, level: int, old: str, new: str) -> int:
    n = _add(table, (level, old), (level, new))
    if n:
        _drop(table, level, old)
    return n


def _above(old: str, new: str, below: int) -> list[tuple[int, str, str]]:
    """(level, old node, new node) of the larger places that differ."""
    found = []
    for level in (9, 6, 4, 2):
        if level < below:
            one, other = codes.pad(old[:level]), codes.pad(new[:level])
            if one != other:
                found.append((level, one, other))
    return found


def _move_node(table: str, level: int, old: str, new: str) -> int:
    """A node with all its counts goes elsewhere: what held it has less, what holds it now has more."""
    for upper, one, other in _above(old, new, level):
        _add(table, (level, old), (upper, other))
        _add(table, (level, old), (upper, one), -1)
        _drop_empty(table, upper, one)
    return _rename(table, level, old, new)


@dataclass(slots=True)
class CountMoves:
    """What a plan means for the counters. Streets that go whole take their sums along; of a street that is
    split each community takes its own."""

    communities: dict[str, str] = field(default_factory=dict)
    whole: dict[str, str] = field(default_factory=dict)  # old street -> new street
    rest: dict[str, str] = field(default_factory=dict)  # closed divisions: what was counted at themselves
    sites: dict[str, str] = field(default_factory=dict)  # grids and other sites that get a new number
    merged: set[str] = field(default_factory=set)  # communities that become one with another

    def mixed(self) -> set[str]:
        """Communities that leave their street and become one with another: afterwards nobody can tell from
        the records whose categories were whose, so that they are counted again."""
        return self.merged & self.split().keys()

    def split(self) -> dict[str, str]:
        return {old: new for old, new in self.communities.items() if codes.street(old) not in self.whole}


def move_counts(moves: CountMoves) -> int:
    """Move folded counts; each node in one transaction. Returns how many rows moved; 0: nothing was left."""
    total = 0
    for old, new in moves.whole.items():
        with write():
            for table in _TABLES:
                total += _move_node(table, 9, old, new)
    split = moves.split()
    shares = _category_shares(split) if split else {}
    mixed = moves.mixed()
    for old, new in moves.communities.items():
        with write():
            if old in split:
                n = _move_node("kernel_countlevel", 12, old, new)
                if n and old not in mixed:
                    _move_categories(old, new, shares.get(new, Counter()))
            else:
                n = _rename("kernel_countlevel", 12, old, new)
            total += n + _rename_grids(old, new, moves.sites)
    for old, new in sorted(moves.rest.items(), reverse=True):  # streets before their district
        with write():
            for table in _TABLES:
                total += _move_node(table, int(codes.level(old)), old, new)
    return total


def _rename_grids(old: str, new: str, sites: Mapping[str, str]) -> int:
    low, high = f"{old}-", f"{old}."
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT node FROM kernel_countlevel WHERE level = 15 AND node >= %s AND node < %s",
            [low, high],
        )
        nodes = [row[0] for row in cursor.fetchall()]
    moved = {node: sites.get(node, new + node[12:]) for node in nodes}
    return sum(_rename("kernel_countlevel", 15, node, now) for node, now in moved.items())


def _category_shares(split: Mapping[str, str]) -> dict[str, Counter]:
    """Counts by category of communities, from the records: categories are folded by street only."""
    shares: dict[str, Counter] = {}
    targets = set(split.values())
    for recount in registry.collect("recounts"):
        for measure, place, _grid, day, state, category, n in recount.rows():
            now = new_code(split, place[:12])
            if category and now in targets:
                shares.setdefault(now, Counter())[measure, day, category, state] += n
    return shares


def _move_categories(old: str, new: str, share: Counter) -> None:
    sql = """
        INSERT INTO kernel_countcategory (level, node, measure, day, category, state, n)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (level, node, measure, day, category, state)
        DO UPDATE SET n = kernel_countcategory.n + excluded.n
    """
    prepared = connection.ops.adapt_datefield_value
    sums: Counter = Counter()
    for upper, one, other in _above(old, new, 12):
        for (measure, day, category, state), n in share.items():
            months = [] if day == GAUGE_DAY else [(upper + MONTHS, day.replace(day=1))]
            for level, at in ((upper, day), *months):
                sums[level, other, measure, prepared(at), category, state] += n
                sums[level, one, measure, prepared(at), category, state] -= n
    rows = [(*key, n) for key, n in sorted(sums.items()) if n]
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)
    for level, one, _other in _above(old, new, 12):
        _drop_empty("kernel_countcategory", level, one)
