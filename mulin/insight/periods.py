"""The period of a board: rolling presets, or any two days for those who see every figure. Pure."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

PRESETS = {"week": 7, "month": 30, "quarter": 90, "year": 365}
DEFAULT = "month"
LONGEST = 366 * 5
EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """Both days included. `name` is a preset or `custom`."""

    name: str
    since: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def before(self) -> "Period":
        """The period of the same length that ended the day before."""
        return Period("before", self.since - timedelta(days=self.days), self.since - timedelta(days=1))


def preset(name: str, today: date) -> Period:
    name = name if name in PRESETS else DEFAULT
    return Period(name, today - timedelta(days=PRESETS[name] - 1), today)


def of(since: date | None, until: date | None, today: date, default: str = DEFAULT) -> Period:
    """The period between two days, named as a preset if it is one; without days the `default` preset. Days
    that are the wrong way round are turned; nothing begins before LONGEST days ago or ends after today."""
    if since is None and until is None:
        return preset(default, today)
    last = max(min(until or today, today), EARLIEST)
    first = max(since, EARLIEST) if since else last - timedelta(days=PRESETS[DEFAULT] - 1)
    if first > last:
        first, last = last, min(first, today)
    first = max(first, last - timedelta(days=LONGEST))
    for name, days in PRESETS.items():
        if last == today and (last - first).days + 1 == days:
            return Period(name, first, last)
    return Period("custom", first, last)


def coarse(period: Period, today: date) -> Period:
    """The same period for those who do not see small figures: presets stay, anything else becomes whole
    months, so that two periods a day apart cannot be subtracted from one another."""
    if period.name in PRESETS:
        return period
    last = date(period.until.year, period.until.month, monthrange(period.until.year, period.until.month)[1])
    return Period("custom", period.since.replace(day=1), min(last, today))


def from_query(query: Mapping[str, str], today: date, default: str = DEFAULT) -> Period:
    """The period of a page's address: `period=` a preset, else `since=` and `until=`; unreadable days are
    as if they were not given."""
    name = query.get("period", "")
    if name in PRESETS:
        return preset(name, today)
    return of(_day(query.get("since", "")), _day(query.get("until", "")), today, default)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def buckets(period: Period, coarser: bool = False) -> list[tuple[date, date]]:
    """How the trend is cut: days up to a month, then weeks from the first day on, then calendar months.
    `coarser`: weeks at least."""
    cut: list[tuple[date, date]] = []
    first = period.since
    while first <= period.until:
        last = min(_whole_until(period, first, coarser), period.until)
        cut.append((first, last))
        first = last + timedelta(days=1)
    return cut


def _whole_until(period: Period, first: date, coarser: bool) -> date:
    """When a step that begins on `first` is complete."""
    if period.days <= 31 and not coarser:
        return first
    if period.days <= 200:
        return first + timedelta(days=6)
    return date(first.year, first.month, monthrange(first.year, first.month)[1])


def is_unfinished(period: Period, step: tuple[date, date], today: date, coarser: bool = False) -> bool:
    """Whether a step ends too soon to be compared with the others: the day is not over yet, or the week or
    month is cut off by the end of the period."""
    first, last = step
    return last >= today or last < _whole_until(period, first, coarser)


def before(period: Period, cuts: list[tuple[date, date]], coarser: bool = False) -> list[tuple[date, date]]:
    """The steps of the period before, each beside one of `cuts`: for a year the same months of the year
    before, otherwise as many days earlier as the period is long."""
    own = buckets(period.before, coarser)
    if period.name == "year" and len(own) == len(cuts):
        return own
    back = timedelta(days=period.days)
    return [(first - back, last - back) for first, last in cuts]
