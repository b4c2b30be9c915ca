"""Every rule that a solution breaks, by name. Pure, and apart from the solver: it reads the instance,
minute by minute, and shares none of the solver's short cuts. Format: docs/timetable.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mulin.academy.timetable import week
from mulin.academy.timetable.instance import Instance, Order, Teacher, Venue
from mulin.academy.timetable.reading import Fields
from mulin.academy.timetable.week import day_of, end_of, time_of

SOLUTION_FORMAT = "mulin-timetable-solution/1"
CLASHES = ("venue_clash", "teacher_clash", "group_clash", "person_clash")


@dataclass(frozen=True, slots=True)
class Placed:
    """A session as the solution's file says it."""

    order: str
    venue: str
    teacher: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Broken:
    """`rule` is a code of docs/timetable.md, `where` the sessions, `said` what is wrong, with figures."""

    rule: str
    where: tuple[str, ...]
    said: str

    def __str__(self) -> str:
        return f"{self.rule}  {', '.join(self.where)}  {self.said}"


@dataclass(frozen=True, slots=True)
class Read:
    """What is checked of a solution."""

    sessions: tuple[Placed, ...]
    refused: tuple[str, ...]
    served: int
    wishes: int


def read_solution(given: Any) -> Read:
    """Raises TimetableError, which names the field. What a solution explains is not read."""
    fields = Fields(given, "")
    if fields.text("format") != SOLUTION_FORMAT:
        raise fields.wrong("format", f"must be {SOLUTION_FORMAT!r}")
    return Read(
        fields.many("sessions", _placed), fields.many("refused", _refused),
        fields.whole("served", 0, 10**9), fields.whole("wishes", 0, 10**9),
    )  # fmt: skip


def _placed(fields: Fields) -> Placed:
    day = fields.whole("day", 1, week.DAYS)
    times = []
    for name in ("from", "to"):
        minute = week.minute_of(fields.text(name))
        if minute is None:
            raise fields.wrong(name, "must be a time such as 09:30")
        times.append(week.moment(day, minute))
    fields.asked |= {"asked", "is_pinned"}
    return Placed(fields.text("order"), fields.text("venue"), fields.text("teacher", ""), *times)


def _refused(fields: Fields) -> str:
    fields.asked |= set(fields.given)
    return fields.text("order")


def check(instance: Instance, solution: Read) -> list[Broken]:
    """All broken rules; none means that the week can be held as it stands."""
    known, found = [], []
    for one in solution.sessions:
        missing = _unknown(instance, one)
        found += missing
        if not missing:
            known.append(one)
    found += _complete(instance, solution)
    despite = {pin.order: pin.despite for pin in instance.pinned}
    for one in known:
        aside = despite.get(one.order, frozenset())
        found += [broken for name, broken in _alone(instance, one) if name not in aside]
    found += _pinned(instance, known)
    found += _together(instance, known)
    return found


def _unknown(instance: Instance, one: Placed) -> list[Broken]:
    names = (
        ("order", one.order, instance.order_at), ("venue", one.venue, instance.venue_at),
        ("teacher", one.teacher, instance.teacher_at | {"": 0}),
    )  # fmt: skip
    return [
        Broken(f"unknown_{name}", (one.order,), f"there is no {name} {value!r}")
        for name, value, known in names
        if value not in known
    ]


def _complete(instance: Instance, solution: Read) -> Iterator[Broken]:
    """Every order once, served or refused, and the figures at the head right."""
    times: dict[str, list[str]] = {one.id: [] for one in instance.orders}
    for one in solution.sessions:
        times.setdefault(one.order, []).append("served")
    for order in solution.refused:
        if order not in instance.order_at:
            yield Broken("unknown_order", (order,), f"there is no order {order!r}")
        else:
            times[order].append("refused")
    for order, said in times.items():
        if not said:
            yield Broken("forgotten", (order,), "is neither served nor refused")
        elif len(said) > 1:
            yield Broken("twice", (order,), f"is there {len(said)} times: {', '.join(said)}")
    for name, value, right in (
        ("served", solution.served, len(solution.sessions)),
        ("wishes", solution.wishes, len(instance.orders)),
    ):
        if value != right:
            yield Broken("figures", (name,), f"says {value}, counted {right}")


def _alone(instance: Instance, one: Placed) -> Iterator[tuple[str, Broken]]:
    """Rules that a session breaks by itself, each with the name by which a pin may put it aside."""
    order = instance.orders[instance.order_at[one.order]]
    venue = instance.venues[instance.venue_at[one.venue]]

    def broken(name: str, rule: str, said: str) -> tuple[str, Broken]:
        return name, Broken(rule, (one.order,), said)

    if one.begin % instance.grid:
        yield broken("", "off_grid", f"begins at {time_of(one.begin)}, not on {instance.grid} minutes")
    if one.end - one.begin != order.minutes:
        yield broken("", "length", f"lasts {one.end - one.begin} minutes instead of {order.minutes}")
    if not week.holds(week.merged(order.slots), one.begin, one.end):
        yield broken(
            "slots", "outside_slots", f"day {day_of(one.begin)} {_span(one)} is in none of its slots"
        )
    if not week.holds(venue.hours, one.begin, one.end):
        yield broken("hours", "venue_closed", f"{venue.id} is closed in day {day_of(one.begin)} {_span(one)}")
    if order.size > venue.capacity:
        yield broken("capacity", "too_small", f"{order.size} people, {venue.id} holds {venue.capacity}")
    if missing := sorted(order.equipment - venue.equipment):
        yield broken("equipment", "no_equipment", f"{venue.id} has no {', '.join(missing)}")
    if venue.place not in order.places:
        yield broken("reach", "out_of_reach", f"{venue.id} is in {venue.place}, where it would not go")
    for rule, said in _owner(venue, order, one):
        yield broken("owner", rule, said)
    yield from (broken(*parts) for parts in _teaching(instance, order, one))


