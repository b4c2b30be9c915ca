"""The closed loop: one case for a matter, its clocks, the units involved, objections, call-backs."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from mulin.kernel.clock import now
from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record


class Case(Record):
    """What is being done about one matter. The number is the matter's; a matter has one case at most.

    Place, category and severity are copies of the matter's, kept equal by the actions that change them,
    so that every hot index starts with the community and no list needs a join.
    """

    number = models.CharField(max_length=12)
    matter = models.OneToOneField("voices.Matter", on_delete=models.PROTECT, related_name="case")
    place = PlaceField(max_length=12)
    grid = PlaceField(default="", blank=True)
    building = PlaceField(default="", blank=True)
    # Whose desk must care: the place itself, or the street or district that the case has risen to.
    desk = PlaceField(max_length=12, default="", blank=True)
    category = models.CharField(max_length=48, default="", blank=True)
    kind = models.CharField(max_length=12)
    severity = models.CharField(max_length=6, default="minor")
    urgency = models.SmallIntegerField(default=0)  # 0 ordinary, 3 danger to life: before any clock
    title = models.CharField(max_length=80)
    state = models.CharField(max_length=12, default="reported")
    previous_state = models.CharField(max_length=12, default="", blank=True)  # where a pause returns to
    is_open = models.BooleanField(default=True)
    restriction = models.CharField(max_length=8, default="", blank=True)  # major, tip_off
    lead = models.ForeignKey(
        "people.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="led_cases",
        db_index=False,
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="handled_cases",
        db_index=False,
    )
    opened_on = models.DateField()
    # The first clock that will burn. Far future when none runs, so that it can be ordered and paged by.
    due_at = models.DateTimeField()
    responded_at = models.DateTimeField(null=True, blank=True)
    responded_in_time = models.BooleanField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)  # a major matter: somebody has taken it up
    review_on = models.DateField(null=True, blank=True)  # a suspended case is looked at again on this day
    done_at = models.DateTimeField(null=True, blank=True)
    done_text = models.TextField(default="", blank=True)
    reply = models.TextField(default="", blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # confirmed, unconfirmed, refused, merged, withdrawn
    outcome = models.CharField(max_length=12, default="", blank=True)
    is_solved = models.BooleanField(null=True, blank=True)
    is_satisfied = models.BooleanField(null=True, blank=True)
    reopened_count = models.SmallIntegerField(default=0)
    # The local days on which it was reopened and suspended: what the counters of these events recount.
    days = models.JSONField(default=dict, blank=True)
    excluded_for = models.CharField(max_length=24, default="", blank=True)  # does not count in the rates
    escalation = models.SmallIntegerField(default=0)  # how many levels the overdue case has risen
    # The checklist for the first person on the scene: item code -> who ticked it and when
    checks = models.JSONField(default=dict, blank=True)
    # A pending step that needs a second person: {"move": …, "by": account id, "reason": …}
    pending = models.JSONField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged", db_index=False
    )
    rules = models.JSONField(default=dict, blank=True)  # the packs it was decided under
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number"], name="case_number")]
        indexes = [
            # One community: read straight from its own part of the index.
            models.Index(
                fields=["place", "-urgency", "due_at", "id"], condition=Q(is_open=True), name="case_burning"
            ),
            models.Index(fields=["place", "-id"], name="case_place"),
            models.Index(fields=["place", "opened_on", "category"], name="case_period"),
            # Whole districts: walked in the order of the list and filtered by place from the index itself,
            # instead of sorting a wide range.
            models.Index(
                fields=["-urgency", "due_at", "id", "place", "category", "state"],
                condition=Q(is_open=True),
                name="case_urgent",
            ),
            models.Index(
                fields=["state", "-urgency", "due_at", "id", "place"],
                condition=Q(is_open=True),
                name="case_state",
            ),
            models.Index(fields=["-id", "place"], name="case_newest"),
            models.Index(fields=["category", "-id", "place"], name="case_category"),
            # The inbox: by the desk that must care, by the unit that leads, and the rare urgent ones.
            models.Index(
                fields=["desk", "-urgency", "due_at", "id"], condition=Q(is_open=True), name="case_desk"
            ),
            models.Index(
                fields=["lead", "-urgency", "due_at", "id"], condition=Q(is_open=True), name="case_lead"
            ),
            models.Index(fields=["lead", "-id"], condition=Q(lead__isnull=False), name="case_led"),
            models.Index(fields=["handler", "-id"], condition=Q(handler__isnull=False), name="case_handler"),
            models.Index(fields=["grid", "-id"], condition=~Q(grid=""), name="case_grid"),
            models.Index(fields=["desk", "id"], condition=Q(state="confirmed"), name="case_confirmed"),
            models.Index(fields=["place"], condition=Q(pending__isnull=False), name="case_pending"),
            models.Index(
                fields=["place"],
                condition=Q(is_open=True, severity="major", acknowledged_at__isnull=True),
                name="case_alarm",
            ),
            models.Index(
                fields=["merged_into"], condition=Q(merged_into__isnull=False), name="case_merged_into"
            ),
            # What is overdue, everywhere or in a large place: counted from the index alone, the oldest first.
            models.Index(
                fields=["due_at", "place", "state", "grid"],
                condition=Q(is_open=True),
                name="case_due",
            ),
        ]


class Clock(Record):
    """One running time limit of a case: response, stop, solve, acknowledge, confirm."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=12)
    limit = models.CharField(max_length=16)  # "2 wh", "5 wd", "24 h", as in the rule pack
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)
    pauses = models.JSONField(default=list, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    is_met = models.BooleanField(null=True, blank=True)
    extended_at = models.DateTimeField(null=True, blank=True)
    rule = models.JSONField(default=dict)  # pack, version, basis, certainty

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(stopped_at__isnull=True),
                name="clock_one_running_per_kind",
            )
        ]


