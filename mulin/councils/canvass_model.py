"""A simulation of a canvass: how many visits until enough households agree. Seeded, and a model: no forecast.

It compares two ways of choosing who goes where: acquaintance chains (`chains.propose`), and going from door
to door in random order. What is assumed, the same for both unless it says otherwise:

- Households live in stair units of 12, buildings of 4 units, courtyards of 8 buildings. Of the ties two in
  five lie within a unit, two in five within a building, the others within a courtyard or anywhere. Trust is
  1, 2 or 3 with shares 5 : 3 : 2. All ties of the graph are consented.
- At first `agreeing` of the households agree, `opposing` oppose, the others are undecided, all scattered at
  random. Some of those who agree (`starters`) run the campaign.
- At a visit somebody is at home with chance `at_home`, whoever comes.
- Who is reached agrees with chance (`undecided` or `oppose`, for a stranger) x `pull` of the tie (1 for a
  stranger) x (1 + `company` x the share of the household's acquaintances who agree), at most `ceiling`,
  however often it was asked before. Otherwise it stays as it is, except that with chance `left_alone` it asks
  not to be visited again. Nobody who agreed changes back.
- A round is a week. Chains keep the whole etiquette. Door to door keeps the rests, but neither the most
  contacts nor the most noes: within them strangers would not get so far. That favours door to door.

`pull`, how much more an acquaintance achieves than a stranger, is an assumption, measured by nobody, and
decides most of the answer: report the ratio together with one for a weaker pull and one for none (`PULLS`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mulin.councils.chains import (
    AGREE,
    NOBODY,
    NOT_REACHED,
    OPPOSE,
    REFUSED,
    UNDECIDED,
    Campaign,
    Etiquette,
    Ties,
    propose,
)

DAYS_OF_ROUND = 7
PULLS = {"assumed": (1.0, 1.6, 2.3, 3.0), "half": (1.0, 1.3, 1.65, 2.0), "none": (1.0, 1.0, 1.0, 1.0)}


@dataclass(frozen=True, slots=True)
class Assumptions:
    """The numbers of the model; the module's text says what they mean."""

    agreeing: float = 0.23
    opposing: float = 0.17
    at_home: float = 0.6
    undecided: float = 0.25
    oppose: float = 0.12
    pull: tuple[float, float, float, float] = PULLS["assumed"]
    company: float = 0.5
    ceiling: float = 0.9
    left_alone: float = 0.005
    starters: float = 0.005
    target: float = 0.9
    most_rounds: int = 120


@dataclass(frozen=True, slots=True)
class Story:
    """What one simulated canvass came to. `curve`: the support after every round."""

    visits: int
    rounds: int
    support: float
    is_reached: bool
    most_visits_of_a_household: int
    curve: tuple[float, ...]


def neighbourhood(households: int, ties: int, seed: int) -> Ties:
    """A made-up graph with about as many ties as asked for (pairs that repeat are dropped)."""
    rng = np.random.default_rng(seed)
    wanted = ties + ties // 5
    a = rng.integers(0, households, wanted)
    near = rng.choice(4, wanted, p=(0.4, 0.4, 0.1, 0.1))
    span = np.array([12, 48, 384, households])[near]
    b = a // span * span + rng.integers(0, span)
    kept = (a != b) & (b < households)
    pairs = np.unique(np.sort(np.stack([a[kept], b[kept]], axis=1), axis=1), axis=0)
    pairs = rng.permutation(pairs)[:ties]
    return Ties(pairs[:, 0], pairs[:, 1], rng.choice([1, 2, 3], len(pairs), p=(0.5, 0.3, 0.2)))


def begin(households: int, given: Assumptions, seed: int) -> tuple[Campaign, np.ndarray]:
    """Stances at the start, and the households of those who run the campaign: some of those who agree."""
    rng = np.random.default_rng(seed)
    stance = np.full(households, UNDECIDED, dtype=np.int8)
    order = rng.permutation(households)
    agreeing = round(given.agreeing * households)
    stance[order[:agreeing]] = AGREE
    stance[order[agreeing : agreeing + round(given.opposing * households)]] = OPPOSE
    return Campaign.begin(stance), np.sort(order[: max(1, round(given.starters * households))])


