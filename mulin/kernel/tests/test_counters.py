"""A figure is always what a recount would give, folded or not."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from mulin.kernel import codes, counters, journal
from mulin.kernel.actors import SYSTEM
from mulin.kernel.models import CountDelta

PLACES = ["500108002005", "500108002010", "500108106003", "500108002000", "500103001001"]
START = date(2026, 3, 1)
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(PLACES),
        st.integers(0, 3),
        st.sampled_from(["a", "b"]),
        st.sampled_from(["lamp", "noise"]),
        st.sampled_from([-1, 1, 2]),
        st.booleans(),
    ),
    max_size=25,
)


class CountersAlwaysEqualARecount(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(CHANGES)
    def test_at_every_level_folded_or_not(self, changes):
        truth: Counter = Counter()
        for place, day, state, category, n, fold_now in changes:
            count = counters.Count("x", place, START + timedelta(days=day), n, state=state, category=category)
            counters.append([count])
            for level, node in counters.nodes(place):
                truth[level, node, day, state] += n
            if fold_now:
                counters.fold()
        for fold_first in (False, True):
            if fold_first:
                counters.fold_all()
            for level, node in {(lvl, nd) for lvl, nd, _, _ in truth}:
                rows = counters.read(node, ["x"], START, START + timedelta(days=3), by=("day", "state"))
                expected = {
                    (START + timedelta(days=d), s): n
                    for (lv, nd, d, s), n in truth.items()
                    if (lv, nd) == (level, node) and n
                }
                assert {(d, s): n for d, s, n in rows} == expected


@pytest.mark.django_db
def test_a_street_is_not_counted_as_one_of_its_communities():
    counters.append([counters.Count("x", "500108002000", START), counters.Count("x", "500108002010", START)])
    before = counters.read("500108002000", ["x"], START, START, by=("node",), children=12)
    counters.fold_all()
    assert before == counters.read("500108002000", ["x"], START, START, by=("node",), children=12)
    assert before == [("500108002010", 1)]


@pytest.mark.django_db
def test_categories_are_read_down_to_the_street_and_refused_below():
    counters.append([counters.Count("x", PLACES[0], START, category="lamp")])
    assert counters.read("500108002000", ["x"], START, START, by=("category",)) == [("lamp", 1)]
    with pytest.raises(ValueError, match="street"):
        counters.read(PLACES[0], ["x"], START, START, by=("category",))


@pytest.mark.django_db
def test_the_grid_has_its_own_figure():
    grid = f"{PLACES[0]}-G001"
    counters.append([counters.Count("x", PLACES[0], START, grid=grid)])
    for _ in range(2):
        assert counters.read(grid, ["x"], START, START, by=("measure",)) == [("x", 1)]
        assert counters.read(PLACES[0], ["x"], START, START, by=("node",), children=15) == [(grid, 1)]
        counters.fold_all()


@pytest.mark.django_db
def test_a_gauge_stands_beside_the_figures_of_any_days():
    """It tells how many there are now, and does not leak into the days that were asked for."""
    street, here, beside = "500108002000", "500108002005", "500108002010"
    gauge = counters.GAUGE_DAY
    counters.append([counters.Count("open", here, gauge, 3), counters.Count("open", beside, gauge, 1)])
    counters.append([counters.Count("came", here, START, 2), counters.Count("came", here, gauge, 9)])
    for change in (0, -1):
        counters.append([counters.Count("open", here, gauge, change)])
        for _fold in range(2):
            rows = counters.read(street, ["came"], START, START, gauges=["open"])
            assert rows == [("came", "", 2), ("open", "", 4 + change)]
            below = counters.read(
                street, ["came"], START, START, by=("node", "measure"), children=12, gauges=["open"]
            )
            assert below == [(here, "came", 2), (here, "open", 3 + change), (beside, "open", 1)]
            counters.fold_all()


@pytest.mark.django_db
def test_counts_are_written_with_the_line_and_folding_leaves_no_delta():
    journal.record(
        "kernel.backup.made", actor=SYSTEM, place=PLACES[0], counts=[counters.Count("x", PLACES[0], START)]
    )
    assert CountDelta.objects.count() == 1
    assert counters.fold_all() == 1
    assert CountDelta.objects.count() == 0


def test_nodes_go_from_the_province_to_the_grid():
    assert counters.nodes("500108002005", "500108002005-G001") == [
        (2, "500000000000"),
        (4, "500100000000"),
        (6, "500108000000"),
        (9, "500108002000"),
        (12, "500108002005"),
        (15, "500108002005-G001"),
    ]
    assert [level for level, _ in counters.nodes("500108000000")] == [2, 4, 6]
    assert codes.level("500108000000") == 6
