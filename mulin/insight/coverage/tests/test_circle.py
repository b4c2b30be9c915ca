"""The engine of the 15-minute circle: distances, what a station adds, and where the next one belongs."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from mulin.insight.coverage import circle, paths, siting
from mulin.insight.coverage.circle import Point, Walk

LON, LAT = 106.55, 29.52
FLAT = paths.Flat(LON, LAT)
DEGREE_M = float(FLAT.metres(np.array([[LON, LAT + 1]]))[0, 1])
EAST_M = float(FLAT.metres(np.array([[LON + 1, LAT]]))[0, 0])
WALK = Walk(minutes=15, speed=60, detour=1.3)  # 900 m


def at(east: float, north: float) -> tuple[float, float]:
    return LON + east / EAST_M, LAT + north / DEGREE_M


def point(key: str, east: float, north: float, households: int | None = 10) -> Point:
    return Point(key, *at(east, north), households)


def road(*corners: tuple[float, float]) -> list[list[float]]:
    return [list(at(*corner)) for corner in corners]


# Distances


def test_where_no_path_is_known_the_straight_line_is_lengthened_by_the_detour():
    found = circle.reach([point("b", 600, 0), point("c", 700, 0)], [point("s", 0, 0)], WALK)
    assert found.ways["b"][0].metres == pytest.approx(780, abs=1)
    assert not found.ways["b"][0].by_path
    assert found.left_out == {"c"}  # 910 m


def test_along_a_known_path_the_way_counts_and_not_the_straight_line():
    around = [road((0, 0), (0, 500), (300, 500), (300, 0))]
    found = circle.reach([point("b", 300, 0)], [point("s", 0, 0)], WALK, around)
    assert found.left_out == {"b"} and found.on_paths == {"b"}  # 1,300 m on foot, 300 m as the crow flies
    longer = circle.reach([point("b", 300, 0)], [point("s", 0, 0)], Walk(25, 60, 1.3), around)
    way = longer.ways["b"][0]
    assert way.by_path and way.metres == pytest.approx(1300, abs=2)


def test_two_doors_of_one_piece_are_as_far_apart_as_they_stand():
    one = [road((0, 0), (1000, 0))]
    found = circle.reach([point("b", 300, 20), point("c", 100, 0)], [point("s", 200, 10)], WALK, one)
    assert found.ways["b"][0].metres == pytest.approx(130, abs=1)
    assert found.ways["c"][0].metres == pytest.approx(110, abs=1)


def test_lines_that_cross_without_a_common_point_do_not_meet():
    bridge = [road((0, 0), (800, 0)), road((400, -400), (400, 400))]
    apart = circle.reach([point("b", 400, 300)], [point("s", 0, 0)], WALK, bridge)
    assert apart.left_out == {"b"}
    stairs = [road((0, 0), (400, 0), (800, 0)), road((400, -400), (400, 0.5), (400, 400))]
    met = circle.reach([point("b", 400, 300)], [point("s", 0, 0)], WALK, stairs)
    assert met.ways["b"][0].metres == pytest.approx(700, abs=3)


def test_a_building_far_from_every_path_is_measured_straight():
    found = circle.reach([point("b", 300, 400)], [point("s", 0, 0)], WALK, [road((0, 0), (300, 0))])
    assert not found.ways["b"][0].by_path and not found.on_paths


def test_a_building_without_a_position_is_neither_covered_nor_left_out():
    found = circle.reach([Point("b"), point("c", 0, 0)], [point("s", 0, 0)], WALK)
    assert found.unplaced == {"b"} and found.covered == {"c"} and not found.left_out


def test_a_station_at_the_door_is_within_reach():
    found = circle.reach([point("b", 0, 0)], [point("s", 0, 0)], WALK, [road((0, 0), (10, 0))])
    assert found.covered == {"b"}


@pytest.mark.parametrize(
    "data",
    [
        {"type": "FeatureCollection", "features": []},
        {"type": "FeatureCollection", "features": "no"},
        {"type": "Feature", "geometry": {"type": "LineString", "coordinates": [[106.5, 29.5]]}},
        {"type": "Feature", "geometry": {"type": "LineString", "coordinates": [[106.5], [1, 2]]}},
        {"type": "Feature", "geometry": {"type": "LineString", "coordinates": [[356000, 3], [1, 2]]}},
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [106.5, 29.5]}},
        {"type": "FeatureCollection", "features": [7]},
    ],
)
def test_what_holds_no_readable_lines_is_refused(data):
    with pytest.raises(paths.PathError):
        paths.lines_of(data)


# Properties

METRES = st.integers(-1500, 1500)
SPOTS = st.lists(st.tuples(METRES, METRES), min_size=1, max_size=8)
LINES = st.lists(st.lists(st.tuples(METRES, METRES), min_size=2, max_size=4), max_size=4)


def points(spots, name):
    return [point(f"{name}{n}", *spot) for n, spot in enumerate(spots)]


@settings(max_examples=60, deadline=None)
@given(SPOTS, SPOTS, LINES, st.tuples(METRES, METRES))
def test_one_more_station_never_lowers_what_is_covered(homes, stations, lines, more):
    buildings, posts = points(homes, "b"), points(stations, "s")
    ways = [road(*line) for line in lines]
    before = circle.reach(buildings, posts, WALK, ways)
    after = circle.reach(buildings, [*posts, point("new", *more)], WALK, ways)
    assert before.covered <= after.covered
    for key, found in before.ways.items():
        assert {(way.station, way.metres) for way in found} <= {
            (way.station, way.metres) for way in after.ways[key]
        }


@settings(max_examples=40, deadline=None)
@given(SPOTS, SPOTS, LINES)
def test_more_minutes_never_lower_what_is_covered(homes, stations, lines):
    buildings, posts, ways = points(homes, "b"), points(stations, "s"), [road(*line) for line in lines]
    short = circle.reach(buildings, posts, Walk(10, 60, 1.3), ways)
    assert short.covered <= circle.reach(buildings, posts, WALK, ways).covered


def slow_metres(lines, doors, access):
    """All-pairs distances the long way: doors on pieces by trying every piece, then Floyd and Warshall."""
    known = paths.net([np.array(line) for line in lines], FLAT)
    nodes = [tuple(one) for one in known.points]
    edges: list[tuple[int, int, float]] = []
    on: dict[int, list[tuple[float, int]]] = {}
    spot = FLAT.metres(np.array(doors))
    mine = {}
    for d, (x, y) in enumerate(spot):
        best = None
        for p, (i, j) in enumerate(known.pieces):
            a, b = known.points[i], known.points[j]
            t = float(np.clip(np.dot([x, y] - a, b - a) / np.dot(b - a, b - a), 0, 1))
            away = float(np.hypot(*(a + t * (b - a) - [x, y])))
            if best is None or away < best[0] - paths.TIE:
                best = (away, p, t)
        if best and best[0] <= access:
            foot, door = len(nodes), len(nodes) + 1
            nodes += [(0, 0), (0, 0)]
            edges.append((foot, door, best[0]))
            on.setdefault(best[1], []).append((best[2], foot))
            mine[d] = door
    for p, (i, j) in enumerate(known.pieces):
        length = float(known.lengths[p])
        chain = [(0.0, int(i)), *sorted(on.get(p, [])), (1.0, int(j))]
        edges += [(u, v, (t1 - t0) * length) for (t0, u), (t1, v) in pairwise(chain)]
    far = np.full((len(nodes), len(nodes)), np.inf)
    np.fill_diagonal(far, 0)
    for u, v, m in edges:
        far[u, v] = far[v, u] = min(far[u, v], m)
    for k in range(len(nodes)):
        far = np.minimum(far, far[:, [k]] + far[[k], :])
    return mine, far


@settings(max_examples=40, deadline=None)
@given(SPOTS, st.tuples(METRES, METRES), LINES.filter(bool))
@example([(0, 1)], (0, 3), [[(0, 4), (0, 0), (0, 2)]])
def test_distances_along_paths_are_those_of_the_plain_method(homes, station, lines):
    ways = [road(*line) for line in lines]
    doors = np.array([at(*station), *(at(*spot) for spot in homes)])
    joined = paths.join(paths.net(ways, FLAT), FLAT.metres(doors), 150)
    mine, far = slow_metres(ways, doors, 150)
    assert {d for d in range(len(doors)) if joined.node[d] >= 0} == set(mine)
    if 0 not in mine:
        return
    found = {}
    for _row, column, metres in paths.walks(joined, np.array([0]), np.arange(1, len(doors)), 3000):
        found |= dict(zip((column + 1).tolist(), metres.tolist(), strict=True))
    expected = {d: far[mine[0], node] for d, node in mine.items() if d and far[mine[0], node] <= 3000 - 1e-3}
    assert expected.keys() <= found.keys()
    for d, metres in expected.items():
        assert found[d] == pytest.approx(metres, abs=1e-3)


# Siting

TABLES = st.integers(1, 7).flatmap(
    lambda columns: st.lists(
        st.lists(st.booleans(), min_size=columns, max_size=columns), min_size=1, max_size=7
    )
)


@settings(max_examples=80, deadline=None)
@given(TABLES, st.data(), st.integers(1, 4))
def test_the_choice_is_the_best_of_all_that_there_are(rows, data, k):
    table = np.array(rows, np.int8)
    homes = data.draw(st.lists(st.integers(0, 90), min_size=table.shape[1], max_size=table.shape[1]))
    found = siting.choose(csr_array(table), homes, k)
    size = min(k, len(table))
    best = max(
        (int(np.array(homes)[served].sum()), int(served.sum()))
        for some in combinations(range(len(table)), size)
        for served in [table[list(some)].any(axis=0)]
    )
    assert (found.households, found.buildings) == best
    assert found.is_proven and found.bound == best[0] and found.gap == 0
    assert sum(found.adds) == found.households and len(found.picked) <= k
    assert list(found.adds) == sorted(found.adds, reverse=True)


def test_out_of_time_the_gap_to_the_bound_is_said():
    rng = np.random.default_rng(3)
    table = csr_array((rng.random((150, 300)) < 0.04).astype(np.int8))
    homes = rng.integers(1, 90, 300).tolist()
    found = siting.choose(table, homes, 12, seconds=0.01)
    assert not found.is_proven and 0 < found.gap < 1 and found.households < found.bound


def test_nobody_to_serve_means_nothing_to_choose():
    found = siting.choose(csr_array((3, 4), dtype=np.int8), [5, 5, 5, 5], 2)
    assert found.picked == () and found.households == 0 and found.is_proven
