"""All parts on one database, in a process that has Django and the instance of this run.

python -m bench.inside OPTIONS.json OUTPUT.json     (MULIN_HOME and MULIN_DATABASE_URL are set by bench)
"""

import json
import os
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from bench.figures import Figure
from bench.options import Options

MODULES = {
    "create": "bench.creating",
    "pages": "bench.pages",
    "triage": "bench.understanding",
    "deciding": "bench.deciding",
    "opinions": "bench.opinions",
    "surveys": "bench.sheets",
    "timetable": "bench.timetable",
    "matching": "bench.matching",
    "signups": "bench.signups",
    "divisions": "bench.importing",
    "journal": "bench.lines",
    "lists": "bench.reading",
    "boards": "bench.boards",
}


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def start_django() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "mulin.site.settings"
    import django

    django.setup()
    from bench import databases
    from mulin.site import instance

    databases.prepare()
    instance.ensure_static()


def run(options: Options) -> list[Figure]:
    """The figures of every part that was asked for. A part that fails says so and ends the run."""
    from bench import databases

    figures: list[Figure] = []
    for part, module in MODULES.items():
        if part in options.parts:
            started = time.monotonic()
            measure: Callable[[Options], list[Figure]] = import_module(module).measure
            figures += measure(options)
            say(f"  {databases.name()}: {part} took {time.monotonic() - started:.0f} s")
    return figures


def server_facts() -> dict[str, str]:
    from django.db import connection

    from bench import databases

    with connection.cursor() as cursor:
        if databases.is_postgres():
            names = (
                "server_version",
                "fsync",
                "synchronous_commit",
                "shared_buffers",
                "work_mem",
                "max_wal_size",
            )
            facts = {}
            for name in names:
                cursor.execute(f"SHOW {name}")
                facts[name] = cursor.fetchone()[0]
            return facts
        facts = {}
        for name in ("journal_mode", "synchronous", "cache_size", "mmap_size"):
            cursor.execute(f"PRAGMA {name}")
            facts[name] = str(cursor.fetchone()[0])
        cursor.execute("SELECT sqlite_version()")
        return {"server_version": cursor.fetchone()[0], **facts}


def main(given: str, output: str) -> None:
    known = json.loads(Path(given).read_text(encoding="utf-8"))
    options = Options(**{k: tuple(v) if isinstance(v, list) else v for k, v in known.items()})
    start_django()
    figures = run(options)
    found = {"facts": server_facts(), "figures": [figure.as_json() for figure in figures]}
    Path(output).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
