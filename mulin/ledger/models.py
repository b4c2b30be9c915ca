"""Double entry in any unit. What is posted stays; a mistake is reversed by another posting."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record

UNITS = ("fen", "minute", "point")
# A kind of book begins with these where it holds no money: so the database keeps units apart by kind.
KINDS_OF = {"minute": "time.", "point": "point."}


def unit_of(kind: str) -> str:
    """The unit that books of a kind are kept in."""
    return next((unit for unit, begins in KINDS_OF.items() if kind.startswith(begins)), "fen")


def _one_unit_a_kind() -> Q:
    no_money = {unit: Q(kind__startswith=begins) for unit, begins in KINDS_OF.items()}
    fen = Q(unit="fen")
    for condition in no_money.values():
        fen &= ~condition
    for unit, condition in no_money.items():
        fen |= Q(unit=unit) & condition
    return fen


class Posted(Record):
    """Something that was posted: it is written once, and nobody changes or deletes it through the model."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("what was posted is not edited; reverse it by another posting")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("what was posted is not deleted; reverse it by another posting")


class Book(Record):
    """One account of one owner in one unit. `balance` is kept with every posting, under a lock.

    `ref` is whose it is (an account, a household, a group, a fund); `kind` says what it is for. Books of one
    kind have one unit everywhere, so that a book of money and a book of minutes can never meet."""

    place = PlaceField(max_length=12)
    unit = models.CharField(max_length=8)  # fen, minute, point
    kind = models.CharField(max_length=24)
    ref = models.UUIDField(null=True, blank=True)
    title = models.CharField(max_length=80, default="", blank=True)
    balance = models.BigIntegerField(default=0)
    least = models.BigIntegerField(null=True, blank=True)  # the balance may not go below; null: no limit
    most = models.BigIntegerField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place", "unit", "kind", "ref"], name="book_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=_one_unit_a_kind(), name="book_unit_of_kind"),
            models.CheckConstraint(
                condition=Q(least__isnull=True) | Q(balance__gte=F("least")), name="book_not_below"
            ),
            models.CheckConstraint(
                condition=Q(most__isnull=True) | Q(balance__lte=F("most")), name="book_not_above"
            ),
        ]
        indexes = [models.Index(fields=["ref"], name="book_ref", condition=Q(ref__isnull=False))]


class Posting(Posted):
    """One transaction. Never edited; `reverses` takes another one back."""

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    unit = models.CharField(max_length=8)
    kind = models.CharField(max_length=24)
    on = models.DateField()
    subject = models.UUIDField(null=True, blank=True)  # the record it comes from
    words = models.CharField(max_length=200, default="", blank=True)
    posted_by = models.UUIDField(null=True, blank=True)
    reverses = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by"
    )

    class Meta:
        indexes = [
            models.Index(fields=["place", "-id"], name="posting_place"),
            models.Index(fields=["subject"], name="posting_subject", condition=Q(subject__isnull=False)),
        ]


class Transfer(Posted):
    """One leg: so much leaves one book and enters another. A posting of transfers sums to zero because each
    of them does."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="transfers")
    source = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="given")
    target = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="taken")
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_positive"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="transfer_between_two"),
        ]
