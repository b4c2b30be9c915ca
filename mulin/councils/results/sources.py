"""What earlier steps of a topic bring along: options, winners, and how it was decided."""

from typing import Any

from mulin.councils.results import states
from mulin.councils.results.models import Resolution
from mulin.councils.topics.definition import from_json
from mulin.councils.topics.models import Step, Topic
from mulin.kernel import clock

ROW = ("key", "title", "text", "cost", "gains", "loses", "picture")
# Steps that decide, and steps that heard people: where a topic has none that decides, these did.
DECIDES = frozenset({"meeting", "vote", "budget"})
HEARD = frozenset({"survey", "opinions", "canvass"})


def result_of(topic: Topic, key: str) -> dict[str, Any]:
    """What came out of one step; empty where it is not over."""
    step = topic.steps.filter(key=key, state="done").first()
    return step.result if step else {}


def latest(topic: Topic, name: str) -> dict[str, Any]:
    """The result of the last step that has `name` in it."""
    done = topic.steps.filter(state="done").order_by("-position")
    return next((step.result for step in done if step.result.get(name)), {})


def options(topic: Topic, key: str, *, only_winners: bool = True) -> list[dict[str, Any]]:
    """The options that a step hands on: its winners where it has chosen some, else all of them."""
    result = result_of(topic, key) if key else {}
    rows = [row for row in result.get("options", ()) if isinstance(row, dict) and row.get("key")]
    winners = result.get("winners") or []
    if only_winners and winners:
        rows = [row for row in rows if row["key"] in winners]
    return [clean(row) for row in rows]


def clean(row: dict[str, Any]) -> dict[str, Any]:
    """The keys of an option that this part knows."""
    known = {name: row.get(name) for name in ROW}
    texts = {name: str(known[name] or "") for name in ROW if name != "cost"}
    cost = known["cost"]
    return {**texts, "cost": cost if isinstance(cost, int) and not isinstance(cost, bool) else None}


def chosen(topic: Topic, key: str) -> list[dict[str, Any]]:
    """All options, those that won marked. Texts of an earlier step fill in what a vote left out."""
    result = result_of(topic, key) if key else latest(topic, "winners") or latest(topic, "options")
    winners = set(result.get("winners") or [])
    known: dict[str, dict[str, Any]] = {}
    for step in topic.steps.filter(state="done").order_by("position"):
        for row in step.result.get("options", ()):
            if isinstance(row, dict) and row.get("key"):
                before = known.get(row["key"], {})
                known[row["key"]] = {**before, **{k: v for k, v in clean(row).items() if v not in ("", None)}}
    rows = [row for row in result.get("options", ()) if isinstance(row, dict) and row.get("key")]
    return [{**clean(known[row["key"]]), "chosen": row["key"] in winners} for row in rows]


def grounds(topic: Topic) -> list[dict[str, Any]]:
    """How it came to the decision: the outcome of every step that is over, in both languages."""
    done = topic.steps.filter(state="done").exclude(outcome="").order_by("position")
    named = {spec.key: spec.title_en for spec in from_json(topic.definition).steps}
    return [
        {
            "step": step.key,
            "kind": step.kind,
            "title": step.title,
            "title_en": named.get(step.key, ""),
            "outcome": step.outcome,
            "outcome_en": step.outcome_en,
            "on": clock.day_of(step.ended_at).isoformat() if step.ended_at else "",
        }
        for step in done
    ]


def fill(resolution: Resolution, topic: Topic, step: Step) -> None:
    """Put what is known into a draft; what somebody wrote there stays."""
    rows = chosen(topic, step.settings.get("options_from", ""))
    won = [row for row in rows if row["chosen"]]
    costs = [row["cost"] for row in won]
    decides = _decided(grounds(topic))
    opinions = latest(topic, "majority") or latest(topic, "minority")
    guess = {
        "title": topic.title,
        "why": topic.summary,
        "decision": "\n".join(row["title"] for row in won),
        "decided_by": "\n".join(f"{one['title']}：{one['outcome'].splitlines()[0]}" for one in decides),
        "gains": "\n".join(filter(None, (row["gains"] for row in won))),
        "loses": "\n".join(filter(None, (row["loses"] for row in won))),
        "majority": as_text(opinions.get("majority")),
        "minority": as_text(opinions.get("minority")),
    }
    for name, text in guess.items():
        if not getattr(resolution, name):
            setattr(resolution, name, text)
    resolution.place, resolution.org_id = topic.place, topic.org_id
    resolution.body = topic.body if topic.body in states.BODY_WORDS else "residents"
    resolution.options = resolution.options or rows
    if resolution.cost is None and won and None not in costs:
        resolution.cost = sum(costs)
    if resolution.decided_on is None and decides and decides[-1]["on"]:
        resolution.decided_on = decides[-1]["on"]


def _decided(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps in which it was decided; the page tells all of them, so one line each is enough."""
    return [one for one in rows if one["kind"] in DECIDES] or [one for one in rows if one["kind"] in HEARD]


def as_text(found: Any) -> str:
    """A view as an opinions step hands it on: a text, or a list of statements."""
    if isinstance(found, str):
        return found
    if isinstance(found, list | tuple):
        rows = [one if isinstance(one, str) else str(one.get("text", "")) for one in found if one]
        return "\n".join(filter(None, rows))
    return ""
