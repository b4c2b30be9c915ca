"""What the votes say, ready to be put into sentences: numbers, sides and letters, no words of their own.
Pure.

Percents are whole, of those who saw the statement (passes included), as people would recount them by hand;
which statements are chosen follows the arithmetic with its pseudo-votes. A group's percent on a statement is
left out where fewer than five of its members answered, or where such a cell could be worked out from it: it
would show what single people said.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from mulin.councils.opinions import arithmetic
from mulin.councils.opinions.arithmetic import Representativeness, Tally, Z
from mulin.councils.opinions.mapping import OpinionMap
from mulin.councils.opinions.votes import AGREE, DISAGREE, Votes
from mulin.kernel import suppression

PICKED = 5
SAID = {AGREE: "agree", DISAGREE: "disagree"}


@dataclass(frozen=True, slots=True)
class Share:
    """How one group answered one statement: `percent` takes `side`; None where too few answered."""

    group: int
    letter: str
    percent: int | None
    seen: int | None


@dataclass(frozen=True, slots=True)
class Held:
    """What a group holds more than others: `percent` of it take `side`, elsewhere `percent_elsewhere`."""

    statement: Any
    side: str
    percent: int
    percent_elsewhere: int
    seen: int
    is_best_agree: bool


@dataclass(frozen=True, slots=True)
class GroupView:
    number: int
    letter: str
    people: int
    percent_of_all: int
    holds: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """What all hold (求最大公约数): more than half beyond chance in every group. `lowest` is the percent of
    the group that holds it least; `strength` is the group-aware consensus of that side."""

    statement: Any
    side: str
    percent: int
    lowest: int
    seen: int
    strength: float
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Divided:
    """Where groups differ: the percents who agree, the furthest two groups and how far apart they are."""

    statement: Any
    most: str
    least: str
    gap: int
    percent: int
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """One statement for the record: the majority, if there is one beyond chance, and the minority beside it.

    `majority` is "agree", "disagree" or "" (no side has more than half beyond chance); `minority_percent`
    took the other side and `minority_groups` are the letters of the groups in which the other side
    prevails."""

    statement: Any
    seen: int
    agrees: int
    disagrees: int
    passes: int
    majority: str
    majority_percent: int
    minority_percent: int
    minority_groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """`clarity` is "clear", "blurred" or "none"; with "none", `groups` and `divided` are empty and `shared`
    is what most people hold together."""

    people: int
    placed: int
    clarity: str
    groups: tuple[GroupView, ...]
    shared: tuple[Shared, ...]
    divided: tuple[Divided, ...]
    records: tuple[Record, ...]

    @property
    def majorities(self) -> tuple[Record, ...]:
        """Statements with a majority, the most united first."""
        some = [one for one in self.records if one.majority]
        return tuple(sorted(some, key=lambda one: (-one.majority_percent, -one.seen)))

    @property
    def minorities(self) -> tuple[Record, ...]:
        """Statements where a whole group stands against the majority, the largest minority first."""
        some = [one for one in self.records if one.majority and one.minority_groups]
        return tuple(sorted(some, key=lambda one: (-one.minority_percent, -one.seen)))


def letter(group: int) -> str:
    return chr(ord("A") + group)


def percent(part: float, whole: float) -> int:
    """A whole percent, half rounded up; 0 of nothing."""
    return int((200 * part + whole) // (2 * whole)) if whole else 0


@dataclass(frozen=True)
class _Count:
    """`is_open`: groups x statements, whether a group's answers to a statement may be shown."""

    everybody: Tally
    groups: Tally
    is_open: np.ndarray

    def shares(self, statement: int, side: int) -> tuple[Share, ...]:
        counts = self.groups.agrees if side == AGREE else self.groups.disagrees
        found = []
        for group in range(len(counts)):
            seen = int(self.groups.seen[group, statement])
            if self.is_open[group, statement]:
                found.append(Share(group, letter(group), percent(counts[group, statement], seen), seen))
            else:
                found.append(Share(group, letter(group), None, None))
        return tuple(found)


def _open(seen: np.ndarray) -> np.ndarray:
    """Which cells may be shown: none of one to four answers, nor one from which such a cell could be worked
    out. A cell without answers has nothing to show."""
    shown = seen > 0
    for statement in np.flatnonzero(((seen > 0) & (seen < suppression.LIMIT)).any(axis=0)).tolist():
        for group in suppression.protect(dict(enumerate(seen[:, statement].tolist()))):
            shown[group, statement] = False
    return shown


def find(votes: Votes, opinion_map: OpinionMap, picked: int = PICKED) -> Findings:
    """Everything a page or a record says about these votes."""
    everybody = arithmetic.tally(votes)
    groups = arithmetic.tally(votes, opinion_map.groups_of_all(votes), opinion_map.count)
    counted = _Count(everybody, groups, _open(groups.seen))
    return Findings(
        people=len(votes.participants),
        placed=len(opinion_map.placed),
        clarity=opinion_map.clarity,
        groups=_groups(votes, opinion_map, counted, picked),
        shared=_shared(votes, counted, picked),
        divided=_divided(votes, counted, picked),
        records=_records(votes, counted),
    )


def _groups(votes: Votes, found: OpinionMap, counted: _Count, picked: int) -> tuple[GroupView, ...]:
    if not found.has_groups:
        return ()
    known = arithmetic.representativeness(counted.groups)
    sizes = found.sizes().tolist()
    views = []
    for group, chosen in enumerate(arithmetic.representative(counted.groups, picked)):
        holds = tuple(
            _held(votes, known, group, one) for one in chosen if counted.is_open[group, one.statement]
        )
        views.append(
            GroupView(group, letter(group), sizes[group], percent(sizes[group], len(found.placed)), holds)
        )
    return tuple(views)


