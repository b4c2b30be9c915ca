"""The method of equal shares, exact and fast. Pure; integers, fractions, and floats that know their error.

Every voter is given the same share of the budget. A project can be bought when its supporters together have
its cost; they pay in proportion to their points, and who has less gives all that is left. In every round the
project is bought that costs its payers least for each unit of satisfaction (`rho`), until nothing can be
bought.

How it is exact without being slow: floats bracket. For every voter there are bounds of the money left.
That works because the rule is monotone: as long as the same projects are bought in the
same order, more money at the start means no less money left and no higher prices at any later moment.
Rounding is always away from the truth. A choice that the brackets decide is the exact choice; where two
projects are too close, or equal, the round is played again with integers (`Exact`) and ties are broken by the
printed order.

The same bounds answer for a whole range of starting shares at once: when every choice is certain between
the lowest and the highest start, each start in between buys the same projects. So the completion "add 1 to
every share until the budget is reached" need not be played step by step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, inf, lcm

import numpy as np

# Above the rounding error of a sum of n products, relative to its value, when multiplied by n + 4.
_UNIT = 2.0**-52
_UP, _DOWN = 1 + 2.0**-50, 1 - 2.0**-50
_MOST_STEPS = 200


class Field:
    """Costs and supporters, prepared once. Projects are held in the order (lowest possible rho, tie order):
    one that all its supporters can pay in equal parts can never be beaten by a later one.

    papers: for each paper {project: points above 0}; satisfaction: what a voter gets from a project for each
    point, an exact number above 0.
    """

    def __init__(
        self,
        costs: Sequence[int],
        papers: Sequence[Mapping[int, int]],
        satisfaction: Sequence[Fraction],
        tie_order: Sequence[int],
    ) -> None:
        classes: dict[tuple[tuple[int, int], ...], int] = {}
        for paper in papers:
            key = tuple(sorted(paper.items()))
            classes[key] = classes.get(key, 0) + 1
        self.size, self.voters = len(classes), len(papers)
        self.times = np.array(list(classes.values()), dtype=float)
        supporters: dict[int, list[tuple[int, int, int]]] = {}
        for number, (key, times) in enumerate(classes.items()):
            for project, points in key:
                supporters.setdefault(project, []).append((number, times, points))
        rank = {project: place for place, project in enumerate(tie_order)}
        lowest = {
            one: Fraction(costs[one], sum(times * points for _, times, points in found)) / satisfaction[one]
            for one, found in supporters.items()
        }
        self.projects = sorted(supporters, key=lambda one: (lowest[one], rank[one]))
        self.rank = [rank[one] for one in self.projects]
        self.costs = [costs[one] for one in self.projects]
        self.satisfaction = [satisfaction[one] for one in self.projects]
        self.lowest = [lowest[one] for one in self.projects]
        self.exact_supporters = [supporters[one] for one in self.projects]
        self.sides = [
            _side(supporters[one], costs[one], lowest[one], satisfaction[one]) for one in self.projects
        ]

    def run(self, low: Fraction, high: Fraction) -> list[int] | None:
        """The projects bought, in order, with any starting share between `low` and `high`; None when that is
        not the same for all of them, or not certain. With low == high there is always an answer."""
        return self.explore(low, high).bought

    def explore(self, low: Fraction, high: Fraction) -> Range:
        """As `run`; where the answer is None, what can still be said of all starts in the range."""
        play = _Run(self, low, high)
        found = play.play()
        if found is not None:
            return Range([self.projects[one] for one in found], 0, frozenset())
        most, alive = play.limit()
        return Range(None, most, frozenset(self.projects[one] for one in {*play.bought, *alive}))

    def told(self, share: Fraction, bought: Sequence[int]) -> tuple[list[Payment], dict[int, Fraction]]:
        """The payments of an outcome in exact numbers, and what the supporters of each other project have
        left."""
        exact = Exact(self, share)
        place = {project: one for one, project in enumerate(self.projects)}
        payments = [exact.buy(place[project]) for project in bought]
        rest = set(place) - set(bought)
        return payments, {project: exact.money(place[project]) for project in rest}


@dataclass(frozen=True, slots=True)
class Range:
    """What is bought between two starts. Where that is not certain: no start spends more than `most`, and
    none buys a project that is not in `possible`."""

    bought: list[int] | None
    most: int
    possible: frozenset[int]


@dataclass(frozen=True, slots=True)
class Payment:
    """How a project was paid: the money for each point of those who did not give all, and how many did."""

    supporters: int
    level: Fraction
    gave_all: int


@dataclass(frozen=True, slots=True)
class _Side:
    """The supporters of a project as arrays: their classes, sizes of the classes, points."""

    who: np.ndarray
    times: np.ndarray
    points: np.ndarray | None
    weight: np.ndarray
    total: float
    cost: float
    slack: float
    lowest: float
    satisfaction: float


def _side(found: Sequence[tuple[int, int, int]], cost: int, lowest: Fraction, worth: Fraction) -> _Side:
    times = np.array([times for _, times, _ in found], dtype=float)
    points = np.array([points for _, _, points in found], dtype=float)
    weight = times * points
    return _Side(
        who=np.array([number for number, _, _ in found]),
        times=times,
        points=None if (points == 1).all() else points,
        weight=weight,
        total=float(weight.sum()),
        cost=float(cost),
        slack=(len(found) + 4) * _UNIT,
        lowest=float(lowest),
        satisfaction=float(worth),
    )


@dataclass(frozen=True, slots=True)
class _Offer:
    """Bounds of a project's price now: of rho, and of the payment for each point. `is_even`: in every case
    all supporters can pay in equal parts. `money` and `top`: the bounds of what they have."""

    place: int
    low: float
    high: float
    level_low: float
    level_high: float
    is_even: bool
    money: np.ndarray
    top: np.ndarray | None = None


class _Run:
    """One play of the rule between two starting shares."""

    def __init__(self, field: Field, low: Fraction, high: Fraction) -> None:
        self.field, self.share = field, low if low == high else None
        self.exact: Exact | None = None
        # Lower bounds of the money left, and upper ones: an array when the starts differ. From one start the
        # lower bounds are enough, with `short`, the most that they lack of the truth, all voters together:
        # who has nothing left cannot lack anything, so this sum grows by rounding alone.
        self.money = np.full(field.size, max(np.nextafter(float(low), -inf), 0.0))
        self.top = np.full(field.size, np.nextafter(float(high), inf)) if low != high else None
        self.short = field.voters * float(high) * 4 * _UNIT
        # A lower bound of every project's rho, which only grows; infinite once it is bought or out of reach.
        self.bound = np.array([side.lowest * _DOWN for side in field.sides])
        # The same for the payment of each point, once not all supporters could pay in equal parts.
        self.levels: dict[int, float] = {}
        self.bought: list[int] = []

    def play(self) -> list[int] | None:
        while True:
            offers = self._offers()
            if not offers:
                return self.bought
            best = min(offers, key=lambda one: (one.high, one.place))
            rivals = [
                one
                for one in offers
                if one is not best and one.low <= best.high and not (best.is_even and one.place > best.place)
            ]
            if rivals or best.high == inf:
                if self.share is None:
                    return None
                best = self._decided([best, *rivals])
            if best is not None:
                self._buy(best)

    def limit(self) -> tuple[int, list[int]]:
        """After an uncertain choice: the most that any start spends in the end, and what may still be bought.
        Nobody spends money who supports nothing that is still within reach."""
        top = self.money if self.top is None else self.top
        spender = np.zeros(self.field.size, dtype=bool)
        alive = []
        for place, side in enumerate(self.field.sides):
            if self.bound[place] < inf and float(top[side.who] @ side.times) * (1 + side.slack) >= side.cost:
                alive.append(place)
                spender[side.who] = True
        money = float((self.field.times * top)[spender].sum()) + self.short
        money *= 1 + (self.field.size + 4) * _UNIT
        rest = min(sum(self.field.costs[one] for one in alive), int(money) + 1)
        return sum(self.field.costs[one] for one in self.bought) + rest, alive

    def _offers(self) -> list[_Offer]:
        """The cheapest project and all that might be as cheap: whoever's lower bound is above is not looked
        at."""
        open_ = self.bound.copy()
        found: list[_Offer] = []
        best = inf
        while len(open_):
            place = int(open_.argmin())
            if open_[place] == inf or open_[place] > best:
                break
            offer = self._offer(place)
            open_[place] = inf
            self.bound[place] = inf if offer is None else max(offer.low, self.bound[place])
            if offer is None:
                continue
            found.append(offer)
            best = min(best, offer.high)
            if offer.is_even:
                open_[place + 1 :] = inf
        return found

    def _offer(self, place: int) -> _Offer | None:
        """The bounds of a project's price; None when its supporters cannot pay it in any case."""
        side = self.field.sides[place]
        money = self.money.take(side.who)
        top = None if self.top is None else self.top.take(side.who)
        least = float(money @ side.times)
        most = least + self.short if top is None else float(top @ side.times)
        if most * (1 + side.slack) < side.cost:
            return None
        even = side.cost / side.total
        if place not in self.levels and self._is_even(side, money, even):
            rho = side.lowest
            return _Offer(place, rho * _DOWN, rho * _UP, even * _DOWN, even * _UP, True, money, top)
        low = self.levels.get(place, even * _DOWN)
        high, gifts, others = inf, 0.0, 0.0
        if least * (1 - side.slack) >= side.cost:
            high, gifts, others = _level_above(side, money, low)
        if top is not None:
            low = max(low, _level_below(side, top, high if high < inf else low))
        elif high < inf:
            # Nobody pays more than all, nor more than the level, and no more than `short` is unknown.
            rest = side.cost * (1 - 2 * side.slack) - self.short - gifts
            low = max(low, rest / others * _DOWN)
        self.levels[place] = low
        worth = side.satisfaction
        return _Offer(place, low / worth * _DOWN, high / worth * _UP, low, high, False, money, top)

    @staticmethod
    def _is_even(side: _Side, money: np.ndarray, even: float) -> bool:
        least = money.min() if side.points is None else (money / side.points).min()
        return bool(least * _DOWN >= even * _UP)

    def _buy(self, offer: _Offer) -> None:
        side = self.field.sides[offer.place]
        points = 1.0 if side.points is None else side.points
        rest = np.maximum(offer.money - offer.level_high * _UP * points, 0.0) * _DOWN
        self.money[side.who] = rest
        if self.top is None or offer.top is None:
            self.short += 4 * side.slack * side.cost + 8 * _UNIT * float(offer.money @ side.times)
        else:
            self.top[side.who] = np.maximum(offer.top - offer.level_low * _DOWN * points, 0.0) * _UP
        self.bound[offer.place] = inf
        self.bought.append(offer.place)

    def _decided(self, offers: Sequence[_Offer]) -> _Offer | None:
        """The best of offers that floats cannot tell apart, by integers and the tie order. None when none can
        be paid: they are out, and the round begins again."""
        if self.exact is None:
            self.exact = Exact(self.field, self.share or Fraction(0))
        for place in self.bought[self.exact.done :]:
            self.exact.buy(place)
        prices = {}
        for offer in offers:
            level = self.exact.level(offer.place)
            if level is None:
                self.bound[offer.place] = inf
            else:
                rho = level / self.field.satisfaction[offer.place]
                prices[offer.place] = (rho, self.field.rank[offer.place], level)
        if not prices:
            return None
        best = min(prices, key=lambda place: prices[place][:2])
        level = float(prices[best][2])
        rho = float(prices[best][0])
        money = next(offer.money for offer in offers if offer.place == best)
        return _Offer(best, rho * _DOWN, rho * _UP, level * _DOWN, level * _UP, False, money)


