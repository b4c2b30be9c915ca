import os
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.kernel.codes import Level
from mulin.places.addresses import Address, Entry, Gazetteer
from mulin.places.divisions import read_divisions
from mulin.places.housenumbers import arabic

JINYAN, TONGJING = "500108002005", "500108106003"
NAMES = [
    Entry("500000000000", "重庆市", Level.PROVINCE),
    Entry("500108000000", "南岸区", Level.DISTRICT),
    Entry("500112000000", "渝北区", Level.DISTRICT),
    Entry("500108002000", "花园路街道", Level.STREET),
    Entry("500108106000", "长生桥镇", Level.STREET),
    Entry("500112011000", "龙溪街道", Level.STREET),
    Entry(JINYAN, "金堰社区居民委员会", Level.COMMUNITY),
    Entry("500108002001", "南湖社区居民委员会", Level.COMMUNITY),
    Entry("500108002011", "花园路社区居民委员会", Level.COMMUNITY),
    Entry(TONGJING, "同景社区居民委员会", Level.COMMUNITY),
    Entry("500108106201", "金堰村村民委员会", Level.COMMUNITY),
    Entry("500108002009", "幸福社区居民委员会", Level.COMMUNITY),
    Entry("500112011009", "幸福社区居民委员会", Level.COMMUNITY),
    Entry(JINYAN + "-E01", "阳光花园小区", "estate", ("老车库家属院",), JINYAN),
    Entry(JINYAN + "-E02", "翠湖苑", "estate", (), JINYAN),
    Entry(TONGJING + "-E01", "同景国际城", Level.ESTATE, ("同景国际",), TONGJING),
    Entry(JINYAN + "-B003", "3栋", "building", (), JINYAN + "-E01"),
    Entry(JINYAN + "-B013", "三号楼", "building", (), JINYAN + "-E02"),
    Entry(JINYAN + "-B008", "金堰社区8栋", "building", ("花园路38号",), JINYAN),
    Entry(TONGJING + "-B003", "3栋", "building", (), TONGJING + "-E01"),
]


@pytest.fixture(scope="module")
def names():
    return Gazetteer(NAMES)


def codes_of(address: Address):
    levels = ("district", "street", "community", "estate", "building")
    return tuple(found.code if (found := address.best(level)) else None for level in levels)


def test_full_address_is_read_down_to_the_room(names):
    text = "重庆市南岸区花园路街道金堰社区 阳光花园小区3栋2单元501"
    address = names.parse(text)
    assert codes_of(address) == (
        "500108000000", "500108002000", JINYAN, JINYAN + "-E01", JINYAN + "-B003",
    )  # fmt: skip
    assert (address.building_no, address.unit, address.room) == ("3", "2", "501")
    assert address.place.code == JINYAN + "-B003"
    assert address.place.confidence > 0.9
    spans = {level: [text[a:b] for a, b in address.best(level).spans] for level in ("street", "community")}
    assert spans == {"street": ["花园路街道"], "community": ["金堰社区"]}


@pytest.mark.parametrize(
    "text",
    [
        "金堰社区8栋", "金堰社区居民委员会８栋", "金堰社区居委会八号楼", "南岸区花园路街道办事处金堰社区8幢",
        "花园路38号", "金堰 社区 8 栋", "你好，我住在金堰社区8栋，楼道灯坏了",
    ],
)  # fmt: skip
def test_one_building_is_found_by_all_usual_spellings(names, text):
    address = names.parse(text)
    assert address.best("building").code == JINYAN + "-B008"
    assert address.best("street").code == "500108002000"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("阳光花园漏水", JINYAN + "-E01"),
        ("老车库家属院漏水", JINYAN + "-E01"),
        ("同景国际城二期", TONGJING + "-E01"),
        ("同景国际的物业", TONGJING + "-E01"),
    ],
)
def test_estate_is_found_by_name_alias_and_without_its_ending(names, text, code):
    assert names.parse(text).best("estate").code == code


def test_number_of_a_building_is_looked_up_where_the_text_is(names):
    assert names.parse("同景国际城三栋").best("building").code == TONGJING + "-B003"
    assert names.parse("翠湖苑3号楼").best("building").code == JINYAN + "-B013"
    assert names.parse("翠湖苑4号楼").best("building") is None
    both = names.parse("金堰社区3栋").candidates["building"]
    assert {one.code for one in both} == {JINYAN + "-B003", JINYAN + "-B013"}
    assert all(one.confidence < 0.6 for one in both)


def test_village_and_community_of_one_name_are_told_apart(names):
    assert names.parse("金堰社区").best("community").code == JINYAN
    assert names.parse("金堰村").best("community").code == "500108106201"


def test_what_stands_before_decides_between_places_of_one_name(names):
    assert names.parse("南岸区幸福社区").best("community").code == "500108002009"
    assert names.parse("渝北幸福社区").best("community").code == "500112011009"
    unclear = names.parse("幸福社区").candidates["community"]
    assert [one.confidence < 0.55 for one in unclear] == [True, True]


def test_place_of_work_breaks_ties_but_the_text_counts_more(names):
    assert names.parse("幸福社区", within="500112000000").best("community").code == "500112011009"
    assert names.parse("南岸区幸福社区", within="500112000000").best("community").code == "500108002009"


