"""Clubs: a group of neighbours with a theme, a rhythm and a place; it is an organisation with a page."""

from django.db import models
from django.db.models import Q

from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record


class Club(Record):
    """A club. Members, leaders and terms are posts at `org` (people); this says what the club does.

    `matter`: the wish or offer that it grew out of. `times`: windows of the week in which it usually meets,
    as in docs/timetable.md; `rhythm` says the same in words."""

    number = models.CharField(max_length=12, unique=True)
    org = models.OneToOneField("people.Organisation", on_delete=models.PROTECT, related_name="club")
    place = PlaceField(max_length=12)
    site = PlaceField(default="", blank=True)  # the building or grid of a club of that level
    union = models.CharField(max_length=24)  # code from packs/unions.toml
    theme = models.CharField(max_length=24)  # code from packs/themes.toml
    ages = models.JSONField(default=list, blank=True)  # codes of ages it is for; empty: everybody
    level = models.CharField(max_length=12, default="community")  # building, grid, community, street
    rhythm = models.CharField(max_length=120, default="", blank=True)
    times = models.JSONField(default=list, blank=True)
    syllabus = models.TextField(default="", blank=True)
    is_free = models.BooleanField(default=False)  # tea and talk: no syllabus is asked for
    state = models.CharField(max_length=8, default="running")  # asked, running, resting, closed
    reason = models.CharField(max_length=200, default="", blank=True)  # why it rests, closed or was not taken
    is_open = models.BooleanField(default=True)  # takes new members
    most = models.IntegerField(null=True, blank=True)
    venue = models.ForeignKey(
        "places.Venue", null=True, blank=True, on_delete=models.PROTECT, related_name="clubs"
    )
    matter = models.ForeignKey(
        "voices.Matter", null=True, blank=True, on_delete=models.PROTECT, related_name="clubs"
    )
    asked_by = models.UUIDField(null=True, blank=True)  # the account that asked for it, until it runs
    founded_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["place", "union"], name="club_place"),
            models.Index(fields=["matter"], name="club_matter", condition=Q(matter__isnull=False)),
            models.Index(fields=["place", "created_at"], name="club_asked", condition=Q(state="asked")),
        ]

    def __str__(self) -> str:
        return self.org.name


class ListedMember(Record):
    """A member without an account, written down by who leads the club. `label`: as they are called there."""

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="listed")
    label = models.CharField(max_length=20)
    left_on = models.DateField(null=True, blank=True)


class ClubNotice(Record):
    """Something that a club tells its members."""

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="notices")
    title = models.CharField(max_length=60)
    text = models.TextField(default="", blank=True)
    account = models.UUIDField(null=True, blank=True)


class Gathering(Record):
    """A joint activity: an icebreaker of a building, or clubs that meet one rung up the friendly ladder."""

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    site = PlaceField(default="", blank=True)
    kind = models.CharField(max_length=12)  # icebreaker, friendly, show
    level = models.CharField(max_length=12)  # building, grid, community, street
    union = models.CharField(max_length=24, default="", blank=True)
    title = models.CharField(max_length=60)
    text = models.TextField(default="", blank=True)
    where = models.CharField(max_length=80, default="", blank=True)
    starts_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="planned")  # planned, held, cancelled
    reason = models.CharField(max_length=200, default="", blank=True)
    came = models.IntegerField(null=True, blank=True)  # person-times
    clubs = models.ManyToManyField(Club, related_name="gatherings", blank=True)

    class Meta:
        indexes = [models.Index(fields=["place", "-starts_at"], name="gathering_place")]
