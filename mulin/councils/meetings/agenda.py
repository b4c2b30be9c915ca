"""The agenda: items, their order, what people propose, and moving an item from one meeting to another."""

from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from mulin.councils.meetings import queries, states
from mulin.councils.meetings.actions import (
    REASON_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
    held_by,
    line,
    make,
    must_be,
)
from mulin.councils.meetings.catalogue import type_of
from mulin.councils.meetings.models import AgendaItem, AgendaProposal, Meeting
from mulin.councils.topics.models import Topic
from mulin.kernel import codes, journal
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.policy import Fields, Target, require, visible
from mulin.voices.models import Matter

OPEN = ("draft", "announced")


def _words(title: str, text: str, kind: str = "hear") -> tuple[str, str]:
    title, text = title.strip(), text.strip()
    if not title or len(title) > TITLE_LENGTH:
        raise ActionError("no-title", _("请写议什么，最多80个字。"), field="title", status=422)
    if len(text) > TEXT_LENGTH:
        raise ActionError("text-too-long", _("说明最多2000个字。"), field="text", status=422)
    if kind not in states.ITEM_KINDS:
        raise ActionError("bad-kind", _("请选要不要作决定。"), field="kind", status=422)
    return title, text


def put(
    meeting: Meeting,
    title: str,
    text: str = "",
    *,
    kind: str = "hear",
    topic: Topic | None = None,
    matter: Matter | None = None,
    after: AgendaItem | None = None,
) -> AgendaItem:
    """Add an item at the end. What comes after the notice was not announced."""
    last = meeting.items.aggregate(last=Max("position"))["last"] or 0
    more = {"moved_from": after, "story": after.story} if after else {}
    return AgendaItem.objects.create(
        meeting=meeting, position=last + 1, title=title, text=text, kind=kind, topic=topic, matter=matter,
        **more,
    )  # fmt: skip


def add_item(
    *, actor: Actor, number: str, title: str, text: str = "", kind: str = "hear", topic: str = "",
    matter: str = "",
) -> AgendaItem:  # fmt: skip
    """Put something on the agenda; `topic` and `matter` are the numbers of what it is about, if anything.

    Until the meeting begins, or while it runs; after the notice it counts as not announced. Who:
    councils.meeting:manage. Raises not-now, no-title, text-too-long, no-topic, no-matter.
    """
    title, text = _words(title, text, kind)
    with write():
        meeting = held_by(actor, number, *OPEN)
        found_topic, found_matter = _topic(meeting, topic), _matter(meeting, matter)
        if found_matter is None and found_topic is not None:
            found_matter = found_topic.matter
        item = put(meeting, title, text, kind=kind, topic=found_topic, matter=found_matter)
        line("councils.agenda.added", actor, meeting, n=item.position)
    return item


def _topic(meeting: Meeting, number: str) -> Topic | None:
    if not number:
        return None
    found = Topic.objects.filter(number=number, state="running").first()
    if found is None or found.place[:9] != meeting.place[:9]:
        raise ActionError("no-topic", _("没有找到这个在办的议题，请核对编号。"), field="topic", status=422)
    return found


def _matter(meeting: Meeting, number: str) -> Matter | None:
    """Only what is public: an agenda is read by everybody."""
    if not number:
        return None
    found = Matter.objects.filter(number=number, publication="shown", restriction="").first()
    if found is None or found.place[:9] != meeting.place[:9]:
        text = _("没有找到这件已公开的事。没有公开的事不能写上议程。")
        raise ActionError("no-matter", text, field="matter", status=422)
    return found


def edit_item(
    *, actor: Actor, number: str, item: UUID, title: str, text: str = "", kind: str = "hear"
) -> AgendaItem:
    """Change an item of a draft. What was announced stays as it was announced; an item that came after the
    notice may still be changed. Who: councils.meeting:manage. Raises not-now, announced, no-title."""
    title, text = _words(title, text, kind)
    with write():
        meeting = held_by(actor, number, *OPEN)
        found = queries.get_item(meeting, item, lock=True)
        _not_announced(found)
        found.title, found.text, found.kind = title, text, kind
        found.save(update_fields=["title", "text", "kind"])
        line("councils.agenda.edited", actor, meeting, n=found.position)
    return found


def _not_announced(item: AgendaItem) -> None:
    if item.is_announced:
        text = _("这一项已经通知出去，不能再改。可以不议，或者转到别的会。")
        raise ActionError("announced", text)


def order_item(*, actor: Actor, number: str, item: UUID, step: str) -> None:
    """One place up or down. Who: councils.meeting:manage. Raises not-now."""
    with write():
        meeting = held_by(actor, number, *OPEN)
        rows = list(meeting.items.select_for_update().order_by("position", "id"))
        place = next((n for n, one in enumerate(rows) if str(one.pk) == str(item)), None)
        if place is None:
            raise NotVisible(str(item))
        other = place + (-1 if step == "up" else 1)
        if 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
            for n, one in enumerate(rows, 1):
                one.position = n
            AgendaItem.objects.bulk_update(rows, ["position"])
        line("councils.agenda.ordered", actor, meeting)


