"""Writing into books. For the modules above, inside their own transaction: they check who may, and write the
line of the journal.

A posting moves amounts between books of one unit and is never edited. Its books are locked in the order of
their ids, so that two postings over the same books wait for each other and cannot block each other. Make the
books that a transaction needs (`book`) before its first `post`, in one order, for the same reason.
"""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from mulin.kernel import clock
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import new_number
from mulin.ledger.models import UNITS, Book, Posting, Transfer, unit_of
from mulin.ledger.wording import amount_words

Leg = tuple[Book, Book, int]
WORDS_LENGTH = 200


def book(
    place: str,
    unit: str,
    kind: str,
    ref: UUID | None = None,
    *,
    title: str = "",
    least: int | None = None,
    most: int | None = None,
) -> Book:
    """The book of an owner, made when it is not there yet. `title` and the limits are those of a new one;
    `limit` changes them later. Amounts are whole: fen, minutes, points; the kind says which (`unit_of`)."""
    if unit not in UNITS or unit_of(kind) != unit:
        raise ValueError(f"books of kind {kind!r} are not kept in {unit!r}")
    _inside()
    found, _made = Book.objects.get_or_create(
        place=place, unit=unit, kind=kind, ref=ref,
        defaults={"title": title, "least": least, "most": most},
    )  # fmt: skip
    return found


def limit(one: Book, *, least: int | None, most: int | None) -> Book:
    """Change between what the balance must stay. Raises not-enough, too-much when it does not now."""
    held = hold([one])[one.pk]
    _check_limits(held.unit, held.title, held.balance, least, most)
    held.least, held.most = least, most
    held.save(update_fields=["least", "most"])
    _copy(held, one)
    return one


def close(one: Book) -> Book:
    """Nothing more goes in or out. Raises not-empty."""
    held = hold([one])[one.pk]
    if held.balance:
        raise ActionError("not-empty", _("这本账上还有余额，清空以后才能销账。"))
    held.closed_at = held.closed_at or clock.now()
    held.save(update_fields=["closed_at"])
    _copy(held, one)
    return one


def hold(books: Iterable[Book]) -> dict[UUID, Book]:
    """Lock books until the end of the transaction, in the order of their ids, and read them as they are."""
    _inside()
    wanted = sorted({one.pk for one in books})
    found = {one.pk: one for one in Book.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    if len(found) != len(wanted):
        raise ValueError("a book is not there")
    return found


def balance(one: Book) -> int:
    """What is in a book now."""
    return Book.objects.values_list("balance", flat=True).get(pk=one.pk)


def post(
    *,
    place: str,
    unit: str,
    kind: str,
    legs: Iterable[Leg],
    subject: UUID | None = None,
    words: str = "",
    actor: Actor | None = None,
) -> Posting:
    """Move amounts: every leg (source, target, amount) takes from one book and gives to another, all or none.

    `subject`: the record it comes from. `words`: a few words for the statements of both sides, no names. The
    limits count for what the whole posting leaves. The balances of the books that were given are brought up
    to date. Raises not-enough, too-much, book-closed.
    """
    return _post(place, unit, kind, list(legs), subject, words, actor, None)


def reverse(posting: Posting, *, words: str, actor: Actor | None = None) -> Posting:
    """Take a posting back by one that moves everything the other way; both stay. Raises already-reversed,
    not-enough (it was spent meanwhile), too-much, book-closed."""
    _inside()
    held = Posting.objects.select_for_update().get(pk=posting.pk)
    if held.reverses_id or Posting.objects.filter(reverses=held).exists():
        raise ActionError("already-reversed", _("这一笔已经冲销过了。"))
    legs = [(one.target, one.source, one.amount) for one in legs_of(held)]
    return _post(held.place, held.unit, held.kind, legs, held.subject, words, actor, held)


def legs_of(posting: Posting) -> list[Transfer]:
    """What a posting moved, with the books read along."""
    return list(posting.transfers.select_related("source", "target").order_by("id"))


def _post(place, unit, kind, legs, subject, words, actor, reverses) -> Posting:
    _check_legs(unit, legs)
    given = {one.pk: one for source, target, _n in legs for one in (source, target)}
    held = hold(given.values())
    change: dict[UUID, int] = defaultdict(int)
    for source, target, amount in legs:
        change[source.pk] -= amount
        change[target.pk] += amount
    for pk, one in held.items():
        if one.unit != unit:
            raise ValueError(f"a book of {one.unit} cannot take part in a posting of {unit}")
        if one.closed_at:
            raise ActionError("book-closed", _("这本账已经销了，不能再记。"))
        one.balance += change[pk]
        _check_limits(unit, one.title, one.balance, one.least, one.most)
    made = Posting.objects.create(
        number=new_number(), place=place, unit=unit, kind=kind, on=clock.today(), subject=subject,
        words=words[:WORDS_LENGTH], posted_by=actor.account if actor else None, reverses=reverses,
    )  # fmt: skip
    Transfer.objects.bulk_create(
        Transfer(posting=made, source_id=source.pk, target_id=target.pk, amount=amount)
        for source, target, amount in legs
    )
    Book.objects.bulk_update(held.values(), ["balance"])
    for source, target, _amount in legs:
        _copy(held[source.pk], source)
        _copy(held[target.pk], target)
    return made


def _check_legs(unit: str, legs: list[Leg]) -> None:
    if not legs:
        raise ValueError("a posting needs at least one leg")
    for source, target, amount in legs:
        if type(amount) is not int or amount <= 0:
            raise ValueError(f"an amount is a whole number above zero, not {amount!r}")
        if source.pk == target.pk:
            raise ValueError("a leg goes from one book to another")
        if {source.unit, target.unit} != {unit}:
            raise ValueError(f"books of another unit cannot take part in a posting of {unit}")


def _check_limits(unit: str, title: str, n: int, least: int | None, most: int | None) -> None:
    if least is not None and n < least:
        said = _("“%(book)s”不够：还差 %(short)s。") if title else _("余额不够：还差 %(short)s。")
        raise ActionError("not-enough", said % {"book": title, "short": amount_words(unit, least - n)})
    if most is not None and n > most:
        said = _("“%(book)s”已到上限：多出 %(over)s。") if title else _("已到上限：多出 %(over)s。")
        raise ActionError("too-much", said % {"book": title, "over": amount_words(unit, n - most)})


def _copy(held: Book, given: Book) -> None:
    """What a caller holds shows what is in the database."""
    for name in ("balance", "least", "most", "closed_at"):
        setattr(given, name, getattr(held, name))


def _inside() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("books are written inside the caller's transaction (kernel.db.write)")
