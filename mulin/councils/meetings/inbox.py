"""What waits for who holds meetings: notices to send, people to tell, minutes to write, actions due."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.councils.meetings import queries
from mulin.councils.meetings.actions import last_notice_day
from mulin.councils.meetings.catalogue import type_of, word
from mulin.councils.meetings.models import Meeting
from mulin.kernel import clock, policy, rulebook, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError
from mulin.kernel.registry import InboxItem, InboxSource

SOON = 7


def _evening(day: date) -> datetime:
    return datetime.combine(day, time(18), tzinfo=clock.zone())


def _item(meeting: Meeting, what: str, title: str, due: datetime | None, **more: Any) -> InboxItem:
    page = more.pop("page", "meeting")
    return InboxItem(
        key=f"councils.meeting:{what}:{meeting.number}",
        title=title % {"title": meeting.title},
        url=reverse(f"councils_desk:{page}", args=[meeting.number]),
        kind=word(meeting.type),
        due_at=due,
        since=meeting.created_at,
        place=meeting.place,
        facts={"number": meeting.number, "waits": "meeting"},
    )


def meeting_rows(actor: Actor) -> waiting.Waiting | None:
    """Meetings at which something may be left to do, with what decides it."""
    if not policy.can_somewhere(actor, queries.MANAGE):
        return None
    found = Meeting.objects.filter(
        policy.visible(actor, queries.MANAGE, queries.FIELDS),
        state__in=("draft", "announced", "held", "minuted"),
    )
    fact = waiting.facts(type="type", state="state", told=Cast("told", TextField()), held="held_at")
    return waiting.rows(found, due_at="begins_at", fact=fact)


def meeting_item(row: waiting.Row) -> InboxItem | None:
    """What is left to do about one; None when nothing is."""
    found = row.facts
    meeting = Meeting(
        number=row.ref,
        title=row.title,
        place=row.place,
        created_at=row.since,
        begins_at=row.due_at,
        type=found["type"],
        state=found["state"],
        told=json.loads(found["told"]),
        held_at=waiting.moment(found["held"]),
    )
    return _of(meeting)


def _of(meeting: Meeting) -> InboxItem | None:
    if meeting.state == "draft":
        last = _last_day(meeting)
        if last is None or last > clock.today() + timedelta(days=SOON):
            return None
        title = _("还没有发通知：%(title)s")
        return _item(meeting, "notice", title, _evening(last), page="meeting-announce")
    if meeting.state == "announced":
        left = [one for one in type_of(meeting.type).by_hand if one.key not in meeting.told]
        if not left or meeting.begins_at is None or meeting.begins_at < clock.now():
            return _forgotten(meeting)
        who = "、".join(str(one) for one in left)
        return _item(meeting, "tell", _("还要告知%(who)s：%%(title)s") % {"who": who}, meeting.begins_at)
    since = meeting.held_at or meeting.created_at
    due = _evening(clock.day_of(since) + timedelta(days=minutes_days(meeting)))
    if meeting.state == "held":
        return _item(meeting, "minutes", _("记录还没有写完：%(title)s"), due, page="meeting-minutes")
    return _item(meeting, "publish", _("记录还没有公布：%(title)s"), due, page="meeting-minutes")


def _forgotten(meeting: Meeting) -> InboxItem | None:
    """Announced, over by the clock, and nobody said whether it took place."""
    if meeting.begins_at is None or meeting.begins_at > clock.now() - timedelta(hours=12):
        return None
    return _item(meeting, "after", _("开了没有：%(title)s"), meeting.begins_at, page="meeting-door")


def _last_day(meeting: Meeting) -> date | None:
    try:
        return last_notice_day(meeting)
    except ActionError:  # nobody has said how many days: the notice itself will
        return None


def minutes_days(meeting: Meeting) -> int:
    """Days until the minutes are to be published."""
    return int(rulebook.value("councils.meeting.minutes_days", at=meeting.place, type=meeting.type))


def proposal_rows(actor: Actor) -> waiting.Waiting | None:
    """One row for all that was proposed and nobody has looked at: the oldest, and how many they are."""
    if not policy.can_somewhere(actor, queries.MANAGE):
        return None
    found = queries.waiting_proposals(actor)
    return waiting.together(found, order=("id",), ref="pk")


def proposal_item(row: waiting.Row) -> InboxItem:
    return InboxItem(
        key="councils.agenda:proposals",
        title=_("%(n)s 条提上来的议题等着看") % {"n": row.fact},
        url=reverse("councils_desk:meeting-proposals"),
        kind=_("议题"),
        since=row.since,
        due_at=row.since + timedelta(days=SOON),
        place=row.place,
        facts={"waits": "meeting"},
    )


def action_rows(actor: Actor) -> waiting.Waiting | None:
    """What was agreed at meetings and is due in two days or late."""
    if not policy.can_somewhere(actor, queries.MANAGE):
        return None
    soon = clock.today() + timedelta(days=2)
    return waiting.rows(
        queries.open_actions(actor).filter(due_on__lte=soon),
        ref="pk",
        title="text",
        place="meeting__place",
        due_at=waiting.day("due_on"),
        fact=waiting.facts(who="who", number="meeting__number", type="meeting__type"),
    )


def action_item(row: waiting.Row) -> InboxItem:
    found = row.facts
    return InboxItem(
        key=f"councils.meeting.action:{row.ref}",
        title=_("会上定的事：%(text)s（%(who)s）") % {"text": row.title, "who": found["who"]},
        url=f"{reverse('councils_desk:meeting-minutes', args=[found['number']])}#actions",
        kind=word(found["type"]),
        due_at=row.due(time(18)),
        since=row.since,
        place=row.place,
        facts={"waits": "meeting"},
    )


SOURCES = (
    InboxSource("meetings", gettext_lazy("会议"), rows=meeting_rows, item=meeting_item),
    InboxSource("meeting-proposals", gettext_lazy("会议"), rows=proposal_rows, item=proposal_item),
    InboxSource("meeting-actions", gettext_lazy("会议"), rows=action_rows, item=action_item),
)
