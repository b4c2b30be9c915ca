"""What a survey asks, what counts as an answer, and how answers are counted."""

import copy

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from mulin.voices.surveys import fields, tally
from mulin.voices.surveys import form as forms
from mulin.voices.surveys.form import FormError
from mulin.voices.surveys.templates import templates


def options(*keys):
    return [{"key": key, "text": key.upper()} for key in keys]


DATA = {
    "sections": [
        {
            "title": "一",
            "questions": [
                {
                    "key": "kids", "kind": "single", "text": "有孩子吗", "required": True,
                    "options": options("yes", "no"),
                },
                {
                    "key": "care", "kind": "multiple", "text": "什么时候要人照看", "most": 2, "other": True,
                    "options": options("school", "weekend"), "if": {"question": "kids", "any": ["yes"]},
                },
                {"key": "grid", "kind": "matrix", "text": "各处怎么样", "rows": options("lift", "yard"),
                 "options": options("good", "bad")},
            ],
        },
        {
            "title": "二",
            "questions": [
                {"key": "score", "kind": "rating", "text": "打分", "most": 5},
                {"key": "order", "kind": "ranking", "text": "排序", "most": 2, "options": options(*"abc")},
                {"key": "size", "kind": "number", "text": "几口人", "least": 1, "most": 20},
                {"key": "words", "kind": "text", "text": "还有呢", "most": 10},
                {"key": "where", "kind": "place", "text": "在哪里"},
            ],
        },
    ]
}  # fmt: skip
FORM = forms.read(DATA)


def test_a_form_goes_out_as_it_came():
    assert forms.read(forms.as_data(FORM)) == FORM
    for template in templates().values():
        assert forms.read(forms.as_data(template.form)) == template.form
    assert {"annual_needs", "theme_choice", "four_senses", "rapport"} <= templates().keys()


def broken(change):
    data = copy.deepcopy(DATA)
    change(data["sections"][0]["questions"])
    return data


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda q: q[1].update(key="kids"), "key-twice"),
        (lambda q: q[0].update(key="Kids"), "bad-key"),
        (lambda q: q[0].update(kind="slider"), "bad-kind"),
        (lambda q: q[0].update(text=" "), "no-text"),
        (lambda q: q[0].update(options=options("yes")), "too-few-options"),
        (lambda q: q[0].update(options=options("yes", "yes")), "key-twice"),
        (lambda q: q[0].update(options=options("yes", "other")), "bad-option"),
        (lambda q: q[2].update(rows=[]), "no-rows"),
        (lambda q: q[1].update({"if": {"question": "grid", "any": ["good"]}}), "bad-condition"),
        (lambda q: q[1].update({"if": {"question": "kids", "any": ["maybe"]}}), "bad-condition"),
        (lambda q: q[0].update({"if": {"question": "care", "any": ["school"]}}), "bad-condition"),
        (lambda q: q[1].update(least=3), "bad-bounds"),
    ],
)
def test_a_form_that_could_not_be_filled_in_is_refused(change, code):
    with pytest.raises(FormError) as error:
        forms.read(broken(change))
    assert error.value.code == code


def test_a_question_is_put_only_when_its_condition_is_met():
    assert [q.key for q in forms.asked(FORM, {"kids": "no"})][:2] == ["kids", "grid"]
    assert [q.key for q in forms.asked(FORM, {"kids": "yes"})][:2] == ["kids", "care"]
    checked = forms.check(FORM, {"kids": "no", "care": ["school"]})
    assert checked.answers == {"kids": "no"} and not checked.mistakes


WRONG = [
    ({}, "kids", "missing"),
    ({"kids": "maybe"}, "kids", "not-offered"),
    ({"kids": "yes", "care": ["school", "weekend", "other"]}, "care", "too-many"),
    ({"kids": "no", "grid": {"lift": "awful"}}, "grid", "not-offered"),
    ({"kids": "no", "score": 6}, "score", "too-large"),
    ({"kids": "no", "score": 0}, "score", "too-small"),
    ({"kids": "no", "score": "2.5"}, "score", "not-a-number"),
    ({"kids": "no", "size": "nan"}, "size", "not-a-number"),
    ({"kids": "no", "size": "很多"}, "size", "not-a-number"),
    ({"kids": "no", "order": ["a", "a"]}, "order", "not-offered"),
    ({"kids": "no", "order": ["a", "b", "c"]}, "order", "too-many"),
    ({"kids": "no", "words": "这句话实在是太长太长了"}, "words", "too-long"),
    ({"kids": "no", "where": [200, 29]}, "where", "not-a-place"),
    ({"kids": "no", "where": "这里"}, "where", "not-a-place"),
]