def remove_item(*, actor: Actor, number: str, item: UUID) -> None:
    """Take an item off that was not announced. Where it came from another meeting, it is open there again.
    Who: councils.meeting:manage. Raises not-now, announced."""
    with write():
        meeting = held_by(actor, number, *OPEN)
        found = queries.get_item(meeting, item, lock=True)
        _not_announced(found)
        if found.moved_from_id:
            AgendaItem.objects.filter(pk=found.moved_from_id).update(decision="put_off")
        found.proposals.update(state="waiting", item=None)
        found.delete()
        for n, one in enumerate(meeting.items.order_by("position", "id"), 1):
            AgendaItem.objects.filter(pk=one.pk).update(position=n)
        line("councils.agenda.removed", actor, meeting)


def move_item(
    *, actor: Actor, number: str, item: UUID, into: str = "", type: str = "", why: str = ""
) -> AgendaItem:
    """Hand an item on to another meeting: one of its linked types, or the next one of its own.

    `into`: the number of a coming meeting there; else a new draft of `type` is made. The item keeps its
    history; here it ends as moved. Who: councils.meeting:manage of both. Raises not-now, not-linked, decided.
    """
    with write():
        meeting = held_by(actor, number, *OPEN, "held")
        found = queries.get_item(meeting, item, lock=True)
        if found.decision in (*states.DECIDED, "moved"):
            raise ActionError("decided", _("这一项已经有了结果，不用再转。"))
        allowed = (*type_of(meeting.type).linked, meeting.type)
        if into:
            target = held_by(actor, into, *OPEN)
            type = target.type
            if target.place != meeting.place or target.pk == meeting.pk:
                raise ActionError("not-linked", _("只能转到本社区的别的会。"), field="into", status=422)
        if type not in allowed:
            raise ActionError("not-linked", _("这两种会之间不能转议题。"), field="into", status=422)
        if not into:
            target = make(type, meeting.place, site=meeting.site, org=meeting.org_id)
        made = put(
            target, found.title, found.text, kind=found.kind, topic=found.topic, matter=found.matter,
            after=found,
        )  # fmt: skip
        found.decision, found.resolution = "moved", why.strip()[:TEXT_LENGTH]
        found.decided_at = now()
        found.save(update_fields=["decision", "resolution", "decided_at"])
        matter = found.topic.thread if found.topic else meeting.thread
        journal.record(
            "councils.agenda.moved", actor=actor, place=meeting.place, subject=meeting.pk, matter=matter,
            org=meeting.org_id,
            data={"number": meeting.number, "type": meeting.type, "to": target.type, "into": target.number},
        )  # fmt: skip
    return made


# What people propose ------------------------------------------------------------------------------------


def propose(*, actor: Actor, place: str, title: str, text: str = "", meeting: str = "") -> AgendaProposal:
    """Ask for something to be put on an agenda. Shown to nobody until somebody who holds meetings took it.

    Who: everybody (councils.meeting:propose); who is signed in hears what became of it. Raises no-place,
    no-title, text-too-long, not-now (the meeting is over).
    """
    title, text = _words(title, text)
    if not codes.is_valid(place) or codes.level(place) < codes.Level.STREET:
        raise ActionError("no-place", _("请选一个社区或街道。"), field="place", status=422)
    require(actor, queries.PROPOSE, place)
    with write():
        found = None
        if meeting:
            found = queries.get_public(meeting)
            must_be(found, "announced")
            place = found.place
        made = AgendaProposal.objects.create(
            place=place, meeting=found, title=title, text=text, account_id=actor.account
        )
        data = {"number": found.number if found else ""}
        journal.record("councils.agenda.proposed", actor=actor, place=place, subject=made.pk, data=data)
    return made


def decide_proposal(
    *, actor: Actor, proposal: UUID, into: str = "", reason: str = "", title: str = "", text: str = ""
) -> AgendaProposal:
    """Take a proposal into a coming meeting (`into`), in words that everybody may read, or say why not.

    Who: councils.meeting:manage. Raises no-reason, not-now, no-title, and decided when somebody was faster.
    """
    with write():
        mine = visible(actor, queries.MANAGE, Fields(place="place", orgs="meeting__org_id"))
        found = (
            AgendaProposal.objects.filter(mine).select_for_update(of=("self",)).filter(pk=proposal).first()
        )
        if found is None:
            raise NotVisible(str(proposal))
        if found.state != "waiting":
            raise ActionError("decided", _("已经有人处理过这一条了。"))
        if into:
            meeting = held_by(actor, into, *OPEN)
            if meeting.place != found.place:
                text_ = _("请选同一个社区的会。")
                raise ActionError("no-meeting", text_, field="into", status=422)
            words = _words(title or found.title, text)
            found.item, found.meeting, found.state = put(meeting, *words), meeting, "taken"
            number = meeting.number
        else:
            org = found.meeting.org_id if found.meeting else None
            require(actor, queries.MANAGE, Target(found.place, orgs=frozenset({org} if org else ())))
            if not reason.strip():
                raise ActionError("no-reason", _("请写一句为什么不列入。"), field="reason", status=422)
            found.state, found.reason = "declined", reason.strip()[:REASON_LENGTH]
            number = found.meeting.number if found.meeting else ""
        found.decided_at = now()
        found.save()
        journal.record(
            f"councils.agenda.{found.state}", actor=actor, place=found.place, subject=found.pk,
            data={"number": number},
        )  # fmt: skip
    return found
