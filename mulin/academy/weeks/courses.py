"""From single orders to courses: who wants the same, for the same age, and can come at the same time. Pure.

Of the orders that ask for the same, the hour is sought at which most people can come; those are one course,
and what is left is gathered in the same way. A course may lie at every time that suits all of its orders, so
nobody is put into a course at an hour that was not offered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mulin.academy.timetable import week
from mulin.academy.timetable.week import Window


@dataclass(frozen=True, slots=True)
class Asked:
    """One order: `people` want it together; `key` orders go together only with the same key (community,
    theme, age, club). `slots` empty: any time inside `usual`."""

    number: str
    key: tuple[str, ...]
    people: int
    minutes: int
    slots: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """One wish for one session a week. `slots` suit every order in it."""

    key: tuple[str, ...]
    numbers: tuple[str, ...]
    people: int
    minutes: int
    slots: tuple[Window, ...]


def gather(
    orders: Iterable[Asked], *, usual: tuple[Window, ...], most: int, least: int, grid: int
) -> tuple[list[Course], list[Course]]:
    """Courses, and groups that are still too small (fewer than `least` people). Every order is in exactly
    one of them. `most`: people in one course; an order that is larger alone stays whole."""
    by_key: dict[tuple[str, ...], list[Asked]] = {}
    for one in orders:
        by_key.setdefault(one.key, []).append(one)
    courses: list[Course] = []
    small: list[Course] = []
    for key, some in by_key.items():
        for course in _courses(key, some, usual, most, grid):
            (courses if course.people >= least else small).append(course)
    return courses, small


def _courses(
    key: tuple[str, ...], orders: list[Asked], usual: tuple[Window, ...], most: int, grid: int
) -> Iterable[Course]:
    minutes = _length(orders)
    starts = {one.number: _starts(one, usual, minutes, grid) for one in orders}
    waiting = [one for one in orders if starts[one.number]]
    # An order whose own windows are too short is asked for as it is: the plan then says why it cannot be.
    for one in orders:
        if not starts[one.number]:
            yield Course(key, (one.number,), one.people, minutes, one.slots or usual)
    while waiting:
        begin = _best(waiting, starts)
        together = _fill([one for one in waiting if begin in starts[one.number]], most)
        shared = set.intersection(*(starts[one.number] for one in together))
        taken = {one.number for one in together}
        waiting = [one for one in waiting if one.number not in taken]
        yield Course(
            key, tuple(one.number for one in together), sum(one.people for one in together), minutes,
            windows_of(shared, minutes, grid),
        )  # fmt: skip


def _length(orders: list[Asked]) -> int:
    """The length most people ask for; among equals the shorter."""
    wanted: dict[int, int] = {}
    for one in orders:
        wanted[one.minutes] = wanted.get(one.minutes, 0) + one.people
    return max(sorted(wanted), key=lambda minutes: wanted[minutes])


def _starts(one: Asked, usual: tuple[Window, ...], minutes: int, grid: int) -> set[int]:
    return set(week.starts(week.merged(one.slots or usual), minutes, grid))


def _best(waiting: list[Asked], starts: dict[str, set[int]]) -> int:
    """The start at which most people can come; among equals the earliest."""
    people: dict[int, int] = {}
    for one in waiting:
        for begin in starts[one.number]:
            people[begin] = people.get(begin, 0) + one.people
    return max(sorted(people), key=lambda begin: people[begin])


def _fill(some: list[Asked], most: int) -> list[Asked]:
    """In the order of asking, as many as one course holds; at least one."""
    found: list[Asked] = []
    people = 0
    for one in some:
        if not found or people + one.people <= most:
            found.append(one)
            people += one.people
    return found


def windows_of(starts: Iterable[int], minutes: int, grid: int) -> tuple[Window, ...]:
    """The windows in which exactly these starts are possible on the grid."""
    found: list[Window] = []
    last = None
    for begin in sorted(starts):
        if last is not None and begin - last == grid and begin // week.DAY == last // week.DAY:
            found[-1] = (found[-1][0], begin + minutes)
        else:
            found.append((begin, begin + minutes))
        last = begin
    return tuple(found)


def without(windows: tuple[Window, ...], taken: Iterable[Window]) -> tuple[Window, ...]:
    """What is left of windows when some times are taken."""
    left = list(week.merged(windows))
    for begin, end in sorted(taken):
        rest: list[Window] = []
        for one, until in left:
            if end <= one or until <= begin:
                rest.append((one, until))
                continue
            if one < begin:
                rest.append((one, begin))
            if end < until:
                rest.append((end, until))
        left = rest
    return tuple(left)


def windows_in(given: Iterable[dict[str, object]]) -> tuple[Window, ...]:
    """Windows of records (`{"day": 1, "from": "09:00", "to": "21:00"}`); what cannot be read is left out."""
    found = []
    for one in given:
        day = one.get("day")
        begin, end = (week.minute_of(str(one.get(name, ""))) for name in ("from", "to"))
        if isinstance(day, int) and 1 <= day <= week.DAYS and begin is not None and end is not None:
            if begin < end:
                found.append((week.moment(day, begin), week.moment(day, end)))
    return tuple(found)


def written(windows: Iterable[Window]) -> list[dict[str, object]]:
    """The same, the other way round."""
    return [
        {"day": week.day_of(begin), "from": week.time_of(begin), "to": week.end_of(begin, end - begin)}
        for begin, end in windows
    ]
