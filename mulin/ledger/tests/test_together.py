"""Many post at one moment."""

from itertools import permutations

import pytest

from mulin.kernel.testing.together import at_once
from mulin.ledger import posting, queries
from mulin.ledger.models import Book, Posting
from mulin.ledger.tests.test_posting import back, make, move

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def fresh(book: Book) -> Book:
    return Book.objects.get(pk=book.pk)


def test_no_transfer_is_lost_and_none_blocks_another():
    """Rings in both directions over the same three books: without one order of locks they would deadlock."""
    books = [make(title=str(n)) for n in range(3)]

    def ring(order):
        def act():
            for _round in range(5):
                a, b, c = (fresh(books[n]) for n in order)
                move((a, b, 7), (b, c, 5), (c, a, 3))

        return act

    raised = at_once(*(ring(order) for order in permutations(range(3))))
    assert raised == []
    assert Posting.objects.count() == 30
    assert sum(posting.balance(one) for one in books) == 0
    assert queries.check()[1] == []


def test_the_last_minutes_are_given_away_once():
    issue, mine = make("time.issued"), make(least=0)
    takers = [make() for _n in range(6)]
    move((issue, mine, 60))
    raised = at_once(*(lambda to=to: move((fresh(mine), fresh(to), 60)) for to in takers))
    assert raised == ["not-enough"] * 5
    assert posting.balance(mine) == 0 and sum(posting.balance(one) for one in takers) == 60


def test_a_posting_is_taken_back_once_when_many_try():
    found = move((make(), make(), 60))
    raised = at_once(*(lambda: back(Posting.objects.get(pk=found.pk)) for _n in range(4)))
    assert raised == ["already-reversed"] * 3
    assert queries.check()[1] == []


def test_a_book_is_made_once_when_many_need_it():
    from uuid import uuid4

    ref = uuid4()
    assert at_once(*(lambda: make(ref=ref) for _n in range(6))) == []
    assert Book.objects.filter(ref=ref).count() == 1
