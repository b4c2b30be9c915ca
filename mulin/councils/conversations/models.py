"""Conversations: what is asked, what people said about it in one sentence each, and how others answered.

An answer belongs to a participant, and a participant is a random number with a keyed hash of the account or
the browser, kept only so that people can go on where they stopped and change their mind. Once the results
are published the hash is dropped. Nothing here has a time, and no key follows the order of time.
"""

import secrets
from datetime import date
from uuid import uuid4

from django.db import models
from django.db.models import Q

from mulin.kernel.clock import today
from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record

CONVERSATION_STATES = ("draft", "open", "closed", "published")
OPEN_TO = ("anyone", "verified")
RESULTS = ("during", "after")
STATEMENT_STATES = ("waiting", "shown", "rejected", "merged")


def random_id() -> int:
    """A participant's number: 52 random bits, so that it fits in JSON and tells nothing."""
    return secrets.randbits(52)


class Conversation(Record):
    """One question on which people take sides, statement by statement.

    `open_to`: "anyone" with the link, or "verified": residents confirmed in the place, one answer each.
    `results`: everybody sees the picture "during" it (after `least` people), or only "after" the close.
    `writes`: whether people may add statements of their own. `org`: the group of neighbours that runs it.
    """

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    topic = models.ForeignKey(
        "councils.Topic", null=True, blank=True, on_delete=models.PROTECT, related_name="conversations"
    )
    step = models.ForeignKey(
        "councils.Step", null=True, blank=True, on_delete=models.PROTECT, related_name="conversations"
    )
    org = models.ForeignKey(
        "people.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="conversations"
    )
    title = models.CharField(max_length=80)
    text = models.TextField(default="", blank=True)
    state = models.CharField(max_length=10, default="draft")
    open_to = models.CharField(max_length=10, default="anyone")
    results = models.CharField(max_length=8, default="during")
    writes = models.BooleanField(default=True)
    least = models.IntegerField(default=20)
    closes_on = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    conclusion = models.TextField(default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["place", "-id"], name="conversation_place"),
            models.Index(fields=["place", "closes_on"], name="conversation_open", condition=Q(state="open")),
            models.Index(fields=["org"], name="conversation_org", condition=Q(org__isnull=False)),
        ]


class Statement(models.Model):
    """One sentence that people agree or disagree with. `n` is its number in the conversation.

    `author_hash` lets the browser that wrote it see what became of it; it is another hash than the
    participant's, so that the sentence and its author's answers do not lie side by side. `original`: as it
    came in, where its spelling was mended. A merged one lives on in `into`, and so do its answers.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="statements")
    n = models.SmallIntegerField()
    text = models.CharField(max_length=140)
    original = models.CharField(max_length=140, default="", blank=True)
    state = models.CharField(max_length=10, default="waiting")
    is_seed = models.BooleanField(default=False)
    author_hash = models.CharField(max_length=64, default="", blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)
    into = models.SmallIntegerField(null=True, blank=True)
    day = models.DateField(default=today)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "n"], name="statement_number")]
        indexes = [
            models.Index(fields=["conversation", "day"], name="statement_queue", condition=Q(state="waiting"))
        ]


class Participant(models.Model):
    """Somebody who answers, known by a hash of the account or of the browser and by nothing else.

    `touches` counts what they answered and changed: the sum of all says whether a picture is up to date.
    `is_fresh`: answered since the last picture was made (it is made anew only for several at once).
    """

    id = models.BigIntegerField(primary_key=True, default=random_id, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="participants")
    key_hash = models.CharField(max_length=64, default="", blank=True)
    touches = models.IntegerField(default=0)
    is_fresh = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "key_hash"], condition=~Q(key_hash=""), name="participant_once"
            )
        ]


class Opinion(models.Model):
    """What one participant says to statement `n`: 1 agree, -1 disagree, 0 not sure. Changed in place."""

    pk = models.CompositePrimaryKey("participant_id", "n")
    participant = models.ForeignKey(
        Participant, on_delete=models.CASCADE, related_name="opinions", db_index=False
    )
    n = models.SmallIntegerField()
    value = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(value__in=[-1, 0, 1]), name="opinion_agree_disagree_pass")
        ]


class Picture(models.Model):
    """The opinion map as it was last worked out, and the weights that say what is asked next.

    `shown` holds what may be read: bubbles, findings, shares with small figures covered. `memory` keeps
    groups and axes from one picture to the next and never leaves the server. `touches` and `people`: of what
    it was made.
    """

    conversation = models.OneToOneField(
        Conversation, on_delete=models.CASCADE, primary_key=True, related_name="picture"
    )
    made_at = models.DateTimeField(null=True, blank=True)
    people = models.IntegerField(default=0)
    touches = models.IntegerField(default=0)
    weights = models.JSONField(default=dict, blank=True)
    memory = models.JSONField(default=dict, blank=True)
    shown = models.JSONField(default=dict, blank=True)


def is_over(conversation: Conversation, on: date) -> bool:
    """Whether no answer is taken any more."""
    late = conversation.closes_on is not None and on > conversation.closes_on
    return conversation.state in {"closed", "published"} or late


__all__ = ["Conversation", "Opinion", "Participant", "Picture", "Statement"]
