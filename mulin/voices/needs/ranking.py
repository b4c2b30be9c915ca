"""Where a need stands on the list: points for urgency, how many, how long and whom, added up. Needs are
ranked, never persons.

Pure: facts and weights in, an order out.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

Steps = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """`urgency`: points of each step; `people` and `months`: (from how many on, points), ascending; `group`:
    points for each group that needs most care, together at most `groups_most`."""

    urgency: tuple[int, ...]
    people: Steps
    months: Steps
    group: int
    groups_most: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rank of one need follows from. `came`: what was listed earlier goes first among equals;
    `fixed`: the place, from 1, that staff gave it."""

    key: Hashable
    urgency: int
    people: int
    months: int
    groups: int
    came: float = 0
    fixed: int | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """The points of each criterion."""

    urgency: int
    people: int
    months: int
    groups: int

    @property
    def total(self) -> int:
        return self.urgency + self.people + self.months + self.groups


def reached(steps: Steps, value: int) -> tuple[int, int]:
    """The highest step that a value reaches, as (from, points); (0, 0) below the first."""
    return max((step for step in steps if value >= step[0]), default=(0, 0))


def score(facts: Facts, weights: Weights) -> Score:
    """The points of one need. A step of urgency that the weights no longer know counts as their last."""
    step = min(facts.urgency, len(weights.urgency) - 1)
    return Score(
        urgency=weights.urgency[step] if step >= 0 else 0,
        people=reached(weights.people, facts.people)[1],
        months=reached(weights.months, facts.months)[1],
        groups=min(facts.groups * weights.group, weights.groups_most),
    )


def order(needs: Iterable[Facts], weights: Weights) -> list[Facts]:
    """By points, the earlier first among equals; what staff fixed stands where they put it, as far as the
    list is long enough. Two fixed at one place: the one with more points first."""
    rest = sorted(needs, key=lambda one: (-score(one, weights).total, one.came, str(one.key)))
    fixed = sorted((one for one in rest if one.fixed is not None), key=lambda one: one.fixed or 0)
    placed = [one for one in rest if one.fixed is None]
    for one in fixed:
        taken = _after_fixed(placed, (one.fixed or 1) - 1)
        placed.insert(taken, one)
    return placed


def _after_fixed(placed: Sequence[Facts], wanted: int) -> int:
    """The wanted index, or the next one behind those that were fixed there before."""
    at = min(wanted, len(placed))
    while at < len(placed) and placed[at].fixed is not None and (placed[at].fixed or 0) - 1 <= wanted:
        at += 1
    return at


def months_between(since: date | None, today: date) -> int:
    """Whole months from one day to another; 0 where the first is not known or lies ahead."""
    if since is None or since > today:
        return 0
    months = (today.year - since.year) * 12 + today.month - since.month
    return months - (today.day < since.day)
