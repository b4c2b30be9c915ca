"""The pages of the board answer everyone, and lead to lists only those who may see them."""

import json
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from mulin.cases.models import Case
from mulin.insight import views
from mulin.kernel import journal, recounting
from mulin.kernel.actors import SYSTEM


@pytest.fixture
def town(fill, world):
    fill(
        world.home,
        14,
        state="closed",
        outcome="confirmed",
        is_solved=True,
        responded_in_time=True,
        grid=world.grid,
    )
    fill(world.home, 3, state="reported")
    fill("500108002001", 8, state="in_hand")
    return world


def test_the_board_without_a_place_leads_everyone_to_their_own(town, cast, client_for):
    expected = {"clerk": town.home, "gridworker": town.grid, "street": town.street, "resident": town.home}
    for part, place in expected.items():
        answer = client_for(getattr(cast, part)).get("/board/")
        assert answer.headers["Location"] == f"/board/{place}/"
    assert client_for().get("/board/").headers["Location"] == f"/board/{town.site}/"
    assert (
        client_for()
        .get("/board/", {"place": town.home, "period": "week"})
        .headers["Location"]
        .endswith(f"/board/{town.home}/?period=week")
    )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_shows_figures_rates_and_how_they_are_counted(town, cast, client_for, language):
    client = client_for(cast.street, headers={"Accept-Language": language})
    for query in ("", "?period=year", "?wall=1", "?since=2025-11-01&until=2025-11-05"):
        answer = client.get(f"/board/{town.street}/{query}")
        assert answer.status_code == 200
    page = client.get(f"/board/{town.street}/").content.decode()
    words = {
        "zh-hans": ("响应率", "分到各处", "不加权"),
        "en": ("Response rate", "Place by place", "weight"),
    }[language]
    assert all(word in page for word in words)
    assert "14 / 25" in page


def test_the_public_page_marks_what_it_hides(town, client_for):
    page = client_for().get(f"/board/{town.street}/").content.decode()
    assert "&lt;5" in page or "—" in page
    assert "/desk/" not in page


def test_someone_without_the_right_is_led_from_a_grid_to_its_community(town, cast, client_for):
    answer = client_for(cast.neighbour).get(f"/board/{town.grid}/?period=week")
    assert answer.headers["Location"] == f"/board/{town.home}/?period=week"
    assert client_for(cast.gridworker).get(f"/board/{town.grid}/").status_code == 200


def test_an_unknown_place_is_not_found(town, client_for):
    for path in ("/board/123/", "/board/500199000000/", "/board/500199000000/map.json"):
        assert client_for().get(path).status_code == 404


def test_the_wall_asks_for_itself_and_can_be_stopped(town, client_for):
    page = client_for().get(f"/board/{town.street}/?wall=1").content.decode()
    assert "data-wall" in page and "wall.js" in page and "停止自动刷新" in page
    assert "data-wall" not in client_for().get(f"/board/{town.street}/").content.decode()


def test_the_excel_file_holds_the_same_numbers_and_hides_the_same(town, cast, client_for):
    def cells(client):
        answer = client.get(f"/board/{town.street}/export.xlsx")
        book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
        rows = book.get_sheet_by_name("数字").to_python()
        return {row[0]: row[1] for row in rows}, answer

    exact, answer = cells(client_for(cast.street))
    assert exact["收到"] == 25 and exact["现在在办"] == 11
    assert "attachment" in answer.headers["Content-Disposition"]
    public, _answer = cells(client_for())
    assert all(not isinstance(n, float) or n == 0 or n >= 5 for n in public.values())


def test_the_map_shades_places_and_gathers_squares(town, cast, client_for, fill):
    from mulin.places.models import Division

    ring = [[106.5, 29.5], [106.6, 29.5], [106.6, 29.6], [106.5, 29.6], [106.5, 29.5]]
    Division.objects.filter(code=town.home).update(shape={"type": "Polygon", "coordinates": [ring]})
    for case in Case.objects.filter(place=town.home).select_related("matter"):
        case.matter.lon, case.matter.lat = 106.56, 29.51
        case.matter.save()

    def features(client):
        return json.loads(client.get(f"/board/{town.street}/map.json").content)["features"]

    staff = features(client_for(cast.street))
    place = next(f["properties"] for f in staff if f["properties"]["kind"] == "place")
    assert (place["name"], place["n"]) == ("金堰社区", 17)
    assert [f["properties"]["n"] for f in staff if f["properties"]["kind"] == "square"] == [17]
    public = [f for f in features(client_for()) if f["properties"]["kind"] == "square"]
    assert public == []  # none of these matters is published


def test_a_tip_off_is_on_no_map(town, cast, client_for, fill):
    for case in fill(town.home, 6, state="reported", kind="tip_off", restriction="tip_off"):
        case.matter.lon, case.matter.lat = 106.57, 29.52
        case.matter.save()
    answer = json.loads(client_for(cast.street).get(f"/board/{town.home}/map.json").content)
    assert not [f for f in answer["features"] if f["properties"]["kind"] == "square"]


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "正在补数"), ("en", "still being counted")])
def test_the_board_says_while_older_figures_are_still_being_counted(
    town, client_for, language, words, monkeypatch
):
    """After an upgrade that counts something new; not on an instance of which nothing is known."""
    monkeypatch.setattr(views, "ASK_SECONDS", 0)
    client = client_for(headers={"Accept-Language": language})
    page = f"/board/{town.street}/"
    assert words not in client.get(page).content.decode()
    journal.record("kernel.backup.made", actor=SYSTEM)
    recounting.note()
    assert words in client.get(page).content.decode()
    recounting.rebuild()
    assert words not in client.get(page).content.decode()


def test_the_formal_level_of_a_municipality_is_passed_over(town, client_for):
    """500100 (市辖区) is 500000 once more: one board, its districts listed, one name on the way up."""
    client = client_for()
    city = client.get(f"/board/{town.site}/?period=month")
    assert [child.code for child in city.context["board"].children] == [town.district]
    assert client.get(f"/board/{town.city}/?period=week").headers["Location"] == (
        f"/board/{town.site}/?period=week"
    )
    district = client.get(f"/board/{town.district}/")
    assert [one["name"] for one in district.context["page"].trail] == ["重庆"]
    assert district.context["page"].trail[0]["url"].startswith(f"/board/{town.site}/")


def test_the_board_without_a_place_is_that_of_the_community_this_browser_chose(town, client_for):
    client = client_for()
    client.post("/place", {"place": town.other_home})
    assert client.get("/board/").headers["Location"] == f"/board/{town.other_home}/"


def test_the_unfinished_end_of_the_trend_is_marked_and_said(town, cast, client_for):
    page = client_for(cast.street).get(f"/board/{town.street}/").content.decode()
    assert page.count("<tr data-unfinished>") == 1
    assert "从 11-06 起的一段还没有满" in page
    past = client_for(cast.street).get(f"/board/{town.street}/?since=2025-10-01&until=2025-10-20")
    assert "data-unfinished" not in past.content.decode()
