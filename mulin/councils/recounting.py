"""`mulin recount FILE`: a published vote, counted again from what was published. Format: docs/recount.md.

Pure and deterministic: the same file gives the same bytes on every machine; the order of the papers, of the
keys and of the options' amounts does not matter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from mulin.councils.counting import (
    Amount,
    BallotError,
    LeftOut,
    Result,
    Source,
    Totals,
    VoteRule,
    decide,
    tally,
)
from mulin.councils.thresholds import ThresholdError

FORMAT = "mulin-vote/1"
TUPLES = ("options", "rank", "tie_order", "area_order")
TEXTS = ("body", "kind", "quorum", "consent", "blank", "void", "contradiction", "absent", "parking")
AMOUNTS = ("decided", "blank", "void", "contradicted")


class FileError(ValueError):
    """The file is no vote file; the message says where."""


def export(
    rule: VoteRule,
    *,
    number: str,
    title: str,
    totals: Totals | None = None,
    papers: list[Any] | None = None,
    roster: int = 0,
    present: int | None = None,
) -> dict[str, Any]:
    """The file of a closed vote, with its result: either `papers` (secret ballots of people) with the sizes
    of roster and meeting, or `totals` (votes by area, whose papers are named)."""
    file: dict[str, Any] = {"format": FORMAT, "number": number, "title": title, "rule": rule_as_json(rule)}
    if papers is not None:
        file["roster"] = {"heads": roster} | ({} if present is None else {"present": present})
        file["papers"] = sorted((None if one is None else list(one) for one in papers), key=_order)
        totals = tally(rule, (None if one is None else tuple(one) for one in papers), roster, present)
    elif totals is not None and not totals.gaps:
        file["totals"] = _totals_as_json(totals)
    else:
        raise FileError("a vote file has papers or totals, and totals without gaps")
    return file | {"result": decide(rule, totals).as_json()}


def recount(file: Mapping[str, Any]) -> Result:
    """The result of a vote file. What the file says of its own result is not read."""
    if not isinstance(file, Mapping) or file.get("format") != FORMAT:
        raise FileError(f"this is no vote file: format is not {FORMAT}")
    try:
        rule = read_rule(file["rule"])
        if ("papers" in file) == ("totals" in file):
            raise FileError("a vote file has papers or totals, one of the two")
        if "totals" in file:
            return decide(rule, _read_totals(file["totals"]))
        roster = file["roster"]
        papers = [None if one is None else tuple(map(str, one)) for one in file["papers"]]
        present = None if roster.get("present") is None else _integer(roster["present"])
        return decide(rule, tally(rule, papers, _integer(roster["heads"]), present))
    except KeyError as error:
        raise FileError(f"{error.args[0]} is missing") from None
    except (BallotError, ThresholdError, TypeError, AttributeError) as error:
        raise FileError(str(error)) from None


def read(text: str) -> dict[str, Any]:
    """The file's JSON. A number with a point is refused: figures of a vote are integers."""
    try:
        return json.loads(text, parse_float=_no_float, parse_constant=_no_float)
    except json.JSONDecodeError as error:
        raise FileError(f"this is not JSON: {error}") from None


def written(value: Any) -> str:
    """JSON in one line and one form, so that equal results are equal texts."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def differences(published: Any, counted: Any, path: str = "result") -> list[str]:
    """Where two results are not the same, for people to read."""
    if isinstance(published, Mapping) and isinstance(counted, Mapping):
        keys = sorted(published.keys() | counted.keys())
        return [
            line
            for key in keys
            for line in differences(published.get(key), counted.get(key), f"{path}.{key}")
        ]
    if isinstance(published, list) and isinstance(counted, list) and len(published) == len(counted):
        pairs = enumerate(zip(published, counted, strict=True))
        return [line for i, (one, two) in pairs for line in differences(one, two, f"{path}[{i}]")]
    if type(published) is type(counted) and published == counted:
        return []
    return [f"{path}: published {written(published)}, counted {written(counted)}"]


def _no_float(text: str) -> Any:
    raise FileError(f"{text}: figures of a vote are integers")


def _order(paper: list[str] | None) -> tuple[bool, list[str]]:
    return paper is None, paper or []


def rule_as_json(rule: VoteRule) -> dict[str, Any]:
    """The rule as the file holds it."""
    found: dict[str, Any] = {name: getattr(rule, name) for name in (*TEXTS, "seats", "max_choices")}
    found |= {name: list(getattr(rule, name) or ()) for name in TUPLES}
    names = [field.name for field in fields(Source)]
    return found | {"sources": [{name: getattr(one, name) for name in names} for one in rule.sources]}


def read_rule(given: Mapping[str, Any]) -> VoteRule:
    """A file's rule, without its sources: counting does not need them. Raises FileError and BallotError."""
    known = {*TEXTS, *TUPLES, "seats", "max_choices", "sources"}
    if unknown := sorted(set(given) - known):
        raise FileError(f"rule.{unknown[0]} is unknown")
    values: dict[str, Any] = {"absent": None, "body": given["body"]}
    for name in TEXTS:
        if given.get(name) is not None and not isinstance(given[name], str):
            raise FileError(f"rule.{name} is a text")
        if name in given:
            values[name] = given[name]
    values |= {name: tuple(map(str, given[name])) for name in TUPLES if given.get(name)}
    for name in ("seats", "max_choices"):
        if given.get(name) is not None:
            values[name] = _integer(given[name])
    return VoteRule(**values)


def _totals_as_json(totals: Totals) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(totals, name).as_json() for name in AMOUNTS}
    found["roster"] = totals.roster.as_json()
    found["options"] = {name: amount.as_json() for name, amount in totals.options.items()}
    if totals.present is not None:
        found["present"] = totals.present.as_json()
    found["left_out"] = [
        {"reason": one.reason, **one.amount.as_json(), "papers": one.papers} for one in totals.left_out
    ]
    return found


def _read_totals(given: Mapping[str, Any]) -> Totals:
    amounts = {name: _amount(given.get(name, {})) for name in AMOUNTS if name != "decided"}
    return Totals(
        roster=_amount(given["roster"]),
        options={str(name): _amount(one) for name, one in given["options"].items()},
        decided=_amount(given["decided"]),
        present=_amount(given["present"]) if given.get("present") is not None else None,
        left_out=tuple(
            LeftOut(str(one["reason"]), _amount(one), _integer(one.get("papers", 0)))
            for one in given.get("left_out", [])
        ),
        **amounts,
    )


def _amount(given: Mapping[str, Any]) -> Amount:
    return Amount(_integer(given.get("heads", 0)), _integer(given.get("area", 0)))


def _integer(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise FileError(f"{value!r} is not an integer")
    return value
