"""The days of a topic: planned from the day it starts, and moved when reality moves. Pure.

The day on which something begins does not count (民法典 201). A step's own length is a plan, in days as they
come or in working days; `at_least` is a promise: its last day is worked out as the law does (a last day off
moves on, 203) and passes in full before the step may end. Nobody is called earlier than they were told: a
step ahead of its time waits for its announced day, and only moves on when it has to.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from mulin.councils.topics.definition import Process, StepSpec
from mulin.kernel.workcalendar import Calendar
from mulin.kernel.workingtime import Limit

DAY = timedelta(days=1)
OVER = frozenset({"done", "skipped"})


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a step: its state, and its days (planned while it waits, real once it has begun)."""

    state: str = "waiting"
    begins_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """The days of a step. `earliest`: it cannot begin before; `may_end`: it cannot end before; `is_certain`:
    no day on the way lies in a year whose holidays are not published yet."""

    begins_on: date
    ends_on: date
    earliest: date
    may_end: date
    is_certain: bool = True


def length_end(begin: date, length: Limit, calendar: Calendar) -> date:
    """The planned last day of a step that begins on a day."""
    if not length.amount:
        return begin
    if length.unit == "wd":
        return calendar.nth_working_day(begin, length.amount)
    if length.unit == "mo":
        return calendar.period_end(begin, months=length.amount, roll=False)
    return begin + timedelta(days=length.amount)


def promised_end(begin: date, spec: StepSpec, calendar: Calendar) -> date:
    """The first day on which the step may end: the day after the last one that was promised."""
    least = spec.at_least
    if not least.amount:
        return begin
    if least.unit == "wd":
        return calendar.nth_working_day(begin, least.amount) + DAY
    if least.unit == "mo":
        return calendar.period_end(begin, months=least.amount) + DAY
    return calendar.period_end(begin, days=least.amount) + DAY


def notice_end(told: date, spec: StepSpec, calendar: Calendar) -> date:
    """The first day on which a step may begin when everybody was told on a day."""
    notice = spec.notice
    if not notice.amount:
        return told
    if notice.unit == "wd":
        return calendar.nth_working_day(told, notice.amount)
    if notice.unit == "mo":
        return calendar.period_end(told, months=notice.amount, roll=False)
    return told + timedelta(days=notice.amount)


def plan(
    process: Process,
    start: date,
    calendar: Calendar,
    *,
    known: Mapping[str, Known] | None = None,
    today: date | None = None,
) -> dict[str, Planned]:
    """The days of every step, by key. `start`: the day from which it is announced. `known`: what has happened
    and what was announced; `today`: nothing that still waits is planned before it."""
    known = known or {}
    found: dict[str, Planned] = {}
    floor = max(start, today) if today else start
    for spec in process.steps:
        one = known.get(spec.key, Known())
        earliest = _earliest(spec, start, floor, known, found, calendar)
        found[spec.key] = _planned(spec, one, earliest, calendar, today)
    return found


def _earliest(
    spec: StepSpec,
    start: date,
    floor: date,
    known: Mapping[str, Known],
    found: Mapping[str, Planned],
    calendar: Calendar,
) -> date:
    """After all that it needs, with its notice. What is over lets it begin the same day; what is only planned
    the day after."""
    told = start
    begin = start
    for key in spec.needs:
        last = found[key].ends_on
        told = max(told, last)
        begin = max(begin, last if known.get(key, Known()).state in OVER else last + DAY)
    return max(begin, notice_end(told, spec, calendar), floor)


def _planned(spec: StepSpec, one: Known, earliest: date, calendar: Calendar, today: date | None) -> Planned:
    if one.state in OVER and one.ends_on:
        begin = one.begins_on or one.ends_on
        return Planned(begin, one.ends_on, begin, one.ends_on)
    if one.state == "open" and one.begins_on:
        begin, may_end = one.begins_on, promised_end(one.begins_on, spec, calendar)
        end = one.ends_on or length_end(begin, spec.days, calendar)
        end = max(end, may_end, today or end)
        return Planned(begin, end, begin, may_end, calendar.is_certain(begin, end))
    begin = max(earliest, one.begins_on or earliest)
    may_end = promised_end(begin, spec, calendar)
    end = length_end(begin, spec.days, calendar)
    if one.begins_on and one.ends_on and one.ends_on >= one.begins_on:
        end = begin + (one.ends_on - one.begins_on)
    end = max(end, may_end)
    return Planned(begin, end, earliest, may_end, calendar.is_certain(begin, end))


def last_day(days: Iterable[Planned]) -> date | None:
    """When all of it will be over."""
    return max((one.ends_on for one in days), default=None)


def shown_notice(spec: StepSpec, lang: str) -> str:
    """The notice of a step in words; empty where it has none."""
    return spec.notice.describe(lang) if spec.notice.amount else ""
