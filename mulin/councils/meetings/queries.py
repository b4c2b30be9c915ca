"""Reads about meetings: everything for who holds them, what was announced for everybody."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from mulin.councils.meetings import states
from mulin.councils.meetings.hands import Figures
from mulin.councils.meetings.models import AgendaItem, AgendaProposal, Attendance, Meeting, MeetingAction
from mulin.councils.topics.models import Step, Topic
from mulin.kernel import clock, codes, policy, secrets
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.policy import Fields, Target

MANAGE, CERTIFY = "councils.meeting:manage", "councils.meeting:certify"
PROPOSE, ATTEND = "councils.meeting:propose", "councils.meeting:attend"
FIELDS = Fields(place="place", orgs="org_id")
DOOR_SECONDS = 120
# A meeting that began is still one that one can go to.
COMING_SINCE = timedelta(hours=6)
DOOR_LENGTH = 12


def target_of(meeting: Meeting) -> Target:
    return Target(place=meeting.place, orgs=frozenset({meeting.org_id} if meeting.org_id else ()))


def visible_meetings(actor: Actor) -> QuerySet[Meeting]:
    """Meetings that the actor holds or may hold, drafts too."""
    found = Meeting.objects.filter(policy.visible(actor, MANAGE, FIELDS))
    return found.select_related("topic", "org").order_by("-begins_at", "-id")


def get_meeting(actor: Actor, number: str) -> Meeting:
    """One of them, or NotVisible (404)."""
    return _one(visible_meetings(actor), number)


def locked(actor: Actor, number: str) -> Meeting:
    """The same, locked until the end of the transaction."""
    return _one(visible_meetings(actor).select_for_update(of=("self",)), number)


def _one(found: QuerySet[Meeting], number: str) -> Meeting:
    meeting = found.filter(number=clean_number(number)).first()
    if meeting is None:
        raise NotVisible(number)
    return meeting


def announced() -> QuerySet[Meeting]:
    """What everybody may see."""
    return Meeting.objects.filter(state__in=states.PUBLIC_STATES).select_related("topic", "org")


def get_public(number: str) -> Meeting:
    """One meeting as everybody may see it: announced or later. NotVisible (404) otherwise."""
    return _one(announced(), number)


def upcoming(place: str, limit: int = 20) -> list[Meeting]:
    """Announced meetings of a community, its street and above that are still to come or under way, the
    nearest first."""
    since = clock.now() - COMING_SINCE
    found = announced().filter(place__in=_around(place), state="announced", begins_at__gte=since)
    return list(found.order_by("begins_at", "id")[:limit])


def past(place: str, limit: int = 30) -> list[Meeting]:
    """Meetings of a community that are over, the latest first, with and without published minutes."""
    gone = Q(state__in=states.HELD) | Q(state="cancelled") | Q(begins_at__lt=clock.now() - timedelta(hours=6))
    found = announced().filter(gone, place__in=_around(place))
    return list(found.order_by("-begins_at", "-id")[:limit])


def _around(place: str) -> set[str]:
    return {place, *codes.parents(place)}


def items_of(meeting: Meeting) -> list[AgendaItem]:
    """The agenda in its order; two statements."""
    rows = meeting.items.select_related(
        "topic", "matter", "moved_from__meeting", "moved_to__meeting"
    ).prefetch_related("actions__voice")
    return list(rows.order_by("position", "id"))


def get_item(meeting: Meeting, item: UUID | str, *, lock: bool = False) -> AgendaItem:
    rows = meeting.items.select_for_update() if lock else meeting.items.all()
    return by_id(rows, item)


def get_attendance(meeting: Meeting, one: UUID | str) -> Attendance:
    return by_id(meeting.attendance.select_for_update(), one)


def get_action(meeting: Meeting, one: UUID | str) -> MeetingAction:
    return by_id(meeting.actions.select_for_update(), one)


def by_id(rows: QuerySet, one: UUID | str) -> Any:
    try:
        found = rows.filter(pk=one).first()
    except ValidationError:
        found = None
    if found is None:
        raise NotVisible(str(one))
    return found


def story_of(item: AgendaItem, *, public: bool) -> list[AgendaItem]:
    """All meetings that an item has been through, the first one first; `public`: only announced ones."""
    rows = AgendaItem.objects.filter(story=item.story).select_related("meeting", "topic")
    if public:
        rows = rows.filter(meeting__state__in=states.PUBLIC_STATES)
    return list(rows.order_by("id"))


def figures_of(meeting: Meeting) -> Figures:
    """Who came, as numbers. Where nobody in particular is expected, everybody counts."""
    from mulin.councils.meetings.catalogue import type_of

    rows = Counter(meeting.attendance.values_list("is_member", "state"))
    guests = rows[False, "present"]
    listed = sum(n for (is_member, _state), n in rows.items() if is_member)
    present = rows[True, "present"] + meeting.counted
    if type_of(meeting.type).members == "open":
        return Figures(due=0, present=present + guests, guests=0)
    return Figures(max(meeting.due, listed, present), present, guests, rows[True, "excused"])


def people_of(meeting: Meeting) -> list[Attendance]:
    """The list at the desk: members first, by the order in which they were put there."""
    return list(meeting.attendance.order_by("-is_member", "id"))


def waiting_proposals(actor: Actor) -> QuerySet[AgendaProposal]:
    """What was proposed where the actor holds meetings and nobody decided yet, the oldest first."""
    near = policy.visible(actor, MANAGE, Fields(place="place", orgs="meeting__org_id"))
    return AgendaProposal.objects.filter(near, state="waiting").select_related("meeting").order_by("id")


def open_actions(actor: Actor) -> QuerySet[MeetingAction]:
    """What the actor's meetings agreed on and is not done, the earliest due first."""
    mine = policy.visible(actor, MANAGE, Fields(place="meeting__place", orgs="meeting__org_id"))
    rows = MeetingAction.objects.filter(mine, state="open").exclude(meeting__state="cancelled")
    return rows.select_related("meeting", "item").order_by("due_on", "id")


