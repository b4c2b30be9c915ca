"""Counting who came and whose hands went up, against the rules of the place. No writes.

Thresholds come from the rule book by the body of the meeting's type (`councils.quorum`, `councils.consent`).
An unset one certifies nothing: `gap` then names the rule that somebody responsible must fill in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from mulin.councils import counting, thresholds, voterules
from mulin.councils.counting import Amount, Totals, VoteRule
from mulin.councils.meetings.catalogue import MeetingType, type_of
from mulin.councils.meetings.models import AgendaItem, Meeting
from mulin.kernel import clock, rulebook

MATTER = "meeting"
QUORUM, CONSENT = "councils.quorum", "councils.consent"


@dataclass(frozen=True, slots=True)
class Figures:
    """Heads: `due` should come, `present` of them came, `guests` came besides."""

    due: int
    present: int
    guests: int
    excused: int = 0


@dataclass(frozen=True, slots=True)
class Quorum:
    """Whether enough came. `gap`: the rule that is unset; `is_needed`: False where no law counts heads."""

    is_needed: bool
    is_met: bool
    needed: int = 0
    due: int = 0
    present: int = 0
    text: str = ""
    basis: str = ""
    certainty: str = ""
    gap: str = ""

    def as_json(self) -> dict[str, Any]:
        names = ("is_needed", "is_met", "needed", "due", "present", "text", "basis", "certainty", "gap")
        return {name: getattr(self, name) for name in names}


def day_of(meeting: Meeting) -> date:
    """The day whose rules count: the day of the meeting."""
    moment = meeting.held_at or meeting.begins_at
    return clock.day_of(moment) if moment else clock.today()


def rule_of(meeting: Meeting) -> VoteRule:
    """The rule for a vote by hands there and then."""
    body = type_of(meeting.type).body
    return voterules.read(
        rulebook.book(), at=meeting.place, on=day_of(meeting), body=body, matter=MATTER, kind="yes_no"
    )


def quorum_of(meeting: Meeting, figures: Figures, rule: VoteRule | None = None) -> Quorum:
    """Compare who came with who must come. Only where hands are counted: owners' votes have a roster of
    their own, and who only talks decides nothing by law."""
    if type_of(meeting.type).decides != "hands":
        return Quorum(False, True, due=figures.due, present=figures.present)
    rule = rule or rule_of(meeting)
    numbers = {"due": figures.due, "present": figures.present}
    if rule.quorum is None:
        return Quorum(True, False, gap=QUORUM, **numbers)
    conditions = [one for one in thresholds.parse(rule.quorum) if one.measure == "heads"]
    source = next((one for one in rule.sources if one.name == QUORUM), None)
    return Quorum(
        True,
        all(one.is_met(figures.present, figures.due) for one in conditions),
        needed=max((one.needed(figures.due) for one in conditions), default=0),
        text=rule.quorum,
        basis=source.basis if source else "",
        certainty=source.certainty if source else "",
        **numbers,
    )


def count(meeting: Meeting, figures: Figures, yes: int, no: int, abstain: int) -> counting.Result:
    """What hands decide: passed, rejected, no_quorum, or refused with what is unset."""
    totals = Totals(
        roster=Amount(figures.due),
        options={"yes": Amount(yes), "no": Amount(no)},
        decided=Amount(yes + no),
        blank=Amount(abstain),
        present=Amount(figures.present),
    )
    return counting.decide(rule_of(meeting), totals)


def gaps_of(result: counting.Result) -> list[str]:
    """The rules that are unset, each once."""
    return list(dict.fromkeys(gap.rule for gap in result.gaps if gap.rule))


def may_decide(meeting: Meeting, item: AgendaItem) -> bool:
    """Whether the rule lets this item be decided: it stood in the notice, or the rule does not ask it to."""
    return item.is_announced or may_decide_unannounced(meeting)


def may_decide_unannounced(meeting: Meeting) -> bool:
    kind: MeetingType = type_of(meeting.type)
    rule = "councils.meeting.unannounced"
    return rulebook.value(rule, at=meeting.place, on=day_of(meeting), type=kind.key) == "allowed"
