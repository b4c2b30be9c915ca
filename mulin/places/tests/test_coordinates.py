import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.places import coordinates as co
from mulin.places.coordinates import Crs, CrsMismatch, Point

# Inside the rectangle, away from its edge.
lons, lats = st.floats(73, 136), st.floats(3, 54)
SHIFTED = [Crs.GCJ02, Crs.BD09]


@pytest.mark.parametrize(
    ("lon", "lat", "gcj", "bd"),
    [
        # Widely published example of the public formula: Tiananmen, Beijing.
        (116.404, 39.915, (116.41024449916938, 39.91640428150164), (116.41662724378733, 39.922699552216216)),
    ],
)
def test_known_example_is_met(lon, lat, gcj, bd):
    assert co.wgs84_to_gcj02(lon, lat) == pytest.approx(gcj, abs=1e-9)
    assert co.convert(lon, lat, Crs.WGS84, Crs.BD09) == pytest.approx(bd, abs=1e-9)


@given(lons, lats, st.sampled_from(SHIFTED))
def test_there_and_back_is_closer_than_half_a_metre(lon, lat, crs):
    there = co.convert(lon, lat, Crs.WGS84, crs)
    back = co.convert(*there, crs, Crs.WGS84)
    assert co.distance_m(lon, lat, *back) < 0.01


@given(lons, lats)
def test_systems_are_hundreds_of_metres_apart(lon, lat):
    gcj = co.wgs84_to_gcj02(lon, lat)
    assert 10 < co.distance_m(lon, lat, *gcj) < 2000
    assert 500 < co.distance_m(*gcj, *co.gcj02_to_bd09(*gcj)) < 1700


@pytest.mark.parametrize("place", [(-0.1276, 51.5072), (151.2, -33.87), (-74.0, 40.7)])
def test_outside_china_nothing_is_shifted(place):
    for source in Crs:
        for target in Crs:
            assert co.convert(*place, source, target) == place


def test_arrays_give_what_single_positions_give():
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(70, 140, 200), rng.uniform(-5, 58, 200)
    for source in Crs:
        for target in Crs:
            many = co.convert(lon, lat, source, target)
            one = [co.convert(float(a), float(b), source, target) for a, b in zip(lon, lat, strict=True)]
            assert np.allclose(np.column_stack(many), one, atol=1e-12)


def test_cgcs2000_keeps_its_numbers_but_is_another_type():
    here = Point(106.55, 29.53, Crs.WGS84)
    same = here.to(Crs.CGCS2000)
    assert (same.lon, same.lat) == (here.lon, here.lat)
    with pytest.raises(CrsMismatch):
        here.distance_to(same)


def test_points_of_different_systems_refuse_to_meet():
    here = Point(106.55, 29.53, Crs.WGS84)
    amap = here.to("GCJ-02")
    with pytest.raises(CrsMismatch, match="convert one of them"):
        here.distance_to(amap)
    with pytest.raises(CrsMismatch):
        co.box_around(here.lon, here.lat, 100).holds(amap)
    assert here.distance_to(amap.to(Crs.WGS84)) < 0.01
    assert here.to(Crs.WGS84) is here


@pytest.mark.parametrize(("lon", "lat"), [(29.53, 106.55), (181, 0), (0, -91), (float("nan"), 0)])
def test_impossible_positions_are_refused(lon, lat):
    with pytest.raises(ValueError, match="no position"):
        Point(lon, lat, Crs.WGS84)


def test_swapped_degrees_are_explained():
    with pytest.raises(ValueError, match="longitude comes first"):
        Point(29.53, 106.55, Crs.WGS84)


def test_unknown_system_is_refused():
    with pytest.raises(ValueError, match="EPSG"):
        Point(106.55, 29.53, "EPSG:3857")


def test_a_degree_of_latitude_is_about_111_kilometres():
    assert co.distance_m(106.5, 29, 106.5, 30) == pytest.approx(111_195, abs=5)


@given(lons, lats, st.floats(1, 50_000), st.floats(0, 6.283185307179586))
def test_box_holds_everything_within_the_radius(lon, lat, radius, bearing):
    box = co.box_around(lon, lat, radius)
    reach, phi = radius / co.EARTH_RADIUS_M, np.radians(lat)
    to_lat = np.arcsin(np.sin(phi) * np.cos(reach) + np.cos(phi) * np.sin(reach) * np.cos(bearing))
    turn = np.sin(bearing) * np.sin(reach) * np.cos(phi)
    to_lon = np.radians(lon) + np.arctan2(turn, np.cos(reach) - np.sin(phi) * np.sin(to_lat))
    rim = Point(float(np.degrees(to_lon)), float(np.degrees(to_lat)), Crs.WGS84)
    assert box.holds(rim)
