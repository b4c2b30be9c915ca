"""A figure is always what a recount would give, folded or not."""

from collections import Counter
from datetime import date, timedelta
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from mulin.kernel import clock, codes, counters, daysums, journal
from mulin.kernel.actors import SYSTEM
from mulin.kernel.models import CountDelta, CountLevel

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


FIRST = date(2023, 1, 1)
DAYS = st.integers(0, 1200).map(lambda n: FIRST + timedelta(days=n))
SPANS = st.tuples(DAYS, DAYS).map(lambda two: (min(two), max(two)))
HISTORY = st.lists(
    st.tuples(st.sampled_from(PLACES), DAYS, st.sampled_from(["a", "b"]), st.sampled_from([-1, 1, 2])),
    min_size=1,
    max_size=30,
)


class LongPeriodsAlwaysEqualARecount(TestCase):
    """Whole months and ragged ends, days that have come and days that have not, folded or not."""

    @settings(max_examples=40, deadline=None)
    @given(HISTORY, st.lists(SPANS, min_size=1, max_size=4), DAYS, st.integers(0, 30))
    def test_of_any_span(self, history, spans, today, folded):
        truth = []
        for at, (place, day, state, n) in enumerate(history):
            counters.append([counters.Count("x", place, day, n, state=state, category="lamp")])
            truth += [(node, day, state, n) for _level, node in counters.nodes(place)]
            if at == folded:
                counters.fold_all()
        with mock.patch.object(clock, "today", lambda: today):
            self.compare(truth, spans)

    def compare(self, truth, spans):
        for node in {node for node, *_ in truth}:
            sums: Counter = Counter()
            for at, (since, until) in enumerate(spans):
                for where, day, state, n in truth:
                    if where == node and since <= day <= until:
                        sums[at, "x", state] += n
                rows = counters.read(node, ["x"], since, until)
                assert {(at, "x", state): n for _, state, n in rows} == {
                    key: n for key, n in sums.items() if n and key[0] == at
                }
                if codes.level(node) <= 9:
                    by_category = counters.read(node, ["x"], since, until, by=("category",))
                    assert sum(n for _, n in by_category) == sum(n for *_, n in rows)
            wanted = {key: n for key, n in sums.items() if n}
            asked = [(["x"], spans), (["y"], spans), (["y", "x"], spans[:1])]
            first = {key: n for key, n in wanted.items() if key[0] == 0}
            assert counters.read_spans(node, asked) == [wanted, {}, first]


@settings(max_examples=300)
@given(SPANS, DAYS)
def test_a_span_is_made_of_every_day_once_and_of_few_rows(span, today):
    """At most half a month is read by day at either end."""
    held: Counter = Counter()
    for part in daysums.parts_of(*span, today):
        for n in range((part.until - part.since).days + 1):
            day = part.since + timedelta(days=n)
            if not part.is_months:
                held[day] += part.sign
            elif day.day == 1:
                for one in range((daysums.next_month(day) - day).days):
                    held[day + timedelta(days=one)] += part.sign
    days = {span[0] + timedelta(days=n) for n in range((span[1] - span[0]).days + 1)}
    assert {day for day, n in held.items() if n} == days
    assert set(held.values()) <= {0, 1}
    by_day = [part for part in daysums.parts_of(*span, today) if not part.is_months]
    if sum(day <= today for day in days) > 62:
        assert sum(daysums._days(part.since, part.until, today) for part in by_day) <= 32


@pytest.mark.django_db
def test_a_year_reads_hardly_more_rows_than_a_month(django_assert_num_queries):
    """The days of whole months are not read: with the rows of the days gone, the sum stays."""
    year = [date(2025, 1, 1) + timedelta(days=n) for n in range(365)]
    counters.append([counters.Count("x", PLACES[0], day) for day in year])
    counters.fold_all()
    CountLevel.objects.filter(level__lt=counters.MONTHS).delete()
    with django_assert_num_queries(1):
        assert counters.read(PLACES[0], ["x"], year[0], year[-1]) == [("x", "", 365)]


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
