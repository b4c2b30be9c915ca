"""Two communities become one: their books too, and nothing is lost or counted twice."""

from uuid import uuid4

import pytest

from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.ledger import posting, queries
from mulin.ledger.models import Book, Posting
from mulin.places import following

pytestmark = pytest.mark.django_db
ONE, TWO, NEW = "500105004001", "500105004002", "500157002001"
MERGED = {ONE: NEW, TWO: NEW}


def made(place: str, kind: str = "time.reserve", ref=None, **limits) -> Book:
    with write():
        return posting.book(place, "minute" if kind.startswith("time.") else "fen", kind, ref, **limits)


def filled(place: str, n: int, kind: str = "time.reserve", ref=None, **limits) -> Book:
    """A book with so much in it, out of its community's book of what was issued."""
    book, issued = made(place, kind, ref, **limits), made(place, f"{kind.split('.')[0]}.issued")
    with write():
        posting.post(place=place, unit=book.unit, kind="test", legs=[(issued, book, n)])
    return book


def follow(mapping=MERGED) -> int:
    return following.rewrite_all(mapping, lambda label, n: None)


def test_two_reserves_become_one_with_both_balances():
    first, second = filled(ONE, 90), filled(TWO, 45)
    assert follow() > 0
    assert made(NEW).pk == first.pk and posting.balance(first) == 135
    assert posting.balance(made(NEW, "time.issued")) == -135
    second.refresh_from_db()
    assert (second.balance, second.ref, second.place) == (0, second.pk, NEW) and second.closed_at
    assert queries.check(NEW)[1] == []
    assert sum(one.balance for one in Book.objects.filter(place=NEW)) == 0
    assert [line.amount for line in queries.statement(second).lines] == [45, -45]


def test_the_book_that_the_new_place_has_already_goes_on():
    filled(ONE, 30, "share.till")
    kept = filled(NEW, 5, "share.till")
    follow({ONE: NEW})
    kept.refresh_from_db()
    assert (kept.balance, kept.closed_at) == (35, None)


def test_a_debt_is_carried_over_and_a_limit_does_not_stand_in_the_way():
    whose = uuid4()
    first = filled(ONE, 40, "time.person", whose, least=0, most=50)
    filled(TWO, 40, "time.person", whose, least=0, most=50)
    follow()
    first.refresh_from_db()
    assert (first.balance, first.most) == (80, 80)
    assert posting.balance(made(NEW, "time.issued")) == -80


def test_again_changes_nothing_and_a_closed_book_takes_nothing_more():
    _first, second = filled(ONE, 90), filled(TWO, 45)
    follow()
    before = Posting.objects.count()
    assert follow() == 0 and Posting.objects.count() == before
    with pytest.raises(ActionError) as error, write():
        posting.post(place=NEW, unit="minute", kind="test", legs=[(made(NEW), second, 1)])
    assert error.value.code == "book-closed"


def test_books_of_different_owners_stay_apart():
    books = [filled(place, 10, "time.person", uuid4()) for place in (ONE, TWO)]
    follow()
    for one in books:
        one.refresh_from_db()
        assert (one.place, one.balance, one.closed_at) == (NEW, 10, None)
