"""When in the week something may be had. Pure, in local time.

A window is `{"day": 1..7 (Monday is 1), "from": "18:00", "to": "08:00"}`; an end at or before the start is on
the next day, "24:00" is midnight.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo

Window = Mapping[str, object]
_CLOCK = re.compile(r"^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$")
MOST = 42


def minutes_of(text: str) -> int:
    """`18:30` as minutes of the day; ValueError for anything else."""
    if not _CLOCK.match(text):
        raise ValueError(text)
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def checked(windows: Iterable[Window]) -> list[dict[str, object]]:
    """The same in order, each once. ValueError for what is no window, for none, and for too many."""
    found = {}
    for one in windows:
        day, begins, ends = int(str(one["day"])), str(one["from"]), str(one["to"])
        if not 1 <= day <= 7 or minutes_of(begins) >= 1440:
            raise ValueError(one)
        minutes_of(ends)
        found[(day, begins, ends)] = {"day": day, "from": begins, "to": ends}
    if not 1 <= len(found) <= MOST:
        raise ValueError("windows")
    return [found[key] for key in sorted(found)]


Span = tuple[datetime, datetime]


def spans(windows: Iterable[Window], first: date, last: date, zone: tzinfo) -> list[Span]:
    """Stretches of real time from the night before `first` to `last`, those that touch joined."""
    windows, found = list(windows), []
    day = first - timedelta(days=1)
    while day <= last:
        midnight = datetime.combine(day, time(), zone)
        for one in windows:
            if one["day"] != day.isoweekday():
                continue
            begins, ends = minutes_of(str(one["from"])), minutes_of(str(one["to"]))
            ends += 1440 if ends <= begins else 0
            found.append((midnight + timedelta(minutes=begins), midnight + timedelta(minutes=ends)))
        day += timedelta(days=1)
    joined: list[Span] = []
    for begins, ends in sorted(found):
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((begins, ends))
    return joined


def covers(windows: Iterable[Window], starts: datetime, ends: datetime, zone: tzinfo) -> bool:
    """Whether it may be had all that time."""
    begins, over = starts.astimezone(zone), ends.astimezone(zone)
    return any(
        first <= begins and over <= last for first, last in spans(windows, begins.date(), over.date(), zone)
    )


def grouped(windows: Iterable[Window]) -> list[tuple[list[int], str, str, bool]]:
    """(days, from, to, whether it ends the next day) for saying it: days with the same hours together."""
    hours: dict[tuple[str, str], list[int]] = {}
    for one in windows:
        hours.setdefault((str(one["from"]), str(one["to"])), []).append(int(str(one["day"])))
    return [
        (sorted(days), begins, ends, minutes_of(ends) <= minutes_of(begins))
        for (begins, ends), days in hours.items()
    ]