def test_contradicting_names_lower_the_confidence(names):
    fits, odd = names.parse("南岸区金堰社区"), names.parse("渝北区金堰社区")
    assert odd.best("community").confidence < 0.5 < fits.best("community").confidence


def test_name_of_a_street_is_not_read_as_the_community_of_the_same_name(names):
    address = names.parse("花园路街道金堰社区")
    assert address.best("community").code == JINYAN
    assert address.best("street").confidence > 0.9
    assert names.parse("花园路社区").best("community").code == "500108002011"


def test_one_wrong_character_is_forgiven_where_only_one_name_is_near(names):
    address = names.parse("南岸区花园路街道南胡社区")
    assert address.best("community").code == "500108002001"
    assert (
        address.best("community").confidence
        < names.parse("南岸区花园路街道南湖社区").best("community").confidence
    )
    assert names.parse("南胡社区").best("community") is None


def test_text_without_a_place_gives_none(names):
    for text in ("", "楼上漏水没人管", "8栋", "3单元501"):
        assert names.parse(text).place is None
    assert names.parse("8栋").building_no == "8"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3栋2单元5-1", ("3", "2", "5-1", "")),
        ("3-2-501", ("3", "2", "501", "")),
        ("十二号楼一单元1201室", ("12", "1", "1201", "")),
        ("B座", ("B", "", "", "")),
        ("38号附5号", ("", "", "", "38-5")),
        ("03幢", ("3", "", "", "")),
        ("2023-05-01漏水", ("", "", "", "")),
        ("8栋 1000元", ("8", "", "", "")),
    ],
)
def test_numbers_are_read(names, text, numbers):
    address = names.parse(text)
    assert (address.building_no, address.unit, address.room, address.house_no) == numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十", "10"),
        ("十二", "12"),
        ("二十", "20"),
        ("一百零三", "103"),
        ("一二", "12"),
        ("007", "7"),
        ("0", "0"),
        ("b2", "B2"),
    ],
)
def test_chinese_numbers_become_digits(text, number):
    assert arabic(text) == number


@given(st.text(alphabet="重庆市南岸区花园路街道金堰社区居民委员会村小区栋单元号 38三十ＡB-（）", max_size=60))
def test_any_text_is_read_and_spans_stay_inside_it(text):
    address = Gazetteer(NAMES).parse(text)
    for level, found in address.candidates.items():
        assert [one.level for one in found] == [level] * len(found)
        for one in found:
            assert 0 <= one.confidence <= 1
            assert all(0 <= start < end <= len(text) for start, end in one.spans)


# --- the real list of Chongqing -------------------------------------------------------------------


@pytest.fixture(scope="module")
def chongqing():
    if not (root := os.environ.get("MULIN_DATA")):
        pytest.skip("MULIN_DATA is not set: no real division lists")
    rows = list(read_divisions(Path(root) / "divisions", system="nbs"))
    gazetteer = Gazetteer(Entry(row.code, row.name, Level(row.level), (), row.parent) for row in rows)
    names = {row.code: row for row in rows}
    villages = random.Random(5).sample([row for row in rows if row.level == 12], 2000)
    return gazetteer, [(row, names[row.parent], names[names[row.parent].parent]) for row in villages]


@pytest.mark.parametrize(
    ("form", "share"),
    [
        ("重庆市{district}{street}{village}12栋", 0.99),
        ("{district}{street}{short}3单元", 0.99),
        ("我家在{street}{short}，楼道灯坏了", 0.95),
        ("{district}{short}8栋", 0.90),
    ],
)
def test_names_drawn_from_the_real_table_are_found(chongqing, form, share):
    gazetteer, sample = chongqing
    right = 0
    for village, street, district in sample:
        text = form.format(
            district=district.name, street=street.name, village=village.name, short=village.short_name
        )
        found = gazetteer.parse(text).best("community")
        right += bool(found) and found.code == village.code
    assert right / len(sample) >= share


def test_digits_of_other_scripts_are_no_numbers_and_stop_nothing(names):
    address = names.parse("阳光花园小区٣栋१单元", within=JINYAN)
    assert (address.building_no, address.unit) == ("", "")
    assert address.place.code == JINYAN + "-E01"


def test_a_number_that_aliases_repeat_is_one_building():
    many = Gazetteer([
        Entry(JINYAN, "金堰社区居民委员会", Level.COMMUNITY),
        Entry(JINYAN + "-E01", "金堰苑", "estate", (), JINYAN),
        Entry(JINYAN + "-B003", "金堰苑3栋", "building", ("金堰苑3号楼", "3栋"), JINYAN + "-E01"),
    ])  # fmt: skip
    address = many.parse("金堰苑3-2-301漏水")
    assert (address.building_no, address.unit, address.room) == ("3", "2", "301")
    assert address.place.code == JINYAN + "-B003"


@given(st.text(max_size=60), st.sampled_from(["金堰社区", "翠湖苑3栋", "花园路街道", ""]))
def test_no_text_is_too_odd_to_be_read(before, middle):
    address = ODD.parse(before + middle + before)
    for found in address.candidates.values():
        for one in found:
            assert 0 <= one.confidence <= 1
            assert all(0 <= start < end <= len(address.text) for start, end in one.spans)


ODD = Gazetteer(NAMES)
