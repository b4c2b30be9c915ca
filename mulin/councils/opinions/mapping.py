"""The opinion map: where people stand by their votes, and which groups they form. Pure.

The way of the Polis server, because its results are known in the field: missing votes replaced by the
statement's mean, two principal components, each person moved out by sqrt(statements / own votes), at most a
hundred buckets of people, k-means of the buckets for two to five groups, the number by the silhouette, and a
new number only after it has won several updates. Where it differs: no chance anywhere; a larger number of
groups must be clearly better; and a conversation whose votes hang together no more than shuffled ones has no
groups at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import linalg, sparse
from scipy.optimize import linear_sum_assignment

from mulin.councils.opinions import clusters
from mulin.councils.opinions.votes import Votes, index_of

ENOUGH_VOTES = 7  # or all statements, if there are fewer
BUCKETS = 100
MOST_GROUPS = 5
UPDATES_TO_CHANGE = 4  # a new number of groups must win this often running
CLEARLY_BETTER = 0.025  # of the silhouette; resampled people move it by about as much
FEWEST_IN_GROUP, SMALLEST_SHARE = 3, 0.01
SHUFFLES = 19  # all beaten: one chance in twenty that mere chance looks like groups
SHUFFLED_PEOPLE = 400
FIELDS = 9
WIDE = 1500  # statements beyond which the covariance is not written out
CLEAR, BLURRED, NONE = "clear", "blurred", "none"


@dataclass(frozen=True)
class Memory:
    """What the next update needs of the last one. `groups`: participant -> group (-1: placed, no group);
    `axes`: statement -> its weight on both axes; `rival`: another number of groups, which has won
    `wins` times running; `was_clear`: the groups were."""

    groups: Mapping[Any, int] = field(default_factory=dict)
    axes: Mapping[Any, tuple[float, float]] = field(default_factory=dict)
    count: int = 0
    rival: int = 0
    wins: int = 0
    was_clear: bool = False

    def as_json(self) -> dict[str, Any]:
        """For storing; ids must be whole numbers or texts."""
        plain = {name: getattr(self, name) for name in ("count", "rival", "wins", "was_clear")}
        axes = [[one, *weights] for one, weights in self.axes.items()]
        return {"groups": [list(pair) for pair in self.groups.items()], "axes": axes, **plain}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Memory":
        axes = {one: (x, y) for one, x, y in stored["axes"]}
        return cls(**{**stored, "groups": dict(stored["groups"]), "axes": axes})


@dataclass(frozen=True)
class OpinionMap:
    """Places and groups of those who voted enough. Arrays over `placed` unless said otherwise.

    `placed`: positions of the participants in the votes' order. `groups`: 0 … count - 1, or -1 when there are
    no groups. `clarity`: "clear", "blurred" (groups pass into each other as in one even crowd) or "none".
    `order`: how much more the votes hang together than the most ordered of 19 shuffles (above 1: they do).
    `silhouettes`: number of groups -> how well they stand apart. `axes`: statements x 2. `share`: of the
    differences between people, what each axis shows. The page shows `bubbles.bubbles_of(…)`, never single
    people."""

    placed: np.ndarray
    positions: np.ndarray
    groups: np.ndarray
    count: int
    clarity: str
    order: float
    silhouettes: dict[int, float]
    axes: np.ndarray
    share: tuple[float, float]
    memory: Memory

    @property
    def has_groups(self) -> bool:
        return self.count > 0

    @property
    def silhouette(self) -> float:
        return self.silhouettes.get(self.count, 0.0)

    def sizes(self) -> np.ndarray:
        return np.bincount(self.groups[self.groups >= 0], minlength=self.count)

    def place_of(self, votes: Votes, participant: Any) -> tuple[float, float, int] | None:
        """Where one person stands and in which group (-1: none); None for who is not placed."""
        at = index_of(votes.participants, participant)
        where = None if at is None else index_of(self.placed, at)
        if where is None:
            return None
        x, y = self.positions[where].tolist()
        return x, y, int(self.groups[where])

    def groups_of_all(self, votes: Votes) -> np.ndarray:
        """The group of every participant of the votes; -1 for who is not placed."""
        everybody = np.full(len(votes.participants), -1)
        everybody[self.placed] = self.groups
        return everybody


def make_map(votes: Votes, memory: Memory | None = None) -> OpinionMap:
    """Place everybody who voted enough and find the groups. With the `memory` of the last map: whoever was
    placed stays placed, axes keep their direction, groups keep their numbers."""
    last = memory or Memory()
    placed = _placed(votes, last)
    axes, share = principal_axes(votes, last)
    positions = project(votes, axes)[placed]
    order = _order(votes.only(placed)) if len(placed) else (0.0, 0.0)
    found = _Found()
    if _hang_together(order, had_groups=last.count > 0):
        buckets = clusters.buckets(positions, BUCKETS)
        found = _find_groups(positions, buckets, _last_groups(votes, placed, last), last)
    groups = found.groups if found.count else np.full(len(placed), -1)
    clarity = _clarity(found, positions, last.was_clear) if found.count else NONE
    return OpinionMap(
        placed=placed,
        positions=positions,
        groups=groups,
        count=found.count,
        clarity=clarity,
        order=order[0],
        silhouettes=found.silhouettes,
        axes=axes,
        share=share,
        memory=_remember(votes, placed, groups, axes, found, clarity),
    )


def extremity(votes: Votes, axes: np.ndarray) -> np.ndarray:
    """How far out a person stands who has agreed with this one statement and seen nothing else."""
    width = votes.shape[1] + votes.left_out
    return np.abs(1 - votes.means) * np.linalg.norm(axes, axis=1) * np.sqrt(width)


def _placed(votes: Votes, last: Memory) -> np.ndarray:
    """Positions of those who voted on seven statements, or on all; once placed, always placed."""
    enough = votes.answered >= min(ENOUGH_VOTES, votes.shape[1] + votes.left_out)
    if last.groups:
        enough |= np.array([person in last.groups for person in votes.participants.tolist()], bool)
    return np.flatnonzero(enough & (votes.seen > 0))


def principal_axes(votes: Votes, last: Memory | None = None) -> tuple[np.ndarray, tuple[float, float]]:
    """The two directions in which people differ most: statements x 2 and the share of differences of each."""
    centred = votes.centred()
    total = float((centred.data**2).sum())
    width = votes.shape[1]
    axes = np.zeros((width, 2))
    if total <= 1e-12:
        return axes, (0.0, 0.0)
    values, vectors = _leading(centred)
    axes[:, : vectors.shape[1]] = vectors
    share = [float(max(value, 0) / total) for value in values] + [0.0]
    return _turned(axes, votes, last or Memory()), (share[0], share[1])


def _leading(centred: sparse.csr_array) -> tuple[np.ndarray, np.ndarray]:
    """The two largest eigenvalues of the scatter matrix, largest first, with their vectors as columns."""
    height, width = centred.shape
    if width > WIDE and height > 2:
        _, values, rows = sparse.linalg.svds(centred, 2, **_start(centred))
        best = np.argsort(-values)
        return values[best] ** 2, rows[best].T
    scatter = np.zeros((width, width))
    step = max(1, 2_000_000 // max(width, 1))
    for begin in range(0, height, step):
        block = centred[begin : begin + step].toarray()
        scatter += block.T @ block
    lowest = max(width - 2, 0)
    values, vectors = linalg.eigh(scatter, subset_by_index=[lowest, width - 1])
    return values[::-1], vectors[:, ::-1]


def _turned(axes: np.ndarray, votes: Votes, last: Memory) -> np.ndarray:
    """An axis has no direction of its own: keep the last one, else let its heaviest statement point ahead."""
    if last.axes:
        none = (0.0, 0.0)
        before = np.array([last.axes.get(one, none) for one in votes.statements.tolist()])
        lean = (axes * before).sum(axis=0)
        if np.abs(lean).min() > 1e-9:
            return axes * np.sign(lean)
    heaviest = axes[np.abs(axes).argmax(axis=0), [0, 1]]
    return axes * np.where(heaviest < 0, -1.0, 1.0)


def project(votes: Votes, axes: np.ndarray) -> np.ndarray:
    """Where each participant stands, from what they saw alone, moved out by sqrt(statements / own votes).

    A statement that was left out counts as answered by everybody, as on the server of Polis: it keeps those
    who voted little from being thrown to the rim."""
    reach = np.sqrt((votes.shape[1] + votes.left_out) / np.maximum(votes.seen + votes.left_out, 1))
    return (votes.centred() @ axes) * reach[:, None]


def _order(votes: Votes) -> tuple[float, float]:
    """The leading eigenvalue of the votes against those of shuffles that give each statement's votes to
    others who saw it: own / largest, own / middle. Above 1 the votes hang together more than by chance."""
    if len(votes.participants) > SHUFFLED_PEOPLE:
        chosen = np.linspace(0, len(votes.participants) - 1, SHUFFLED_PEOPLE).astype(int)
        votes = votes.only(chosen)
    centred = votes.centred()
    by_statement = np.argsort(votes.columns, kind="stable")
    if (centred.data**2).sum() <= 1e-9:
        return 0.0, 0.0
    own = _largest(centred)
    random = np.random.default_rng(len(votes))
    shuffled = []
    for _ in range(SHUFFLES):
        order = np.lexsort((random.random(len(votes)), votes.columns))
        data = np.empty_like(centred.data)
        data[by_statement] = centred.data[order]
        shuffled.append(_largest(sparse.csr_array((data, centred.indices, centred.indptr), centred.shape)))
    return own / max(shuffled), own / float(np.median(shuffled))


def _largest(centred: sparse.csr_array) -> float:
    """The leading eigenvalue of the scatter matrix, to a thousandth."""
    if min(centred.shape) > 20:
        return float(
            sparse.linalg.svds(centred, 1, **_start(centred), tol=1e-3, return_singular_vectors=False)[0] ** 2
        )
    return float(np.linalg.norm(centred.toarray(), 2) ** 2) if min(centred.shape) else 0.0


def _start(centred: sparse.csr_array) -> dict[str, Any]:
    """Where the search for singular vectors begins: always the same, and not across them as ones would be."""
    return {"v0": np.random.default_rng(1).normal(size=min(centred.shape)), "solver": "arpack"}


def _hang_together(order: tuple[float, float], had_groups: bool) -> bool:
    """Groups appear when all shuffles are beaten, and go when not even half of them are: no flicker
    between."""
    return order[1] > 1 if had_groups else order[0] > 1


@dataclass
class _Found:
    groups: np.ndarray = field(default_factory=lambda: np.empty(0, int))
    count: int = 0
    silhouettes: dict[int, float] = field(default_factory=dict)
    rival: int = 0
    wins: int = 0


def _last_groups(votes: Votes, placed: np.ndarray, last: Memory) -> np.ndarray:
    people = votes.participants[placed].tolist()
    return np.array([last.groups.get(person, -1) for person in people], int)


def _find_groups(points: np.ndarray, buckets: clusters.Buckets, before: np.ndarray, last: Memory) -> _Found:
    core = _without_loners(points, buckets)
    centres, weights = buckets.centres[core], buckets.sizes[core]
    most = min(MOST_GROUPS, 2 + len(centres) // 12, len(centres))
    if most < 2:
        return _Found()
    candidates = clusters.best_means(centres, weights, most)
    fewest = max(FEWEST_IN_GROUP, SMALLEST_SHARE * len(points))
    found, silhouettes = {}, {}
    for k in range(2, most + 1):
        moved, of = _settled(points, buckets, core, candidates[k], before if k == last.count else None)
        if len(np.unique(of)) < k or np.bincount(of, minlength=k).min() < fewest:
            continue
        found[k] = of
        near = ((centres[:, None] - moved) ** 2).sum(axis=2).argmin(axis=1)
        silhouettes[k] = clusters.silhouette(centres, weights, near)
    if not found:
        return _Found()
    count, rival, wins = _number(silhouettes, last)
    return _Found(_numbered(found[count], count, points, before), count, silhouettes, rival, wins)


def _without_loners(points: np.ndarray, buckets: clusters.Buckets) -> np.ndarray:
    """The buckets that groups are made from: one or two people far from all others are not a group, and would
    take a centre of their own. They join the nearest group afterwards."""
    core = np.arange(len(buckets.sizes))
    fewest = max(FEWEST_IN_GROUP, SMALLEST_SHARE * len(points))
    while len(core) > 3:
        pair = clusters.best_means(buckets.centres[core], buckets.sizes[core], 2)[2]
        of = ((buckets.centres[core][:, None] - pair) ** 2).sum(axis=2).argmin(axis=1)
        people = np.bincount(of, buckets.sizes[core], minlength=2)
        if people.min() >= fewest:
            break
        core = core[of == people.argmax()]
    return core


def _settled(
    points: np.ndarray,
    buckets: clusters.Buckets,
    core: np.ndarray,
    start: np.ndarray,
    before: np.ndarray | None,
) -> tuple[np.ndarray, np.ndarray]:
    """k-means over the people themselves, from the best centres of buckets or, unless that is clearly worse,
    from where the last groups' people stand now. Gives the centres and everybody's group."""
    inner = points[np.isin(buckets.of, core)]
    centres, _, cost = clusters.settle(inner, start)
    if before is not None and set(before[before >= 0].tolist()) == set(range(len(start))):
        old = np.array([points[before == group].mean(axis=0) for group in range(len(start))])
        warm = clusters.settle(inner, old)
        if warm[2] <= cost * 1.05:
            centres = warm[0]
    return centres, ((points[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)


def _number(silhouettes: dict[int, float], last: Memory) -> tuple[int, int, int]:
    """How many groups: the fewest that are not clearly worse than the best; another number than last time
    only after several wins running. Gives the number, the rival and its wins."""
    best = max(silhouettes.values())
    now = min(k for k, value in silhouettes.items() if value >= best - CLEARLY_BETTER)
    if last.count not in silhouettes or now == last.count:
        return now, 0, 0
    wins = last.wins + 1 if now == last.rival else 1
    return (now, 0, 0) if wins >= UPDATES_TO_CHANGE else (last.count, now, wins)


def _numbered(of: np.ndarray, count: int, points: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Numbers for the groups: the last ones by overlap of people, else the largest first."""
    place = np.array([points[of == one].mean(axis=0) for one in range(count)])
    sizes = np.bincount(of, minlength=count)
    rank = np.empty(count, int)
    rank[np.lexsort((place[:, 1], place[:, 0], -sizes))] = np.arange(count)
    known = before >= 0
    if known.any():
        slots = max(count, int(before.max()) + 1)
        shared = np.zeros((count, slots))
        np.add.at(shared, (of[known], before[known]), 1.0)
        # A number beyond the count is given up; among equals the order of size decides.
        shared[:, :count] += 1e-6 * (rank[:, None] == np.arange(count))
        rows, columns = linear_sum_assignment(-shared[:, :count])
        rank[rows] = columns
    return rank[of]


