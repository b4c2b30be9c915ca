"""Working time: limits as data ("2 wh", "5 wd", "24 h", "15 d"), when they end and what a pause does.

Units: ``min`` and ``h`` run on the clock, ``wmin`` and ``wh`` in office hours, ``wd`` are working days,
``d`` calendar days, ``mo`` and ``y`` months and years by 民法典 200-204. Chinese units are read as well
(工作时, 工作日, 小时, 天, 个月 …). Days and hours themselves are counted by
`workcalendar`, whose names are offered here too. Pure: no database, no clock.

Pauses: a clock that stands still (a suspended case) is moved on by what it missed. In hours that is the
paused time itself. In days it is the number of days from the day of the pause to the day on which the
clock runs again; that day does not count, as the day of a start does not (201).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from mulin.kernel.workcalendar import Calendar, CalendarError, Day, OfficeHours

__all__ = ["Calendar", "CalendarError", "Day", "Due", "Limit", "OfficeHours", "Pause", "Remaining"]

# A pause from one moment to another; None as its end: still paused.
Pause = tuple[datetime, datetime | None]

_UNITS = {
    "min": ("min", 1), "分钟": ("min", 1), "h": ("min", 60), "小时": ("min", 60),
    "wmin": ("wmin", 1), "wh": ("wmin", 60), "工作时": ("wmin", 60), "个工作时": ("wmin", 60),
    "工作小时": ("wmin", 60), "个工作小时": ("wmin", 60), "工作分钟": ("wmin", 1),
    "wd": ("wd", 1), "工作日": ("wd", 1), "个工作日": ("wd", 1),
    "d": ("d", 1), "日": ("d", 1), "天": ("d", 1), "自然日": ("d", 1), "个自然日": ("d", 1),
    "mo": ("mo", 1), "个月": ("mo", 1), "月": ("mo", 1), "y": ("mo", 12), "年": ("mo", 12),
}  # fmt: skip

# How amounts are written: unit -> (Chinese, English for one, English for many).
_WORDS = {
    "min": ("分钟", "minute", "minutes"),
    "h": ("小时", "hour", "hours"),
    "wmin": ("分钟工作时间", "working minute", "working minutes"),
    "wh": ("个工作小时", "working hour", "working hours"),
    "wd": ("个工作日", "working day", "working days"),
    "d": ("天", "day", "days"),
    "mo": ("个月", "month", "months"),
    "y": ("年", "year", "years"),
}


class Due(NamedTuple):
    """The end of a limit. ``certain`` is False when a day on the way is not covered by any notice."""

    at: datetime
    certain: bool


def _phrase(amount: int, unit: str, lang: str) -> str:
    chinese, one, many = _WORDS[unit]
    if lang.lower().startswith("zh"):
        return f"{amount} {chinese}"
    return f"{amount} {one if amount == 1 else many}"


def _largest(amount: int, unit: str) -> tuple[int, str]:
    """Write full hours and years as such."""
    bigger = {"min": ("h", 60), "wmin": ("wh", 60), "mo": ("y", 12)}.get(unit)
    if bigger and amount and amount % bigger[1] == 0:
        return amount // bigger[1], bigger[0]
    return amount, unit


class Remaining(NamedTuple):
    """What is left of a limit: ``amount`` in ``unit`` ("min", "wmin", "wd", "d"), never negative."""

    amount: int
    unit: str
    overdue: bool
    due: Due
    paused: bool = False

    def describe(self, lang: str = "zh-hans") -> str:
        """As words: "还剩 3 小时", "今天到期", "超期 2 天"; in English likewise."""
        chinese = lang.lower().startswith("zh")
        amount, unit = self.amount, self.unit
        if unit in ("min", "wmin") and amount > (60 if self.overdue else 120):
            # Rounded towards the earlier end: nobody is promised a minute that is not there.
            amount, unit = amount // 60, {"min": "h", "wmin": "wh"}[unit]
            if unit == "h" and amount >= 48:
                amount, unit = amount // 24, "d"
        if self.overdue:
            if amount == 0:
                return "已超期" if chinese else "overdue"
            words = _phrase(amount, unit, lang)
            return f"超期 {words}" if chinese else f"{words} overdue"
        if amount == 0:
            if unit in ("wd", "d"):
                return "今天到期" if chinese else "due today"
            return "马上到期" if chinese else "due now"
        words = _phrase(amount, unit, lang)
        return f"还剩 {words}" if chinese else f"{words} left"


def _merged(
    pauses: Iterable[Pause], start: datetime, now: datetime | None
) -> list[tuple[datetime, datetime]]:
    """Pauses in order, cut at the start and at now, joined where they touch; an open one needs now."""
    spans = []
    for begin, end in pauses:
        if end is None and now is None:
            raise ValueError("a pause is still open: say which moment counts as now")
        if end is not None and end < begin:
            raise ValueError(f"a pause ends at {end}, before it begins at {begin}")
        last = min(end, now) if end is not None and now is not None else (end or now)
        assert last is not None
        if last > max(begin, start):
            spans.append((max(begin, start), last))
    joined: list[tuple[datetime, datetime]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return joined


@dataclass(frozen=True, slots=True)
class Limit:
    """A length of time with its unit: "min", "wmin" (in office hours), "wd", "d" or "mo" (months)."""

    amount: int
    unit: str

    def __post_init__(self) -> None:
        if self.unit not in ("min", "wmin", "wd", "d", "mo"):
            raise ValueError(f"unknown unit {self.unit!r}")
        if self.amount < 0 or (self.amount == 0 and self.unit == "mo"):
            raise ValueError(f"a time limit must be above zero, not {self.amount}")

    @classmethod
    def parse(cls, text: str | Limit) -> Limit:
        """Read "2 wh", "1.5 h", "5 wd", "15 d", "6 mo", "5 个工作日"; ValueError says what is wrong."""
        return text if isinstance(text, Limit) else _parse(text)

    def due(self, start: datetime, calendar: Calendar, hours: OfficeHours | None = None) -> Due:
        """When the limit ends that starts at a moment."""
        return self._finish(self._raw(start, calendar, hours), start, calendar, hours)

    def due_after_pauses(
        self,
        start: datetime,
        pauses: Iterable[Pause],
        calendar: Calendar,
        now: datetime | None = None,
        hours: OfficeHours | None = None,
    ) -> Due:
        """When the limit ends, moved on by every pause that began before it was over.

        A pause that is still open counts up to ``now``: the answer is the end if it ran again now.
        """
        raw = self._raw(start, calendar, hours)
        for begin, end in _merged(pauses, start, now):
            if begin >= self._finish(raw, start, calendar, hours).at:
                break
            raw = self._shift(raw, begin, end, calendar, hours)
        return self._finish(raw, start, calendar, hours)

    def remaining(
        self,
        start: datetime,
        now: datetime,
        pauses: Iterable[Pause],
        calendar: Calendar,
        hours: OfficeHours | None = None,
    ) -> Remaining:
        """What is left at a moment, or by how much it is over. Months are told in days."""
        spans = list(pauses)
        known = [(begin, end) for begin, end in spans if begin <= now]
        due = self.due_after_pauses(start, known, calendar, now, hours)
        paused = any(begin <= now and (end is None or now < end) for begin, end in known)
        return self.until(due, now, calendar, hours)._replace(paused=paused)

    def until(
        self, due: Due, now: datetime, calendar: Calendar, hours: OfficeHours | None = None
    ) -> Remaining:
        """What is left in this limit's unit until an end that is known, or by how much it is over."""
        overdue = now > due.at
        early, late = (due.at, now) if overdue else (now, due.at)
        if self.unit == "min":
            amount = math.floor((late - early) / timedelta(minutes=1))
        elif self.unit == "wmin":
            amount = calendar.working_minutes_between(early, late, hours)
        elif self.unit == "wd":
            amount = calendar.working_days_between(calendar.local_day(early), calendar.local_day(late))
        else:
            amount = (calendar.local_day(late) - calendar.local_day(early)).days
        unit = "d" if self.unit == "mo" else self.unit
        return Remaining(amount, unit, overdue, due)

    def describe(self, lang: str = "zh-hans") -> str:
        """As words: "2 个工作小时", "5 个工作日", "24 小时", "15 天"; "2 working hours" and so on."""
        return _phrase(*_largest(self.amount, self.unit), lang)

    def __str__(self) -> str:
        amount, unit = _largest(self.amount, self.unit)
        return f"{amount} {unit}"

    # A limit in hours is followed as a moment, a limit in days as a date: its end of business is added last,
    # and the move away from a day off is made once, at the very end.

    def _raw(self, start: datetime, calendar: Calendar, hours: OfficeHours | None) -> datetime | date:
        if self.unit == "min":
            return calendar.add_clock_minutes(start, self.amount)
        if self.unit == "wmin":
            return calendar.add_working_minutes(start, self.amount, hours)
        day = calendar.local_day(start)
        if start.tzinfo is None:
            raise ValueError(f"{start} has no zone: a deadline needs one")
        if self.unit == "wd":
            return calendar.nth_working_day(day, self.amount)
        if self.unit == "mo":
            return calendar.period_end(day, months=self.amount, roll=False)
        return day + timedelta(self.amount)

    def _shift(
        self,
        raw: datetime | date,
        begin: datetime,
        end: datetime,
        calendar: Calendar,
        hours: OfficeHours | None,
    ) -> datetime | date:
        if isinstance(raw, datetime):
            if self.unit == "min":
                return raw + (end - begin)
            missed = calendar.working_span(begin, end, hours) / timedelta(minutes=1)
            return calendar.add_working_minutes(raw, missed, hours)
        first, last = calendar.local_day(begin), calendar.local_day(end)
        if self.unit == "wd":
            missed_days = calendar.working_days_between(first, last)
            return calendar.nth_working_day(raw, missed_days) if missed_days else raw
        return raw + (last - first)

    def _finish(
        self, raw: datetime | date, start: datetime, calendar: Calendar, hours: OfficeHours | None
    ) -> Due:
        if isinstance(raw, datetime):
            at = raw
            # Clock hours do not ask what kind of day it is.
            certain = self.unit == "min" or calendar.is_certain(calendar.local_day(start), at.date())
            return Due(at, certain)
        last = calendar.next_working_day(raw)
        return Due(
            calendar.closing(last, hours), calendar.is_certain(min(calendar.local_day(start), last), last)
        )


@lru_cache(maxsize=4096)
def _parse(text: str) -> Limit:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(\D+?)\s*", str(text))
    if not match:
        raise ValueError(f'a time limit looks like "2 wh" or "5 个工作日", not {text!r}')
    number, word = match.groups()
    if word.lower() not in _UNITS:
        raise ValueError(f"time limit {text!r}: the unit is one of {', '.join(_UNITS)}")
    unit, factor = _UNITS[word.lower()]
    amount = float(number) * factor
    if amount != int(amount):
        raise ValueError(f"time limit {text!r}: that is no whole number of minutes, days or months")
    return Limit(int(amount), unit)
