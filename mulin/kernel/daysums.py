"""A span of days as whole months and the days of its ragged ends, added or taken off. Pure.

A ragged end is read from its own days or, where that is less, as its month without the other days: so at
most half a month of days is read at either end, and none for the days of this month that have not come.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

DAY = timedelta(days=1)
# What another range of rows costs, in days read.
ANOTHER_RANGE = 3
Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Part:
    """Days from `since` to `until`, or the months that begin on days between them, to add or to take off."""

    since: date
    until: date
    is_months: bool = False
    sign: int = 1


def month_of(day: date) -> date:
    return day.replace(day=1)


def next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _days(since: date, until: date, today: date | None = None) -> int:
    """How many days are read; days after today hold nothing."""
    return max(0, (min(until, today or until) - since).days + 1)


def parts_of(since: date, until: date, today: date) -> list[Part]:
    """What to add and take off for the days from `since` to `until`, both included."""
    if since > until:
        return []
    plain, split = [Part(since, until)], _split(since, until, today)
    return plain if _cost(plain, today) <= _cost(split, today) else split


def _cost(parts: list[Part], today: date) -> int:
    """Rows read, for one state of one measure."""
    months = sum((p.until.year - p.since.year) * 12 + p.until.month - p.since.month + 1
                 for p in parts if p.is_months)  # fmt: skip
    days = sum(_days(p.since, p.until, today) for p in parts if not p.is_months)
    return months + days + ANOTHER_RANGE * len(parts)


def _split(since: date, until: date, today: date) -> list[Part]:
    first, last = month_of(since), month_of(until)
    end = next_month(until) - DAY
    if first == last:
        return [Part(first, first, True), *_less(first, since - DAY), *_less(until + DAY, end)]
    head, first_whole = _head(since, first)
    tail, last_whole = _tail(until, last, end, today)
    months = [Part(first_whole, last_whole, True)] if first_whole <= last_whole else []
    return [*months, *head, *tail]


def _head(since: date, first: date) -> tuple[list[Part], date]:
    """The parts of the month in which a span begins, and the first month that is read whole."""
    after = next_month(first)
    if _days(since, after - DAY) <= _days(first, since - DAY):
        return [Part(since, after - DAY)], after
    return _less(first, since - DAY), first


def _tail(until: date, last: date, end: date, today: date) -> tuple[list[Part], date]:
    """The parts of the month in which a span ends, and the last month that is read whole."""
    if _days(last, until) <= _days(until + DAY, end, today):
        return [Part(last, until)], month_of(last - DAY)
    return _less(until + DAY, end), last


def _less(since: date, until: date) -> list[Part]:
    return [Part(since, until, sign=-1)] if since <= until else []


def merged(parts: Iterable[Iterable[Part]]) -> list[Part]:
    """The rows that many spans need, each once: as few ranges of days and of months as there are."""
    found: list[Part] = []
    wanted = {replace(part, sign=1) for several in parts for part in several}
    for part in sorted(wanted, key=lambda one: (one.is_months, one.since, one.until)):
        if found and found[-1].is_months == part.is_months and part.since <= _beyond(found[-1]):
            found[-1] = replace(found[-1], until=max(found[-1].until, part.until))
        else:
            found.append(part)
    return found


def _beyond(part: Part) -> date:
    return next_month(part.until) if part.is_months else part.until + DAY


def pieces(spans: Sequence[Span], today: date) -> Callable[[str, date], list[tuple[int, int]]]:
    """A function that tells, for a row of a kind (day, month, unfolded) and its day, which spans it makes up:
    (which, sign)."""
    made: dict[tuple[bool, date], list[tuple[int, int]]] = {}
    for at, span in enumerate(spans):
        for part in parts_of(*span, today):
            day = part.since
            while day <= part.until:
                made.setdefault((part.is_months, day), []).append((at, part.sign))
                day = next_month(day) if part.is_months else day + DAY

    def share(kind: str, day: date) -> list[tuple[int, int]]:
        if kind == "unfolded":
            return [(at, 1) for at, (first, last) in enumerate(spans) if first <= day <= last]
        return made.get((kind == "month", day), [])

    return share
