"""The 15-minute circle as residents, staff, files and the command show it."""

import json
import re
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from python_calamine import CalamineWorkbook

from mulin.insight.coverage import actions, queries
from mulin.kernel.actors import ANONYMOUS, SYSTEM
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry
from mulin.places.models import Site, Venue

HOME = "500108002005"
# The buildings of the small world lie within a few hundred metres; 0.01 degrees of latitude are 1,112 m.
NORTH = 0.01


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path), "base_url": None},
        },
    }


@pytest.fixture
def station(world):
    at = world.sites[f"{HOME}-B001"]
    return Venue.objects.create(
        number="1000000008", place=HOME, site=at, name="金堰花园服务站", kind="station", is_station=True,
        services=["lost_code"], hours=[{"day": 1, "from": "09:00", "to": "17:00"}],
    )  # fmt: skip


def move(code: str, *, north: float = 0.0, lon=1, **more) -> Site:
    site = Site.objects.get(code=code)
    if lon is None:
        site.lon = site.lat = None
    else:
        site.lat += north
    for name, value in more.items():
        setattr(site, name, value)
    site.save()
    return site


def read(client, path, status=200, **query):
    answer = client.get(path, query)
    assert answer.status_code == status, answer.content.decode()[:400]
    return answer.content.decode()


def told(*args) -> dict:
    from io import StringIO

    out = StringIO()
    call_command("coverage", *args, stdout=out)
    return json.loads(out.getvalue().splitlines()[-1]) | {"said": out.getvalue()}


def test_the_command_counts_buildings_and_the_share_of_people(station):
    move(f"{HOME}-B004", north=NORTH, households=16)
    answer = told("--place", HOME)
    assert (answer["buildings"], answer["covered"]) == (4, 3)
    assert answer["people_share"] == pytest.approx(144 / 160)


def test_a_building_without_a_position_counts_but_is_never_covered(station):
    move(f"{HOME}-B004", lon=None)
    answer = told("--place", HOME)
    assert (answer["buildings"], answer["covered"], answer["people_share"]) == (4, 3, 0.75)
    assert "1 buildings have no position" in answer["said"]


def test_without_a_station_nobody_is_covered_and_the_command_says_where_one_belongs(world):
    answer = told("--place", HOME, "--stations", "1")
    assert (answer["covered"], answer["people_share"]) == (0, 0.0)
    assert "together 4 buildings, 192 households more: proven best" in answer["said"]


def test_where_no_households_are_known_there_is_no_share(station):
    Site.objects.update(households=None)
    assert told("--place", HOME)["people_share"] is None


@pytest.mark.parametrize("place", ["500000000000", "999999999999", f"{HOME}-B001", "x"])
def test_the_command_refuses_what_is_no_community_street_or_district(world, place):
    with pytest.raises(CommandError, match="no community"):
        told("--place", place)


@pytest.mark.parametrize("minutes", ["0", "-5", "121", "nan"])
def test_the_command_says_how_many_minutes_there_may_be(world, minutes):
    with pytest.raises(CommandError, match="--minutes must be more than 0 and at most 120"):
        told("--place", HOME, f"--minutes={minutes}")
    with pytest.raises(CommandError, match="--stations must be a number from 0 to 5"):
        told("--place", HOME, "--stations=6")


def test_a_station_across_the_boundary_serves_too(world):
    far = world.sites[f"{HOME}-B004"]
    Venue.objects.create(
        number="1000000008", place="500108002012", name="隔壁的站", kind="station", is_station=True,
        lon=far.lon, lat=far.lat,
    )  # fmt: skip
    assert told("--place", HOME)["covered"] == 4


def test_a_closed_station_serves_nobody(station, world):
    station.closed_on = "2020-01-01"
    station.save()
    assert told("--place", HOME)["covered"] == 0


def test_elders_walk_slower(station):
    move(f"{HOME}-B004", north=0.004)  # some 680 m away on the map, 880 m on foot
    assert told("--place", HOME)["covered"] == 4
    assert told("--place", HOME, "--pace", "elder")["covered"] == 3


# Paths


def line(*corners) -> bytes:
    return json.dumps(
        {"type": "Feature", "geometry": {"type": "LineString", "coordinates": list(corners)}}
    ).encode()


def detour(world) -> bytes:
    """A way from B001 to B002 that goes far round by the north."""
    one, two = world.sites[f"{HOME}-B001"], world.sites[f"{HOME}-B002"]
    up = NORTH * 3
    return line((one.lon, one.lat), (one.lon, one.lat + up), (two.lon, two.lat + up), (two.lon, two.lat))


