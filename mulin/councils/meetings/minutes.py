"""Minutes: what was said and decided, by how many hands, what is to be done; confirming and publishing."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.councils.meetings import hands, queries, states
from mulin.councils.meetings.actions import TEXT_LENGTH, held_by, line
from mulin.councils.meetings.catalogue import type_of
from mulin.councils.meetings.models import AgendaItem, Meeting, MeetingAction
from mulin.kernel import codes, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.models import ThreadLink
from mulin.kernel.policy import require
from mulin.voices.actions import submit_voice

WORDS_LENGTH = 8000
WRITING = ("announced", "held")
ITEM_WORDS = ("discussion", "minority")


def save_minutes(
    *, actor: Actor, number: str, words: Mapping[str, str], items: Mapping[str, Mapping[str, str]],
    kept: bool = False,
) -> Meeting:  # fmt: skip
    """Keep what was typed so far. `words`: the type's own fields; `items`: item id -> discussion, minority.

    While somebody types it is kept every few seconds and leaves no line; with `kept` (the button) it leaves
    one. Who: councils.meeting:manage. Raises not-now, not-begun, text-too-long.
    """
    with write():
        meeting = _writing(actor, number)
        known = {one.key for one in type_of(meeting.type).fields}
        given = {key: text.strip() for key, text in words.items() if key in known}
        changed: list[AgendaItem] = []
        rows = {str(one.pk): one for one in meeting.items.select_for_update()}
        for key, texts in items.items():
            if (found := rows.get(key)) is None:
                continue
            for name in ITEM_WORDS:
                if name in texts:
                    setattr(found, name, texts[name].strip())
            changed.append(found)
        all_words = [*given.values(), *(getattr(one, name) for one in changed for name in ITEM_WORDS)]
        if any(len(text) > WORDS_LENGTH for text in all_words):
            raise ActionError("text-too-long", _("每一格最多8000个字。"), status=422)
        meeting.words = {**meeting.words, **given}
        meeting.save(update_fields=["words"])
        AgendaItem.objects.bulk_update(changed, ITEM_WORDS)
        if kept:
            line("councils.meeting.minutes_saved", actor, meeting)
    return meeting


def _writing(actor: Actor, number: str) -> Meeting:
    meeting = held_by(actor, number, *WRITING)
    if not meeting.opened_at:
        raise ActionError("not-begun", _("会还没有开始。"))
    return meeting


def decide_item(
    *,
    actor: Actor,
    number: str,
    item: UUID,
    decision: str,
    resolution: str = "",
    votes_for: int | None = None,
    votes_against: int | None = None,
    votes_abstain: int | None = None,
) -> AgendaItem:
    """What came of an item. Where hands decide, adopted and rejected follow from the numbers and the rule of
    the place: `decision` "hands"; where people agree by talking, whoever writes says which.

    An unset rule keeps the numbers and decides nothing yet. Who: councils.meeting:manage. Raises not-now,
    not-begun, too-early, bad-decision, not-announced, by-vote, bad-count, no-quorum, no-resolution.
    """
    resolution = resolution.strip()
    if len(resolution) > TEXT_LENGTH:
        raise ActionError("text-too-long", _("决定最多2000个字。"), field="resolution", status=422)
    with write():
        meeting = _writing(actor, number)
        found = queries.get_item(meeting, item, lock=True)
        if found.decision == "moved":
            raise ActionError("decided", _("这一项已经转到别的会了。"))
        votes = (votes_for, votes_against, votes_abstain)
        found.resolution, found.decided_at = resolution, now()
        if decision in ("put_off", "heard"):
            found.decision, found.count = decision, {}
            found.votes_for = found.votes_against = found.votes_abstain = None
        else:
            _check_may_decide(meeting, found, decision)
            _take(meeting, found, decision, votes)
        found.save()
        line("councils.agenda.decided", actor, meeting, n=found.position, decision=found.decision)
    return found


def _check_may_decide(meeting: Meeting, item: AgendaItem, decision: str) -> None:
    kind = type_of(meeting.type)
    if kind.decides == "vote":
        text = _("这种会不举手表决。请另发起一次表决，按名册计票；这里写“已讨论”。")
        raise ActionError("by-vote", text, field="decision")
    allowed = ("hands",) if kind.decides == "hands" else states.DECIDED
    if decision not in allowed:
        raise ActionError("bad-decision", _("请选这一项的结果。"), field="decision", status=422)
    if meeting.begins_at and now() < meeting.begins_at:
        text = _("还没有到通知的开会时间，先来的人不能先作决定。")
        raise ActionError("too-early", text, field="decision")
    if not hands.may_decide(meeting, item):
        text = _("这一项没有写进通知，没来的人不知道，只能讨论，不能作决定。可以转到下一次会，先通知再定。")
        raise ActionError("not-announced", text, field="decision")
    if not item.resolution:
        text = _("请写明决定了什么，一两句话。")
        raise ActionError("no-resolution", text, field="resolution", status=422)


def _take(meeting: Meeting, item: AgendaItem, decision: str, votes: tuple[int | None, ...]) -> None:
    """Numbers on record, and what follows from them."""
    figures = queries.figures_of(meeting)
    numbers = [one or 0 for one in votes]
    is_counted = any(one is not None for one in votes)
    if is_counted and (min(numbers) < 0 or (figures.present and sum(numbers) > figures.present)):
        text = _("票数加起来不能多过到场的 %(n)s 人，请核对。") % {"n": figures.present}
        raise ActionError("bad-count", text, field="votes_for", status=422)
    item.votes_for, item.votes_against, item.votes_abstain = numbers if is_counted else (None, None, None)
    if decision != "hands":
        item.decision, item.count = decision, {}
        return
    if not figures.due:
        text = _("还不知道应到多少人。请先在签到页列出名单，或填应到人数。")
        raise ActionError("no-list", text, field="votes_for")
    if not is_counted or not sum(numbers):
        raise ActionError("bad-count", _("请填举手的人数。"), field="votes_for", status=422)
    _count(meeting, item)


def _count(meeting: Meeting, item: AgendaItem) -> None:
    """The decision that the numbers of an item give by today's rules; none while one is unset."""
    figures = queries.figures_of(meeting)
    numbers = (item.votes_for or 0, item.votes_against or 0, item.votes_abstain or 0)
    result = hands.count(meeting, figures, *numbers)
    if result.status == "no_quorum":
        text = _("到的人不够，不能作决定。可以讨论，下次再定；人到齐了再来填。")
        raise ActionError("no-quorum", text, field="votes_for")
    item.count = {**result.as_json(), "gaps": hands.gaps_of(result)}
    item.decision = {"passed": "adopted", "rejected": "rejected"}.get(result.status, "")


