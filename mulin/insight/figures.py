"""From counters to figures and rates: the formulas, pure. What each figure means stands in definitions.py.

    valid             = all - merged duplicates - excluded for a reviewed reason
    response rate     = answered within the response limit / valid
    resolution rate   = "solved" / completed call-backs (solved + not solved)
    satisfaction rate = "satisfied" / completed call-backs (satisfied + not satisfied)

There is no weighting of the three and no score made of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

MEASURES = (
    "cases.opened", "cases.done", "cases.closed", "cases.reopened", "cases.suspended", "cases.responded",
    "cases.solved", "cases.satisfied", "cases.excluded", "cases.merged", "voices.in",
)  # fmt: skip
# Counts behind a rate from which on it is told roughly even where they are hidden.
ENOUGH = 50
ENDED_WELL = ("confirmed", "unconfirmed")

# Figures in the order they are shown; those after the line stand behind the rates.
SHOWN = (
    "in", "closed", "open", "overdue", "suspended", "reopened", "refused", "merged", "excluded", "done",
    "voices",
)  # fmt: skip
BEHIND = (
    "uncounted", "valid", "in_time", "late", "not_in_time", "solved_yes", "solved_no", "solved_unknown",
    "satisfied_yes", "satisfied_no",
)  # fmt: skip
ALL = SHOWN + BEHIND
# Shown together or not at all, because one follows from the others.
LINKED = (
    frozenset({"merged", "excluded"}),
    frozenset({"uncounted", "valid", "in_time", "late", "not_in_time"}),
    frozenset({"solved_yes", "solved_no", "solved_unknown"}),
    frozenset({"satisfied_yes", "satisfied_no"}),
)


@dataclass(frozen=True, slots=True)
class Rate:
    """One of the three rates with the counts behind it. `value` is None when nothing was counted yet or when
    the counts may not be shown; `hidden` says which."""

    key: str
    numerator: int | None
    denominator: int | None
    value: float | None
    hidden: bool = False
    # Where the counts are hidden and there are many: the rate is no less than this, in steps of 5 %.
    at_least: float | None = None
    # What does not count, and why: merged, excluded (and by reason where that may be shown), no answer.
    left_out: dict[str, int | None] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)


# rate -> (numerator, parts of the denominator, what is left out)
RATES = {
    "response_rate": ("in_time", ("valid",), ("merged", "excluded")),
    "resolution_rate": ("solved_yes", ("solved_yes", "solved_no"), ("solved_unknown", "merged", "excluded")),
    "satisfaction_rate": ("satisfied_yes", ("satisfied_yes", "satisfied_no"), ("merged", "excluded")),
}


def figures(rows: Iterable[tuple[str, str, int]], *, overdue: int = 0) -> dict[str, int]:
    """All figures of one place from (measure, state, n) rows; what is overdue comes from the cases."""
    by: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for measure, state, n in rows:
        by[measure][state] += n
    total = {measure: sum(states.values()) for measure, states in by.items()}
    closed, responded = by["cases.closed"], by["cases.responded"]
    solved, satisfied = by["cases.solved"], by["cases.satisfied"]
    merged, excluded = total.get("cases.merged", 0), total.get("cases.excluded", 0)
    valid = total.get("cases.opened", 0) - merged - excluded
    return {
        "in": total.get("cases.opened", 0),
        "closed": sum(closed[outcome] for outcome in ENDED_WELL),
        "open": total.get("cases.open", 0),
        "overdue": overdue,
        "suspended": total.get("cases.suspended", 0),
        "reopened": total.get("cases.reopened", 0),
        "refused": closed["refused"],
        "merged": merged,
        "excluded": excluded,
        "done": total.get("cases.done", 0),
        "voices": total.get("voices.in", 0),
        "uncounted": merged + excluded,
        "valid": valid,
        "in_time": responded["in_time"],
        "late": responded["late"],
        "not_in_time": valid - responded["in_time"],
        "solved_yes": solved["yes"],
        "solved_no": solved["no"],
        "solved_unknown": solved["unknown"],
        "satisfied_yes": satisfied["yes"],
        "satisfied_no": satisfied["no"],
    }


def rates(
    figures: Mapping[str, int],
    hidden: Mapping[str, str] | None = None,
    reasons: Mapping[str, int] | None = None,
) -> dict[str, Rate]:
    """The three rates. One whose counts are hidden has neither counts nor value; `reasons` split the
    exclusions and are given only to those who see every figure."""
    hidden = hidden or {}
    found = {}
    for key, (numerator, parts, out) in RATES.items():
        left_out = {name: None if name in hidden else figures[name] for name in out}
        above, below = figures[numerator], sum(figures[part] for part in parts)
        if hidden.keys() & {numerator, *parts}:
            rough = int(above / below * 20) / 20 if below >= ENOUGH else None
            found[key] = Rate(key, None, None, None, True, rough, left_out)
            continue
        value = above / below if below > 0 else None
        found[key] = Rate(key, above, below, value, False, None, left_out, dict(reasons or {}))
    return found
