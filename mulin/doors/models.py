"""Webhooks: addresses that are told about sealed journal lines, and what is still to be told them."""

from django.db import models
from django.db.models import Q

from mulin.kernel.clock import now
from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record


class Webhook(Record):
    """One address. The secret that signs what is sent is kept encrypted and shown once, when it is made.

    `codes` are journal codes or `module.noun.*`; empty means all. `place` empty means everywhere.
    `audience` says how much it may hear: `public` what anybody may read, `staff` also what workers read.
    """

    url = models.CharField(max_length=500)
    secret_sealed = models.TextField()
    codes = models.JSONField(default=list, blank=True)
    place = PlaceField(default="", blank=True)
    audience = models.CharField(max_length=8, default="public")
    is_active = models.BooleanField(default=True)
    created_by = models.UUIDField()
    # One process sends to an address at a time: order would be lost otherwise.
    leased_until = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    last_sent_at = models.DateTimeField(null=True, blank=True)


class Delivery(Record):
    """One line for one address. Sent in the order of `position`; a failed one holds the later ones back."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    entry = models.UUIDField()
    code = models.CharField(max_length=64)
    position = models.BigIntegerField()
    body = models.TextField()
    state = models.CharField(max_length=8, default="waiting")  # waiting, sent
    attempts = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField(default=now)
    status = models.SmallIntegerField(null=True, blank=True)  # the last HTTP status that came back
    error = models.CharField(max_length=200, default="", blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["webhook", "entry"], name="delivery_once")]
        indexes = [
            models.Index(
                fields=["webhook", "position"], condition=Q(state="waiting"), name="delivery_waiting"
            ),
            models.Index(fields=["sent_at"], condition=Q(state="sent"), name="delivery_sent"),
        ]