def by_chains(ties: Ties, households: int, rules: Etiquette, given: Assumptions, seed: int) -> Story:
    """Canvass along acquaintance chains until the target, or until nobody may be asked for half a year."""
    campaign, starters = begin(households, given, seed)

    def choose(day: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        plan = propose(ties, campaign, starters, rules, day)
        asked = np.flatnonzero(plan.caller != NOBODY)
        asked = rng.permutation(asked)
        return asked, plan.caller[asked], plan.trust[asked]

    return _canvass(ties, campaign, given, seed, choose)


def door_to_door(ties: Ties, households: int, rules: Etiquette, given: Assumptions, seed: int) -> Story:
    """The same households, visited by strangers in random order."""
    campaign, _ = begin(households, given, seed)
    endless = replace(rules, most_contacts=10**6, most_noes=10**6)

    def choose(day: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        asked = rng.permutation(np.flatnonzero(campaign.why_not(endless, day) == 0))
        return asked, np.full(len(asked), NOBODY), np.zeros(len(asked), dtype=np.int8)

    return _canvass(ties, campaign, given, seed, choose)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both ways to the same support: the target, or what chains reach within the etiquette."""

    chains: Story
    doors: Story

    @property
    def ratio(self) -> float:
        """Visits of chains for each visit from door to door. Too high when doors did not get so far."""
        return self.chains.visits / max(self.doors.visits, 1)


def compare(ties: Ties, households: int, rules: Etiquette, given: Assumptions, seed: int) -> Comparison:
    """Simulate both from the same start."""
    chains = by_chains(ties, households, rules, given, seed)
    reached = given if chains.is_reached else replace(given, target=chains.support - 1 / households)
    return Comparison(chains, door_to_door(ties, households, rules, reached, seed))


def _canvass(ties: Ties, campaign: Campaign, given: Assumptions, seed: int, choose) -> Story:
    rng = np.random.default_rng(seed + 1)
    target = int(given.target * len(campaign.stance)) + 1  # above the share, not only as much
    curve, idle, visits = [campaign.support], 0, 0
    while len(curve) <= given.most_rounds and idle < 26 and (campaign.stance == AGREE).sum() < target:
        day = DAYS_OF_ROUND * len(curve)
        asked, callers, trust = choose(day, rng)
        idle = 0 if len(asked) else idle + 1
        outcome = _outcomes(ties, campaign, given, asked, trust, rng)
        # The visits of a round come one after the other, and end with the one that reaches the target.
        had = int((campaign.stance == AGREE).sum()) + np.cumsum(outcome == AGREE)
        end = int(np.searchsorted(had, target)) + 1
        _record(campaign, asked[:end], callers[:end], day, outcome[:end])
        visits += len(asked[:end])
        curve.append(campaign.support)
    had_enough = int((campaign.stance == AGREE).sum()) >= target
    most = int(campaign.contacts.max(initial=0))
    return Story(visits, len(curve) - 1, curve[-1], had_enough, most, tuple(curve))


def _outcomes(
    ties: Ties,
    campaign: Campaign,
    given: Assumptions,
    asked: np.ndarray,
    trust: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    size = len(campaign.stance)
    agrees = campaign.stance == AGREE
    known = np.bincount(ties.a, minlength=size) + np.bincount(ties.b, minlength=size)
    friends = np.bincount(ties.a, agrees[ties.b], size) + np.bincount(ties.b, agrees[ties.a], size)
    company = 1 + given.company * (friends / np.maximum(known, 1))[asked]
    before = campaign.stance[asked]
    chance = np.where(before == OPPOSE, given.oppose, given.undecided) * np.array(given.pull)[trust]
    chance = np.minimum(chance * company, given.ceiling)
    home, yes, enough = (rng.random(len(asked)) for _ in range(3))
    answer = np.where(yes < chance, AGREE, np.where(enough < given.left_alone, REFUSED, before))
    return np.where(home < given.at_home, answer, NOT_REACHED)


def _record(
    campaign: Campaign, asked: np.ndarray, callers: np.ndarray, day: int, outcome: np.ndarray
) -> None:
    """What `Campaign.record` does, for many households at once."""
    campaign.contacts[asked] += 1
    absent = outcome == NOT_REACHED
    campaign.last_absence[asked[absent]] = day
    met, answer = asked[~absent], outcome[~absent]
    campaign.stance[met] = answer
    is_no = answer != AGREE
    campaign.noes[met[is_no]] += 1
    campaign.last_no[met[is_no]] = day
    pairs = zip(met[is_no].tolist(), callers[~absent][is_no].tolist(), strict=True)
    campaign.heard_no.update((one, by) for one, by in pairs if by != NOBODY)
