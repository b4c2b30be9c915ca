"""The three rates are the formulas, nothing more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.insight.figures import ENOUGH, RATES, figures, rates

ROWS = [
    ("cases.opened", "", 100),
    ("cases.merged", "", 6),
    ("cases.excluded", "illegal", 3),
    ("cases.excluded", "out_of_scope", 1),
    ("cases.responded", "in_time", 81),
    ("cases.responded", "late", 4),
    ("cases.solved", "yes", 40),
    ("cases.solved", "no", 10),
    ("cases.solved", "unknown", 7),
    ("cases.satisfied", "yes", 30),
    ("cases.satisfied", "no", 10),
    ("cases.closed", "confirmed", 45),
    ("cases.closed", "unconfirmed", 7),
    ("cases.closed", "refused", 2),
    ("cases.closed", "withdrawn", 1),
    ("voices.in", "complaint", 90),
    ("voices.in", "wish", 20),
]


def test_valid_is_everything_without_the_merged_and_the_excluded():
    found = figures(ROWS)
    assert found["valid"] == 100 - 6 - 4
    assert found["not_in_time"] == 90 - 81


def test_the_response_rate_is_answered_in_time_over_valid():
    rate = rates(figures(ROWS))["response_rate"]
    assert (rate.numerator, rate.denominator, rate.value) == (81, 90, 0.9)
    assert rate.left_out == {"merged": 6, "excluded": 4}


def test_nobody_who_was_not_reached_counts_in_the_resolution_rate():
    rate = rates(figures(ROWS))["resolution_rate"]
    assert (rate.numerator, rate.denominator, rate.value) == (40, 50, 0.8)
    assert rate.left_out["solved_unknown"] == 7


def test_the_satisfaction_rate_is_satisfied_over_those_who_said():
    rate = rates(figures(ROWS))["satisfaction_rate"]
    assert (rate.numerator, rate.denominator, rate.value) == (30, 40, 0.75)


def test_closed_holds_neither_refused_nor_withdrawn():
    found = figures(ROWS)
    assert (found["closed"], found["refused"], found["voices"]) == (52, 2, 110)


def test_a_rate_of_nothing_has_no_value():
    assert all(rate.value is None and not rate.hidden for rate in rates(figures([])).values())


def test_a_hidden_rate_shows_no_counts_and_at_most_a_rough_value():
    found = rates(figures(ROWS), {"solved_no": "small"})["resolution_rate"]
    assert (found.numerator, found.denominator, found.value) == (None, None, None)
    assert found.at_least == pytest.approx(0.8)


def test_few_answers_give_not_even_a_rough_value():
    rows = [("cases.solved", "yes", ENOUGH - 3), ("cases.solved", "no", 2)]
    assert rates(figures(rows), {"solved_no": "small"})["resolution_rate"].at_least is None


def test_there_are_three_rates_and_no_score_made_of_them():
    assert set(RATES) == {"response_rate", "resolution_rate", "satisfaction_rate"}


states = {
    "cases.responded": ["in_time", "late"],
    "cases.solved": ["yes", "no", "unknown"],
    "cases.satisfied": ["yes", "no"],
}


@given(st.integers(0, 200), st.data())
def test_no_rate_leaves_the_range_from_none_to_all(opened, data):
    rows, left = [("cases.opened", "", opened)], opened
    merged = data.draw(st.integers(0, left))
    rows.append(("cases.merged", "", merged))
    for measure, names in states.items():
        rest = left - merged
        for state in names:
            n = data.draw(st.integers(0, rest))
            rows.append((measure, state, n))
            rest -= n
    for rate in rates(figures(rows)).values():
        assert rate.value is None or 0 <= rate.value <= 1
