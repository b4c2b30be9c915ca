"""What is put together once a day for each actor: mostly statements, which take Django longer to write than
the database to answer.

    asked = kept.of(actor, "cases.inbox", lambda: kept.written(some_query(actor)))
    for pk, kind in asked.rows(): ...

Only what is steady is kept (see `kernel.steady`); a query of the hour says `kept.Now()`. A post that begins
or ends makes another actor, and so another entry.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from sys import intern
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import DateTimeField, Expression, QuerySet
from django.utils.translation import get_language

from mulin.kernel import clock, steady
from mulin.kernel.actors import Actor

T = TypeVar("T")

# Whoever has not come by for long is forgotten with all the others.
MOST = 500
_all: dict[tuple, dict[Hashable, Any]] = {}


def of(actor: Actor, name: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives, kept for this actor, day and language under that name if it is steady."""
    key = (actor, clock.today(), get_language())
    if key not in _all and len(_all) >= MOST:
        _all.clear()
    mine = _all.setdefault(key, {})
    if name in mine:
        return mine[name]
    with steady.watched() as seen:
        made = make()
    if seen.is_steady:
        mine[name] = made
    return made


@dataclass(frozen=True, slots=True)
class Later:
    """So long after the moment of asking."""

    after: timedelta

    def value(self) -> Any:
        return connection.ops.adapt_datetimefield_value(clock.now() + self.after)


class Now(Expression):
    """The moment at which a statement is sent, or one so long after it, in what may be kept; in any other
    query the moment at which that is written."""

    def __init__(self, **after: float):
        super().__init__(output_field=DateTimeField())
        self.later = Later(timedelta(**after))

    def as_sql(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, list]:
        return "%s", [self.later if steady.is_watched() else self.later.value()]


@dataclass(frozen=True, slots=True)
class Statement:
    """A query as the database reads it. `sql` is empty where nothing can be found."""

    sql: str = ""
    params: tuple = ()

    def rows(self) -> list[tuple]:
        """Its rows as the database gives them: SQLite has ids and moments as text."""
        return rows(self.sql, self.params) if self.sql else []


def written(query: QuerySet) -> Statement:
    """A query in SQL."""
    try:
        sql, params = query.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return Statement()
    # The same text for all who ask the same of their own place.
    return Statement(intern(sql), tuple(params))


def rows(sql: str, params: Sequence[Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [one.value() if isinstance(one, Later) else one for one in params])
        return cursor.fetchall()
