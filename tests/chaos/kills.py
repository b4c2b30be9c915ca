"""`kill -9` of every process while people work."""

import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.chaos.databases import Postgres
from tests.chaos.instance import Instance, crowded
from tests.chaos.load import Crowd

# Out of ten kills. The web process answers people, so it dies most often.
OURS = ["web worker"] * 4 + ["worker"] * 2 + ["web main"] * 2 + ["supervisor", "everything"]
WITH_CLUSTER = ["web worker"] * 2 + ["worker", "web main", "supervisor", "everything"]
WITH_CLUSTER += ["backend"] * 3 + ["cluster"]


def victims(instance: Instance, times: int, seed: int = 7) -> list[str]:
    """Whom to kill, in an order that is the same for the same seed; each kind in its share."""
    kinds = WITH_CLUSTER if isinstance(instance.database, Postgres) else OURS
    rng = random.Random(seed)
    order: list[str] = []
    while len(order) < times:
        order += rng.sample(kinds, len(kinds))
    return order[:times]


def kill(instance: Instance, victim: str) -> int:
    if victim == "backend":
        return instance.database.kill_backend()
    if victim == "cluster":
        return instance.database.kill()
    return instance.server.kill(victim)


def under_load(
    instance: Instance,
    times: int,
    *,
    check_every: int = 20,
    order: list[str] | None = None,
    say: Callable[[str], Any] = lambda text: None,
) -> dict[str, Any]:
    """Kill so many times; check all every so often and at the end. AssertionError for what is wrong."""
    hit: Counter[str] = Counter()
    waits: list[float] = []
    rng = random.Random(11)
    began = time.monotonic()
    with crowded(instance) as crowd:
        time.sleep(1)
        for n, victim in enumerate(order or victims(instance, times), 1):
            acknowledged = len(crowd.ledger)
            assert kill(instance, victim), f"there was no {victim} to kill"
            hit[victim] += 1
            waits.append(instance.server.recover())
            time.sleep(rng.uniform(0.05, 0.6))
            if n % check_every == 0:
                check(instance, crowd)
                say(
                    f"  {n:>3} kills, {time.monotonic() - began:4.0f} s: {len(crowd.ledger.voices)} voices"
                    f" and {len(crowd.ledger.moves)} moves acknowledged, all there"
                )
            elif acknowledged == len(crowd.ledger):
                time.sleep(0.3)
    answer = check(instance, crowd)
    problems = crowd.replay()
    assert not problems, problems
    strays = instance.server.strays()
    assert not strays, f"processes without a parent: {strays}"
    waits.sort()
    return {
        "kills": dict(hit), "seconds": round(time.monotonic() - began), "broken": crowd.ledger.broken,
        "unavailable": crowd.ledger.unavailable, "recovery_median": round(waits[len(waits) // 2], 1),
        "recovery_worst": round(waits[-1], 1), **answer,
    }  # fmt: skip


def check(instance: Instance, crowd: Crowd) -> dict[str, Any]:
    """Everyone rests; the records are compared with what was acknowledged; the product's own checks pass."""
    crowd.rest()
    try:
        assert not crowd.ledger.refused, crowd.ledger.refused[:10]
        answer = instance.audit(crowd.ledger)
        assert instance.mulin("journal", "verify")["ok"]
        assert instance.mulin("counters", "verify")["ok"]
    finally:
        crowd.work()
    return answer
