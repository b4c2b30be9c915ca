"""A part of the week, solved exactly: CP-SAT over the rows of some orders while all others stay. Pure.

What is sought, in this order: most wishes served; the fairest among ages and themes; most sessions left
where the last plan had them. Weights keep the three apart, so that none is ever traded for one below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from mulin.academy.timetable.fairness import Class
from mulin.academy.timetable.places import NOBODY, Board, Session
from mulin.academy.timetable.rows import Rows, rows_of


@dataclass(frozen=True, slots=True)
class Effort:
    """`work` is CP-SAT's deterministic time, which is about a second each on one core; `seconds` the clock,
    which is only there so that nothing runs on for ever. One worker: two runs give the same answer. A rough
    answer is enough when no more can be served, fair or not: proving the fairest takes far longer."""

    work: float
    seconds: float
    seed: int
    is_rough: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Where the orders could stand, empty when nothing was found; `is_best` when nothing better exists
    while all others stay; `is_cut` when the clock ended it, so that another run might say something
    else."""

    sessions: dict[int, Session]
    is_best: bool
    is_cut: bool


def solve_part(
    board: Board,
    orders: Sequence[int],
    classes: Sequence[Class],
    last: dict[int, Session],
    effort: Effort,
) -> Answer:
    """Better places for `orders`, all others staying where they are. The board is left as it was."""
    rest, now = board.copy(), {}
    for order in orders:
        if order in rest.sessions:
            now[order] = rest.take(order)
    rows = rows_of(rest, orders)
    model = cp_model.CpModel()
    columns = [model.new_bool_var("") for _ in range(rows.columns)]
    _constrain(model, rows, columns)
    unit = _aim(model, rows, columns, classes, rest.sessions, last)
    _hint(model, rows, columns, now)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    # The linear relaxation of these rows is nearly whole: with it in full, and without a search for more
    # structure, a part takes a sixth of the time (measured).
    solver.parameters.linearization_level = 2
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.symmetry_level = 0
    solver.parameters.random_seed = effort.seed
    solver.parameters.max_deterministic_time = effort.work
    solver.parameters.max_time_in_seconds = effort.seconds
    if effort.is_rough:
        solver.parameters.absolute_gap_limit = unit - 1
    status = solver.solve(model)
    is_best = status == cp_model.OPTIMAL
    is_cut = not is_best and solver.wall_time >= effort.seconds
    found = is_best or status == cp_model.FEASIBLE
    return Answer(_sessions(solver, rows, columns) if found else {}, is_best, is_cut)


def _constrain(model: cp_model.CpModel, rows: Rows, columns: list) -> None:
    for limit, which in rows.at_most:
        if limit == 1:
            model.add_at_most_one([columns[one] for one in which])
        else:
            model.add(cp_model.LinearExpr.sum([columns[one] for one in which]) <= limit)
    for whole, parts in rows.exactly:
        # Not the whole, or exactly one part: the solver knows this form best.
        model.add_exactly_one([~columns[whole], *(columns[one] for one in parts)])


def _aim(model: cp_model.CpModel, rows: Rows, columns: list, classes, standing, last) -> int:
    """The objective; returns what one more served wish is worth."""
    served = {order: [columns[one] for one in starts.values()] for order, starts in rows.starts.items()}
    terms, weights, most = [], [], 0
    for one in classes:
        free = [order for order in one.orders if order in served]
        if not free or not one.weight:
            continue
        here = sum(order in standing for order in one.orders)
        parts = []
        for many, worth in one.steps(here):
            parts.append(model.new_int_var(0, many, ""))
            terms.append(parts[-1])
            weights.append(worth)
        picked = [column for order in free for column in served[order]]
        model.add(cp_model.LinearExpr.sum(parts) == cp_model.LinearExpr.sum(picked))
        most += len(free) * max(weights[-len(parts) :], default=0)
    kept = [
        rows.columns_of(order, session)[1]
        for order, session in last.items()
        if rows.columns_of(order, session)
    ]
    unit = len(kept) + 1
    all_served = [column for some in served.values() for column in some]
    model.maximize(
        cp_model.LinearExpr.weighted_sum(terms, [unit * weight for weight in weights])
        + cp_model.LinearExpr.sum(all_served) * (unit * (most + 1))
        + cp_model.LinearExpr.sum(kept)
    )
    return unit * (most + 1)


def _hint(model: cp_model.CpModel, rows: Rows, columns: list, now: dict[int, Session]) -> None:
    """As it stands: the solver begins there and is never worse."""
    ones = {column for order, session in now.items() for column in rows.columns_of(order, session)}
    for at, column in enumerate(columns):
        model.add_hint(column, at in ones)


def _sessions(solver: cp_model.CpSolver, rows: Rows, columns: list) -> dict[int, Session]:
    found = {}
    for order, starts in rows.starts.items():
        for begin, start in starts.items():
            if solver.boolean_value(columns[start]):
                found[order] = Session(
                    _chosen(solver, columns, rows.venues[order, begin]),
                    begin,
                    _chosen(solver, columns, rows.teachers.get((order, begin), [])),
                )
    return found


def _chosen(solver: cp_model.CpSolver, columns: list, parts: list[tuple[int, int]]) -> int:
    return next((one for one, column in parts if solver.boolean_value(columns[column])), NOBODY)