def _clarity(found: _Found, points: np.ndarray, was_clear: bool) -> str:
    """Clear: the groups stand further apart than those that k-means cuts out of one even field of people, as
    long and as wide as this one. An even field is the single crowd that looks most like groups (Tibshirani,
    Walther and Hastie 2001), so a smooth range of views is not called clear. What was clear stays so while it
    beats half of the fields."""
    size = min(len(points), 300)
    lengths, directions = np.linalg.eigh(np.cov(points.T))
    sides = np.sqrt(12 * np.maximum(lengths, 0))
    random = np.random.default_rng(size)
    fields = []
    for _ in range(FIELDS):
        field_ = clusters.buckets((random.random((size, 2)) * sides) @ directions.T, BUCKETS)
        centres = clusters.best_means(field_.centres, field_.sizes, found.count)[found.count]
        of = ((field_.centres[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
        fields.append(clusters.silhouette(field_.centres, field_.sizes, of))
    limit = np.median(fields) if was_clear else max(fields)
    return CLEAR if found.silhouettes[found.count] > limit else BLURRED


def _remember(
    votes: Votes, placed: np.ndarray, groups: np.ndarray, axes: np.ndarray, found: _Found, clarity: str
) -> Memory:
    return Memory(
        groups=dict(zip(votes.participants[placed].tolist(), groups.tolist(), strict=True)),
        axes=dict(zip(votes.statements.tolist(), map(tuple, axes.tolist()), strict=True)),
        count=found.count,
        rival=found.rival,
        wins=found.wins,
        was_clear=clarity == CLEAR,
    )
