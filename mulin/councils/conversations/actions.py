"""Holding a conversation: drafted, opened, closed, its conclusion published."""

import random
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.councils.conversations import maps, queries, states
from mulin.councils.conversations.models import OPEN_TO, RESULTS, Conversation, Opinion, Participant
from mulin.councils.conversations.queries import MANAGE, PUBLISH, target_of
from mulin.councils.keepers import keeper
from mulin.kernel import codes, jobs, journal, rulebook, suppression
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now, today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.models import Job
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import require

TITLE_LENGTH, TEXT_LENGTH, CONCLUSION_LENGTH = 80, 1000, 3000
MIX, MIXED_AT_ONCE = "councils.opinions_mix", 500
chance = random.SystemRandom()


def line(code: str, actor: Actor, conversation: Conversation, **data: Any) -> None:
    """One journal line about a conversation, on its topic's timeline where it has one."""
    journal.record(
        code,
        actor=actor,
        place=conversation.place,
        org=conversation.org_id,
        subject=conversation.id,
        matter=conversation.topic.thread if conversation.topic else None,
        data={"number": conversation.number, **data},
    )


def must_be(conversation: Conversation, *allowed: str) -> None:
    if conversation.state not in allowed:
        word = states.STATE_WORDS[conversation.state]
        raise ActionError("not-now", _("征集现在是“%(state)s”，不能这样做。") % {"state": word})


def draft_conversation(
    *, actor: Actor, place: str, title: str, text: str = "", org: UUID | None = None, **more: Any
) -> Conversation:
    """A new draft without a topic, for a community or a street; `org`: the group of neighbours that runs it.

    `more`: open_to, results, writes, least, closes_on as in `edit_conversation`. Who:
    councils.conversation:manage. Raises no-place, no-group, no-title, text-too-long, bad-choice.
    """
    if not codes.is_valid(place) or codes.level(place) < codes.Level.STREET:
        raise ActionError("no-place", _("请选一个社区或街道。"), field="place", status=422)
    keeper(actor, MANAGE, place, org)
    with write():
        made = make(place=place, title=title, text=text, org_id=org)
        _set_frame(made, **more)
        made.save()
        line("councils.conversation.drafted", actor, made)
    return made


def make(*, place: str, title: str, text: str = "", **more: Any) -> Conversation:
    """The record itself, for an action that writes its own line."""
    least = int(rulebook.value("councils.opinions.least", at=place))
    return Conversation.objects.create(
        **{
            "number": new_number(),
            "place": place,
            "title": _title(title),
            "text": text.strip()[:TEXT_LENGTH],
            "least": least,
            **more,
        }
    )


def _title(text: str) -> str:
    text = text.strip()
    if not text or len(text) > TITLE_LENGTH:
        raise ActionError("no-title", _("请写一个标题，最多80个字。"), field="title", status=422)
    return text


def _set_frame(
    conversation: Conversation,
    *,
    open_to: str = "",
    results: str = "",
    writes: bool | None = None,
    least: int = 0,
    closes_on: date | None = None,
) -> None:
    if open_to not in {"", *OPEN_TO} or results not in {"", *RESULTS}:
        raise ActionError("bad-choice", _("请从给出的选项里选。"), status=422)
    if least and least < suppression.LIMIT:
        message = _("不能少于%(n)s人，否则会让人认出是谁。") % {"n": suppression.LIMIT}
        raise ActionError("too-few", message, field="least", status=422)
    conversation.open_to = open_to or conversation.open_to
    conversation.results = results or conversation.results
    conversation.writes = conversation.writes if writes is None else writes
    conversation.least = least or conversation.least
    conversation.closes_on = closes_on


