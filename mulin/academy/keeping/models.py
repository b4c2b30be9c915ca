"""Places that groups keep: whose they are to look after, what became of them, who is there on which day."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record

__all__ = [
    "CountItem", "CountLine", "Delegation", "Duty", "DutySwap", "EntryPhoto", "Keeping", "KeptPlace",
    "PlaceCount", "PlaceEntry", "PlaceFinding", "Rota",
]  # fmt: skip

LINKS = ("voices.matter", "councils.topic", "councils.resolution")


class KeptPlace(Record):
    """A place that neighbours look after: a site, a venue, or a spot in words with a position. It outlives
    the groups that keep it, one after the other.

    `about`: what it was before. `count_days`: how often it is counted; empty: as the rules say. `matter`: the
    wish or the remark that it grew out of."""

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    name = models.CharField(max_length=60)
    site = models.ForeignKey(
        "places.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="kept_places"
    )
    venue = models.ForeignKey(
        "places.Venue", null=True, blank=True, on_delete=models.PROTECT, related_name="kept_places"
    )
    spot = models.CharField(max_length=160, default="", blank=True)
    about = models.TextField(default="", blank=True)
    lon = models.FloatField(null=True, blank=True)  # WGS-84
    lat = models.FloatField(null=True, blank=True)
    count_days = models.SmallIntegerField(null=True, blank=True)
    matter = models.ForeignKey(
        "voices.Matter", null=True, blank=True, on_delete=models.PROTECT, related_name="kept_places"
    )

    class Meta:
        indexes = [models.Index(fields=["place", "-id"], name="keptplace_place")]

    def __str__(self) -> str:
        return self.name

    @property
    def thread(self):
        """What its journal lines carry as their matter: one timeline tells the story from the wish on."""
        return self.matter_id or self.pk


class Keeping(Record):
    """That a group keeps a place for a term: asked by the group, agreed by the community, ended with a
    reason.

    `reason`: why it was declined or ended; everybody may read it."""

    number = models.CharField(max_length=12, unique=True)
    kept = models.ForeignKey(KeptPlace, on_delete=models.PROTECT, related_name="keepings")
    place = PlaceField(max_length=12)
    org = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="keepings")
    state = models.CharField(max_length=10, default="asked")  # asked, kept, declined, withdrawn, ended
    what = models.TextField(default="", blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, default="", blank=True)
    asked_by = models.UUIDField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kept", "org"], condition=Q(state__in=["asked", "kept"]), name="keeping_once"
            )
        ]
        indexes = [
            models.Index(fields=["place", "state", "-id"], name="keeping_place"),
            models.Index(fields=["org", "-id"], name="keeping_org"),
        ]


class PlaceEntry(Record):
    """One dated entry of a place's history. `link`: what led to it or came of it, one of LINKS."""

    kept = models.ForeignKey(KeptPlace, on_delete=models.CASCADE, related_name="entries")
    on = models.DateField()
    stage = models.CharField(max_length=8, default="work")  # before, work, after, decision
    title = models.CharField(max_length=80)
    text = models.TextField(default="", blank=True)
    link_kind = models.CharField(max_length=32, default="", blank=True)
    link = models.UUIDField(null=True, blank=True)
    written_by = models.UUIDField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["kept", "on"], name="placeentry_kept")]


class EntryPhoto(Record):
    """A picture of an entry, without EXIF and position. Whoever put it there said that nobody can be
    recognised, or that all who can agreed."""

    entry = models.ForeignKey(PlaceEntry, on_delete=models.CASCADE, related_name="photos")
    file = models.FileField(upload_to="keeping/")
    thumb = models.FileField(upload_to="keeping/")
    alt = models.CharField(max_length=120, default="", blank=True)
    width = models.IntegerField()
    height = models.IntegerField()
    size = models.IntegerField()
    added_by = models.UUIDField(null=True, blank=True)


class CountItem(Record):
    """What is counted at a place: rose bushes, benches, lamps. `wanted`: how many there should be."""

    kept = models.ForeignKey(KeptPlace, on_delete=models.CASCADE, related_name="items")
    name = models.CharField(max_length=40)
    unit = models.CharField(max_length=8, default="", blank=True)
    wanted = models.IntegerField(null=True, blank=True)
    position = models.SmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kept", "name"], name="countitem_once")]


