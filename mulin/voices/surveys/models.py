"""Surveys, and the sheets that came back. A sheet never says whose it is."""

from datetime import date
from uuid import uuid4

from django.db import models
from django.db.models import Q

from mulin.kernel.clock import today
from mulin.kernel.fields import PlaceField
from mulin.kernel.models import Record

STATES = ("draft", "open", "closed")
CHANNELS = ("portal", "paper", "phone", "visit")
ONCE = ("device", "household")


class Survey(Record):
    """What is asked, of whom and how long. `form` is frozen once the survey is open: see `surveys.form`.

    `once`: "device" anyone with the link, one sheet a browser; "household" one sheet for each printed code,
    on the phone or on paper. `issued` sheets of paper went out; `roster` people or households it is meant
    for (the base of the response rate; 0: not known). `published` holds the keys of the questions whose
    results everybody may see. `uncoded`: sheets without a code, counted when the sheets forgot it.
    """

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    title = models.CharField(max_length=80)
    intro = models.TextField(default="", blank=True)
    template = models.CharField(max_length=32, default="", blank=True)
    form = models.JSONField(default=dict)
    state = models.CharField(max_length=8, default="draft")
    once = models.CharField(max_length=10, default="device")
    opens_on = models.DateField(null=True, blank=True)
    closes_on = models.DateField(null=True, blank=True)
    issued = models.IntegerField(default=0)
    roster = models.IntegerField(default=0)
    uncoded = models.IntegerField(default=0)
    roster_of = models.CharField(max_length=10, default="people")  # people, households
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    published = models.JSONField(default=list, blank=True)
    conclusion = models.TextField(default="", blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    @property
    def was_published(self) -> bool:
        """Whether results were ever shown: one sheet more or less would then be read as a difference."""
        return bool(self.conclusion)

    class Meta:
        indexes = [
            models.Index(fields=["place", "-id"], name="survey_place"),
            models.Index(fields=["place", "closes_on"], name="survey_open", condition=Q(state="open")),
        ]


class Sheet(models.Model):
    """The answers of one person or household.

    States: partial (being filled in), pooled (handed in, not counted yet: see `surveys.pool`), done, void.
    The id is random, not ordered by time: who was seen filling in a form at ten past nine must not be found
    by the order of the rows. `key_hash` finds a half-filled sheet again for the browser that began it;
    what is handed in is a new row without it and without a day. `day` and `entered_by`, the worker who
    typed a paper sheet in, are kept until the results are published, so that a slip of the hand can be
    mended. So is `without_code`: why a household's paper sheet was typed in without the code of its slip.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="sheets")
    state = models.CharField(max_length=8, default="partial")  # partial, pooled, done, void
    channel = models.CharField(max_length=8, default="portal")
    day = models.DateField(default=today, null=True, blank=True)
    answers = models.JSONField(default=dict)
    key_hash = models.CharField(max_length=64, default="", blank=True)
    entered_by = models.UUIDField(null=True, blank=True)
    without_code = models.CharField(max_length=8, default="", blank=True)  # lost, again, none
    void_reason = models.CharField(max_length=200, default="", blank=True)
    # Which voice a free text became: question key -> number.
    raised = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [models.Index(fields=["survey", "state"], name="sheet_survey")]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "key_hash"], condition=~Q(key_hash=""), name="sheet_browser"
            )
        ]


class Taken(models.Model):
    """That a browser or a code has handed in a sheet; which one is nowhere kept."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="taken")
    key_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "key_hash"], name="taken_once")]


class SurveyCode(models.Model):
    """A code on a printed slip. Only its hash is kept, and not to which household it was given."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="codes")
    code_hash = models.CharField(max_length=64, unique=True)


def is_over(survey: Survey, on: date) -> bool:
    """Whether no sheet is taken any more."""
    return survey.state == "closed" or (survey.closes_on is not None and on > survey.closes_on)
