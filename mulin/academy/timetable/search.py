"""The week, better and better: parts of it are solved exactly while the rest stays (large neighbourhood
search). Pure.

Rounds. Each takes two parts far from each other, solves both from the same week, and keeps what is not
worse. Which parts, and what comes of them, depends on the instance, the seed and the last plan alone, not
on the number of workers: two workers solve the two parts at once, one does so one after the other. Only how
many rounds are done in the time depends on the machine, so so many rounds can be asked for again. A part
that the clock cuts off is thrown away with its round.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mulin.academy.timetable.fairness import Class, fairness
from mulin.academy.timetable.places import NOBODY, Board, Session, first_come

if TYPE_CHECKING:
    from mulin.academy.timetable.model import Answer

# Orders in one part: about a second's work at first; grows while parts are solved, shrinks when they are not.
PART, LEAST_PART, MOST_PART = 130, 40, 400
WORK = 2.0
BOTH = 2


@dataclass
class Search:
    """`board` is the best week so far; `is_most` when it was proved that none serves more,
    `is_best` that none is fairer either."""

    board: Board
    classes: list[Class]
    last: dict[int, Session]
    seed: int
    deadline: float
    pool: Executor
    rounds: int = 0
    is_most: bool = False
    is_best: bool = False
    size: float = PART
    _fixed: frozenset[int] = frozenset()
    _users: dict[tuple, list[int]] = field(default_factory=dict)
    _means: dict[int, list[tuple]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        places, instance = self.board.places, self.board.instance
        self.rng = random.Random(self.seed)
        self._fixed = frozenset(instance.order_at[pin.order] for pin in instance.pinned)
        for order, choices in enumerate(places.choices):
            if order in self._fixed or not choices:
                continue
            rooms = {one for choice in choices.values() for one in choice.venues}
            people = {one for choice in choices.values() for one in choice.teachers} - {NOBODY}
            self._means[order] = [("v", one) for one in sorted(rooms)] + [
                ("t", one) for one in sorted(people)
            ]
            for means in self._means[order]:
                self._users.setdefault(means, []).append(order)
        self._uncovered = dict.fromkeys(sorted(self._means, key=lambda at: (instance.orders[at].place, at)))

    def run(self, most_rounds: int | None = None, is_enough: Callable[[int], bool] | None = None) -> None:
        """Until the time or the rounds are over, the week is proved best, nothing has helped for long, or
        `is_enough(served)`, asked before every round, says so."""
        idle = 0
        while self._means and not self.is_best and not self._has_settled(idle):
            if self.rounds == most_rounds or time.monotonic() >= self.deadline:
                return
            if is_enough is not None and is_enough(len(self.board.sessions)):
                return
            better = self._round()
            if better is None:
                return
            self.rounds += 1
            idle = 0 if better else idle + 1

    def _has_settled(self, idle: int) -> bool:
        """Every order had its turn, and then several times as many rounds as it takes to turn all over."""
        return not self._uncovered and idle > 10 + 4 * len(self._means) / (BOTH * self.size)

    def _round(self) -> bool | None:
        """Is the week better? None when the clock came first."""
        # OR-Tools is large: no process loads it before it solves a week.
        from mulin.academy.timetable.model import Effort, solve_part

        # Until every order had its turn, how many are served matters more than how fairly.
        is_rough = bool(self._uncovered)
        parts = self._parts()
        before = self.value(self.board)
        left = max(0.05, self.deadline - time.monotonic())
        efforts = [Effort(WORK, left, self.rng.randrange(2**30), is_rough) for _ in parts]
        tasks = [
            self.pool.submit(solve_part, self.board, part, self.classes, self.last, effort)
            for part, effort in zip(parts, efforts, strict=True)
        ]
        answers = [task.result() for task in tasks]
        if any(answer.is_cut for answer in answers):
            return None
        for part, answer in zip(parts, answers, strict=True):
            self._take_over(part, answer)
        proved = all(answer.is_best for answer in answers)
        if proved and len(parts[0]) == len(self._means):
            self.is_most, self.is_best = True, not is_rough
        self.size = min(MOST_PART, self.size * 1.04) if proved else max(LEAST_PART, self.size * 0.93)
        return self.value(self.board) > before

    def value(self, board: Board) -> tuple[int, int, int]:
        """What is sought, in this order: served, fair, as last time."""
        kept = sum(board.sessions.get(order) == session for order, session in self.last.items())
        return len(board.sessions), fairness(self.classes, board.sessions), kept

    def _take_over(self, part: Sequence[int], answer: Answer) -> None:
        """The part's answer on the week, unless that makes it worse: the other part may have been there
        first."""
        if not answer.sessions:
            return
        found = self.board.copy()
        for order in part:
            if order in found.sessions:
                found.take(order)
        for order, session in sorted(answer.sessions.items()):
            if found.fits(order, session):
                found.put(order, session)
        first_come(found)
        # Another week as good as this one is a new place to begin from, where there is more than one part.
        before, after = self.value(self.board), self.value(found)
        if after > before or (after == before and len(part) < len(self._means)):
            self.board = found

    # --- which orders are solved anew -----------------------------------------------------------------

    def _parts(self) -> list[list[int]]:
        size = int(self.size)
        if len(self._means) <= size * 1.5:
            self._uncovered.clear()
            return [sorted(self._means)]
        first = self._around(self._seed(()), size, frozenset())
        near = {means for order in first for means in self._means[order] if means[0] == "v"}
        taken = {order for means in near for order in self._users[means]} | set(first)
        if len(taken) == len(self._means):
            return [first]
        return [first, self._around(self._seed(taken), size, frozenset(taken))]

    def _seed(self, taken) -> int:
        """One that had no turn yet; later mostly one that is not served, around which to make room."""
        waiting = next((order for order in self._uncovered if order not in taken), None)
        if waiting is not None:
            return waiting
        refused = [one for one in self._means if one not in self.board.sessions and one not in taken]
        if refused and self.rng.random() < 0.75:
            return self.rng.choice(refused)
        return self.rng.choice([one for one in self._means if one not in taken])

    def _around(self, seed: int, size: int, taken: frozenset[int]) -> list[int]:
        """The seed and those that want the same venues, or the same teachers, and those that want theirs."""
        by_teachers = self.rng.random() < 0.3
        part, waiting, seen = {seed: None}, [seed], set()
        while waiting and len(part) < size:
            order = waiting.pop(0)
            means = [
                one for one in self._means[order]
                if one not in seen and (by_teachers or one[0] == "v" or len(self._users[one]) < 8)
            ]  # fmt: skip
            self.rng.shuffle(means)
            for one in means:
                seen.add(one)
                for other in self._users[one]:
                    if other not in part and other not in taken and len(part) < size:
                        part[other] = None
                        waiting.append(other)
        for order in part:
            self._uncovered.pop(order, None)
        return sorted(part)
