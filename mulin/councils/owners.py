"""From owners' papers to totals in area and heads: 民法典 278, 建筑物区分所有权司法解释 8 and 9.

Area (article 8): the registry's, else the survey's, else the contract's, in integer 0.01 m². Heads (article
9): one exclusive part is one head, but all parts that the developer has not sold or not handed over are one
head together, and one buyer of several parts is one head. We read "one buyer" as the same set of registered
owners: a couple that owns two flats together is one head, and a person who owns one flat alone and another
with somebody is two.

The votes are named by law: the count's officers know them. What leaves here are totals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mulin.councils.counting import Amount, Choice, Gap, LeftOut, Result, Totals, VoteRule, decide

AREA_SOURCES = ("registry", "survey", "contract")
HOME, PARKING = "home", "parking"
NAMED_IN_DETAIL = 20


@dataclass(frozen=True, slots=True)
class Unit:
    """One exclusive part. Areas are integers of 0.01 m², None where the source has none. `is_developers`: not
    sold, or sold and not yet handed over."""

    id: str
    owners: tuple[str, ...]
    registry: int | None = None
    survey: int | None = None
    contract: int | None = None
    kind: str = HOME
    is_developers: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """What one owner says: for the units named, or for all that are theirs. None is a spoiled paper, () a
    blank one. Whoever brings it (the owner, one of several owners whom the others chose, a proxy) has been
    checked before; `by` is the owner it speaks for."""

    by: str
    choice: Choice | None
    units: tuple[str, ...] = ()


def area_of(unit: Unit, order: Sequence[str]) -> int | None:
    """The area by the first source that has one."""
    found = (getattr(unit, source) for source in order)
    return next((one for one in found if one is not None), None)


def head_of(unit: Unit) -> tuple[str, ...]:
    """Units with the same answer are one head together."""
    if unit.is_developers:
        return ("developer",)
    return ("owners", *sorted(set(unit.owners))) if unit.owners else ("unit", unit.id)


def tally(rule: VoteRule, units: Iterable[Unit], papers: Iterable[Paper]) -> Totals:
    """Add up owners' papers. Neither the order of the units nor that of the papers matters."""
    every = sorted(units, key=lambda unit: unit.id)
    gaps = _gaps(rule, every)
    counted = [unit for unit in every if unit.kind != PARKING or rule.parking == "counted"]
    areas = {unit.id: area_of(unit, rule.area_order) or 0 for unit in counted}
    heads: dict[tuple[str, ...], list[Unit]] = {}
    for unit in counted:
        heads.setdefault(head_of(unit), []).append(unit)
    said, refused = _said(counted, {unit.id for unit in every}, papers)
    found = _added(rule, heads, areas, said)
    parked = len(every) - len(counted)
    left_out = tuple(LeftOut(reason, papers=number) for reason, number in sorted(refused.items()))
    if parked and rule.parking == "left_out":
        area = sum(area_of(unit, rule.area_order) or 0 for unit in every if unit.kind == PARKING)
        left_out = (LeftOut("parking", Amount(parked, area)), *left_out)
    return Totals(
        roster=Amount(len(heads), sum(areas.values())),
        options={one: found[one] for one in rule.options},
        decided=found["decided"],
        blank=found["blank"],
        void=found["void"],
        contradicted=found["contradicted"],
        left_out=left_out,
        gaps=gaps,
    )


def count(rule: VoteRule, units: Iterable[Unit], papers: Iterable[Paper]) -> Result:
    """The result of owners' papers."""
    return decide(rule, tally(rule, units, papers))


def _gaps(rule: VoteRule, units: Sequence[Unit]) -> tuple[Gap, ...]:
    gaps = []
    if len({unit.id for unit in units}) != len(units):
        gaps.append(Gap("unit-twice"))
    if any(unit.kind == PARKING for unit in units) and rule.parking is None:
        gaps.append(Gap("unset-parking", "councils.parking"))
    if not rule.area_order:
        gaps.append(Gap("unset-area", "councils.area_order"))
        return tuple(gaps)
    counts = [unit for unit in units if unit.kind != PARKING or rule.parking == "counted"]
    areas = {unit.id: area_of(unit, rule.area_order) for unit in counts}
    if bad := [unit for unit, area in areas.items() if area is None or area <= 0]:
        named = ", ".join(bad[:NAMED_IN_DETAIL])
        gaps.append(Gap("area-missing", detail=f"{len(bad)}: {named}"))
    return tuple(gaps)


def _said(
    counted: Sequence[Unit], known: set[str], papers: Iterable[Paper]
) -> tuple[dict[str, set[Choice | None]], dict[str, int]]:
    """What was said about each unit, and how many papers say nothing about one that counts, by reason."""
    owners = {unit.id: set(unit.owners) for unit in counted}
    theirs: dict[str, list[str]] = {}
    for unit in counted:
        for owner in set(unit.owners):
            theirs.setdefault(owner, []).append(unit.id)
    said: dict[str, set[Choice | None]] = {}
    refused: dict[str, int] = {}
    for paper in papers:
        named = paper.units or tuple(theirs.get(paper.by, ()))
        valid = [unit for unit in named if paper.by in owners.get(unit, ())]
        for unit in valid:
            said.setdefault(unit, set()).add(paper.choice)
        if not valid:
            reason = _reason(paper, named, owners, known)
            refused[reason] = refused.get(reason, 0) + 1
    return said, refused


def _reason(paper: Paper, named: Sequence[str], owners: Mapping[str, set[str]], known: set[str]) -> str:
    if any(unit in owners for unit in named) or not named:
        return "not-an-owner"
    return "parking" if any(unit in known for unit in named) else "unknown-unit"


def _added(
    rule: VoteRule,
    heads: Mapping[tuple[str, ...], Sequence[Unit]],
    areas: Mapping[str, int],
    said: Mapping[str, set[Choice | None]],
) -> dict[str, Amount]:
    """Amounts of every option and of "decided", "blank", "void" and "contradicted". A head speaks once: what
    its papers say together goes for all its units that a paper was given for."""
    names = ("decided", "blank", "void", "contradicted")
    people, space = (dict.fromkeys((*rule.options, *names), 0) for _ in range(2))
    for units in heads.values():
        there = [unit.id for unit in units if unit.id in said]
        if not there:
            continue
        # A spoiled paper beside a good one is as if it had not been given, for its unit's area too.
        good = [unit for unit in there if any(_is_good(rule, one) for one in said[unit])]
        area = sum(areas[unit] for unit in good or there)
        for name in _names_of(rule, set().union(*(said[unit] for unit in there))):
            people[name] += 1
            space[name] += area
    return {name: Amount(people[name], space[name]) for name in people}


def _names_of(rule: VoteRule, choices: set[Choice | None]) -> tuple[str, ...]:
    """Where a head is counted. A spoiled paper beside a good one is as if it had not been given; the order in
    which somebody ticks several options is no difference."""
    good = {tuple(sorted(one)) for one in choices if one is not None and _is_good(rule, one)}
    if not good:
        return ("void",)
    if len(good) > 1:
        return ("contradicted",)
    (choice,) = good
    return ("decided", *choice) if choice else ("blank",)


def _is_good(rule: VoteRule, choice: Choice | None) -> bool:
    return choice is not None and rule.is_valid(choice)
