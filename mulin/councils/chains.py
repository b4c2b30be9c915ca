"""Who should knock on which door: acquaintance chains (熟人链). Pure: arrays in, a plan out.

The graph says who knows whom. It holds only ties to which both households consented, belongs to one campaign,
and is given to every call: nothing of it is kept here, so that erasing it at the end erases it.

A chain begins with somebody who runs the campaign, goes on through households that already agree, and ends
with an acquaintance (the caller) of the household to be asked. Of all callers the one who is closest to the
household comes first, then the one to whom the shortest trusted path leads. The etiquette is data (rule
councils.etiquette): it bounds what is proposed, and `record` refuses a visit that breaks it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

AGREE, UNDECIDED, OPPOSE, NOT_REACHED, REFUSED = range(5)
STANCES = ("agree", "undecided", "oppose", "not_reached", "refused")
CLOSEST = 3  # trust of a tie: 1 we greet, 2 we know each other well, 3 family or close friends
NOBODY = -1
LONG_AGO = -(10**6)
_STEP = 1_000  # one tie more is worse than any lack of trust on a path

# Why nobody is proposed for a household, in the order in which they are asked.
PROPOSED = "proposed"
REASONS = (
    PROPOSED, "agreed", "asked_to_be_left_alone", "being_approached", "contacts_used_up", "noes_used_up",
    "resting", "nobody_knows_them", "callers_are_busy",
)  # fmt: skip


class EtiquetteError(ValueError):
    """A visit that the etiquette does not allow; `code` is one of REASONS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Etiquette:
    """Limits, in days and numbers. `rest_after_no`: from a no to the next visit of anybody; whoever heard the
    no does not come again. `visits_each`: open visits of one caller. `longest_chain`: ties from the campaign
    to the household."""

    rest_after_no: int
    rest_after_absence: int
    most_contacts: int
    most_noes: int
    visits_each: int
    longest_chain: int

    @classmethod
    def from_rule(cls, value: Mapping[str, Any]) -> Etiquette:
        """From the value of the rule councils.etiquette; every limit must be there."""
        names = [one.name for one in fields(cls)]
        if missing := [name for name in names if not isinstance(value.get(name), int) or value[name] < 0]:
            raise ValueError(f"the etiquette has no limit {missing[0]}")
        return cls(**{name: value[name] for name in names})


@dataclass(frozen=True, slots=True)
class Ties:
    """Consented ties between households, each once: a[i] knows b[i] with trust[i] (1 to CLOSEST)."""

    a: np.ndarray
    b: np.ndarray
    trust: np.ndarray

    def __post_init__(self) -> None:
        if not len(self.a) == len(self.b) == len(self.trust):
            raise ValueError("ties are three arrays of one length")
        if len(self.a) and ((self.a == self.b).any() or self.trust.min() < 1 or self.trust.max() > CLOSEST):
            raise ValueError(f"a tie joins two households, with a trust of 1 to {CLOSEST}")


@dataclass(slots=True)
class Campaign:
    """Where every household of a campaign stands; arrays by household. `open_by`: who is on the way to it."""

    stance: np.ndarray
    contacts: np.ndarray
    noes: np.ndarray
    last_no: np.ndarray
    last_absence: np.ndarray
    open_by: np.ndarray
    heard_no: set[tuple[int, int]] = field(default_factory=set)

    @classmethod
    def begin(cls, stance: np.ndarray) -> Campaign:
        """A campaign before the first visit. The array is copied."""
        size = len(stance)
        zeros = [np.zeros(size, dtype=np.int32) for _ in range(2)]
        days = [np.full(size, LONG_AGO, dtype=np.int32) for _ in range(2)]
        return cls(np.array(stance, dtype=np.int8), *zeros, *days, np.full(size, NOBODY, dtype=np.int32))

    @property
    def support(self) -> float:
        """The share of households that agree: a figure of the campaign, never a vote."""
        return float((self.stance == AGREE).mean()) if len(self.stance) else 0.0

    def why_not(self, rules: Etiquette, day: int) -> np.ndarray:
        """For every household the place in REASONS why it may not be approached on this day; 0: it may."""
        reason = np.zeros(len(self.stance), dtype=np.int8)
        is_resting = (day - self.last_no < rules.rest_after_no) | (
            day - self.last_absence < rules.rest_after_absence
        )
        for name, found in (
            ("resting", is_resting),
            ("noes_used_up", self.noes >= rules.most_noes),
            ("contacts_used_up", self.contacts >= rules.most_contacts),
            ("being_approached", self.open_by != NOBODY),
            ("asked_to_be_left_alone", self.stance == REFUSED),
            ("agreed", self.stance == AGREE),
        ):
            reason[found] = REASONS.index(name)
        return reason

    def start(self, household: int, by: int, rules: Etiquette, day: int) -> None:
        """`by` sets out to a household: from now on nobody else does. Raises EtiquetteError."""
        if reason := int(self.why_not(rules, day)[household]):
            raise EtiquetteError(REASONS[reason])
        if (household, by) in self.heard_no:
            raise EtiquetteError("noes_used_up")
        if int((self.open_by == by).sum()) >= rules.visits_each:
            raise EtiquetteError("callers_are_busy")
        self.open_by[household] = by

    def record(self, household: int, by: int, day: int, outcome: int) -> None:
        """What came of the visit that `by` had started. Raises EtiquetteError when somebody else had."""
        if self.open_by[household] != by:
            raise EtiquetteError("being_approached")
        self.open_by[household] = NOBODY
        self.contacts[household] += 1
        if outcome == NOT_REACHED:
            self.last_absence[household] = day
            return
        self.stance[household] = outcome
        if outcome != AGREE:
            self.noes[household] += 1
            self.last_no[household] = day
            self.heard_no.add((household, by))


