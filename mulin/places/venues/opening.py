"""When a venue is open: its week, its closed days, public holidays, the day it was given up."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from mulin.kernel import clock
from mulin.kernel.workcalendar import Calendar, Day
from mulin.places.models import Venue
from mulin.places.venues import hours

LOOK_AHEAD = 60


class Closed(NamedTuple):
    """Why it is closed on a day. `code`: given_up, closure, holiday, week; `words`: what a person wrote, or
    the holiday's name (`words_en` its English one)."""

    code: str
    words: str = ""
    words_en: str = ""


def windows(venue: Venue) -> list[hours.Window]:
    """The week of a venue; hours that cannot be read count as none."""
    try:
        return hours.read(venue.hours)
    except hours.HoursError:
        return []


def closed(venue: Venue, day: date) -> Closed | None:
    """Why it is closed all day, None where it opens."""
    if venue.closed_on and day >= venue.closed_on:
        return Closed("given_up", venue.close_reason)
    for row in venue.closures:
        if row["from"] <= day.isoformat() <= row["to"]:
            return Closed("closure", row["reason"])
    if venue.holidays == "closed" and (off := holiday(day)):
        return Closed("holiday", off.name, off.name_en)
    return None if hours.of_day(windows(venue), day) else Closed("week")


def holiday(day: date) -> Day | None:
    """The public holiday that a day belongs to; None for an ordinary day or weekend."""
    found = Calendar.default().day(day)
    return found if found.name and not found.working else None


def spans(venue: Venue, day: date) -> list[tuple[int, int]]:
    """The minutes of a calendar day in which it is open."""
    return [] if closed(venue, day) else hours.of_day(windows(venue), day)


def inside(venue: Venue, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether it is open from one moment to the other, also across midnight where both days touch it."""
    zone = clock.zone()
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    while start < end:
        midnight = (start + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        last = min(end, midnight)
        until = hours.DAY if last == midnight else _minute(last)
        if not hours.covers(spans(venue, start.date()), _minute(start), until):
            return False
        start = last
    return True


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute


def is_open(venue: Venue, moment: datetime | None = None) -> bool:
    local = (moment or clock.now()).astimezone(clock.zone())
    return any(start <= _minute(local) < end for start, end in spans(venue, local.date()))


def turns_at(venue: Venue, moment: datetime | None = None) -> datetime | None:
    """Where it is open: when it closes. Where it is closed: when it opens next, within two months."""
    local = (moment or clock.now()).astimezone(clock.zone())
    now = _minute(local)
    for offset in range(LOOK_AHEAD):
        day = local.date() + timedelta(days=offset)
        for start, end in spans(venue, day):
            if offset == 0 and start <= now < end:
                return _at(day, end) if end < hours.DAY else _behind_midnight(venue, day)
            if offset > 0 or start > now:
                return _at(day, start)
    return None


def _behind_midnight(venue: Venue, day: date) -> datetime | None:
    """When it closes that is open until the end of a day: days that go on at midnight are one stretch. None
    where it never closes."""
    for offset in range(1, LOOK_AHEAD):
        follows = day + timedelta(days=offset)
        ends = [end for start, end in spans(venue, follows) if start == 0]
        if not ends:
            return _at(follows, 0)
        if ends[0] < hours.DAY:
            return _at(follows, ends[0])
    return None


def _at(day: date, minute: int) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=clock.zone())
    return midnight + timedelta(minutes=minute)


def open_minutes(venue: Venue, first: date, last: date) -> int:
    """How long it was to be open from one day to another, both counted."""
    days = (last - first).days + 1
    found = (spans(venue, first + timedelta(days=n)) for n in range(days))
    return sum(end - start for one in found for start, end in one)
