"""Days, times and windows of a week. Pure.

A moment is a minute of the week: Monday 00:00 is 0, Sunday 24:00 is 10,080. A window is (begin, end), half
open, inside one day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

DAY = 24 * 60
DAYS = 7
Window = tuple[int, int]
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")


def minute_of(text: str) -> int | None:
    """Minutes since midnight of "HH:MM", up to "24:00"; None for anything else."""
    if not _TIME.fullmatch(text):
        return None
    return int(text[:2]) * 60 + int(text[3:])


def moment(day: int, minute: int) -> int:
    """The minute of the week; Monday is day 1."""
    return (day - 1) * DAY + minute


def day_of(at: int) -> int:
    return at // DAY + 1


def time_of(at: int) -> str:
    """ "HH:MM" of a minute of the week."""
    return f"{at % DAY // 60:02d}:{at % 60:02d}"


def end_of(begin: int, minutes: int) -> str:
    """ "HH:MM" of the end of a session; an end at midnight is "24:00", not the next day's "00:00"."""
    last = begin % DAY + minutes
    return f"{last // 60:02d}:{last % 60:02d}"


def merged(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Windows in order; those of one day that touch or overlap become one."""
    found: list[Window] = []
    for begin, end in sorted(windows):
        if found and begin <= found[-1][1] and begin // DAY == found[-1][0] // DAY:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return tuple(found)


def holds(windows: Iterable[Window], begin: int, end: int) -> bool:
    """Does one window hold the whole of begin to end?"""
    return any(left <= begin and end <= right for left, right in windows)


def overlaps(windows: Iterable[Window], begin: int, end: int) -> bool:
    return any(left < end and begin < right for left, right in windows)


def starts(windows: Iterable[Window], minutes: int, grid: int) -> list[int]:
    """Moments of the grid at which a session of so many minutes fits into one of the windows."""
    found: list[int] = []
    for begin, end in windows:
        first = -(-begin // grid) * grid
        found += range(first, end - minutes + 1, grid)
    return found
