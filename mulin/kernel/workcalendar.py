"""The calendar of working days and office hours, and counting in it.

The table of days off (``packs/holidays.toml``, from the yearly notices of the State Council) decides what
a working day is; office hours are data too and may differ from place to place. Periods follow
民法典 200-204: the day of the start does not count (201); a period of months ends on the same day of
the month, else on the month's last (202); a last day that is a day off moves on to the next working day,
and the day ends when business stops (203); law or agreement may say otherwise (204: ``roll=False``).

Pure: no database, no clock. Every datetime must carry its zone. Calls cost a few microseconds, since
positions in working time are read from prefix sums over days. Others import `workingtime`.
"""

from __future__ import annotations

import calendar as month_calendar
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

PACK = Path(__file__).parent / "packs" / "holidays.toml"

# 1992 is the first year in which Shanghai has no summer time, so a day always has 24 hours.
_FIRST, _LAST = date(1992, 1, 1), date(2099, 12, 31)
_BASE = _FIRST.toordinal()
_MINUTE = 60_000_000  # microseconds


class CalendarError(ValueError):
    """The holiday table or the office hours cannot be used; the message says which entry and why."""


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """The hours of one working day, as (from, to) pairs in minutes after midnight, in order."""

    periods: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        edges = [edge for period in self.periods for edge in period]
        if not edges or edges != sorted(set(edges)) or edges[0] < 0 or edges[-1] > 24 * 60:
            raise CalendarError(f"office hours must be in order and must not overlap: {self.periods}")

    @classmethod
    def parse(cls, text: str | Iterable[str]) -> OfficeHours:
        """Read "09:00-12:00, 13:30-17:30" or a list of such pieces; CalendarError says what is wrong."""
        pieces = text.replace("，", ",").split(",") if isinstance(text, str) else list(text)
        periods = []
        for piece in pieces:
            try:
                start, end = (_minutes(edge) for edge in piece.replace("–", "-").split("-"))
            except ValueError:
                raise CalendarError(f"office hours look like 09:00-12:00, not {piece!r}") from None
            periods.append((start, end))
        return cls(tuple(periods))

    @property
    def minutes(self) -> int:
        """Working minutes in one day."""
        return sum(end - start for start, end in self.periods)

    @property
    def closing(self) -> time:
        """When business stops; 23:59:59 for a place that is open until midnight."""
        end = self.periods[-1][1]
        return time(23, 59, 59) if end == 24 * 60 else time(end // 60, end % 60)

    def __str__(self) -> str:
        return ", ".join(
            f"{a // 60:02d}:{a % 60:02d}-{b // 60:02d}:{b % 60:02d}" for a, b in self.periods
        )  # fmt: skip


def _minutes(text: str) -> int:
    hours, minutes = (int(part) for part in text.strip().split(":"))
    if not (0 <= minutes < 60 and 0 <= hours * 60 + minutes <= 24 * 60):
        raise ValueError(text)
    return hours * 60 + minutes


@dataclass(frozen=True, slots=True)
class Day:
    """What the table says about one day. ``certain`` is False where no notice covers the year."""

    date: date
    working: bool
    certain: bool
    name: str = ""
    name_en: str = ""
    basis: str = ""
    certainty: str = "to be verified"


@dataclass(slots=True)
class _Table:
    """The table of days, read and checked."""

    name: str = ""
    zone: str = "Asia/Shanghai"
    hours: OfficeHours = field(default_factory=lambda: OfficeHours(((540, 720), (810, 1050))))
    years: dict[int, tuple[str, str]] = field(default_factory=dict)
    off: dict[date, tuple[str, str]] = field(default_factory=dict)
    worked: dict[date, tuple[str, str]] = field(default_factory=dict)
    fixed: frozenset[tuple[int, int]] = frozenset()
    fixed_from: date = _FIRST


def _read_table(data: Mapping[str, Any], source: str) -> _Table:
    table = _Table()
    head = data.get("calendar", {})
    table.name, table.zone = head.get("name", ""), head.get("zone", table.zone)
    if "office_hours" in head:
        table.hours = OfficeHours.parse(head["office_hours"])
    for entry in data.get("year", []):
        if not entry.get("basis") or not entry.get("certainty"):
            raise CalendarError(f"{source}: year {entry.get('year')} needs basis and certainty")
        table.years[entry["year"]] = (entry["basis"], entry["certainty"])
    fixed = data.get("fixed", {})
    table.fixed = frozenset((int(text[:2]), int(text[3:])) for text in fixed.get("off", []))
    table.fixed_from = fixed.get("from", _FIRST)
    for number, entry in enumerate(data.get("holiday", []), 1):
        _read_holiday(table, entry, f"{source}: holiday {number} ({entry.get('name', '?')})")
    return table


def _read_holiday(table: _Table, entry: Mapping[str, Any], where: str) -> None:
    names = (entry.get("name", ""), entry.get("name_en", ""))
    try:
        first, last = entry["off"]
    except (KeyError, ValueError, TypeError):
        raise CalendarError(f"{where}: off must be [first day, last day]") from None
    if last < first:
        raise CalendarError(f"{where}: the last day {last} is before the first {first}")
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    for day in days + list(entry.get("worked", [])):
        if day.year not in table.years:
            raise CalendarError(f"{where}: {day} lies in a year without a notice")
    for day in days:
        if table.off.setdefault(day, names) is not names:
            raise CalendarError(f"{where}: {day} is named twice")
    for day in entry.get("worked", []):
        if day.weekday() < 5 or day in table.off:
            raise CalendarError(f"{where}: {day} cannot be a make-up working day")
        table.worked[day] = names


class Calendar:
    """Working days and office hours. Immutable; make one per process (`Calendar.default()`).

    Methods take ``hours=`` where a place keeps other office hours than the table's default.
    """

    def __init__(self, table: _Table) -> None:
        self._table = table
        self.name = table.name
        self.zone = ZoneInfo(table.zone)
        self.hours = table.hours
        # _before[i]: working days before day i; _days[k]: index of the k-th working day;
        # _unsure[i]: days before day i that no notice covers.
        self._before, self._unsure, self._days = [0], [0], list[int]()
        for index in range(_LAST.toordinal() - _BASE + 1):
            day = date.fromordinal(_BASE + index)
            if working := self._works(day):
                self._days.append(index)
            self._before.append(self._before[-1] + working)
            self._unsure.append(self._unsure[-1] + (day.year not in table.years))

    @classmethod
    def load(cls, source: str | Path | Mapping[str, Any] | None = None) -> Calendar:
        """Read a TOML file or an equal mapping; without one, the table that ships with the product."""
        if isinstance(source, Mapping):
            return cls(_read_table(source, "holiday table"))
        path = Path(source or PACK)
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise CalendarError(f"{path.name}: {error}") from None
        return cls(_read_table(data, path.name))

    @classmethod
    def default(cls) -> Calendar:
        """The shipped table, read once a process."""
        return _default()

    def _works(self, day: date) -> bool:
        table = self._table
        if day.year in table.years:
            return day in table.worked or (day.weekday() < 5 and day not in table.off)
        fixed = day >= table.fixed_from and (day.month, day.day) in table.fixed
        return day.weekday() < 5 and not fixed

    # --- days -----------------------------------------------------------------------------------

    def _index(self, day: date) -> int:
        index = day.toordinal() - _BASE
        if not 0 <= index < len(self._before) - 1:
            raise ValueError(f"{day} lies outside the calendar ({_FIRST} to {_LAST})")
        return index

    def is_working_day(self, day: date) -> bool:
        """Whether public offices work on that date."""
        index = self._index(day)
        return self._before[index + 1] > self._before[index]

    def is_certain(self, first: date, last: date | None = None) -> bool:
        """Whether a notice covers the day, or every day from the first to the last."""
        end = self._index(last or first)
        return self._unsure[end + 1] == self._unsure[self._index(first)]

    def day(self, day: date) -> Day:
        """What the table says about a date, with the name of the holiday and the notice it rests on."""
        working = self.is_working_day(day)
        names = self._table.off.get(day) or self._table.worked.get(day) or ("", "")
        if day.year not in self._table.years:
            return Day(day, working, False, *names)
        basis, certainty = self._table.years[day.year]
        return Day(day, working, True, *names, basis, certainty)

    def next_working_day(self, day: date) -> date:
        """The day itself when it is worked, else the first working day behind it."""
        position = self._before[self._index(day)]
        return date.fromordinal(_BASE + self._days[position])

    def working_days_between(self, first: date, last: date) -> int:
        """Working days after ``first`` up to and with ``last``; negative when ``last`` comes first."""
        return self._before[self._index(last) + 1] - self._before[self._index(first) + 1]

    def nth_working_day(self, start: date, days: int) -> date:
        """The n-th working day after the start, which itself does not count (n = 0: see next_working_day)."""
        if days < 0:
            raise ValueError("a period cannot be negative")
        if days == 0:
            return self.next_working_day(start)
        position = self._before[self._index(start) + 1] + days - 1
        if position >= len(self._days):
            raise ValueError(f"{days} working days after {start} lie outside the calendar")
        return date.fromordinal(_BASE + self._days[position])

    def add_working_days(
        self, start: datetime | date, days: int, hours: OfficeHours | None = None
    ) -> datetime:
        """End of office hours of the n-th working day after the start day (民法典 201, 203)."""
        return self.closing(self.nth_working_day(self.local_day(start), days), hours)

    def closing(self, day: date, hours: OfficeHours | None = None) -> datetime:
        """The moment at which business stops on that date."""
        return datetime.combine(day, (hours or self.hours).closing, self.zone)

    def local_day(self, moment: datetime | date) -> date:
        """The calendar day of a moment in the calendar's zone; a date stays what it is."""
        return self._local(moment).date() if isinstance(moment, datetime) else moment

    def period_end(self, start: date, *, days: int = 0, months: int = 0, roll: bool = True) -> date:
        """Last day of a period of days or of months (a year: 12), by 民法典 200-204.

        The start day does not count. With ``roll`` a last day off moves on to the next working day.
        """
        if days < 0 or months < 0 or bool(days) == bool(months):
            raise ValueError("give either days or months, one of them above zero")
        if days:
            last = start + timedelta(days)
        else:
            year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
            last = date(year, month + 1, min(start.day, month_calendar.monthrange(year, month + 1)[1]))
        return self.next_working_day(last) if roll else last

    # --- minutes --------------------------------------------------------------------------------

    def _local(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise ValueError(f"{moment} has no zone: a deadline needs one")
        return moment.astimezone(self.zone)

    def _position(self, moment: datetime, hours: OfficeHours) -> int:
        """Working time from the calendar's first day to the moment, in microseconds."""
        local = self._local(moment)
        index = self._index(local)
        before = self._before[index]
        done = before * hours.minutes * _MINUTE
        if self._before[index + 1] == before:
            return done
        clock = (local.hour * 60 + local.minute) * _MINUTE + local.second * 1_000_000 + local.microsecond
        for start, end in hours.periods:
            if clock <= start * _MINUTE:
                break
            done += min(clock, end * _MINUTE) - start * _MINUTE
        return done

    def _moment(self, position: int, hours: OfficeHours) -> datetime:
        """The first moment at which that much working time has passed (a closing, not the next opening)."""
        number, rest = divmod(position, hours.minutes * _MINUTE)
        if rest == 0:
            number, rest = number - 1, hours.minutes * _MINUTE
        if not 0 <= number < len(self._days):
            raise ValueError("the deadline lies outside the calendar")
        midnight = datetime.combine(date.fromordinal(_BASE + self._days[number]), time(), self.zone)
        for start, end in hours.periods:
            length = (end - start) * _MINUTE
            if rest <= length:
                return midnight + timedelta(microseconds=start * _MINUTE + rest)
            rest -= length
        raise AssertionError("more working time in a day than its office hours hold")

    def is_open(self, moment: datetime, hours: OfficeHours | None = None) -> bool:
        """Whether the moment lies in office hours."""
        local = self._local(moment)
        clock = local.hour * 60 + local.minute
        periods = (hours or self.hours).periods
        return self.is_working_day(local) and any(start <= clock < end for start, end in periods)

    def add_working_minutes(
        self, start: datetime, minutes: float, hours: OfficeHours | None = None
    ) -> datetime:
        """The moment at which that many office minutes have passed since the start."""
        if minutes < 0:
            raise ValueError("a period cannot be negative")
        if minutes == 0:
            return self._local(start)
        used = hours or self.hours
        return self._moment(self._position(start, used) + round(minutes * _MINUTE), used)

    def working_minutes_between(self, a: datetime, b: datetime, hours: OfficeHours | None = None) -> int:
        """Whole office minutes from a to b; negative when b comes first."""
        used = hours or self.hours
        span = self._position(b, used) - self._position(a, used)
        return span // _MINUTE if span >= 0 else -(-span // _MINUTE)

    def working_span(self, a: datetime, b: datetime, hours: OfficeHours | None = None) -> timedelta:
        """Office time from a to b, exact; zero when b comes first."""
        used = hours or self.hours
        return timedelta(microseconds=max(0, self._position(b, used) - self._position(a, used)))

    def add_clock_minutes(self, start: datetime, minutes: float) -> datetime:
        """Plain hours of the clock, nights and days off included (民法典 201: from the moment itself)."""
        if minutes < 0:
            raise ValueError("a period cannot be negative")
        # Through UTC: adding to a wall clock would be an hour off where there is summer time.
        return (self._local(start).astimezone(UTC) + timedelta(minutes=minutes)).astimezone(self.zone)

    def first_unsure(self) -> date:
        """The first day behind the last notice: `mulin check` warns when it comes near."""
        return date(max(self._table.years, default=_FIRST.year - 1) + 1, 1, 1)


@lru_cache(maxsize=1)
def _default() -> Calendar:
    return Calendar.load()
