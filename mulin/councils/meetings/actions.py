"""The life of a meeting: drafted, announced, changed, opened, closed, confirmed, published, cancelled."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mulin.councils.keepers import keeper
from mulin.councils.meetings import hands, queries, states
from mulin.councils.meetings.catalogue import type_of, types
from mulin.councils.meetings.models import AgendaItem, AgendaProposal, Attendance, Meeting
from mulin.councils.topics.access import require_manage
from mulin.councils.topics.models import Step, Topic
from mulin.kernel import clock, codes, days, journal, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now, today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import require
from mulin.people.models import Post
from mulin.people.queries import in_force

TITLE_LENGTH, TEXT_LENGTH, REASON_LENGTH = 80, 2000, 200


def draft_meeting(
    *,
    actor: Actor,
    type: str,
    place: str,
    title: str = "",
    site: str = "",
    org: UUID | None = None,
    topic: Topic | None = None,
    begins_at: datetime | None = None,
    venue: str = "",
) -> Meeting:
    """A new draft of a type of the catalogue, with the usual members on its list and, for a topic, the topic
    on its agenda.

    Who: councils.meeting:manage at the place or of the group, and the topic's own right for a topic. Raises
    no-type, no-place, no-group, no-title (422).
    """
    if type not in types():
        raise ActionError("no-type", _("请选开哪一种会。"), field="type", status=422)
    if not codes.is_valid(place) or codes.level(place) < codes.Level.STREET:
        raise ActionError("no-place", _("请选一个社区或街道。"), field="place", status=422)
    keeper(actor, queries.MANAGE, place, org)
    if topic is not None:
        require_manage(actor, topic)
    with write():
        meeting = make(type, place, title=title, site=site, org=org, topic=topic)
        meeting.begins_at, meeting.venue = begins_at, venue.strip()
        meeting.save()
        line("councils.meeting.drafted", actor, meeting)
    return meeting


def make(
    type: str,
    place: str,
    *,
    title: str = "",
    site: str = "",
    org: UUID | None = None,
    topic: Topic | None = None,
    step: Step | None = None,
    decide: bool = False,
) -> Meeting:
    """The record itself, for a step of a topic too: no permission, no journal line."""
    kind = type_of(type)
    usual = topic.title if topic else str(kind)
    meeting = Meeting.objects.create(
        number=new_number(), place=place, site=site, type=type, title=_title(title or usual), org_id=org,
        topic=topic, step=step,
    )  # fmt: skip
    if topic is not None:
        AgendaItem.objects.create(
            meeting=meeting, position=1, title=topic.title, text=topic.summary[:TEXT_LENGTH], topic=topic,
            kind="decide" if decide else "hear",
        )  # fmt: skip
    expect(meeting)
    return meeting


def expect(meeting: Meeting) -> int:
    """Put on the list who usually comes: the members of the group that holds it, else those of the last
    meeting of this type there. Returns how many."""
    kind = type_of(meeting.type)
    rows: list[Attendance] = []
    if kind.members == "group" and meeting.org_id:
        posts = Post.objects.filter(in_force(), org_id=meeting.org_id, deputy_for=None)
        people = {post.account_id: post for post in posts.select_related("account").order_by("id")}
        rows = [
            Attendance(meeting=meeting, name=str(post.account)[:40], label=post.title, account=post.account)
            for post in people.values()
        ]
    elif kind.members in ("list", "units", "group"):
        same = Meeting.objects.filter(
            type=meeting.type, place=meeting.place, site=meeting.site, org_id=meeting.org_id
        )
        last = same.exclude(pk=meeting.pk).filter(attendance__is_member=True).order_by("-id").first()
        if last:
            members = last.attendance.filter(is_member=True).order_by("id")
            rows = [
                Attendance(meeting=meeting, name=one.name, label=one.label, account_id=one.account_id)
                for one in members
            ]
            Meeting.objects.filter(pk=meeting.pk).update(due=last.due)
            meeting.due = last.due
    Attendance.objects.bulk_create(rows)
    return len(rows)


def line(code: str, actor: Actor, meeting: Meeting, **data: Any) -> None:
    """The one line of an action; a meeting of a topic shows on the topic's timeline."""
    journal.record(
        code, actor=actor, place=meeting.place, subject=meeting.pk, matter=meeting.thread, org=meeting.org_id,
        data={"number": meeting.number, "type": meeting.type, **data},
    )  # fmt: skip


def _title(text: str) -> str:
    text = text.strip()
    if not text or len(text) > TITLE_LENGTH:
        raise ActionError("no-title", _("请写一个标题，最多80个字。"), field="title", status=422)
    return text


def must_be(meeting: Meeting, *allowed: str) -> None:
    if meeting.state not in allowed:
        word = states.STATE_WORDS[meeting.state]
        raise ActionError("not-now", _("这次会现在是“%(state)s”，不能这样做。") % {"state": word})


