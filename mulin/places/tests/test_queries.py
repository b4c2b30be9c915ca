"""Names, lists and pickers of places."""

import json
from math import cos, hypot, radians

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mulin.kernel.errors import ActionError, NotVisible
from mulin.places import caching, queries
from mulin.places.coordinates import distance_m
from mulin.places.locating import NEAR_BUILDING_M, _nearest
from mulin.places.models import Division, Site, Succession

HOME = "500108002005"


@pytest.fixture
def statements():
    """`with statements() as log:` collects the SQL of a block, after the successions were read."""

    def collect():
        queries.resolve(HOME)  # the table of successions is read once a process
        return CaptureQueriesContext(connection)

    return collect


def square(west, south, size=0.01):
    east, north = west + size, south + size
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def test_a_place_is_a_division_or_a_site(world):
    community, building = queries.get_place(HOME), queries.get_place(f"{HOME}-B001")
    assert (community.name, community.official_name) == ("金堰社区", "金堰社区居民委员会")
    assert (community.level, community.parent) == (12, "500108002000")
    assert (building.kind, building.community, building.grid) == ("building", HOME, f"{HOME}-G001")
    assert building.level == 17


def test_a_code_that_never_was_is_not_visible(world):
    with pytest.raises(NotVisible):
        queries.get_place("500108999000")
    assert not queries.exists("500108999000")
    assert not queries.exists("nonsense")
    assert queries.name_of("500108999000") == "500108999000"


def test_a_full_name_starts_at_the_district(world):
    assert queries.full_name(HOME) == "南岸区花园路街道金堰社区"
    assert queries.full_name(f"{HOME}-B001") == "南岸区花园路街道金堰社区金堰花园1栋"
    assert queries.full_name("500000000000") == "重庆"


def test_names_of_many_take_two_statements_and_then_none(world, statements):
    wanted = [*world.sites, *(code for code in [HOME, world.street, world.district, "500108002001"])]
    with statements() as log:
        names = queries.names_of(wanted)
    assert len(log) == 2
    assert names[world.district] == "南岸区"
    with statements() as log:
        assert queries.names_of(wanted) == names
        queries.full_name(HOME)
    assert len(log) == 0


def test_a_name_that_changed_is_seen_after_the_edition_went_up(world):
    assert queries.name_of(HOME) == "金堰社区"
    Division.objects.filter(code=HOME).update(short_name="新名")
    assert queries.name_of(HOME) == "金堰社区"
    caching.bump()
    assert queries.name_of(HOME) == "新名"


def test_another_process_is_followed_when_its_edition_is_seen(world, monkeypatch):
    assert queries.name_of(HOME) == "金堰社区"
    Division.objects.filter(code=HOME).update(short_name="新名")
    with connection.cursor() as cursor:
        cursor.execute(caching._UPSERT, ["places"])
    monkeypatch.setattr(caching, "TTL_SECONDS", 0)
    assert queries.name_of(HOME) == "新名"


def test_what_was_made_while_places_changed_is_not_remembered(world):
    kept = caching.Kept(5)

    def make_slowly():
        Division.objects.filter(code=HOME).update(short_name="新名")
        caching.bump()  # somebody changes places after this answer was read
        return "金堰社区"

    assert kept.make(HOME, make_slowly) == "金堰社区"
    assert kept.make(HOME, lambda: "新名") == "新名"
    assert kept.make(HOME, lambda: "not asked again") == "新名"


def test_children_are_what_is_in_force_directly_below(world):
    Division.objects.filter(code="500108002014").update(valid_to="2025-01-01")
    Division.objects.create(
        code="500108003000", name="别的系统", level=9, parent=world.district, system="mca", in_use=False
    )
    assert [place.code for place in queries.children(world.district)] == [world.street, world.other_street]
    assert "500108002014" not in {place.code for place in queries.children(world.street)}
    assert queries.children(HOME) == []


def test_a_city_without_districts_shows_its_towns(db):
    city = "441900000000"
    for code, level, parent in ((city, 4, "440000000000"), (city, 6, city), ("441900003000", 9, city)):
        Division.objects.create(
            code=code, name="东莞市" if level < 9 else "东城街道", level=level, parent=parent
        )
    assert [place.code for place in queries.children(city)] == ["441900003000"]
    assert queries.get_place(city).level == 4


