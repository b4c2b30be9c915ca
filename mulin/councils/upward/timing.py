"""Until when a level receives a proposal and answers it, by rule and in working time."""

from functools import cache

from mulin.councils.upward.models import Hop
from mulin.kernel import rulebook
from mulin.kernel.clock import now
from mulin.kernel.workingtime import Calendar, Limit


@cache
def _calendar() -> Calendar:
    return Calendar.default()


def start(hop: Hop, name: str) -> None:
    """Set the day until which, by the rule `name` at the level's place. Raises rule-unset where none is set.
    What it came from is kept with the hop; the caller saves."""
    rule = rulebook.rule(name, at=hop.place, level=hop.level)
    hop.due_at = Limit.parse(rule.value).due(now(), _calendar()).at
    hop.rule = {
        "name": name, "pack": rule.reference, "limit": rule.value, "basis": rule.basis,
        "certainty": rule.certainty,
    }  # fmt: skip


def limit_words(hop: Hop, language: str) -> str:
    """`30天`: the limit in words; empty for a hop without one."""
    return Limit.parse(hop.rule["limit"]).describe(language) if hop.rule else ""
