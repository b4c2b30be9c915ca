"""One case with all that its page shows, for the API."""

from typing import Any

from mulin.cases import moves, pages
from mulin.cases.models import Case
from mulin.cases.queries import get_case
from mulin.kernel import journal, registry
from mulin.kernel.actors import Actor
from mulin.voices.queries import voices_of


def case_file(actor: Actor, number: str) -> tuple[Case, dict[str, Any]]:
    """The case and its clocks, units, voices, timeline and possible moves. NotVisible (404) otherwise."""
    case = get_case(actor, number)
    merged = case.merged_into
    return case, {
        "facts": case.matter.facts,
        "voices": [voice.number for voice in voices_of(actor, case.matter)],
        "merged_into": merged.number if merged else None,
        "done_text": case.done_text,
        "reply": case.reply,
        "moves": [move.name for move in moves.moves_for(actor, case)],
        "clocks": [_clock(clock) for clock in case.clocks.order_by("started_at", "id")],
        "involved": [
            {"org_id": one.org_id, "org": one.org.name, "role": one.role, "state": one.state}
            for one in case.involvements.filter(is_current=True).select_related("org").order_by("id")
        ],
        "timeline": timeline(case),
    }


def _clock(clock: Any) -> dict[str, Any]:
    names = (
        "kind",
        "limit",
        "started_at",
        "due_at",
        "paused_at",
        "stopped_at",
        "is_met",
        "extended_at",
        "rule",
    )
    return {name: getattr(clock, name) for name in names}


def timeline(case: Case) -> list[dict[str, Any]]:
    """The lines that workers read on the case's page, oldest first, as sentences; without names and words."""
    names = ("at", "code", "text", "data")
    lines = pages.lines(journal.timeline(case.matter_id), {}, {registry.PUBLIC, registry.STAFF}, people=False)
    return [{name: getattr(line, name) for name in names} for line in lines]
