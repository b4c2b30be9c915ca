"""Who can walk to a station in so many minutes, and where the next station would serve most. Pure: no Django.

Distances are metres. Where both ends lie at known paths, the way along the paths counts; otherwise the
straight line times a detour factor. Nothing is guessed here: speed, minutes, detour and how near a path must
be are all given.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from mulin.insight.coverage import paths


@dataclass(frozen=True, slots=True)
class Walk:
    """How one walks: minutes, metres a minute, how much longer a way is than the straight line, and how far
    from a house a path may be to be its path."""

    minutes: float
    speed: float
    detour: float
    access_m: float = 150.0

    @property
    def reach_m(self) -> float:
        return self.minutes * self.speed


@dataclass(frozen=True, slots=True)
class Point:
    """A building, a station, or a place where one could be. Degrees (WGS-84); None: nobody knows where.
    `households` live there; None: nobody knows how many."""

    key: str
    lon: float | None = None
    lat: float | None = None
    households: int | None = None

    @property
    def is_placed(self) -> bool:
        return self.lon is not None and self.lat is not None


@dataclass(frozen=True, slots=True)
class Way:
    """From a building to a station: metres, and whether along known paths."""

    station: str
    metres: float
    by_path: bool


@dataclass(frozen=True)
class Reach:
    """Ways from each building to every station within reach, the shortest first; keys of buildings without a
    position are in `unplaced`, those whose nearest path is known in `on_paths`."""

    ways: dict[str, tuple[Way, ...]]
    unplaced: frozenset[str] = frozenset()
    on_paths: frozenset[str] = frozenset()
    served_by: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def covered(self) -> frozenset[str]:
        return frozenset(key for key, ways in self.ways.items() if ways)

    @property
    def left_out(self) -> frozenset[str]:
        """Buildings whose place is known and which no station serves."""
        return frozenset(key for key, ways in self.ways.items() if not ways)


def reach(
    buildings: Sequence[Point], stations: Sequence[Point], walk: Walk, lines: Iterable[Any] = ()
) -> Reach:
    """Which stations each building can walk to. `lines`: known paths as lists of [lon, lat]."""
    homes = [one for one in buildings if one.is_placed]
    posts = [one for one in stations if one.is_placed]
    row, column, metres, by_path, on_paths = _pairs(posts, homes, walk, list(lines))
    ways: dict[str, list[Way]] = {one.key: [] for one in homes}
    for s, b, far, is_path in zip(row, column, metres, by_path, strict=True):
        ways[homes[b].key].append(Way(posts[s].key, round(float(far), 1), bool(is_path)))
    served: dict[str, set[str]] = {one.key: set() for one in posts}
    for key, found in ways.items():
        found.sort(key=lambda way: (way.metres, way.station))
        for way in found:
            served[way.station].add(key)
    return Reach(
        {key: tuple(found) for key, found in ways.items()},
        frozenset(one.key for one in buildings if not one.is_placed),
        frozenset(homes[b].key for b in np.flatnonzero(on_paths)),
        {key: frozenset(found) for key, found in served.items()},
    )


def serves(
    candidates: Sequence[Point], buildings: Sequence[Point], walk: Walk, lines: Iterable[Any] = ()
) -> csr_array:
    """A table of ones: row i, column j where a station at candidate i would serve building j. All have to be
    placed."""
    row, column, *_rest = _pairs(candidates, buildings, walk, list(lines))
    return csr_array((np.ones(len(row), np.int8), (row, column)), shape=(len(candidates), len(buildings)))


def _pairs(posts: Sequence[Point], homes: Sequence[Point], walk: Walk, lines: list[Any]):
    """(post, home, metres, along a path) of all pairs within reach, and which homes lie at a path."""
    none = np.empty(0, int)
    if not posts or not homes:
        return none, none, np.empty(0), np.empty(0, bool), np.zeros(len(homes), bool)
    degrees = np.array([(one.lon, one.lat) for one in (*posts, *homes)], float)
    flat = paths.Flat(*degrees[len(posts) :].mean(axis=0))
    doors = flat.metres(degrees)
    joined = paths.join(paths.net(lines, flat), doors, walk.access_m)
    known = joined.node >= 0
    found = [(*_straight(doors, len(posts), known, walk), False)]
    sources, targets = np.arange(len(posts)), np.arange(len(posts), len(doors))
    for row, column, metres in paths.walks(joined, sources, targets, walk.reach_m) if known.any() else ():
        found.append((row, column, metres, True))
    row, column, metres = (np.concatenate([one[n] for one in found]) for n in range(3))
    by_path = np.concatenate([np.full(len(one[0]), one[3]) for one in found])
    return row, column, metres, by_path, known[len(posts) :]


def _straight(doors: np.ndarray, posts: int, known: np.ndarray, walk: Walk):
    """Pairs of which at least one end lies at no known path."""
    near = cKDTree(doors[:posts]).query_ball_point(doors[posts:], walk.reach_m / walk.detour)
    sizes = [len(one) for one in near]
    column = np.repeat(np.arange(len(near)), sizes)
    row = np.array([s for one in near for s in sorted(one)], int)
    kept = ~(known[row] & known[posts + column])
    row, column = row[kept], column[kept]
    return row, column, np.hypot(*(doors[row] - doors[posts + column]).T) * walk.detour