class PlaceCount(Record):
    """One round of counting."""

    kept = models.ForeignKey(KeptPlace, on_delete=models.CASCADE, related_name="counts")
    org = models.ForeignKey(
        "people.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="place_counts"
    )
    on = models.DateField()
    note = models.CharField(max_length=300, default="", blank=True)
    counted_by = models.UUIDField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["kept", "-on"], name="placecount_kept")]


class CountLine(Record):
    """How many of one thing there were."""

    count = models.ForeignKey(PlaceCount, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(CountItem, on_delete=models.PROTECT, related_name="lines")
    n = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["count", "item"], name="countline_once"),
            models.CheckConstraint(condition=Q(n__gte=0), name="countline_not_below"),
        ]


class PlaceFinding(Record):
    """That a group noticed something while it kept a place, and said it: the group is its finder."""

    kept = models.ForeignKey(
        KeptPlace, null=True, blank=True, on_delete=models.PROTECT, related_name="findings"
    )
    place = PlaceField(max_length=12)
    org = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="place_findings")
    voice = models.OneToOneField("voices.Voice", on_delete=models.PROTECT, related_name="place_finding")

    class Meta:
        indexes = [models.Index(fields=["org", "-id"], name="placefinding_org")]


class Delegation(Record):
    """That a group sends delegates to a council's topic or meeting: how many, never who.

    `kind`: topic or meeting; `ref` and `number` are those of its record."""

    place = PlaceField(max_length=12)
    org = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="delegations")
    kind = models.CharField(max_length=8)
    ref = models.UUIDField()
    number = models.CharField(max_length=12)
    heads = models.SmallIntegerField(default=1)
    words = models.CharField(max_length=120, default="", blank=True)
    state = models.CharField(max_length=8, default="sent")  # sent, recalled
    sent_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["org", "kind", "ref"], condition=Q(state="sent"), name="delegation_once"
            )
        ]
        indexes = [
            models.Index(fields=["place", "-id"], name="delegation_place"),
            models.Index(fields=["ref"], name="delegation_ref"),
        ]


class Rota(Record):
    """Who is there on which day: watering a garden, opening a room. Of any group; `kept`: for that place.

    `days`: days of the week, 1 Monday; every `every` weeks from the week of `begins_on`; `heads`: how many
    people a turn needs."""

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    org = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="rotas")
    kept = models.ForeignKey(KeptPlace, null=True, blank=True, on_delete=models.PROTECT, related_name="rotas")
    title = models.CharField(max_length=60)
    note = models.CharField(max_length=200, default="", blank=True)
    days = models.JSONField(default=list)
    every = models.SmallIntegerField(default=1)
    starts = models.TimeField()
    minutes = models.SmallIntegerField(default=60)
    heads = models.SmallIntegerField(default=1)
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, default="running")  # running, ended

    class Meta:
        indexes = [
            models.Index(fields=["org", "-id"], name="rota_org"),
            models.Index(fields=["state"], name="rota_running", condition=Q(state="running")),
        ]


class Duty(Record):
    """One seat of one turn. Free, or somebody's: an account, or a name that the leader wrote down.

    Whoever could not come leaves no trace: another takes the seat over, and names go after a while."""

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="duties")
    place = PlaceField(max_length=12)
    on = models.DateField()
    seat = models.SmallIntegerField(default=1)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="duties"
    )
    label = models.CharField(max_length=40, default="", blank=True)
    is_done = models.BooleanField(default=False)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rota", "on", "seat"], name="duty_once"),
            models.CheckConstraint(condition=Q(account__isnull=True) | Q(label=""), name="duty_one_name"),
        ]
        indexes = [
            models.Index(fields=["rota", "starts_at"], name="duty_rota"),
            models.Index(
                fields=["account", "starts_at"], name="duty_account", condition=Q(account__isnull=False)
            ),
            models.Index(fields=["starts_at"], name="duty_start"),
        ]


class DutySwap(Record):
    """Somebody would give their turn for another's; it is done when the other agrees."""

    mine = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="swaps_offered")
    other = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="swaps_wanted")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="duty_swaps_asked"
    )
    asked_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="duty_swaps_offered"
    )
    state = models.CharField(max_length=10, default="asked")  # asked, agreed, declined, withdrawn
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mine", "other"], condition=Q(state="asked"), name="dutyswap_once"
            )
        ]
        indexes = [
            models.Index(fields=["asked_of"], name="dutyswap_waiting", condition=Q(state="asked")),
        ]
