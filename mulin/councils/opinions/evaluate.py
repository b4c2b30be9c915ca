"""How near the engine comes to published results: groups by the adjusted Rand index, arithmetic by its
error. Pure but for reading."""

import csv
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mulin.councils.opinions import arithmetic
from mulin.councils.opinions.mapping import OpinionMap, make_map
from mulin.councils.opinions.votes import AGREE, DISAGREE, Votes, index_of, read_csv, read_ids

VOTES = ("votes.csv", "votes.csv.gz")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One conversation. `ari` over the participants with a published group (None: no groups.csv); `error` is
    the largest absolute difference to expected.json (None: there is none)."""

    name: str
    people: int
    statements: int
    groups: int
    clarity: str
    ari: float | None
    error: float | None
    seconds: float

    def line(self) -> str:
        parts = [f"{self.name}: {self.people} people, {self.statements} statements"]
        parts.append(f"{self.groups} groups ({self.clarity})" if self.groups else "no clear groups")
        if self.ari is not None:
            parts.append(f"ARI {self.ari:.3f}")
        if self.error is not None:
            parts.append(f"max error {self.error:.1e}")
        return ", ".join([*parts, f"{self.seconds:.2f} s"])


def conversations(root: Path) -> list[Path]:
    """The folders of conversations below `root`, itself included, in order."""
    found = {path.parent for name in VOTES for path in root.rglob(name)}
    return sorted(one for one in found if (one / "groups.csv").is_file() or (one / "expected.json").is_file())


def evaluate(root: Path) -> Iterator[Outcome]:
    """Evaluate every conversation below a folder. Raises ValueError when there is none or a file is not
    right."""
    folders = conversations(root)
    if not folders:
        raise ValueError(f"{root}: no folder with votes.csv and groups.csv or expected.json")
    for folder in folders:
        name = "." if folder == root else folder.relative_to(root).as_posix()
        try:
            yield evaluate_one(folder, name)
        except UnicodeDecodeError:
            raise ValueError(f"{folder}: a file is no text in UTF-8") from None


def summary(outcomes: list[Outcome]) -> dict[str, Any]:
    indices = [one.ari for one in outcomes if one.ari is not None]
    errors = [one.error for one in outcomes if one.error is not None]
    return {
        "mean_ari": round(sum(indices) / len(indices), 6) if indices else None,
        "conversations": len(outcomes),
        "max_abs_error": max(errors) if errors else None,
        "seconds": round(sum(one.seconds for one in outcomes), 3),
    }


def evaluate_one(folder: Path, name: str) -> Outcome:
    started = time.perf_counter()
    expected = _json(folder / "expected.json")
    path = next(folder / one for one in VOTES if (folder / one).is_file())
    rejected = set(expected["moderated_out"]) if expected else _rejected(folder / "statements.csv")
    votes = read_csv(path, left_out=rejected)
    opinion_map = make_map(votes)
    published = folder / "groups.csv"
    index = _index(votes, opinion_map, published) if published.is_file() else None
    return Outcome(
        name=name,
        people=len(votes.participants),
        statements=len(votes.statements),
        groups=opinion_map.count,
        clarity=opinion_map.clarity,
        ari=index,
        error=largest_error(path, expected) if expected else None,
        seconds=time.perf_counter() - started,
    )


def _json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _rejected(path: Path) -> set[Any]:
    rows = _rows(path) if path.is_file() else []
    out = [row["statement"] for row in rows if row.get("moderated", "").strip() == "-1"]
    return set(read_ids(out).tolist())


def _index(votes: Votes, found: OpinionMap, published: Path) -> float:
    rows = [row for row in _rows(published) if row["published_group"].strip()]
    people = read_ids(row["participant"] for row in rows)
    groups = found.groups_of_all(votes)
    at = [index_of(votes.participants, person) for person in people]
    mine = np.array([-1 if one is None else groups[one] for one in at])
    return adjusted_rand(mine, np.array([row["published_group"] for row in rows]))


def adjusted_rand(first: np.ndarray, second: np.ndarray) -> float:
    """Hubert and Arabie 1985: 1 the same partition, 0 what chance gives."""
    _, rows = np.unique(first, return_inverse=True)
    _, columns = np.unique(second, return_inverse=True)
    table = np.zeros((rows.max(initial=0) + 1, columns.max(initial=0) + 1))
    np.add.at(table, (rows, columns), 1)
    both, by_row, by_column, all_pairs = (
        float((counts * (counts - 1) / 2).sum())
        for counts in (table, table.sum(axis=1), table.sum(axis=0), table.sum())
    )
    chance = by_row * by_column / all_pairs if all_pairs else 0.0
    most = (by_row + by_column) / 2
    return (both - chance) / (most - chance) if most != chance else 1.0


def largest_error(path: Path, expected: dict[str, Any]) -> float:
    """Over consensus, representativeness and group-aware consensus, given the published members of the
    groups. A statement chosen by one side alone counts as an error of 1."""
    votes = read_csv(path, left_out=set(expected["moderated_out"]), known=expected["statement_ids"])
    names, groups = _members(votes, expected)
    errors = [_consensus_error(votes, expected["consensus"])]
    counted = arithmetic.tally(votes, groups, len(names))
    for name, chosen in zip(names, arithmetic.representative(counted), strict=True):
        mine = {
            (votes.statements[one.statement].item(), "agree" if one.side == AGREE else "disagree"): (
                one.votes,
                one.seen,
                one.probability,
                one.test,
                one.ratio,
                one.ratio_test,
            )
            for one in chosen
        }
        keys = ("n-success", "n-trials", "p-success", "p-test", "repness", "repness-test")
        theirs = {
            (one["tid"], one["repful-for"]): [one[key] for key in keys] for one in expected["repness"][name]
        }
        errors.append(_apart(mine, theirs))
    # The server gives this one for statements that were left out, too.
    whole = read_csv(path, known=expected["statement_ids"])
    names, groups = _members(whole, expected)
    values = arithmetic.group_aware_consensus(arithmetic.tally(whole, groups, len(names)))
    mine = {str(one): (value,) for one, value in zip(whole.statements.tolist(), values.tolist(), strict=True)}
    errors.append(_apart(mine, {one: [value] for one, value in expected["group_aware_consensus"].items()}))
    return max(errors)


def _members(votes: Votes, expected: dict[str, Any]) -> tuple[list[str], np.ndarray]:
    names = sorted(expected["group_membership"], key=int)
    groups = np.full(len(votes.participants), -1)
    for at, name in enumerate(names):
        groups[np.isin(votes.participants, expected["group_membership"][name])] = at
    return names, groups


def _consensus_error(votes: Votes, expected: dict[str, Any]) -> float:
    found = arithmetic.consensus(arithmetic.tally(votes))
    mine, theirs = {}, {}
    for side, word in ((AGREE, "agree"), (DISAGREE, "disagree")):
        for one in found[side]:
            key = (votes.statements[one.statement].item(), word)
            mine[key] = (one.votes, one.seen, one.probability, one.test)
        for given in expected[word]:
            keys = ("n-success", "n-trials", "p-success", "p-test")
            theirs[(given["tid"], word)] = [given[key] for key in keys]
    return _apart(mine, theirs)


def _apart(mine: dict[Any, tuple], theirs: dict[Any, list]) -> float:
    errors = [1.0] if set(mine) != set(theirs) else [0.0]
    for key in set(mine) & set(theirs):
        errors += [abs(a - b) for a, b in zip(mine[key], theirs[key], strict=True)]
    return float(max(errors))