def edit_conversation(
    *,
    actor: Actor,
    number: str,
    title: str,
    text: str = "",
    open_to: str = "",
    results: str = "",
    writes: bool | None = None,
    least: int = 0,
    closes_on: date | None = None,
) -> Conversation:
    """Change the frame. Who may answer and who sees the picture when, only while it is a draft: people began
    under these terms. The last day of a closed one may be moved, to open it again.

    Who: councils.conversation:manage. Raises no-title, text-too-long, bad-choice, too-few, frozen, over,
    not-now.
    """
    if len(text.strip()) > TEXT_LENGTH:
        raise ActionError("text-too-long", _("说明最多1000个字。"), field="text", status=422)
    with write():
        found = queries.get_conversation(actor, number, lock=True)
        require(actor, MANAGE, target_of(found))
        must_be(found, "draft", "open", "closed")
        before = (found.open_to, found.results, found.least)
        frame = {"open_to": open_to, "results": results, "writes": writes, "least": least}
        _set_frame(found, **frame, closes_on=closes_on)
        if found.state != "draft" and before != (found.open_to, found.results, found.least):
            message = _("已经开始征集，谁能表态、什么时候看结果不能再改。")
            raise ActionError("frozen", message, field="open_to")
        if found.state == "open":
            _check_end(closes_on)
        found.title, found.text = _title(title), text.strip()
        found.save()
        line("councils.conversation.edited", actor, found)
    return found


def _check_end(closes_on: date | None) -> None:
    if closes_on is None:
        raise ActionError("no-end", _("请先定下哪天结束。"), field="closes_on", status=422)
    if closes_on < today():
        raise ActionError("over", _("结束的日子已经过了，请改一个。"), field="closes_on", status=422)


def open_conversation(*, actor: Actor, number: str) -> Conversation:
    """Begin. Who: councils.conversation:manage. Raises not-now, no-end, over, too-few-seeds."""
    with write():
        found = queries.get_conversation(actor, number, lock=True)
        require(actor, MANAGE, target_of(found))
        must_be(found, "draft")
        _check_end(found.closes_on)
        if lack := lacks_seeds(found):
            raise ActionError("too-few-seeds", lack)
        begin(found)
        line("councils.conversation.opened", actor, found, until=found.closes_on.isoformat())
    return found


def lacks_seeds(conversation: Conversation) -> str:
    """What is missing before it can open, as a sentence; empty when there are enough first statements."""
    least = int(rulebook.value("councils.opinions.seeds", at=conversation.place))
    if conversation.statements.filter(state="shown").count() >= least:
        return ""
    return _("请先写至少%(n)s句开头的话，各种看法都要有。") % {"n": least}


def begin(conversation: Conversation) -> None:
    conversation.state, conversation.opened_at = "open", now()
    conversation.save(update_fields=["state", "opened_at"])


def close_conversation(*, actor: Actor, number: str) -> Conversation:
    """Take no more answers. Who: councils.conversation:manage. Raises not-now."""
    with write():
        found = queries.get_conversation(actor, number, lock=True)
        require(actor, MANAGE, target_of(found))
        must_be(found, "open")
        finish(found)
        line("councils.conversation.closed", actor, found, n=queries.people(found))
    return found


def finish(conversation: Conversation) -> None:
    """Closed, inside somebody's action. The last picture is made by the worker, or at publication."""
    conversation.state, conversation.closed_at = "closed", now()
    conversation.save(update_fields=["state", "closed_at"])


def close_overdue(actor: Actor) -> int:
    """What the worker does each hour: close the conversations whose last day has passed; how many."""
    late = Conversation.objects.filter(state="open", closes_on__lt=today()).values_list("pk", flat=True)
    for pk in list(late):
        with write():
            found = Conversation.objects.select_for_update(of=("self",)).get(pk=pk)
            if found.state == "open":
                finish(found)
                line("councils.conversation.closed", actor, found, n=queries.people(found))
    return len(late)