def held_by(actor: Actor, number: str, *allowed: str) -> Meeting:
    """The meeting, locked, if the actor holds it and it is in one of these states."""
    meeting = queries.locked(actor, number)
    require(actor, queries.MANAGE, queries.target_of(meeting))
    if allowed:
        must_be(meeting, *allowed)
    return meeting


def edit_meeting(
    *,
    actor: Actor,
    number: str,
    title: str,
    begins_at: datetime | None,
    lasts: int = 90,
    venue: str = "",
    chair: str = "",
    recorder: str = "",
    intro: str = "",
    due: int = 0,
    site: str = "",
) -> Meeting:
    """Change a draft. Who: councils.meeting:manage. Raises not-now, no-title, text-too-long, bad-count."""
    title, intro = _title(title), intro.strip()
    if len(intro) > TEXT_LENGTH:
        raise ActionError("text-too-long", _("说明最多2000个字。"), field="intro", status=422)
    if not 10 <= lasts <= 600:
        raise ActionError("bad-count", _("时长在10到600分钟之间。"), field="lasts", status=422)
    if due < 0:
        raise ActionError("bad-count", _("请核对人数。"), field="due", status=422)
    with write():
        meeting = held_by(actor, number, "draft")
        meeting.title, meeting.begins_at, meeting.lasts = title, begins_at, lasts
        meeting.venue, meeting.chair, meeting.recorder = venue.strip(), chair.strip(), recorder.strip()
        meeting.intro, meeting.due, meeting.site = intro, due, site
        meeting.save()
        line("councils.meeting.edited", actor, meeting)
    return meeting


def notice_days(meeting: Meeting) -> int:
    """How many days before the meeting its notice must be out."""
    return int(rulebook.value("councils.meeting.notice_days", at=meeting.place, type=meeting.type))


def last_notice_day(meeting: Meeting) -> date | None:
    """The last day on which the notice is in time; the day of the notice is not counted (民法典 201)."""
    if meeting.begins_at is None:
        return None
    return clock.day_of(meeting.begins_at) - timedelta(days=notice_days(meeting))


def check_notice(meeting: Meeting, reason: str) -> str:
    """The reason that is kept: empty when the notice is in time. Raises too-late where the rule refuses a
    late one, no-reason where it asks for a reason."""
    last = last_notice_day(meeting)
    if last is None or today() <= last:
        return ""
    days = notice_days(meeting)
    if rulebook.value("councils.meeting.late_notice", at=meeting.place, type=meeting.type) == "refuse":
        first = date_format(today() + timedelta(days=days), _("n月j日"))
        text = _("这种会要提前%(days)s天通知，今天通知最早可以定在%(first)s。请改时间。")
        words = {"days": days, "first": first}
        raise ActionError("too-late", text % words, field="begins_at")
    if not reason.strip():
        text = _("通知不足%(days)s天。请写明理由，理由会和通知一起公开。") % {"days": days}
        raise ActionError("no-reason", text, field="late_reason", status=422)
    return reason.strip()[:REASON_LENGTH]


def announce_meeting(
    *, actor: Actor, number: str, late_reason: str = "", told: list[str] | None = None
) -> Meeting:
    """Publish the notice. What stands on the agenda now was announced; what comes later was not.

    `told`: duties of the type that were done by hand already. Who: councils.meeting:manage. Raises not-now,
    no-time, past, no-venue, no-items, too-late, no-reason.
    """
    with write():
        meeting = held_by(actor, number, "draft")
        if meeting.begins_at is None:
            raise ActionError("no-time", _("请先定时间。"), field="begins_at")
        if meeting.begins_at <= now():
            raise ActionError("past", _("这个时间已经过了，请改一个。"), field="begins_at")
        if not meeting.venue:
            raise ActionError("no-venue", _("请先定地点。"), field="venue")
        if not meeting.items.exists():
            raise ActionError("no-items", _("议程还是空的。请先写上要议什么。"))
        meeting.late_reason = check_notice(meeting, late_reason)
        meeting.state, meeting.announced_at = "announced", now()
        meeting.told = _told(meeting, told or [])
        meeting.save()
        n = meeting.items.update(is_announced=True)
        line("councils.meeting.announced", actor, meeting, when=days.kept(meeting.begins_at), n=n)
    return meeting


def _told(meeting: Meeting, told: list[str]) -> dict[str, str]:
    known = {one.key for one in type_of(meeting.type).by_hand}
    day = today().isoformat()
    return {**meeting.told, **{key: day for key in told if key in known and key not in meeting.told}}


def tell(*, actor: Actor, number: str, duty: str) -> Meeting:
    """Note that somebody was told by hand. Who: councils.meeting:manage. Raises not-now, no-duty."""
    with write():
        meeting = held_by(actor, number, "announced", "held")
        if duty not in {one.key for one in type_of(meeting.type).by_hand}:
            raise ActionError("no-duty", _("这种会不需要另外告知他们。"))
        meeting.told = _told(meeting, [duty])
        meeting.save(update_fields=["told"])
        line("councils.meeting.told", actor, meeting, duty=duty)
    return meeting


