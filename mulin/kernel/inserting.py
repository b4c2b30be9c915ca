"""New rows without the general machinery of saving: for the few tables that every report writes.

`Model.save` and `bulk_create` build their statement anew each time and cost a multiple of the statement
itself (docs/performance.md). The statement of a model never changes, so it is put together once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models

Prepare = Callable[[Any], Any]
# SQLite takes at most 32,766 parameters in a statement, PostgreSQL 65,535.
MOST_VALUES = 30_000


@dataclass(frozen=True, slots=True)
class _Statement:
    """Beginning of the INSERT of one model, the marks of one row, and where each value comes from."""

    head: str
    marks: str
    columns: tuple[tuple[str, Prepare | None], ...]


def insert(rows: Sequence[models.Model]) -> None:
    """Write new records of one model, in one statement (or a few, where one cannot take so many values).

    Keys are made by the application; files and columns that the database fills are not supported. Raises
    IntegrityError as saving does. The caller is in a write transaction.
    """
    if not rows:
        return
    statement = _statement(type(rows[0]), connection.vendor)
    most = MOST_VALUES // len(statement.columns)
    for start in range(0, len(rows), most):
        _insert(statement, rows[start : start + most])


def _insert(statement: _Statement, rows: Sequence[models.Model]) -> None:
    values: list[Any] = []
    for row in rows:
        given = row.__dict__
        for name, prepare in statement.columns:
            value = given[name]
            values.append(value if value is None or prepare is None else prepare(value))
    with connection.cursor() as cursor:
        cursor.execute(statement.head + ", ".join([statement.marks] * len(rows)), values)
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias


@cache
def _statement(model: type[models.Model], vendor: str) -> _Statement:
    quote = connection.ops.quote_name
    fields = model._meta.concrete_fields
    if any(isinstance(field, models.AutoField | models.FileField) for field in fields):
        raise TypeError(f"{model.__name__} has columns that only saving can fill")
    names = ", ".join(quote(field.column) for field in fields)
    # Names of the model only; every value is a parameter.
    head = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES "  # noqa: S608
    marks = f"({', '.join(['%s'] * len(fields))})"
    return _Statement(head, marks, tuple((field.attname, _preparation(field, vendor)) for field in fields))


def _preparation(field: models.Field, vendor: str) -> Prepare | None:
    """What a value goes through on its way to the database; None where it goes as it is."""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(target, models.UUIDField):
        return _hex if vendor == "sqlite" else None
    plain = (models.CharField, models.TextField, models.BooleanField, models.IntegerField, models.FloatField)
    if isinstance(target, plain):
        return None
    if isinstance(target, models.DateTimeField):
        return lambda value: connection.ops.adapt_datetimefield_value(value)
    return lambda value: field.get_db_prep_save(value, connection)


def _hex(value: UUID | str) -> str:
    return value.hex if isinstance(value, UUID) else UUID(value).hex
