"""What the board keeps for itself: hot topics and overdue cases, found in the background. Everything else is
read when asked."""

from django.db import models

from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record

STAFF, PUBLIC = "staff", "public"


class HotTopic(Record):
    """One thing that many spoke about in a street during the last weeks. Made anew by the worker.

    Those for `public` are made from published words alone; those for `staff` from what was said, without
    restricted matters.
    """

    place = PlaceField(max_length=12)  # street or town
    audience = models.CharField(max_length=6)
    label = models.CharField(max_length=80)
    n = models.IntegerField()  # voices
    score = models.FloatField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    communities = models.JSONField(default=dict)  # community code -> voices

    class Meta:
        indexes = [models.Index(fields=["audience", "place", "-score"], name="hottopic_place")]


class HotLook(models.Model):
    """When the worker last looked for topics in a street."""

    place = PlaceField(max_length=12, primary_key=True)
    looked_at = models.DateTimeField()


class LateCount(models.Model):
    """How many cases of a street were overdue when the worker counted; without a place: everywhere."""

    place = PlaceField(max_length=12, primary_key=True)
    n = models.IntegerField()
    counted_at = models.DateTimeField()