def _held(votes: Votes, known: Representativeness, group: int, one: arithmetic.Representative) -> Held:
    counts, seen = known.counts[one.side][:, one.statement], known.seen[:, one.statement]
    elsewhere = percent(counts.sum() - counts[group], seen.sum() - seen[group])
    return Held(
        statement=_name(votes, one.statement),
        side=SAID[one.side],
        percent=percent(one.votes, one.seen),
        percent_elsewhere=elsewhere,
        seen=one.seen,
        is_best_agree=one.is_best_agree,
    )


def _shared(votes: Votes, counted: _Count, picked: int) -> tuple[Shared, ...]:
    everybody, groups = counted.everybody, counted.groups
    found = []
    for side, all_counts, counts in (
        (AGREE, everybody.agrees, groups.agrees),
        (DISAGREE, everybody.disagrees, groups.disagrees),
    ):
        chances = arithmetic.probability(counts, groups.seen)
        strengths = (
            chances.prod(axis=0) if len(chances) else arithmetic.probability(all_counts, everybody.seen)
        )
        sure = arithmetic.one_proportion(all_counts, everybody.seen) > Z
        in_each = (chances > 0.5) & (arithmetic.one_proportion(counts, groups.seen) > Z)
        for one in np.flatnonzero(sure & in_each.all(axis=0)).tolist():
            shares = counted.shares(one, side)
            overall = percent(all_counts[one], everybody.seen[one])
            shown = [share.percent for share in shares if share.percent is not None]
            found.append(
                Shared(
                    statement=_name(votes, one),
                    side=SAID[side],
                    percent=overall,
                    lowest=min(shown, default=overall),
                    seen=int(everybody.seen[one]),
                    strength=float(strengths[one]),
                    shares=shares,
                )
            )
    return tuple(sorted(found, key=lambda one: -one.strength)[:picked])


def _divided(votes: Votes, counted: _Count, picked: int) -> tuple[Divided, ...]:
    groups, everybody = counted.groups, counted.everybody
    if len(groups.seen) < 2:
        return ()
    chances = np.where(counted.is_open, arithmetic.probability(groups.agrees, groups.seen), np.nan)
    known = np.flatnonzero((~np.isnan(chances)).sum(axis=0) >= 2)
    if not len(known):
        return ()
    high, low = np.nanargmax(chances[:, known], axis=0), np.nanargmin(chances[:, known], axis=0)
    test = arithmetic.two_proportions(
        groups.agrees[high, known],
        groups.agrees[low, known],
        groups.seen[high, known],
        groups.seen[low, known],
    )
    gap = chances[high, known] - chances[low, known]
    order = [at for at in np.argsort(-gap, kind="stable").tolist() if test[at] > Z][:picked]
    return tuple(
        _apart(votes, counted, int(known[at]), int(high[at]), int(low[at]), everybody) for at in order
    )


def _apart(votes: Votes, counted: _Count, one: int, high: int, low: int, everybody: Tally) -> Divided:
    shares = counted.shares(one, AGREE)
    return Divided(
        statement=_name(votes, one),
        most=letter(high),
        least=letter(low),
        gap=(shares[high].percent or 0) - (shares[low].percent or 0),
        percent=percent(everybody.agrees[one], everybody.seen[one]),
        shares=shares,
    )


def _records(votes: Votes, counted: _Count) -> tuple[Record, ...]:
    everybody = counted.everybody
    sides = {}
    for side, counts in ((AGREE, everybody.agrees), (DISAGREE, everybody.disagrees)):
        more_than_half = arithmetic.probability(counts, everybody.seen) > 0.5
        sides[side] = more_than_half & (arithmetic.one_proportion(counts, everybody.seen) > Z)
    found = []
    for one in range(votes.shape[1]):
        side = AGREE if sides[AGREE][one] else DISAGREE if sides[DISAGREE][one] else 0
        found.append(_record(votes, counted, one, side))
    return tuple(found)


def _record(votes: Votes, counted: _Count, one: int, side: int) -> Record:
    everybody = counted.everybody
    agrees, disagrees, seen = (
        int(numbers[one]) for numbers in (everybody.agrees, everybody.disagrees, everybody.seen)
    )
    most, fewer = (disagrees, agrees) if side == DISAGREE else (agrees, disagrees)
    return Record(
        statement=_name(votes, one),
        seen=seen,
        agrees=agrees,
        disagrees=disagrees,
        passes=seen - agrees - disagrees,
        majority=SAID.get(side, ""),
        majority_percent=percent(most, seen) if side else 0,
        minority_percent=percent(fewer, seen) if side else percent(min(agrees, disagrees), seen),
        minority_groups=_against(counted, one, side) if side else (),
    )


def _against(counted: _Count, one: int, side: int) -> tuple[str, ...]:
    """Groups in which more take the other side than the majority's."""
    groups = counted.groups
    other, own = (groups.disagrees, groups.agrees) if side == AGREE else (groups.agrees, groups.disagrees)
    against = (other[:, one] > own[:, one]) & counted.is_open[:, one]
    return tuple(letter(group) for group in np.flatnonzero(against).tolist())


def _name(votes: Votes, statement: int) -> Any:
    return votes.statements[statement : statement + 1].tolist()[0]
