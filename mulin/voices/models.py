"""What people say: voices, and the matters they speak about."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record
from mulin.voices.needs.models import Need, NeedSource, NeedStep
from mulin.voices.surveys.models import Sheet, Survey, SurveyCode, Taken

__all__ = [
    "CHANNELS", "KINDS", "Addition", "Category", "Lesson", "Matter", "MeToo", "Need", "NeedSource",
    "NeedStep", "Photo", "Sheet", "Survey", "SurveyCode", "Taken", "Voice",
]  # fmt: skip

KINDS = ("consult", "help", "complaint", "tip_off", "suggestion", "wish", "offer")
CHANNELS = (
    "portal", "phone", "counter", "letter", "courtyard", "chat", "patrol", "survey", "file", "open311", "api",
)  # fmt: skip


class Matter(Record):
    """What one or more voices are about. Holds the one fact sheet that every level reads.

    `place` is the 12-digit division (a community where known). A tip-off or a major matter is
    restricted: it is never published, searched by others or suggested.
    """

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    grid = PlaceField(default="", blank=True)
    building = PlaceField(default="", blank=True)
    address = models.CharField(max_length=160, default="", blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    kind = models.CharField(max_length=12)
    category = models.CharField(max_length=48, default="", blank=True)
    # Who chose the category: the person (said), the machine (guess, until somebody confirms it), the desk
    category_by = models.CharField(max_length=8, default="", blank=True)
    title = models.CharField(max_length=80)
    severity = models.CharField(max_length=6, default="minor")  # minor, major
    is_open = models.BooleanField(default=True)
    restriction = models.CharField(max_length=8, default="", blank=True)  # major, tip_off
    # asked: nobody decided yet; shown: in the public register; hidden: kept out, with a reason;
    # never: its kind, category or restriction keeps it out, so nobody is asked
    publication = models.CharField(max_length=8, default="asked")
    hidden_reason = models.CharField(max_length=200, default="", blank=True)
    public_title = models.CharField(max_length=80, default="", blank=True)
    public_text = models.TextField(default="", blank=True)
    public_answer = models.TextField(default="", blank=True)
    way = models.CharField(max_length=12, default="", blank=True)
    # What was decided about a wish or an offer: accepted, declined
    decision = models.CharField(max_length=8, default="", blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    # The fact sheet: basics, people involved (as roles, no names), root, idea. Versioned by journal lines.
    facts = models.JSONField(default=dict, blank=True)
    voices_count = models.IntegerField(default=0)
    me_too_count = models.IntegerField(default=0)
    # Its own index holds merged ones only: an index of all the empty values would mislead the planner.
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged", db_index=False
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["place", "category", "-id"], name="matter_open", condition=Q(is_open=True)),
            models.Index(
                fields=["place", "-published_at"], name="matter_public", condition=Q(publication="shown")
            ),
            models.Index(
                fields=["-published_at", "-id"], name="matter_newest", condition=Q(publication="shown")
            ),
            # Open311 asks for what came in between two moments, whichever place.
            models.Index(fields=["-created_at", "-id"], name="matter_came", condition=Q(publication="shown")),
            models.Index(fields=["place", "kind", "-id"], name="matter_kind"),
            models.Index(
                fields=["merged_into"], name="matter_merged", condition=Q(merged_into__isnull=False)
            ),
        ]


class Voice(Record):
    """What one person said, once, through one channel. `text_masked` is the same with persons covered."""

    number = models.CharField(max_length=12, unique=True)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="voices")
    first_matter = models.ForeignKey(Matter, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    channel = models.CharField(max_length=12)
    text = models.TextField()
    text_masked = models.TextField(default="", blank=True)
    place = PlaceField(max_length=12)
    grid = PlaceField(default="", blank=True)
    building = PlaceField(default="", blank=True)
    address = models.CharField(max_length=160, default="", blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    # How precisely and in which system the place was given: map-wgs84, map-gcj02, list, words, community
    located_by = models.CharField(max_length=12, default="community")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="voices"
    )
    contact_sealed = models.TextField(default="", blank=True)
    contact_hash = models.CharField(max_length=64, default="", blank=True)
    contact_last4 = models.CharField(max_length=4, default="", blank=True)
    entered_by = models.UUIDField(null=True, blank=True)
    secret_hash = models.CharField(max_length=64, default="")
    idempotency = models.CharField(max_length=80, null=True, default=None, unique=True)
    # Tells a repeat of the same request from another request under the same key.
    digest = models.CharField(max_length=64, default="", blank=True)
    # What the machine suggested, with confidence and reason; people decide.
    suggestions = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, default="received")  # received, withdrawn
    happened_at = models.DateTimeField(null=True, blank=True)
    # The answer that came back to this voice, and what the person says of it.
    answer = models.TextField(default="", blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    is_solved = models.BooleanField(null=True, blank=True)
    is_satisfied = models.BooleanField(null=True, blank=True)
    rated_at = models.DateTimeField(null=True, blank=True)
    remark = models.TextField(default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["matter", "id"], name="voice_matter"),
            models.Index(fields=["account", "-id"], condition=Q(account__isnull=False), name="voice_account"),
            models.Index(fields=["place", "-id"], name="voice_place"),
            models.Index(fields=["contact_hash"], condition=~Q(contact_hash=""), name="voice_contact"),
            models.Index(fields=["secret_hash"], condition=~Q(secret_hash=""), name="voice_secret"),
        ]


class Addition(Record):
    """Something added later to a voice by the person or by a worker, or its text before a correction."""

    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="additions")
    text = models.TextField()
    text_masked = models.TextField(default="", blank=True)
    account = models.UUIDField(null=True, blank=True)
    is_former = models.BooleanField(default=False)  # what the voice said before it was corrected


class Photo(Record):
    """A picture without EXIF and position. Shown in public only after somebody approved it."""

    voice = models.ForeignKey(Voice, null=True, blank=True, on_delete=models.CASCADE, related_name="photos")
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="photos")
    role = models.CharField(max_length=8, default="before")  # before, after
    file = models.FileField(upload_to="photos/")
    thumb = models.FileField(upload_to="photos/")
    width = models.IntegerField()
    height = models.IntegerField()
    size = models.IntegerField()
    is_approved = models.BooleanField(default=False)
    added_by = models.UUIDField(null=True, blank=True)


class MeToo(Record):
    """我也遇到 / 我也想: one person stands beside an open matter instead of reporting it again."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="me_toos")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="me_toos"
    )
    device_hash = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "account"], condition=Q(account__isnull=False), name="metoo_account"
            ),
            models.UniqueConstraint(
                fields=["matter", "device_hash"], condition=~Q(device_hash=""), name="metoo_device"
            ),
        ]


class Lesson(Record):
    """A desk's correction of a suggestion: what `mulin triage train` learns from."""

    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="lessons")
    what = models.CharField(max_length=12)  # category, kind, severity
    was = models.CharField(max_length=48, default="", blank=True)
    now = models.CharField(max_length=48)
    by = models.UUIDField(null=True)


class Category(Record):
    """A category that an administrator added or changed; otherwise the catalogue file counts."""

    code = models.CharField(max_length=48, unique=True)
    parent = models.CharField(max_length=48, default="", blank=True)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80, default="", blank=True)
    fields = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(default=True)