@pytest.mark.parametrize(("given_", "key", "code"), WRONG)
def test_an_answer_that_does_not_fit_is_named(given_, key, code):
    assert forms.check(FORM, given_).mistakes == {key: code}


def test_what_is_right_is_kept_beside_what_is_wrong():
    checked = forms.check(FORM, {"kids": "yes", "care": ["weekend", "school"], "score": 9})
    assert checked.answers == {"kids": "yes", "care": ["school", "weekend"]}
    assert checked.mistakes == {"score": "too-large"}


def test_nothing_is_missing_while_somebody_is_still_filling_in():
    assert forms.check(FORM, {"score": "4"}, partial=True).mistakes == {}
    assert forms.check(FORM, {"score": "4"}, partial=True).answers == {"score": 4}


def test_words_beside_other_are_kept_only_when_other_is_chosen():
    kept = forms.check(FORM, {"kids": "yes", "care": ["other"], "care.other": "晚上"}).answers
    assert kept["care.other"] == "晚上"
    dropped = forms.check(FORM, {"kids": "yes", "care": ["school"], "care.other": "晚上"}).answers
    assert "care.other" not in dropped


def test_counts_stand_beside_how_many_were_asked():
    sheets = [
        {"kids": "yes", "care": ["school", "weekend"], "score": 4, "order": ["b", "a"], "size": 3},
        {"kids": "yes", "score": 2, "order": ["b"], "size": 5, "grid": {"lift": "bad"}},
        {"kids": "no", "words": "挺好", "where": [106.5, 29.5]},
    ]
    found = tally.tally(FORM, sheets)
    assert (found["kids"].asked, found["kids"].counts) == (3, {"yes": 2, "no": 1})
    assert (found["care"].asked, found["care"].answered) == (2, 1)
    assert found["care"].counts == {"school": 1, "weekend": 1, "other": 0}
    assert found["care"].share("school") == 1.0
    assert (found["score"].mean, found["score"].counts["4"]) == (3.0, 1)
    assert found["order"].points == {"a": 2, "b": 6, "c": 0}
    assert found["order"].ranks["b"] == [2, 0, 0]
    assert found["grid"].counts["lift/bad"] == 1 and found["grid"].counts["yard/good"] == 0
    assert found["size"].spread == (3.5, 4.0, 4.5)
    assert (found["words"].texts, found["where"].places) == (["挺好"], [(106.5, 29.5)])


def test_a_cross_table_adds_up():
    sheets = [
        {"kids": "yes", "score": 5},
        {"kids": "yes", "score": 1},
        {"kids": "no", "score": 5},
        {"kids": "no"},
    ]
    table = tally.cross(FORM, sheets, of="score", by="kids")
    assert table.bases == {"yes": 2, "no": 1}
    assert table.cells["yes", "5"] == 1 and table.cells["no", "1"] == 0
    with pytest.raises(ValueError, match="words"):
        tally.cross(FORM, sheets, of="words", by="kids")


def test_a_response_rate_needs_a_base():
    assert tally.response_rate(10, 40) == 0.25
    assert tally.response_rate(10, 0) is None


@given(st.lists(st.floats(-1e6, 1e6), max_size=60))
def test_bands_hold_every_number_once(numbers):
    found = tally.bands(numbers)
    assert sum(n for _low, _high, n in found) == len(numbers)
    assert all(low <= high for low, high, _n in found)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
keys = st.sampled_from([question.key for question in FORM] + ["care.other", "nobody"])


@given(st.dictionaries(keys, values, max_size=9))
def test_whatever_is_sent_what_is_kept_can_be_counted_and_checked_again(sent):
    checked = forms.check(FORM, sent, partial=True)
    again = forms.check(FORM, checked.answers, partial=True)
    assert again.answers == checked.answers and not again.mistakes
    found = tally.tally(FORM, [checked.answers])
    assert sum(one.answered for one in found.values()) == len(
        [key for key in checked.answers if "." not in key]
    )


def test_a_rank_of_five_thousand_digits_is_a_late_one_and_no_error():
    ranking = {"key": "wish", "kind": "ranking", "text": "先做哪件", "options": options("a", "b")}
    form = forms.read({"sections": [{"questions": [ranking]}]})
    sent = QueryDict(mutable=True)
    sent.update({"wish.a": "9" * 5000, "wish.b": "1"})
    assert fields.posted(form, sent) == {"wish": ["b", "a"]}
