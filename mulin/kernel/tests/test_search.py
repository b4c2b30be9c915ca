"""Chinese full-text search on whichever database runs the tests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.kernel import search
from mulin.kernel.ids import new_id

pytestmark = pytest.mark.django_db
HOME, NEIGHBOUR = "500108002005", "500108106003"


def put(text, place=HOME, kind="matter"):
    object_id = new_id()
    search.index(kind, object_id, place, text)
    return object_id


def found(query, **kwargs):
    return [object_id for _, object_id in search.find("matter", query, **kwargs)]


def test_two_characters_are_enough_and_all_of_them_are_needed():
    lamp, rubbish = put("八栋楼下路灯不亮"), put("垃圾桶满了没人收")
    assert found("路灯") == [lamp]
    assert found("垃圾") == [rubbish]
    assert found("路灯 垃圾") == []


def test_latin_letters_digits_and_full_width_forms_match():
    led = put("ＬＥＤ灯坏了，编号A12")
    assert found("led") == [led]
    assert found("a12") == [led]


def test_the_newest_comes_first_and_pages_do_not_overlap():
    ids = [put(f"路灯不亮 {i}") for i in range(5)]
    first = search.find("matter", "路灯", limit=2)
    second = search.find("matter", "路灯", limit=2, before=first[-1][0])
    assert [i for _, i in first + second] == ids[:0:-1]


def test_a_place_narrows_the_search():
    home, neighbour = put("路灯不亮", HOME), put("路灯不亮", NEIGHBOUR)
    assert found("路灯", places=[HOME]) == [home]
    assert found("路灯", places=["500108106000"]) == [neighbour]
    assert found("路灯", places=["500108000000"]) == [neighbour, home]
    assert found("路灯", places=[f"{HOME}-G001"]) == [home]


def test_another_kind_is_not_mixed_in_and_a_removed_text_is_forgotten():
    put("路灯不亮", kind="notice")
    lamp = put("路灯不亮")
    assert found("路灯") == [lamp]
    search.remove(lamp)
    assert found("路灯") == []


@pytest.mark.parametrize(
    ("query", "is_short"),
    [
        ("灯", True),
        ("灯 坏", True),
        ("路灯", False),
        ("3楼", False),
        ("b", False),
        ("路灯 坏", False),
        ("", False),
    ],
)
def test_single_characters_alone_are_too_short_to_be_found(query, is_short):
    assert search.is_too_short(query) is is_short


def test_signs_alone_find_nothing_and_do_no_harm():
    put("路灯不亮")
    for query in ("", "，。！", "\"' OR 1=1 --", "* NEAR/3 (", '路灯" OR "'):
        search.find("matter", query)
    assert found("，。") == []


@given(st.text(max_size=60))
def test_every_token_is_safe_to_put_into_a_query(text):
    for token in search.tokens(text):
        assert not set(token) & set(" \t\n\\()|&!:*")
        assert "'" not in token and '"' not in token


@pytest.mark.parametrize("window", [0, 1, 2, 400])
def test_every_hit_is_found_once_newest_first_however_far_back_it_lies(monkeypatch, window):
    """Also ones that came after the newest was looked up."""
    monkeypatch.setattr(search, "WINDOW", window)
    monkeypatch.setattr(search, "_newest_known", {})
    objects = [new_id() for _ in range(9)]
    for n, key in enumerate(objects):
        search.index("x", key, HOME, "路灯坏了" if n % 2 == 0 else "水管坏了")
        if n == 5:
            search.find("x", "路灯")
    wanted = objects[8::-2]
    for size in (1, 2, 3, 9):
        hits, seen, before = True, [], None
        while hits:
            hits = search.find("x", "路灯", limit=size, before=before)
            assert len(hits) <= size
            seen += [key for _, key in hits]
            before = hits[-1][0] if hits else None
        assert seen == wanted