def _owner(venue: Venue, order: Order, one: Placed) -> Iterator[tuple[str, str]]:
    rules = venue.rules
    if rules.ages and order.age not in rules.ages:
        yield "owner_age", f"{venue.id} is not for {order.age}"
    if rules.places and order.place not in rules.places:
        yield "owner_place", f"{venue.id} is not for {order.place}"
    if order.theme in rules.not_themes or (rules.themes and order.theme not in rules.themes):
        yield "owner_theme", f"{venue.id} is not for {order.theme}"
    if order.size < rules.least_size:
        yield "owner_size", f"{order.size} people, {venue.id} is given from {rules.least_size}"
    if order.is_loud and week.overlaps(rules.quiet, one.begin, one.end):
        yield "owner_quiet", f"{venue.id} must be quiet in day {day_of(one.begin)} {_span(one)}"


def _teaching(instance: Instance, order: Order, one: Placed) -> Iterator[tuple[str, str, str]]:
    if not one.teacher:
        if order.skill:
            yield "teacher_skill", "no_teacher", f"needs somebody for {order.skill}"
        return
    teacher: Teacher = instance.teachers[instance.teacher_at[one.teacher]]
    if not order.skill:
        yield "teacher_skill", "needless_teacher", f"needs no teacher, has {teacher.id}"
    elif order.skill not in teacher.skills:
        yield "teacher_skill", "no_skill", f"{teacher.id} does not teach {order.skill}"
    if teacher.places and order.place not in teacher.places:
        yield "teacher_skill", "teacher_place", f"{teacher.id} does not teach for {order.place}"
    if not week.holds(teacher.times, one.begin, one.end):
        yield (
            "teacher_times",
            "teacher_away",
            f"{teacher.id} has no time on day {day_of(one.begin)} {_span(one)}",
        )


def _pinned(instance: Instance, sessions: list[Placed]) -> Iterator[Broken]:
    there = {one.order: one for one in sessions}
    for pin in instance.pinned:
        one = there.get(pin.order)
        if one is None or (one.venue, one.teacher, one.begin) != (pin.venue, pin.teacher, pin.begin):
            said = f"is pinned to {pin.venue}, day {day_of(pin.begin)} {time_of(pin.begin)}"
            yield Broken("pin_moved", (pin.order,), said + (f", {pin.teacher}" if pin.teacher else ""))


def _together(instance: Instance, sessions: list[Placed]) -> Iterator[Broken]:
    """Clashes, and limits a day and a week."""
    users: dict[tuple[str, str], list[Placed]] = {}
    for one in sessions:
        order = instance.orders[instance.order_at[one.order]]
        users.setdefault(("venue", one.venue), []).append(one)
        if one.teacher:
            users.setdefault(("teacher", one.teacher), []).append(one)
        for kind, keys in (("group", order.groups), ("person", order.people)):
            for key in keys:
                users.setdefault((kind, key), []).append(one)
    groups = {one.id: one for one in instance.groups}
    aside = {pin.order: pin.despite for pin in instance.pinned}
    for (kind, key), some in sorted(users.items()):
        limits: Any = groups.get(key) if kind == "group" else None
        if kind == "venue":
            limits = instance.venues[instance.venue_at[key]].rules
        elif kind == "teacher":
            limits = instance.teachers[instance.teacher_at[key]]
        pause = getattr(limits, "pause", 0)
        yield from _clashes(kind, key, pause, sorted(some, key=lambda one: (one.begin, one.end, one.order)))
        if limits is not None:
            counted = [one for one in some if f"{kind}_most" not in aside.get(one.order, ())]
            yield from _too_many(kind, key, limits, counted)


def _clashes(kind: str, key: str, pause: int, some: list[Placed]) -> Iterator[Broken]:
    latest = some[0]
    for one in some[1:]:
        if one.begin < latest.end + pause:
            rest = f" and {pause} minutes of pause" if pause and one.begin >= latest.end else ""
            until, begin = _span(latest)[-5:], time_of(one.begin)
            said = f"{key} has {latest.order} until {until}{rest}, {one.order} from {begin}"
            yield Broken(f"{kind}_clash", (latest.order, one.order), f"day {day_of(one.begin)}: {said}")
        if one.end > latest.end:
            latest = one


def _too_many(kind: str, key: str, limits: Any, some: list[Placed]) -> Iterator[Broken]:
    days: dict[int, list[str]] = {}
    for one in some:
        days.setdefault(day_of(one.begin), []).append(one.order)
    for day, orders in sorted(days.items()):
        if limits.day_most is not None and len(orders) > limits.day_most:
            said = f"{key} has {len(orders)} sessions on day {day}, at most {limits.day_most}"
            yield Broken(f"{kind}_day_most", tuple(sorted(orders)), said)
    if limits.week_most is not None and len(some) > limits.week_most:
        said = f"{key} has {len(some)} sessions in the week, at most {limits.week_most}"
        yield Broken(f"{kind}_week_most", tuple(sorted(one.order for one in some)), said)


def _span(one: Placed) -> str:
    return f"{time_of(one.begin)}–{end_of(one.begin, one.end - one.begin)}"
