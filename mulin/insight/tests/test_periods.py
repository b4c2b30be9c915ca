"""Periods are whole days, and whoever sees no small figures cannot choose them freely."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mulin.insight.periods import PRESETS, buckets, coarse, from_query, is_unfinished, of, preset

TODAY = date(2025, 11, 6)
some_day = st.dates(date(2023, 1, 1), date(2026, 6, 1))


def test_a_preset_ends_today_and_has_its_length():
    for name, days in PRESETS.items():
        period = preset(name, TODAY)
        assert period.until == TODAY and period.days == days


def test_the_period_before_touches_and_has_the_same_length():
    period = preset("week", TODAY)
    assert period.before.until == period.since - timedelta(days=1)
    assert period.before.days == period.days


def test_the_step_that_is_not_over_is_known_as_unfinished():
    for name in PRESETS:
        period = preset(name, TODAY)
        for coarser in (False, True):
            told = [is_unfinished(period, cut, TODAY, coarser) for cut in buckets(period, coarser)]
            assert told[-1] and not any(told[:-1]), name
    past = of(date(2025, 9, 1), date(2025, 9, 30), TODAY)
    assert not any(is_unfinished(past, cut, TODAY) for cut in buckets(past))
    weeks = [is_unfinished(past, cut, TODAY, True) for cut in buckets(past, True)]
    assert weeks == [False, False, False, False, True]  # two days only


def test_days_that_make_a_preset_are_named_so():
    assert of(date(2025, 10, 31), TODAY, TODAY).name == "week"
    assert of(date(2025, 10, 30), TODAY, TODAY).name == "custom"


def test_nonsense_in_the_address_gives_the_default():
    assert from_query({"period": "forever", "since": "yesterday"}, TODAY) == preset("month", TODAY)


def test_the_public_gets_whole_months_instead_of_chosen_days():
    period = coarse(of(date(2025, 9, 10), date(2025, 10, 3), TODAY), TODAY)
    assert (period.since, period.until) == (date(2025, 9, 1), date(2025, 10, 31))
    assert coarse(preset("week", TODAY), TODAY) == preset("week", TODAY)


@given(some_day, some_day)
def test_no_period_ends_after_today_or_before_it_begins(since, until):
    for period in (of(since, until, TODAY), coarse(of(since, until, TODAY), TODAY)):
        assert period.since <= period.until <= TODAY


@given(some_day, st.integers(0, 900), st.booleans())
def test_the_steps_of_a_trend_cover_every_day_once(since, days, coarser):
    period = of(since, since + timedelta(days=days), date(2030, 1, 1))
    steps = buckets(period, coarser)
    assert steps[0][0] == period.since and steps[-1][1] == period.until
    assert all(a[1] + timedelta(days=1) == b[0] for a, b in pairwise(steps))
    assert len(steps) <= 70
