"""The register answers everyone in the same way, with names of nobody."""

import csv
import json
import re
from io import BytesIO, StringIO

import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from mulin.disclosure.views import _place_options
from mulin.voices.models import Matter

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_everyone_reads_the_same_register(publish, cast, client_for, language):
    matter = publish(answer="已经换了新灯。")
    for person in (None, cast.neighbour, cast.clerk, cast.admin):
        client = client_for(person, headers={"Accept-Language": language})
        for path in ("/register/", "/register/?view=map", "/register/heads/"):
            assert client.get(path).status_code == 200, path
        answer = client.get(f"/register/{matter.number}/", follow=True)
        assert answer.redirect_chain == [(f"/m/{matter.number}", 301)]
        assert "已经换了新灯" in answer.content.decode()


def test_no_page_of_the_register_holds_a_name_or_what_was_not_approved(publish, cast, client_for, world):
    matter = publish()
    names = [p.account.name for p in cast.everybody().values()] + [
        p.account.username for p in cast.everybody().values()
    ]
    names = [name for name in names if not name.isascii()]
    paths = [
        "/register/",
        f"/register/?place={world.home}",
        f"/register/{matter.number}/",
        "/register/atom.xml",
    ]
    for path in [*paths, "/register/map.json", "/register/heads/"]:
        page = client_for().get(path, follow=True).content.decode()
        assert not [name for name in names if name in page], path
        assert "老人出门" not in page and world.sites[world.building].name not in page, path


def test_a_matter_that_is_not_published_is_not_found(speak, client_for, cast):
    matter = speak()
    for person in (None, cast.clerk, cast.admin):
        assert client_for(person).get(f"/register/{matter.number}/").status_code == 404
    assert client_for().get("/register/0000000000/").status_code == 404


def test_an_open_matter_offers_to_stand_beside_it_and_a_closed_one_does_not(publish, client_for):
    matter = publish()
    path = f"/register/{matter.number}/"
    assert "我也遇到" in client_for().get(path, follow=True).content.decode()
    Matter.objects.filter(pk=matter.pk).update(is_open=False)
    assert "我也遇到" not in client_for().get(path, follow=True).content.decode()


def test_filters_that_make_no_sense_are_left_out(publish, client_for):
    publish()
    query = "?place=nonsense&category=none&state=maybe&since=soon&before=@@"
    assert client_for().get(f"/register/{query}").status_code == 200
    assert client_for().get("/register/?place=500199000000").status_code == 200
    assert client_for().get("/register/map.json?place=500199000000").status_code == 200


def test_the_feed_is_atom_with_stable_ids_newest_first(publish, client_for, world):
    publish("第一盏路灯")
    last = publish("第二盏路灯", place=world.other_home)
    answer = client_for().get("/register/atom.xml")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    feed = etree.fromstring(answer.content)
    titles = [e.findtext(f"{ATOM}title") for e in feed.iter(f"{ATOM}entry")]
    assert titles == ["第二盏路灯", "第一盏路灯"]
    assert feed.find(f"{ATOM}entry").findtext(f"{ATOM}id") == f"urn:uuid:{last.id}"
    only = etree.fromstring(client_for().get(f"/register/atom.xml?place={world.home}").content)
    assert [e.findtext(f"{ATOM}title") for e in only.iter(f"{ATOM}entry")] == ["第一盏路灯"]


