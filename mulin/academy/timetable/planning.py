"""A week from an instance: first come, first served; making room; search; bound; reasons. Pure.

instance = read_instance(parse(text))
plan = solve(instance, seconds=60)
broken = check(instance, read_solution(plan.as_json()))
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from mulin.academy.timetable.bound import bound
from mulin.academy.timetable.chains import Chains
from mulin.academy.timetable.checking import SOLUTION_FORMAT, Placed, Read, check
from mulin.academy.timetable.fairness import classes_of
from mulin.academy.timetable.instance import Instance, TimetableError
from mulin.academy.timetable.places import NOBODY, Board, Places, Session, find_places, first_come
from mulin.academy.timetable.reasons import demand, wanted_here, why_refused
from mulin.academy.timetable.search import Search
from mulin.academy.timetable.week import day_of, end_of, time_of

# Of the time: the most that the bound may take, and what is kept back for the reasons at the end.
FOR_BOUND, FOR_REASONS, MOST_FOR_REASONS = 0.6, 0.05, 2.0


@dataclass(frozen=True)
class Plan:
    """`bound` is what no plan exceeds, `first_come` what serving in the order of asking would have served;
    the same `rounds` with the same seed give the same plan again."""

    instance: Instance
    board: Board
    bound: int
    first_come: int
    seconds: float
    rounds: int
    seed: int

    @property
    def served(self) -> int:
        return len(self.board.sessions)

    def shares(self) -> list[dict[str, Any]]:
        """Of every age and theme: wishes and served wishes."""
        return [
            {
                "kind": one.kind, "name": one.name, "weight": one.weight, "wishes": len(one.orders),
                "served": sum(order in self.board.sessions for order in one.orders),
            }
            for one in classes_of(self.instance)
        ]  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """The solution's file; everything but `seconds` is the same for the same rounds."""
        wanted = wanted_here(self.board)
        pinned = {pin.order for pin in self.instance.pinned}
        orders = self.instance.orders
        return {
            "format": SOLUTION_FORMAT,
            "week": self.instance.week,
            "wishes": len(orders),
            "served": self.served,
            "bound": self.bound,
            "first_come": self.first_come,
            "seed": self.seed,
            "rounds": self.rounds,
            "seconds": self.seconds,
            "sessions": [
                self._session(at, session) | {"asked": wanted[at], "is_pinned": orders[at].id in pinned}
                for at, session in sorted(self.board.sessions.items(), key=lambda one: (one[1].begin, one[0]))
            ],
            "refused": [
                {"order": order.id, **why_refused(self.board, at)}
                for at, order in enumerate(orders)
                if at not in self.board.sessions
            ],
            "shares": self.shares(),
            "demand": demand(self.board),
        }

    def _session(self, order: int, session: Session) -> dict[str, Any]:
        one = self.instance.orders[order]
        found = {
            "order": one.id, "venue": self.instance.venues[session.venue].id, "day": day_of(session.begin),
            "from": time_of(session.begin), "to": end_of(session.begin, one.minutes),
        }  # fmt: skip
        if session.teacher != NOBODY:
            found["teacher"] = self.instance.teachers[session.teacher].id
        return found


def solve(
    instance: Instance,
    *,
    seconds: float = 60.0,
    seed: int = 0,
    workers: int = 2,
    rounds: int | None = None,
    last: Read | None = None,
    is_enough: Callable[[int], bool] | None = None,
) -> Plan:
    """A week without a clash in which pinned sessions stay. With `last` it begins there and moves no more
    than helps; `rounds` ends the search after so many, and `is_enough(served)`, asked about once a second,
    whenever it says so: the plan is then the best so far. Raises TimetableError when what is pinned breaks
    a rule."""
    started = time.monotonic()
    deadline = started + seconds - min(MOST_FOR_REASONS, seconds * FOR_REASONS)
    places = find_places(instance)
    pins = _pinned(places)
    baseline = first_come(pins.copy())
    before = _sessions_of(instance, last) if last else {}
    start = _beginning(pins, baseline, before)
    with ThreadPoolExecutor(max_workers=max(1, min(workers, os.cpu_count() or 1))) as pool:
        relaxed = pool.submit(bound, pins, (deadline - started) * FOR_BOUND)
        if rounds != 0:
            Chains(start, frozenset(pins.sessions)).run(deadline)
        search = Search(start, classes_of(instance), before, seed, deadline, pool)
        search.run(rounds, is_enough)
        upper = len(search.board.sessions) if search.is_most else relaxed.result()
    took = round(time.monotonic() - started, 3)
    return Plan(instance, search.board, upper, len(baseline.sessions), took, search.rounds, seed)


def _pinned(places: Places) -> Board:
    """The board with what is pinned; refused with the rule's name if the pins alone break one."""
    instance, board = places.instance, Board(places)
    placed = tuple(
        Placed(pin.order, pin.venue, pin.teacher, pin.begin,
               pin.begin + instance.orders[instance.order_at[pin.order]].minutes)
        for pin in instance.pinned
    )  # fmt: skip
    others = tuple(one.id for one in instance.orders if one.id not in {pin.order for pin in instance.pinned})
    if broken := check(instance, Read(placed, others, len(placed), len(instance.orders))):
        raise TimetableError(f"what is pinned breaks a rule: {broken[0]}")
    for pin in instance.pinned:
        teacher = instance.teacher_at[pin.teacher] if pin.teacher else NOBODY
        session = Session(instance.venue_at[pin.venue], pin.begin, teacher)
        board.put(instance.order_at[pin.order], session)
    return board


def _sessions_of(instance: Instance, last: Read) -> dict[int, Session]:
    """Where the last plan had those orders, venues and teachers that there still are."""
    found = {}
    for one in last.sessions:
        order, venue = instance.order_at.get(one.order), instance.venue_at.get(one.venue)
        teacher = instance.teacher_at.get(one.teacher) if one.teacher else NOBODY
        if order is not None and venue is not None and teacher is not None:
            found[order] = Session(venue, one.begin, teacher)
    return found


def _beginning(pins: Board, baseline: Board, before: dict[int, Session]) -> Board:
    """The last plan as far as it still holds, filled up; first come, first served if that serves more."""
    board = pins.copy()
    for order, session in sorted(before.items()):
        if order not in board.sessions and board.fits(order, session):
            board.put(order, session)
    first_come(board)
    return board if before and len(board.sessions) >= len(baseline.sessions) else baseline.copy()