def change_meeting(
    *,
    actor: Actor,
    number: str,
    begins_at: datetime,
    venue: str,
    reason: str,
    lasts: int = 90,
) -> Meeting:
    """Another time or place after the notice; everybody concerned is told, the reason stands on the page.

    Who: councils.meeting:manage. Raises not-now, begun, past, no-venue, no-reason, nothing-changed, too-late.
    """
    with write():
        meeting = held_by(actor, number, "announced")
        if meeting.opened_at:
            raise ActionError("begun", _("已经开始签到，不能再改时间地点。"))
        if begins_at <= now():
            raise ActionError("past", _("这个时间已经过了，请改一个。"), field="begins_at", status=422)
        if not venue.strip():
            raise ActionError("no-venue", _("请先定地点。"), field="venue", status=422)
        if not reason.strip():
            text = _("请写一句为什么改，来的人会看到。")
            raise ActionError("no-reason", text, field="reason", status=422)
        before = (meeting.begins_at, meeting.venue)
        meeting.begins_at, meeting.venue, meeting.lasts = begins_at, venue.strip(), lasts
        if before == (meeting.begins_at, meeting.venue):
            raise ActionError("nothing-changed", _("时间和地点都没有变。"), field="begins_at", status=422)
        if before[0] != begins_at:
            meeting.late_reason = check_notice(meeting, reason)
        meeting.change_reason = reason.strip()[:REASON_LENGTH]
        meeting.save()
        line("councils.meeting.changed", actor, meeting, when=days.kept(begins_at))
    return meeting


def cancel_meeting(*, actor: Actor, number: str, reason: str) -> Meeting:
    """It does not take place; everybody concerned is told why. Who: councils.meeting:manage. Raises not-now,
    no-reason."""
    if not reason.strip():
        text = _("请写一句为什么不开了，来的人会看到。")
        raise ActionError("no-reason", text, field="reason", status=422)
    with write():
        meeting = held_by(actor, number, "announced")
        meeting.state, meeting.cancel_reason = "cancelled", reason.strip()[:REASON_LENGTH]
        meeting.save(update_fields=["state", "cancel_reason"])
        line("councils.meeting.cancelled", actor, meeting)
    return meeting


def discard_meeting(*, actor: Actor, number: str) -> None:
    """Delete a draft that nobody was told of. Items that came from elsewhere are open there again. Who:
    councils.meeting:manage. Raises not-now."""
    with write():
        meeting = held_by(actor, number, "draft")
        line("councils.meeting.discarded", actor, meeting)
        _drop(Meeting.objects.filter(pk=meeting.pk))


def _drop(drafts: QuerySet[Meeting]) -> None:
    """Delete drafts: what came from another meeting is open there again, what people proposed waits again."""
    AgendaItem.objects.filter(moved_to__meeting__in=drafts).update(decision="put_off")
    taken = AgendaProposal.objects.filter(item__meeting__in=drafts)
    taken.update(state="waiting", item=None, decided_at=None)
    drafts.delete()


def open_door(*, actor: Actor, number: str) -> Meeting:
    """Begin to note who comes. Who: councils.meeting:manage. Raises not-now, too-early (two hours before)."""
    with write():
        meeting = held_by(actor, number, "announced")
        if meeting.begins_at and now() < meeting.begins_at - timedelta(hours=2):
            raise ActionError("too-early", _("还太早。会前两小时起可以签到。"))
        if not meeting.opened_at:
            meeting.opened_at = now()
            meeting.save(update_fields=["opened_at"])
            line("councils.meeting.opened", actor, meeting)
    return meeting


def close_meeting(*, actor: Actor, number: str) -> Meeting:
    """The meeting is over: who came is counted, nobody signs in any more.

    Who: councils.meeting:manage. Raises not-now, not-begun.
    """
    with write():
        meeting = held_by(actor, number, "announced")
        if not meeting.opened_at:
            raise ActionError("not-begun", _("还没有开始签到。"))
        meeting.state, meeting.held_at = "held", now()
        figures = queries.figures_of(meeting)
        meeting.quorum = hands.quorum_of(meeting, figures).as_json()
        meeting.save(update_fields=["state", "held_at", "quorum"])
        line("councils.meeting.held", actor, meeting, present=figures.present, due=figures.due)
    return meeting


def withdraw_step(actor: Actor, step: Step, reason: str) -> None:
    """What a step leaves behind when it ends or its topic stops: drafts go, announced meetings are called
    off. No permission. That a meeting does not take place has a line of its own, for by it those who were to
    come are told."""
    mine = Meeting.objects.filter(step=step)
    for meeting in mine.select_for_update().filter(state="announced", opened_at=None):
        meeting.state, meeting.cancel_reason = "cancelled", reason[:REASON_LENGTH]
        meeting.save(update_fields=["state", "cancel_reason"])
        line("councils.meeting.cancelled", actor, meeting)
    _drop(mine.filter(state="draft"))
