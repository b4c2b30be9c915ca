"""Making room by moving others, one after the other: A goes where B stands if B fits elsewhere. Pure.

Quick and without a solver: most of what can be gained over first come, first served is found so within
seconds; what needs several to move at once is left to the search.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from mulin.academy.timetable import week
from mulin.academy.timetable.places import NOBODY, Board, Session

# Moves tried for one order before it is left to the search, and how many may move one after the other.
TRIES, DEPTH = 400, 3
# Two that nobody is: never a single session in the way.
NO_WAY = {-1, -2}


class Chains:
    """Serves more orders on a board; those that stand stay served, those in `fixed` stay where they are."""

    def __init__(self, board: Board, fixed: frozenset[int]):
        self.board, self.places, self.fixed = board, board.places, fixed
        self.users: dict[tuple, set[int]] = {}
        for order, session in board.sessions.items():
            self._note(order, session)

    def run(self, deadline: float) -> None:
        """Until nobody can be added so, or the time is over."""
        better = True
        while better:
            better = False
            for order in range(len(self.places.choices)):
                if order in self.board.sessions:
                    continue
                if time.monotonic() > deadline:
                    return
                for depth in range(DEPTH):
                    self.tries = TRIES
                    if self._insert(order, depth, frozenset({order})):
                        better = True
                        break

    def _insert(self, order: int, depth: int, moving: frozenset[int]) -> bool:
        if session := self.board.first_fit(order):
            self._put(order, session)
            return True
        if depth == 0:
            return False
        for session, other in self._one_in_the_way(order, moving):
            if self.tries <= 0:
                return False
            self.tries -= 1
            before = self._take(other)
            if self.board.fits(order, session):
                self._put(order, session)
                if self._insert(other, depth - 1, moving | {other}):
                    return True
                self._take(order)
            self._put(other, before)
        return False

    def _one_in_the_way(self, order: int, moving: frozenset[int]) -> Iterator[tuple[Session, int]]:
        """Places at which a single session stands in the way, and which."""
        for begin, choice in self.places.choices[order].items():
            crowd = self._in_the_way_of_crowd(order, begin)
            if crowd is None or len(crowd) > 1:
                continue
            people = list(self._by_teacher(order, begin, choice.teachers))
            for venue in choice.venues:
                here = self._in_the_way(
                    ("v", venue), self.places.venue_mask(order, Session(venue, begin)), begin
                )
                for teacher, there in people:
                    # The way is read anew each time: others were moved and put back meanwhile.
                    found = crowd | here | there
                    if len(found) == 1 and not found & moving and not found & self.fixed:
                        yield Session(venue, begin, teacher), next(iter(found))

    def _by_teacher(
        self, order: int, begin: int, teachers: tuple[int, ...]
    ) -> Iterator[tuple[int, set[int]]]:
        for teacher in teachers:
            if teacher == NOBODY or self.board.teacher_is_free(order, teacher, begin):
                yield teacher, set()
                return
        for teacher in teachers:
            mask = self.places.teacher_mask(order, Session(0, begin, teacher))
            yield teacher, self._in_the_way(("t", teacher), mask, begin)

    def _in_the_way_of_crowd(self, order: int, begin: int) -> set[int] | None:
        if self.board.crowd_is_free(order, begin):
            return set()
        mask = self.places.crowd_mask(order, begin)
        found: set[int] = set()
        for crowd in self.places.crowds[order]:
            found |= self._in_the_way(("c", crowd), mask, begin)
        return found or None

    def _in_the_way(self, who: tuple, mask: int, begin: int) -> set[int]:
        """Sessions that hold part of the time; if there are none and a limit is reached, one of that day."""
        users = self.users.get(who, ())
        found = {one for one in users if self._mask(who[0], one) & mask}
        if found or (who[0] == "c" and not users):
            return found
        day = week.day_of(begin)
        if who[0] == "v":
            is_free = self.board.has_room(who, begin, self.board.instance.venues[who[1]].rules)
        elif who[0] == "t":
            is_free = self.board.has_room(who, begin, self.board.instance.teachers[who[1]])
        else:
            is_free = False
        same_day = {one for one in users if week.day_of(self.board.sessions[one].begin) == day}
        if is_free:
            return set()
        # Any of them makes room where only a limit is in the way: the first asked is tried.
        return {min(same_day or users)} if users else NO_WAY

    def _mask(self, kind: str, order: int) -> int:
        session = self.board.sessions[order]
        if kind == "v":
            return self.places.venue_mask(order, session)
        if kind == "t":
            return self.places.teacher_mask(order, session)
        return self.places.crowd_mask(order, session.begin)

    def _put(self, order: int, session: Session) -> None:
        self.board.put(order, session)
        self._note(order, session)

    def _note(self, order: int, session: Session) -> None:
        for who in self._who(order, session):
            self.users.setdefault(who, set()).add(order)

    def _take(self, order: int) -> Session:
        session = self.board.take(order)
        for who in self._who(order, session):
            self.users[who].discard(order)
        return session

    def _who(self, order: int, session: Session) -> list[tuple]:
        found: list[tuple] = [("v", session.venue)] + [("c", one) for one in self.places.crowds[order]]
        return found + ([("t", session.teacher)] if session.teacher != NOBODY else [])
