"""How many wishes no plan can exceed: the linear relaxation of the whole week. Pure.

The solver's answer is not believed as it is: its prices (what one more hour of a venue, a teacher or a
crowd would be worth) give a bound by weak duality whatever they are, as long as none is negative, so
rounding in the solver cannot make the bound too small.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from mulin.academy.timetable.places import Board
from mulin.academy.timetable.rows import Rows, rows_of

# Far above what adding up some ten thousand floats can lose.
SLACK = 1e-6


def bound(board: Board, seconds: float) -> int:
    """An upper bound on the served wishes, given that what is on the board (the pinned) stays.

    Without a solution in time: those that have a choice at all.
    """
    free = [order for order in range(len(board.instance.orders)) if order not in board.sessions]
    rows = rows_of(board, free)
    possible = len(rows.starts)
    if not rows.at_most or seconds <= 0:
        return len(board.sessions) + possible
    found = _relaxed(rows, seconds)
    return len(board.sessions) + math.floor(min(possible, found + SLACK))


def _relaxed(rows: Rows, seconds: float) -> float:
    gain = np.zeros(rows.columns)
    for starts in rows.starts.values():
        gain[list(starts.values())] = 1.0
    most, limits = (
        _matrix([(1.0, columns) for _, columns in rows.at_most], rows.columns),
        [float(limit) for limit, _ in rows.at_most],
    )
    same = _matrix([(1.0, columns) for _, columns in rows.exactly], rows.columns)
    if rows.exactly:
        wholes = sparse.csr_array(
            (np.ones(len(rows.exactly)), ([*range(len(rows.exactly))], [one for one, _ in rows.exactly])),
            shape=same.shape,
        )
        same = same - wholes
    solved = linprog(
        -gain, A_ub=most, b_ub=limits, A_eq=same if rows.exactly else None,
        b_eq=np.zeros(len(rows.exactly)) if rows.exactly else None, bounds=(0, 1), method="highs-ds",
        options={"time_limit": float(seconds)},
    )  # fmt: skip
    if solved.status != 0:
        return math.inf
    prices = np.maximum(0.0, -solved.ineqlin.marginals)
    left = gain - most.T @ prices
    if rows.exactly:
        left = left + same.T @ solved.eqlin.marginals
    return float(np.dot(prices, limits) + np.maximum(0.0, left).sum())


def _matrix(rows: list[tuple[float, list[int]]], columns: int) -> sparse.csr_array:
    lengths = [len(one) for _, one in rows]
    at = np.repeat(np.arange(len(rows)), lengths)
    which = np.fromiter((column for _, one in rows for column in one), dtype=np.int64, count=sum(lengths))
    return sparse.csr_array((np.ones(len(which)), (at, which)), shape=(len(rows), columns))
