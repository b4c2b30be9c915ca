"""The hours of a week: `[{"day": 1, "from": "09:00", "to": "21:00"}]`, days 1 (Monday) to 7. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

DAY = 24 * 60
MOST_WINDOWS_A_DAY = 6


class HoursError(ValueError):
    """Hours that cannot be. `code`: day, time, order, many."""

    def __init__(self, code: str, day: int = 0):
        super().__init__(code, day)
        self.code, self.day = code, day


class Window(NamedTuple):
    """Open from one minute of a day to another; 1440 is midnight at its end."""

    day: int
    start: int
    end: int


def minutes(text: str) -> int:
    """`09:30` as minutes of the day; `24:00` is the end of it. HoursError for anything else."""
    head, colon, tail = str(text).strip().partition(":")
    if not (colon and head.isdecimal() and tail.isdecimal() and len(head) <= 2 and len(tail) == 2):
        raise HoursError("time")
    found = int(head) * 60 + int(tail)
    if int(tail) >= 60 or found > DAY:
        raise HoursError("time")
    return found


def clock_text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def read(rows: Iterable[dict[str, Any]]) -> list[Window]:
    """Windows in order, joined where they touch or overlap. HoursError names what is wrong and the day."""
    found: list[Window] = []
    for row in rows:
        try:
            day = int(row["day"])
            window = Window(day, minutes(row["from"]), minutes(row["to"]))
        except HoursError as error:
            raise HoursError(error.code, day) from error
        except (KeyError, TypeError, ValueError) as error:
            raise HoursError("day") from error
        if not 1 <= day <= 7:
            raise HoursError("day")
        if window.start >= window.end:
            raise HoursError("order", day)
        found.append(window)
    joined = _joined(sorted(found))
    for day in range(1, 8):
        if sum(one.day == day for one in joined) > MOST_WINDOWS_A_DAY:
            raise HoursError("many", day)
    return joined


def _joined(windows: list[Window]) -> list[Window]:
    out: list[Window] = []
    for one in windows:
        if out and out[-1].day == one.day and one.start <= out[-1].end:
            out[-1] = out[-1]._replace(end=max(out[-1].end, one.end))
        else:
            out.append(one)
    return out


def written(windows: Iterable[Window]) -> list[dict[str, Any]]:
    """As the record keeps them."""
    return [{"day": one.day, "from": clock_text(one.start), "to": clock_text(one.end)} for one in windows]


def every_day(start: str, end: str, days: Iterable[int] = range(1, 8)) -> list[dict[str, Any]]:
    """One window on each of these days."""
    return [{"day": day, "from": start, "to": end} for day in days]


SEVEN_BY_TWELVE = every_day("09:00", "21:00")  # 7 days a week, 12 hours a day: 84 hours
OFFICE = [one for day in range(1, 6) for one in (
    {"day": day, "from": "09:00", "to": "12:00"}, {"day": day, "from": "14:00", "to": "17:30"},
)]  # fmt: skip
PRESETS = {"7x12": SEVEN_BY_TWELVE, "office": OFFICE, "day_night": every_day("00:00", "24:00")}


def weekly_minutes(windows: Iterable[Window]) -> int:
    """How long it is open in a week."""
    return sum(one.end - one.start for one in windows)


def of_day(windows: Iterable[Window], day: date) -> list[tuple[int, int]]:
    """The minutes of a calendar day in which it is open by the week."""
    return [(one.start, one.end) for one in windows if one.day == day.isoweekday()]


def covers(spans: Iterable[tuple[int, int]], start: int, end: int) -> bool:
    """Whether one of these spans holds all of a stretch of a day."""
    return any(first <= start and end <= last for first, last in spans)


def alike(windows: Iterable[Window]) -> list[tuple[list[int], list[tuple[int, int]]]]:
    """Runs of days with equal hours, in order: `([1, 2, 3, 4, 5], [(540, 720)]), ([6, 7], [])`."""
    windows = list(windows)
    runs: list[tuple[list[int], list[tuple[int, int]]]] = []
    for day in range(1, 8):
        spans = [(one.start, one.end) for one in windows if one.day == day]
        if runs and runs[-1][1] == spans:
            runs[-1][0].append(day)
        else:
            runs.append(([day], spans))
    return runs
