"""The opinion map as it may be shown: bubbles of people who answered alike, never a single person. Pure."""

from dataclasses import dataclass

import numpy as np

from mulin.councils.opinions import clusters
from mulin.councils.opinions.mapping import OpinionMap
from mulin.kernel import suppression

MOST = 40


@dataclass(frozen=True, slots=True)
class Bubble:
    """`people` stand about (x, y); `group` is theirs, -1 where there are no groups."""

    x: float
    y: float
    people: int
    group: int


def bubbles_of(
    opinion_map: OpinionMap, fewest: int = suppression.LIMIT, most: int = MOST
) -> tuple[Bubble, ...]:
    """Bubbles of at least `fewest` people, at most `most` for each group. A group of fewer people is listed
    with what it holds and has no bubble."""
    found = []
    for group in np.unique(opinion_map.groups).tolist():
        points = opinion_map.positions[opinion_map.groups == group]
        if len(points) >= fewest:
            of = _merged(points, clusters.buckets(points, min(most, len(points) // fewest)).of, fewest)
            places, sizes = clusters.centres_of(points, of)
            found += [
                Bubble(x, y, int(people), group)
                for (x, y), people in zip(places.tolist(), sizes.tolist(), strict=True)
            ]
    return tuple(found)


def _merged(points: np.ndarray, of: np.ndarray, fewest: int) -> np.ndarray:
    """Each bucket of fewer people joins the one nearest to it, the smallest first."""
    while True:
        places, sizes = clusters.centres_of(points, of)
        smallest = int(sizes.argmin())
        if sizes[smallest] >= fewest:
            return of
        gaps = ((places - places[smallest]) ** 2).sum(axis=1)
        gaps[smallest] = np.inf
        of = np.unique(np.where(of == smallest, int(gaps.argmin()), of), return_inverse=True)[1]
