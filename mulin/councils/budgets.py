"""Deciding among costed projects: greedy, and the method of equal shares with its completions. Pure and
exact.

Money is an integer of the smallest unit. Ties are broken by one order of all projects that is fixed before
the count and printed with the result. Every project gets the reason why it won or lost, as a code of REASONS
with its numbers, for the pages to say in a plain sentence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from mulin.councils.shares import Field, Range

TIES = ("most_votes", "least_cost", "most_cost", "listed", "id")
SATISFACTION = ("cost", "cardinality", "effort")
COMPLETIONS = ("none", "add1", "greedy", "add1u")
ORDERS = ("score", "score_per_cost")

# Codes of reasons and their numbers. "each" is an exact fraction as text, the most that one supporter paid
# for a point; "each_floor" the same rounded down. "had" is what all supporters had left, rounded down.
REASONS = {
    "won_by_score": ("place", "score", "votes", "cost", "left"),
    "lost_no_room": ("score", "votes", "cost", "left", "missing"),
    "lost_after_stop": ("score", "votes", "cost", "stopped_by"),
    "won_by_shares": ("place", "votes", "cost", "each", "each_floor", "gave_all"),
    "won_by_filling": ("place", "score", "votes", "cost", "left"),
    "lost_supporters_had_too_little": ("votes", "cost", "had", "missing"),
    "lost_no_support": ("cost",),
    "lost_threshold": ("score", "votes", "cost", "threshold"),
}


class BudgetError(ValueError):
    """A contest or a rule that cannot be counted; the message says why."""


@dataclass(frozen=True, slots=True)
class Contest:
    """What is decided. `papers`: for each paper the points of each project by its place in `ids` (1 each
    where people only choose); points of 0 mean nothing. `scale`: how many smallest units make 1 of the
    currency."""

    budget: int
    ids: tuple[str, ...]
    costs: tuple[int, ...]
    papers: tuple[Mapping[int, int], ...]
    scale: int = 1

    def __post_init__(self) -> None:
        if len(self.ids) != len(self.costs) or len(set(self.ids)) != len(self.ids):
            raise BudgetError("every project has one id and one cost")
        if self.budget < 0 or any(cost < 0 for cost in self.costs):
            raise BudgetError("budget and costs are not below 0")
        if any(points < 0 for paper in self.papers for points in paper.values()):
            raise BudgetError("points are not below 0")

    def scores(self) -> list[int]:
        """The points of every project."""
        found = [0] * len(self.ids)
        for paper in self.papers:
            for project, points in paper.items():
                found[project] += points
        return found

    def votes(self) -> list[int]:
        """How many papers give every project any points."""
        found = [0] * len(self.ids)
        for paper in self.papers:
            for project, points in paper.items():
                found[project] += points > 0
        return found


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`winners` in the order in which they won; `tie_order` as it was printed; `share` the money of every
    voter in equal shares, at first and at the end, in smallest units."""

    rule: str
    winners: tuple[str, ...]
    spent: int
    left: int
    tie_order: tuple[str, ...]
    reasons: Mapping[str, Reason]
    share: tuple[Fraction, Fraction] | None = None
    raised: int = 0
    stopped: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        shares = None if self.share is None else [str(one) for one in self.share]
        return {
            "rule": self.rule,
            "winners": list(self.winners),
            "spent": self.spent,
            "left": self.left,
            "tie_order": list(self.tie_order),
            "share": shares,
            "raised": self.raised,
            "stopped": self.stopped,
            "reasons": {name: {"code": one.code, **one.values} for name, one in self.reasons.items()},
        }


def tie_order(contest: Contest, ties: Sequence[str] = ("most_votes", "least_cost", "listed")) -> list[int]:
    """All projects in the order in which a tie is broken; whatever is still equal keeps the printed
    list's."""
    if unknown := set(ties) - set(TIES):
        raise BudgetError(f"{sorted(unknown)[0]!r} is none of {', '.join(TIES)}")
    votes = contest.votes()
    keys = {
        "most_votes": lambda one: -votes[one],
        "least_cost": lambda one: contest.costs[one],
        "most_cost": lambda one: -contest.costs[one],
        "listed": lambda one: one,
        "id": lambda one: contest.ids[one],
    }
    return sorted(range(len(contest.ids)), key=lambda one: (*(keys[name](one) for name in ties), one))


# --- greedy ----------------------------------------------------------------------------------------------


