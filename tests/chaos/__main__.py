"""`make chaos`: everything of docs/resilience.md, with figures. Exit 1 at the first thing that is not kept.

python -m tests.chaos [--kills 100] [--only disk cluster-disk sqlite away postgres] [--json FILE]
"""

import argparse
import contextlib
import json
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.chaos import away, disk, kills
from tests.chaos.databases import Postgres, Sqlite
from tests.chaos.instance import served

PARTS = ("disk", "cluster-disk", "sqlite", "away", "postgres")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--json", help="write all figures into this file")
    arguments = parser.parse_args()
    # Asked to stop: every server and folder that was made is removed first.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    parts: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
        "disk": ("A full disk, SQLite and photos", lambda: disk.full(say)),
        "cluster-disk": ("A full disk, PostgreSQL", lambda: disk.full_cluster(say)),
        "sqlite": (f"kill -9, {arguments.kills} times, SQLite", lambda: on(Sqlite, killed(arguments.kills))),
        "away": (
            "PostgreSQL goes away and comes back",
            lambda: on(Postgres, lambda i: away.away(i, say=say)),
        ),
        "postgres": (
            f"kill -9, {arguments.kills} times, PostgreSQL and its cluster",
            lambda: on(Postgres, killed(arguments.kills)),
        ),
    }
    results: dict[str, Any] = {}
    for name in arguments.only:
        title, run = parts[name]
        say(f"== {title} ==")
        results[name] = attempt(run)
        say(f"  {json.dumps(results[name], ensure_ascii=False)}\n")
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(results, file, ensure_ascii=False, indent=1)
    bad = [name for name, result in results.items() if "failed" in result]
    say(f"not kept: {', '.join(bad)}" if bad else "all kept")
    return 1 if bad else 0


def attempt(run: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """One part and how long it took; the others still run when it fails."""
    began = time.monotonic()
    try:
        result = run()
    except PermissionError as error:
        result = {"left_out": str(error)}
    except AssertionError as error:
        result = {"failed": str(error)[:4000]}
    return {**result, "total_seconds": round(time.monotonic() - began)}


def killed(times: int) -> Callable[[Any], dict[str, Any]]:
    return lambda instance: kills.under_load(instance, times, say=say)


def on(kind: type, run: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """A part on a fresh instance with a database of its own."""
    with contextlib.closing(kind()) as database, served(database) as instance:
        return run(instance)


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
