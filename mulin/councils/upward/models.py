"""A proposal of a community on its way up (民情直通车), and where it was on that way."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record

__all__ = ["Hop", "Proposal"]


class Proposal(Record):
    """What a community asks of those above it, told as everybody may read it.

    It grew out of at most one of a topic, a need of the list, a matter. `org`: the council or group of
    residents that makes it; none: the community itself. `result`: what came of it in the end.
    """

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    title = models.CharField(max_length=80)
    text = models.TextField(default="", blank=True)
    request = models.TextField(default="", blank=True)
    state = models.CharField(max_length=10, default="draft")
    topic = models.ForeignKey(
        "councils.Topic", null=True, blank=True, on_delete=models.PROTECT, related_name="proposals"
    )
    need = models.ForeignKey(
        "voices.Need", null=True, blank=True, on_delete=models.PROTECT, related_name="proposals"
    )
    matter = models.ForeignKey(
        "voices.Matter", null=True, blank=True, on_delete=models.PROTECT, related_name="proposals"
    )
    org = models.ForeignKey(
        "people.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="proposals"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    result = models.TextField(default="", blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["place", "-id"], name="proposal_place"),
            models.Index(fields=["need"], name="proposal_need", condition=Q(need__isnull=False)),
            models.Index(fields=["matter"], name="proposal_matter", condition=Q(matter__isnull=False)),
        ]

    @property
    def thread(self) -> UUID:
        """What journal lines about it carry as their matter: the topic's or the matter's whole story."""
        return self.topic.thread if self.topic else self.matter_id or self.pk


class Hop(Record):
    """One level that a proposal came to. `place` is the division of that level; `org` the unit that studies
    and answers it there, where the level gave it to one. `note` says why it came here; `decision` and
    `answer` are what the level said. `due_at` and `rule`: until when, and by which rule of which pack."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="hops")
    position = models.SmallIntegerField()
    level = models.CharField(max_length=8)  # street, district, city
    place = PlaceField(max_length=12)
    org = models.ForeignKey(
        "people.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="hops"
    )
    state = models.CharField(max_length=10, default="sent")
    note = models.TextField(default="", blank=True)
    decision = models.CharField(max_length=10, default="", blank=True)
    answer = models.TextField(default="", blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    rule = models.JSONField(default=dict, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "position"], name="hop_position")]
        indexes = [models.Index(fields=["place", "due_at"], name="hop_open", condition=Q(ended_at=None))]