@dataclass(frozen=True, slots=True)
class Plan:
    """caller[h]: who should go to household h, or NOBODY; reason[h]: place in REASONS; `trust[h]` of that
    tie."""

    caller: np.ndarray
    reason: np.ndarray
    trust: np.ndarray
    before: np.ndarray

    def chain(self, household: int) -> tuple[int, ...]:
        """From the campaign's own people to the household; () where nobody is proposed."""
        caller = int(self.caller[household])
        if caller == NOBODY:
            return ()
        path = [household]
        while caller >= 0:
            path.append(caller)
            caller = int(self.before[caller])
        return tuple(reversed(path))


def propose(ties: Ties, campaign: Campaign, starters: np.ndarray, rules: Etiquette, day: int) -> Plan:
    """For every household that may be approached on this day, the next best acquaintance.

    `starters` are the households of those who run the campaign. A household with few possible callers chooses
    first; nobody gets more visits than the etiquette allows. The same input gives the same plan."""
    size = len(campaign.stance)
    reason = campaign.why_not(rules, day)
    reach, steps, before = _paths(ties, campaign.stance, starters)
    asked, who, trust, far = _candidates(ties, campaign, reason, reach, steps, rules)
    caller = np.full(size, NOBODY, dtype=np.int64)
    chosen_trust = np.zeros(size, dtype=np.int8)
    visits = np.bincount(campaign.open_by[campaign.open_by != NOBODY], minlength=size)
    room = np.maximum(rules.visits_each - visits, 0).tolist()
    _assign(asked, who, trust, far, room, caller, chosen_trust)
    is_open = reason == 0
    known = np.zeros(size, dtype=bool)
    known[asked] = True
    reason[is_open & ~known] = REASONS.index("nobody_knows_them")
    reason[is_open & known & (caller == NOBODY)] = REASONS.index("callers_are_busy")
    return Plan(caller, reason, chosen_trust, before)


def _paths(ties: Ties, stance: np.ndarray, starters: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The shortest trusted path from a starter to every household that agrees, the fewest ties first, then
    the most trust: its length, its number of ties, and the household before."""
    size = len(stance)
    may_carry = stance == AGREE
    may_carry[starters] = True
    kept = may_carry[ties.a] & may_carry[ties.b]
    a, b, length = ties.a[kept], ties.b[kept], _STEP + CLOSEST - ties.trust[kept]
    graph = csr_array((np.r_[length, length].astype(float), (np.r_[a, b], np.r_[b, a])), shape=(size, size))
    if not len(starters):
        return np.full(size, np.inf), np.zeros(size, dtype=int), np.full(size, NOBODY)
    reach, before, _ = dijkstra(graph, indices=starters, min_only=True, return_predecessors=True)
    steps, place = np.zeros(size, dtype=int), before.copy()
    while (place >= 0).any():
        steps += place >= 0
        place = np.where(place >= 0, before[np.maximum(place, 0)], NOBODY)
    return reach, steps, before


def _candidates(
    ties: Ties, campaign: Campaign, reason: np.ndarray, reach: np.ndarray, steps: np.ndarray, rules: Etiquette
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """All pairs (household to be asked, possible caller) with their trust and the caller's distance."""
    asked, who = np.r_[ties.a, ties.b], np.r_[ties.b, ties.a]
    trust = np.r_[ties.trust, ties.trust]
    kept = (reason[asked] == 0) & np.isfinite(reach[who]) & (steps[who] + 1 <= rules.longest_chain)
    # A starter who does not agree carries no message.
    kept &= campaign.stance[who] == AGREE
    asked, who, trust = asked[kept], who[kept], trust[kept]
    if campaign.heard_no and len(asked):
        size = len(campaign.stance)
        # Who has no household here (a number beyond them all, or none) knows nobody, and would be taken for
        # another pair.
        pairs = (one * size + by for one, by in campaign.heard_no if 0 <= by < size)
        heard = np.fromiter(pairs, np.int64)
        fresh = ~np.isin(asked * size + who, heard)
        asked, who, trust = asked[fresh], who[fresh], trust[fresh]
    return asked, who, trust, reach[who]


def _assign(
    asked: np.ndarray,
    who: np.ndarray,
    trust: np.ndarray,
    far: np.ndarray,
    room: list[int],
    caller: np.ndarray,
    chosen_trust: np.ndarray,
) -> None:
    """Households with the fewest callers choose first: the closest, then the one nearest to the campaign."""
    choices = np.bincount(asked, minlength=len(caller))
    order = np.lexsort((who, far, -trust, asked, choices[asked]))
    last = NOBODY
    for one, by, how in zip(asked[order].tolist(), who[order].tolist(), trust[order].tolist(), strict=True):
        if one != last and room[by] > 0:
            room[by] -= 1
            caller[one], chosen_trust[one] = by, how
            last = one
