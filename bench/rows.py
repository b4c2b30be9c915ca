"""Mass rows straight into tables: COPY on PostgreSQL, executemany on SQLite, indexes made again afterwards.

Columns come from the models, so that a new column with a default needs no change here.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import repeat
from typing import Any

import numpy as np
from django.db import connection

from bench import databases


class Table:
    """Rows of one model. `write(n, **columns)`: each column is a list of n database values, or one value for
    all of them; columns not named hold the model's default."""

    def __init__(self, model: Any):
        self.table = model._meta.db_table
        self.columns = {field.column: field for field in model._meta.concrete_fields}
        self.defaults = {}
        for name, field in self.columns.items():
            default = field.get_default()
            if not field.primary_key and (default is not None or field.null):
                self.defaults[name] = plain(field.get_db_prep_save(default, connection))

    def write(self, n: int, **columns: Any) -> None:
        given = self.defaults.keys() | columns.keys()
        if wrong := given ^ self.columns.keys():
            raise ValueError(f"{self.table}: columns without a value or unknown: {sorted(wrong)}")
        chosen = self.defaults | {k: v if isinstance(v, list) else plain(v) for k, v in columns.items()}
        write(self.table, n, chosen)


def plain(value: Any) -> Any:
    """A value as text of the database: what is adapted by a driver is written out."""
    import json

    from psycopg.types.json import Jsonb

    if isinstance(value, Jsonb):
        return json.dumps(value.obj, ensure_ascii=False)
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    if isinstance(value, datetime):
        return moment(value.timestamp())
    return str(value)


def moment(seconds: float) -> str:
    """A moment as both databases read it."""
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return f"{text}+00" if databases.is_postgres() else text


def moments(seconds: np.ndarray) -> list[str]:
    """Many moments, fast."""
    tail = "+00" if databases.is_postgres() else ""
    texts = np.datetime_as_string((seconds * 1e6).astype("int64").view("datetime64[us]"))
    return [text.replace("T", " ") + tail for text in texts.tolist()]


def days(seconds: np.ndarray) -> list[str]:
    """The local days (UTC+8) of moments."""
    return np.datetime_as_string(
        ((seconds + 8 * 3600) // 86400).astype("int64").view("datetime64[D]")
    ).tolist()


def ids(seconds: np.ndarray, rng: np.random.Generator) -> list[str]:
    """UUIDv7 as 32 hexadecimal digits, ordered by their moments."""
    n = len(seconds)
    times = (seconds * 1000).astype("int64").tolist()
    heads = rng.integers(0, 1 << 12, n).tolist()
    tails = rng.integers(0, 1 << 62, n).tolist()
    return [f"{t:012x}7{h:03x}{(1 << 63) | r:016x}" for t, h, r in zip(times, heads, tails, strict=True)]


def write(table: str, n: int, columns: dict[str, Any]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    if databases.is_postgres():
        parts = [_texts(values, n) for values in columns.values()]
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            copy.write("\n".join(map("\t".join, zip(*parts, strict=True))) + "\n")
        return
    parts = [values if isinstance(values, list) else repeat(values, n) for values in columns.values()]
    marks = ", ".join("?" for _ in columns)
    with connection.cursor() as cursor:
        # The bare driver: Django would look for its own marks in every statement.
        cursor.cursor.connection.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({marks})", zip(*parts, strict=False)
        )


def _texts(values: Any, n: int) -> Iterable[str]:
    if isinstance(values, list):
        return [_text(value) for value in values]
    return repeat(_text(values), n)


def _text(value: Any) -> str:
    """A value in the text form of COPY."""
    if value is None:
        return r"\N"
    return "tf"[not value] if isinstance(value, bool) else str(value)


@contextmanager
def without_indexes(*tables: str) -> Iterator[None]:
    """Secondary indexes of these tables are dropped and made again after a large load, as after a restore."""
    with connection.cursor() as cursor:
        known = _indexes(cursor, tables)
        for name, _ in known:
            cursor.execute(f'DROP INDEX "{name}"')
    yield
    with connection.cursor() as cursor:
        for _, sql in known:
            cursor.execute(sql)


def _indexes(cursor: Any, tables: tuple[str, ...]) -> list[tuple[str, str]]:
    marks = ", ".join(["%s"] * len(tables))
    if databases.is_postgres():
        cursor.execute(
            f"SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ({marks}) AND indexname NOT IN"
            " (SELECT conname FROM pg_constraint)",
            tables,
        )
    else:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master"
            f" WHERE type = 'index' AND sql NOT NULL AND tbl_name IN ({marks})",
            tables,
        )
    return [(name, sql.replace("%", "%%")) for name, sql in cursor.fetchall()]


def execute(sql: str, parameters: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


@contextmanager
def loading() -> Iterator[None]:
    """One transaction of a load that needs neither to be durable nor to be checked: its rows fit together."""
    from django.db import transaction

    if not databases.is_postgres():
        connection.disable_constraint_checking()
    with transaction.atomic():
        if databases.is_postgres():
            execute("SET LOCAL synchronous_commit = off", [])
            execute("SET LOCAL session_replication_role = replica", [])
        yield
    if not databases.is_postgres():
        connection.enable_constraint_checking()
