"""Part 8: what an update of the opinion map costs: votes in, groups, arithmetic, findings and routing out.

Each size runs in a process of its own, so that its memory is the engine's and not the benchmark's:

    python -m bench.opinions PEOPLE STATEMENTS     (prints one JSON object)
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from bench import databases
from bench.figures import Figure, at_most
from bench.measure import NothingMeasured, spread
from bench.options import Options

ROOT = Path(__file__).resolve().parent.parent
SEEN = 0.15
CAMPS = (0.5, 0.3, 0.2)
# Of the sizes that were promised: seconds and MB.
GOALS = {(10_000, 300): (3.0, 300), (50_000, 500): (8.0, None)}


def measure(options: Options) -> list[Figure]:
    figures = []
    for people, statements in options.opinion_sizes:
        runs = [_in_a_process(people, statements) for _ in range(options.rounds)]
        figures += _figures(runs, people, statements)
    return figures


def _in_a_process(people: int, statements: int) -> dict:
    command = [sys.executable, "-m", "bench.opinions", str(people), str(statements)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise NothingMeasured(f"opinions at {people} x {statements}: {done.stderr[-500:]}")
    return json.loads(done.stdout)


def _figures(runs: list[dict], people: int, statements: int) -> list[Figure]:
    seconds, low, high = spread([run["seconds"] for run in runs])
    memory = max(run["memory_mb"] for run in runs)
    in_time, in_memory = GOALS.get((people, statements), (None, None))
    size = f"{people:,} people x {statements} statements"
    name = databases.name()
    return [
        Figure(
            "opinions",
            f"update, {size}, {SEEN:.0%} seen ({runs[0]['votes']:,} votes)",
            name,
            seconds,
            "s",
            low,
            high,
            **(at_most(round(seconds, 2), in_time, " s") if in_time else {}),
        ),
        Figure(
            "opinions",
            f"memory of the whole process, {size}",
            name,
            memory,
            "MB",
            **(at_most(round(memory), in_memory, " MB") if in_memory else {}),
        ),
    ]


def made(people: int, statements: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Votes of three camps that differ in how likely they are to agree; one vote in eight is a pass."""
    random = np.random.default_rng(1)
    camp = random.choice(len(CAMPS), people, p=CAMPS)
    chances = 1 / (1 + np.exp(-1.2 * random.normal(size=(len(CAMPS), statements))))
    parts = []
    for begin in range(0, people, 2_000):
        count = min(2_000, people - begin)
        person, statement = np.nonzero(random.random((count, statements)) < SEEN)
        person += begin
        agrees = random.random(len(person)) < chances[camp[person], statement]
        votes = np.where(random.random(len(person)) < 0.125, 0, np.where(agrees, 1, -1))
        parts.append((person.astype(np.int32), statement.astype(np.int32), votes.astype(np.int8)))
    return tuple(np.concatenate(one) for one in zip(*parts, strict=True))


def run(people: int, statements: int) -> dict:
    from mulin.councils.opinions import find, from_arrays, make_map, statement_weights

    given = made(people, statements)
    started = time.perf_counter()
    votes = from_arrays(*given, known=range(statements))
    opinion_map = make_map(votes)
    found = find(votes, opinion_map)
    statement_weights(votes, opinion_map)
    seconds = time.perf_counter() - started
    if len(found.groups) != len(CAMPS):
        raise NothingMeasured(f"{len(found.groups)} groups instead of {len(CAMPS)}")
    return {"seconds": seconds, "memory_mb": peak_mb(), "votes": len(votes)}


def peak_mb() -> float:
    """The most memory this process has held. Not ru_maxrss: that one is inherited from who started it."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise NothingMeasured("the system does not say how much memory was used")


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]), int(sys.argv[2]))))
