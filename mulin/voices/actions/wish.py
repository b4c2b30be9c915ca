"""Wishes and offers: accepted or declined with a reason; whoever wished gets the answer."""

from django.utils.translation import gettext as _

from mulin.kernel import journal, registry
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.policy import require
from mulin.voices import access, matters, states
from mulin.voices.models import Matter

ANSWER_LENGTH = 1000


def answer_wish(*, actor: Actor, number: str, decision: str, text: str) -> Matter:
    """Accept or decline a wish or an offer; every voice of the matter gets the answer, none is left out.

    An accepted one stays open, so that others may join it and get the same answer; a declined one closes.
    Who: voices.matter:answer_wish. Raises not-a-wish, decision-unknown, answer-missing, matter-closed.
    """
    text = checked_answer(decision, text)
    with write():
        matter = access.locked_matter(actor, number)
        answer_locked(actor, matter, decision, text)
    return matter


def checked_answer(decision: str, text: str) -> str:
    """The answer without blanks around it, or ActionError (422): decision-unknown, answer-missing,
    text-too-long."""
    text = text.strip()
    if decision not in states.DECISION_WORDS:
        raise ActionError("decision-unknown", _("请选“接了”或“暂时做不到”。"), field="decision", status=422)
    if not text:
        raise ActionError(
            "answer-missing", _("请写给大家的答复；做不到也请说明原因。"), field="text", status=422
        )
    if len(text) > ANSWER_LENGTH:
        raise ActionError("text-too-long", _("答复最多 %d 个字。") % ANSWER_LENGTH, field="text", status=422)
    return text


def answer_locked(actor: Actor, matter: Matter, decision: str, text: str) -> None:
    """Answer a matter whose row the caller's transaction holds, with a checked text; writes its line. For
    `answer_wish` and for those who answer many at once."""
    require(actor, "voices.matter:answer_wish", access.target_of_matter(actor, matter))
    if matter.kind not in states.WISHES:
        raise ActionError("not-a-wish", _("这件事不是心愿，请在办理里答复。"))
    if not matter.is_open:
        raise ActionError("matter-closed", _("这个心愿已经答复并结束了。"))
    matter.decision, matter.decided_at, matter.public_answer = decision, now(), text
    if decision == "declined":
        matter.is_open, matter.closed_at = False, now()
    matter.save()
    answered = matters.answer_voices(matter, text)
    for way in registry.ways(matter.kind):
        if way.code == matter.way and way.answered:
            way.answered(actor=actor, matter=matter, decision=decision)
    matters.reindex(matter)
    journal.record(
        "voices.wish.answered",
        actor=actor,
        place=matter.place,
        org=next(iter(sorted(actor.orgs)), None),
        subject=matter.id,
        matter=matter.id,
        data={"number": matter.number, "kind": matter.kind, "decision": decision, "voices": answered},
    )
