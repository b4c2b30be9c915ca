"""What a decision rests on and what comes of it: findings, options, objections, resolutions and works."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from mulin.kernel.clock import today
from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record

__all__ = ["Concern", "Finding", "Resolution", "TopicOption", "Work", "WorkNote"]

FINDING_KINDS = ("fact", "cost", "constraint", "picture")
CONCERN_KINDS = ("objection", "question")
CONCERN_STATES = ("waiting", "answered", "joined", "hidden")
CHANNELS = ("portal", "paper", "phone", "visit", "meeting")
OPTION_STATES = ("proposed", "accepted", "declined")
RESOLUTION_STATES = ("draft", "published", "withdrawn")
WORK_STATES = ("planned", "under_way", "done", "dropped")
NOTE_KINDS = ("progress", "milestone", "delay", "done", "dropped", "again")


class Finding(Record):
    """What was found out about a topic. `question`: the key of the question it answers, empty for what nobody
    had asked. `cost` in fen. `links`: photos and files that lie elsewhere, [{"title", "url"}]."""

    topic = models.ForeignKey("councils.Topic", on_delete=models.PROTECT, related_name="findings")
    step = models.ForeignKey("councils.Step", null=True, blank=True, on_delete=models.SET_NULL)
    question = models.CharField(max_length=32, default="", blank=True)
    kind = models.CharField(max_length=12, default="fact")
    text = models.TextField()
    cost = models.BigIntegerField(null=True, blank=True)
    source = models.CharField(max_length=120, default="", blank=True)
    links = models.JSONField(default=list, blank=True)
    written_by = models.UUIDField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["topic", "id"], name="finding_topic")]


class Concern(Record):
    """An objection to a topic, or a question about it. `text` is what was written, for those who run the
    topic; `public_text` is the same with persons covered, and shown once it is answered. `joined_to`: the one
    of which it is a repeat; its answer counts for both. `account`: who wants to be told."""

    number = models.CharField(max_length=12, unique=True)
    topic = models.ForeignKey("councils.Topic", on_delete=models.PROTECT, related_name="concerns")
    kind = models.CharField(max_length=10, default="objection")
    text = models.TextField()
    public_text = models.TextField(default="", blank=True)
    state = models.CharField(max_length=8, default="waiting")
    channel = models.CharField(max_length=8, default="portal")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="concerns"
    )
    answer = models.TextField(default="", blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    hidden_reason = models.CharField(max_length=200, default="", blank=True)
    joined_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="repeats"
    )

    class Meta:
        indexes = [
            models.Index(fields=["topic", "state", "id"], name="concern_topic"),
            models.Index(fields=["id"], condition=Q(state="waiting"), name="concern_waiting"),
        ]


class TopicOption(Record):
    """One way of doing it. `cost` in fen, empty where nobody has worked it out. `picture`: an address."""

    topic = models.ForeignKey("councils.Topic", on_delete=models.PROTECT, related_name="options")
    step = models.ForeignKey("councils.Step", on_delete=models.CASCADE, related_name="options")
    key = models.CharField(max_length=32)
    position = models.SmallIntegerField(default=0)
    title = models.CharField(max_length=60)
    text = models.TextField(default="", blank=True)
    cost = models.BigIntegerField(null=True, blank=True)
    gains = models.CharField(max_length=300, default="", blank=True)
    loses = models.CharField(max_length=300, default="", blank=True)
    picture = models.CharField(max_length=300, default="", blank=True)
    state = models.CharField(max_length=8, default="accepted")
    reason = models.CharField(max_length=300, default="", blank=True)  # why it was declined
    is_residents = models.BooleanField(default=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "key"], name="topic_option_key")]
        indexes = [
            models.Index(fields=["step", "position", "id"], name="topic_option_order"),
            models.Index(fields=["id"], condition=Q(state="proposed"), name="topic_option_proposed"),
        ]


class Resolution(Record):
    """What was decided, why, by whom, and what follows. Grows out of a topic, or stands alone.

    `options`: [{"key", "title", "text", "cost", "gains", "loses", "chosen"}]; `grounds`: how it was decided,
    step by step, [{"title", "outcome", "on"}]; both are as they were when it was published. `cost` in fen.
    `posting`: the rule under which it hangs out, {"days", "basis", "certainty", "from_law"}.
    """

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    topic = models.ForeignKey(
        "councils.Topic", null=True, blank=True, on_delete=models.PROTECT, related_name="resolutions"
    )
    step = models.ForeignKey("councils.Step", null=True, blank=True, on_delete=models.SET_NULL)
    org = models.ForeignKey(
        "people.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    body = models.CharField(max_length=16, default="residents")
    title = models.CharField(max_length=80)
    why = models.TextField(default="", blank=True)
    decision = models.TextField(default="", blank=True)
    decided_by = models.TextField(default="", blank=True)
    decided_on = models.DateField(null=True, blank=True)
    options = models.JSONField(default=list, blank=True)
    grounds = models.JSONField(default=list, blank=True)
    cost = models.BigIntegerField(null=True, blank=True)
    money_from = models.CharField(max_length=200, default="", blank=True)
    gains = models.TextField(default="", blank=True)
    loses = models.TextField(default="", blank=True)
    majority = models.TextField(default="", blank=True)
    minority = models.TextField(default="", blank=True)
    state = models.CharField(max_length=10, default="draft")
    posting = models.JSONField(default=dict, blank=True)
    posted_from = models.DateField(null=True, blank=True)
    posted_until = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["place", "-id"], name="resolution_place"),
            models.Index(
                fields=["place", "-published_at"], name="resolution_public", condition=Q(state="published")
            ),
        ]


class Work(Record):
    """One thing to be done: whose, until when, for how much (fen). Of a resolution, or of a topic's works.

    `matter`: it became a case; then the case says how far it is. `evidence`: [{"title", "url"}].
    """

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    topic = models.ForeignKey(
        "councils.Topic", null=True, blank=True, on_delete=models.PROTECT, related_name="works"
    )
    resolution = models.ForeignKey(
        Resolution, null=True, blank=True, on_delete=models.PROTECT, related_name="works"
    )
    org = models.ForeignKey(
        "people.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="works"
    )
    title = models.CharField(max_length=80)
    text = models.TextField(default="", blank=True)
    due_on = models.DateField(null=True, blank=True)
    money = models.BigIntegerField(null=True, blank=True)
    spent = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, default="planned")
    matter = models.OneToOneField(
        "voices.Matter", null=True, blank=True, on_delete=models.PROTECT, related_name="work"
    )
    evidence = models.JSONField(default=list, blank=True)
    done_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["topic", "id"], name="work_topic"),
            models.Index(fields=["resolution", "id"], name="work_resolution"),
            models.Index(
                fields=["due_on", "place"], name="work_due", condition=Q(state__in=("planned", "under_way"))
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in ("planned", "under_way")

    def is_late(self, on: date | None = None) -> bool:
        return self.is_open and self.due_on is not None and self.due_on < (on or today())


class WorkNote(Record):
    """What was written down about a work: how far it is, why it takes longer, what shows that it is done."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=10, default="progress")
    text = models.TextField()
    links = models.JSONField(default=list, blank=True)
    due_on = models.DateField(null=True, blank=True)  # of a delay: the new day
    written_by = models.UUIDField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["work", "id"], name="worknote_work")]