def test_the_files_hold_every_entry_of_the_filter(publish, client_for):
    matter = publish("=1+1 的路灯", "门口的路灯坏了一周。")
    answer = client_for().get("/register/export.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text)))
    assert rows[1][0] == matter.number and rows[1][1] == "'=1+1 的路灯"
    book = CalamineWorkbook.from_filelike(BytesIO(client_for().get("/register/export.xlsx").content))
    sheet = book.get_sheet_by_index(0).to_python()
    assert str(sheet[1][0]) == matter.number and sheet[1][1] == "=1+1 的路灯"
    empty = b"".join(client_for().get("/register/export.csv?state=closed").streaming_content).decode()
    assert len(empty.strip().splitlines()) == 1


def test_the_map_marks_estates_and_communities_only(publish, client_for, world):
    publish()
    features = json.loads(client_for().get("/register/map.json").content)["features"]
    points = [f for f in features if f["geometry"]["type"] == "Point"]
    assert [p["properties"]["name"] for p in points] == ["金堰花园：1 件"]
    assert points[0]["properties"]["url"] == f"/register/?place={world.estate}"
    assert points[0]["properties"]["n"] == 1  # the number in the marker


def test_heads_are_given_to_programs_too(publish, client_for, settle, world):
    publish()
    settle()
    body = client_for().get("/register/heads.json").json()
    assert world.home in {item["key"] for item in body["items"]} and body["next"] is None


def test_a_photo_that_was_not_approved_is_not_served(publish, client_for):
    from uuid import uuid4

    from mulin.voices.models import Photo

    matter = publish()
    photo = Photo.objects.create(matter=matter, file="a.jpg", thumb="b.jpg", width=1, height=1, size=1)
    for pk in (photo.id, uuid4()):
        assert client_for().get(f"/register/photo/{pk}").status_code == 404
        assert client_for().get(f"/register/photo/{pk}/thumb").status_code == 404


def test_an_approved_photo_leads_to_its_one_address(publish, client_for):
    from django.core.files.base import ContentFile

    from mulin.voices.models import Photo

    matter = publish()
    photo = Photo(matter=matter, width=1, height=1, size=1, is_approved=True)
    photo.file.save("a.jpg", ContentFile(b"jpeg"), save=False)
    photo.thumb.save("b.jpg", ContentFile(b"jpeg"), save=False)
    photo.save()
    assert client_for().get(f"/register/photo/{photo.id}").url == f"/photo/{photo.id}/large"
    assert client_for().get(f"/register/photo/{photo.id}/thumb").url == f"/photo/{photo.id}/thumb"


def test_the_filters_are_folded_away_and_say_what_is_active(publish, client_for, world):
    publish()
    page = client_for().get(f"/register/?place={world.home}&state=open").content.decode()
    chips = page.split("去掉这一项")
    assert len(chips) == 3 and "金堰社区" in chips[0] and "还在办" in chips[1]
    assert 'href="?place=' in chips[1]  # letting the state go keeps the place
    form = page[page.index('<form class="stack') :]
    assert form.index("<details") < form.index('name="state"') < form.index("</details>")


def test_what_stands_in_the_search_box_fits_a_phone_in_both_languages(client_for, world):
    """390 px leave the box about twenty Latin letters beside its button."""
    for language in ("zh-hans", "en"):
        client = client_for()
        client.cookies["mulin_language"] = language
        placeholder = re.search(r'placeholder="([^"]*)"', client.get("/register/").content.decode())[1]
        assert sum(2 if letter > "\u2e7f" else 1 for letter in placeholder) <= 20, placeholder


def test_the_places_to_choose_from_begin_where_there_is_a_choice(world, settings):
    settings.MULIN_SITE_PLACE = "500000000000"
    first = [one["value"] for one in _place_options("")]
    assert "500108000000" in first  # below a province of one city of one district
    below = [one["value"] for one in _place_options("500108000000")]
    assert world.home[:9] + "000" in below
    at_home = [one["label"] for one in _place_options(world.home)]
    assert len(at_home) == len(set(at_home))  # the city is all of its province, and is said once


def test_who_searches_for_one_character_is_told_that_it_takes_two(publish, client_for):
    publish()
    client = client_for()
    assert "请写两个字以上" in client.get("/register/", {"q": "灯"}).content.decode()
    assert "请写两个字以上" not in client.get("/register/", {"q": "电梯"}).content.decode()
