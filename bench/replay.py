"""The raw limit of a report: the very INSERTs and UPDATEs of real ones, replayed through the bare driver.

    python -m bench.replay PLAN.pickle    (prints one JSON object)

One transaction each, with fresh ids and numbers, under the same settings of durability. The plan:
{"database": settings of the connection, "reports": [[(sql, parameters), …], …], "connections", "seconds",
"most": how many to prepare}.
"""

import json
import pickle
import re
import secrets
import sqlite3
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

from uuid_utils.compat import uuid7

from bench.plans import Json

MOST_SECONDS = 60
# A number of the search table that the database gives.
SEARCH_TEXT = "kernel_searchtext"


def fresh(report: list[tuple], ids: set, number: str) -> list[tuple]:
    """The statements with new ids and a new number; what was equal stays equal."""
    new_number = str(secrets.randbelow(9_000_000_000) + 1_000_000_000)
    renewed = {one: uuid7() if isinstance(one, UUID) else uuid7().hex for one in ids}

    def renew(value):
        if isinstance(value, list | tuple):  # many rows as arrays of columns (UNNEST)
            return [renew(one) for one in value]
        if isinstance(value, str | UUID) and value in renewed:
            return renewed[value]
        return value.replace(number, new_number) if isinstance(value, str) else value

    return [(sql, [renew(value) for value in parameters]) for sql, parameters in report]


def made_here(report: list[tuple]) -> tuple[set, str]:
    """(ids that the statements make, the report's number)."""
    ids: set = set()
    number = ""
    for sql, parameters in report:
        match = re.match(r'INSERT INTO "?(\w+)"? \(([^)]*)\)', sql)
        if not match or match[1].startswith("kernel_search"):
            continue
        names = [name.strip().strip('"') for name in match[2].split(",")]
        for row in range(len(parameters) // len(names)):
            values = dict(zip(names, parameters[row * len(names) : (row + 1) * len(names)], strict=True))
            made = values.get("id")
            ids.update(made if isinstance(made, list | tuple) else [made] if made is not None else [])
            if match[1] == "voices_voice":
                number = values["number"]
    if not number:
        raise ValueError("these statements write no voice")
    return ids, number


class Writer:
    """One connection that replays reports."""

    def __init__(self, plan: dict, start: int):
        self.at = start
        self.ready: list[list[tuple]] = []
        self.known = [(report, *made_here(report)) for report in plan["reports"]]
        self.postgres = "sqlite" not in plan["database"]
        if self.postgres:
            import psycopg.types.json

            self.wrap = psycopg.types.json.Jsonb
            self.session = psycopg.connect(**plan["database"], autocommit=True)
            self.cursor = self.session.cursor()
        else:
            self.session = sqlite3.connect(
                plan["database"]["sqlite"], timeout=20, isolation_level=None, check_same_thread=False
            )
            self.session.executescript(plan["database"]["init"])
            self.cursor = self.session.cursor()

    def prepare(self, count: int) -> None:
        """Make up ids beforehand: that is no part of the raw limit."""
        for n in range(count):
            report, ids, number = self.known[(self.at + n) % len(self.known)]
            self.ready.append([(sql, self._adapted(p)) for sql, p in fresh(report, ids, number)])

    def _adapted(self, value):
        if isinstance(value, list | tuple):
            return [self._adapted(one) for one in value]
        return self.wrap(value.value) if isinstance(value, Json) else value

    def write(self, report: list[tuple]) -> None:
        self.cursor.execute("BEGIN" if self.postgres else "BEGIN IMMEDIATE")
        row = None
        for sql, parameters in report:
            if SEARCH_TEXT in sql:
                parameters = [row, *parameters[1:]]
            self.cursor.execute(sql, parameters)
            if "kernel_searchrow" in sql and not self.postgres:
                row = self.cursor.fetchone()[0] if "RETURNING" in sql else self.cursor.lastrowid
        self.cursor.execute("COMMIT")

    def run(self, seconds: float, times: list[float]) -> None:
        end = time.perf_counter() + seconds
        for report in self.ready:
            started = time.perf_counter()
            if started > end:
                return
            self.write(report)
            times.append((time.perf_counter() - started) * 1000)


def run(plan: dict) -> dict:
    """Replay until the time is over or all that was prepared is written; times in ms of each transaction."""
    writers = [Writer(plan, 1000 * n) for n in range(plan["connections"])]
    for writer in writers:
        writer.prepare(plan["most"] // len(writers))
    times: list[list[float]] = [[] for _ in writers]
    seconds = min(plan["seconds"], MOST_SECONDS)
    started = time.perf_counter()
    with ThreadPoolExecutor(len(writers)) as threads:
        work = [threads.submit(w.run, seconds, own) for w, own in zip(writers, times, strict=True)]
    took = time.perf_counter() - started
    for one in work:
        one.result()  # raises what went wrong
    for writer in writers:
        writer.session.close()
    return {"seconds": took, "times": [one for own in times for one in own]}


if __name__ == "__main__":
    print(json.dumps(run(pickle.loads(Path(sys.argv[1]).read_bytes()))))
