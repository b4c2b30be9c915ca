"""The one way into a write transaction, on both databases."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import BooleanField, F, Func, Q, QuerySet, Subquery


@contextmanager
def write() -> Iterator[None]:
    """One short write transaction; a nested call joins the outer one.

    SQLite: every process takes one file lock per write transaction, so writers queue in order of
    arrival instead of sleeping and retrying in SQLite's busy handler, which multiplies the 95th
    percentile by five to ten (reference measurements; docs/adr/0003). PostgreSQL needs no such lock.
    """
    if connection.in_atomic_block and not _around_a_test():
        with transaction.atomic(savepoint=False):
            yield
        return
    if connection.vendor != "sqlite" or connection.is_in_memory_db():
        with transaction.atomic():
            yield
        return
    with open(f"{connection.settings_dict['NAME']}.lock", "a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with transaction.atomic():
            yield


def _around_a_test() -> bool:
    """Whether the innermost block is the one that undoes a test: an action inside it is an outer one."""
    return getattr(connection.atomic_blocks[-1], "_from_testcase", False)


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


class _AnyOf(Func):
    """`column = ANY (ARRAY(SELECT …))`."""

    output_field = BooleanField()

    def as_sql(self, compiler, connection, **context):
        """By hand: a subquery that is known to be empty must make the condition empty, as it does for `in`;
        Func would write NULL in its place."""
        column, found = (compiler.compile(one) for one in self.get_source_expressions())
        return f"{column[0]} = ANY (ARRAY{found[0]})", (*column[1], *found[1])


def one_of(column: str, found: QuerySet) -> Q:
    """The rows whose column is one of the values of a short subquery, for use inside an OR.

    PostgreSQL does not use an index for `a = 1 OR b IN (SELECT …)`; it does when the values are an array,
    which it makes once. SQLite does it for the subquery itself.
    """
    if is_postgres():
        return Q(_AnyOf(F(column), Subquery(found)))
    return Q(**{f"{column}__in": found})


def counts(*found: QuerySet) -> list[int]:
    """How many rows each query has, cut ones up to their cut, in one statement."""
    parts: list[str] = []
    values: list[object] = []
    for n, query in enumerate(found):
        try:
            sql, given = query.values("pk").query.sql_with_params()
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS q{n})")  # noqa: S608 – Django's own statement
        values += given
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts or '0')}", values)
        return list(cursor.fetchone())[: len(found)]
