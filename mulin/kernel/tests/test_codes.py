import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.kernel import codes
from mulin.kernel.codes import Level


@st.composite
def division_codes(draw):
    size = draw(st.sampled_from([2, 4, 6, 9, 12]))
    parts = [f"{draw(st.integers(10, 99))}"]
    for width in (2, 2, 3, 3):
        parts.append(f"{draw(st.integers(1, 10**width - 1)):0{width}d}")
    return "".join(parts)[:size].ljust(12, "0")


@st.composite
def sub_codes(draw):
    base = draw(division_codes().filter(lambda code: codes.level(code) == Level.COMMUNITY))
    kind = draw(st.sampled_from(list(codes.LETTER_OF)))
    return codes.make(base, kind, draw(st.integers(0, 99999)))


any_code = st.one_of(division_codes(), sub_codes(), st.just(codes.COUNTRY))


def test_levels_follow_the_digits():
    assert codes.level("000000000000") is Level.COUNTRY
    assert codes.level("500000000000") is Level.PROVINCE
    assert codes.level("500100000000") is Level.CITY
    assert codes.level("500108000000") is Level.DISTRICT
    assert codes.level("500108106000") is Level.STREET
    assert codes.level("500108106003") is Level.COMMUNITY
    assert codes.level("500108106003-B012") is Level.BUILDING
    assert codes.level("500108106003-M0041") is Level.MICRO_GRID


def test_sub_code_knows_its_community_street_and_district():
    code = "500108106003-G004"
    assert codes.parse(code).serial == 4
    assert codes.community(code) == "500108106003"
    assert codes.street(code) == "500108106000"
    assert codes.district(code) == "500108000000"
    assert codes.city(code) == "500100000000"
    assert codes.province(code) == "500000000000"
    assert codes.parents(code) == [
        "500000000000", "500100000000", "500108000000", "500108106000", "500108106003",
    ]  # fmt: skip


def test_larger_places_have_no_community():
    assert codes.community("500108106000") is None
    assert codes.street("500108000000") is None
    assert codes.province(codes.COUNTRY) is None
    assert codes.parents("500000000000") == []


def test_city_without_districts_has_each_parent_once():
    assert codes.parents("441900003001") == ["440000000000", "441900000000", "441900003000"]


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("50010810600", "12 digits"),
        ("5001081060031", "12 digits"),
        ("50010810600x", "only digits"),
        ("５００１０８１０６００３", "only digits"),
        ("001234000000", "no province"),
        ("500108106003-X01", "one of"),
        ("500108106003-B12", "3 to 5 digits"),
        ("500108106003-B", "3 to 5 digits"),
        ("500108106003-", "one of"),
        ("500108106000-B012", "hangs on a community"),
        ("", "only digits"),
    ],
)
def test_bad_codes_are_refused_with_the_reason(code, hint):
    with pytest.raises(ValueError, match=hint):
        codes.parse(code)
    assert not codes.is_valid(code)


def test_padding_fills_only_known_lengths():
    assert codes.pad("500108") == "500108000000"
    assert codes.short("500108000000") == "500108"
    with pytest.raises(ValueError, match="2, 4, 6, 9 or 12"):
        codes.pad("50010")


def test_making_a_sub_code_of_a_division_level_is_refused():
    with pytest.raises(ValueError, match="no letter"):
        codes.make("500108106003", Level.STREET, 1)


def test_last_province_number_still_has_an_upper_bound():
    assert codes.contains("990000000000", "999999999999")
    assert not codes.contains("980000000000", "990000000000")


@given(any_code)
def test_every_place_lies_in_itself_and_in_all_its_parents(code):
    for outer in codes.chain(code):
        assert codes.contains(outer, code)
        low, high = codes.bounds(outer)
        assert low <= code < high


@given(any_code, any_code)
def test_the_range_holds_exactly_what_the_chain_says(one, two):
    inside = one in codes.chain(two)
    low, high = codes.bounds(one)
    assert (low <= two < high) == inside == codes.contains(one, two)


@given(division_codes(), st.data())
def test_siblings_by_digits_do_not_overlap(code, data):
    other = data.draw(division_codes().filter(lambda c: codes.level(c) == codes.level(code) and c != code))
    (low, high), (low2, high2) = codes.bounds(code), codes.bounds(other)
    assert high <= low2 or high2 <= low


@given(division_codes())
def test_short_and_pad_are_inverse(code):
    assert codes.pad(codes.short(code)) == code


@given(any_code)
def test_parents_go_down_one_after_the_other(code):
    above = codes.parents(code)
    levels = [codes.level(one) for one in above]
    assert levels == sorted(set(levels))
    assert code not in above
