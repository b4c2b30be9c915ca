"""Help between neighbours: who helps, who needs help, who was suggested to whom, and what came of it.

Help with children is guarded in three places: `candidates` names nobody without a valid record check, the
constraints below refuse such a row, and `audit` proves it from what was written.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from mulin.kernel import clock
from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record
from mulin.mutualaid.matching.catalogue import kind_of

__all__ = [
    "AidCheck", "AidConsent", "AidGiveBack", "AidHelper", "AidHelperKind", "AidIncident", "AidMatch",
    "AidNeed", "AidOffer", "AidTraining", "AidVisit",
]  # fmt: skip

LIVE = ("proposed", "trial", "running", "paused")
ACCOUNT = settings.AUTH_USER_MODEL


class AidHelper(Record):
    """Somebody who has time for neighbours, with or without an account.

    `windows`: when they have time, `[{"day": 1..7, "from": "16:00", "to": "18:00"}]`. `capacity`: how many
    families they want at most. `traits`: codes of rule aid.wishes that fit them. `contact_sealed`: the number
    that a family sees once both have agreed.
    """

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    building = PlaceField(default="", blank=True)
    account = models.ForeignKey(
        ACCOUNT, null=True, blank=True, on_delete=models.SET_NULL, related_name="aid_helping"
    )
    name = models.CharField(max_length=40)
    contact_sealed = models.TextField(default="", blank=True)
    windows = models.JSONField(default=list, blank=True)
    languages = models.JSONField(default=list, blank=True)
    traits = models.JSONField(default=list, blank=True)
    capacity = models.SmallIntegerField(default=1)
    about = models.CharField(max_length=300, default="", blank=True)
    # applied, screened, trained, on_duty, resting, ended, declined
    state = models.CharField(max_length=10, default="applied")
    reason = models.CharField(max_length=200, default="", blank=True)
    insured_until = models.DateField(null=True, blank=True)
    may_publish_at = models.DateTimeField(null=True, blank=True)  # agreed to be named in public
    matter = models.ForeignKey(
        "voices.Matter", null=True, blank=True, on_delete=models.PROTECT, related_name="aid_helpers"
    )
    screened_at = models.DateTimeField(null=True, blank=True)
    on_duty_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["place", "state"], name="aidhelper_place"),
            models.Index(fields=["account"], name="aidhelper_account", condition=Q(account__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "place"],
                condition=Q(account__isnull=False) & ~Q(state__in=["ended", "declined"]),
                name="aidhelper_once",
            ),
            models.CheckConstraint(condition=Q(capacity__gte=0), name="aidhelper_capacity"),
        ]


class AidHelperKind(Record):
    """One kind of help (packs/kinds.toml) that a helper offers."""

    helper = models.ForeignKey(AidHelper, on_delete=models.CASCADE, related_name="kinds")
    kind = models.CharField(max_length=24)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["helper", "kind"], name="aidhelperkind_once")]
        indexes = [models.Index(fields=["kind"], name="aidhelperkind_kind")]


class AidTraining(Record):
    """注能: what a helper was taught, when and for how long. `topic`: a code of rule aid.training.topics."""

    helper = models.ForeignKey(AidHelper, on_delete=models.PROTECT, related_name="trainings")
    topic = models.CharField(max_length=24)
    on = models.DateField()
    minutes = models.IntegerField(default=0)
    taught_by = models.CharField(max_length=80, default="", blank=True)
    recorded_by = models.UUIDField(null=True, blank=True)


class AidCheck(Record):
    """That a helper's record was looked up: on which day, by whom, with which result. Never edited; one that
    was wrong is withdrawn. `valid_until` is the last day on which it counts, by the rule of that day."""

    helper = models.ForeignKey(AidHelper, on_delete=models.PROTECT, related_name="checks")
    checked_on = models.DateField()
    valid_until = models.DateField()
    is_clear = models.BooleanField()
    source = models.CharField(max_length=80)
    recorded_by = models.UUIDField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("checked_on")), name="aidcheck_ends_after_it_began"
            )
        ]
        indexes = [models.Index(fields=["helper", "valid_until"], name="aidcheck_helper")]


class AidNeed(Record):
    """Help that somebody asks for: seen by them, by the helper once both agreed, and by those who match.

    `for_child`: a child takes part. `kind` is empty while nobody sorted what came as a voice.
    `contact_sealed`: the number that the helper sees once both have agreed.
    """

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    building = PlaceField(default="", blank=True)
    account = models.ForeignKey(
        ACCOUNT, null=True, blank=True, on_delete=models.SET_NULL, related_name="aid_needs"
    )
    name = models.CharField(max_length=40)
    contact_sealed = models.TextField(default="", blank=True)
    kind = models.CharField(max_length=24, default="", blank=True)
    for_child = models.BooleanField(default=False)
    windows = models.JSONField(default=list, blank=True)
    languages = models.JSONField(default=list, blank=True)
    wishes = models.JSONField(default=list, blank=True)
    text = models.CharField(max_length=500, default="", blank=True)
    channel = models.CharField(max_length=12, default="portal")
    state = models.CharField(max_length=8, default="asked")  # asked, matched, closed
    reason = models.CharField(max_length=200, default="", blank=True)
    entered_by = models.UUIDField(null=True, blank=True)
    matter = models.ForeignKey(
        "voices.Matter", null=True, blank=True, on_delete=models.PROTECT, related_name="aid_needs"
    )
    voice = models.OneToOneField(
        "voices.Voice", null=True, blank=True, on_delete=models.PROTECT, related_name="aid_need"
    )
    waits_since = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["place", "state", "waits_since"], name="aidneed_place"),
            models.Index(fields=["account"], name="aidneed_account", condition=Q(account__isnull=False)),
        ]


class AidConsent(Record):
    """A parent's written consent to help with their child: when, on paper or in their own account, who took
    it. Withdrawn at any time, without a reason."""

    need = models.ForeignKey(AidNeed, on_delete=models.PROTECT, related_name="consents")
    given_on = models.DateField()
    form = models.CharField(max_length=6, default="paper")  # paper, online
    taken_by = models.UUIDField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)


# Help with a child stands only with a check that holds on that day and with a consent.
def _guarded(day: str, *more: Q) -> Q:
    guarded = Q(
        proof__isnull=False, consent__isnull=False, check_until__isnull=False, check_until__gte=F(day)
    )
    for one in more:
        guarded &= one
    return Q(for_child=False) | guarded


class AidOffer(Record):
    """That a helper was suggested for a need: which record check and which consent it rested on that day.
    Written whenever somebody is shown to somebody; never edited but for `state`."""

    need = models.ForeignKey(AidNeed, on_delete=models.PROTECT, related_name="offers")
    helper = models.ForeignKey(AidHelper, on_delete=models.PROTECT, related_name="offers")
    for_child = models.BooleanField(default=False)
    proof = models.ForeignKey(
        AidCheck, null=True, blank=True, on_delete=models.PROTECT, related_name="offers"
    )
    consent = models.ForeignKey(
        AidConsent, null=True, blank=True, on_delete=models.PROTECT, related_name="offers"
    )
    check_until = models.DateField(null=True, blank=True)
    offered_on = models.DateField(default=clock.today)
    round = models.SmallIntegerField(default=1)
    position = models.SmallIntegerField(default=1)
    reasons = models.JSONField(default=list, blank=True)  # [{"code": "near", …}], said by `wording`
    windows = models.JSONField(default=list, blank=True)  # the times that fit both
    state = models.CharField(max_length=8, default="shown")  # shown, asked, taken, passed
    offered_by = models.UUIDField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["need", "-round", "position"], name="aidoffer_need")]
        constraints = [
            models.CheckConstraint(condition=_guarded("offered_on"), name="aidoffer_child_is_guarded"),
            models.UniqueConstraint(fields=["need", "round", "helper"], name="aidoffer_once_a_round"),
        ]


class AidMatch(Record):
    """A helper and a family: both say yes, try it, go on, and end it when they like.

    `safe_rule` and `safe_note`: how it is kept safe where a child takes part, and where. `proof` (the record
    check) and `consent` are those it rests on now; a renewed check takes the place of the old one.
    """

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    need = models.ForeignKey(AidNeed, on_delete=models.PROTECT, related_name="matches")
    helper = models.ForeignKey(AidHelper, on_delete=models.PROTECT, related_name="matches")
    offer = models.ForeignKey(AidOffer, on_delete=models.PROTECT, related_name="matches")
    for_child = models.BooleanField(default=False)
    proof = models.ForeignKey(
        AidCheck, null=True, blank=True, on_delete=models.PROTECT, related_name="matches"
    )
    consent = models.ForeignKey(
        AidConsent, null=True, blank=True, on_delete=models.PROTECT, related_name="matches"
    )
    check_until = models.DateField(null=True, blank=True)
    rests_since = models.DateField(default=clock.today)  # the day from which it rests on this check
    safe_rule = models.CharField(max_length=16, default="", blank=True)
    safe_note = models.CharField(max_length=160, default="", blank=True)
    windows = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=8, default="proposed")  # proposed, trial, running, paused, closed
    was = models.CharField(max_length=8, default="", blank=True)  # the state before a pause
    why = models.CharField(max_length=16, default="", blank=True)  # of a pause or the end: a code
    reason = models.CharField(max_length=200, default="", blank=True)
    helper_agreed_at = models.DateTimeField(null=True, blank=True)
    family_agreed_at = models.DateTimeField(null=True, blank=True)
    # Who wrote down a yes that was said by telephone or at the counter.
    helper_agreed_by = models.UUIDField(null=True, blank=True)
    family_agreed_by = models.UUIDField(null=True, blank=True)
    begun_on = models.DateField(null=True, blank=True)
    trial_until = models.DateField(null=True, blank=True)
    talked_on = models.DateField(null=True, blank=True)
    talk_note = models.CharField(max_length=500, default="", blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["place", "state"], name="aidmatch_place"),
            models.Index(fields=["helper", "state"], name="aidmatch_helper"),
            models.Index(
                fields=["check_until"], name="aidmatch_ends", condition=Q(state__in=["trial", "running"])
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=_guarded("rests_since", ~Q(safe_rule="")), name="aidmatch_child_is_guarded"
            ),
            models.UniqueConstraint(
                fields=["need"], condition=Q(state__in=LIVE), name="aidmatch_one_for_a_need"
            ),
        ]


class AidVisit(Record):
    """供能: help that was given once, noted by one side and confirmed by the other or by a worker."""

    match = models.ForeignKey(AidMatch, on_delete=models.PROTECT, related_name="visits")
    place = PlaceField(max_length=12)
    on = models.DateField()
    minutes = models.IntegerField()
    note = models.CharField(max_length=200, default="", blank=True)
    state = models.CharField(max_length=10, default="noted")  # noted, confirmed, disputed, dropped
    noted_side = models.CharField(max_length=8)  # helper, family, worker
    noted_by = models.UUIDField(null=True, blank=True)
    confirmed_side = models.CharField(max_length=8, default="", blank=True)
    confirmed_by = models.UUIDField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)
    for_child = models.BooleanField(default=False)
    proof = models.ForeignKey(
        AidCheck, null=True, blank=True, on_delete=models.PROTECT, related_name="visits"
    )
    consent = models.ForeignKey(
        AidConsent, null=True, blank=True, on_delete=models.PROTECT, related_name="visits"
    )
    check_until = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["match", "-on"], name="aidvisit_match"),
            models.Index(fields=["place", "on"], name="aidvisit_place"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gt=0), name="aidvisit_takes_time"),
            models.CheckConstraint(condition=_guarded("on"), name="aidvisit_child_is_guarded"),
        ]

    # What the time bank asks of a visit.
    @property
    def helper_account(self):
        """Whose time it was; None for a helper without an account."""
        return self.match.helper.account

    @property
    def helper_id(self):
        return self.match.helper_id

    @property
    def helper_name(self) -> str:
        return self.match.helper.name

    @property
    def kind_words(self) -> str:
        """The kind as the catalogue titles it; whoever reads a statement reads it in their language."""
        return kind_of(self.match.need.kind).title if self.match.need.kind else ""

    @property
    def receiver_account(self):
        """Whom it was for; None for a family without an account."""
        return self.match.need.account


class AidGiveBack(Record):
    """送能: what a family that was helped did for neighbours or the community, in words and counts.

    `grew`: the matter that this helped to bring about. `may_publish_at`: the family agreed that its words,
    without a name, are read by everybody.
    """

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    need = models.ForeignKey(AidNeed, on_delete=models.PROTECT, related_name="give_backs")
    on = models.DateField()
    times = models.IntegerField(default=1)
    words = models.CharField(max_length=300)
    grew = models.ForeignKey(
        "voices.Matter", null=True, blank=True, on_delete=models.PROTECT, related_name="aid_give_backs"
    )
    may_publish_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    noted_by = models.UUIDField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["place", "-on"], name="aidgiveback_place")]
        constraints = [models.CheckConstraint(condition=Q(times__gt=0), name="aidgiveback_counts")]


class AidIncident(Record):
    """Something that went wrong or nearly so. Read by those who match at the community and by the street."""

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    match = models.ForeignKey(AidMatch, on_delete=models.PROTECT, related_name="incidents")
    what = models.CharField(max_length=12)  # hurt, conduct, missing, other
    text = models.TextField()
    happened_on = models.DateField()
    state = models.CharField(max_length=8, default="open")  # open, closed
    outcome = models.TextField(default="", blank=True)
    said_by = models.UUIDField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["place"], name="aidincident_open", condition=Q(state="open"))]
