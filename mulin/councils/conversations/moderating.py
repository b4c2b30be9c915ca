"""Deciding what everybody sees: first statements, and what people wrote.

A moderator lets a sentence out, keeps it in with a reason, or leads it to one that says the same. Nobody's
meaning is changed: before it is out a slip of the pen may be mended, nothing more.
"""

from collections.abc import Iterable
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from mulin.councils.conversations import queries
from mulin.councils.conversations.actions import line, must_be
from mulin.councils.conversations.answering import STATEMENT_LENGTH, add_statement
from mulin.councils.conversations.models import Conversation, Opinion, Statement
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible

MOST_SEEDS = 60
# How much of a sentence stays when only slips of the pen are mended.
SAME_WORDS = 0.75


def _managed(actor: Actor, number: str) -> Conversation:
    found = queries.get_conversation(actor, number, lock=True)
    policy.require(actor, queries.MANAGE, queries.target_of(found))
    must_be(found, "draft", "open", "closed")
    return found


def _one(conversation: Conversation, n: int) -> Statement:
    found = conversation.statements.filter(n=n).first()
    if found is None:
        raise NotVisible(str(n))
    return found


def clean_seeds(texts: Iterable[str]) -> list[str]:
    """First statements as they are kept: no empty one, none twice. Raises too-long, too-many."""
    found = list(dict.fromkeys(" ".join(text.split()) for text in texts if text.strip()))
    long = next((text for text in found if len(text) > STATEMENT_LENGTH), "")
    if long:
        message = _("这一句超过140个字：%(text)s…") % {"text": long[:20]}
        raise ActionError("too-long", message, field="seeds", status=422)
    if len(found) > MOST_SEEDS:
        message = _("一次最多%(n)s句。") % {"n": MOST_SEEDS}
        raise ActionError("too-many", message, field="seeds", status=422)
    return found


def set_seeds(*, actor: Actor, number: str, texts: Iterable[str]) -> Conversation:
    """The first statements of a draft, all anew. Who: councils.conversation:manage. Raises not-now, too-long,
    too-many."""
    texts = clean_seeds(texts)
    with write():
        found = _managed(actor, number)
        must_be(found, "draft")
        put_seeds(found, texts)
        line("councils.conversation.seeds_added", actor, found, n=len(texts))
    return found


def put_seeds(conversation: Conversation, texts: list[str]) -> None:
    """Replace the first statements of a draft, inside somebody's action."""
    conversation.statements.all().delete()
    Statement.objects.bulk_create(
        Statement(conversation=conversation, n=n, text=text, state="shown", is_seed=True)
        for n, text in enumerate(texts, 1)
    )


def add_seeds(*, actor: Actor, number: str, texts: Iterable[str]) -> int:
    """More statements by who runs it, while people answer: a view that nobody has put into words yet. Who:
    councils.conversation:manage. Returns how many were new. Raises not-now, too-long, too-many, no-text."""
    texts = clean_seeds(texts)
    with write():
        found = _managed(actor, number)
        must_be(found, "draft", "open")
        there = set(queries.shown_statements(found).values())
        new = [text for text in texts if text not in there]
        if not new:
            raise ActionError("no-text", _("请写一句还没有的话。"), field="seeds", status=422)
        for text in new:
            add_statement(found, text=text, state="shown", is_seed=True)
        line("councils.conversation.seeds_added", actor, found, n=len(new))
    return len(new)


def approve_statement(*, actor: Actor, number: str, n: int, text: str = "") -> Statement:
    """Let a statement out; with `text` its spelling mended. Who: councils.conversation:manage. Raises
    not-now, too-much (the meaning would change), too-long."""
    text = " ".join(text.split())
    with write():
        found = _managed(actor, number)
        one = _one(found, n)
        _must_be(one, "waiting", "rejected")
        if text and text != one.text:
            if len(text) > STATEMENT_LENGTH:
                raise ActionError("too-long", _("一句话最多140个字。"), field="text", status=422)
            if SequenceMatcher(None, one.text, text, autojunk=False).ratio() < SAME_WORDS:
                message = _("只能改错别字，不能改意思。不合适的话，请不放出并写明理由。")
                raise ActionError("too-much", message, field="text", status=422)
            one.original, one.text = one.original or one.text, text
        one.state, one.reason = "shown", ""
        one.save()
        line("councils.conversation.statement_shown", actor, found, n=n)
    return one


def _must_be(one: Statement, *allowed: str) -> None:
    if one.state not in allowed:
        raise ActionError("not-now", _("这句话已经处理过了。"))


def reject_statement(*, actor: Actor, number: str, n: int, reason: str) -> Statement:
    """Keep a statement in, or take it down again; its author reads the reason. Answers to it are left out of
    the picture. Who: councils.conversation:manage. Raises not-now, no-reason."""
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise ActionError("no-reason", _("请写明理由，写这句话的人会看到。"), field="reason", status=422)
    with write():
        found = _managed(actor, number)
        one = _one(found, n)
        _must_be(one, "waiting", "shown")
        one.state, one.reason = "rejected", reason
        one.save(update_fields=["state", "reason"])
        line("councils.conversation.statement_rejected", actor, found, n=n)
    return one


def merge_statement(*, actor: Actor, number: str, n: int, into: int) -> Statement:
    """Lead a statement to another that says the same. Answers move along; who answered both keeps the answer
    to the one that stays. Who: councils.conversation:manage. Raises not-now, bad-target."""
    with write():
        found = _managed(actor, number)
        one = _one(found, n)
        _must_be(one, "waiting", "shown")
        if into == n or not found.statements.filter(n=into, state="shown").exists():
            message = _("请选一句已经放出的话。")
            raise ActionError("bad-target", message, field="into", status=422)
        answers = Opinion.objects.filter(participant__conversation=found)
        both = answers.filter(n=into).values("participant")
        answers.filter(n=n, participant__in=both).delete()
        answers.filter(n=n).update(n=into)
        one.state, one.into = "merged", into
        one.save(update_fields=["state", "into"])
        # What was merged into this one before goes along.
        found.statements.filter(state="merged", into=n).update(into=into)
        line("councils.conversation.statement_merged", actor, found, n=n, into=into)
    return one
