"""Places: the tree, what lies in a community, outlines, lists from above and reorganisations."""

import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from mulin.kernel.models import Job
from mulin.places.models import Division, Site

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[106.5, 29.5], [106.6, 29.5], [106.6, 29.6], [106.5, 29.6], [106.5, 29.5]]],
}


def url(name: str, *args) -> str:
    return reverse(f"desk:desk_admin:{name}", args=args)


def upload(name: str, content: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode())


def test_the_way_up_says_each_name_once(browser, world):
    Division.objects.filter(code=world.city).update(short_name="重庆")
    crumbs = browser("admin").get(url("places"), {"at": world.district}).context["crumbs"]
    assert [said for _code, said in crumbs] == ["全国", "重庆"]


def test_the_tree_is_walked_and_searched(browser, world):
    client = browser("admin")
    page = client.get(url("places"), {"at": world.street})
    assert world.home in {one.code for one in page.context["children"]}
    assert [one for one, _name in page.context["crumbs"]][-1] == world.district
    found = client.get(url("places"), {"q": "金堰"}).context["found"]
    assert world.home in {one.code for one, _full in found}
    assert client.get(url("places"), {"q": "月球"}).context["found"] == []


def test_an_administrator_gives_a_community_its_telephone(browser, world):
    data = {"short_name": "金堰社区", "phone": "023-62800001"}
    assert browser("admin").post(url("division", world.home), data).status_code == 302
    assert Division.objects.get(code=world.home).phone == "023-62800001"


def test_a_clerk_adds_changes_and_closes_a_building(browser, world):
    client = browser("clerk")
    data = {
        "name": "金堰花园9栋",
        "aliases": "9号楼，小九楼",
        "grid": world.grid,
        "estate": world.estate,
        "households": "40",
    }
    assert client.post(url("site-new", world.home, "building"), data).status_code == 302
    made = Site.objects.get(name="金堰花园9栋")
    assert made.aliases == ["9号楼", "小九楼"] and made.grid == world.grid
    client.post(url("site", world.home, "building", made.code), {**data, "households": "41"})
    made.refresh_from_db()
    assert made.households == 41
    client.post(url("site-close", world.home, "building", made.code))
    made.refresh_from_db()
    assert made.valid_to


def test_an_estate_gets_its_manager_and_loses_it_again(browser, world):
    client = browser("clerk")
    code = f"{world.home}-E02"
    client.post(
        url("site", world.home, "estate", code),
        {"name": "机床厂家属院", "manager": str(world.property_firm.pk)},
    )
    assert Site.objects.get(code=code).manager == world.property_firm.pk
    client.post(url("site", world.home, "estate", code), {"name": "机床厂家属院", "manager": ""})
    assert Site.objects.get(code=code).manager is None


def test_a_grid_with_buildings_is_not_closed_and_the_page_says_why(browser, world):
    page = browser("clerk").post(url("site-close", world.home, "grid", world.grid))
    assert page.status_code == 409 and "还有" in page.content.decode()
    assert Site.objects.get(code=world.grid).valid_to is None


def test_ticked_buildings_go_into_a_grid_together(browser, world):
    codes = [f"{world.home}-B001", f"{world.home}-B002"]
    data = {"n": codes, "to_grid": world.grids[2], "to_estate": ""}
    browser("clerk").post(url("site-assign", world.home), data)
    assert set(Site.objects.filter(code__in=codes).values_list("grid", flat=True)) == {world.grids[2]}
    assert set(Site.objects.filter(code__in=codes).values_list("estate", flat=True)) == {world.estate}


def test_a_clerk_changes_nothing_in_another_community(browser, world):
    client = browser("clerk")
    assert client.get(url("sites", world.other_home, "building")).status_code == 403
    assert client.post(url("site-assign", world.other_home), {"n": ["x"]}).status_code == 403


def test_a_bad_number_keeps_what_was_typed(browser, world):
    data = {"name": "金堰花园9栋", "aliases": "小九楼", "households": "vierzig"}
    page = browser("clerk").post(url("site-new", world.home, "building"), data)
    assert page.status_code == 422 and page.context["form"].errors["households"]
    assert "小九楼" in page.content.decode()


def test_an_outline_is_checked_kept_and_taken_away(browser, world):
    client = browser("clerk")
    file = upload("grid.geojson", json.dumps({"type": "Feature", "properties": {}, "geometry": SQUARE}))
    assert client.post(url("shape", world.grid), {"file": file, "crs": "wgs84"}).status_code == 302
    assert Site.objects.get(code=world.grid).shape["type"] in {"Polygon", "MultiPolygon"}
    client.post(url("shape", world.grid), {"crs": "wgs84", "remove": "on"})
    assert Site.objects.get(code=world.grid).shape is None


