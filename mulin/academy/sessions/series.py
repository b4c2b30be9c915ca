"""The days of a series: every so many weeks until a day, without public holidays. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from mulin.kernel.workcalendar import Calendar


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a series. `holiday`: the public holiday's name, if it is one; `certain`: a notice of the
    State Council covers its year."""

    day: date
    holiday: str = ""
    holiday_en: str = ""
    certain: bool = True

    @property
    def is_holiday(self) -> bool:
        return bool(self.holiday)


def days(first: date, until: date, every: int = 1) -> list[Day]:
    """The days of a series from the first to `until`, both included, every so many weeks."""
    if every < 1:
        raise ValueError("a series needs one week at least between two days")
    count = (until - first).days // (7 * every) + 1
    return [_day(first + timedelta(weeks=every * n)) for n in range(max(count, 0))]


def _day(day: date) -> Day:
    """A day off that is no mere weekend is a holiday; weekends are when many people have time."""
    known = Calendar.default().day(day)
    if known.working or (not known.name and day.weekday() >= 5):
        return Day(day, certain=known.certain)
    return Day(day, known.name or "法定节假日", known.name_en or "public holiday", known.certain)
