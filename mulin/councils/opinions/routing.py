"""Which statement a person is shown next: the one whose answer teaches most. Pure."""

import math
from collections.abc import Collection, Mapping
from random import Random
from typing import Any

import numpy as np

from mulin.councils.opinions import arithmetic, mapping
from mulin.councils.opinions.arithmetic import Tally
from mulin.councils.opinions.mapping import OpinionMap
from mulin.councils.opinions.votes import Votes


def statement_weights(
    votes: Votes, opinion_map: OpinionMap, meta: Collection[Any] = (), placed: np.ndarray | None = None
) -> dict[Any, float]:
    """The routing weight of every statement, by id. Counts those on the map, as the server of Polis does, or
    those at the positions `placed`. `meta`: statements about people rather than opinions."""
    on_map = np.full(len(votes.participants), -1)
    on_map[opinion_map.placed if placed is None else placed] = 0
    counted = arithmetic.tally(votes, on_map, 1)
    total = Tally(counted.agrees[0], counted.disagrees[0], counted.seen[0])
    ids = votes.statements.tolist()
    about_people = [at for at, one in enumerate(ids) if one in meta]
    found = arithmetic.weights(total, mapping.extremity(votes, opinion_map.axes), about_people)
    return dict(zip(ids, found.tolist(), strict=True))


def next_statements(
    weights: Mapping[Any, float], seen: Collection[Any], count: int = 1, random: Random | None = None
) -> list[Any]:
    """Up to `count` statements that this person has not seen. With `random`, drawn by weight, so that a new
    statement meets different people and not all get the same order; without, the heaviest first."""
    unseen = [(one, weight) for one, weight in weights.items() if one not in seen]
    if random is None:
        unseen.sort(key=lambda pair: (-pair[1], str(pair[0])))
    else:
        # Drawing without replacement in proportion to weight: Efraimidis and Spirakis 2006.
        keys = {one: _key(weight, random) for one, weight in unseen}
        unseen.sort(key=lambda pair: keys[pair[0]])
    return [one for one, _ in unseen[:count]]


def _key(weight: float, random: Random) -> float:
    return -math.log(1.0 - random.random()) / weight if weight > 0 else math.inf
