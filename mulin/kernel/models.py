"""Tables that every module shares. Rows are written through journal, counters, notices, search and jobs."""

from django.conf import settings
from django.db import models

from mulin.kernel.clock import now
from mulin.kernel.fields import PlaceField
from mulin.kernel.ids import new_id


class Record(models.Model):
    """Base of every table: an id made by the application and the moment it was made."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        abstract = True


class Chain(Record):
    """One hash chain: of a community, a street, a department or the system. Outlives its code."""

    key = models.CharField(max_length=64, unique=True)
    seq = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64, default="")
    algorithm = models.CharField(max_length=8, default="sha256")


class ChainAlias(models.Model):
    """A place whose code changed keeps the chain it began."""

    place = PlaceField(primary_key=True)
    key = models.CharField(max_length=64)


class Entry(models.Model):
    """One line of the journal. Never updated but by the sealer, never deleted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(default=now)
    code = models.CharField(max_length=64)
    actor = models.UUIDField(null=True)
    actor_kind = models.CharField(max_length=12, default="person")
    org = models.UUIDField(null=True)
    place = PlaceField(default="")
    subject = models.UUIDField(null=True)
    matter = models.UUIDField(null=True)
    data = models.JSONField(default=dict)
    chain = models.CharField(max_length=64, default="")
    seq = models.BigIntegerField(null=True)
    hash = models.CharField(max_length=64, default="")
    position = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["matter", "id"], condition=models.Q(matter__isnull=False), name="entry_matter"
            ),
            models.Index(
                fields=["position"], condition=models.Q(position__isnull=False), name="entry_position"
            ),
            models.Index(fields=["id"], condition=models.Q(position__isnull=True), name="entry_unsealed"),
            models.Index(fields=["chain", "seq"], condition=models.Q(seq__isnull=False), name="entry_chain"),
            models.Index(
                fields=["subject", "id"], condition=models.Q(subject__isnull=False), name="entry_subject"
            ),
            models.Index(fields=["actor", "id"], condition=models.Q(actor__isnull=False), name="entry_actor"),
        ]


class Cursor(models.Model):
    """How far a subscriber has read the sealed sequence."""

    name = models.CharField(max_length=64, primary_key=True)
    position = models.BigIntegerField(default=0)


class CountDelta(models.Model):
    """A change of a counter, appended in the action's own transaction and folded by the worker."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    place = PlaceField()
    grid = PlaceField(default="")
    day = models.DateField()
    measure = models.CharField(max_length=32)
    state = models.CharField(max_length=24, default="")
    category = models.CharField(max_length=48, default="")
    n = models.IntegerField()


class CountLevel(models.Model):
    """Folded counts of one place at one level: province 2 to community 12, grid 15."""

    level = models.SmallIntegerField()
    node = PlaceField()
    day = models.DateField()
    measure = models.CharField(max_length=32)
    state = models.CharField(max_length=24, default="")
    n = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["level", "node", "measure", "day", "state"], name="countlevel_key"
            )
        ]


class CountCategory(models.Model):
    """Folded counts by category, from the whole country down to the street (level 9)."""

    level = models.SmallIntegerField()
    node = PlaceField()
    day = models.DateField()
    measure = models.CharField(max_length=32)
    state = models.CharField(max_length=24, default="")
    category = models.CharField(max_length=48)
    n = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["level", "node", "measure", "day", "category", "state"], name="countcategory_key"
            )
        ]


class Notice(Record):
    """Something one person should know, made from a journal line. Shown in the app, sent by digest."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    code = models.CharField(max_length=64)
    entry = models.UUIDField()
    matter = models.UUIDField(null=True)
    url = models.CharField(max_length=200, default="", blank=True)
    data = models.JSONField(default=dict)
    is_urgent = models.BooleanField(default=False)
    read_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-id"], name="notice_account"),
            models.Index(fields=["id"], condition=models.Q(sent_at__isnull=True), name="notice_unsent"),
        ]
        constraints = [models.UniqueConstraint(fields=["account", "entry"], name="notice_once_per_entry")]


class RuleOverride(Record):
    """A rule that an administrator set for a place; wins over the packs at the same place."""

    name = models.CharField(max_length=96)
    place = PlaceField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    match = models.JSONField(default=dict, blank=True)
    value = models.JSONField(null=True)
    basis = models.TextField()
    certainty = models.CharField(max_length=24)
    note = models.TextField(default="", blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)


class Job(Record):
    """A long piece of work with visible progress that can be stopped."""

    kind = models.CharField(max_length=48)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="jobs"
    )
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default="queued")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    message = models.CharField(max_length=300, default="")
    result = models.JSONField(null=True)
    file = models.FileField(upload_to="jobs/", blank=True)
    stop_asked = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True)


class ThreadLink(Record):
    """What a record grew out of: this garden from that wish. Kinds are `module.model`."""

    child_kind = models.CharField(max_length=48)
    child = models.UUIDField()
    parent_kind = models.CharField(max_length=48)
    parent = models.UUIDField()
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "parent"], name="thread_once")]
        indexes = [models.Index(fields=["parent"], name="thread_parent")]


class IdempotentAnswer(models.Model):
    """The answer once given to a request with an idempotency key, kept for a day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.CharField(max_length=64)
    key = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    status = models.SmallIntegerField()
    body = models.JSONField()
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="idempotent_key")]


class Throttle(models.Model):
    """How often a caller did something in the current window. Holds a keyed hash, never an address."""

    key = models.CharField(max_length=80, primary_key=True)
    window = models.BigIntegerField()
    n = models.IntegerField(default=0)


from mulin.kernel.search import SearchRow as SearchRow  # noqa: E402 (its table; it needs this module)
