"""The public addresses of places: open to everyone, read only, kept by browsers."""

import pytest

from mulin.places import caching
from mulin.places.models import Division
from mulin.places.tests.test_queries import square

HOME = "500108002005"


@pytest.fixture
def outlined(world):
    Division.objects.filter(code=HOME).update(shape=square(106.55, 29.50))
    caching.forget()
    return world


def test_outlines_are_open_to_everyone_and_kept_until_places_change(outlined, client):
    url = f"/places/shapes/{outlined.street}.geojson?level=12"
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/geo+json")
    assert answer["Cache-Control"].startswith("public")
    assert [f["properties"]["code"] for f in answer.json()["features"]] == [HOME]
    again = client.get(url, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Division.objects.filter(code=HOME).update(shape=None)
    caching.bump()
    changed = client.get(url, headers={"If-None-Match": answer["ETag"]})
    assert changed.status_code == 200 and changed.json()["features"] == []


@pytest.mark.parametrize(
    "path", ["shapes/990000000000.geojson", "shapes/x.geojson", "buildings/500108002000"]
)
def test_what_does_not_exist_is_404(world, client, path):
    assert client.get(f"/places/{path}").status_code == 404


def test_a_level_that_is_none_is_refused_with_words(world, client):
    answer = client.get(f"/places/shapes/{HOME}.geojson?level=7")
    assert answer.status_code == 422 and answer.json()["field"] == "level"


def test_a_picker_gets_json_or_a_fragment(world, client):
    found = client.get("/places/search", {"q": "金堰社区"}).json()["items"]
    assert found[0]["full_name"] == "南岸区花园路街道金堰社区"
    page = client.get("/places/search", {"q": "金堰"}, headers={"HX-Request": "true"})
    assert f'data-place="{HOME}"' in page.content.decode()
    none = client.get("/places/search", {"q": "<b>", "format": "html"}).content.decode()
    assert "&lt;b&gt;" in none and "<b>" not in none
    for odd in ({"q": "金", "within": "x"}, {"q": "金", "limit": "-3"}, {"q": "\x00%_"}, {}):
        assert client.get("/places/search", odd).status_code == 200


def test_a_point_is_located_in_the_system_it_is_given_in(outlined, client):
    found = client.get("/places/locate", {"lon": "106.555", "lat": "29.505"}).json()
    assert (found["found"], found["place"], found["how"]) == (True, HOME, "area")
    assert found["name"] == "南岸区花园路街道金堰社区"
    assert client.get("/places/locate", {"lon": "100", "lat": "20"}).json() == {"found": False}
    for odd in (
        {},
        {"lon": "x", "lat": "1"},
        {"lon": "nan", "lat": "1"},
        {"lon": "106", "lat": "29", "crs": "?"},
    ):
        assert client.get("/places/locate", odd).status_code == 422
    assert client.get("/places/locate", {"lon": 106, "lat": 29, "within": "x"}).status_code == 422


def test_buildings_are_offered_by_estate(world, client):
    page = client.get(f"/places/buildings/{HOME}", {"chosen": f"{HOME}-B002"}).content.decode()
    assert page.index("金堰花园1栋") < page.index("金堰花园2栋") < page.index("金堰花园3栋")
    assert f'<option value="{HOME}-B002" selected>' in page
    assert '<optgroup label="机床厂家属院">' in page


@pytest.mark.parametrize("path", ["search", "locate", f"buildings/{HOME}", f"shapes/{HOME}.geojson"])
def test_nothing_can_be_written_there(world, client, path):
    assert client.post(f"/places/{path}").status_code == 405


def test_too_many_questions_are_slowed_down(world, client, settings, monkeypatch):
    settings.MULIN_THROTTLE = True
    from mulin.kernel import throttle

    real = throttle.check
    monkeypatch.setattr(
        throttle, "check", lambda what, who, limit, seconds: real(what, who, limit=2, seconds=600)
    )
    answers = [client.get("/places/search", {"q": "金"}).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