@pytest.mark.parametrize(
    "content",
    [
        "not json",
        json.dumps({"type": "FeatureCollection", "features": []}),
        json.dumps({"type": "Point", "coordinates": [1, 2]}),
        json.dumps(
            {"type": "Polygon", "coordinates": [[[10650, 2950], [10660, 2950], [10660, 2960], [10650, 2950]]]}
        ),
    ],
)
def test_a_file_without_an_outline_is_refused_with_a_reason(browser, world, content):
    page = browser("clerk").post(
        url("shape", world.grid), {"file": upload("x.json", content), "crs": "wgs84"}
    )
    assert page.status_code == 422 and page.context["form"].errors["file"]
    assert Site.objects.get(code=world.grid).shape is None


def test_outlines_of_many_divisions_come_from_one_file(browser, world):
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": SQUARE}
        for code in (world.home, "110101001001")
    ]
    file = upload("many.geojson", json.dumps({"type": "FeatureCollection", "features": features}))
    assert browser("admin").post(url("shapes"), {"file": file, "crs": "wgs84"}).status_code == 302
    assert Division.objects.get(code=world.home).shape


def test_a_list_is_handed_to_the_worker_and_bad_rows_are_shown(browser, cast, world):
    client = browser("admin")
    file = upload("divisions-2024.csv", "code,name\n500108107000,新的镇\n12,\n")
    answer = client.post(url("divisions-import"), {"file": file, "system": "nbs", "on": "2024-06-30"})
    job = Job.objects.get()
    assert answer.url == url("job", job.pk)
    page = client.get(answer.url)
    if job.finished_at is None:
        from mulin.kernel.jobs import run_job

        run_job.func(str(job.pk))
        page = client.get(answer.url)
    assert Division.objects.filter(code="500108107000").exists()
    assert page.context["errors"]


@pytest.fixture
def crosswalk(world) -> str:
    """The street moves to a new district with all of its communities."""
    n = Division.objects.filter(parent=world.street).count()
    head = "new_street_code,name,old_street_code,old_area_code,villages\n"
    return head + f"500157002,花园路街道,{world.street[:9]},{world.district[:6]},{n}\n"


def test_a_reorganisation_is_shown_before_anything_changes_and_done_once_confirmed(browser, world, crosswalk):
    client = browser("admin")
    data = {
        "file": upload("crosswalk.csv", crosswalk),
        "on": date(2026, 1, 1).isoformat(),
        "names": "500157 = 两江新区",
    }
    answer = client.post(url("reorganise"), data)
    assert answer.status_code == 302, answer.context["form"].errors
    page = client.get(answer.url)
    assert page.context["problems"] == []
    assert page.context["plan"].summary["moved"] == 6
    assert not Division.objects.filter(code="500157002000").exists()
    done = client.post(answer.url)
    assert Job.objects.get().kind == "desk.reorganise" and done.url == url("job", Job.objects.get().pk)


def test_a_crosswalk_that_does_not_fit_names_the_rows_and_cannot_be_confirmed(browser, world, crosswalk):
    client = browser("admin")
    wrong = crosswalk.replace(",6\n", ",9\n")
    data = {"file": upload("crosswalk.csv", wrong), "on": "2026-01-01", "names": ""}
    answer = client.post(url("reorganise"), data)
    page = client.get(answer.url)
    assert page.context["problems"]
    client.post(answer.url)
    assert not Job.objects.exists()


def test_the_plan_of_somebody_else_is_not_there(browser, world, crosswalk):
    data = {"file": upload("crosswalk.csv", crosswalk), "on": "2026-01-01", "names": ""}
    answer = browser("admin").post(url("reorganise"), data)
    assert browser("admin").get(answer.url[:-3] + "x/").status_code == 404


def test_a_file_that_is_no_crosswalk_and_a_day_to_come_are_said_beside_their_fields(browser, world):
    data = {"file": upload("x.csv", "a,b\n1,2\n"), "on": "2099-01-01", "names": ""}
    page = browser("admin").post(url("reorganise"), data)
    assert page.status_code == 422 and page.context["form"].errors["on"]
    page = browser("admin").post(
        url("reorganise"), {**data, "file": upload("x.csv", "a,b\n1,2\n"), "on": "2026-01-01"}
    )
    assert page.status_code == 422 and page.context["form"].errors["file"]