def greedy(
    contest: Contest,
    *,
    order: str = "score",
    ties: Sequence[str] = ("listed",),
    is_skipping: bool = True,
    threshold: int = 0,
) -> Outcome:
    """The projects with the most points first, as long as each fits into what is left.

    One that does not fit is passed over (`is_skipping`) or ends the choice. Projects with fewer points than
    `threshold` do not take part. `order` "score_per_cost" ranks by points for each unit of money.
    """
    if order not in ORDERS:
        raise BudgetError(f"{order!r} is none of {', '.join(ORDERS)}")
    printed = tie_order(contest, ties)
    name = "greedy" if is_skipping else "greedy-no-skip"
    counted = _Filling(contest, contest.budget)
    reasons: dict[str, Reason] = {}
    for project in _by_score(contest, printed, order, counted.scores):
        reasons[contest.ids[project]] = _greedy_reason(counted, project, is_skipping, threshold)
    return Outcome(
        rule=name,
        winners=tuple(contest.ids[one] for one in counted.winners),
        spent=contest.budget - counted.left,
        left=counted.left,
        tie_order=tuple(contest.ids[one] for one in printed),
        reasons=reasons,
    )


class _Filling:
    """Winners and what is left while projects are taken one by one."""

    def __init__(self, contest: Contest, left: int, winners: Sequence[int] = ()) -> None:
        self.contest, self.left, self.winners = contest, left, list(winners)
        self.scores, self.votes = contest.scores(), contest.votes()
        self.stopped_by: int | None = None

    def facts(self, project: int) -> dict[str, int]:
        return {
            "score": self.scores[project],
            "votes": self.votes[project],
            "cost": self.contest.costs[project],
        }

    def take(self, project: int, code: str) -> Reason:
        """Take a project if it fits, and say which of the two happened."""
        facts, cost = self.facts(project), self.contest.costs[project]
        if cost > self.left:
            return Reason("lost_no_room", facts | {"left": self.left, "missing": cost - self.left})
        self.left -= cost
        self.winners.append(project)
        return Reason(code, {"place": len(self.winners)} | facts | {"left": self.left})


def _by_score(contest: Contest, printed: Sequence[int], order: str, scores: Sequence[int]) -> list[int]:
    def key(project: int) -> Fraction | int:
        if order == "score":
            return -scores[project]
        # A project that costs nothing comes first.
        cost = contest.costs[project]
        return -Fraction(scores[project], cost) if cost else -(10**18) * (scores[project] + 1)

    return sorted(printed, key=key)


def _greedy_reason(counted: _Filling, project: int, is_skipping: bool, threshold: int) -> Reason:
    facts = counted.facts(project)
    if not facts["score"]:
        return Reason("lost_no_support", {"cost": facts["cost"]})
    if facts["score"] < threshold:
        return Reason("lost_threshold", facts | {"threshold": threshold})
    if counted.stopped_by is not None:
        by = counted.contest.ids[counted.stopped_by]
        return Reason("lost_after_stop", facts | {"stopped_by": by})
    found = counted.take(project, "won_by_score")
    if found.code == "lost_no_room" and not is_skipping:
        counted.stopped_by = project
    return found


# --- equal shares ---------------------------------------------------------------------------------------


def equal_shares(
    contest: Contest,
    *,
    satisfaction: str = "cost",
    completion: str = "add1u",
    increment: int | None = None,
    ties: Sequence[str] = ("most_votes", "least_cost", "listed"),
    fill_ties: Sequence[str] | None = None,
) -> Outcome:
    """The method of equal shares: every voter has the same share, and those who support a project pay it.

    satisfaction   what a project is worth to a supporter: its "cost", 1 ("cardinality"), or its cost shared
                   by all supporters ("effort"); times the points of the paper
    completion     "none"; "add1": raise every share by `increment` (1 of the currency) and count again, as
                   long as the winners fit into the budget, and stop when no other project would fit;
                   "greedy": fill what is left by points; "add1u": both, one after the other
    """
    if satisfaction not in SATISFACTION or completion not in COMPLETIONS:
        raise BudgetError(f"unknown: {satisfaction!r} or {completion!r}")
    printed = tie_order(contest, ties)
    votes = contest.votes()
    kept = tuple({one: points for one, points in paper.items() if points} for paper in contest.papers)
    worth = [_worth(satisfaction, contest.costs[one], votes[one]) for one in range(len(contest.ids))]
    play = Field(contest.costs, kept, worth, printed)
    raising = completion in ("add1", "add1u")
    start = _start(contest, raising)
    step = Fraction(contest.scale if increment is None else increment)
    if step <= 0:
        raise BudgetError("an increment is above 0")
    raised, stopped = 0, "shares"
    bought = play.run(start, start) or []
    if raising and kept:
        bought, raised, stopped = _raise(contest, play, bought, start, step)
    share = start + raised * step
    filled = _fill(contest, bought, fill_ties or ties) if completion in ("greedy", "add1u") else None
    return _shared(contest, play, printed, bought, filled, (start, share), raised, stopped, votes)


