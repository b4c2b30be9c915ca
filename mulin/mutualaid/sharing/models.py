"""What neighbours lend each other: a parking space, a thing. When it is whose stands in `bookings`, the money
in `ledger` (books share.*, in fen)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record

__all__ = ["SharedDamage", "SharedOffer", "SharedUse"]


class SharedOffer(Record):
    """A space or a thing that somebody lends. `where` (address, number of the space) and `access` (how one
    gets in) are sealed, and read by who has booked only; everybody sees `title`, `about` and the estate.

    `windows`: when it may be had, `[{"day": 1..7, "from": "18:00", "to": "08:00"}]`, an end before the start
    is the next day's. `fee_fen` an hour or a day (`per`); 0 is free. `party`: whose books of money these are,
    the owner's account, or this record where the desk entered it for somebody without one.
    """

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    kind = models.CharField(max_length=8)  # parking, thing
    state = models.CharField(max_length=10, default="asked")  # asked, open, paused, closed, declined
    title = models.CharField(max_length=40)
    about = models.CharField(max_length=300, default="", blank=True)
    site = models.ForeignKey(
        "places.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="shared_offers"
    )
    where_sealed = models.TextField(default="", blank=True)
    access_sealed = models.TextField(default="", blank=True)
    windows = models.JSONField(default=list)
    fee_fen = models.IntegerField(default=0)
    per = models.CharField(max_length=4, default="hour")  # hour, day
    deposit_fen = models.IntegerField(default=0)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="shared_offers",
    )
    owner_name = models.CharField(max_length=40, default="", blank=True)
    party = models.UUIDField()
    resource = models.ForeignKey(
        "bookings.Resource", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=200, default="", blank=True)
    entered_by = models.UUIDField(null=True, blank=True)
    matter = models.UUIDField(null=True, blank=True)  # the offer (我能) that it grew out of

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(fee_fen__gte=0), name="sharedoffer_fee"),
            models.CheckConstraint(condition=Q(deposit_fen__gte=0), name="sharedoffer_deposit"),
        ]
        indexes = [
            models.Index(fields=["place", "state", "kind"], name="sharedoffer_place"),
            models.Index(fields=["account"], name="sharedoffer_account", condition=Q(account__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title


class SharedUse(Record):
    """That somebody has it for a while. `fee_fen` and `split` are fixed when it is booked, by the rule of
    that day. `note` (a plate, a telephone number) is sealed and read by the owner only."""

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    offer = models.ForeignKey(SharedOffer, on_delete=models.PROTECT, related_name="uses")
    booking = models.OneToOneField("bookings.Booking", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="booked")  # booked, in_use, done, cancelled, no_show
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="shared_uses"
    )
    who = models.CharField(max_length=40, default="", blank=True)
    party = models.UUIDField()
    note_sealed = models.TextField(default="", blank=True)
    fee_fen = models.IntegerField(default=0)
    split = models.JSONField(default=dict)
    charge = models.OneToOneField(
        "ledger.Posting", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    deposit_fen = models.IntegerField(default=0)
    deposit_state = models.CharField(max_length=10, default="", blank=True)  # due, held, returned, kept
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)  # why it was cancelled
    cancelled_by = models.CharField(max_length=8, default="", blank=True)  # borrower, owner, desk
    no_show_at = models.DateTimeField(null=True, blank=True)
    objection = models.CharField(max_length=300, default="", blank=True)
    objection_state = models.CharField(max_length=10, default="", blank=True)  # waiting, upheld, dismissed
    decision = models.CharField(max_length=200, default="", blank=True)
    is_reminded = models.BooleanField(default=False)
    entered_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shareduse_length")
        ]
        indexes = [
            models.Index(fields=["offer", "starts_at"], name="shareduse_offer"),
            models.Index(fields=["place", "-starts_at"], name="shareduse_place"),
            models.Index(fields=["account"], name="shareduse_account", condition=Q(account__isnull=False)),
            models.Index(
                fields=["ends_at"], name="shareduse_live", condition=Q(state__in=["booked", "in_use"])
            ),
        ]


class SharedDamage(Record):
    """That something was found broken after a use, what the borrower said to it, and how it was settled."""

    use = models.ForeignKey(SharedUse, on_delete=models.PROTECT, related_name="damages")
    place = PlaceField(max_length=12)
    text = models.CharField(max_length=300)
    state = models.CharField(max_length=10, default="told")  # told, answered, settled
    answer = models.CharField(max_length=300, default="", blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    settled = models.CharField(max_length=300, default="", blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["place", "state"], name="shareddamage_place")]