def test_buildings_are_listed_by_estate_in_natural_order(world, statements):
    Site.objects.create(
        code=f"{HOME}-B010", community=HOME, kind="building", name="金堰花园10栋", estate=world.estate
    )
    Site.objects.create(code=f"{HOME}-B011", community=HOME, kind="building", name="临街1栋")
    with statements() as log:
        groups = queries.buildings(HOME)
    assert len(log) == 1
    assert [group.estate.name if group.estate else "" for group in groups] == ["机床厂家属院", "金堰花园", ""]
    assert [place.name for place in groups[1].buildings] == [
        "金堰花园1栋",
        "金堰花园2栋",
        "金堰花园3栋",
        "金堰花园10栋",
    ]


def test_a_picker_finds_by_name_by_code_and_below(world, statements):
    with statements() as log:
        found = queries.search_places("金堰", within=world.district)
    assert len(log) <= 2
    assert found[0].code == HOME
    assert {place.kind for place in found} >= {"grid", "building"}
    assert [place.code for place in queries.search_places("500108106")] == [
        world.other_street,
        "500108106001",
        world.other_home,
    ]
    assert queries.search_places("金堰", within=world.other_home) == []
    assert [place.code for place in queries.search_places("", within=world.district)] == [
        world.street,
        world.other_street,
    ]


def test_a_point_in_polygons_is_in_its_community_and_grid(world, statements):
    Division.objects.filter(code=HOME).update(shape=square(106.55, 29.50))
    Division.objects.filter(code=world.other_home).update(shape=square(106.56, 29.50))
    Site.objects.filter(code=world.grids[1]).update(shape=square(106.55, 29.50, 0.005))
    caching.forget()
    located = queries.locate_point(106.552, 29.502)
    assert (located.place, located.grid, located.building, located.how) == (HOME, world.grids[1], "", "area")
    with statements() as log:
        assert queries.locate_point(106.565, 29.505).place == world.other_home
    assert len(log) == 1
    assert queries.locate_point(106.552, 29.502, within=world.other_home) is None


def test_a_point_near_a_building_is_at_it_and_further_off_only_in_its_community(world):
    site = world.sites[f"{HOME}-B001"]
    at = queries.locate_point(site.lon + 0.0001, site.lat)
    assert (at.place, at.grid, at.building, at.estate) == (HOME, f"{HOME}-G001", site.code, world.estate)
    assert at.how == "nearest" and 5 < at.distance_m < 15
    near = queries.locate_point(site.lon, site.lat - 0.001)
    assert (near.place, near.building) == (HOME, "")
    assert queries.locate_point(site.lon, site.lat - 0.2) is None


def test_the_nearest_of_many_buildings_is_found_within_300_metres_in_every_direction(world):
    lon, lat = 106.60, 29.60
    north, east = 1 / 111_195, 1 / (111_195 * cos(radians(lat)))
    around = {
        "B101": (0, 299), "B102": (298, 0), "B103": (-297, 0), "B104": (0, -296),
        "B105": (-230, -230), "B106": (0, 301), "B107": (-302, 0), "B108": (290, 290),
    }  # fmt: skip
    for tail, (x, y) in around.items():
        Site.objects.create(
            code=f"{HOME}-{tail}", community=HOME, kind="building", name=tail,
            lon=lon + x * east, lat=lat + y * north,
        )  # fmt: skip
    metres = []
    while found := queries.locate_point(lon, lat):
        metres.append(round(found.distance_m))
        tail = next(tail for tail, at in around.items() if round(hypot(*at)) == metres[-1])
        Site.objects.filter(code=f"{HOME}-{tail}").update(valid_to="2026-01-01")
    # Both the one just outside and the one in the corner of the box are further than 300 m.
    assert metres == [296, 297, 298, 299]