class Involvement(Record):
    """A unit that takes part in a case: leads it, assists, or was whistled for. The first leads."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="involvements")
    org = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="involvements", db_index=False
    )
    role = models.CharField(max_length=10)  # lead, assist, whistled
    state = models.CharField(max_length=10, default="asked")  # asked, arrived, done, left
    asked_by = models.UUIDField(null=True, blank=True)
    note = models.CharField(max_length=300, default="", blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "org"], condition=Q(is_current=True), name="involved_once"
            )
        ]
        indexes = [models.Index(fields=["org", "-id"], condition=Q(is_current=True), name="involvement_org")]


class Objection(Record):
    """A unit says that the case is not its own; the dispatcher decides, nobody is skipped."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="objections")
    org = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    raised_by = models.UUIDField()
    proposed = models.ForeignKey(
        "people.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_upheld = models.BooleanField(null=True, blank=True)
    decided_by = models.UUIDField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.TextField(default="", blank=True)


class CallBack(Record):
    """An attempt to ask the person whether it was solved, after the limit passed in silence."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="call_backs")
    voice = models.ForeignKey("voices.Voice", null=True, on_delete=models.CASCADE, related_name="call_backs")
    by = models.UUIDField()
    how = models.CharField(max_length=10)  # phone, visit, message
    result = models.CharField(max_length=12)  # reached, no_answer, wrong_number, declined, no_contact
    is_solved = models.BooleanField(null=True, blank=True)
    is_satisfied = models.BooleanField(null=True, blank=True)
    note = models.CharField(max_length=300, default="", blank=True)


class CaseText(Record):
    """What somebody wrote with a move: a reason, what was done, the answer to people, a decision.

    The journal refers to it by id, so that words can be erased and lines cannot. Public ones are read
    by the people of the voices, others by the desk and by who wrote them.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="texts")
    move = models.CharField(max_length=24)
    kind = models.CharField(max_length=10)  # reason, done, reply, decision, note (internal), said
    code = models.CharField(max_length=24, default="", blank=True)
    text = models.TextField()
    by = models.UUIDField(null=True)
    is_public = models.BooleanField(default=False)
    # The voice of whose person the words are: they are erased with it, wherever its case went.
    voice = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["by", "-id"], condition=Q(kind="reply"), name="casetext_replies"),
            models.Index(fields=["voice"], condition=Q(voice__isnull=False), name="casetext_voice"),
        ]


class Exclusion(Record):
    """That a case does not count in the rates, for a reviewed reason; needs a second person."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="exclusion")
    reason = models.CharField(max_length=24)
    text = models.TextField()
    proposed_by = models.UUIDField()
    decided_by = models.UUIDField(null=True, blank=True)
    decision = models.TextField(default="", blank=True)
    is_accepted = models.BooleanField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["case"], condition=Q(is_accepted__isnull=True), name="exclusion_open")
        ]


class ReplyTemplate(Record):
    """A reply that a unit uses often, to begin from; what is sent is checked for being only that."""

    org = models.ForeignKey("people.Organisation", on_delete=models.CASCADE, related_name="reply_templates")
    category = models.CharField(max_length=48, default="", blank=True)
    title = models.CharField(max_length=40)
    text = models.TextField()


class SavedView(Record):
    """A person's named filter of the inbox."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = models.CharField(max_length=30)
    query = models.CharField(max_length=400)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="saved_view_name")]


class Route(Record):
    """Which unit is responsible for a category at a place. The nearest place and category win."""

    place = PlaceField(max_length=24)
    category = models.CharField(max_length=48, default="", blank=True)  # level 1, level 2, or any
    org = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="routes")
    # An estate nobody manages has no firm: the route of kind "fallback" takes it (S1-30).
    is_fallback = models.BooleanField(default=False)
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["place", "category"], name="route_place")]
