"""Meetings: notice, agenda, who came, what was said and decided, and what is to be done."""

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from mulin.kernel.fields import PlaceField
from mulin.kernel.ids import new_id
from mulin.kernel.models import Record

__all__ = ["AgendaItem", "AgendaProposal", "Attendance", "Meeting", "MeetingAction"]


class Meeting(Record):
    """One meeting of a type of the catalogue (packs/meetings.toml).

    `lasts`: planned minutes. `site`: the courtyard or estate it concerns, empty for the whole place. `org`:
    the group or unit that holds it. `due`: how many should come where the list does not name them all;
    `counted`: members who were counted at the door without a name. `told`: who was told by hand, duty -> day.
    `words`: the minutes' own fields. `quorum`: what the count at the end was compared with, as it was then.
    """

    number = models.CharField(max_length=12, unique=True)
    place = PlaceField(max_length=12)
    site = PlaceField(default="", blank=True)
    type = models.CharField(max_length=32)
    title = models.CharField(max_length=80)
    state = models.CharField(max_length=10, default="draft")
    org = models.ForeignKey(
        "people.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="meetings"
    )
    topic = models.ForeignKey(
        "councils.Topic", null=True, blank=True, on_delete=models.PROTECT, related_name="meetings"
    )
    step = models.ForeignKey(
        "councils.Step", null=True, blank=True, on_delete=models.SET_NULL, related_name="meetings"
    )
    begins_at = models.DateTimeField(null=True, blank=True)
    lasts = models.SmallIntegerField(default=90)
    venue = models.CharField(max_length=80, default="", blank=True)
    chair = models.CharField(max_length=40, default="", blank=True)
    recorder = models.CharField(max_length=40, default="", blank=True)
    intro = models.TextField(default="", blank=True)
    due = models.IntegerField(default=0)
    counted = models.IntegerField(default=0)
    told = models.JSONField(default=dict, blank=True)
    late_reason = models.CharField(max_length=200, default="", blank=True)
    change_reason = models.CharField(max_length=200, default="", blank=True)
    cancel_reason = models.CharField(max_length=200, default="", blank=True)
    words = models.JSONField(default=dict, blank=True)
    quorum = models.JSONField(default=dict, blank=True)
    announced_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["place", "-begins_at"], name="meeting_place"),
            models.Index(fields=["place", "state"], name="meeting_state"),
        ]

    @property
    def thread(self) -> UUID | None:
        """What its journal lines carry as their matter; None for a meeting that belongs to no topic."""
        return self.topic.thread if self.topic else None


class AgendaItem(Record):
    """One item of a meeting.

    `story` is the id of the first item of its history, so that all meetings it has been through are found in
    one read; `moved_from` the item directly before. `kind`: decide or hear. `is_announced`: it stood in the
    notice. `decision`: empty while open, adopted, rejected, put_off, moved, heard. `count`: what the rule of
    the vote by hands was then, and how the numbers compare with it.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items")
    position = models.SmallIntegerField()
    title = models.CharField(max_length=80)
    text = models.TextField(default="", blank=True)
    kind = models.CharField(max_length=8, default="hear")
    is_announced = models.BooleanField(default=False)
    topic = models.ForeignKey(
        "councils.Topic", null=True, blank=True, on_delete=models.PROTECT, related_name="agenda_items"
    )
    matter = models.ForeignKey(
        "voices.Matter", null=True, blank=True, on_delete=models.PROTECT, related_name="agenda_items"
    )
    story = models.UUIDField(default=new_id)
    moved_from = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="moved_to"
    )
    discussion = models.TextField(default="", blank=True)
    minority = models.TextField(default="", blank=True)
    decision = models.CharField(max_length=10, default="", blank=True)
    resolution = models.TextField(default="", blank=True)
    votes_for = models.IntegerField(null=True, blank=True)
    votes_against = models.IntegerField(null=True, blank=True)
    votes_abstain = models.IntegerField(null=True, blank=True)
    count = models.JSONField(default=dict, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["meeting", "position"], name="agenda_order"),
            models.Index(fields=["story"], name="agenda_story"),
            models.Index(fields=["topic"], name="agenda_topic", condition=Q(topic__isnull=False)),
        ]


class Attendance(Record):
    """That somebody is expected or came. Read only by those who hold the meeting; figures are public.

    `is_member`: counts for the quorum; others are guests. `how`: desk, code (the code at the door) or none
    while they are only expected.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendance")
    name = models.CharField(max_length=40)
    label = models.CharField(max_length=60, default="", blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="meetings_attended",
    )
    is_member = models.BooleanField(default=True)
    state = models.CharField(max_length=8, default="expected")
    how = models.CharField(max_length=8, default="", blank=True)
    came_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "account"], condition=Q(account__isnull=False), name="attendance_once"
            )
        ]
        indexes = [models.Index(fields=["meeting", "state"], name="attendance_state")]


class AgendaProposal(Record):
    """What somebody wants on an agenda; shown to nobody but those who hold meetings until it is taken.

    `meeting`: the one it was meant for; none: any coming one of the place.
    """

    place = PlaceField(max_length=12)
    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, on_delete=models.SET_NULL, related_name="proposals"
    )
    title = models.CharField(max_length=80)
    text = models.TextField(default="", blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="agenda_proposals",
    )
    state = models.CharField(max_length=8, default="waiting")  # waiting, taken, declined
    reason = models.CharField(max_length=200, default="", blank=True)
    item = models.ForeignKey(
        AgendaItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="proposals"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["place"], name="agendaproposal_waiting", condition=Q(state="waiting"))
        ]


class MeetingAction(Record):
    """What a meeting agreed to have done: by whom, until when. `voice`: it was handed on as a voice, and what
    becomes of it is told there; else the meeting follows it itself."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="actions")
    item = models.ForeignKey(
        AgendaItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="actions"
    )
    text = models.CharField(max_length=200)
    who = models.CharField(max_length=80)
    due_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, default="open")  # open, done, dropped, handed
    note = models.CharField(max_length=300, default="", blank=True)
    voice = models.ForeignKey(
        "voices.Voice", null=True, blank=True, on_delete=models.PROTECT, related_name="meeting_actions"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_on"], name="meetingaction_open", condition=Q(state="open"))]