@given(
    st.lists(st.tuples(st.floats(-500, 500), st.floats(-500, 500)), min_size=1, max_size=8),
    st.sampled_from([(106.6, 29.6), (121.5, 53.3), (109.5, 18.2)]),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nearest_is_what_a_look_at_every_building_finds(db, around, centre):
    lon, lat = centre
    Site.objects.all().delete()
    positions = [(lon + x / 111_195 / cos(radians(lat)), lat + y / 111_195) for x, y in around]
    Site.objects.bulk_create(
        Site(code=f"{HOME}-B{n:03d}", community=HOME, kind="building", name=str(n), lon=at[0], lat=at[1])
        for n, at in enumerate(positions, 1)
    )
    metres = [distance_m(lon, lat, *at) for at in positions]
    found = _nearest(lon, lat, HOME)
    if min(metres) > NEAR_BUILDING_M:
        assert found is None
    else:
        assert found[1] == pytest.approx(min(metres))
        assert metres[int(found[0].code[-3:]) - 1] == pytest.approx(min(metres))


def test_a_point_of_an_online_map_is_converted_first(world):
    from mulin.places.coordinates import convert

    site = world.sites[f"{HOME}-B001"]
    for crs, name in (("gcj02", "GCJ-02"), ("bd09", "BD-09")):
        lon, lat = convert(site.lon, site.lat, "WGS-84", name)
        assert queries.locate_point(lon, lat, crs).building == site.code
        assert queries.locate_point(lon, lat) is None or queries.locate_point(lon, lat).building != site.code
    assert queries.locate_point(site.lon, site.lat, "cgcs2000").building == site.code
    with pytest.raises(ActionError):
        queries.locate_point(site.lon, site.lat, "mars")
    with pytest.raises(ActionError):
        queries.locate_point(500, 1)


def test_words_name_a_building_in_its_estate(world):
    located = queries.locate_text("金堰花园2栋3单元楼道灯坏了", within=HOME)
    assert (located.place, located.building, located.grid) == (HOME, f"{HOME}-B002", f"{HOME}-G001")
    assert located.how == "words"
    assert queries.locate_text("同景社区门口", within=world.street).place == world.other_home
    assert queries.locate_text("今天天气很好", within=HOME) is None
    assert queries.locate_text("  ") is None


def test_outlines_are_of_what_lies_in_a_place(world):
    Division.objects.filter(code=HOME).update(shape=square(106.55, 29.50))
    Site.objects.filter(code=world.grids[0]).update(shape=square(106.55, 29.50, 0.005))
    caching.forget()
    found = queries.geojson(world.street)
    assert [f["properties"] for f in found["features"]] == [{"code": HOME, "name": "金堰社区"}]
    json.dumps(found)
    assert queries.geojson(HOME, 15)["features"][0]["properties"]["code"] == world.grids[0]
    assert queries.geojson(world.other_street)["features"] == []


def test_old_codes_are_followed_from_day_to_day(world):
    rows = [
        ("500105004000", "500157002000", "2025-11-06"), ("500157002000", "500157099000", "2030-01-01"),
        ("500105004001", "500157002001", "2025-11-06"), ("500105000000", "500157000000", "2025-11-06"),
    ]  # fmt: skip
    Succession.objects.bulk_create(Succession(old=old, new=new, on=on) for old, new, on in rows)
    from datetime import date

    assert queries.current("500105004000", date(2025, 11, 5)) == "500105004000"
    assert queries.current("500105004000", date(2025, 11, 6)) == "500157002000"
    assert queries.current("500105004000", date(2031, 1, 1)) == "500157099000"
    assert queries.resolve("500105004001-G003") == "500157002001-G003"
    assert queries.predecessors("500157099000") == ["500105004000", "500157002000"]
    assert queries.predecessors("500157002001-B001") == ["500105004001-B001"]


def test_a_split_place_is_followed_to_its_largest_part(world):
    rows = [("500105004000", "500157002000"), ("500105004000", "500157003000")]
    rows += [(f"50010500400{n}", f"500157003{n:03d}") for n in (1, 2)] + [("500105004003", "500157002003")]
    Succession.objects.bulk_create(Succession(old=old, new=new, on="2025-11-06") for old, new in rows)
    from datetime import date

    day = date(2026, 1, 1)
    assert queries.successors("500105004000", day) == ["500157002000", "500157003000"]
    assert queries.current("500105004000", day) == "500157003000"


def test_grids_with_chinese_numerals_are_in_natural_order():
    names = ["第十一网格", "第三网格", "第二网格", "10栋", "第一网格", "第十网格", "2栋", "东门"]
    assert sorted(names, key=queries.natural) == [
        "2栋", "10栋", "东门", "第一网格", "第二网格", "第三网格", "第十网格", "第十一网格",
    ]  # fmt: skip