def _level_above(side: _Side, money: np.ndarray, level: float) -> tuple[float, float, float]:
    """A bound from above of the payment for each point; what the poor give, and the points of the others.

    Whoever has less than the level gives all; the others share the rest. From below the level only rises,
    until nobody else has less: the division must belong to its own level, so the error is added inside the
    loop."""
    gifts, others = 0.0, -1.0
    for _ in range(_MOST_STEPS):
        poor = (money < (level if side.points is None else level * side.points)).astype(float)
        left = side.total - float(side.weight @ poor)
        if left == others:
            return level, gifts, others
        if left <= 0:
            break
        gifts, others = float(money @ (side.times * poor)), left
        level = (side.cost - gifts + side.slack * side.cost) / left * (1 + 4 * _UNIT)
    return inf, 0.0, 0.0


def _level_below(side: _Side, money: np.ndarray, level: float) -> float:
    """A bound from below. Any division into poor and others gives one, since nobody pays more than all, nor
    more than the level; every step from there is higher, up to the true level."""
    others, found = -1.0, 0.0
    for _ in range(_MOST_STEPS):
        poor = (money < (level if side.points is None else level * side.points)).astype(float)
        left = side.total - float(side.weight @ poor)
        if left <= 0 or left == others:
            break
        others = left
        rest = side.cost * (1 - side.slack) - float(money @ (side.times * poor))
        level = rest / left * (1 - 4 * _UNIT)
        found = max(found, level)
    return found


