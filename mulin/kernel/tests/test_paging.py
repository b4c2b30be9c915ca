"""Pages by key: whichever way the rows are found, turning pages gives every row once, in order."""

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from mulin.kernel import paging
from mulin.kernel.db import is_postgres, one_of
from mulin.kernel.models import Cursor

# Two overlapping conditions, as "my unit leads it" and "my unit was called to it" are.
LOW, HIGH = Q(position__lte=4), Q(position__gte=3)
WAYS = {
    "plain": {},
    "branches": {"branches": (LOW, HIGH)},
    "shown": {"shown": Cursor.objects.all()},
    "both": {"branches": (LOW, HIGH), "shown": Cursor.objects.all()},
}


def turn(rows, order, size, **options) -> list[str]:
    names, cursor = [], None
    for _page in range(60):
        page = paging.page(rows, order=order, size=size, cursor=cursor, **options)
        assert len(page.items) <= size
        names += [row.name for row in page.items]
        cursor = page.next
        if cursor is None:
            return names
    raise AssertionError("pages never end")


class EveryWayGivesTheSameRows(TestCase):
    @settings(max_examples=30, deadline=None)
    @given(
        st.lists(st.integers(0, 6), max_size=12),
        st.integers(1, 5),
        st.sampled_from([("name",), ("-name",), ("-position", "name"), ("position", "-name")]),
    )
    def test_in_the_same_order(self, positions, size, order):
        Cursor.objects.all().delete()
        Cursor.objects.bulk_create(Cursor(name=f"{n:02}", position=p) for n, p in enumerate(positions))
        wanted = [row.name for row in Cursor.objects.order_by(*order)]
        for options in WAYS.values():
            assert turn(Cursor.objects.all(), order, size, **options) == wanted


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS)
def test_a_page_is_one_statement_and_keeps_the_filter(way, django_assert_num_queries):
    Cursor.objects.bulk_create(Cursor(name=f"{n:02}", position=n % 7) for n in range(30))
    rows = Cursor.objects.filter(name__lt="20")
    with django_assert_num_queries(1):
        page = paging.page(rows, order=("name",), size=50, **WAYS[way])
    assert [row.name for row in page.items] == [f"{n:02}" for n in range(20)]


@pytest.mark.django_db
def test_wide_rows_are_read_only_for_those_that_are_shown():
    """Only keys are ordered; the rows come from the given queryset, by key."""
    Cursor.objects.bulk_create(Cursor(name=f"{n:02}", position=n) for n in range(5))
    with CaptureQueriesContext(connection) as done:
        page = paging.page(
            Cursor.objects.all(), order=("-position",), size=2, shown=Cursor.objects.exclude(name="99")
        )
    assert [row.name for row in page.items] == ["04", "03"]
    inner = done[0]["sql"].rpartition("IN (")[2]
    assert "LIMIT 3" in inner and '"position"' not in inner.partition("FROM")[0]


@pytest.mark.django_db
def test_one_of_is_the_same_as_in_also_within_or():
    Cursor.objects.bulk_create(Cursor(name=f"{n:02}", position=n) for n in range(9))
    found = Cursor.objects.filter(position__in=(2, 5)).values("name")
    for condition in (one_of("name", found), one_of("pk", found)):
        both = Cursor.objects.filter(Q(position=7) | condition).order_by("name")
        assert list(both.values_list("position", flat=True)) == [2, 5, 7]
        assert Cursor.objects.exclude(condition).count() == 7
    nothing = Cursor.objects.filter(position=99).values("name")
    assert not Cursor.objects.filter(one_of("name", nothing)).exists()
    assert ("ANY (ARRAY" in str(Cursor.objects.filter(condition).query)) == is_postgres()
