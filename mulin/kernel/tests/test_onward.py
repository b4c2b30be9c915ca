"""Lists that go on: filters stay while pages turn, and what is no place in a list is its beginning."""

import pytest
from django.test import RequestFactory

from mulin.kernel.models import Cursor
from mulin.kernel.onward import onward, sliced
from mulin.kernel.paging import encode

pytestmark = pytest.mark.django_db


def asked(address: str):
    return RequestFactory().get(f"/list/{address}")


@pytest.fixture
def rows() -> list[str]:
    Cursor.objects.bulk_create(Cursor(name=f"row{n}", position=n // 2) for n in range(7))
    return [f"row{n}" for n in range(7)]


def walk(of) -> list[str]:
    """All names, page by page, and the kept filter on the way."""
    names, address = [], "?show=live"
    for _page in range(9):
        found = of(asked(address))
        names += [one.name for one in found.rows]
        assert (found.first == "?show=live") is (address != "?show=live")
        if not found.next:
            return names
        assert "show=live" in found.next
        address = found.next
    raise AssertionError("pages never end")


def test_every_row_comes_once_and_the_filter_stays(rows):
    every = Cursor.objects.filter(name__startswith="row")
    assert walk(lambda request: onward(request, every, order=("position", "name"), size=3)) == rows
    by_name = every.order_by("name")
    assert walk(lambda request: sliced(request, by_name, size=3)) == rows
    assert walk(lambda request: sliced(request, list(by_name), size=7)) == rows


def test_two_lists_of_one_page_turn_apart(rows):
    every = Cursor.objects.filter(name__startswith="row")
    first = onward(asked(""), every, order=("name",), size=3, name="one")
    then = onward(asked(first.next), every, order=("name",), size=3, name="other")
    assert [one.name for one in then.rows] == rows[:3] and not then.first
    assert "one=" in then.next and "other=" in then.next


@pytest.mark.parametrize("wrong", ["x", encode(["2026-13-40", 1]), encode([None, None]), encode([[], {}])])
def test_what_is_no_place_in_the_list_is_its_beginning(rows, wrong):
    every = Cursor.objects.filter(name__startswith="row")
    found = onward(asked(f"?after={wrong}"), every, order=("position", "name"), size=3)
    assert [one.name for one in found.rows] == rows[:3]
    assert [one.name for one in sliced(asked("?after=-3"), every.order_by("name"), size=3).rows] == rows[:3]
