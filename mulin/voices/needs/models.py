"""The list of urgent wishes of a community (急难愁盼清单): needs, and where each of them was heard."""

from django.db import models
from django.db.models import Q

from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record
from mulin.voices.surveys.models import Sheet


class Need(Record):
    """One need of a community, told as everybody may read it: no persons, no doors.

    `place` is a community; `grid` the part of it where a grid worker heard it, if one did. `concerns` says in
    words whom it concerns, `groups` are codes of rule voices.needs.groups. `urgency` is a step of rule
    voices.needs.urgency, `since` the day since when people live with it. Where it stands on the list follows
    from these and from how many said so (`needs.ranking`); `fixed_rank` is where staff put it instead, always
    with `rank_reason`. `due_on`: until when its owner wants to be done; of a need that cannot be met now, the
    day on which it is looked at again. `answer` is what was last said to everybody about its state.
    """

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    grid = PlaceField(default="", blank=True)
    title = models.CharField(max_length=60)
    text = models.TextField(default="", blank=True)
    category = models.CharField(max_length=48, default="", blank=True)
    concerns = models.CharField(max_length=120, default="", blank=True)
    groups = models.JSONField(default=list, blank=True)
    urgency = models.SmallIntegerField(default=0)
    since = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, default="draft")
    owner = models.ForeignKey(
        "people.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="needs"
    )
    due_on = models.DateField(null=True, blank=True)
    answer = models.TextField(default="", blank=True)
    fixed_rank = models.SmallIntegerField(null=True, blank=True)
    rank_reason = models.CharField(max_length=200, default="", blank=True)
    listed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["place", "state"], name="need_place"),
            models.Index(fields=["owner"], name="need_owner", condition=Q(owner__isnull=False)),
        ]


class NeedSource(Record):
    """Where a need was heard: a matter, one text of a survey, or what staff brought from a visit, a meeting,
    a letter (`people` as they counted them; `note` says which meeting, never who). Who said it is kept with
    the matter only."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=8)  # matter, survey, visit, meeting, letter
    matter = models.ForeignKey(
        "voices.Matter", null=True, blank=True, on_delete=models.PROTECT, related_name="needs"
    )
    sheet = models.ForeignKey(Sheet, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    question = models.CharField(max_length=40, default="", blank=True)
    heard_on = models.DateField(null=True, blank=True)
    people = models.IntegerField(default=0)
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["need", "matter"], condition=Q(matter__isnull=False), name="need_matter"
            ),
            # One text feeds one need: else it would be counted twice.
            models.UniqueConstraint(
                fields=["sheet", "question"], condition=Q(sheet__isnull=False), name="need_text"
            ),
        ]


class NeedStep(Record):
    """What everybody was told when a need changed its state."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(max_length=10)
    words = models.TextField(default="", blank=True)
    owner = models.ForeignKey(
        "people.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    due_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["need", "id"], name="needstep_need")]
