"""`mulin budget evaluate DIR`: published elections, decided again by the rule that their file names. Pure.

A `.pb` file is exact when our winners are the set that it marks as selected. Where an `expected.json` of a
reference collection lies beside it, the file's marks come from elsewhere; then it is exact when every case of
that collection which our rules know gives the expected set.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from pathlib import Path
from typing import Any

from mulin.councils import pabulib
from mulin.councils.budgets import Contest, Outcome, equal_shares, greedy
from mulin.councils.pabulib import Election

EXPECTED = "expected.json"

# Names of tie-breaks and completions in the reference collection -> ours. Their filling by points goes
# through equal projects in the order of their ids, whatever else is set.
_TIES = {"maxVotes": "most_votes", "minCost": "least_cost", "maxCost": "most_cost"}
_COMPLETIONS = {"none": "none", "add1": "add1", "add1u": "add1u", "utilitarian": "greedy"}


@dataclass(frozen=True, slots=True)
class Replay:
    """What became of one file. `is_exact` is None when it names a rule that we do not have, or no winners."""

    path: Path
    rule: str
    is_exact: bool | None
    note: str = ""


def contest_of(election: Election) -> Contest:
    """The election in integers of its smallest unit."""
    amounts = [election.budget, *(project.cost for project in election.projects)]
    scale = lcm(*(one.denominator for one in amounts))
    place = {project.id: number for number, project in enumerate(election.projects)}
    return Contest(
        budget=int(election.budget * scale),
        ids=tuple(place),
        costs=tuple(int(project.cost * scale) for project in election.projects),
        papers=tuple(
            {place[one]: points for one, points in zip(ballot.choices, ballot.weights, strict=True)}
            for ballot in election.ballots
        ),
        scale=scale,
    )


def replay(election: Election) -> Outcome | None:
    """Decide an election by the rule that it names; None for a rule that we do not have."""
    contest, rule = contest_of(election), election.rule
    if rule in ("greedy", "greedy-no-skip"):
        return greedy(contest, is_skipping=rule == "greedy")
    if rule == "greedy-threshold" and "min_project_score_threshold" in election.meta:
        threshold = Fraction(pabulib.amount(election.meta["min_project_score_threshold"]))
        return greedy(contest, threshold=threshold.__ceil__())
    if rule in ("equalshares", "equalshares/add1", "equalshares/add1u"):
        return equal_shares(contest, completion=rule.partition("/")[2] or "none")
    return None


def evaluate(folder: Path) -> Iterator[Replay]:
    """Every .pb file below a folder, in the order of the paths. Raises PabulibError, naming the file."""
    for path in sorted(folder.rglob("*.pb")):
        try:
            yield _one(path)
        except UnicodeDecodeError:
            raise pabulib.PabulibError(f"{path} is no text in UTF-8") from None
        except (ValueError, KeyError) as error:
            raise pabulib.PabulibError(f"{path}: {error}") from None


def _one(path: Path) -> Replay:
    election = pabulib.parse(path.read_bytes().decode("utf-8-sig"))
    beside = path.with_name(EXPECTED)
    if beside.is_file():
        cases = dict(reference_cases(election, json.loads(beside.read_text(encoding="utf-8"))))
        wrong = [name for name, is_exact in cases.items() if not is_exact]
        right = len(cases) - len(wrong)
        note = f"{right} of {len(cases)} reference cases" + (f", not {', '.join(wrong)}" if wrong else "")
        return Replay(path, "reference", bool(cases) and not wrong, note)
    outcome = replay(election)
    if outcome is None:
        return Replay(path, election.rule, None, "no such rule here")
    if election.winners is None:
        return Replay(path, election.rule, None, "the file names no winners")
    different = sorted(set(outcome.winners) ^ election.winners)
    return Replay(path, election.rule, not different, ", ".join(different))


def reference_cases(election: Election, expected: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """The cases of a reference collection: (name, whether our winners are the expected set)."""
    contest = contest_of(election)
    other = expected.get("pabutools", {})
    found = {
        f"equal shares, {name}": (
            equal_shares(contest, satisfaction=name, completion="none", ties=("id",)), winners
        )
        for name, winners in other.get("equal_shares_by_satisfaction", {}).items()
    }  # fmt: skip
    if plain := other.get("equal_shares_no_completion"):
        found["equal shares"] = (equal_shares(contest, completion="none", ties=("id",)), plain["winners"])
    for name, order in (("greedy_cost", "score"), ("greedy_cardinality", "score_per_cost")):
        if name in other.get("other_rules", {}):
            found[name] = (greedy(contest, order=order, ties=("id",)), other["other_rules"][name])
    for name, case in expected.get("equalshares_net_js", {}).items():
        if "result" in case:
            found[name] = (_of_params(contest, case["params"]), case["result"]["winners"])
    for name, (outcome, winners) in found.items():
        yield name, set(outcome.winners) == set(map(str, winners))


def _of_params(contest: Contest, params: Mapping[str, Any]) -> Outcome:
    return equal_shares(
        contest,
        completion=_COMPLETIONS[params["completion"]],
        increment=int(params["increment"]) * contest.scale,
        ties=[_TIES[one] for one in params["tieBreaking"]],
        fill_ties=("id",),
    )
