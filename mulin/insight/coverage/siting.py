"""Where the next stations would serve most: maximal covering, solved exactly where time allows. Pure.

A station at a candidate serves the buildings of its row. Chosen are k candidates that together serve the most
households; of equal ones that which serves more buildings, then the first. One or two stations are found by
looking at all; for more, what greed finds is improved and proved by OR-Tools CP-SAT, and if the time is over
first, the gap to the proven bound is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

SEED = 20261122


@dataclass(frozen=True, slots=True)
class Choice:
    """`picked`: numbers of candidates, the one that adds most first, and in `adds` how many households each
    adds. `households` and `buildings`: what all of them serve; `bound`: households that no choice exceeds."""

    picked: tuple[int, ...]
    adds: tuple[int, ...]
    households: int
    buildings: int
    bound: int
    is_proven: bool

    @property
    def gap(self) -> float:
        """0 where nothing better exists; 0.02: at most two in a hundred more could be served."""
        return 0.0 if self.is_proven or not self.bound else max(0.0, 1 - self.households / self.bound)


def choose(
    table: csr_array, households: Sequence[int], k: int, *, seconds: float = 5.0, workers: int = 2
) -> Choice:
    """The best k rows of a table of ones over buildings with so many households. Rows that serve nobody are
    never picked; fewer than k where fewer are enough."""
    homes = np.asarray(households, np.int64)
    weights = homes * (len(homes) + 1) + 1  # households first, then buildings
    groups, group_weights = _merge(table, weights)
    rows = _useful(groups)
    groups = groups[rows]
    picked = _greedy(groups, group_weights, k)
    bound, best = _bound(groups, group_weights, picked, k), _value(groups, group_weights, picked)
    is_proven = best == bound or k == 1 or len(rows) <= k
    if not is_proven and k == 2:
        picked, is_proven = _pair(groups, group_weights), True
    elif not is_proven:
        picked, limit, is_proven = _solve(groups, group_weights, picked, k, seconds, workers)
        bound = min(bound, limit)
    chosen = [int(rows[one]) for one in _by_gain(groups, group_weights, picked)]
    return _told(table, homes, chosen, None if is_proven else bound // (len(homes) + 1), is_proven)


def _merge(table: csr_array, weights: np.ndarray) -> tuple[csr_array, np.ndarray]:
    """Buildings that the same candidates would serve are one, with their weights added."""
    columns = csr_array(table.T)
    keys: dict[bytes, int] = {}
    of = np.empty(columns.shape[0], int)
    for n in range(columns.shape[0]):
        row = np.sort(columns.indices[columns.indptr[n] : columns.indptr[n + 1]])
        of[n] = keys.setdefault(row.tobytes(), len(keys))
    joined = np.zeros(len(keys), np.int64)
    np.add.at(joined, of, weights)
    first = np.unique(of, return_index=True)[1]
    return csr_array(csr_array(columns[first]).T), joined


def _useful(table: csr_array, most: int = 4000) -> np.ndarray:
    """Rows that serve somebody and lie in no other row: the others cannot be needed. Of equal ones the first.
    Above `most` rows only equal ones are dropped."""
    table.sort_indices()
    sizes = np.diff(table.indptr)
    first: dict[bytes, int] = {}
    for n in np.flatnonzero(sizes):
        first.setdefault(table.indices[table.indptr[n] : table.indptr[n + 1]].tobytes(), int(n))
    alive = np.array(list(first.values()), int)
    if not 1 < len(alive) <= most:
        return alive
    dense = table[alive].toarray().astype(np.float32)
    shared = dense @ dense.T
    inside = shared >= sizes[alive][:, None] - 0.5  # row i lies wholly in row j
    np.fill_diagonal(inside, False)
    return alive[~inside.any(axis=1)]


def _greedy(table: csr_array, weights: np.ndarray, k: int) -> list[int]:
    left, picked = weights.copy(), []
    for _ in range(k):
        gains = table.astype(np.int64) @ left
        if not len(gains) or not gains.max():
            break
        best = int(gains.argmax())
        picked.append(best)
        left[table.indices[table.indptr[best] : table.indptr[best + 1]]] = 0
    return picked


def _value(table: csr_array, weights: np.ndarray, picked: Sequence[int]) -> int:
    served = np.asarray(table[list(picked)].sum(axis=0)).ravel() > 0 if len(picked) else np.zeros(0, bool)
    return int(weights[served].sum()) if len(picked) else 0


def _bound(table: csr_array, weights: np.ndarray, picked: Sequence[int], k: int) -> int:
    """What no k rows can exceed: all that can be served; and after each step of greed, what is served then
    and the k largest gains that are left, for gains only shrink."""
    best = int(weights[np.asarray(table.sum(axis=0)).ravel() > 0].sum())
    left, done = weights.copy(), 0
    for row in [*picked, None]:
        gains = np.sort(table.astype(np.int64) @ left)
        best = min(best, done + int(gains[-k:].sum()))
        if row is not None:
            mine = table.indices[table.indptr[row] : table.indptr[row + 1]]
            done += int(left[mine].sum())
            left[mine] = 0
    return best


def _pair(table: csr_array, weights: np.ndarray) -> list[int]:
    """The best two rows, by looking at all pairs: what each serves, less what both do."""
    dense = table.toarray().astype(float)
    weighed = dense * weights
    own = weighed.sum(axis=1)
    both = own[:, None] + own[None, :] - weighed @ dense.T
    return [int(one) for one in np.unravel_index(both.argmax(), both.shape)]


def _solve(table: csr_array, weights: np.ndarray, start: list[int], k: int, seconds: float, workers: int):
    """(picked, bound, proven) by CP-SAT, begun with what greed found."""
    from ortools.sat.python import cp_model  # large: no process loads it before it looks for a place

    model = cp_model.CpModel()
    put = [model.new_bool_var(f"put{n}") for n in range(table.shape[0])]
    columns = csr_array(table.T)
    terms = []
    for n in range(columns.shape[0]):
        by = columns.indices[columns.indptr[n] : columns.indptr[n + 1]]
        if len(by) == 0:
            continue
        served = put[by[0]] if len(by) == 1 else model.new_bool_var(f"served{n}")
        if len(by) > 1:
            model.add_bool_or([put[one] for one in by]).only_enforce_if(served)
        terms.append(int(weights[n]) * served)
    model.add(sum(put) <= k)
    model.maximize(sum(terms))
    for n, var in enumerate(put):
        model.add_hint(var, n in start)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = SEED
    state = solver.solve(model)
    if state not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return start, int(weights.sum()), False
    found = [n for n, var in enumerate(put) if solver.boolean_value(var)]
    if _value(table, weights, found) < _value(table, weights, start):
        found = start
    return found, int(solver.best_objective_bound), state == cp_model.OPTIMAL


def _by_gain(table: csr_array, weights: np.ndarray, picked: Sequence[int]) -> list[int]:
    """The picked ones in the order in which one would open them; those that add nothing are dropped."""
    own = list(picked)
    order = _greedy(table[own], weights, len(own)) if own else []
    return [own[n] for n in order]


def _told(
    table: csr_array, homes: np.ndarray, chosen: Sequence[int], bound: int | None, is_proven: bool
) -> Choice:
    served = np.zeros(len(homes), bool)
    adds = []
    for one in chosen:
        mine = np.zeros(len(homes), bool)
        mine[table.indices[table.indptr[one] : table.indptr[one + 1]]] = True
        adds.append(int(homes[mine & ~served].sum()))
        served |= mine
    total = int(homes[served].sum())
    return Choice(
        tuple(chosen), tuple(adds), total, int(served.sum()), total if bound is None else bound, is_proven
    )
