"""Who wins when papers rank the options: instant run-off, Borda, Condorcet. Integers only.

A paper is a tuple of options, the best first; it may stop early, and what it does not name counts as below
all it names, with no order among itself. Which rule counts is data, as a chain: `("condorcet", "borda")` asks
the second rule when the first names no single winner.

A tie is broken only by `tie_order`, an order of the options drawn or printed before the count. Without one
the answer is a tie, and the people decide what follows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Papers = Mapping[tuple[str, ...], int]


@dataclass(frozen=True, slots=True)
class Ranked:
    """What a rule found: one winner, or those that are tied. `steps` are (code, values) to be told."""

    rule: str
    winner: str | None
    tied: tuple[str, ...] = ()
    steps: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


def rank(rules: Sequence[str], options: Sequence[str], papers: Papers, tie_order: Sequence[str]) -> Ranked:
    """Ask the rules one after the other until one names a winner."""
    steps: list[tuple[str, dict[str, Any]]] = []
    found = Ranked("", None)
    for name in rules:
        found = RULES[name](options, papers, tuple(tie_order))
        steps += found.steps
        if found.winner is not None:
            break
    return Ranked(found.rule, found.winner, found.tied, steps)


def _choose(among: Sequence[str], tie_order: Sequence[str], last: bool = False) -> str | None:
    """The one of `among`, or the first (last) of them in the tie order; None where no order was set."""
    if len(among) == 1:
        return among[0]
    ordered = sorted(among, key=tie_order.index) if set(among) <= set(tie_order) else []
    return ordered[-1 if last else 0] if ordered else None


def instant_runoff(options: Sequence[str], papers: Papers, tie_order: tuple[str, ...]) -> Ranked:
    """Each paper counts for its best option still in; the weakest leaves until one has more than half of the
    papers that still name anyone. The weakest of equals is the one that was weaker in the round before, and
    so on back; then the last in the tie order."""
    left, steps, history = list(options), [], []
    while True:
        counts = dict.fromkeys(left, 0)
        for paper, number in papers.items():
            best = next((one for one in paper if one in counts), None)
            if best is not None:
                counts[best] += number
        history.append(counts)
        voting = sum(counts.values())
        leader = max(left, key=lambda one: counts[one])
        values = {"round": len(history), "counts": dict(counts), "papers": voting, "out": None}
        if not voting:
            return Ranked("irv", None, tuple(left), [*steps, ("round", values)])
        if 2 * counts[leader] > voting or len(left) == 1:
            return Ranked("irv", leader, (), [*steps, ("round", values)])
        weakest = _weakest(left, history)
        out = _choose(weakest, tie_order, last=True)
        steps.append(("round", values | {"out": out}))
        if out is None:
            return Ranked("irv", None, tuple(weakest), steps)
        left.remove(out)


def _weakest(left: Sequence[str], history: Sequence[Mapping[str, int]]) -> list[str]:
    among = list(left)
    for counts in reversed(history):
        low = min(counts[one] for one in among)
        among = [one for one in among if counts[one] == low]
    return among


def borda(options: Sequence[str], papers: Papers, tie_order: tuple[str, ...]) -> Ranked:
    """With m options the first place gives 2(m-1) points, the next 2(m-2) and so on; options that a paper
    does not name share equally what is left. Points are doubled, so that the shares stay integers."""
    points = dict.fromkeys(options, 0)
    size = len(options)
    for paper, number in papers.items():
        for place, one in enumerate(paper):
            points[one] += 2 * (size - 1 - place) * number
        shared = size - len(paper) - 1
        for one in set(options) - set(paper):
            points[one] += shared * number
    high = max(points.values(), default=0)
    best = [one for one in options if points[one] == high]
    winner = _choose(best, tie_order)
    return Ranked("borda", winner, () if winner else tuple(best), [("points", {"points": points})])


def condorcet(options: Sequence[str], papers: Papers, tie_order: tuple[str, ...]) -> Ranked:
    """The option that beats each other one, two by two. There may be none: that is no tie to be broken by
    lot, but a question for the next rule of the chain."""
    wins: Counter[tuple[str, str]] = Counter()
    for paper, number in papers.items():
        named = {one: place for place, one in enumerate(paper)}
        for one, place in named.items():
            for other in options:
                if place < named.get(other, len(options)):
                    wins[one, other] += number
    duels = [
        ("duel", {"one": one, "two": two, "for_one": wins[one, two], "for_two": wins[two, one]})
        for place, one in enumerate(options)
        for two in options[place + 1 :]
    ]
    for one in options:
        if all(wins[one, other] > wins[other, one] for other in options if other != one):
            return Ranked("condorcet", one, (), duels)
    return Ranked("condorcet", None, tuple(options), duels)


RULES = {"irv": instant_runoff, "borda": borda, "condorcet": condorcet}
