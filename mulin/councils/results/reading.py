"""Records as pages show them: words, amounts, days, badges."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mulin.councils.results import queries, sources, states
from mulin.councils.results.kinds import titled
from mulin.councils.results.models import Concern, Finding, Resolution, TopicOption, Work, WorkNote
from mulin.councils.results.words import money, on_day
from mulin.councils.topics.models import Step, Topic
from mulin.kernel import clock
from mulin.kernel.language import either
from mulin.places.queries import full_name


def study(topic: Topic, step: Step | None) -> list[dict[str, Any]]:
    """The questions of a study, each with what was found; last what nobody had asked."""
    by_question: dict[str, list[dict[str, Any]]] = {}
    for one in queries.findings(topic):
        if one.step_id is None or step is None or one.step_id == step.pk:
            by_question.setdefault(one.question, []).append(finding(one))
    groups = [
        {"key": one["key"], "title": titled(one), "rows": by_question.pop(one["key"], [])}
        for one in queries.study_questions(step)
    ]
    others = [row for rows in by_question.values() for row in rows]
    if others:
        groups.append({"key": "", "title": _("另外查到的") if groups else _("查到的情况"), "rows": others})
    return groups


def finding(one: Finding) -> dict[str, Any]:
    return {
        "id": one.pk,
        "kind": str(states.FINDING_WORDS[one.kind]),
        "text": one.text,
        "cost": money(one.cost),
        "source": one.source,
        "links": one.links,
        "day": on_day(clock.day_of(one.created_at)),
    }


def options(rows: Iterable[TopicOption]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.pk,
            "key": one.key,
            "title": one.title,
            "text": one.text,
            "cost": money(one.cost),
            "gains": one.gains,
            "loses": one.loses,
            "picture": one.picture,
            "state": states.badge(states.OPTION_STATES, one.state),
            "reason": one.reason,
            "is_residents": one.is_residents,
        }
        for one in rows
    ]


def concern_row(one: Concern) -> dict[str, Any]:
    """One for those who answer: with what was really written."""
    return {
        "number": one.number,
        "kind": str(states.CONCERN_WORDS[one.kind]),
        "text": one.text,
        "answer": one.answer,
        "state": states.badge(states.CONCERN_STATES, one.state),
        "channel": str(states.CHANNEL_WORDS[one.channel]),
        "day": on_day(clock.day_of(one.created_at)),
        "joined_to": one.joined_to.number if one.joined_to else "",
        "hidden_reason": one.hidden_reason,
    }


def public_concerns(topic: Topic | None) -> dict[str, Any]:
    """The answered ones, and how many wait or are kept out."""
    found = queries.public_concerns(topic)
    rows = [
        {
            "number": one.number,
            "kind": str(states.CONCERN_WORDS[one.kind]),
            "text": one.text,
            "answer": one.answer,
            "repeats": one.repeats,
        }
        for one in found.answered
    ]
    return {"rows": rows, "waiting": found.waiting, "hidden": found.hidden}


def resolution_row(one: Resolution, names: dict[str, str], *, desk: bool) -> dict[str, Any]:
    """A resolution in a list."""
    name = "councils_desk:resolution" if desk else "councils:resolution"
    return {
        "number": one.number,
        "title": one.title,
        "place": names.get(one.place, ""),
        "state": states.badge(states.RESOLUTION_STATES, one.state),
        "body": states.body_word(one.body),
        "day": on_day(one.posted_from),
        "decision": one.decision,
        "url": reverse(name, args=[one.number]),
    }


def resolution(one: Resolution) -> dict[str, Any]:
    """All that a resolution says, for its page, on paper and in Word."""
    posting = one.posting or {}
    chosen = [row for row in one.options if row.get("chosen")]
    # A draft shows how far the topic is; what was published stays as it was.
    grounds = sources.grounds(one.topic) if one.state == "draft" and one.topic else one.grounds
    return {
        "number": one.number,
        "title": one.title,
        "place": full_name(one.place),
        "state": states.badge(states.RESOLUTION_STATES, one.state),
        "why": one.why,
        "options": [{**row, "cost": money(row.get("cost"))} for row in one.options],
        "has_choice": bool(chosen),
        "decision": one.decision,
        "body": states.body_word(one.body),
        "decided_by": one.decided_by,
        "decided_on": on_day(one.decided_on),
        "grounds": [_ground(row) for row in grounds],
        "cost": money(one.cost),
        "money_from": one.money_from,
        "gains": one.gains,
        "loses": one.loses,
        "majority": one.majority,
        "minority": one.minority,
        "concerns": public_concerns(one.topic),
        "posted_from": on_day(one.posted_from),
        "posted_until": on_day(one.posted_until),
        "is_posted": bool(one.posted_until and one.posted_until >= clock.today()),
        "posting_days": posting.get("days"),
        "posting_basis": posting.get("basis", ""),
        "posting_certainty": str(states.CERTAINTY_WORDS.get(posting.get("certainty", ""), "")),
        "withdrawn_reason": one.withdrawn_reason,
    }


def _ground(row: dict[str, Any]) -> dict[str, Any]:
    """One step on the way to the decision, in the language of the page where it was kept in both."""
    said = {name: either(row[name], row.get(f"{name}_en", "")) for name in ("title", "outcome")}
    return {**row, **said, "on": _day(row.get("on", ""))}


def _day(text: str) -> str:
    return on_day(date.fromisoformat(text)) if text else ""


def works(rows: list[Work], *, desk: bool = False) -> list[dict[str, Any]]:
    """Works with their story. Three statements, however many there are."""
    notes, cases = queries.notes_of(rows), queries.cases_of(rows)
    return [_work(one, notes[one.pk], cases.get(one.matter_id), desk=desk) for one in rows]


def _work(one: Work, notes: list[WorkNote], case: dict[str, Any] | None, *, desk: bool) -> dict[str, Any]:
    state = states.badge(states.WORK_STATES, one.state)
    late = one.is_late()
    if late:
        state = {"label": _("过了日子"), "tone": "urgent", "icon": "clock", "code": one.state}
    return {
        "number": one.number,
        "title": one.title,
        "text": one.text,
        "org": one.org.name if one.org else "",
        "due": on_day(one.due_on),
        "money": money(one.money),
        "spent": money(one.spent),
        "state": state,
        "is_open": one.is_open,
        "is_late": late,
        "done_on": on_day(one.done_on),
        "evidence": one.evidence,
        "case": case,
        "url": reverse("councils_desk:work", args=[one.number]) if desk else "",
        "notes": [_note(note) for note in notes],
    }


def _note(one: WorkNote) -> dict[str, Any]:
    label, tone, icon = states.NOTE_WORDS[one.kind]
    what = str(label)
    if one.due_on:
        what = _("延到 %(day)s") % {"day": on_day(one.due_on)}
    return {
        "what": what,
        "tone": tone,
        "icon": icon,
        "text": one.text,
        "links": one.links,
        "when": one.created_at,
        "when_text": on_day(clock.day_of(one.created_at)),
    }
