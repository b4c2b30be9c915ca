"""Canvasses (敲门行动): their households, who knocks, who knows whom, and what was said at the door.

Everything but the canvass itself, its figures by building and its public answers is private to the campaign
and erased at its end: see `closing`. Households are known by their place `n` in the campaign's own list, so
that ties and plans hold no key that means anything outside of it.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from mulin.kernel.clock import today
from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record

__all__ = [
    "Canvass", "CanvassContact", "CanvassDay", "CanvassHousehold", "CanvassQuestion", "CanvassTie",
    "CanvassVisit", "Canvasser",
]  # fmt: skip


class Canvass(Record):
    """One campaign. `target`: the share of households to win, as a fraction ("9/10"). `final`: the figures at
    its end, when households are no more; `waiting`: of the last plan, how many households nobody goes to, by
    reason. States: planned, running, ended (`is_stopped`: given up before its time)."""

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    site = PlaceField(default="", blank=True)
    topic = models.ForeignKey(
        "councils.Topic", null=True, blank=True, on_delete=models.PROTECT, related_name="canvasses"
    )
    step = models.ForeignKey(
        "councils.Step", null=True, blank=True, on_delete=models.SET_NULL, related_name="canvasses"
    )
    org = models.ForeignKey(
        "people.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="canvasses"
    )
    roster = models.ForeignKey(
        "councils.Roster", null=True, blank=True, on_delete=models.PROTECT, related_name="canvasses"
    )
    title = models.CharField(max_length=80)
    purpose = models.TextField(default="", blank=True)
    target = models.CharField(max_length=8, default="9/10")
    contact = models.CharField(max_length=120, default="", blank=True)
    state = models.CharField(max_length=8, default="planned")
    ends_on = models.DateField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    is_stopped = models.BooleanField(default=False)
    final = models.JSONField(default=dict, blank=True)
    planned_on = models.DateField(null=True, blank=True)
    waiting = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["place", "-id"], name="canvass_place"),
            models.Index(fields=["place", "state"], name="canvass_running", condition=Q(state="running")),
            models.Index(fields=["topic"], name="canvass_topic", condition=Q(topic__isnull=False)),
        ]

    @property
    def thread(self):
        """What journal lines about it carry as their matter."""
        return self.topic.thread if self.topic_id else None


class CanvassHousehold(Record):
    """A household of the campaign and where it stands now, which follows from its contacts alone."""

    canvass = models.ForeignKey(Canvass, on_delete=models.CASCADE, related_name="households")
    n = models.IntegerField()
    key = models.CharField(max_length=64)
    label = models.CharField(max_length=80)
    building = PlaceField(default="", blank=True)
    household = models.ForeignKey(
        "people.Household", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    stance = models.CharField(max_length=12, default="not_reached")
    contacts = models.SmallIntegerField(default=0)
    noes = models.SmallIntegerField(default=0)
    last_no = models.DateField(null=True, blank=True)
    last_absence = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["canvass", "n"], name="canvass_household_n"),
            models.UniqueConstraint(fields=["canvass", "key"], name="canvass_household_key"),
        ]
        indexes = [
            models.Index(fields=["canvass", "building", "stance"], name="canvass_household_stance"),
            models.Index(
                fields=["household"], name="canvass_household_own", condition=Q(household__isnull=False)
            ),
        ]


class Canvasser(Record):
    """Who takes part in a campaign: `leader` sees all of it, `canvasser` only the doors that are theirs.
    `home`: their own household's place in the list, if it is on it: acquaintances are found from there."""

    canvass = models.ForeignKey(Canvass, on_delete=models.CASCADE, related_name="canvassers")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=10, default="canvasser")
    home = models.IntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["canvass", "account", "role"], name="canvasser_once")]
        indexes = [models.Index(fields=["account"], name="canvasser_account")]


