"""Good ways of working: a card that tells one, pilots that test it, how it went where others took it over."""

from django.db import models
from django.db.models import Q

from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record

__all__ = ["Adoption", "Criterion", "Evidence", "Method", "Pilot", "PilotSite", "Spread"]


class Method(Record):
    """One way of working, told so that others can do the same: no persons, no doors.

    `place` (a community, street or district) is where it comes from, `org` the group that found it, if one
    did. `steps`: what to do, in order. `people`, `money`, `room`: what it needs. `knows`: who knows more,
    beside its maker. `shifts` and `goals` are codes of packs/methods.toml. `matter`: the wish or matter that
    it grew out of."""

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    org = models.ForeignKey(
        "people.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="methods"
    )
    matter = models.ForeignKey(
        "voices.Matter", null=True, blank=True, on_delete=models.PROTECT, related_name="methods"
    )
    title = models.CharField(max_length=40)
    problem = models.TextField(default="", blank=True)
    steps = models.JSONField(default=list, blank=True)
    people = models.CharField(max_length=200, default="", blank=True)
    money = models.CharField(max_length=200, default="", blank=True)
    room = models.CharField(max_length=200, default="", blank=True)
    knows = models.ForeignKey(
        "people.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    shifts = models.JSONField(default=list, blank=True)
    goals = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, default="draft")
    retired_why = models.CharField(max_length=300, default="", blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["place", "state"], name="method_place"),
            models.Index(fields=["state", "-published_at"], name="method_library"),
        ]


class Evidence(Record):
    """One reason to believe it: a sentence, a figure with its unit if there is one, and at most one thing to
    look at that is public: a published matter, a club, an announced topic (its number)."""

    method = models.ForeignKey(Method, on_delete=models.CASCADE, related_name="evidence")
    words = models.CharField(max_length=200)
    figure = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    unit = models.CharField(max_length=20, default="", blank=True)
    matter = models.ForeignKey(
        "voices.Matter", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    club = models.ForeignKey(
        "academy.Club", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    topic = models.CharField(max_length=12, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["method", "id"], name="evidence_method")]


class Pilot(Record):
    """A street or district (`place`) tries a method out in some communities for a term. `conclusion`: what it
    says at the end, or why it was stopped early."""

    number = models.CharField(max_length=12, unique=True)
    method = models.ForeignKey(Method, on_delete=models.PROTECT, related_name="pilots")
    place = PlaceField(max_length=12)
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(max_length=8, default="running")  # running, ended, stopped
    conclusion = models.TextField(default="", blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(starts_on__lt=models.F("ends_on")), name="pilot_term"),
            models.UniqueConstraint(
                fields=["method", "place"], condition=Q(state="running"), name="pilot_running"
            ),
        ]
        indexes = [models.Index(fields=["place", "ends_on"], name="pilot_open", condition=Q(state="running"))]


class PilotSite(Record):
    """A community in which a pilot runs."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="sites")
    place = PlaceField(max_length=12)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pilot", "place"], name="pilotsite_once")]


class Criterion(Record):
    """What a pilot is held against: something countable, at least or at most so many, and what was found.
    `found` None at the end: unclear, and `remark` says why."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="criteria")
    position = models.SmallIntegerField()
    words = models.CharField(max_length=120)
    direction = models.CharField(max_length=5)  # least, most
    target = models.DecimalField(max_digits=12, decimal_places=2)
    unit = models.CharField(max_length=20, default="", blank=True)
    found = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    remark = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pilot", "position"], name="criterion_position")]


class Spread(Record):
    """A street or district recommends a method to all its communities, with words of its own."""

    method = models.ForeignKey(Method, on_delete=models.PROTECT, related_name="spreads")
    place = PlaceField(max_length=12)
    words = models.TextField(default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["method", "place"], name="spread_once")]


class Adoption(Record):
    """A community, or a group of it, took a method over: what it changed, and how it went."""

    number = models.CharField(max_length=12, unique=True)
    method = models.ForeignKey(Method, on_delete=models.PROTECT, related_name="adoptions")
    place = PlaceField(max_length=12)
    org = models.ForeignKey(
        "people.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="adoptions"
    )
    state = models.CharField(max_length=8, default="trying")  # trying, kept, changed, stopped
    changes = models.TextField(default="", blank=True)
    result = models.TextField(default="", blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["method", "place"], condition=Q(org=None), name="adoption_once"),
            models.UniqueConstraint(
                fields=["method", "org"], condition=Q(org__isnull=False), name="adoption_group"
            ),
        ]
        indexes = [models.Index(fields=["place", "state"], name="adoption_place")]