def reopen_conversation(*, actor: Actor, number: str) -> Conversation:
    """Take answers again, as long as nothing was published and the last day lies ahead (see
    `edit_conversation`), and the topic's step that it belongs to goes on. Who: councils.conversation:manage.
    Raises not-now, no-end, over."""
    with write():
        found = queries.get_conversation(actor, number, lock=True)
        require(actor, MANAGE, target_of(found))
        must_be(found, "closed")
        if found.step and found.step.state != "open":
            raise ActionError("not-now", _("它是议题的一步，这一步已经结束，不能再收。"))
        _check_end(found.closes_on)
        found.state, found.closed_at = "open", None
        found.save(update_fields=["state", "closed_at"])
        line("councils.conversation.reopened", actor, found, until=found.closes_on.isoformat())
    return found


def discard_conversation(*, actor: Actor, number: str) -> None:
    """Throw away a draft that belongs to no topic. Who: councils.conversation:manage. Raises not-now,
    of-topic."""
    with write():
        found = queries.get_conversation(actor, number, lock=True)
        require(actor, MANAGE, target_of(found))
        must_be(found, "draft")
        if found.topic_id:
            message = _("这场征集是议题的一步，不能单独删掉；可以在议题里跳过这一步。")
            raise ActionError("of-topic", message)
        line("councils.conversation.discarded", actor, found)
        found.delete()


def publish_conversation(*, actor: Actor, number: str, conclusion: str) -> Conversation:
    """Publish what came of it: the conclusion in words beside the last picture. May be done again, to mend
    the words.

    From then on nothing leads from an answer to an account or a browser: hashes are dropped, and the worker
    writes the answers anew in a random order (`mix_job`).

    Who: councils.conversation:publish. Raises not-now, no-conclusion, still-waiting (people's statements that
    nobody looked at).
    """
    conclusion = conclusion.strip()
    if not conclusion or len(conclusion) > CONCLUSION_LENGTH:
        text = _("请写几句：多数人怎么看，少数人怎么看，接下来怎么办。最多3000个字。")
        raise ActionError("no-conclusion", text, field="conclusion", status=422)
    found = queries.get_conversation(actor, number)
    require(actor, PUBLISH, target_of(found))
    must_be(found, "closed", "published")
    if found.state == "closed":
        maps.renew(found)  # may take seconds, so not inside the transaction
    with write():
        found = queries.get_conversation(actor, number, lock=True)
        must_be(found, "closed", "published")
        waiting = found.statements.filter(state="waiting").count()
        if waiting:
            text = _("还有%(n)s句居民写的话没有审核，请先处理。") % {"n": waiting}
            raise ActionError("still-waiting", text)
        is_first = found.state == "closed"
        if is_first:
            forget(found)
        found.state, found.conclusion, found.published_at = "published", conclusion, now()
        found.save(update_fields=["state", "conclusion", "published_at"])
        line("councils.conversation.published", actor, found, n=queries.people(found))
        if is_first:
            jobs.start(actor, MIX, number=found.number)
    return found


def forget(conversation: Conversation) -> None:
    """Drop what only served to let people go on and change their mind: from here on, nobody can tell whose an
    answer is."""
    conversation.participants.update(key_hash="", is_fresh=False)
    conversation.statements.update(author_hash="")


def mix_job(job: Job, progress: jobs.Progress, *, number: str) -> dict[str, int]:
    """Write all answers anew in a random order. A database keeps rows in the order in which they came; laid
    beside a server's log, that order would tell whose they are. A part at a time, so that others can
    write meanwhile."""
    people = list(Participant.objects.filter(conversation__number=number).values_list("pk", flat=True))
    chance.shuffle(people)
    for begin in range(0, len(people), MIXED_AT_ONCE):
        some = people[begin : begin + MIXED_AT_ONCE]
        with write():
            answers = Opinion.objects.filter(participant__in=some)
            rows = list(answers.values_list("participant_id", "n", "value"))
            chance.shuffle(rows)
            answers.delete()
            made = (Opinion(participant_id=person, n=n, value=value) for person, n, value in rows)
            Opinion.objects.bulk_create(made, batch_size=5000)
        progress.step(begin, len(people))
    return {"people": len(people)}
