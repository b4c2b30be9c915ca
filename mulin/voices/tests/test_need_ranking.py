"""Ranking needs: points by steps, and what staff fixed."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from mulin.voices.needs.ranking import Facts, Weights, months_between, order, reached, score

WEIGHTS = Weights(
    urgency=(0, 15, 30, 45), people=((5, 5), (20, 10), (50, 15)), months=((3, 5), (12, 10)), group=5,
    groups_most=15,
)  # fmt: skip


def facts(key, urgency=0, people=0, months=0, groups=0, came=0.0, fixed=None):
    return Facts(key, urgency, people, months, groups, came, fixed)


NEEDS = st.lists(
    st.builds(
        Facts, key=st.integers(0, 10**6), urgency=st.integers(0, 5), people=st.integers(0, 300),
        months=st.integers(0, 60), groups=st.integers(0, 6), came=st.floats(0, 100),
        fixed=st.none() | st.integers(1, 12),
    ),
    unique_by=lambda one: one.key, max_size=12,
)  # fmt: skip


def test_points_are_added_up():
    found = score(facts("a", urgency=2, people=20, months=12, groups=2), WEIGHTS)
    assert (found.urgency, found.people, found.months, found.groups, found.total) == (30, 10, 10, 10, 60)


def test_below_five_people_it_makes_no_difference_how_many():
    assert {score(facts("a", people=n), WEIGHTS).people for n in range(5)} == {0}


def test_groups_are_capped_and_an_unknown_urgency_counts_as_the_last():
    assert score(facts("a", groups=9, urgency=7), WEIGHTS).total == 15 + 45


def test_the_highest_step_that_is_reached_counts():
    assert reached(WEIGHTS.people, 49) == (20, 10)
    assert reached(WEIGHTS.people, 50) == (50, 15)
    assert reached(WEIGHTS.people, 4) == (0, 0)


def test_months_are_whole_ones():
    assert months_between(date(2026, 1, 31), date(2026, 2, 28)) == 0
    assert months_between(date(2025, 11, 22), date(2026, 11, 22)) == 12
    assert months_between(None, date(2026, 11, 22)) == 0
    assert months_between(date(2026, 12, 1), date(2026, 11, 22)) == 0


def test_among_equals_the_earlier_goes_first():
    found = order([facts("b", came=2), facts("a", came=1)], WEIGHTS)
    assert [one.key for one in found] == ["a", "b"]


def test_what_is_fixed_stands_where_it_was_put_and_the_others_keep_their_order():
    needs = [facts(n, urgency=3 - n, came=n) for n in range(4)]
    moved = [needs[0], needs[1], needs[2], facts(3, fixed=1, came=3)]
    assert [one.key for one in order(moved, WEIGHTS)] == [3, 0, 1, 2]


def test_two_fixed_at_one_place_stand_side_by_side_the_one_with_more_points_first():
    needs = [facts("a", urgency=3), facts("x", urgency=1, fixed=1), facts("y", urgency=2, fixed=1)]
    assert [one.key for one in order(needs, WEIGHTS)] == ["y", "x", "a"]


@given(NEEDS)
def test_nobody_is_lost_and_free_ones_are_by_points(needs):
    found = order(needs, WEIGHTS)
    assert sorted(one.key for one in found) == sorted(one.key for one in needs)
    free = [score(one, WEIGHTS).total for one in found if one.fixed is None]
    assert free == sorted(free, reverse=True)


@given(NEEDS)
def test_a_place_that_only_one_holds_is_its_place(needs):
    found = order(needs, WEIGHTS)
    wanted = [one.fixed for one in needs if one.fixed is not None]
    if len(wanted) == len(set(wanted)):
        for one in found:
            if one.fixed is not None and one.fixed <= len(found) - len(wanted):
                assert found.index(one) == one.fixed - 1
