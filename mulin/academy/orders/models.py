"""Orders: what residents want to learn and do together, and what they offer."""

from django.db import models
from django.db.models import Q

from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record


class Order(Record):
    """One wish (我想要) or offer (我能) on the list of orders; the way that its matter takes.

    `slots`: windows of the week when it would suit, as in docs/timetable.md, those that suit most people
    first; `people`: how many the asking speak for, without those who stand beside it (the matter knows
    them). Both follow from the askings and are counted anew whenever one changes."""

    number = models.CharField(max_length=12, unique=True)  # the matter's
    matter = models.OneToOneField("voices.Matter", on_delete=models.PROTECT, related_name="order")
    place = PlaceField(max_length=12)
    kind = models.CharField(max_length=12)  # wish, offer
    theme = models.CharField(max_length=24, default="", blank=True)
    age = models.CharField(max_length=12, default="", blank=True)
    gives = models.CharField(max_length=8, default="", blank=True)  # of an offer: teach, team, time
    slots = models.JSONField(default=list, blank=True)
    minutes = models.IntegerField(default=60)
    people = models.IntegerField(default=1)
    # Who said what it is about: guess (the machine), said (the person), desk
    described_by = models.CharField(max_length=8, default="guess")
    state = models.CharField(
        max_length=10, default="gathered"
    )  # gathered, accepted, declined, served, withdrawn
    accepted_on = models.DateField(null=True, blank=True)
    club = models.ForeignKey(
        "academy.Club", null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )

    class Meta:
        indexes = [
            models.Index(fields=["place", "theme"], name="order_gathered", condition=Q(state="gathered")),
            models.Index(fields=["place", "-id"], name="order_place"),
            models.Index(
                fields=["place", "accepted_on"], name="order_accepted", condition=Q(state="accepted")
            ),
        ]


class Asking(Record):
    """What one voice of an order adds to it: for whom, how many of them, and when they can."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="askings")
    voice = models.OneToOneField("voices.Voice", on_delete=models.CASCADE, related_name="asking")
    age = models.CharField(max_length=12, default="", blank=True)
    people = models.IntegerField(default=1)
    slots = models.JSONField(default=list, blank=True)
