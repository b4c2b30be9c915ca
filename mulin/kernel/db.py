"""The one way into a write transaction, on both databases."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


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
