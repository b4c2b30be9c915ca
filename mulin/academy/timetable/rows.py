"""The choices of some orders as columns of zeros and ones, and what they must not do together as rows.
Pure.

One description for both solvers: the search (exact, a part of the week) and the bound (linear, the whole
week).

Columns: an order at a start; that with a venue; that with a teacher. Rows: an order once; at a start
exactly one venue, and one teacher where one is needed; sessions of a venue, a teacher or a crowd that all
hold one moment, of which one may stand; limits a day and a week.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mulin.academy.timetable import week
from mulin.academy.timetable.places import NOBODY, Board, Session


@dataclass(slots=True)
class Rows:
    """`starts[order]` maps a start to its column; `venues` and `teachers` map (order, start) to pairs of a
    venue or teacher and its column. `at_most` holds (limit, columns), `exactly` a column and those that add
    up to it."""

    columns: int = 0
    starts: dict[int, dict[int, int]] = field(default_factory=dict)
    venues: dict[tuple[int, int], list[tuple[int, int]]] = field(default_factory=dict)
    teachers: dict[tuple[int, int], list[tuple[int, int]]] = field(default_factory=dict)
    at_most: list[tuple[int, list[int]]] = field(default_factory=list)
    exactly: list[tuple[int, list[int]]] = field(default_factory=list)

    def column(self) -> int:
        self.columns += 1
        return self.columns - 1

    def columns_of(self, order: int, session: Session) -> list[int]:
        """The columns that stand at one when the order stands there; empty when it cannot."""
        start = self.starts.get(order, {}).get(session.begin)
        if start is None:
            return []
        key = (order, session.begin)
        venue = dict(self.venues[key]).get(session.venue)
        teacher = start if session.teacher == NOBODY else dict(self.teachers[key]).get(session.teacher)
        return [] if venue is None or teacher is None else [start, venue, teacher]


class _Builder:
    def __init__(self, board: Board):
        self.board, self.places = board, board.places
        self.rows = Rows()
        # Who is used: (mask, column, begin) of every column that uses them.
        self.uses: dict[tuple, list[tuple[int, int, int]]] = {}

    def add_order(self, order: int) -> None:
        """Columns for every start at which the order still fits beside what stands on the board."""
        board, found = self.board, {}
        for begin, choice in self.places.choices[order].items():
            if not board.crowd_is_free(order, begin):
                continue
            venues = [one for one in choice.venues if board.venue_is_free(order, one, begin)]
            teachers = [one for one in choice.teachers if board.teacher_is_free(order, one, begin)]
            if venues and teachers:
                found[begin] = self._add_start(order, begin, venues, teachers)
        if found:
            self.rows.starts[order] = found
            if len(found) > 1:
                self.rows.at_most.append((1, list(found.values())))

    def _add_start(self, order: int, begin: int, venues: list[int], teachers: list[int]) -> int:
        start, key = self.rows.column(), (order, begin)
        self.rows.venues[key] = self._parts(start, venues)
        for venue, column in self.rows.venues[key]:
            mask = self.places.venue_mask(order, Session(venue, begin))
            self.uses.setdefault(("v", venue), []).append((mask, column, begin))
        if teachers != [NOBODY]:
            self.rows.teachers[key] = self._parts(start, teachers)
            for teacher, column in self.rows.teachers[key]:
                mask = self.places.teacher_mask(order, Session(0, begin, teacher))
                self.uses.setdefault(("t", teacher), []).append((mask, column, begin))
        for crowd in self.places.crowds[order]:
            use = (self.places.crowd_mask(order, begin), start, begin)
            self.uses.setdefault(("c", crowd), []).append(use)
        return start

    def _parts(self, start: int, which: list[int]) -> list[tuple[int, int]]:
        """A column for each of them, which add up to the start's; one alone shares the start's column."""
        if len(which) == 1:
            return [(which[0], start)]
        parts = [(one, self.rows.column()) for one in which]
        self.rows.exactly.append((start, [column for _, column in parts]))
        return parts

    def finish(self) -> Rows:
        limits = self._limits()
        for who, uses in self.uses.items():
            for columns in cliques(uses):
                self.rows.at_most.append((1, columns))
            if who in limits:
                self._add_limits(who, uses, limits[who])
        return self.rows

    def _limits(self) -> dict[tuple, object]:
        instance = self.board.instance
        found: dict[tuple, object] = {("v", at): one.rules for at, one in enumerate(instance.venues)}
        found |= {("t", at): one for at, one in enumerate(instance.teachers)}
        return found | {("c", f"g{one.id}"): one for one in instance.groups}

    def _add_limits(self, who: tuple, uses: list[tuple[int, int, int]], limits) -> None:
        days: dict[int | None, list[int]] = {None: [column for _, column, _ in uses]}
        for _, column, begin in uses:
            days.setdefault(week.day_of(begin), []).append(column)
        for day, columns in days.items():
            most = limits.week_most if day is None else limits.day_most
            if most is not None and len(columns) > (left := self.board.left(who, day, most)):
                self.rows.at_most.append((left, columns))


def cliques(uses: list[tuple[int, int, int]]) -> list[list[int]]:
    """Largest sets of columns that all hold one cell. Between two ends nothing new can clash, so a set is
    only taken where something ends after something began."""
    begins: dict[int, list[int]] = {}
    ends: dict[int, list[int]] = {}
    for mask, column, _ in uses:
        begins.setdefault((mask & -mask).bit_length() - 1, []).append(column)
        ends.setdefault(mask.bit_length(), []).append(column)
    found, now, is_new = [], {}, False
    for cell in sorted(begins.keys() | ends.keys()):
        if leaving := ends.get(cell):
            if is_new and len(now) > 1:
                found.append(list(now))
            is_new = False
            for column in leaving:
                del now[column]
        if coming := begins.get(cell):
            now.update(dict.fromkeys(coming))
            is_new = True
    return found


def rows_of(board: Board, orders: Iterable[int]) -> Rows:
    """Rows for orders that are not on the board, beside those that are."""
    builder = _Builder(board)
    for order in orders:
        builder.add_order(order)
    return builder.finish()
