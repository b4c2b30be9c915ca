"""Meetings as pages show them: rows, the minutes with what hands decided, the calendar of a month."""

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import segno
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.councils.meetings import hands, queries, states
from mulin.councils.meetings.catalogue import type_of
from mulin.councils.meetings.models import AgendaItem, Meeting, MeetingAction
from mulin.councils.topics.reading import is_public
from mulin.kernel import clock
from mulin.kernel.links import address
from mulin.places.queries import name_of
from mulin.voices.models import Matter

WEEK = 7


def when(moment: datetime | None) -> str:
    """`11月25日（星期三）19:30`; the year where it is not this one."""
    if moment is None:
        return ""
    local = moment.astimezone(clock.zone())
    near = local.year == clock.today().year
    return date_format(local, _("n月j日（l）H:i") if near else _("Y年n月j日（l）H:i"))


def day(one: date | None) -> str:
    return date_format(one, _("n月j日")) if one else ""


def row(meeting: Meeting, *, desk: bool = False) -> dict[str, Any]:
    """A meeting as a line of a list."""
    space = "councils_desk" if desk else "councils"
    return {
        "number": meeting.number,
        "title": meeting.title,
        "type": str(type_of(meeting.type)),
        "state": states.badge(meeting.state),
        "is_draft": meeting.state == "draft",
        "is_published": meeting.state == "published",
        "when": when(meeting.begins_at),
        "begins_at": meeting.begins_at,
        "venue": meeting.venue,
        "url": reverse(f"{space}:meeting", args=[meeting.number]),
    }


def qr(link: str) -> SafeString:
    """The link as an SVG that a telephone reads."""
    return mark_safe(segno.make(link, error="m").svg_inline(omitsize=True, border=0))


@dataclass(slots=True)
class Where:
    """One meeting that an item has been through."""

    title: str
    when: str
    outcome: str
    url: str
    is_here: bool


@dataclass(slots=True)
class Shown:
    """One item of the minutes in words."""

    item: AgendaItem
    decision: dict[str, str] | None
    votes: str
    rule: str
    may_decide: bool
    moved_to: str
    moved_url: str
    came_from: str
    story_url: str
    topic_url: str
    matter_url: str
    matter_title: str
    actions: list[dict[str, Any]] = field(default_factory=list)


def shown_items(meeting: Meeting, *, desk: bool = False) -> list[Shown]:
    """The agenda with what came of each item. Residents are told of other meetings only once those were
    announced."""
    rows = queries.items_of(meeting)
    unannounced = hands.may_decide_unannounced(meeting) if any(not one.is_announced for one in rows) else True
    return [_shown(one, desk, one.is_announced or unannounced) for one in rows]


def _shown(item: AgendaItem, desk: bool, may_decide: bool) -> Shown:
    moved = getattr(item, "moved_to", None)
    before = item.moved_from
    shows = [one for one in (moved, before) if one and (desk or one.meeting.state in states.PUBLIC_STATES)]
    space = "councils_desk" if desk else "councils"
    in_open = item.topic is not None and item.topic.state != "draft"
    return Shown(
        item=item,
        decision=decision(item),
        votes=votes(item),
        rule=needed(item),
        may_decide=may_decide,
        moved_to=_place(moved) if moved in shows else "",
        moved_url=reverse(f"{space}:meeting", args=[moved.meeting.number]) if moved in shows else "",
        came_from=_place(before) if before in shows else "",
        story_url=reverse("councils:meeting-item", args=[item.story]) if shows else "",
        topic_url=f"/council/{item.topic.number}/" if item.topic and in_open else "",
        matter_url=_matter_url(item.matter),
        matter_title=item.matter.public_title if _matter_url(item.matter) else "",
        actions=[action(one) for one in item.actions.all()],
    )


def _matter_url(matter: Matter | None) -> str:
    """The public page of what an item is about, as long as that is public."""
    return address("portal:matter", matter.number) if matter and is_public(matter) else ""


def _place(item: AgendaItem | None) -> str:
    if item is None:
        return ""
    words = {"type": str(type_of(item.meeting.type)), "when": when(item.meeting.begins_at)}
    return _("%(type)s，%(when)s") % words if words["when"] else words["type"]


def decision(item: AgendaItem) -> dict[str, str] | None:
    if not item.decision:
        return None
    tone = states.DECISION_TONES[item.decision]
    icons = {
        "adopted": "check",
        "rejected": "cross",
        "put_off": "wait",
        "heard": "chat",
        "moved": "arrow-right",
    }
    label = str(states.DECISIONS[item.decision])
    return {"label": label, "tone": tone, "icon": icons[item.decision], "code": item.decision}


def votes(item: AgendaItem) -> str:
    """The hands, or nothing where none were counted."""
    if item.votes_for is None:
        return ""
    words = {"yes": item.votes_for, "no": item.votes_against, "abstain": item.votes_abstain}
    return _("同意 %(yes)s，反对 %(no)s，弃权 %(abstain)s") % words


def needed(item: AgendaItem) -> str:
    """How many had to agree, from the count as it was made."""
    steps = item.count.get("steps", ())
    for step in steps:
        if step.get("code") == "consent":
            return ngettext("要有 %(n)s 人同意", "要有 %(n)s 人同意", step["needed"]) % {"n": step["needed"]}
    if item.count.get("gaps"):
        return _("规则还没有填，票数留着，暂不认定")
    return ""


