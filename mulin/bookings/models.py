"""The one calendar: things that can be booked, and who has them when. The database refuses an overlap."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record


class Resource(Record):
    """Something that one at a time can have: a venue, a person's time, a parking space, a thing.

    `ref` is the id of the record it stands for (a `places.Venue`, a teacher, a lent thing); the module
    that has that record decides who may book it."""

    kind = models.CharField(max_length=12)  # venue, person, parking, thing
    ref = models.UUIDField()
    place = PlaceField(max_length=12)
    title = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "ref"], name="resource_once")]
        indexes = [models.Index(fields=["place", "kind"], name="resource_place")]


class Booking(Record):
    """A resource from one moment to another. What was cancelled keeps its row and gives its time free."""

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="bookings")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    what = models.CharField(max_length=16)  # session, meeting, room, parking, loan, duty
    subject = models.UUIDField(null=True, blank=True)  # the record it is for
    title = models.CharField(max_length=80, default="", blank=True)
    # asked, booked, done hold the time; cancelled, declined, no_show gave it free
    state = models.CharField(max_length=10, default="booked")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="bookings"
    )
    org = models.ForeignKey(
        "people.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="bookings"
    )
    note = models.CharField(max_length=200, default="", blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)
    # Of somebody without an account, who asked by telephone or on paper: forgotten some months later.
    who = models.CharField(max_length=40, default="", blank=True)
    phone_sealed = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_has_length")
        ]
        indexes = [
            models.Index(fields=["resource", "starts_at"], name="booking_resource"),
            models.Index(fields=["place", "starts_at"], name="booking_place"),
            models.Index(
                fields=["account", "starts_at"], name="booking_account", condition=Q(account__isnull=False)
            ),
            models.Index(fields=["subject"], name="booking_subject", condition=Q(subject__isnull=False)),
            models.Index(fields=["place", "starts_at"], name="booking_asked", condition=Q(state="asked")),
        ]


class Quarter(models.Model):
    """A quarter of an hour of a resource that is taken. One row a quarter, and the database lets nobody take
    one twice: the same on SQLite and on PostgreSQL, without an extension."""

    pk = models.CompositePrimaryKey("resource_id", "at")
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="quarters")
    at = models.BigIntegerField()  # quarters of an hour since 1970-01-01 00:00 UTC
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="quarters")