def test_known_paths_take_the_place_of_straight_lines(station, world, tmp_path):
    assert told("--place", HOME)["covered"] == 4
    file = tmp_path / "paths.geojson"
    file.write_bytes(detour(world))
    after = told("--place", HOME, "--paths", str(file))
    assert after["covered"] < 4 and "1 lines stored" in after["said"]
    assert Entry.objects.filter(code="insight.paths.stored").count() == 1
    # The street's file serves its communities as long as they have none.
    actions.drop_paths(actor=SYSTEM, place=HOME)
    assert told("--place", HOME)["covered"] == 4
    actions.store_paths(actor=SYSTEM, place=world.street, data=detour(world))
    assert told("--place", HOME)["covered"] == after["covered"]


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"type": "FeatureCollection", "features": []}'])
def test_a_file_without_paths_is_refused_and_what_was_stored_stays(world, data):
    actions.store_paths(actor=SYSTEM, place=HOME, data=detour(world))
    with pytest.raises(ActionError) as refused:
        actions.store_paths(actor=SYSTEM, place=HOME, data=data)
    assert refused.value.status == 422
    assert default_storage.exists(f"paths/{HOME}.geojson")


def test_paths_are_stored_by_staff_of_the_place_only(world, cast):
    for person in (cast.other_clerk, cast.resident):
        with pytest.raises(NotAllowed):
            actions.store_paths(actor=person.actor, place=HOME, data=detour(world))
    assert actions.store_paths(actor=cast.clerk.actor, place=HOME, data=detour(world)) == 1


def test_the_desk_stores_paths_and_takes_them_away(client_for, cast, world):
    from django.core.files.uploadedfile import SimpleUploadedFile

    clerk, where = client_for(cast.clerk), f"/board/{HOME}/circle/paths/"
    assert "还没有路网" in read(clerk, where)
    bad = clerk.post(where, {"file": SimpleUploadedFile("a.geojson", b"{}")})
    assert bad.status_code == 422 and "读不出来" in bad.content.decode()
    good = clerk.post(where, {"file": SimpleUploadedFile("a.geojson", detour(world))})
    assert good.url == f"/board/{HOME}/circle/"
    assert "现在存了 1 条路" in read(clerk, where)
    assert "按存放的步行路网算" in read(clerk, f"/board/{HOME}/circle/")
    clerk.post(where, {"drop": "1"})
    assert "还没有路网" in read(clerk, where)


# Pages


def test_everybody_sees_who_cannot_walk_there(client_for, station):
    move(f"{HOME}-B004", north=NORTH)
    shown = read(client_for(), f"/board/{HOME}/circle/")
    assert "金堰花园服务站" in shown and "机床厂家属院4栋" in shown and "lost_code" in shown
    assert "约 380 人" in shown  # 144 households of 2.62, to tens
    assert "75%" in shown


def test_a_few_people_are_not_told_to_everybody(client_for, cast, station):
    move(f"{HOME}-B004", north=NORTH, households=1)
    shown = read(client_for(), f"/board/{HOME}/circle/")
    assert "不到 5 人" in shown and "人数不显示" in shown
    assert "约 3 人" not in shown and "99%" not in shown
    assert "约 3 人" in read(client_for(cast.clerk), f"/board/{HOME}/circle/")
    printed = read(client_for(cast.clerk), f"/board/{HOME}/circle/print/")
    assert "约 3 人" not in printed  # paper hangs on the notice board


def test_trying_a_station_out_says_what_it_would_add(client_for, station):
    move(f"{HOME}-B004", north=NORTH)
    shown = read(client_for(), f"/board/{HOME}/circle/", trial=f"{HOME}-B004")
    assert "放在机床厂家属院4栋：多 1 栋楼走得到，约 130 人" in shown
    assert "从 75% 到 100%" in shown
    data = json.loads(read(client_for(), f"/board/{HOME}/circle/map.json", trial=f"{HOME}-B004"))
    kinds = [one["properties"]["kind"] for one in data["features"]]
    assert kinds.count("near") == 4 and kinds.count("trial") == 1 and kinds.count("station") == 1
    assert "请从列出的楼栋和场地里选" in read(client_for(), f"/board/{HOME}/circle/", trial="x")
    read(client_for(), f"/board/{HOME}/circle/map.json", status=422, trial="x")


def test_the_next_station_is_found_and_proven(client_for, station):
    move(f"{HOME}-B004", north=NORTH)
    move(f"{HOME}-B003", north=-2 * NORTH, households=90)
    shown = read(client_for(), f"/board/{HOME}/circle/", stations="1")
    assert "没有更好的放法" in shown and "还有 1 栋走不到" in shown
    best = queries.next_stations(queries.circle_of(ANONYMOUS, HOME), 2)
    assert [spot.households for spot in best.spots] == [90, 48] and best.choice.is_proven