def action(one: MeetingAction) -> dict[str, Any]:
    """What is to be done; once handed on, the number under which it can be followed."""
    tones = {"open": "wait", "done": "done", "dropped": "", "handed": ""}
    icons = {"open": "clock", "done": "check", "dropped": "ban", "handed": "hand-over"}
    return {
        "id": one.pk,
        "text": one.text,
        "who": one.who,
        "due": day(one.due_on),
        "is_open": one.state == "open",
        "is_late": one.state == "open" and one.due_on is not None and one.due_on < clock.today(),
        "note": one.note,
        "number": one.voice.number if one.voice else "",
        "state": {
            "label": str(states.ACTION_WORDS[one.state]), "tone": tones[one.state], "icon": icons[one.state],
            "code": one.state,
        },
    }  # fmt: skip


def attendance(meeting: Meeting) -> dict[str, Any]:
    """Figures of who came and whether that is enough, in words. No names."""
    figures = queries.figures_of(meeting)
    quorum = hands.quorum_of(meeting, figures)
    said = ngettext("到了 %(n)s 人", "到了 %(n)s 人", figures.present) % {"n": figures.present}
    if figures.due:
        said = _("应到 %(due)s 人，到了 %(present)s 人") % {"due": figures.due, "present": figures.present}
    if figures.guests:
        said += _("，列席 %(n)s 人") % {"n": figures.guests}
    return {"figures": figures, "quorum": quorum, "said": said, "rule": _rule(quorum)}


def _rule(quorum: hands.Quorum) -> dict[str, str] | None:
    """Whether enough came, with tone and icon; None where no rule counts heads."""
    if not quorum.is_needed:
        return None
    if quorum.gap:
        text = _("多少人到会才算数，这里还没有填规则。可以照常开会，决定要等规则填好才能认定。")
        return {"text": text, "tone": "wait", "icon": "wait", "basis": ""}
    basis = quorum.basis
    if quorum.is_met:
        text = _("够人数了，可以作决定（要 %(needed)s 人）") % {"needed": quorum.needed}
        return {"text": text, "tone": "done", "icon": "check", "basis": basis}
    left = max(quorum.needed - quorum.present, 0)
    said = ngettext("还差 %(n)s 人才能作决定", "还差 %(n)s 人才能作决定", left) % {"n": left}
    return {"text": said, "tone": "wait", "icon": "wait", "basis": basis}


def minutes_words(meeting: Meeting) -> list[tuple[str, str]]:
    """The type's own fields that have something in them."""
    return [
        (str(one), meeting.words[one.key])
        for one in type_of(meeting.type).fields
        if meeting.words.get(one.key)
    ]


def story(item: AgendaItem, *, public: bool = True) -> list[Where]:
    """Where an item has been, the first meeting first."""
    return [
        Where(
            title=_place(one),
            when=when(one.meeting.begins_at),
            outcome=_outcome(one),
            url=reverse("councils:meeting", args=[one.meeting.number]),
            is_here=one.pk == item.pk,
        )
        for one in queries.story_of(item, public=public)
    ]


def _outcome(item: AgendaItem) -> str:
    """What residents may read of it: results once the minutes are published, a move at once."""
    if item.decision == "moved":
        return str(states.DECISIONS["moved"])
    if item.meeting.state == "published" and item.decision:
        return f"{states.DECISIONS[item.decision]} {item.resolution}".strip()
    return str(states.STATE_WORDS[item.meeting.state])


def base(meeting: Meeting, *, desk: bool = False) -> dict[str, Any]:
    """What every page about one meeting says."""
    kind = type_of(meeting.type)
    return {
        "meeting": meeting,
        "kind": kind,
        "when": when(meeting.begins_at),
        "ends": _end(meeting),
        "state": states.badge(meeting.state),
        "place_title": name_of(meeting.place),
        "site_title": name_of(meeting.site) if meeting.site else "",
        "place_name": name_of(meeting.place),
        "place": meeting.place,
        "is_open": kind.members == "open",
        "here": "meetings" if desk else "",
    }


def _end(meeting: Meeting) -> str:
    if meeting.begins_at is None:
        return ""
    local = (meeting.begins_at + timedelta(minutes=meeting.lasts)).astimezone(clock.zone())
    return date_format(local, "H:i")


@dataclass(slots=True)
class CalendarDay:
    """One day of the month's sheet."""

    day: date
    is_inside: bool
    is_today: bool
    meetings: list[dict[str, Any]]


def month_sheet(first: date, meetings: Iterable[Meeting]) -> list[list[CalendarDay]]:
    """The weeks of a month, Monday first, with the meetings of each day."""
    by_day: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for one in meetings:
        if one.begins_at:
            by_day[clock.day_of(one.begins_at)].append(
                {**row(one, desk=True), "time": date_format(one.begins_at.astimezone(clock.zone()), "H:i")}
            )
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    return [
        [CalendarDay(d, d.month == first.month, d == clock.today(), by_day[d]) for d in week]
        for week in weeks
    ]
