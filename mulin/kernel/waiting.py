"""What waits for somebody in many modules, read in one statement however many modules there are.

A module whose waiting things are rows of one table gives them as `rows(…)`, seven columns each; the inbox
joins all of them by UNION ALL, takes the first by their clock, and lets each module say how its row reads.
What only a module's rules can decide (is it time yet) it decides there: a row that reads as None is dropped.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.db.models import (
    Aggregate,
    CharField,
    Count,
    DateTimeField,
    Expression,
    F,
    Field,
    IntegerField,
    Model,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, JSONObject

from mulin.kernel import clock, kept
from mulin.kernel.actors import Actor
from mulin.kernel.kept import Statement
from mulin.kernel.registry import InboxItem, InboxSource

# Behind everything that has a clock.
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
# What is the same in every query is made once: an inbox joins some forty of them.
TEXT, MOMENT, NUMBER = TextField(), DateTimeField(), IntegerField()


class Constant(Expression):
    """The same in every query, so that none of them copies it."""

    def __init__(self, sql: str, output_field: Field, postgres: str = ""):
        super().__init__(output_field=output_field)
        self.sql, self.postgres = sql, postgres or sql

    def resolve_expression(self, *args: Any, **more: Any) -> "Constant":
        return self

    def as_sql(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, list]:
        return self.sql, []

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, list]:
        return self.postgres, []


NO_TEXT = Constant("''", TEXT)
NO_CLOCK = Constant(f"'{NEVER:%Y-%m-%d %H:%M:%S}'", MOMENT, f"TIMESTAMPTZ '{NEVER.isoformat()}'")
# Rows read at most: how many things wait is exact up to here, behind it an estimate from above.
MOST_READ = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """The waiting things of one table, and what of them stands in the columns that all modules share: those
    of a `Row` without the first, which says the source."""

    query: QuerySet
    columns: tuple[str | Expression, ...]

    def filter(self, *terms: Q, **more: Any) -> "Waiting":
        return Waiting(self.query.filter(*terms, **more), self.columns)


@dataclass(frozen=True, slots=True)
class Row:
    """One waiting thing. `ref`: its number or id, as its module finds it again; `site`: the building or grid;
    `fact`: one more word that its module needs to say what it is."""

    source: int
    ref: str
    title: str
    place: str
    site: str
    since: datetime | None
    due_at: datetime | None
    fact: str

    @property
    def facts(self) -> dict[str, Any]:
        """What `facts(…)` put in."""
        return json.loads(self.fact)

    def due(self, hour: time = time(23, 59)) -> datetime | None:
        """That hour of the day that `day(…)` put in as what is due."""
        return on(self.due_at.astimezone(UTC).date(), hour) if self.due_at else None


def facts(**columns: str | Expression) -> Expression:
    """Several columns as one `fact`, read by `Row.facts`."""
    return JSONObject(**columns)


def day(column: str) -> Expression:
    """A date as what is due; `Row.due` says at which hour of it."""
    return Cast(F(column), MOMENT)


class Joined(Aggregate):
    """The texts of a group in one, with commas between, in no order."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler, connection, **more):
        template = "STRING_AGG(%(expressions)s, ',')"
        return self.as_sql(compiler, connection, template=template, **more)


def on(value: date | str | None, hour: time = time(23, 59)) -> datetime | None:
    """That hour of a day, which may come out of `facts`."""
    found = date.fromisoformat(value) if isinstance(value, str) else value
    return datetime.combine(found, hour, clock.zone()) if found else None


def moment(value: str | None) -> datetime | None:
    """A moment out of `facts`; databases write it differently."""
    return _moment(value) if value else None


def rows(
    found: QuerySet,
    *,
    ref: str = "number",
    title: str | Expression = "title",
    place: str = "place",
    site: str = "",
    since: str | Expression = "created_at",
    due_at: str | Expression = "",
    fact: str | Expression = "",
) -> Waiting:
    """The waiting things of a query in the columns that all modules share. `due_at` may hold nothing."""
    due = Coalesce(_of(due_at), NO_CLOCK) if due_at else NO_CLOCK
    texts = [_text(one, found.model) for one in (ref, title, place, site, fact)]
    return Waiting(found.order_by(), (*texts[:4], since, due, texts[4]))


def together(found: QuerySet, *, order: Sequence[str], **columns: Any) -> Waiting:
    """All things of a query as one row: the first by `order`, with how many there are as its `fact`. For
    things of which a row each would bury what residents wait for. `columns` as for `rows`."""
    counted = found.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n")
    oldest = found.order_by(*order).values("pk")[:1]
    return rows(found.model._base_manager.filter(pk=Subquery(oldest)), fact=Subquery(counted), **columns)


def first(found: Sequence[Waiting], size: int, *, latest: bool = False) -> list[Row]:
    """The first of all: due soonest, then waiting longest; `latest`: those that came last. `source`: the
    place in `found`. One statement."""
    return _first([_part(one, n) for n, one in enumerate(found)], size, latest=latest)


