"""Two streets become one: the board's own figures too."""

from datetime import timedelta

import pytest

from mulin.insight.models import HotLook, LateCount
from mulin.kernel import clock
from mulin.places import following

ONE, TWO, NEW = "500105004000", "500105005000", "500157002000"


def follow(mapping):
    return following.rewrite_all(mapping, lambda label, n: None)


@pytest.mark.parametrize("mapping", [{ONE: NEW, TWO: NEW}, {ONE: TWO}])
def test_overdue_cases_of_two_streets_are_added_up(db, mapping):
    now = clock.now()
    LateCount.objects.create(place=ONE, n=3, counted_at=now - timedelta(seconds=20))
    LateCount.objects.create(place=TWO, n=4, counted_at=now)
    LateCount.objects.create(place="", n=7, counted_at=now)
    follow(mapping)
    rows = {row.place: row for row in LateCount.objects.all()}
    assert {place: row.n for place, row in rows.items()} == {mapping[ONE]: 7, "": 7}
    assert rows[mapping[ONE]].counted_at == now - timedelta(seconds=20)
    assert follow(mapping) == 0


@pytest.mark.parametrize("mapping", [{ONE: NEW, TWO: NEW}, {ONE: TWO}])
def test_hot_topics_of_two_streets_are_looked_for_again(db, mapping):
    for place in (ONE, TWO, "500109001000"):
        HotLook.objects.create(place=place, looked_at=clock.now())
    follow(mapping)
    assert list(HotLook.objects.values_list("place", flat=True)) == ["500109001000"]
