"""When two communities become one: books that would be the same book are joined before the codes change.

Of each such set one goes on: the one that the new community has already, else the first that is open. What is
in the others is posted over to it, so that every sum stays, and they are closed. A closed one keeps its lines
and takes itself as `ref`: it is found by its id, never again as the book of its owner.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from mulin.kernel.db import write
from mulin.ledger import posting
from mulin.ledger.models import Book
from mulin.places.joining import meeting

KIND = "book.joined"


def join_books(mapping: Mapping[str, str]) -> int:
    """Join what would be twice under the new codes (`mapping`: old code -> new code). For the reorganisation
    of places, before its rows are rewritten; one transaction a set, so it can be run again. Returns how many
    books were closed."""
    met = meeting(Book.objects.all(), mapping, "unit", "kind", "ref")
    return sum(_join(place, pks) for (place, *_rest), pks in met.items())


def _join(place: str, pks: list[Any]) -> int:
    with write():
        books = sorted(
            posting.hold(Book.objects.filter(pk__in=pks)).values(),
            key=lambda one: (one.closed_at is not None, one.place != place, one.pk),
        )
        first, *others = books
        _make_room(first, sum(one.balance for one in others))
        for one in others:
            _empty(place, one, first)
            Book.objects.filter(pk=one.pk).update(ref=one.pk)
            posting.close(one)
    return len(others)


def _make_room(first: Book, more: int) -> None:
    """What is joined is never refused: the limits give way to it, and hold again for what comes later."""
    after = first.balance + more
    if first.least is not None:
        first.least = min(first.least, after)
    if first.most is not None:
        first.most = max(first.most, after)
    first.save(update_fields=["least", "most"])


def _empty(place: str, one: Book, first: Book) -> None:
    if not one.balance:
        return
    leg = (one, first, one.balance) if one.balance > 0 else (first, one, -one.balance)
    words = str(_("社区合并，两本账并成一本"))
    posting.post(place=place, unit=one.unit, kind=KIND, legs=[leg], subject=one.pk, words=words)
