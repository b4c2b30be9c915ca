import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest

from mulin.places.coordinates import Crs, CrsMismatch, Point
from mulin.places.shapes import ShapeError, ShapeIndex


def square(code, west, south, size, name=""):
    ring = [
        [west, south],
        [west + size, south],
        [west + size, south + size],
        [west, south + size],
        [west, south],
    ]
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


@pytest.fixture(scope="module")
def town():
    features = [square("500108000000", 106, 29, 1), square("500103000000", 107, 29, 1)]
    features.append(square("500108002005", 106.2, 29.2, 0.1, "金堰"))
    return ShapeIndex({"type": "FeatureCollection", "features": features}, Crs.GCJ02)


def test_smallest_area_that_holds_the_point_wins(town):
    assert town.locate(106.25, 29.25) == "500108002005"
    assert town.locate_all(106.25, 29.25) == ["500108002005", "500108000000"]
    assert town.locate(106.5, 29.5) == "500108000000"
    assert town.locate(120, 29.5) is None


def test_point_on_a_common_border_gets_the_same_answer_every_time(town):
    assert town.locate_all(107, 29.5) == ["500103000000", "500108000000"]
    assert town.locate(107, 29.5) == "500103000000"


def test_many_points_give_what_single_points_give(town):
    rng = np.random.default_rng(3)
    lons, lats = rng.uniform(105.9, 108.1, 500), rng.uniform(28.9, 30.1, 500)
    assert town.locate_many(lons, lats) == [town.locate(*at) for at in zip(lons, lats, strict=True)]
    assert town.locate_many([], []) == []


def test_point_of_another_system_is_refused(town):
    assert town.locate_point(Point(106.5, 29.5, Crs.GCJ02)) == "500108000000"
    with pytest.raises(CrsMismatch, match="convert it first"):
        town.locate_point(Point(106.5, 29.5, Crs.WGS84))


def test_hole_does_not_belong_to_the_area():
    feature = square("500108000000", 106, 29, 1)
    feature["geometry"]["coordinates"].append([[106.4, 29.4], [106.6, 29.4], [106.6, 29.6], [106.4, 29.4]])
    index = ShapeIndex([feature])
    assert index.locate(106.55, 29.45) is None
    assert index.locate(106.1, 29.1) == "500108000000"


def test_crossed_ring_is_repaired():
    feature = square("500108000000", 106, 29, 1)
    feature["geometry"]["coordinates"] = [[[106, 29], [107, 30], [107, 29], [106, 30], [106, 29]]]
    assert ShapeIndex([feature]).locate(106.1, 29.5) == "500108000000"


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"properties": {}}, "feature 1: the property code"),
        ({"geometry": None}, "cannot be read"),
        ({"geometry": {"type": "Polygon", "coordinates": [[[1]]]}}, "cannot be read"),
        ({"geometry": {"type": "Point", "coordinates": [1, 2]}}, "no polygon"),
    ],
)
def test_unusable_feature_is_named(change, hint):
    with pytest.raises(ShapeError, match=hint):
        ShapeIndex([square("500108000000", 106, 29, 1) | change])


def test_simplified_neighbours_keep_their_common_border():
    # The common border wiggles; simplified alone, the two would leave gaps or overlap.
    wiggle = [[107 + 0.001 * (n % 2), 29 + n / 40] for n in range(41)]
    left = [[106, 29], *wiggle, [106, 30], [106, 29]]
    right = [[108, 29], [108, 30], *reversed(wiggle), [108, 29]]
    index = ShapeIndex(
        [square(code, 0, 0, 1) | {"geometry": {"type": "Polygon", "coordinates": [ring]}}
         for code, ring in (("500108000000", left), ("500103000000", right))]
    )  # fmt: skip
    small = index.simplified(2000)
    assert small.point_count() < index.point_count() / 3
    rng = np.random.default_rng(1)
    found = [small.locate_all(106.99 + x, 29.1 + y) for x, y in rng.uniform(0, [0.02, 0.8], (300, 2))]
    assert all(len(codes) == 1 for codes in found)


def test_simplification_stops_where_an_anchor_would_change_sides():
    spike = [
        [106, 29],
        [107, 29],
        [107, 29.5],
        [107.002, 29.501],
        [107, 29.502],
        [107, 30],
        [106, 30],
        [106, 29],
    ]
    feature = square("500108000000", 0, 0, 1)
    feature["geometry"]["coordinates"] = [spike]
    index = ShapeIndex([feature])
    assert index.simplified(2000).locate(107.001, 29.501) is None
    kept = index.simplified(2000, [("500108000000", 107.001, 29.501)])
    assert kept.locate(107.001, 29.501) == "500108000000"


def test_features_go_out_as_they_came(town):
    again = ShapeIndex(json.loads(json.dumps(town.to_features())), Crs.GCJ02)
    assert again.codes == town.codes
    assert again.shapes[0].name == "金堰"


def test_an_empty_index_answers_nothing():
    assert ShapeIndex([]).locate(106, 29) is None
    assert ShapeIndex([]).locate_many([106], [29]) == [None]


# --- real districts -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chongqing():
    if not (root := os.environ.get("MULIN_DATA")):
        pytest.skip("MULIN_DATA is not set: no real polygons")
    folder = Path(root) / "geo"
    with (folder / "centroids.csv").open(encoding="utf-8") as file:
        centroids = list(csv.DictReader(file))
    features = json.loads((folder / "chongqing_districts.geojson").read_text(encoding="utf-8"))
    return ShapeIndex(features, Crs.GCJ02), centroids


@pytest.mark.parametrize("columns", [("lon", "lat"), ("polygon_lon", "polygon_lat")])
@pytest.mark.parametrize("tolerance", [0, 50, 500, 5000])
def test_38_of_38_real_points_fall_into_their_own_district(chongqing, columns, tolerance):
    index, centroids = chongqing
    anchors = [(row["code"], float(row[columns[0]]), float(row[columns[1]])) for row in centroids]
    used = index.simplified(tolerance, anchors) if tolerance else index
    assert len(used) == len(anchors) == 38
    found = used.locate_many([lon for _, lon, _ in anchors], [lat for _, _, lat in anchors])
    assert found == [code for code, _, _ in anchors]
    if tolerance:
        assert used.point_count() < index.point_count() * 0.6