def _start(contest: Contest, is_whole: bool) -> Fraction:
    """The first share of every voter; whole units of the currency where shares are raised by whole units."""
    if not contest.papers:
        return Fraction(0)
    share = Fraction(contest.budget, len(contest.papers))
    return Fraction(share // contest.scale * contest.scale) if is_whole else share


def _worth(satisfaction: str, cost: int, votes: int) -> Fraction:
    if satisfaction == "cardinality" or not cost or not votes:
        return Fraction(1)
    return Fraction(cost) if satisfaction == "cost" else Fraction(cost, votes)


def _raise(
    contest: Contest, play: Field, bought: list[int], start: Fraction, step: Fraction
) -> tuple[list[int], int, str]:
    """Winners after raising the shares, how often they were raised, and what ended it.

    Looks at ranges of raises. A range is passed in one play when every start in it buys the same projects, or
    when whatever they buy surely fits into the budget and surely leaves room for another project. Ranges grow
    while that succeeds, shrink when it fails and are left alone for a while when single steps are all that
    succeeds; the answer is always that of raising one by one."""
    raised, width, singles, patience = 0, 1, 0, 1
    found: list[int] | None = bought
    while True:
        if found is not None:
            bought = found
            if ended := _ended(contest, play, bought):
                return bought, raised, ended
        seen = play.explore(start + (raised + 1) * step, start + (raised + width) * step)
        if seen.bought is None and not _is_harmless(contest, play, seen):
            width //= 2
            singles, patience = (patience, min(2 * patience, 16)) if width == 1 else (0, patience)
            continue
        if seen.bought is not None and _spent(contest, seen.bought) > contest.budget:
            here = start + raised * step
            return bought if found is not None else play.run(here, here) or [], raised, "over_budget"
        found = seen.bought
        raised += 1 if found is not None and _ended(contest, play, found) else width
        patience = 1 if width > 1 else patience
        width, singles = (2 * width, 0) if singles <= 1 else (1, singles - 1)


def _ended(contest: Contest, play: Field, bought: Sequence[int]) -> str:
    """Why shares are not raised any more; "" while they are."""
    if not _others_fit(contest, set(bought), contest.budget - _spent(contest, bought)):
        return "full"
    return "all_bought" if len(bought) == len(play.projects) else ""


def _is_harmless(contest: Contest, play: Field, seen: Range) -> bool:
    """Whether raising surely goes on after every start of a range, whatever is bought there."""
    left = contest.budget - seen.most
    return len(seen.possible) < len(play.projects) and left >= 0 and _others_fit(contest, seen.possible, left)


def _spent(contest: Contest, bought: Sequence[int]) -> int:
    return sum(contest.costs[one] for one in bought)


def _others_fit(contest: Contest, taken: Collection[int], left: int) -> bool:
    return any(cost <= left for one, cost in enumerate(contest.costs) if one not in taken)


def _fill(contest: Contest, bought: Sequence[int], ties: Sequence[str]) -> dict[int, Reason]:
    """Fill what is left by points. The reasons of all projects that were not bought, in order."""
    left = contest.budget - sum(contest.costs[one] for one in bought)
    counted = _Filling(contest, left, bought)
    rest = [one for one in tie_order(contest, ties) if one not in set(bought)]
    found = {}
    for project in _by_score(contest, rest, "score", counted.scores):
        if counted.scores[project]:
            found[project] = counted.take(project, "won_by_filling")
        else:
            found[project] = Reason("lost_no_support", {"cost": contest.costs[project]})
    return found


def _shared(
    contest: Contest,
    play: Field,
    printed: Sequence[int],
    bought: Sequence[int],
    filled: Mapping[int, Reason] | None,
    share: tuple[Fraction, Fraction],
    raised: int,
    stopped: str,
    votes: Sequence[int],
) -> Outcome:
    payments, money = play.told(share[1], bought)
    reasons = {}
    for place, (project, paid) in enumerate(zip(bought, payments, strict=True), 1):
        values = {"place": place, "votes": paid.supporters, "cost": contest.costs[project]}
        values |= {"each": str(paid.level), "each_floor": paid.level.__floor__(), "gave_all": paid.gave_all}
        reasons[project] = Reason("won_by_shares", values)
    for project in printed:
        if project not in reasons:
            reasons[project] = _lost(contest.costs[project], votes[project], money.get(project))
    extra = [one for one, reason in (filled or {}).items() if reason.code == "won_by_filling"]
    reasons |= {one: reason for one, reason in (filled or {}).items() if one in extra}
    winners = [*bought, *extra]
    spent = sum(contest.costs[one] for one in winners)
    return Outcome(
        rule="equalshares",
        winners=tuple(contest.ids[one] for one in winners),
        spent=spent,
        left=contest.budget - spent,
        tie_order=tuple(contest.ids[one] for one in printed),
        reasons={contest.ids[one]: reason for one, reason in reasons.items()},
        share=share,
        raised=raised,
        stopped=stopped,
    )


def _lost(cost: int, votes: int, had: Fraction | None) -> Reason:
    if not votes or had is None:
        return Reason("lost_no_support", {"cost": cost})
    floor = had.__floor__()
    return Reason(
        "lost_supporters_had_too_little",
        {"votes": votes, "cost": cost, "had": floor, "missing": cost - floor},
    )
