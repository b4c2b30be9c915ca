"""The arithmetic of Polis, exactly: what votes say about groups and statements. Pure.

Source: the formulas of the Polis server (math/src/polismath/math, read not copied), checked against published
results of one (see the tests). Every probability carries one pseudo-vote on each side, so that three votes
out of three are not certainty. All counts of "seen" include passes. One z level decides throughout: 90 %,
one-sided."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mulin.councils.opinions.votes import AGREE, DISAGREE, Votes

Z = 1.2816
PICKED = 5
META_WEIGHT = 7.0


@dataclass(frozen=True)
class Tally:
    """Agrees, disagrees and seen, each of shape groups x statements (or statements alone)."""

    agrees: np.ndarray
    disagrees: np.ndarray
    seen: np.ndarray

    @property
    def passes(self) -> np.ndarray:
        return self.seen - self.agrees - self.disagrees


@dataclass(frozen=True, slots=True)
class Opinion:
    """One statement that stands for many: over everybody, or for one group."""

    statement: int
    side: int
    votes: int
    seen: int
    probability: float
    test: float


@dataclass(frozen=True, slots=True)
class Representative(Opinion):
    """A statement by which a group differs from the others. `ratio`: how many times as probable as
    elsewhere."""

    ratio: float
    ratio_test: float
    is_best_agree: bool = False


def tally(votes: Votes, groups: np.ndarray | None = None, count: int | None = None) -> Tally:
    """Count votes. `groups` holds a group's position for every participant (-1: none), or None for everybody
    together; `count` is the number of groups."""
    width = votes.shape[1]
    if groups is None:
        cell, cells, shape = votes.columns, width, (width,)
        values = votes.values
    else:
        count = int(groups.max(initial=-1)) + 1 if count is None else count
        of_vote = groups[votes.rows]
        placed = of_vote >= 0
        cell = of_vote[placed].astype(np.int64) * width + votes.columns[placed]
        values, cells, shape = votes.values[placed], count * width, (count, width)
    numbers = [
        np.bincount(cell[chosen], minlength=cells).reshape(shape)
        for chosen in (values == AGREE, values == DISAGREE, slice(None))
    ]
    return Tally(*numbers)


def probability(successes: np.ndarray, seen: np.ndarray) -> np.ndarray:
    return (successes + 1.0) / (seen + 2.0)


def one_proportion(successes: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """z of "more than half": 2 sqrt(n + 1) ((s + 1) / (n + 1) - 1/2)."""
    return 2.0 * np.sqrt(seen + 1.0) * ((successes + 1.0) / (seen + 1.0) - 0.5)


def two_proportions(
    successes: np.ndarray, elsewhere: np.ndarray, seen: np.ndarray, seen_elsewhere: np.ndarray
) -> np.ndarray:
    """z of "more than elsewhere", with one added to every count; 0 where all said the same."""
    s1, s2, n1, n2 = (np.asarray(x) + 1.0 for x in (successes, elsewhere, seen, seen_elsewhere))
    pooled = (s1 + s2) / (n1 + n2)
    spread = np.sqrt(np.maximum(pooled * (1 - pooled), 0) * (1 / n1 + 1 / n2))
    difference = s1 / n1 - s2 / n2
    return np.divide(difference, spread, out=np.zeros_like(difference), where=spread > 0)


def group_aware_consensus(groups: Tally) -> np.ndarray:
    """Product over the groups of the probability to agree: high only where every group agrees."""
    return probability(groups.agrees, groups.seen).prod(axis=0)


@dataclass(frozen=True)
class Representativeness:
    """For each side: probability, its test, ratio to the others and its test; shape groups x statements."""

    probabilities: dict[int, np.ndarray]
    tests: dict[int, np.ndarray]
    ratios: dict[int, np.ndarray]
    ratio_tests: dict[int, np.ndarray]
    counts: dict[int, np.ndarray]
    seen: np.ndarray

    def entry(self, group: int, statement: int, is_best_agree: bool = False) -> Representative:
        """The side by which the group differs more on this statement."""
        at = (group, statement)
        side = AGREE if self.ratio_tests[AGREE][at] > self.ratio_tests[DISAGREE][at] else DISAGREE
        return Representative(
            statement=statement,
            side=side,
            votes=int(self.counts[side][at]),
            seen=int(self.seen[at]),
            probability=float(self.probabilities[side][at]),
            test=float(self.tests[side][at]),
            ratio=float(self.ratios[side][at]),
            ratio_test=float(self.ratio_tests[side][at]),
            is_best_agree=is_best_agree,
        )


def representativeness(groups: Tally) -> Representativeness:
    seen, all_seen = groups.seen, groups.seen.sum(axis=0)
    sides = {AGREE: groups.agrees, DISAGREE: groups.disagrees}
    parts: tuple[dict, dict, dict, dict] = ({}, {}, {}, {})
    for side, counts in sides.items():
        elsewhere, seen_elsewhere = counts.sum(axis=0) - counts, all_seen - seen
        chance = probability(counts, seen)
        parts[0][side] = chance
        parts[1][side] = one_proportion(counts, seen)
        parts[2][side] = chance / probability(elsewhere, seen_elsewhere)
        parts[3][side] = two_proportions(counts, elsewhere, seen, seen_elsewhere)
    return Representativeness(*parts, counts=sides, seen=seen)


def representative(groups: Tally, picked: int = PICKED) -> list[tuple[Representative, ...]]:
    """For every group the statements that set it apart, at most `picked`: the best one it agrees with first,
    agreement before disagreement. A group that stands out nowhere gets its best one all the same."""
    known = representativeness(groups)
    return [_of_group(known, group, picked) for group in range(len(groups.seen))]


def _of_group(known: Representativeness, group: int, picked: int) -> tuple[Representative, ...]:
    tests, ratio_tests = known.tests, known.ratio_tests
    passing = [(tests[side][group] > Z) & (ratio_tests[side][group] > Z) for side in (AGREE, DISAGREE)]
    enough = np.flatnonzero(passing[0] | passing[1])
    head = _best_agree(known, group)
    first = [known.entry(group, head, is_best_agree=True)] if head is not None else []
    if not len(enough):
        return tuple(first or _best_of_all(known, group))
    rest = [known.entry(group, int(one)) for one in enough if one != head]
    rest.sort(key=lambda one: -(one.ratio * one.ratio_test * one.probability * one.test))
    chosen = (first + rest)[:picked]
    return tuple(
        [one for one in chosen if one.side == AGREE] + [one for one in chosen if one.side == DISAGREE]
    )


def _best_agree(known: Representativeness, group: int) -> int | None:
    """The statement the group agrees with that tells most about it, in one pass as the server does: once the
    best so far is more agreed with here than elsewhere, what follows is measured by that too."""
    chance, test = known.probabilities[AGREE][group], known.tests[AGREE][group]
    ratio, ratio_test = known.ratios[AGREE][group], known.ratio_tests[AGREE][group]
    agreed = chance * test
    told = ratio * ratio_test * agreed
    spoken = (known.counts[AGREE][group] + known.counts[DISAGREE][group]) > 0
    best = None
    for one in np.flatnonzero(spoken).tolist():
        if best is None:
            better = test[one] > Z or (ratio[one] > 1.0 and chance[one] > 0.5)
        elif ratio[best] > 1.0:
            better = told[one] > told[best]
        else:
            better = agreed[one] > agreed[best]
        if better:
            best = one
    return best


def _best_of_all(known: Representativeness, group: int) -> list[Representative]:
    strongest = np.maximum(known.ratio_tests[AGREE][group], known.ratio_tests[DISAGREE][group])
    return [known.entry(group, int(strongest.argmax()))] if len(strongest) else []


def consensus(everybody: Tally, picked: int = PICKED) -> dict[int, tuple[Opinion, ...]]:
    """What most people hold, over all participants: side -> at most `picked`, the surest first."""
    found = {}
    for side, counts in ((AGREE, everybody.agrees), (DISAGREE, everybody.disagrees)):
        chance, test = probability(counts, everybody.seen), one_proportion(counts, everybody.seen)
        sure = np.flatnonzero((chance > 0.5) & (test > Z))
        order = sure[np.argsort(-(chance * test)[sure], kind="stable")][:picked]
        found[side] = tuple(
            Opinion(
                int(one),
                side,
                int(counts[one]),
                int(everybody.seen[one]),
                float(chance[one]),
                float(test[one]),
            )
            for one in order
        )
    return found


def weights(total: Tally, extremity: np.ndarray, meta: Sequence[int] | np.ndarray = ()) -> np.ndarray:
    """How much is learnt by showing each statement next: agreed with, seldom passed, far out on the map, and
    new. `total` counts the participants on the map; `extremity` is the length of the statement's own
    projection; `meta` are positions of statements about people rather than opinions."""
    seen = total.seen
    importance = (1 - probability(total.passes, seen)) * (extremity + 1) * probability(total.agrees, seen)
    found = (importance * (1 + 8 * 2.0 ** (-seen / 5.0))) ** 2
    found[np.asarray(meta, int)] = META_WEIGHT**2
    return found
