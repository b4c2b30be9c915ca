"""Whether what was just made would come out the same all day: made of its arguments alone, not of the hour,
of the rules or of anything that the database said. What is steady may be kept instead of made again.

    with steady.watched() as seen:
        made = build(actor)
    if seen.is_steady:
        keep(made, until=clock.today())
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection


class Seen:
    """What was noticed while something was made."""

    is_steady = True


_watching: ContextVar[Seen | None] = ContextVar("mulin_steady", default=None)


def passing() -> None:
    """Say that what is read here may be another in the next moment."""
    seen = _watching.get()
    if seen is not None:
        seen.is_steady = False


def is_watched() -> bool:
    """Whether what is made here may be kept."""
    return _watching.get() is not None


@contextmanager
def watched() -> Iterator[Seen]:
    """Notice inside whether anything passing is read."""
    seen = Seen()
    token = _watching.set(seen)
    try:
        with connection.execute_wrapper(_statement):
            yield seen
    finally:
        _watching.reset(token)


def _statement(execute: Callable[..., Any], *asked: Any) -> Any:
    passing()
    return execute(*asked)