def add_action(
    *, actor: Actor, number: str, text: str, who: str, due_on: date | None = None, item: str = ""
) -> MeetingAction:
    """Note what is to be done, by which unit or person, until when. Who: councils.meeting:manage. Raises
    not-now, not-begun, no-text, no-one."""
    text, who = text.strip(), who.strip()
    if not text or len(text) > 200:
        raise ActionError("no-text", _("请写要做什么，最多200个字。"), field="text", status=422)
    if not who or len(who) > 80:
        raise ActionError("no-one", _("请写由谁负责。"), field="who", status=422)
    with write():
        meeting = held_by(actor, number, "announced", "held", "minuted", "published")
        if not meeting.opened_at:
            raise ActionError("not-begun", _("会还没有开始。"))
        found = queries.get_item(meeting, item) if item else None
        made = MeetingAction.objects.create(meeting=meeting, item=found, text=text, who=who, due_on=due_on)
        line("councils.meeting.action_added", actor, meeting)
    return made


def end_action(*, actor: Actor, number: str, action: UUID, state: str, note: str) -> MeetingAction:
    """Say what became of an action: done, or dropped; both with a sentence that everybody may read.

    Who: councils.meeting:manage. Raises not-now, ended, no-note.
    """
    if state not in ("done", "dropped"):
        raise ActionError("bad-state", _("请选办好了还是不办了。"), field="state", status=422)
    if not note.strip():
        text = _("请写一句结果：怎么办好的，或者为什么不办了。")
        raise ActionError("no-note", text, field="note", status=422)
    with write():
        meeting = held_by(actor, number, "announced", "held", "minuted", "published")
        found = _open_action(meeting, action)
        found.state, found.note, found.ended_at = state, note.strip()[:300], now()
        found.save(update_fields=["state", "note", "ended_at"])
        line("councils.meeting.action_ended", actor, meeting, state=state)
    return found


def _open_action(meeting: Meeting, action: UUID) -> MeetingAction:
    found = queries.get_action(meeting, action)
    if found.state != "open":
        raise ActionError("ended", _("这件事已经有结果了。"))
    return found


