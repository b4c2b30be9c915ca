"""A temporary table for long lists: filled by COPY (PostgreSQL) or executemany (SQLite), checked as a set.

The one module of places with a branch for each database. The table belongs to the connection and vanishes
with it; nothing in it locks the tables of the product.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from uuid import UUID

from django.db import connection

from mulin.kernel.db import is_postgres
from mulin.kernel.ids import new_id
from mulin.places.divisions import Division

BATCH = 5000
_COLUMNS = ("id", "code", "system", "name", "short_name", "level", "kind", "parent", "invented")
_CREATE = """
CREATE TEMPORARY TABLE places_staging (
    id {id}, code text, system text, name text, short_name text, level smallint,
    kind text, parent text, invented boolean
)
"""


@contextmanager
def table() -> Iterator[None]:
    """The empty table `places_staging` for the block."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS places_staging")
        cursor.execute(_CREATE.format(id="uuid" if is_postgres() else "text"))
    try:
        yield
    finally:
        # After an error inside a transaction the table goes with the transaction.
        if connection.is_usable() and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE IF EXISTS places_staging")


def rows_of(divisions: Iterable[Division]) -> Iterator[tuple]:
    """Rows of the temporary table, each with its id."""
    postgres = is_postgres()
    provinces: dict[str, str] = {}
    for row in divisions:
        if row.level == 2:
            provinces[row.code[:2]] = row.name
        short = row.short_name
        if row.level == 4 and row.kind == "heading":
            # "市辖区" is a heading of the list; people know the place by the name of the municipality.
            short = provinces.get(row.code[:2], row.name) + ("" if row.name == "市辖区" else "各县")
        key = new_id()
        yield (
            key if postgres else key.hex, row.code, row.system, row.name, short, row.level, row.kind,
            row.parent, row.invented,
        )  # fmt: skip


def fill(rows: Iterable[tuple]) -> int:
    """Empty the table and write these rows into it. Returns how many."""
    names = ", ".join(_COLUMNS)
    rows = iter(rows)
    total = 0
    with connection.cursor() as cursor:
        if is_postgres():
            cursor.execute("TRUNCATE places_staging")
            with cursor.copy(f"COPY places_staging ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
                    total += 1
            # Without it the planner takes the table for a large one and reads all divisions.
            cursor.execute("ANALYZE places_staging")
            return total
        sql = f"INSERT INTO places_staging ({names}) VALUES ({', '.join(['%s'] * len(_COLUMNS))})"  # noqa: S608
        # A deferred transaction that only touches the temporary database takes no lock of the real one.
        own = connection.get_autocommit()
        cursor.execute("DELETE FROM places_staging")
        while batch := list(islice(rows, BATCH)):
            if own:
                cursor.execute("BEGIN")
            cursor.executemany(sql, batch)
            if own:
                cursor.execute("COMMIT")
            total += len(batch)
    return total


# The leading system of a province is the statistical one; the other is kept for reference, so that two
# districts lists do not stand in one tree.
_INSERT = """
INSERT INTO places_division (id, created_at, code, system, name, short_name, level, kind, parent, valid_from,
    valid_to, is_provisional, is_placeholder, in_use, shape, phone)
SELECT s.id, {created}, s.code, s.system, s.name, s.short_name, s.level, s.kind, s.parent, {since},
    NULL, FALSE, s.invented, s.system = 'nbs' OR NOT EXISTS (
        SELECT 1 FROM places_division p
        WHERE p.code = substr(s.code, 1, 2) || '0000000000' AND p.system <> s.system AND p.in_use
    ), NULL, ''
FROM places_staging s
WHERE NOT EXISTS (
    SELECT 1 FROM places_division d WHERE d.system = s.system AND d.code = s.code AND d.level = s.level
)
"""
_CHANGED = """
SELECT d.id, s.name, s.short_name, s.kind
FROM places_staging s JOIN places_division d
    ON d.system = s.system AND d.code = s.code AND d.level = s.level AND d.valid_to IS NULL
WHERE NOT s.invented AND (d.name <> s.name OR d.is_placeholder OR d.is_provisional)
"""


def insert_new(created, since) -> int:
    """Move rows whose code the table does not have. Returns how many."""
    ops = connection.ops
    values = [ops.adapt_datetimefield_value(created), ops.adapt_datefield_value(since)]
    marks = {"created": "%s", "since": "%s"}
    if is_postgres():
        marks = {"created": "%s::timestamptz", "since": "%s::date"}
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(**marks), values)
        return cursor.rowcount


def changed() -> list[tuple]:
    """(id of the row in force, name, short name, kind) where the list says something else."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED)
        # SQLite keeps ids as text.
        return [(UUID(str(key)), *rest) for key, *rest in cursor.fetchall()]
