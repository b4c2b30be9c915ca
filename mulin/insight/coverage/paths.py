"""Paths one can walk, as a graph, and how far it is along them. Pure: no Django.

Lines are GeoJSON LineStrings in degrees. Two lines meet where they share a point (or come within a metre at a
point of each); lines that merely cross on the map do not: one may be a bridge. A house or a station joins the
nearest line by a straight way to it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

EARTH_M = 6_371_008.8
SNAP_M = 1.0
# Pieces that differ by less are as near.
TIE = 1e-6
# Rows of a distance table that are made at once: 256 times 10,000 doors are 20 MB.
ROWS = 256


class PathError(ValueError):
    """The file holds no paths that can be read; the message says which feature."""


@dataclass(frozen=True, slots=True)
class Flat:
    """A plane on which metres can be measured, touching the earth at `lon`, `lat`: right to a few metres in
    ten kilometres."""

    lon: float
    lat: float

    def metres(self, degrees: np.ndarray) -> np.ndarray:
        """Rows of (lon, lat) as rows of (east, north) in metres."""
        scale = np.radians(1.0) * EARTH_M
        east = np.cos(np.radians(self.lat))
        return (np.asarray(degrees, float).reshape(-1, 2) - [self.lon, self.lat]) * [scale * east, scale]


@dataclass(frozen=True, slots=True)
class Net:
    """Points (rows of east, north) and the straight pieces between them (rows of two point numbers)."""

    points: np.ndarray
    pieces: np.ndarray

    @property
    def lengths(self) -> np.ndarray:
        return np.hypot(*(self.points[self.pieces[:, 0]] - self.points[self.pieces[:, 1]]).T)


def lines_of(data: Mapping[str, Any]) -> list[list[list[float]]]:
    """The lines of a GeoJSON object as lists of [lon, lat]. Raises PathError."""
    features = data.get("features") if data.get("type") == "FeatureCollection" else [data]
    if not isinstance(features, Sequence) or isinstance(features, str):
        raise PathError("this is no GeoJSON FeatureCollection")
    found: list[list[list[float]]] = []
    for n, feature in enumerate(features, 1):
        if not isinstance(feature, Mapping):
            raise PathError(f"feature {n} is no feature")
        shape = feature.get("geometry", feature) or {}
        given = shape.get("coordinates", ())
        if shape.get("type") == "LineString":
            found.append(_line(given, n))
        elif shape.get("type") == "MultiLineString":
            found += [_line(one, n) for one in given]
    if not found:
        raise PathError("there is no LineString in it")
    return found


def _line(given: Any, n: int) -> list[list[float]]:
    try:
        line = [[float(point[0]), float(point[1])] for point in given]
    except (TypeError, ValueError, IndexError) as error:
        raise PathError(f"feature {n}: its points cannot be read") from error
    if len(line) < 2:
        raise PathError(f"feature {n}: a line needs two points")
    if any(not (-180 <= x <= 180 and -90 <= y <= 90) for x, y in line):
        raise PathError(f"feature {n}: its positions are no degrees")
    return line


def net(lines: Iterable[Sequence[Sequence[float]]], flat: Flat) -> Net:
    """The graph of lines of degrees. Points within a metre of one another are one."""
    rows = [flat.metres(np.array(line)) for line in lines]
    every = np.vstack(rows) if rows else np.empty((0, 2))
    starts = np.cumsum([0, *(len(row) for row in rows)])
    near = cKDTree(every).query_pairs(SNAP_M, output_type="ndarray") if len(every) else np.empty((0, 2), int)
    same = coo_array((np.ones(len(near)), (near[:, 0], near[:, 1])), shape=(len(every),) * 2)
    count, number = connected_components(same, directed=False) if len(every) else (0, np.empty(0, int))
    points = np.zeros((count, 2))
    points[number[::-1]] = every[::-1]  # of several the first
    ends = [np.column_stack([number[a : b - 1], number[a + 1 : b]]) for a, b in pairwise(starts)]
    pieces = np.sort(np.vstack(ends), axis=1) if ends else np.empty((0, 2), int)
    pieces = np.unique(pieces[pieces[:, 0] != pieces[:, 1]], axis=0).reshape(-1, 2)
    return Net(points, pieces)


@dataclass(frozen=True, slots=True)
class Joined:
    """A net with doors on it. `node[i]` is where door i stands in `graph`, -1 where no path is near."""

    graph: csr_array
    node: np.ndarray


def join(known: Net, doors: np.ndarray, access_m: float) -> Joined:
    """Put doors (rows of east, north) on the net: each by a straight way to the nearest piece no farther than
    `access_m`. A piece with doors on it is cut where their ways meet it, so that distances between two doors
    of one piece are right."""
    size, count = len(known.points), len(doors)
    node = np.full(count, -1)
    if not len(known.pieces) or not count:
        return Joined(csr_array((size, size)), node)
    ends = known.points[known.pieces]
    tree = shapely.STRtree(shapely.linestrings(ends))
    at, piece = _nearest(tree, shapely.points(doors), access_m)
    a, b = ends[piece, 0], ends[piece, 1]
    along = b - a
    share = np.clip(((doors[at] - a) * along).sum(1) / np.maximum((along**2).sum(1), 1e-12), 0, 1)
    away = np.hypot(*(a + share[:, None] * along - doors[at]).T)
    feet = size + np.arange(len(at))
    node[at] = size + len(at) + np.arange(len(at))
    rows = [_cut(known, piece, share, feet), np.column_stack([feet, node[at], away])]
    edges = np.vstack(rows)
    total = size + 2 * len(at)
    return Joined(_graph(edges, total), node)


def _nearest(tree: shapely.STRtree, doors: np.ndarray, access_m: float) -> tuple[np.ndarray, np.ndarray]:
    """The nearest piece of each door that has one; of several as near, where a path goes back over itself,
    the first: what comes out must not depend on how the tree was built."""
    (at, _any), far = tree.query_nearest(
        doors, max_distance=access_m, all_matches=False, return_distance=True
    )
    found, piece = tree.query(doors[at], predicate="dwithin", distance=far + TIE)
    order = np.lexsort((piece, found))
    rows, first = np.unique(found[order], return_index=True)
    return at[rows], piece[order][first]


def _cut(known: Net, piece: np.ndarray, share: np.ndarray, feet: np.ndarray) -> np.ndarray:
    """Rows of (node, node, metres): pieces as they are, or as chains over the feet that stand on them."""
    lengths = known.lengths
    if not len(feet):
        return np.column_stack([known.pieces, lengths])
    order = np.lexsort((share, piece))
    piece, share, feet = piece[order], share[order], feet[order]
    untouched = np.setdiff1d(np.arange(len(known.pieces)), piece)
    whole = np.column_stack([known.pieces[untouched], lengths[untouched]])
    first = np.r_[True, piece[1:] != piece[:-1]]
    before = np.where(first, known.pieces[piece, 0], np.r_[0, feet[:-1]])
    gone = np.where(first, 0.0, np.r_[0.0, share[:-1]])
    steps = np.column_stack([before, feet, (share - gone) * lengths[piece]])
    last = np.r_[piece[1:] != piece[:-1], True]
    rest = np.column_stack(
        [feet[last], known.pieces[piece[last], 1], (1 - share[last]) * lengths[piece[last]]]
    )
    return np.vstack([whole, steps, rest])


def _graph(edges: np.ndarray, size: int) -> csr_array:
    """The shorter of two edges between the same nodes; a length of nothing is kept as a hair."""
    low, high = np.sort(edges[:, :2].astype(int), axis=1).T
    length = np.maximum(edges[:, 2], 1e-9)
    order = np.lexsort((length, high, low))
    low, high, length = low[order], high[order], length[order]
    kept = np.r_[True, (low[1:] != low[:-1]) | (high[1:] != high[:-1])]
    return csr_array((length[kept], (low[kept], high[kept])), shape=(size, size))


def walks(joined: Joined, sources: np.ndarray, targets: np.ndarray, reach_m: float):
    """Yield (row, column, metres) arrays of the pairs of doors that are at most `reach_m` apart on the net:
    row and column are positions in `sources` and `targets` (numbers of doors)."""
    there = np.flatnonzero(joined.node[targets] >= 0)
    here = np.flatnonzero(joined.node[sources] >= 0)
    goals = joined.node[targets[there]]
    for start in range(0, len(here), ROWS):
        some = here[start : start + ROWS]
        found = dijkstra(joined.graph, directed=False, indices=joined.node[sources[some]], limit=reach_m)
        row, column = np.nonzero(np.isfinite(found[:, goals]))
        yield some[row], there[column], found[row, goals[column]]
