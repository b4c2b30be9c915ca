"""Rosters: who may take part in a vote, a canvass or a meeting, as it stood on the day of the notice.

A roster is one of people, of households or of units with their owners; the three are never mixed. A frozen
one does not change: what is wrong is mended in a new one that `corrects` it.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from mulin.councils.rosters.guard import Frozen, FrozenManager
from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record

__all__ = ["OwnerPerson", "Ownership", "Proxy", "Roster", "RosterCode", "RosterEntry", "RosterObjection"]


class Roster(Frozen, Record):
    """Who belongs to one body, at a place, for a purpose.

    `body`: owners, households, courtyard, residents, delegates, group_delegates or party_members. `site`:
    the estate, courtyard or building it is limited to; `stair`: the stair unit (单元) within a building.
    `digest`: fingerprint of the frozen content, which stands in the journal too: `queries.is_intact`.
    `figures`: heads, area and entries as they were at freezing.
    """

    CONTENT = ("number", "place", "site", "stair", "body", "frozen_at", "digest", "figures", "corrects_id")

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    site = PlaceField(default="", blank=True)
    stair = models.CharField(max_length=16, default="", blank=True)
    body = models.CharField(max_length=16)
    title = models.CharField(max_length=80)
    for_what = models.CharField(max_length=300, default="", blank=True)
    state = models.CharField(max_length=8, default="draft")  # draft, frozen
    source = models.CharField(max_length=12, default="hand")  # hand, people, file, copy
    topic = models.ForeignKey(
        "councils.Topic", null=True, blank=True, on_delete=models.PROTECT, related_name="rosters"
    )
    # The group of neighbours that keeps it, where it is not the committee.
    org = models.ForeignKey(
        "people.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    frozen_at = models.DateTimeField(null=True, blank=True)
    frozen_by = models.UUIDField(null=True, blank=True)
    objections_until = models.DateField(null=True, blank=True)
    digest = models.CharField(max_length=64, default="", blank=True)
    figures = models.JSONField(default=dict, blank=True)
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections"
    )
    reason = models.CharField(max_length=300, default="", blank=True)

    objects = FrozenManager()

    class Meta:
        indexes = [
            models.Index(fields=["place", "-id"], name="roster_place"),
            models.Index(fields=["topic"], name="roster_topic", condition=Q(topic__isnull=False)),
        ]

    @property
    def is_frozen(self) -> bool:
        return self.state == "frozen"

    def __str__(self) -> str:
        return self.title


class OwnerPerson(Frozen, Record):
    """An owner of units on one roster. `code` is what counting knows them by: the same code on two units is
    the same owner. `account` may become known later (a code from a letter, a worker): it says who may act
    for the owner and is no part of what was frozen."""

    CONTENT = ("roster_id", "code", "name")

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="people")
    code = models.CharField(max_length=24)
    name = models.CharField(max_length=80)
    phone_sealed = models.TextField(default="", blank=True)
    phone_last4 = models.CharField(max_length=4, default="", blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = FrozenManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roster", "code"], name="roster_owner_code")]

    def __str__(self) -> str:
        return self.name


class RosterEntry(Frozen, Record):
    """One line: a person, a household, or a unit (专有部分) with its owners.

    `key` is stable and unique within the roster ("1栋-1单元5-2", "张三"); `position` the order in which
    people read it. Areas in integer 0.01 m², None where that source has none. `kind`: home, parking or
    stall, empty for people and households. `account`: who of our accounts the person is; of a household, who
    joined it by a letter's code (all confirmed residents of `household` belong to it anyway).
    """

    CONTENT = (
        "roster_id", "key", "label", "building", "stair", "door", "kind", "is_developers", "registry",
        "survey", "contract",
    )  # fmt: skip

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="entries")
    key = models.CharField(max_length=64)
    position = models.IntegerField(default=0)
    label = models.CharField(max_length=80)
    building = PlaceField(default="", blank=True)
    stair = models.CharField(max_length=16, default="", blank=True)
    door = models.CharField(max_length=40, default="", blank=True)
    kind = models.CharField(max_length=8, default="", blank=True)
    is_developers = models.BooleanField(default=False)
    registry = models.IntegerField(null=True, blank=True)
    survey = models.IntegerField(null=True, blank=True)
    contract = models.IntegerField(null=True, blank=True)
    owners = models.ManyToManyField(OwnerPerson, through="Ownership", related_name="units")
    phone_sealed = models.TextField(default="", blank=True)
    phone_last4 = models.CharField(max_length=4, default="", blank=True)
    note = models.CharField(max_length=200, default="", blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    household = models.ForeignKey(
        "people.Household", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = FrozenManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roster", "key"], name="roster_entry_key")]
        indexes = [
            models.Index(fields=["roster", "position"], name="roster_entry_order"),
            models.Index(fields=["roster", "building"], name="roster_entry_building"),
        ]

    @property
    def owner_codes(self) -> tuple[str, ...]:
        """Codes of its owners; prefetch `owners` for many entries."""
        return tuple(sorted(person.code for person in self.owners.all()))

    def __str__(self) -> str:
        return self.label


class Ownership(Frozen, Record):
    """That a person owns a unit, alone or with others."""

    CONTENT = ("entry_id", "person_id")

    entry = models.ForeignKey(RosterEntry, on_delete=models.CASCADE, related_name="ownerships")
    person = models.ForeignKey(OwnerPerson, on_delete=models.CASCADE, related_name="ownerships")

    objects = FrozenManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "person"], name="roster_ownership")]


class RosterCode(Record):
    """A code in a letter to one entry, or to one owner of it; whoever uses it is linked to it. Only its hash
    is kept. A newer letter to the same addressee puts the older ones out of use."""

    entry = models.ForeignKey(RosterEntry, on_delete=models.CASCADE, related_name="codes")
    person = models.ForeignKey(OwnerPerson, null=True, on_delete=models.CASCADE, related_name="codes")
    code_hash = models.CharField(max_length=64, unique=True)
    made_by = models.UUIDField()
    expires_on = models.DateField()
    used_at = models.DateTimeField(null=True, blank=True)


class Proxy(Record):
    """A written authority: `holder` may act for `entries` of a roster until a day, in one vote or in all.

    `giver`: the owner who gave it (None for a person or a household). `holder_name` stands where the holder
    has no account and comes with paper. `view`: what the giver wrote down as their own view of the matter,
    encrypted; some cities ask for it.
    """

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="proxies")
    entries = models.ManyToManyField(RosterEntry, related_name="proxies")
    giver = models.ForeignKey(OwnerPerson, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    holder_name = models.CharField(max_length=40)
    holder_phone_sealed = models.TextField(default="", blank=True)
    # Number of the one vote it is given for; empty: for all votes on this roster.
    vote = models.CharField(max_length=12, default="", blank=True)
    signed_on = models.DateField()
    until = models.DateField()
    view_sealed = models.TextField(default="", blank=True)
    scan = models.FileField(upload_to="rosters/", blank=True)
    recorded_by = models.UUIDField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        verbose_name_plural = "proxies"
        indexes = [models.Index(fields=["holder"], name="proxy_holder", condition=Q(holder__isnull=False))]


class RosterObjection(Record):
    """That somebody finds a roster wrong: they are missing, a figure is wrong, somebody does not belong.
    Read by them and by those who keep the roster; everybody sees only how many there are."""

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="objections")
    number = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=12)  # missing, wrong, other
    text = models.TextField()
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Of somebody without an account, entered by a worker.
    name = models.CharField(max_length=40, default="", blank=True)
    phone_sealed = models.TextField(default="", blank=True)
    state = models.CharField(max_length=10, default="open")  # open, accepted, declined
    answer = models.TextField(default="", blank=True)
    answered_by = models.UUIDField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["roster", "state"], name="roster_objection")]
