"""Where and when each order could stand, and what stands where already. Pure.

The week is cut into cells of the grid; what a venue, a teacher or a group does is one integer with a bit a
cell, so that "is it free" is one `&`. Sessions begin on the grid, so a pause that is rounded up to cells
loses nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from mulin.academy.timetable import week
from mulin.academy.timetable.instance import Instance, Order, Teacher, Venue, lets_in, teaches

NOBODY = -1


@dataclass(frozen=True, slots=True)
class Session:
    """An order at a venue from `begin`; venue and teacher are positions in the instance."""

    venue: int
    begin: int
    teacher: int = NOBODY


@dataclass(frozen=True, slots=True)
class Choice:
    """Venues and teachers that an order could have at one start; `teachers` is (NOBODY,) where none is
    needed."""

    venues: tuple[int, ...]
    teachers: tuple[int, ...]


@dataclass(slots=True)
class Places:
    """All choices of all orders before anything is placed, those that an order likes best first."""

    instance: Instance
    choices: list[dict[int, Choice]]
    crowds: list[tuple[str, ...]] = field(default_factory=list)

    def mask(self, minutes: int, begin: int) -> int:
        cells = -(-minutes // self.instance.grid)
        return ((1 << cells) - 1) << begin // self.instance.grid

    def venue_mask(self, order: int, session: Session) -> int:
        pause = self.instance.venues[session.venue].rules.pause
        return self.mask(self.instance.orders[order].minutes + pause, session.begin)

    def teacher_mask(self, order: int, session: Session) -> int:
        pause = self.instance.teachers[session.teacher].pause
        return self.mask(self.instance.orders[order].minutes + pause, session.begin)

    def crowd_mask(self, order: int, begin: int) -> int:
        return self.mask(self.instance.orders[order].minutes, begin)


def crowds_of(order: Order) -> tuple[str, ...]:
    """Groups and persons that come; a prefix keeps a group apart from a person of the same key."""
    return tuple(f"g{one}" for one in order.groups) + tuple(f"p{one}" for one in order.people)


def find_places(instance: Instance) -> Places:
    by_place: dict[str, list[int]] = {}
    for at, venue in enumerate(instance.venues):
        by_place.setdefault(venue.place, []).append(at)
    skilled: dict[str, list[int]] = {}
    for at, teacher in enumerate(instance.teachers):
        for skill in teacher.skills:
            skilled.setdefault(skill, []).append(at)
    choices = []
    for order in instance.orders:
        reach = [at for place in order.places for at in by_place.get(place, ())]
        # The smallest first: what a careful clerk would give.
        rooms = sorted(
            (at for at in reach if suits(instance.venues[at], order)),
            key=lambda at: (instance.venues[at].capacity, at),
        )
        people = [at for at in skilled.get(order.skill, ()) if teaches(instance.teachers[at], order)]
        choices.append(_choices(instance, order, rooms, people))
    return Places(instance, choices, [crowds_of(order) for order in instance.orders])


def suits(venue: Venue, order: Order) -> bool:
    """Could the order be held here at some hour?"""
    return venue.capacity >= order.size and order.equipment <= venue.equipment and lets_in(venue, order)


def is_open(venue: Venue, order: Order, begin: int) -> bool:
    end = begin + order.minutes
    return week.holds(venue.hours, begin, end) and not (
        order.is_loud and week.overlaps(venue.rules.quiet, begin, end)
    )


def has_time(teacher: Teacher, order: Order, begin: int) -> bool:
    return week.holds(teacher.times, begin, begin + order.minutes)


def _liking(order: Order, begin: int) -> int:
    """Which of its windows, in the order of liking, a start lies in."""
    return next(at for at, (left, right) in enumerate(order.slots) if left <= begin < right)


def _choices(instance: Instance, order: Order, rooms: list[int], people: list[int]) -> dict[int, Choice]:
    found = {}
    for begin in sorted(
        week.starts(week.merged(order.slots), order.minutes, instance.grid),
        key=lambda begin: (_liking(order, begin), begin),
    ):
        venues = tuple(at for at in rooms if is_open(instance.venues[at], order, begin))
        teachers: tuple[int, ...] = (NOBODY,)
        if order.skill:
            teachers = tuple(at for at in people if has_time(instance.teachers[at], order, begin))
        if venues and teachers:
            found[begin] = Choice(venues, teachers)
    return found


class Board:
    """A week being filled: who stands where, and what is taken."""

    def __init__(self, places: Places):
        self.places, self.instance = places, places.instance
        self.sessions: dict[int, Session] = {}
        self.venues = [0] * len(self.instance.venues)
        self.teachers = [0] * len(self.instance.teachers)
        self.crowds: Counter[str] = Counter()
        self._counts: Counter[tuple] = Counter()
        self._groups = {f"g{one.id}": one for one in self.instance.groups}

    def copy(self) -> Board:
        other = Board.__new__(Board)
        other.__dict__.update(self.__dict__)
        other.sessions, other.venues = dict(self.sessions), list(self.venues)
        other.teachers, other.crowds = list(self.teachers), Counter(self.crowds)
        other._counts = Counter(self._counts)
        return other

    def put(self, order: int, session: Session) -> None:
        self._change(order, session, 1)
        self.sessions[order] = session

    def take(self, order: int) -> Session:
        session = self.sessions.pop(order)
        self._change(order, session, -1)
        return session

    def _change(self, order: int, session: Session, sign: int) -> None:
        places = self.places
        self.venues[session.venue] += sign * places.venue_mask(order, session)
        self._count(("v", session.venue), session.begin, sign)
        if session.teacher != NOBODY:
            self.teachers[session.teacher] += sign * places.teacher_mask(order, session)
            self._count(("t", session.teacher), session.begin, sign)
        for crowd in places.crowds[order]:
            self.crowds[crowd] += sign * places.crowd_mask(order, session.begin)
            self._count(("c", crowd), session.begin, sign)

    def _count(self, who: tuple, begin: int, sign: int) -> None:
        self._counts[who] += sign
        self._counts[(*who, week.day_of(begin))] += sign

    def has_room(self, who: tuple, begin: int, limits) -> bool:
        """Is one more session within the limits a day and a week?"""
        return self.room_left(who, week.day_of(begin), limits.day_most) and self.room_left(
            who, None, limits.week_most
        )

    def room_left(self, who: tuple, day: int | None, most: int | None) -> bool:
        return most is None or self.left(who, day, most) > 0

    def left(self, who: tuple, day: int | None, most: int) -> int:
        return most - self._counts[who if day is None else (*who, day)]

    def venue_is_free(self, order: int, venue: int, begin: int) -> bool:
        asked = self.places.venue_mask(order, Session(venue, begin))
        rules = self.instance.venues[venue].rules
        return not asked & self.venues[venue] and self.has_room(("v", venue), begin, rules)

    def teacher_is_free(self, order: int, teacher: int, begin: int) -> bool:
        if teacher == NOBODY:
            return True
        asked = self.places.teacher_mask(order, Session(0, begin, teacher))
        one = self.instance.teachers[teacher]
        return not asked & self.teachers[teacher] and self.has_room(("t", teacher), begin, one)

    def crowd_is_free(self, order: int, begin: int) -> bool:
        asked = self.places.crowd_mask(order, begin)
        for crowd in self.places.crowds[order]:
            group = self._groups.get(crowd)
            if asked & self.crowds[crowd] or (group and not self.has_room(("c", crowd), begin, group)):
                return False
        return True

    def fits(self, order: int, session: Session) -> bool:
        """Is this one of the order's choices, and free?"""
        choice = self.places.choices[order].get(session.begin)
        return (
            choice is not None
            and session.venue in choice.venues
            and session.teacher in choice.teachers
            and self.crowd_is_free(order, session.begin)
            and self.venue_is_free(order, session.venue, session.begin)
            and self.teacher_is_free(order, session.teacher, session.begin)
        )

    def first_fit(self, order: int) -> Session | None:
        """The start it likes best of those that are free, there the smallest free venue and the first free
        teacher."""
        for begin, choice in self.places.choices[order].items():
            if not self.crowd_is_free(order, begin):
                continue
            venue = next((one for one in choice.venues if self.venue_is_free(order, one, begin)), None)
            if venue is None:
                continue
            teacher = next((one for one in choice.teachers if self.teacher_is_free(order, one, begin)), None)
            if teacher is not None:
                return Session(venue, begin, teacher)
        return None


def first_come(board: Board) -> Board:
    """Everybody in the order of asking takes the first place that is free; nobody who stands is moved."""
    for order in range(len(board.instance.orders)):
        if order not in board.sessions and (session := board.first_fit(order)):
            board.put(order, session)
    return board
