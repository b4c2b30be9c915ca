"""Reads about books: what is in them, how it came about, and whether it is right."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from mulin.kernel import codes
from mulin.ledger.models import Book, Posting, Transfer
from mulin.ledger.wording import amount_words


def get_book(place: str, unit: str, kind: str, ref: UUID | None = None) -> Book | None:
    """A book that may not be there yet."""
    return Book.objects.filter(place=place, unit=unit, kind=kind, ref=ref).first()


def books(place: str, unit: str, kind: str = "") -> QuerySet[Book]:
    """Books inside a place, a community or above."""
    low, high = codes.bounds(place)
    found = Book.objects.filter(unit=unit, place__gte=low, place__lt=high)
    return found.filter(kind=kind) if kind else found


# Statements -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One leg as the owner of a book reads it. `amount`: what it did to the book, `after`: what was in it."""

    number: str
    on: date
    kind: str
    words: str
    subject: UUID | None
    amount: int
    after: int
    other: str
    is_reversal: bool
    unit: str
    reason: str = ""

    @property
    def amount_words(self) -> str:
        return amount_words(self.unit, self.amount, signed=True)

    @property
    def after_words(self) -> str:
        return amount_words(self.unit, self.after)


@dataclass(slots=True)
class Statement:
    """What went through a book between two days, oldest first: `opening` plus all amounts is `closing`."""

    book: Book
    opening: int
    closing: int
    lines: list[Line] = field(default_factory=list)
    since: date | None = None
    until: date | None = None

    @property
    def opening_words(self) -> str:
        return amount_words(self.book.unit, self.opening)

    @property
    def closing_words(self) -> str:
        return amount_words(self.book.unit, self.closing)

    @property
    def came(self) -> int:
        return sum(one.amount for one in self.lines if one.amount > 0)

    @property
    def went(self) -> int:
        return -sum(one.amount for one in self.lines if one.amount < 0)

    @property
    def latest_first(self) -> list[Line]:
        return self.lines[::-1]


def statement(book: Book, *, since: date | None = None, until: date | None = None) -> Statement:
    """The statement of a book. Two statements, however long it is. `reason` of a line is left to the caller,
    who knows what the kinds of its postings are called."""
    legs = Transfer.objects.filter(Q(source=book) | Q(target=book)).select_related(
        "posting", "source", "target"
    )
    running, opening, lines = 0, 0, []
    for one in legs.order_by("posting_id", "id"):
        posting = one.posting
        if until and posting.on > until:
            continue
        amount = one.amount if one.target_id == book.pk else -one.amount
        running += amount
        if since and posting.on < since:
            opening = running
            continue
        lines.append(
            Line(
                number=posting.number, on=posting.on, kind=posting.kind, words=posting.words,
                subject=posting.subject, amount=amount, after=running,
                other=(one.source if amount > 0 else one.target).title,
                is_reversal=posting.reverses_id is not None, unit=book.unit,
            )
        )  # fmt: skip
    return Statement(book, opening, running, lines, since, until)


# Whether the books are right --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """All books of a unit inside a place. `outside`: what went, on balance, to books of other places; so
    `total` plus `outside` is zero, and inside the whole country `total` alone."""

    rows: list[tuple[str, int]]
    total: int
    outside: int

    @property
    def is_even(self) -> bool:
        return self.total + self.outside == 0


def trial_balance(place: str, unit: str) -> TrialBalance:
    """Balances by kind of book, and whether they sum to zero."""
    found = books(place, unit).order_by().values("kind").annotate(n=Sum("balance")).order_by("kind")
    rows = [(one["kind"], one["n"]) for one in found]
    return TrialBalance(rows, sum(n for _kind, n in rows), _crossing(place, unit))


def _crossing(place: str, unit: str) -> int:
    low, high = codes.bounds(place)
    legs = Transfer.objects.filter(posting__unit=unit)

    def inside(side: str) -> Q:
        return Q(**{f"{side}__place__gte": low, f"{side}__place__lt": high})

    left = legs.filter(inside("source")).exclude(inside("target")).aggregate(n=Sum("amount"))["n"] or 0
    came = legs.filter(inside("target")).exclude(inside("source")).aggregate(n=Sum("amount"))["n"] or 0
    return left - came


def check(place: str = "") -> tuple[int, list[str]]:
    """Count every book again from what was posted. How many books there are, and a sentence for each that is
    wrong; a mixed unit and a reversal that is not the mirror of what it takes back are wrong too."""
    low, high = codes.bounds(place or codes.COUNTRY)
    given, taken = _sums("source"), _sums("target")
    wrong, n = [], 0
    for one in Book.objects.filter(place__gte=low, place__lt=high).order_by("pk").iterator(chunk_size=2000):
        n += 1
        should = taken.get(one.pk, 0) - given.get(one.pk, 0)
        if one.balance != should:
            wrong.append(f"{one.place} {one.kind} {one.pk}: balance {one.balance}, postings {should}")
        if (one.least is not None and one.balance < one.least) or (
            one.most is not None and one.balance > one.most
        ):
            wrong.append(f"{one.place} {one.kind} {one.pk}: balance {one.balance} is outside its limits")
    return n, wrong + _bad_postings(low, high)


def _sums(side: str) -> dict[UUID, int]:
    rows = Transfer.objects.order_by().values_list(side).annotate(n=Sum("amount"))
    return dict(rows)


def _bad_postings(low: str, high: str) -> list[str]:
    here = {"posting__place__gte": low, "posting__place__lt": high}
    of = Transfer.objects.filter(**here).select_related("posting", "source", "target")
    said = []
    for one in of.exclude(source__unit=F("posting__unit"), target__unit=F("posting__unit")):
        said.append(f"posting {one.posting.number}: {one.source.unit} and {one.target.unit} meet")
    back = Posting.objects.filter(place__gte=low, place__lt=high, reverses__isnull=False)
    for one in back.select_related("reverses"):
        if _legs(one) != [(b, a, n) for a, b, n in _legs(one.reverses)]:
            said.append(f"posting {one.number} is not the mirror of {one.reverses.number}")
    return said


def _legs(posting: Posting) -> list[tuple[UUID, UUID, int]]:
    return list(posting.transfers.order_by("id").values_list("source_id", "target_id", "amount"))