def count(found: Sequence[Waiting]) -> int:
    """How many there are in all. One statement."""
    return _count([_part(one, n) for n, one in enumerate(found)])


def items(sources: Sequence[InboxSource], actor: Actor, size: int) -> tuple[list[InboxItem], int]:
    """What waits for the actor by what these sources say, in no order between them, and how many things that
    is: at least the first `size` of all that are joined, and of each that is not."""
    parts = _asked(sources, actor)
    most = max(size, MOST_READ)
    joint = _first(parts, most)
    said = [sources[row.source].item(row) for row in joint]
    found = [one for one in said if one is not None]
    # A list that is not full is its own count; of a full one, what was read and does not wait is taken off.
    total = len(found) if len(joint) < most else _count(parts) - (len(joint) - len(found))
    for source in sources:
        some = source.items(actor, size)
        total += len(some) if len(some) < size else source.count(actor)
        found += some
    return found, total


# One question among many ---------------------------------------------------------------------------------


NOTHING = Statement()


@dataclass(frozen=True, slots=True)
class Part:
    """What one source asks, as it stands in the statement. `table`: where its things lie; empty where the
    actor has nothing to do with them."""

    table: str = ""
    asked: Statement = NOTHING


# The table that a source reads, as its first question told, and the tables in which something was seen: what
# a house has once begun with it goes on with.
_tables: dict[Callable[[Actor], Waiting | None], str] = {}
_used: set[str] = set()


def _asked(sources: Sequence[InboxSource], actor: Actor) -> list[Part]:
    """What the sources ask for this actor, put together once a day: writing forty questions takes longer than
    asking them. Those whose table is empty are not written at all: a module that nobody uses here costs
    nothing. One statement at most, none once all are used."""
    unused = _unused({_tables[one.rows] for one in sources if one.rows in _tables} - _used)
    found = []
    for n, source in enumerate(sources):
        if _tables.get(source.rows) in unused:
            continue
        part = kept.of(actor, (n, source.rows), partial(_part_of, source, actor, n))
        if part.table:
            _tables[source.rows] = part.table
            found.append(part)
    return found


def _part_of(source: InboxSource, actor: Actor, n: int) -> Part:
    found = source.rows(actor)
    return Part() if found is None else _part(found, n)


def _part(one: Waiting, n: int) -> Part:
    """A source's question, with its place among the others as the first column."""
    query = one.query.values_list(Constant(str(n), NUMBER), *one.columns)
    asked = kept.written(query)
    if asked.sql and (query.query.is_sliced or query.query.order_by):
        asked = replace(asked, sql=f"SELECT * FROM ({asked.sql}) AS part")  # noqa: S608
    return Part(query.model._meta.db_table, asked)


def _first(parts: Sequence[Part], size: int, *, latest: bool = False) -> list[Row]:
    """The columns have no names: they are sorted by their places."""
    order = "6 DESC, 2" if latest else "7, 6, 2"
    found = _ask(parts, "{} ORDER BY {} LIMIT {}", order, size)
    return [Row(*row[:6], None if row[6] >= NEVER else row[6], row[7]) for row in map(_aware, found)]


def _count(parts: Sequence[Part]) -> int:
    ((n,),) = _ask(parts, "SELECT COUNT(*) FROM ({}) AS found") or [(0,)]
    return n


def _ask(parts: Sequence[Part], statement: str, *more: Any) -> list[tuple]:
    asked = [one.asked for one in parts if one.asked.sql]
    if not asked:
        return []
    whole = statement.format(" UNION ALL ".join(one.sql for one in asked), *more)
    return kept.rows(whole, [param for one in asked for param in one.params])


def _unused(tables: set[str]) -> set[str]:
    if not tables:
        return set()
    quote = connection.ops.quote_name
    each = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quote(name)})" for name in sorted(tables))  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        used = {name for (name,) in cursor.fetchall()}
    _used.update(used)
    return tables - used


def _of(value: str | Expression) -> Any:
    return F(value) if isinstance(value, str) else value


def _text(value: str | Expression, model: type[Model]) -> str | Expression:
    if not value:
        return NO_TEXT
    if isinstance(value, str) and isinstance(_column(model, value), CharField | TextField):
        return value
    return Cast(_of(value), TEXT)


def _column(model: type[Model], path: str) -> Field | None:
    """The field behind a path like `topic__number`; None for what a query annotated."""
    names = path.split("__")
    try:
        for name in names[:-1]:
            if (related := model._meta.get_field(name).related_model) is None:
                return None  # a key of a JSON field, a part of a date
            model = related
        return model._meta.get_field(names[-1])
    except FieldDoesNotExist:
        return None


def _aware(row: tuple) -> tuple:
    """SQLite gives moments as they are stored: in UTC, as text where the column is not a table's own."""
    since, due = (_moment(value) for value in row[5:7])
    return (*row[:5], since, due, row[7])


def _moment(value: datetime | str | None) -> datetime | None:
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found
