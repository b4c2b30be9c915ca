"""Groups of points in the plane: k-means without chance, and how well groups stand apart. Pure.

Nothing here draws random numbers or depends on the order of the points (but for ties), so the same votes
always give the same groups: a result that is published must be found again by whoever recounts it.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

ROUNDS = 60


@dataclass(frozen=True)
class Buckets:
    """Small clusters of participants who answered alike. `of` gives each point's."""

    of: np.ndarray
    centres: np.ndarray
    sizes: np.ndarray


def buckets(points: np.ndarray, most: int) -> Buckets:
    """At most `most` buckets. Few distinct points are their own buckets; many are split, the widest bucket
    first, across its longest side, and settled by k-means."""
    distinct, of = np.unique(points, axis=0, return_inverse=True)
    of = of.reshape(-1)
    if len(distinct) > most:
        of = _split(points, most)
        for _ in range(10):
            centres = centres_of(points, of)[0]
            settled = cKDTree(centres).query(points)[1]
            moved = (settled != of).sum()
            of = np.unique(settled, return_inverse=True)[1]
            if moved <= len(points) // 1000:
                break
    return Buckets(of, *centres_of(points, of))


def centres_of(points: np.ndarray, of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean place and the size of each bucket, for the bucket of every point."""
    sizes = np.bincount(of)
    sums = np.stack([np.bincount(of, points[:, axis]) for axis in (0, 1)], axis=1)
    return sums / sizes[:, None], sizes.astype(float)


def _split(points: np.ndarray, most: int) -> np.ndarray:
    parts = [np.arange(len(points))]
    spreads = [_spread(points)]
    while len(parts) < most:
        widest = int(np.argmax(spreads))
        if spreads[widest] <= 0:
            break
        members = parts[widest]
        inside = points[members] - points[members].mean(axis=0)
        along = inside @ np.linalg.eigh(inside.T @ inside)[1][:, -1]
        above = along > 0
        for at, piece in ((widest, members[above]), (len(parts), members[~above])):
            parts[at : at + 1], spreads[at : at + 1] = [piece], [_spread(points[piece])]
    of = np.empty(len(points), int)
    for at, members in enumerate(parts):
        of[members] = at
    return of


def _spread(points: np.ndarray) -> float:
    return float(((points - points.mean(axis=0)) ** 2).sum()) if len(points) > 1 else 0.0


def lloyd(
    points: np.ndarray, weights: np.ndarray, starts: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """k-means from many starts at once. `starts`: runs x k x 2. Gives centres (runs x k x 2), the group of
    each point (runs x points) and the weighted sum of squares (runs). An emptied group keeps its centre."""
    centres = np.array(starts, float)
    heavy = points * weights[:, None]
    square = (points**2).sum(axis=1)
    before = None
    for _ in range(ROUNDS):
        gaps = (centres**2).sum(axis=2)[:, None] - 2 * np.einsum("pd,rkd->rpk", points, centres)
        of = gaps.argmin(axis=2)
        if before is not None and (of == before).all():
            break
        before = of
        chosen = (of[:, :, None] == np.arange(centres.shape[1])).astype(float)
        mass = np.einsum("rpk,p->rk", chosen, weights)
        moved = np.einsum("rpk,pd->rkd", chosen, heavy)
        centres = np.where(mass[:, :, None] > 0, moved / np.maximum(mass, 1e-12)[:, :, None], centres)
    cost = ((gaps.min(axis=2) + square) * weights).sum(axis=1)
    return centres, of, cost


def best_means(points: np.ndarray, weights: np.ndarray, most: int) -> dict[int, np.ndarray]:
    """The best centres found for k = 1 … most. Each k begins with the best of k - 1 and tries every point as
    the new centre ("global k-means", Likas et al. 2003): near the optimum, and without chance."""
    found = {1: np.average(points, axis=0, weights=weights)[None]}
    for k in range(2, most + 1):
        kept = np.broadcast_to(found[k - 1], (len(points), k - 1, 2))
        centres, _, cost = lloyd(points, weights, np.concatenate([kept, points[:, None]], axis=1))
        found[k] = centres[int(np.argmin(cost))]
    return found


def settle(points: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """k-means of all points from these centres: centres, group of each point, sum of squares."""
    moved, of, cost = lloyd(points, np.ones(len(points)), centres[None])
    return moved[0], of[0], float(cost[0])


def silhouette(centres: np.ndarray, weights: np.ndarray, of: np.ndarray) -> float:
    """How well groups of buckets stand apart: 1 far apart, 0 touching, below 0 mixed up. Mean over buckets by
    their number of people; a bucket that is a group by itself counts 0."""
    names = np.unique(of)
    if len(names) < 2:
        return 0.0
    gaps = cdist(centres, centres)
    member = (of[:, None] == names).astype(float)
    sums, sizes = gaps @ member, member.sum(axis=0)
    own = member.argmax(axis=1)
    every = np.arange(len(of))
    inside = sums[every, own] / np.maximum(sizes[own] - 1, 1)
    means = sums / sizes
    means[every, own] = np.inf
    outside = means.min(axis=1)
    larger = np.maximum(inside, outside)
    apart = np.divide(outside - inside, larger, out=np.zeros(len(of)), where=larger > 0)
    apart[sizes[own] == 1] = 0.0
    return float(np.average(apart, weights=weights))
