"""Weeks and days of venues as pages show them: free stretches, what is taken, what is closed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.bookings import queries, slots, states
from mulin.bookings.models import Booking
from mulin.kernel import clock, registry
from mulin.places.models import Venue
from mulin.places.venues import opening, words

WEEK = 7
DAY_SHEET = (7 * 60, 22 * 60)
SHORTEST = 15  # minutes; a free stretch that is shorter cannot be booked


@dataclass(slots=True)
class Stretch:
    """A part of a day. `kind`: free, taken, own, past. `start`, `end`: minutes of the day."""

    kind: str
    start: int
    end: int
    title: str = ""
    booking: Booking | None = None
    url: str = ""

    @property
    def hours(self) -> str:
        return f"{words.time_text(self.start)}–{words.time_text(self.end)}"

    @property
    def starts(self) -> str:
        return f"{self.start // 60:02d}:{self.start % 60:02d}"


@dataclass(slots=True)
class Day:
    """One day of a venue: why it is closed, or its stretches in order."""

    day: date
    heading: str
    is_today: bool
    is_past: bool
    closed: str = ""
    open_hours: str = ""
    stretches: list[Stretch] = field(default_factory=list)

    @property
    def iso(self) -> str:
        return self.day.isoformat()


def monday_of(text: str) -> date:
    """The Monday of the week that a day of an address lies in; this week for none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = clock.today()
    if not 2000 <= day.year <= 2100:
        day = clock.today()
    return day - timedelta(days=day.weekday())


def day_of(text: str) -> date:
    """A day of an address; today for none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return clock.today()
    return day if 2000 <= day.year <= 2100 else clock.today()


def week(venue: Venue, monday: date, *, own: Iterable[UUID] = (), staff: bool = False) -> list[Day]:
    """Seven days of a venue. Residents read titles of what is public; `staff` reads all; `own`: ids of
    bookings of who looks."""
    rows = queries.of_venues(
        [venue.pk], queries.midnight(monday), queries.midnight(monday + timedelta(days=WEEK))
    )
    found = list(rows)
    links = links_of(found)
    return [
        one_day(venue, monday + timedelta(days=n), found, links, own=set(own), staff=staff)
        for n in range(WEEK)
    ]


def one_day(
    venue: Venue,
    day: date,
    bookings: Iterable[Booking],
    links: dict[UUID, str] | None = None,
    *,
    own: set[UUID] = frozenset(),
    staff: bool = False,
) -> Day:
    """A day of a venue with the bookings that touch it."""
    today = clock.today()
    shown = Day(day, words.day_heading(day), day == today, day < today)
    shut = opening.closed(venue, day)
    spans = [] if shut else opening.spans(venue, day)
    shown.closed = words.closed_text(shut) if shut else ""
    shown.open_hours = words.spans_text(spans) if spans else ""
    taken = sorted(_taken(day, bookings, links or {}, own, staff), key=lambda one: one.start)
    shown.stretches = _between(spans, taken, _gone(day))
    return shown


def _taken(day: date, bookings, links: dict[UUID, str], own: set[UUID], staff: bool) -> Iterable[Stretch]:
    first = queries.midnight(day)
    for one in bookings:
        start = max(int((one.starts_at - first).total_seconds() // 60), 0)
        end = min(int((one.ends_at - first).total_seconds() // 60), 1440)
        if start < end:
            is_own = one.pk in own
            title = staff_title(one) if staff else public_title(one)
            if is_own and not title:
                title = _("我的预约")
            yield Stretch(
                "own" if is_own else "taken",
                start,
                end,
                title,
                one,
                links.get(one.subject, "") if title else "",
            )


def _gone(day: date) -> int:
    """The minute of a day up to which it is over."""
    now = clock.now().astimezone(clock.zone())
    if day < now.date():
        return 1440
    return now.hour * 60 + now.minute + 1 if day == now.date() else 0


def _between(spans: list[tuple[int, int]], taken: list[Stretch], gone: int) -> list[Stretch]:
    """What is taken, with the free stretches of the open hours in between, in order."""
    found = list(taken)
    for start, end in spans:
        at = start
        for one in [*taken, Stretch("", end, end)]:
            if one.end <= start or one.start > end:
                continue
            found += _free(at, min(one.start, end), gone)
            at = max(at, one.end)
    return sorted(found, key=lambda one: one.start)


def _free(start: int, end: int, gone: int) -> list[Stretch]:
    """A free stretch, in two where part of it is over; free time begins with a whole quarter."""
    if end <= start:
        return []
    cut = min(max(start, -(-gone // SHORTEST) * SHORTEST), end)
    past = [Stretch("past", start, cut)] if cut > start else []
    return past + ([Stretch("free", cut, end)] if end - cut >= SHORTEST else [])


def public_title(booking: Booking) -> str:
    """What everybody may read of a booking; empty where it is nobody's business."""
    if booking.what in states.PUBLIC_WHAT:
        return booking.title or str(states.WHAT_WORDS[booking.what])
    return booking.title if booking.what == "room" else ""


def staff_title(booking: Booking) -> str:
    """What who looks after the rooms reads: what for, by which group."""
    if booking.what != "room":
        return booking.title or str(states.WHAT_WORDS.get(booking.what, booking.what))
    return booking.title or booking.note or str(booking.org or "")


def who(booking: Booking) -> str:
    """For whom a room is booked, for who looks after it."""
    if booking.org_id:
        return str(booking.org)
    if booking.who:
        return booking.who
    return str(booking.account) if booking.account_id else ""


