"""What a week is planned from: venues, teachers, groups, orders, pinned sessions, fairness. Pure.

Times are minutes of the week (week.py). Format of the file: docs/timetable.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from mulin.academy.timetable.week import Window

FORMAT = "mulin-timetable/1"
# Rules that a clerk who pins a session may put aside, by name. Nothing puts a clash aside.
MAY_BE_PUT_ASIDE = (
    "slots", "hours", "capacity", "equipment", "reach", "owner", "teacher_times", "teacher_skill",
    "venue_most", "teacher_most", "group_most",
)  # fmt: skip


class TimetableError(ValueError):
    """The file cannot be used; the message says where."""


@dataclass(frozen=True, slots=True)
class OwnerRules:
    """What the owner of a venue asks. None is no limit, an empty list of ages or places allows all."""

    ages: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    not_themes: tuple[str, ...] = ()
    quiet: tuple[Window, ...] = ()
    least_size: int = 0
    pause: int = 0
    day_most: int | None = None
    week_most: int | None = None


@dataclass(frozen=True, slots=True)
class Venue:
    id: str
    place: str
    hours: tuple[Window, ...]
    capacity: int
    equipment: frozenset[str] = frozenset()
    rules: OwnerRules = OwnerRules()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Teacher:
    """`places` are the communities whose orders the teacher takes; empty is all."""

    id: str
    skills: frozenset[str]
    times: tuple[Window, ...]
    places: tuple[str, ...] = ()
    pause: int = 0
    day_most: int | None = None
    week_most: int | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    day_most: int | None = None
    week_most: int | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One wish for one session in the week, at any time inside `slots` (the dearest first). `places` are
    those it would go to, its own first; with `skill` it needs a teacher; `people` are opaque keys of
    persons who cannot be elsewhere meanwhile."""

    id: str
    place: str
    places: tuple[str, ...]
    size: int
    minutes: int
    slots: tuple[Window, ...]
    age: str
    theme: str
    skill: str = ""
    equipment: frozenset[str] = frozenset()
    groups: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    is_loud: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Pin:
    """A session that stays where it is. `despite` names rules that whoever pinned it put aside."""

    order: str
    venue: str
    begin: int
    teacher: str = ""
    despite: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Instance:
    """Orders stand in the order in which they were asked; first come, first served goes by it."""

    venues: tuple[Venue, ...]
    teachers: tuple[Teacher, ...]
    groups: tuple[Group, ...]
    orders: tuple[Order, ...]
    pinned: tuple[Pin, ...] = ()
    age_weights: dict[str, int] = field(default_factory=dict)
    theme_weights: dict[str, int] = field(default_factory=dict)
    grid: int = 30
    week: str = ""

    @cached_property
    def venue_at(self) -> dict[str, int]:
        return {one.id: at for at, one in enumerate(self.venues)}

    @cached_property
    def teacher_at(self) -> dict[str, int]:
        return {one.id: at for at, one in enumerate(self.teachers)}

    @cached_property
    def order_at(self) -> dict[str, int]:
        return {one.id: at for at, one in enumerate(self.orders)}


def lets_in(venue: Venue, order: Order) -> bool:
    """Does the owner let this order in at all, whatever the hour?"""
    rules = venue.rules
    return (
        (not rules.ages or order.age in rules.ages)
        and (not rules.places or order.place in rules.places)
        and (not rules.themes or order.theme in rules.themes)
        and order.theme not in rules.not_themes
        and order.size >= rules.least_size
    )


def teaches(teacher: Teacher, order: Order) -> bool:
    return order.skill in teacher.skills and (not teacher.places or order.place in teacher.places)
