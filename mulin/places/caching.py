"""What a process remembers about places, and how it learns that something changed.

Every change raises one number in the database (`bump`). A process looks at it at most every few seconds
and drops all that it remembers when the number is another one.
"""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any

from django.db import connection

TTL_SECONDS = 5.0
_NAME = "places"
_UPSERT = """
INSERT INTO places_edition (name, number) VALUES (%s, 1)
ON CONFLICT (name) DO UPDATE SET number = places_edition.number + 1
"""
_lock = threading.Lock()
_seen: tuple[float, int] | None = None
_emptied = 0  # how often everything was dropped
_all: list["Kept"] = []


class Kept:
    """A bounded memory that is emptied when places change. Holds answers, never the lack of one."""

    def __init__(self, limit: int):
        self.limit = limit
        self._rows: dict[Hashable, Any] = {}
        _all.append(self)

    def get(self, key: Hashable) -> Any:
        """The remembered answer, or None."""
        check()
        return self._rows.get(key)

    def put(self, key: Hashable, value: Any) -> None:
        if len(self._rows) >= self.limit:
            self._rows.clear()
        self._rows[key] = value

    def make(self, key: Hashable, maker: Callable[[], Any]) -> Any:
        """The remembered answer, made now if there is none."""
        found = self.get(key)
        if found is None:
            emptied = _emptied
            found = maker()
            if emptied == _emptied:  # else it may have been made of what has changed meanwhile
                self.put(key, found)
        return found

    def clear(self) -> None:
        self._rows = {}


def check() -> int:
    """The edition of the places; drops what is remembered when it changed. At most one query in 5 s."""
    global _seen
    moment = time.monotonic()
    if _seen is not None and moment - _seen[0] < TTL_SECONDS:
        return _seen[1]
    from mulin.places.models import Edition

    number = Edition.objects.filter(name=_NAME).values_list("number", flat=True).first() or 0
    with _lock:
        if _seen is not None and _seen[1] != number:
            _clear()
        _seen = (moment, number)
    return number


def bump() -> None:
    """Tell every process that places changed. Called by actions inside their transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, [_NAME])
    forget()


def forget() -> None:
    """Drop what this process remembers: after a change, and between tests."""
    global _seen
    with _lock:
        _clear()
        _seen = None


def _clear() -> None:
    global _emptied
    _emptied += 1
    for kept in _all:
        kept.clear()
