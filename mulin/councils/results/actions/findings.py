"""What was found out: written, mended, taken out; and further questions to find out."""

from uuid import UUID

from django.utils.translation import gettext as _

from mulin.councils.results import access, queries, words
from mulin.councils.results.actions.common import line, must_run, public_text
from mulin.councils.results.models import FINDING_KINDS, Finding
from mulin.councils.topics.models import Step, Topic
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible

QUESTION_LENGTH, MOST_QUESTIONS = 120, 20


def write_finding(
    *,
    actor: Actor,
    number: str,
    text: str,
    kind: str = "fact",
    question: str = "",
    cost: int | None = None,
    source: str = "",
    links: str = "",
    finding: UUID | None = None,
) -> Finding:
    """Write down what was found out about a topic, or mend it (`finding`). Residents read it at once.

    Who: councils.finding:write. `cost` in fen. Raises not-now, no-text, text-too-long, personal-data,
    bad-kind, bad-question, bad-link, NotVisible.
    """
    with write():
        topic = access.topic_for(actor, number, access.FIND, lock=True)
        must_run(topic)
        if kind not in FINDING_KINDS:
            raise ActionError("bad-kind", _("请选是哪一类。"), field="kind", status=422)
        step = queries.step_of(topic, "study")
        if question and question not in {one["key"] for one in queries.study_questions(step)}:
            raise ActionError("bad-question", _("请从列出的问题里选。"), field="question", status=422)
        row = _row(topic, finding) if finding else Finding(topic=topic, step=step)
        row.kind, row.question, row.cost = kind, question, cost
        row.text = public_text(text, "text", missing=_("请写查到了什么。"))
        row.source = public_text(source, "source", 120)
        row.links = words.links(links)
        row.written_by = actor.account
        row.save()
        code = "councils.finding.changed" if finding else "councils.finding.written"
        line(code, actor, row, topic=topic, number=topic.number, kind=kind)
    return row


def drop_finding(*, actor: Actor, number: str, finding: UUID) -> None:
    """Take a finding out. Who: councils.finding:write. Raises not-now, NotVisible."""
    with write():
        topic = access.topic_for(actor, number, access.FIND, lock=True)
        must_run(topic)
        row = _row(topic, finding)
        line("councils.finding.dropped", actor, row, topic=topic, number=topic.number)
        row.delete()


def ask_question(*, actor: Actor, number: str, title: str) -> Step:
    """Add a question that has to be found out. Who: councils.finding:write. Raises not-now, no-title,
    text-too-long, personal-data, too-many."""
    with write():
        topic = access.topic_for(actor, number, access.FIND, lock=True)
        must_run(topic)
        step = queries.step_of(topic, "study")
        if step is None or step.state not in ("waiting", "open"):
            raise ActionError("not-now", _("摸底这一步已经结束。"))
        title = public_text(title, "title", QUESTION_LENGTH, missing=_("请写要查清什么。"))
        asked = step.data.get("questions", [])
        if len(asked) >= MOST_QUESTIONS:
            raise ActionError("too-many", _("问题太多了，请先查清一些。"))
        taken = {one["key"] for one in queries.study_questions(step)}
        key = next(f"x{n}" for n in range(1, MOST_QUESTIONS + 2) if f"x{n}" not in taken)
        step.data = {**step.data, "questions": [*asked, {"key": key, "title": title, "title_en": ""}]}
        step.save(update_fields=["data"])
        line("councils.finding.asked", actor, step, topic=topic, number=topic.number)
    return step


def _row(topic: Topic, finding: UUID) -> Finding:
    row = topic.findings.filter(pk=finding).first()
    if row is None:
        raise NotVisible(str(finding))
    return row