class CanvassTie(Record):
    """That household `who` knows household `knows` and lets the campaign use it: `how` "go": they go along,
    "name": their name may be said. Only in this direction, and only until they take it back."""

    canvass = models.ForeignKey(Canvass, on_delete=models.CASCADE, related_name="ties")
    who = models.IntegerField()
    knows = models.IntegerField()
    trust = models.SmallIntegerField(default=2)
    how = models.CharField(max_length=4, default="go")
    consented_on = models.DateField(default=today)
    recorded_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["canvass", "who", "knows"], name="canvass_tie_once"),
            models.CheckConstraint(condition=~Q(who=F("knows")), name="canvass_tie_of_two"),
            models.CheckConstraint(condition=Q(trust__gte=1, trust__lte=3), name="canvass_tie_trust"),
        ]
        indexes = [models.Index(fields=["canvass", "knows"], name="canvass_tie_knows")]


class CanvassVisit(Record):
    """A door that somebody is to knock at, proposed by the engine or given by hand; gone once it is done.
    `caller`: the household that knows the door and goes along or lends its name, perhaps the canvasser's own;
    `chain`: the way there from the canvasser's household; both empty where it was given by hand."""

    canvass = models.ForeignKey(Canvass, on_delete=models.CASCADE, related_name="visits")
    n = models.IntegerField()
    canvasser = models.ForeignKey(Canvasser, on_delete=models.CASCADE, related_name="visits")
    caller = models.IntegerField(null=True, blank=True)
    chain = models.JSONField(default=list, blank=True)
    trust = models.SmallIntegerField(default=0)
    how = models.CharField(max_length=4, default="", blank=True)
    on = models.DateField(default=today)
    is_by_hand = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["canvass", "n"], name="canvass_visit_once")]
        indexes = [models.Index(fields=["canvasser", "on"], name="canvass_visit_canvasser")]


class CanvassContact(Record):
    """What came of one visit, dated. `caller` as in the visit; `by` None: the household said so itself.
    `once`: made by the browser, so that what is sent twice on a bad line counts once."""

    canvass = models.ForeignKey(Canvass, on_delete=models.CASCADE, related_name="contacts")
    household = models.ForeignKey(CanvassHousehold, on_delete=models.CASCADE, related_name="history")
    on = models.DateField(default=today)
    outcome = models.CharField(max_length=12)
    channel = models.CharField(max_length=8, default="door")
    reason = models.CharField(max_length=24, default="", blank=True)
    words = models.CharField(max_length=200, default="", blank=True)
    by = models.ForeignKey(
        Canvasser, null=True, blank=True, on_delete=models.SET_NULL, related_name="contacts"
    )
    caller = models.IntegerField(null=True, blank=True)
    visit = models.JSONField(default=dict, blank=True)
    once = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["canvass", "once"], condition=~Q(once=""), name="canvass_contact_once"
            )
        ]
        indexes = [
            models.Index(fields=["household", "id"], name="canvass_contact_history"),
            models.Index(fields=["by", "-id"], name="canvass_contact_by"),
        ]


class CanvassDay(models.Model):
    """How a building stood at the end of a day on which something changed: figures only, they stay."""

    canvass = models.ForeignKey(Canvass, on_delete=models.CASCADE, related_name="days")
    building = PlaceField(default="", blank=True)
    on = models.DateField()
    agree = models.IntegerField(default=0)
    undecided = models.IntegerField(default=0)
    oppose = models.IntegerField(default=0)
    not_reached = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["canvass", "building", "on"], name="canvass_day_once")]


class CanvassQuestion(Record):
    """An objection, a question or a rumour, in words that name nobody, and its answer. States: open, answered
    (shown to everybody), left (not answered in public, with a reason)."""

    canvass = models.ForeignKey(Canvass, on_delete=models.CASCADE, related_name="questions")
    kind = models.CharField(max_length=10, default="question")
    text = models.CharField(max_length=300)
    source = models.CharField(max_length=8, default="door")
    state = models.CharField(max_length=8, default="open")
    answer = models.TextField(default="", blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["canvass", "state", "id"], name="canvass_question_state")]