def hand_on_action(*, actor: Actor, number: str, action: UUID) -> MeetingAction:
    """Make an action a voice: it opens a matter with its clocks, is dispatched and answered like any other,
    and the meeting's page shows what becomes of it.

    Who: councils.meeting:manage and voices.voice:submit_for. The voice's own line tells it. Raises not-now,
    ended, no-community, and what submit_voice raises.
    """
    with write():
        meeting = held_by(actor, number, "held", "minuted", "published")
        found = _open_action(meeting, action)
        if codes.level(meeting.place) < codes.Level.COMMUNITY:
            raise ActionError("no-community", _("街道的会定的事，请在所在社区登记。"))
        text = _("%(type)s（%(number)s）定下的事：%(text)s。负责：%(who)s。") % {
            "type": type_of(meeting.type).title, "number": meeting.number, "text": found.text,
            "who": found.who,
        }  # fmt: skip
        receipt = submit_voice(
            actor=actor, text=text, place=meeting.place, kind="suggestion", channel="courtyard",
            entered_for=True, idempotency=f"meeting-action:{found.pk}",
        )  # fmt: skip
        found.voice, found.state, found.ended_at = receipt.voice, "handed", now()
        found.save(update_fields=["voice", "state", "ended_at"])
        ThreadLink.objects.get_or_create(
            child=receipt.voice.matter_id, parent=meeting.pk,
            defaults={"child_kind": "voices.matter", "parent_kind": "councils.meeting"},
        )  # fmt: skip
    return found


def _require_certify(actor: Actor, meeting: Meeting) -> None:
    need = queries.CERTIFY if type_of(meeting.type).solemn else queries.MANAGE
    require(actor, need, queries.target_of(meeting))


def confirm_minutes(*, actor: Actor, number: str) -> Meeting:
    """The minutes are right and no longer change. Hands are counted once more by the rules of the day; what
    is unset refuses and says which rule has to be filled in.

    Who: councils.meeting:certify for the solemn types, else councils.meeting:manage. Raises not-now,
    open-items, rule-unset.
    """
    with write():
        meeting = held_by(actor, number, "held")
        _require_certify(actor, meeting)
        rows = list(meeting.items.select_for_update().order_by("position"))
        for item in rows:
            if item.votes_for is not None and type_of(meeting.type).decides == "hands":
                _certify(meeting, item)
        if left := [item.position for item in rows if not item.decision]:
            text = _("第 %(n)s 项还没有写结果。") % {"n": "、".join(map(str, left))}
            raise ActionError("open-items", text)
        if any(item.decision in states.DECIDED for item in rows):
            quorum = hands.quorum_of(meeting, queries.figures_of(meeting))
            if quorum.gap:
                _refuse_unset(meeting, [quorum.gap])
            if not quorum.is_met:
                raise ActionError(
                    "no-quorum", _("到的人不够，会上作的决定不能认定。请把这些项改成“下次再议”。")
                )
            meeting.quorum = quorum.as_json()
        meeting.state, meeting.confirmed_at = "minuted", now()
        meeting.save(update_fields=["state", "confirmed_at", "quorum"])
        n = sum(item.decision in states.DECIDED for item in rows)
        line("councils.meeting.confirmed", actor, meeting, n=n)
    return meeting


def _certify(meeting: Meeting, item: AgendaItem) -> None:
    _count(meeting, item)
    if gaps := item.count["gaps"]:
        _refuse_unset(meeting, gaps)
    item.save(update_fields=["decision", "count"])


def _refuse_unset(meeting: Meeting, gaps: list[str]) -> None:
    body = type_of(meeting.type).body
    found = rulebook.book().explain(
        gaps[0], meeting.place, hands.day_of(meeting), body=body, matter="meeting"
    )
    note = found[0].note if found else ""
    text = _(
        "规则“%(rule)s”（%(body)s）还没有填，票数留着，但不能认定。%(note)s 请管理员在“规则”里填好再确认。"
    )
    words = {"rule": "、".join(gaps), "body": body, "note": note}
    raise ActionError("rule-unset", text % words)


def reopen_minutes(*, actor: Actor, number: str) -> Meeting:
    """Correct confirmed minutes before they are published. Who: as for confirming. Raises not-now."""
    with write():
        meeting = held_by(actor, number, "minuted")
        _require_certify(actor, meeting)
        meeting.state, meeting.confirmed_at = "held", None
        meeting.save(update_fields=["state", "confirmed_at"])
        line("councils.meeting.reopened", actor, meeting)
    return meeting


def publish_minutes(*, actor: Actor, number: str) -> Meeting:
    """Everybody may read the minutes; who should have come and who asked for an item are told.

    Who: as for confirming. Raises not-now.
    """
    with write():
        meeting = held_by(actor, number, "minuted")
        _require_certify(actor, meeting)
        meeting.state, meeting.published_at = "published", now()
        meeting.save(update_fields=["state", "published_at"])
        counted: dict[str, Any] = {"n": meeting.items.filter(decision__in=states.DECIDED).count()}
        line("councils.meeting.published", actor, meeting, **counted)
    return meeting
