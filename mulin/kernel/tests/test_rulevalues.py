"""The value of a rule as a person writes it: what is shown for changing reads back as the same value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.kernel import rulebook
from mulin.kernel.errors import ActionError
from mulin.kernel.rulevalues import (
    ENTRIES,
    LIMIT,
    LIST,
    NUMBER,
    RECORD,
    TABLE,
    TEXT,
    WHOLE,
    Shape,
    read,
    shape_of,
    written,
)
from mulin.kernel.workingtime import Limit


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("cases.limit.solve", LIMIT),
        ("cases.urgency", WHOLE),
        ("voices.suggest.min_confidence", NUMBER),
        ("cases.dispatch.auto_precision", NUMBER),
        ("cases.escalation.ladder", ENTRIES),
        ("people.post.given_by", TABLE),
        ("doors.throttle.voices", RECORD),
        ("voices.public.kinds", LIST),
        ("voices.way", TEXT),
    ],
)
def test_the_kind_of_a_value_is_read_from_the_packs(db, name, kind):
    known = [rule.value for rule in rulebook.book().rules(name)]
    assert shape_of(name, known).kind == kind


def test_every_value_of_the_packs_reads_back_as_it_is_written(db):
    book = rulebook.book()
    for name in book.names():
        rules = [rule for rule in book.rules(name) if not rule.unset]
        shape = shape_of(name, [rule.value for rule in rules])
        for rule in rules:
            again = read(written(rule.value, shape), shape)
            assert same(again, rule.value), name


def same(one, two):
    """Equal, limits by their length: 0 h is 0 min."""
    if isinstance(one, list):
        return len(one) == len(two) and all(same(a, b) for a, b in zip(one, two, strict=True))
    if isinstance(one, dict):
        return one.keys() == two.keys() and all(same(one[key], two[key]) for key in one)
    try:
        return Limit.parse(one) == Limit.parse(two)
    except ValueError:
        return one == two


@given(st.integers(min_value=1, max_value=10_000), st.sampled_from(["min", "h", "wh", "wd", "d", "mo"]))
def test_any_limit_reads_back(amount, unit):
    shape = Shape(LIMIT)
    assert Limit.parse(read(f" {amount}{unit} ", shape)) == Limit.parse(f"{amount} {unit}")


def test_chinese_units_and_full_width_bars_are_read_as_people_type_them():
    assert read("5 个工作日", Shape(LIMIT)) == "5 wd"
    columns = (("code", TEXT), ("roles", LIST))
    assert read("甲｜乙，丙", Shape(ENTRIES, columns)) == [{"code": "甲", "roles": ["乙", "丙"]}]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("", Shape(LIMIT)),
        ("bald", Shape(LIMIT)),
        ("0 d", Shape(LIMIT)),
        ("zwei", Shape(WHOLE, least=0)),
        ("2.5", Shape(WHOLE, least=0)),
        ("-3", Shape(WHOLE, least=0)),
        ("1.2", Shape(NUMBER, least=0, most=1)),
        ("a | b", Shape(ENTRIES, (("x", TEXT), ("y", TEXT), ("z", TEXT)))),
        ("nur ein Wort", Shape(TABLE)),
        ("limit | 3", Shape(RECORD, (("limit", WHOLE), ("seconds", WHOLE)))),
        ("colour | red", Shape(RECORD, (("limit", WHOLE),))),
    ],
)
def test_what_cannot_be_read_says_so_beside_the_value(text, shape):
    with pytest.raises(ActionError) as error:
        read(text, shape)
    assert (error.value.code, error.value.field) == ("value-wrong", "value")
    assert str(error.value.message)
