"""Objections, questions and rumours, and their public answers."""

from uuid import UUID

from django.utils.translation import gettext as _

from mulin.councils.canvasses import access, states
from mulin.councils.canvasses.models import Canvass, CanvassQuestion
from mulin.councils.canvasses.setup import line, must_be
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.voices.understanding import mask

TEXT_LENGTH, ANSWER_LENGTH = 300, 2000


def _text(text: str) -> str:
    text = text.strip()
    if not text or len(text) > TEXT_LENGTH:
        raise ActionError("no-text", _("请写下来，最多300个字。"), field="text", status=422)
    return text


def _named_nobody(text: str) -> str:
    """A question as everybody is going to read it: whoever asked may have named a neighbour or a door."""
    if mask(text) != text:
        told = _("疑问大家都会看到，里面还有姓名、电话或门牌，请改一改再答复。")
        raise ActionError("personal-data", told, field="text", status=422)
    return text


def ask(*, actor: Actor, number: str, text: str) -> CanvassQuestion:
    """Somebody asks on the public page, without an account; shown once it is answered. Raises not-now."""
    with write():
        found = access.get_public(number)
        must_be(found, "running")
        made = CanvassQuestion.objects.create(canvass=found, text=_text(text), source="resident")
        line("asked", actor, found)
    return made


def _managed(actor: Actor, number: str) -> Canvass:
    """Who runs the place or leads the campaign."""
    found = access.get_canvass(actor, number, lock=True)
    if not access.may_lead(actor, found):
        policy.require(actor, access.MANAGE, access.target_of(found))
    return found


def note_question(*, actor: Actor, number: str, kind: str, text: str) -> CanvassQuestion:
    """What was heard at the doors, in words that name nobody. Who: leaders, councils.canvass:manage."""
    if kind not in states.KIND_WORDS:
        raise ActionError("bad-kind", _("请选一项。"), field="kind", status=422)
    with write():
        found = _managed(actor, number)
        must_be(found, "planned", "running")
        made = CanvassQuestion.objects.create(canvass=found, kind=kind, text=_text(text))
        line("question_noted", actor, found)
    return made


def _one(found: Canvass, question: UUID) -> CanvassQuestion:
    one = found.questions.filter(pk=question).first()
    if one is None:
        raise NotVisible(str(question))
    return one


def answer_question(*, actor: Actor, number: str, question: UUID, kind: str, text: str, answer: str) -> None:
    """Answer so that everybody can read it; the question's words may be made neutral, and nobody named.

    Who: leaders, councils.canvass:manage. Raises no-text, no-answer, personal-data."""
    answer = answer.strip()
    if len(answer) < 2 or len(answer) > ANSWER_LENGTH:
        said = _("请写答复，最多2000个字。不知道的就说不知道，写明几时再答。")
        raise ActionError("no-answer", said, field="answer", status=422)
    if kind not in states.KIND_WORDS:
        raise ActionError("bad-kind", _("请选一项。"), field="kind", status=422)
    with write():
        found = _managed(actor, number)
        one = _one(found, question)
        one.text, one.kind, one.answer = _named_nobody(_text(text)), kind, answer
        one.state, one.reason, one.answered_at = "answered", "", now()
        one.save()
        line("question_answered", actor, found)


def leave_question(*, actor: Actor, number: str, question: UUID, reason: str) -> None:
    """Not answered in public, or taken back from there: it names people, or does not belong here. The reason
    is kept. Who: leaders, councils.canvass:manage."""
    reason = reason.strip()
    if not reason or len(reason) > 200:
        raise ActionError("no-reason", _("请写为什么不公开答复。"), field="reason", status=422)
    with write():
        found = _managed(actor, number)
        one = _one(found, question)
        one.state, one.reason = "left", reason
        one.save(update_fields=["state", "reason"])
        line("question_left", actor, found)
