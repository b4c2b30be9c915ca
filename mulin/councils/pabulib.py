"""Reading and writing `.pb`, the file format of participatory budgets that Pabulib publishes.

A file has three parts, META (key;value), PROJECTS and VOTES, each with its own header row; fields are
separated by ";", quoted as in CSV. The order of the columns and keys varies and is kept. Vote types:
approval, ordinal, cumulative, scoring. Amounts are exact: an integer, or a fraction where a file has cents.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

VOTE_TYPES = ("approval", "ordinal", "cumulative", "scoring")
SECTIONS = ("META", "PROJECTS", "VOTES")
WINNER = "1"


class PabulibError(ValueError):
    """The file cannot be read as .pb; the message names the line."""


@dataclass(frozen=True, slots=True)
class Project:
    """`fields` are all columns as they were read, in their order."""

    id: str
    cost: Fraction
    fields: Mapping[str, str]

    @property
    def is_selected(self) -> bool | None:
        """Whether the file names it a winner; None if the file does not say."""
        given = self.fields.get("selected", "")
        return None if given == "" else given == WINNER


@dataclass(frozen=True, slots=True)
class Ballot:
    """One paper. `weights` are the points of each project of `choices`: 1 each for an approval, those of the
    place for an ordinal vote, those of the paper itself for the others."""

    voter: str
    choices: tuple[str, ...]
    weights: tuple[int, ...]
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Election:
    """A whole file."""

    meta: Mapping[str, str]
    projects: tuple[Project, ...]
    ballots: tuple[Ballot, ...]

    @property
    def budget(self) -> Fraction:
        return amount(self.meta["budget"])

    @property
    def rule(self) -> str:
        return self.meta.get("rule", "unknown").strip().lower()

    @property
    def winners(self) -> set[str] | None:
        """The projects that the file marks as won; None if it marks none either way."""
        marks = {project.id: project.is_selected for project in self.projects}
        if any(mark is None for mark in marks.values()):
            return None
        return {id_ for id_, mark in marks.items() if mark}


def amount(text: str) -> Fraction:
    """An exact amount of money; "1234,50" and "1234.50" are the same."""
    try:
        if "e" in text.lower():
            raise ValueError  # a number such as 1e999999999 would fill the memory
        return Fraction(text.strip().replace(",", "."))
    except (ValueError, ZeroDivisionError):
        raise PabulibError(f"{text!r} is no amount") from None


def amount_text(value: Fraction) -> str:
    """The amount as the format writes it."""
    if value.denominator == 1:
        return str(value.numerator)
    hundredths = value * 100
    if hundredths.denominator != 1:
        raise PabulibError(f"{value} cannot be written in hundredths")
    whole, rest = divmod(abs(hundredths.numerator), 100)
    return f"{'-' if value < 0 else ''}{whole}.{rest:02d}"


# --- reading -------------------------------------------------------------------------------------------


def parse(text: str) -> Election:
    """Read a file. Raises PabulibError, which names what is missing or wrong."""
    parts = _sections(text)
    if missing := [name for name in SECTIONS if name not in parts]:
        raise PabulibError(f"the part {missing[0]} is missing")
    # A comment may hold a ";" that nobody quoted: what follows the first one is the value.
    meta = {row[0].strip(): ";".join(row[1:]).strip() for row in parts["META"][1:] if row[0].strip()}
    if "budget" not in meta:
        raise PabulibError("META has no budget")
    kind = meta.get("vote_type", "").strip().lower()
    if kind not in VOTE_TYPES:
        raise PabulibError(f"vote_type {kind!r} is none of {', '.join(VOTE_TYPES)}")
    projects = tuple(_project(row) for row in _rows(parts["PROJECTS"], "project_id", "cost"))
    if len({project.id for project in projects}) != len(projects):
        raise PabulibError("two projects have one id")
    known = {project.id for project in projects}
    rows = _rows(parts["VOTES"], "vote")
    lists = [_list(row["vote"]) for row in rows]
    longest = int(meta.get("max_length") or max(map(len, lists), default=0))
    ballots = tuple(_ballot(row, vote, kind, longest, known) for row, vote in zip(rows, lists, strict=True))
    return Election(meta, projects, ballots)


def _sections(text: str) -> dict[str, list[list[str]]]:
    parts: dict[str, list[list[str]]] = {}
    current: list[list[str]] | None = None
    for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"):
        if len(row) == 1 and row[0].strip().upper() in SECTIONS:
            current = parts.setdefault(row[0].strip().upper(), [])
        elif row and current is not None:
            current.append(row)
        elif any(cell.strip() for cell in row):
            raise PabulibError(f"{row[0]!r} stands before META")
    return parts


def _rows(rows: list[list[str]], *needed: str) -> list[dict[str, str]]:
    if not rows:
        return []  # nobody voted: not even a header
    head = [name.strip() for name in rows[0]]
    if missing := [name for name in needed if name not in head]:
        raise PabulibError(f"the column {missing[0]} is missing")
    return [dict(zip(head, [*row, *[""] * (len(head) - len(row))], strict=False)) for row in rows[1:]]


def _list(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())


def _project(row: dict[str, str]) -> Project:
    cost = amount(row["cost"])
    if cost < 0:
        raise PabulibError(f"project {row['project_id']!r} has a cost below 0")
    return Project(row["project_id"].strip(), cost, row)


def _ballot(
    row: dict[str, str], choices: tuple[str, ...], kind: str, longest: int, known: set[str]
) -> Ballot:
    voter = row.get("voter_id", "")
    if unknown := set(choices) - known:
        raise PabulibError(f"voter {voter!r} chose {sorted(unknown)[0]!r}, which is no project")
    if len(set(choices)) != len(choices):
        raise PabulibError(f"voter {voter!r} chose a project twice")
    if kind == "approval":
        weights = (1,) * len(choices)
    elif kind == "ordinal":
        weights = tuple(max(longest - place, 0) for place in range(len(choices)))
    else:
        points = _list(row.get("points", ""))
        if len(points) != len(choices):
            raise PabulibError(f"voter {voter!r} gave {len(points)} points to {len(choices)} projects")
        weights = tuple(map(_points, points))
    return Ballot(voter, choices, weights, row)


def _points(text: str) -> int:
    value = amount(text)
    if value.denominator != 1:
        raise PabulibError(f"points are integers, not {text!r}")
    return value.numerator


def wrong_sums(election: Election) -> list[str]:
    """Where what a file says of its own papers is not so: how many there are, and of approvals how many
    support each project. A paper added, taken out or changed shows here also where it changes no winner."""
    found = []
    said = {
        "num_votes": (election.meta.get("num_votes", ""), len(election.ballots)),
        "num_projects": (election.meta.get("num_projects", ""), len(election.projects)),
    }
    if election.meta.get("vote_type", "").strip().lower() == "approval":
        support = Counter(one for ballot in election.ballots for one in ballot.choices)
        rows = election.projects
        said |= {f"votes of {one.id}": (one.fields.get("votes", ""), support[one.id]) for one in rows}
    for name, (text, counted) in said.items():
        if text.strip() and text.strip() != str(counted):
            found.append(f"{name}: published {text.strip()}, counted {counted}")
    return found


# --- writing -------------------------------------------------------------------------------------------


def write(election: Election, line_end: str = "\n") -> str:
    """The file of an election. Reading it gives the same election again."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator=line_end)
    writer.writerow(["META"])
    writer.writerow(["key", "value"])
    writer.writerows(election.meta.items())
    for name, items in (("PROJECTS", election.projects), ("VOTES", election.ballots)):
        writer.writerow([name])
        if items:
            writer.writerow(items[0].fields.keys())
        writer.writerows(one.fields.values() for one in items)
    return out.getvalue()


def make(
    meta: Mapping[str, str],
    projects: Iterable[Mapping[str, str]],
    votes: Iterable[tuple[str, tuple[str, ...], tuple[int, ...]]],
) -> Election:
    """An election of our own, to be exported: the columns of PROJECTS, and (voter, choices, points) of VOTES.
    Points are written for cumulative and scoring votes. Raises PabulibError as `parse` does."""
    with_points = meta.get("vote_type") in ("cumulative", "scoring")
    rows = []
    for voter, choices, points in votes:
        row = {"voter_id": voter, "vote": ",".join(choices)}
        rows.append(row | ({"points": ",".join(map(str, points))} if with_points else {}))
    listed = [dict(row) for row in projects]
    whole = {**meta, "num_projects": str(len(listed)), "num_votes": str(len(rows))}
    empty: Mapping[str, str] = {}
    drawn = Election(
        whole,
        tuple(Project(row["project_id"], amount(row["cost"]), row) for row in listed),
        tuple(Ballot(row["voter_id"], (), (), row or empty) for row in rows),
    )
    return parse(write(drawn))
