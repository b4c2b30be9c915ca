"""Clocks and counters of the benchmark: percentiles, processor time of other processes, SQL statements."""

import math
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


class NothingMeasured(Exception):
    """A probe that found nothing, or was answered with an error: its time would mean nothing."""


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of them lie (nearest rank)."""
    if not values:
        raise NothingMeasured("there are no samples")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass
class Samples:
    """Times in milliseconds, in rounds, so that noise between rounds can be seen."""

    rounds: list[list[float]] = field(default_factory=list)

    def add(self, times: list[float]) -> None:
        self.rounds.append(times)

    def put(self, round_: int, times: list[float]) -> None:
        """Add to a round that several questions share."""
        while len(self.rounds) <= round_:
            self.rounds.append([])
        self.rounds[round_] += times

    @property
    def all(self) -> list[float]:
        return [one for times in self.rounds for one in times]

    @property
    def p50(self) -> float:
        return percentile(self.all, 0.5)

    @property
    def p95(self) -> float:
        return percentile(self.all, 0.95)

    @property
    def quiet_p95(self) -> float:
        """The median of the rounds' own 95th percentiles: one round disturbed by others does not decide."""
        return statistics.median(percentile(times, 0.95) for times in self.rounds)


def spread(values: list[float]) -> tuple[float, float, float]:
    """(median, lowest, highest)."""
    if not values:
        raise NothingMeasured("there are no rounds")
    return statistics.median(values), min(values), max(values)


def timed(act: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def repeat(act: Callable[[], object], times: int) -> list[float]:
    return [timed(act) for _ in range(times)]


def processor_ms(pid: int) -> float:
    """Processor time that a process and all its descendants have used, in milliseconds."""
    total = 0.0
    for one in family(pid):
        try:
            after_name = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        # utime, stime, and those of children that ended (fields 14 to 17 of proc(5)).
        total += sum(int(value) for value in after_name[11:15]) * TICK_MS
    return total


def family(pid: int) -> list[int]:
    """A process and its living descendants."""
    found, queue = [], [pid]
    while queue:
        one = queue.pop()
        found.append(one)
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                queue += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return found


@contextmanager
def counted() -> Iterator[list[str]]:
    """The SQL statements of a block, without BEGIN and COMMIT."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    found: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    control = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
    found += [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(control)]
