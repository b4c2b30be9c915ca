"""The time bank: who holds minutes, what was given, awarded, redeemed and what will expire.

The minutes themselves are in the books of `ledger`: time.issued of a community (what was credited there, with
a minus), time.person of a holder, time.reserve of a community; points likewise in point.issued, point.person
and point.redeemed. No book of money has a place here.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record

__all__ = ["TimeAward", "TimeExpiry", "TimeGift", "TimeHolder", "TimeRedemption"]


class TimeHolder(Record):
    """Somebody with a book of minutes, with or without an account. The id is the `ref` of the book.

    `code` is what a person shows to be given minutes: ten digits, replaced as often as they like.
    `paper_ref`: the record (a helper without an account) that stands for somebody who is not online; `name`
    is how the desk knows them. `spends`: whether visits that one receives use one's own minutes."""

    place = PlaceField(max_length=12)
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="time_holder"
    )
    paper_ref = models.UUIDField(null=True, blank=True, unique=True)
    name = models.CharField(max_length=40, default="", blank=True)
    code = models.CharField(max_length=12, unique=True)
    spends = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["place"], name="timeholder_place")]


class TimeGift(Record):
    """Minutes that one gave another, or the reserve (`receiver` empty). `kind`: gift, family, reserve. Both
    sides see it; `words` are for the two of them."""

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    kind = models.CharField(max_length=8)
    giver = models.ForeignKey(TimeHolder, on_delete=models.PROTECT, related_name="gifts_given")
    receiver = models.ForeignKey(
        TimeHolder, null=True, blank=True, on_delete=models.PROTECT, related_name="gifts_taken"
    )
    minutes = models.IntegerField()
    words = models.CharField(max_length=100, default="", blank=True)
    posting = models.OneToOneField("ledger.Posting", on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(minutes__gt=0), name="timegift_positive")]
        indexes = [models.Index(fields=["place", "-id"], name="timegift_place")]


class TimeAward(Record):
    """Minutes out of the reserve for somebody who needs them, with a reason that everybody may read (it names
    nobody)."""

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    holder = models.ForeignKey(TimeHolder, on_delete=models.PROTECT, related_name="awards")
    minutes = models.IntegerField()
    reason = models.CharField(max_length=200)
    posting = models.OneToOneField("ledger.Posting", on_delete=models.PROTECT, related_name="+")
    made_by = models.UUIDField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(minutes__gt=0), name="timeaward_positive")]
        indexes = [models.Index(fields=["place", "-id"], name="timeaward_place")]


class TimeExpiry(Record):
    """That somebody was told: so many minutes of a day expire on `due_on` unless they are used. `earned_on`:
    the day whose minutes they are. Done when `posting` or nothing was left."""

    holder = models.ForeignKey(TimeHolder, on_delete=models.CASCADE, related_name="expiries")
    place = PlaceField(max_length=12)
    earned_on = models.DateField()
    due_on = models.DateField()
    minutes = models.IntegerField()
    done_at = models.DateTimeField(null=True, blank=True)
    posting = models.OneToOneField(
        "ledger.Posting", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "earned_on"], condition=Q(done_at__isnull=True), name="timeexpiry_once"
            )
        ]
        indexes = [models.Index(fields=["due_on"], name="timeexpiry_due", condition=Q(done_at__isnull=True))]


class TimeRedemption(Record):
    """Points that a clerk took for something, said in words."""

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    holder = models.ForeignKey(TimeHolder, on_delete=models.PROTECT, related_name="redemptions")
    points = models.IntegerField()
    what = models.CharField(max_length=100)
    posting = models.OneToOneField("ledger.Posting", on_delete=models.PROTECT, related_name="+")
    made_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(points__gt=0), name="timeredemption_positive")]
        indexes = [models.Index(fields=["place", "-id"], name="timeredemption_place")]
