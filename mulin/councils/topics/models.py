"""A topic: one matter on its way through a process, and the steps of that way."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record

STATES = ("draft", "running", "done", "stopped")
STEP_STATES = ("waiting", "open", "done", "skipped")


class Topic(Record):
    """What is discussed, for whom, and by which process.

    `definition` is the process as it was when the topic was drafted: a later edition of the file changes
    nothing for it. `site`: the building, courtyard or estate it concerns, empty for the whole
    place. `matter`: what residents said, where it grew out of that. `body`: whose affair it is (owners,
    residents, households, courtyard, delegates: different rosters, different law).
    """

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    site = PlaceField(default="", blank=True)
    process = models.CharField(max_length=32)
    definition = models.JSONField(default=dict)
    title = models.CharField(max_length=80)
    summary = models.TextField(default="", blank=True)
    body = models.CharField(max_length=16, default="residents")
    state = models.CharField(max_length=8, default="draft")
    matter = models.ForeignKey(
        "voices.Matter", null=True, blank=True, on_delete=models.PROTECT, related_name="topics"
    )
    # The group of neighbours, or the unit, that runs it.
    org = models.ForeignKey(
        "people.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="topics"
    )
    starts_on = models.DateField(null=True, blank=True)
    announced_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    stop_reason = models.TextField(default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["place", "-id"], name="topic_place"),
            models.Index(fields=["place", "state"], name="topic_running", condition=Q(state="running")),
            models.Index(fields=["matter"], name="topic_matter", condition=Q(matter__isnull=False)),
        ]

    @property
    def thread(self) -> UUID:
        """What journal lines about it carry as their matter, so that one timeline tells the whole story."""
        return self.matter_id or self.pk


class Step(Record):
    """One step of a topic. `settings`: the kind's own keys from the process; `record`: what it works with;
    `outcome` and `result`: what came out, see `councils.steps.Progress`; kept in both languages, since it
    cannot be said anew later. Days are planned until the step has begun and ended."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="steps")
    position = models.SmallIntegerField()
    key = models.CharField(max_length=32)
    kind = models.CharField(max_length=16)
    title = models.CharField(max_length=80)
    text = models.TextField(default="", blank=True)
    settings = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=8, default="waiting")
    begins_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    record = models.UUIDField(null=True, blank=True)
    data = models.JSONField(default=dict, blank=True)
    outcome = models.TextField(default="", blank=True)
    outcome_en = models.TextField(default="", blank=True)
    result = models.JSONField(default=dict, blank=True)
    skip_reason = models.CharField(max_length=200, default="", blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "key"], name="step_key")]
        indexes = [
            models.Index(fields=["topic", "position"], name="step_order"),
            models.Index(fields=["record"], name="step_record", condition=Q(record__isnull=False)),
        ]
