"""Objections and questions: raised by anybody, each answered in public, repeats joined."""

from django.utils.translation import gettext as _

from mulin.councils.results import access
from mulin.councils.results.actions.common import LONG, line, public_text
from mulin.councils.results.models import CHANNELS, CONCERN_KINDS, Concern
from mulin.councils.topics.models import Topic
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import require
from mulin.voices.masking import mask

TEXT_LENGTH = 1000


def raise_concern(
    *, actor: Actor, number: str, text: str, kind: str = "objection", tell_me: bool = False
) -> Concern:
    """Object to a topic that runs, or ask about it.

    Who: anybody, without an account (councils.concern:raise). It is shown once it is answered, with telephone
    numbers and doors covered. `tell_me`: somebody who is logged in hears of the answer; otherwise nothing is
    kept of who it was. Raises not-now, no-text, text-too-long, bad-kind; NotVisible for a topic that was not
    announced.
    """
    with write():
        topic = access.public_topic(number)
        require(actor, access.RAISE, access.of_topic(topic))
        account = actor.account if tell_me else None
        concern = _create(topic, text, kind, "portal", account)
        line("councils.concern.raised", Actor(), concern, topic=topic, number=topic.number, kind=kind)
    return concern


def enter_concern(
    *, actor: Actor, number: str, text: str, kind: str = "objection", channel: str = "phone"
) -> Concern:
    """Write down what somebody said by telephone, on paper, at the door or in a meeting: it counts the same.

    Who: councils.concern:answer. Raises not-now, no-text, text-too-long, bad-kind, bad-channel, NotVisible.
    """
    if channel not in CHANNELS[1:]:
        raise ActionError("bad-channel", _("请选是怎么收到的。"), field="channel", status=422)
    with write():
        topic = access.topic_for(actor, number, access.ANSWER)
        concern = _create(topic, text, kind, channel, None)
        line("councils.concern.entered", actor, concern, topic=topic, number=topic.number, kind=kind)
    return concern


def _create(topic: Topic, text: str, kind: str, channel: str, account) -> Concern:
    # Locked: a resolution cannot be published between the look at the topic and this row.
    topic = Topic.objects.select_for_update().get(pk=topic.pk)
    text = text.strip()
    if topic.state != "running":
        raise ActionError("not-now", _("这个议题已经结束。有新的事，请在“报事”里说。"))
    if not text:
        raise ActionError("no-text", _("请写下您的意见或疑问。"), field="text", status=422)
    if len(text) > TEXT_LENGTH:
        raise ActionError("text-too-long", _("最多写 %d 个字。") % TEXT_LENGTH, field="text", status=422)
    if kind not in CONCERN_KINDS:
        raise ActionError("bad-kind", _("请选是反对意见还是疑问。"), field="kind", status=422)
    return Concern.objects.create(
        number=new_number(), topic=topic, kind=kind, text=text, public_text=mask(text), channel=channel,
        account_id=account,
    )  # fmt: skip


def answer_concern(*, actor: Actor, number: str, answer: str, shown_text: str = "") -> Concern:
    """Answer with a reason; from then on everybody reads both. A second answer replaces the first.

    Who: councils.concern:answer. `shown_text`: its words as everybody reads them, empty: as they stand.
    Raises not-now, no-answer, text-too-long, personal-data, NotVisible.
    """
    with write():
        concern = access.concern_for(actor, number, lock=True)
        if concern.state == "joined":
            raise ActionError("not-now", _("这一条并进了另一条，请在那一条里答复。"))
        concern.answer = public_text(
            answer, "answer", LONG, missing=_("请写答复：采纳了什么，不采纳是为什么。")
        )
        concern.public_text = public_text(shown_text or concern.public_text, "shown_text", TEXT_LENGTH)
        was, concern.state = concern.state, "answered"
        concern.answered_at, concern.hidden_reason = now(), ""
        concern.save()
        code = "councils.concern.answered_again" if was == "answered" else "councils.concern.answered"
        _line(code, actor, concern)
    return concern


def join_concern(*, actor: Actor, number: str, into: str) -> Concern:
    """It says the same as another one of the topic; one answer is for both. Who: councils.concern:answer.
    Raises same, elsewhere, joined-itself, kept-out, NotVisible."""
    with write():
        concern = access.concern_for(actor, number, lock=True)
        target = access.concern_for(actor, into, lock=True)
        if target.pk == concern.pk:
            raise ActionError("same", _("这是同一条。"), field="into", status=422)
        if target.topic_id != concern.topic_id:
            raise ActionError("elsewhere", _("那一条说的是别的议题。"), field="into", status=422)
        if target.state == "joined":
            raise ActionError("joined-itself", _("那一条自己也并进了别的一条，请并到那里去。"), field="into")
        if target.state == "hidden":
            raise ActionError("kept-out", _("那一条没有公开，不会有答复。请并到别的一条。"), field="into")
        # What was joined to this one before goes along.
        Concern.objects.filter(joined_to=concern).update(joined_to=target)
        concern.state, concern.joined_to = "joined", target
        concern.save(update_fields=["state", "joined_to"])
        _line("councils.concern.joined", actor, concern)
    return concern


def part_concern(*, actor: Actor, number: str) -> Concern:
    """They were two after all: it waits for an answer of its own. Who: councils.concern:answer. Raises
    not-now, NotVisible."""
    with write():
        concern = access.concern_for(actor, number, lock=True)
        if concern.state not in ("joined", "hidden"):
            raise ActionError("not-now", _("这一条本来就是单独的。"))
        concern.state, concern.joined_to, concern.hidden_reason = "waiting", None, ""
        concern.save(update_fields=["state", "joined_to", "hidden_reason"])
        _line("councils.concern.parted", actor, concern)
    return concern


def hide_concern(*, actor: Actor, number: str, reason: str) -> Concern:
    """Keep one out that is no objection and no question: insults, advertisement, what is about something
    else. Everybody sees how many; what was joined to it waits for an answer of its own. Who:
    councils.concern:answer. Raises no-reason, not-now, NotVisible."""
    with write():
        concern = access.concern_for(actor, number, lock=True)
        if concern.state != "waiting":
            raise ActionError("not-now", _("这一条已经处理过了。"))
        reason = reason.strip()[:200]
        if not reason:
            raise ActionError("no-reason", _("请写为什么不公开。"), field="reason", status=422)
        concern.state, concern.hidden_reason = "hidden", reason
        concern.save(update_fields=["state", "hidden_reason"])
        Concern.objects.filter(joined_to=concern).update(state="waiting", joined_to=None)
        _line("councils.concern.hidden", actor, concern)
    return concern


def _line(code: str, actor: Actor, concern: Concern) -> None:
    topic = concern.topic
    line(code, actor, concern, topic=topic, number=topic.number, kind=concern.kind)