class Exact:
    """The same play in integers: the money of every class of voters over one common denominator."""

    def __init__(self, field: Field, share: Fraction) -> None:
        self.field, self.done = field, 0
        self.bottom = share.denominator
        self.purse = [share.numerator] * field.size

    def money(self, place: int) -> Fraction:
        """What the supporters of a project have together."""
        found = self.field.exact_supporters[place]
        return Fraction(sum(times * self.purse[one] for one, times, _ in found), self.bottom)

    def level(self, place: int) -> Fraction | None:
        """The payment for each point; None when the supporters cannot pay."""
        split = self._split(place)
        return None if split is None else Fraction(split[0], split[1] * self.bottom)

    def _split(self, place: int) -> tuple[int, int] | None:
        """What is left to pay when the poor have given all, and the points of those who pay it."""
        found, purse = self.field.exact_supporters[place], self.purse
        needed = self.field.costs[place] * self.bottom
        if sum(times * purse[one] for one, times, _ in found) < needed:
            return None
        common = lcm(*{points for _, _, points in found})
        weight = sum(times * points for _, times, points in found)
        for one, times, points in sorted(found, key=lambda each: purse[each[0]] * (common // each[2])):
            if purse[one] * weight >= needed * points:
                break
            needed -= times * purse[one]
            weight -= times * points
        return needed, weight

    def buy(self, place: int) -> Payment:
        """Pay a project. It must be within reach."""
        split = self._split(place)
        if split is None:
            raise ValueError("the supporters cannot pay this project")
        needed, weight = split
        level = Fraction(needed, weight * self.bottom)
        shared = gcd(needed, weight)
        needed, weight = needed // shared, weight // shared
        if weight != 1:
            self.purse = [one * weight for one in self.purse]
            self.bottom *= weight
        supporters = gave_all = 0
        for one, times, points in self.field.exact_supporters[place]:
            left = self.purse[one] - needed * points
            supporters += times
            gave_all += times if left < 0 else 0
            self.purse[one] = max(left, 0)
        self.done += 1
        return Payment(supporters, level, gave_all)
