"""Writing a proposal, sending it up, and what each level does with it."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.councils.topics.models import Topic
from mulin.councils.upward import queries, states, timing
from mulin.councils.upward.models import Hop, Proposal
from mulin.councils.upward.queries import ANSWER, SEND
from mulin.kernel import codes, journal, policy
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotAllowed
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import Target, require
from mulin.people.models import Organisation
from mulin.voices.models import Matter, Need
from mulin.voices.needs.actions import move_up
from mulin.voices.needs.wording import public_words

TITLE_LENGTH, TEXT_LENGTH, ANSWER_LENGTH = 80, 2000, 2000
LEAST_ANSWER, LEAST_RETURN = 20, 8
# What a unit that only studies it does not decide.
LEADS = frozenset({"study", "send_up", "return"})


def draft_proposal(
    *, actor: Actor, place: str, title: str, text: str = "", request: str = "", org: UUID | None = None,
    topic: Topic | None = None, need: Need | None = None, matter: Matter | None = None,
) -> Proposal:  # fmt: skip
    """A proposal of a community or of one of its groups, not sent yet. What it grew out of was found by the
    caller among what the actor may read.

    Who: councils.proposal:send there, a group's leader for their own group. Raises no-place, elsewhere,
    restricted, no-group, no-title, text-too-long, personal-data.
    """
    if codes.level(place) != codes.Level.COMMUNITY or "-" in place:
        raise ActionError("no-place", _("请选一个社区。"), field="place", status=422)
    require(actor, SEND, Target(place, orgs=frozenset({org} if org else ())))
    source = topic or need or matter
    if source is not None and codes.community(source.place) != place:
        raise ActionError("elsewhere", _("这件事在别的社区，请由那里报上去。"), field="place")
    if matter is not None and (matter.restriction or matter.kind == "tip_off"):
        raise ActionError("restricted", _("举报和大事要保密，不能写成公开的建议。"))
    with write():
        proposal = Proposal(
            number=new_number(), place=place, org=_group(place, org), topic=topic, need=need, matter=matter
        )
        _describe(proposal, title, text, request)
        proposal.save()
        _line("councils.proposal.drafted", actor, proposal)
    return proposal


def _group(place: str, org: UUID | None) -> Organisation | None:
    if org is None:
        return None
    group = Organisation.objects.filter(pk=org, kind__in=Organisation.GROUPS, closed_on=None).first()
    if group is None or codes.community(group.place) != place:
        raise ActionError("no-group", _("请选本社区的一个小组。"), field="org", status=422)
    return group


def _describe(proposal: Proposal, title: str, text: str, request: str) -> None:
    proposal.title = public_words(title, "title", TITLE_LENGTH)
    if not proposal.title:
        raise ActionError("no-title", _("请用一句话写清建议什么。"), field="title", status=422)
    proposal.text = public_words(text, "text", TEXT_LENGTH)
    proposal.request = public_words(request, "request", TEXT_LENGTH)


def _line(code: str, actor: Actor, proposal: Proposal, hop: Hop | None = None, **data: Any) -> None:
    facts = {"number": proposal.number, **data}
    if hop is not None:
        facts |= {"level": hop.level, "hop": str(hop.pk), "position": hop.position}
    journal.record(
        code, actor=actor, place=proposal.place, subject=proposal.pk, matter=proposal.thread,
        org=hop.org_id if hop else proposal.org_id, data=facts,
    )  # fmt: skip


def _own(actor: Actor, number: str, *allowed: str) -> Proposal:
    """A proposal, locked, for who makes it."""
    proposal = queries.get_proposal(actor, number, lock=True)
    require(actor, SEND, queries.target_of(proposal))
    if proposal.state not in allowed:
        word = states.STATE_WORDS[proposal.state]
        raise ActionError("not-now", _("这条建议现在是“%(state)s”，不能这样做。") % {"state": word})
    return proposal


def edit_proposal(*, actor: Actor, number: str, title: str, text: str = "", request: str = "") -> Proposal:
    """Change the words of a draft, or of what was sent back to be completed. Who: councils.proposal:send.
    Raises not-now, no-title, text-too-long, personal-data."""
    with write():
        proposal = _own(actor, number, "draft", "returned")
        _describe(proposal, title, text, request)
        proposal.save(update_fields=["title", "text", "request"])
        _line("councils.proposal.edited", actor, proposal)
    return proposal


def discard_proposal(*, actor: Actor, number: str) -> None:
    """Drop a draft that was never sent. Who: councils.proposal:send. Raises not-now."""
    with write():
        proposal = _own(actor, number, "draft")
        _line("councils.proposal.discarded", actor, proposal)
        proposal.delete()


def send_proposal(*, actor: Actor, number: str, note: str = "") -> Proposal:
    """Send it to the next level; everybody can read it from then on.

    The first time to the nearest level; after a return to the level that sent it back; after an answer, with
    a `note` that says why, to the level above. A need that it grew out of is marked as moved up. Who:
    councils.proposal:send. Raises not-now, incomplete, no-note, no-level, rule-unset.
    """
    note = public_words(note, "note", TEXT_LENGTH)
    with write():
        proposal = _own(actor, number, "draft", "returned", "answered")
        if not proposal.text or not proposal.request:
            said = _("请先写清情况和请求：上级要凭这些研究。")
            raise ActionError("incomplete", said, field="text", status=422)
        if proposal.state != "draft" and not note:
            said = _("请写明补充了什么，或者为什么还要往上报。")
            raise ActionError("no-note", said, field="note", status=422)
        hop = _next_hop(proposal, note)
        proposal.state, proposal.sent_at = "up", proposal.sent_at or now()
        proposal.save(update_fields=["state", "sent_at"])
        if proposal.need:
            need = Need.objects.select_for_update().get(pk=proposal.need_id)
            move_up(need, _("已经作为建议向上反映：%(title)s") % {"title": proposal.title})
        _line("councils.proposal.sent", actor, proposal, hop)
    return proposal


def _next_hop(proposal: Proposal, note: str) -> Hop:
    level = queries.next_level(proposal)
    if level is None:
        raise ActionError("no-level", _("已经到了最高一级，不能再往上报。"))
    last = queries.last_hop(proposal)
    return _hop(proposal, level, (last.position + 1) if last else 1, note)


def _hop(proposal: Proposal, level: tuple[str, str], position: int, note: str) -> Hop:
    hop = Hop(proposal=proposal, level=level[0], place=level[1], position=position, note=note)
    timing.start(hop, "councils.upward.receive")
    hop.save()
    return hop


def withdraw_proposal(*, actor: Actor, number: str, reason: str) -> Proposal:
    """Take it back from above: everybody reads why. Who: councils.proposal:send. Raises not-now, no-words."""
    reason = _needed(reason, "reason")
    with write():
        proposal = _own(actor, number, "up", "returned")
        hop = queries.last_hop(proposal)
        if hop and hop.ended_at is None:
            hop.state, hop.ended_at = "withdrawn", now()
            hop.save(update_fields=["state", "ended_at"])
        proposal.state, proposal.result, proposal.ended_at = "withdrawn", reason, now()
        proposal.save(update_fields=["state", "result", "ended_at"])
        _line("councils.proposal.withdrawn", actor, proposal)
    return proposal


def end_proposal(*, actor: Actor, number: str, result: str) -> Proposal:
    """Say what came of it, for everybody. Who: councils.proposal:send. Raises not-now, no-words."""
    result = _needed(result, "result")
    with write():
        proposal = _own(actor, number, "answered")
        proposal.state, proposal.result, proposal.ended_at = "done", result, now()
        proposal.save(update_fields=["state", "result", "ended_at"])
        _line("councils.proposal.ended", actor, proposal)
    return proposal


def _needed(words: str, field: str, least: int = 1) -> str:
    words = public_words(words, field, ANSWER_LENGTH, doors=True)
    if not words:
        raise ActionError("no-words", _("请写几句给大家看。"), field=field, status=422)
    if len(words) < least:
        said = _("答复要讲清道理，请至少写 %(n)s 个字。") % {"n": least}
        raise ActionError("too-short", said, field=field, status=422)
    return words


# What a level does -----------------------------------------------------------------------------------


def may_answer(actor: Actor, hop: Hop) -> bool:
    """Whether the actor answers at this level: at exactly its division, or in the unit that was given it. Who
    works above does not speak for those below."""
    if not policy.can(actor, ANSWER, queries.target_of_hop(hop)):
        return False
    here = any(post.place == hop.place for post in actor.posts)
    return actor.is_system or here or (hop.org_id is not None and hop.org_id in actor.orgs)


def leads(actor: Actor, hop: Hop) -> bool:
    """Whether the actor speaks for the level itself, not only for a unit that studies it."""
    here = actor.is_system or any(post.place == hop.place for post in actor.posts)
    return here and policy.can(actor, ANSWER, Target(hop.place))


def require_level(actor: Actor, hop: Hop | None, move: str) -> Hop:
    """The hop, for who may do this at it; NotAllowed (403) for everybody else."""
    if hop is None or not may_answer(actor, hop):
        raise NotAllowed("not-your-level", _("这条建议不在您这一级。请联系收到它的单位。"))
    if move in LEADS and not leads(actor, hop):
        raise NotAllowed("not-your-level", _("转给谁、报给谁，由这一级的负责人定。您可以写答复。"))
    return hop


def _at_level(actor: Actor, number: str, move: str) -> tuple[Proposal, Hop]:
    proposal = queries.get_proposal(actor, number, lock=True)
    hop = require_level(actor, queries.last_hop(proposal), move)
    if proposal.state != "up" or move not in states.HOP_MOVES.get(hop.state, ()):
        word = states.HOP_WORDS[hop.state]
        raise ActionError("not-now", _("这条建议在您这一级已经是“%(state)s”。") % {"state": word})
    return proposal, hop


def receive_proposal(*, actor: Actor, number: str) -> Proposal:
    """Say that it came; the time to answer begins. Who: councils.proposal:answer at that level. Raises
    not-now, NotAllowed."""
    with write():
        proposal, hop = _at_level(actor, number, "receive")
        hop.state = "received"
        _received(hop)
        hop.save()
        _line("councils.proposal.received", actor, proposal, hop)
    return proposal


def _received(hop: Hop) -> None:
    if hop.received_at is None:
        hop.received_at = now()
        timing.start(hop, "councils.upward.answer")


def study_proposal(*, actor: Actor, number: str, org: UUID | None = None) -> Proposal:
    """Say that it is being studied, by a unit of the level or by the level itself. The time runs on. Who:
    councils.proposal:answer at that level, not a unit that was given it. Raises not-now, no-unit."""
    with write():
        proposal, hop = _at_level(actor, number, "study")
        unit = next((one for one in queries.units_at(hop) if one.pk == org), None)
        if org and unit is None:
            raise ActionError("no-unit", _("请选这一级的一个单位。"), field="org", status=422)
        hop.state, hop.org = "in_study", unit
        _received(hop)
        hop.save()
        _line("councils.proposal.in_study", actor, proposal, hop)
    return proposal


def answer_proposal(*, actor: Actor, number: str, decision: str, answer: str) -> Proposal:
    """The reasoned answer of a level, read by everybody. Who: councils.proposal:answer at that level or in
    the unit that was given it. Raises not-now, not-offered, no-words, too-short, personal-data."""
    answer = _needed(answer, "answer", LEAST_ANSWER)
    if decision not in states.DECISION_WORDS:
        raise ActionError("not-offered", _("请选一种答复。"), field="decision", status=422)
    with write():
        proposal, hop = _at_level(actor, number, "answer")
        hop.decision = decision
        _end(hop, "answered", answer)
        proposal.state = "answered"
        proposal.save(update_fields=["state"])
        _line("councils.proposal.answered", actor, proposal, hop, decision=decision)
    return proposal


def _end(hop: Hop, state: str, words: str) -> None:
    hop.received_at = hop.received_at or now()
    hop.state, hop.answer, hop.ended_at = state, words, now()
    hop.save()


def pass_proposal_up(*, actor: Actor, number: str, answer: str) -> Proposal:
    """A level cannot decide it alone and hands it to the one above, with what it thinks of it. Who:
    councils.proposal:answer at that level. Raises not-now, no-level, no-words, too-short."""
    answer = _needed(answer, "answer", LEAST_ANSWER)
    with write():
        proposal, hop = _at_level(actor, number, "send_up")
        level = queries.next_level(proposal)
        if level is None:
            raise ActionError("no-level", _("已经到了最高一级，请直接答复。"))
        _end(hop, "sent_up", answer)
        _hop(proposal, level, hop.position + 1, "")
        _line("councils.proposal.sent_up", actor, proposal, hop, to=level[0])
    return proposal


def return_proposal(*, actor: Actor, number: str, answer: str) -> Proposal:
    """Send it back to the community to be completed: what is missing. Who: councils.proposal:answer at that
    level. Raises not-now, no-words, too-short."""
    answer = _needed(answer, "answer", LEAST_RETURN)
    with write():
        proposal, hop = _at_level(actor, number, "return")
        _end(hop, "returned", answer)
        proposal.state = "returned"
        proposal.save(update_fields=["state"])
        _line("councils.proposal.returned", actor, proposal, hop)
    return proposal