def links_of(bookings: Iterable[Booking]) -> dict[UUID, str]:
    """Pages of what bookings are for, by its id. Modules give them as providers `bookings.links.<what>`,
    which take ids and give `{id: address}` of what is public."""
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for one in bookings:
        if one.subject:
            wanted[one.what].add(one.subject)
    found: dict[UUID, str] = {}
    for what, ids in wanted.items():
        if provider := registry.providers().get(f"bookings.links.{what}"):
            found |= provider(ids)
    return found


def span_text(starts_at: datetime, ends_at: datetime) -> str:
    """`周三 11月25日 9:00–10:30`."""
    zone = clock.zone()
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    first = f"{words.day_heading(start.date())} {start.hour}:{start.minute:02d}"
    if end.date() == start.date():
        return f"{first}–{end.hour}:{end.minute:02d}"
    if end - start.replace(hour=0, minute=0) == timedelta(days=1):
        return f"{first}–24:00"
    return f"{first}–{words.day_heading(end.date())} {end.hour}:{end.minute:02d}"


def booking_row(booking: Booking, venues: dict[UUID, Venue]) -> dict[str, Any]:
    """A booking as a line of a list."""
    venue = venues.get(booking.resource.ref)
    return {
        "number": booking.number,
        "when": span_text(booking.starts_at, booking.ends_at),
        "venue": venue.name if venue else booking.resource.title,
        "state": states.badge(booking.state),
        "title": staff_title(booking),
        "who": who(booking),
        "what": str(states.WHAT_WORDS.get(booking.what, booking.what)),
        "is_room": booking.what == "room",
        "org": str(booking.org) if booking.org_id else "",
        "is_over": slots.is_over(booking),
    }


# The desk's calendars ----------------------------------------------------------------------------------


@dataclass(slots=True)
class Cell:
    """A cell of the day's sheet. `kind`: taken, free, shut, past; `rows`: how many lines it goes down."""

    kind: str
    rows: int
    hours: str = ""
    title: str = ""
    who: str = ""
    number: str = ""
    starts: str = ""
    state: str = ""


def day_sheet(venues: list[Venue], day: date) -> dict[str, Any]:
    """All rooms of a day beside each other: a line for each hour and for each change. What is open at night
    is shown from seven to ten in the evening, unless somebody has it earlier or later."""
    first = queries.midnight(day)
    bookings = defaultdict(list)
    for one in queries.of_venues([v.pk for v in venues], first, first + timedelta(days=1)):
        bookings[one.resource.ref].append(one)
    days = {venue.pk: one_day(venue, day, bookings[venue.pk], staff=True) for venue in venues}
    taken = [one for shown in days.values() for one in shown.stretches if one.booking]
    early = min((one.start for one in taken), default=DAY_SHEET[0])
    late = max((one.end for one in taken), default=DAY_SHEET[1])
    for shown in days.values():
        shown.stretches = _within(shown.stretches, min(early, DAY_SHEET[0]), max(late, DAY_SHEET[1]))
    every = [one for shown in days.values() for one in shown.stretches]
    low = min((one.start for one in every), default=9 * 60) // 60 * 60
    high = -(-max((one.end for one in every), default=18 * 60) // 60) * 60
    marks = {*range(low, high + 1, 60)} | {edge for one in every for edge in (one.start, one.end)}
    lines = sorted(marks)
    cells = {venue.pk: _column(days[venue.pk].stretches, lines) for venue in venues}
    return {
        "venues": [
            {"name": venue.name, "number": venue.number, "closed": days[venue.pk].closed} for venue in venues
        ],
        "lines": [
            {
                "time": words.time_text(minute),
                "is_hour": minute % 60 == 0,
                "cells": [
                    {"cell": cells[venue.pk][minute], "number": venue.number}
                    for venue in venues
                    if minute in cells[venue.pk]
                ],
            }
            for minute in lines[:-1]
        ],
    }


def _within(stretches: list[Stretch], low: int, high: int) -> list[Stretch]:
    """The part of the stretches between two minutes."""
    found = [one for one in stretches if one.end > low and one.start < high]
    for one in found:
        one.start, one.end = max(one.start, low), min(one.end, high)
    return found


def _column(stretches: list[Stretch], lines: list[int]) -> dict[int, Cell]:
    """The cells of one room by the line they begin at."""
    at = {minute: n for n, minute in enumerate(lines)}
    column: dict[int, Cell] = {}
    done = lines[0]
    for one in [*stretches, Stretch("", lines[-1], lines[-1])]:
        if one.start > done:
            column[done] = Cell("shut", at[one.start] - at[done])
        if one.end > one.start:
            column[one.start] = _cell(one, at[one.end] - at[one.start])
        done = max(done, one.end)
    return column


def _cell(one: Stretch, rows: int) -> Cell:
    if one.booking is None:
        return Cell(one.kind, rows, one.hours, starts=one.starts)
    return Cell(
        "taken", rows, one.hours, one.title, who(one.booking), one.booking.number,
        state="asked" if one.booking.state == "asked" else "",
    )  # fmt: skip


def week_sheet(venues: list[Venue], monday: date) -> list[dict[str, Any]]:
    """All rooms of a week below each other, a cell a day."""
    since, until = queries.midnight(monday), queries.midnight(monday + timedelta(days=WEEK))
    bookings = defaultdict(list)
    for one in queries.of_venues([venue.pk for venue in venues], since, until):
        bookings[one.resource.ref].append(one)
    rows = []
    for venue in venues:
        days = [
            one_day(venue, monday + timedelta(days=n), bookings[venue.pk], staff=True) for n in range(WEEK)
        ]
        for shown in days:
            shown.stretches = [one for one in shown.stretches if one.booking]
        rows.append({"name": venue.name, "number": venue.number, "days": days})
    return rows
