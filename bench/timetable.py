"""Part 10: a week for a district: wishes served, against the bound and against first come, first served.

In a process of its own, so that its threads have the machine's cores as a command has them:

    python -m bench.timetable COMMUNITIES ROOMS GROUPS WISHES SECONDS     (prints one JSON object)

The instance is invented (bench/weeks.py), and how far first come, first served falls behind depends on it.
First come, first served is a careful one: whoever asks takes the dearest of the own times that is free, in
the smallest room that suits, with the first teacher who can.
"""

import json
import subprocess
import sys
from pathlib import Path

from bench import weeks
from bench.figures import NO_DATABASE, Figure, at_least, at_most
from bench.measure import NothingMeasured
from bench.options import Options

ROOT = Path(__file__).resolve().parent.parent
SEED = 7
WORKERS = 2
AGAIN_SECONDS = 10.0
GOAL_RATIO, GOAL_GAP = 1.15, 0.03


def measure(options: Options) -> list[Figure]:
    size = [*options.week, options.week_seconds]
    command = [sys.executable, "-m", "bench.timetable", *map(str, size)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)
    if done.returncode:
        raise NothingMeasured(f"timetable: {done.stderr[-500:]}")
    return _figures(json.loads(done.stdout), options)


def _figures(found: dict, options: Options) -> list[Figure]:
    communities, rooms, groups, wishes = options.week
    size = f"{communities} communities, {groups:,} groups, {wishes:,} wishes, {rooms} rooms"
    ratio = found["served"] / found["first_come"]
    gap = 1 - found["served"] / found["bound"]
    goals = [at_least(round(ratio, 3), GOAL_RATIO), at_most(round(gap, 4), GOAL_GAP)]
    if options.is_quick:
        # What a small week reaches says nothing.
        goals = [{}, {}]
    again = f"again with one session pinned elsewhere, {found['again_served']:,} served"
    against = f"{found['first_come']:,} first come"
    return [
        _figure(f"served, {size}", found["served"], "wishes", ratio=ratio, against=against, **goals[0]),
        _figure(f"share of the bound, {found['bound']:,}", 1 - gap, note="goal: what is missing", **goals[1]),
        _figure("time, with the bound", found["seconds"], "s"),
        _figure(
            "rules kept, of sessions checked", found["served"] - found["clashes"], "sessions",
            note="goal: broken rules", **at_most(found["clashes"], 0),
        ),
        _figure(again, found["again_seconds"], "s", ratio=found["kept"], against="sessions where they were"),
    ]  # fmt: skip


def _figure(name: str, value: float, unit: str = "", **more) -> Figure:
    return Figure("timetable", name, NO_DATABASE, value, unit, **more)


def main(communities: int, rooms: int, groups: int, wishes: int, seconds: float) -> dict:
    """One plan, checked; then one session is pinned elsewhere and the week solved again from there."""
    from mulin.academy import timetable

    given = weeks.week(communities, rooms, groups, wishes, SEED)
    instance = timetable.read_instance(given)
    plan = timetable.solve(instance, seconds=seconds, workers=WORKERS)
    written = plan.as_json()
    solution = timetable.read_solution(written)
    moved = weeks.move_one(given, written)
    again = timetable.solve(
        timetable.read_instance(moved), seconds=min(seconds, AGAIN_SECONDS), workers=WORKERS, last=solution
    )
    before = {(one["order"], one["venue"], one["day"], one["from"]) for one in written["sessions"]}
    after = {(one["order"], one["venue"], one["day"], one["from"]) for one in again.as_json()["sessions"]}
    return {
        "served": plan.served,
        "bound": plan.bound,
        "first_come": plan.first_come,
        "seconds": plan.seconds,
        "clashes": len(timetable.check(instance, solution)),
        "rounds": plan.rounds,
        "again_served": again.served,
        "again_seconds": again.seconds,
        "kept": len(before & after) / len(before),
    }


if __name__ == "__main__":
    print(json.dumps(main(*map(int, sys.argv[1:5]), float(sys.argv[5]))))