def test_a_street_sees_one_row_a_community_in_the_order_of_codes(client_for, cast, world, station):
    shown = read(client_for(cast.street), f"/board/{world.street}/circle/")
    order = [shown.index(f">{name}<") for name in ("南湖社区", "骑龙社区", "金堰社区", "金鹤社区")]
    assert order == sorted(order)
    for person in (cast.clerk, cast.resident):
        read(client_for(person), f"/board/{world.street}/circle/", status=403)
    read(client_for(), f"/board/{world.street}/circle/", status=403)
    assert "长生桥镇" not in shown
    district = read(client_for(cast.district), f"/board/{world.district}/circle/")
    assert "同景社区" in district and "金堰社区" in district


def test_on_a_phone_the_streets_title_stands_above_its_buttons(client_for, cast, world, station):
    shown = read(client_for(cast.street), f"/board/{world.street}/circle/")
    assert '<div class="spread spread--wrap"><h1>' in shown and "circle-rows" in shown


def test_on_a_phone_each_figure_of_a_community_stands_beside_its_name(client_for, cast, world, station):
    move(f"{HOME}-B004", north=NORTH, households=4000)
    shown = read(client_for(cast.street), f"/board/{world.street}/circle/")
    head = shown.split("<thead>")[1].split("</thead>")[0]
    row = next(one for one in shown.split("<tr>") if ">金堰社区<" in one and "data-label" in one)
    assert "table--stack" in shown and row.count("data-label=") == head.count("<th ")
    people = re.search(r'data-label="走不到的人，约">([0-9,]+)<', row)[1]
    assert "," in people and int(people.replace(",", "")) >= 4000
    answer = client_for(cast.street).get(f"/board/{world.street}/circle/export.xlsx")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_name("各社区").to_python()
    assert int(people.replace(",", "")) in [line[7] for line in book[1:]]


def test_the_file_has_a_row_a_building(client_for, cast, station):
    move(f"{HOME}-B004", north=NORTH)
    for client, columns in ((client_for(), 7), (client_for(cast.clerk), 8)):
        answer = client.get(f"/board/{HOME}/circle/export.xlsx")
        book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
        rows = book.get_sheet_by_name("楼栋").to_python()
        assert len(rows) == 5 and len(rows[0]) == columns
        assert [row[2] for row in rows[1:]] == ["走得到", "走得到", "走得到", "走不到"]
        assert rows[1][5:7] == ["金堰花园服务站", "直线折算"]


def test_an_unknown_place_and_odd_choices_do_no_harm(client_for, world):
    for place in ("nowhere", "500000000000", f"{HOME}-G001"):
        read(client_for(), f"/board/{place}/circle/", status=404)
    shown = read(client_for(), f"/board/{HOME}/circle/", minutes="abc", pace="run", stations="99")
    assert "15 分钟生活圈" in shown and "附近还没有登记的站" in shown
    with pytest.raises(NotVisible):
        queries.circle_of(ANONYMOUS, "")


def test_the_board_leads_to_the_circle(client_for, cast, world):
    assert f"/board/{HOME}/circle/" in read(client_for(), f"/board/{HOME}/")
    assert f"/board/{world.street}/circle/" in read(client_for(cast.street), f"/board/{world.street}/")
    assert f"/board/{world.street}/circle/" not in read(client_for(), f"/board/{world.street}/")
    assert client_for(cast.clerk).get("/board/circle/").url == f"/board/{HOME}/circle/"


def test_a_page_costs_as_many_statements_for_many_buildings(
    client_for, station, django_assert_max_num_queries
):
    rows = [
        Site(code=f"{HOME}-B{n:03d}", community=HOME, kind="building", name=f"{n}栋", lon=106.56, lat=29.51,
             households=9)
        for n in range(100, 160)
    ]  # fmt: skip
    Site.objects.bulk_create(rows)
    with django_assert_max_num_queries(8):
        queries.circle_of(ANONYMOUS, HOME)


def test_who_has_no_place_chooses_one_and_comes_to_its_circle(client_for, cast, world):
    anonymous = client_for()
    page, steps = read(anonymous, "/board/circle/"), 0
    while f'href="/board/{HOME}/circle/"' not in page:
        inner = next(code for code in ("500108002000", world.district) if f"?in={code}" in page)
        page, steps = read(anonymous, f"/board/circle/?in={inner}"), steps + 1
    assert steps <= 2 and "先选社区" in page
    assert "15 分钟生活圈" in read(anonymous, f"/board/{HOME}/circle/")
    for wrong in ("nowhere", "110000000000", f"{HOME}-B001", HOME, ""):
        assert "先选社区" in read(anonymous, f"/board/circle/?in={wrong}")


def test_who_works_for_more_than_the_circle_knows_chooses_too(client_for, cast, world):
    assert client_for(cast.street).get("/board/circle/").url == f"/board/{world.street}/circle/"
    assert "先选社区" in read(client_for(cast.admin), "/board/circle/")
