"""Votes, their officers' keys, who has voted, and the papers.

Of a secret vote `VoteTurnout` says who has voted and `VoteSlot` holds what is in the box; no column joins the
two, neither has a moment, and both have random keys. See docs/adr/0010-secret-ballots.md.
"""

from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record

__all__ = ["Vote", "VoteBegun", "VoteChallenge", "VoteKey", "VotePaper", "VoteSlot", "VoteTurnout"]


class Vote(Record):
    """What is asked, of whom, by which rule.

    `kind`: yes_no, choose_one, approve, rank or budget. `affair`: the matter in words of the rule packs
    (consultation, use_fund …). `options`: [{key, title, text, cost}], costs in fen; empty for yes_no.
    From the notice on, everything that is asked and `rule` (as the recount file holds it) stand still.
    `file`: what is published of the count; `receipts`: sorted, apart from the papers. `money` (fen),
    `method`: of a budget vote.
    """

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    topic = models.ForeignKey(
        "councils.Topic", null=True, blank=True, on_delete=models.PROTECT, related_name="votes"
    )
    step = models.ForeignKey(
        "councils.Step", null=True, blank=True, on_delete=models.PROTECT, related_name="votes"
    )
    title = models.CharField(max_length=80)
    text = models.TextField(default="", blank=True)
    body = models.CharField(max_length=16, default="residents")
    affair = models.CharField(max_length=24, default="consultation")
    kind = models.CharField(max_length=12, default="yes_no")
    is_secret = models.BooleanField(default=True)
    options = models.JSONField(default=list, blank=True)
    seats = models.SmallIntegerField(default=1)
    max_choices = models.SmallIntegerField(null=True, blank=True)
    breaks_ties = models.BooleanField(default=False)
    money = models.BigIntegerField(null=True, blank=True)
    method = models.CharField(max_length=16, default="equal_shares")
    custom = models.JSONField(default=dict, blank=True)
    roster = models.ForeignKey(
        "councils.Roster", null=True, blank=True, on_delete=models.PROTECT, related_name="votes"
    )
    rule = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, default="draft")
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    # How many came, where there was a meeting.
    present = models.IntegerField(null=True, blank=True)
    noticed_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    stop_reason = models.TextField(default="", blank=True)
    # Why it was extended, a dated line each.
    remarks = models.TextField(default="", blank=True)
    # Papers of both channels at the close, for pages: {"portal": n, "paper": n}.
    turnout = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=16, default="", blank=True)
    file = models.JSONField(default=dict, blank=True)
    receipts = models.JSONField(default=list, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["place", "-id"], name="vote_place"),
            models.Index(fields=["state"], name="vote_running", condition=Q(state__in=["notice", "open"])),
            models.Index(fields=["topic"], name="vote_topic", condition=Q(topic__isnull=False)),
        ]

    @property
    def thread(self) -> UUID:
        """What its journal lines carry as their matter."""
        return self.topic.thread if self.topic else self.pk

    @property
    def is_by_area(self) -> bool:
        return self.body == "owners"

    def __str__(self) -> str:
        return self.title


class VoteKey(Record):
    """An officer of a secret vote and the public half of their key. The private half is nowhere kept."""

    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="keys")
    position = models.SmallIntegerField()
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    public = models.BinaryField(default=b"", blank=True)
    # The officer has shown that the key is in their hands.
    is_kept = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vote", "account"], name="vote_officer_once")]


class VoteSlot(models.Model):
    """A place in the box of a secret vote. Made before the first paper, as many as there may be papers, in
    random order; a paper goes into one drawn by chance. `channel` of what is in it: portal, paper, empty."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="slots")
    sealed = models.BinaryField()
    channel = models.CharField(max_length=8, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["vote", "channel", "id"], name="vote_slot_free")]


class VoteTurnout(models.Model):
    """That somebody voted for an entry of the roster, online or on paper. What, is not here, nor when."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="voted")
    entry = models.ForeignKey("councils.RosterEntry", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, default="portal")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vote", "entry"], name="vote_once")]


class VotePaper(Record):
    """A paper of a named vote: for which entry, by which owner (code on the roster, empty for others), what.
    `choice` None is a spoiled paper. `account`: who handed it in online; `entered_by`: who typed it in."""

    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="papers")
    entry = models.ForeignKey("councils.RosterEntry", on_delete=models.PROTECT, related_name="+")
    owner = models.CharField(max_length=24, default="", blank=True)
    choice = models.JSONField(null=True)
    channel = models.CharField(max_length=8, default="portal")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    entered_by = models.UUIDField(null=True, blank=True)
    is_by_proxy = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vote", "entry", "owner"], name="vote_paper_once")]


class VoteBegun(models.Model):
    """Who opened the paper and has not handed it in: for one reminder. Dropped at the close."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="begun")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vote", "account"], name="vote_begun_once")]


class VoteChallenge(Record):
    """That somebody finds a vote wrong. `text` is read by them and by those who hold the vote; everybody
    reads `summary`, `answer` and `decision` (upheld, partly, dismissed) once it is answered."""

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="challenges")
    number = models.CharField(max_length=12, unique=True)
    text = models.TextField()
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Of somebody who came to the counter.
    name = models.CharField(max_length=40, default="", blank=True)
    state = models.CharField(max_length=8, default="open")  # open, answered
    decision = models.CharField(max_length=10, default="", blank=True)
    summary = models.CharField(max_length=300, default="", blank=True)
    answer = models.TextField(default="", blank=True)
    answered_by = models.UUIDField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["vote", "state"], name="vote_challenge")]