def targets_for(actor: Actor, meeting: Meeting, types: tuple[str, ...]) -> list[Meeting]:
    """Coming meetings that an item of this one may move to, the nearest first."""
    found = visible_meetings(actor).filter(
        place=meeting.place, type__in=types, state__in=("draft", "announced"), held_at=None
    )
    return list(found.exclude(pk=meeting.pk).order_by("begins_at", "id")[:40])


# The code at the door ---------------------------------------------------------------------------------


def door_code(meeting: Meeting, moment: datetime | None = None, back: int = 0) -> str:
    """What the page at the desk shows for two minutes: it cannot be guessed and says nothing by itself."""
    window = int((moment or clock.now()).timestamp()) // DOOR_SECONDS - back
    return secrets.fingerprint(f"{meeting.pk}:{window}", "meeting-door")[:DOOR_LENGTH]


def is_door_code(meeting: Meeting, code: str) -> bool:
    """Whether a scanned code is the present one or the one before."""
    return code in {door_code(meeting), door_code(meeting, back=1)}


# Steps of a topic ---------------------------------------------------------------------------------------


def meetings_of(topic: Topic) -> QuerySet[Meeting]:
    """Every meeting on whose agenda a topic stands or stood, the earliest first."""
    found = Meeting.objects.filter(Q(topic=topic) | Q(items__topic=topic)).distinct()
    return found.order_by("begins_at", "id")


def meetings_of_step(step: Step) -> list[Meeting]:
    """Those that belong to a step: made for it, or on the topic while it runs."""
    own = Q(step=step)
    if step.begun_at:
        own |= Q(held_at__gte=step.begun_at) | Q(state__in=("draft", "announced"))
    found = meetings_of(step.topic).filter(own)
    if step.ended_at:
        found = found.filter(Q(step=step) | Q(held_at__lte=step.ended_at))
    return list(found)


def others_told(meeting: Meeting) -> list[UUID]:
    """Accounts that a notice about the meeting concerns: who should come, who proposed an item."""
    listed = meeting.attendance.filter(account__isnull=False).values_list("account_id", flat=True)
    asked = AgendaProposal.objects.filter(item__meeting=meeting, account__isnull=False)
    return list(dict.fromkeys([*listed, *asked.values_list("account_id", flat=True)]))
