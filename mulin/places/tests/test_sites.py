"""Estates, grids, buildings and outlines: who may change them, and what is kept."""

import csv
import json

import pytest

from mulin.kernel.actors import SYSTEM
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry
from mulin.places import queries
from mulin.places.actions import close_site, import_divisions, set_division, set_shape, set_shapes, set_site
from mulin.places.models import Division, Site
from mulin.places.tests.test_queries import square

HOME, OTHER = "500108002005", "500108106003"


def last():
    return Entry.objects.order_by("-id").first()


def test_a_new_building_gets_the_next_number_and_is_found_at_once(cast, world):
    site = set_site(
        actor=cast.clerk.actor, community=HOME, kind="building", name=" 金堰花园5栋 ", grid=f"{HOME}-G002",
        estate=f"{HOME}-E01", households=40, lon=106.57, lat=29.53, crs="gcj02",
    )  # fmt: skip
    assert (site.code, site.name) == (f"{HOME}-B005", "金堰花园5栋")
    assert 106.56 < site.lon < 106.57  # stored in WGS-84
    assert queries.locate_text("金堰花园5栋", within=HOME).building == site.code
    assert (last().code, last().place, last().data["kind"]) == ("places.site.added", HOME, "building")
    set_site(actor=cast.clerk.actor, community=HOME, code=site.code, name="金堰花园五栋")
    assert queries.name_of(site.code) == "金堰花园五栋"
    assert (last().code, last().data["fields"]) == ("places.site.changed", ["name"])
    n = Entry.objects.count()
    set_site(actor=cast.clerk.actor, community=HOME, code=site.code, name="金堰花园五栋")
    assert Entry.objects.count() == n


def test_a_number_that_was_closed_is_not_given_again(cast, world):
    close_site(actor=cast.clerk.actor, code=f"{HOME}-B004")
    site = set_site(actor=cast.clerk.actor, community=HOME, kind="building", name="新楼")
    assert site.code == f"{HOME}-B005"


@pytest.mark.parametrize("who", ["resident", "neighbour", "gridworker", "other_clerk", "department"])
def test_others_may_not_change_sites_of_the_community(cast, world, who):
    with pytest.raises(NotAllowed):
        set_site(actor=getattr(cast, who).actor, community=HOME, kind="building", name="楼")
    with pytest.raises(NotAllowed):
        close_site(actor=getattr(cast, who).actor, code=f"{HOME}-B001")
    assert queries.exists(f"{HOME}-B001")


def test_what_is_wrong_is_named_by_its_field(cast, world):
    def field(**wrong):
        with pytest.raises(ActionError) as caught:
            set_site(
                **{"actor": cast.clerk.actor, "community": HOME, "kind": "building", "name": "楼"} | wrong
            )
        return caught.value.field

    assert field(name=" ") == "name"
    assert field(kind="castle") == "kind"
    assert field(grid=f"{OTHER}-G001") == "grid"
    assert field(estate=f"{HOME}-G001") == "estate"
    assert field(households=-1) == "households"
    assert field(lon=1.0) == "lon"
    with pytest.raises(NotVisible):
        set_site(actor=cast.clerk.actor, community=HOME, code=f"{OTHER}-B001", name="楼")


def test_a_grid_that_buildings_belong_to_is_not_closed(cast, world):
    with pytest.raises(ActionError) as caught:
        close_site(actor=cast.clerk.actor, code=f"{HOME}-G001")
    assert caught.value.code == "site-in-use"
    close_site(actor=cast.clerk.actor, code=f"{HOME}-B004")
    assert not queries.exists(f"{HOME}-B004") and queries.name_of(f"{HOME}-B004") == "机床厂家属院4栋"
    with pytest.raises(NotVisible):
        close_site(actor=cast.clerk.actor, code=f"{HOME}-B004")


def test_an_outline_drawn_by_the_clerk_locates_points(cast, world):
    set_shape(actor=cast.clerk.actor, code=f"{HOME}-G001", geometry=square(106.0, 29.0))
    set_shape(actor=cast.admin.actor, code=HOME, geometry=square(106.0, 29.0, 0.02))
    found = queries.locate_point(106.005, 29.005)
    assert (found.place, found.grid) == (HOME, f"{HOME}-G001")
    set_shape(actor=cast.admin.actor, code=HOME, geometry=None)
    assert queries.locate_point(106.015, 29.015) is None
    with pytest.raises(NotAllowed):
        set_shape(actor=cast.clerk.actor, code=HOME, geometry=square(106.0, 29.0))
    for wrong in ({"type": "Point", "coordinates": [1, 2]}, {"type": "Polygon"}, square(500, 29)):
        with pytest.raises(ActionError):
            set_shape(actor=cast.admin.actor, code=HOME, geometry=wrong)


def test_a_divisions_telephone_and_short_name_are_changed_by_an_administrator(cast, world):
    set_division(actor=cast.admin.actor, code=HOME, phone="023-62800000")
    assert queries.get_place(HOME).phone == "023-62800000"
    with pytest.raises(NotAllowed):
        set_division(actor=cast.secretary.actor, code=HOME, phone="1")


def test_38_districts_are_found_by_their_centres_in_the_real_polygons(db, data_dir):
    import_divisions(actor=SYSTEM, path=data_dir / "divisions" / "chongqing_areas_2023.csv")
    features = json.loads((data_dir / "geo" / "chongqing_districts.geojson").read_text())
    result = set_shapes(actor=SYSTEM, features=features, crs="gcj02")
    assert result == {"set": 38, "unknown": 0}
    assert Entry.objects.filter(code="places.shapes.imported").count() == 1
    with (data_dir / "geo" / "centroids.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    right = [
        row["code"]
        for row in rows
        if (found := queries.locate_point(float(row["lon"]), float(row["lat"]), "gcj02"))
        and found.place == f"{row['code']}000000"
    ]
    assert len(right) == 38
    drawn = queries.geojson("500100000000")
    assert len(drawn["features"]) + len(queries.geojson("500200000000")["features"]) == 38
    assert len(json.dumps(drawn)) < 400_000


def test_a_building_is_found_from_any_side_of_it(world):
    for site in Site.objects.filter(kind="building"):
        found = queries.locate_point(site.lon, site.lat + 0.0002)
        assert (found.building, found.place) == (site.code, site.community)


def test_nearest_wins_within_the_community_that_the_polygon_says(world):
    Division.objects.filter(code=HOME).update(shape=square(106.5, 29.0, 0.1))
    Site.objects.filter(code=f"{HOME}-B001").update(lon=106.5999, lat=29.05)
    Site.objects.filter(code=f"{OTHER}-B001").update(lon=106.6001, lat=29.05)
    found = queries.locate_point(106.59999, 29.05)
    assert (found.place, found.building) == (HOME, f"{HOME}-B001")
