"""`make bench`: measure both databases, print the table, write bench.json.

    python -m bench [--quick] [--parts create,lists] [--databases sqlite,postgres] [--output bench.json]

Never fails on a time; fails when something could not be measured at all. Everything happens in temporary
folders, on loopback, and stops by itself.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from bench.facts import facts
from bench.figures import PARTS, Figure, parts_on, table
from bench.options import Options, quick

ROOT = Path(__file__).resolve().parent.parent
LONGEST_SECONDS = 40 * 60
# What a server for a city would be given; the cluster's own defaults suit 128 MB machines.
POSTGRES = {
    "shared_buffers": "512MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
}
NOT_PASSED_ON = ("MULIN_", "DJANGO_")
KEPT = {"MULIN_DATA", "MULIN_POSTGRES_BIN"}


def main() -> int:
    given = arguments()
    parts = tuple(part for part in PARTS if part in given.parts)
    options = quick(parts) if given.quick else Options(parts)
    started = time.monotonic()
    known = facts(ROOT)
    figures: list[Figure] = []
    servers = {}
    for database in given.databases:
        some = parts_on(parts, is_first=not servers)
        if not some:
            continue
        found = one_database(database, replace(options, parts=some))
        servers[database] = found["facts"]
        figures += [Figure(**figure) for figure in found["figures"]]
    took = time.monotonic() - started
    report = {
        "facts": {**known, "databases": servers, "seconds": round(took)},
        "options": options.as_json(),
        "figures": [figure.as_json() for figure in figures],
    }
    Path(given.output).write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    print(heading(report["facts"], options))
    print(table(figures))
    missed = sum(figure.ok is False for figure in figures)
    met = sum(figure.ok is True for figure in figures)
    print(f"\n{met} goals met, {missed} missed, in {took / 60:.1f} min. Written to {given.output}")
    return 0


def arguments() -> argparse.Namespace:
    def some(known: tuple[str, ...]):
        def read(text: str) -> list[str]:
            chosen = [word.strip() for word in text.split(",") if word.strip()]
            if unknown := set(chosen) - set(known):
                raise argparse.ArgumentTypeError(f"{sorted(unknown)[0]!r} is none of {', '.join(known)}")
            return chosen

        return read

    databases = ("sqlite", "postgres")
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--quick", action="store_true", help="small sizes: proves that it works, nothing else"
    )
    parser.add_argument("--parts", type=some(tuple(PARTS)), default=list(PARTS), help=", ".join(PARTS))
    parser.add_argument("--databases", type=some(databases), default=list(databases), help="sqlite, postgres")
    parser.add_argument("--output", default="bench.json")
    return parser.parse_args()


def one_database(database: str, options: Options) -> dict:
    """Run all parts on one database in a home of its own."""
    print(f"measuring on {database} …", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="mulin-bench-") as home:
        given, output = Path(home, "options.json"), Path(home, "figures.json")
        given.write_text(json.dumps(options.as_json()), encoding="utf-8")
        command = [sys.executable, "-m", "bench.inside", str(given), str(output)]
        if database == "postgres":
            settings = [part for name, value in POSTGRES.items() for part in ("--set", f"{name}={value}")]
            command = [sys.executable, "scripts/with_postgres.py", "--durable", *settings, "--", *command]
        run(command, environment(home))
        return json.loads(output.read_text(encoding="utf-8"))


def environment(home: str) -> dict[str, str]:
    """The caller's surroundings without its own instance's settings."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(NOT_PASSED_ON) or k in KEPT}
    return {**clean, "MULIN_HOME": home, "PYTHONPATH": str(ROOT), "MULIN_LOG_LEVEL": "WARNING"}


def run(command: list[str], surroundings: dict[str, str]) -> None:
    with subprocess.Popen(command, cwd=ROOT, env=surroundings, stdin=subprocess.DEVNULL) as process:
        try:
            code = process.wait(LONGEST_SECONDS)
        finally:
            # Asked, not killed: with_postgres.py stops its server first.
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
    if code:
        raise SystemExit(f"bench: {' '.join(command[1:4])} … ended with {code}")


def heading(known: dict, options: Options) -> str:
    versions = ", ".join(f"{name} {one['server_version']}" for name, one in known["databases"].items())
    lines = [
        f"{known['date']} · {known['commit']} · {known['cores']} cores ({known['processor']}),"
        f" {known['memory_gb']} GB · Python {known['python']}, Django {known['django']}, {versions}",
        f"load at the start {known['load']:.1f} · one fdatasync {known['fdatasync_ms']:.2f} ms",
    ]
    if options.is_quick:
        lines.append("--quick: small sizes; the figures prove that the benchmark works and nothing else")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
