"""A small instance in a temporary folder: a few days of the demo's street, and a clerk's API token."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.with_postgres import free_port
from tests.chaos.databases import Postgres, Sqlite
from tests.chaos.load import Crowd, Ledger
from tests.chaos.tree import Server

ROOT = Path(__file__).resolve().parent.parent.parent
SEED = (
    "import django; django.setup()\n"
    "from mulin.site import instance\n"
    "from mulin.site.demo import seed\n"
    "instance.ensure()\n"
    "seed.run(days=3, per_day=2)\n"
)


@dataclass
class Instance:
    """The folder, its environment and its server."""

    home: Path
    scratch: Path
    environment: dict[str, str]
    database: Sqlite | Postgres
    server: Server
    token: str

    def run(self, *words: str, seconds: int = 180) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, *words], env=self.environment, cwd=ROOT, capture_output=True, text=True,
            timeout=seconds,
        )  # fmt: skip

    def mulin(self, *words: str) -> dict[str, Any]:
        """A command of the product; its last line as an object. AssertionError when it fails."""
        result = self.run("-m", "mulin.site.cli", *words)
        assert result.returncode == 0, f"mulin {' '.join(words)}: {result.stdout}{result.stderr[-2000:]}"
        return json.loads(result.stdout.splitlines()[-1])

    def audit(self, ledger: Ledger) -> dict[str, Any]:
        """What is there against what was acknowledged; AssertionError with every problem."""
        path = self.scratch / "ledger.json"
        path.write_text(json.dumps(ledger.dump(), ensure_ascii=False), encoding="utf-8")
        result = self.run("-m", "tests.chaos.audit", str(path))
        assert result.stdout, result.stderr[-3000:]
        answer = json.loads(result.stdout.splitlines()[-1])
        assert not answer["problems"], json.dumps(answer["problems"], ensure_ascii=False, indent=1)
        return answer


@contextlib.contextmanager
def served(database: Sqlite | Postgres, home: Path | None = None) -> Iterator[Instance]:
    """A seeded instance that serves on a free port of this machine; everything is removed at the end."""
    scratch = Path(tempfile.mkdtemp(prefix="mulin-chaos-"))
    home = home or scratch / "home"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MULIN_")}
    environment |= {
        "MULIN_HOME": str(home), "MULIN_THROTTLE": "0", "DJANGO_SETTINGS_MODULE": "mulin.site.settings",
        "PYTHONPATH": str(ROOT), "MULIN_STATIC_ROOT": str(scratch / "static"),
        **({"MULIN_DATABASE_URL": database.url} if database.url else {}),
    }  # fmt: skip
    environment.pop("PYTEST_CURRENT_TEST", None)
    server = Server(environment, free_port(), scratch / "server.log")
    instance = Instance(home, scratch, environment, database, server, "")
    try:
        seeded = instance.run("-c", SEED, seconds=900)  # a minute of work; more where others work too
        assert seeded.returncode == 0, seeded.stderr[-3000:]
        instance.token = instance.run("-m", "mulin.site.cli", "token", "clerk").stdout.split()[-1]
        server.start()
        yield instance
    finally:
        server.stop()
        keep = os.environ.get("MULIN_CHAOS_LOG")
        if keep and server.log.exists():
            shutil.copyfile(server.log, Path(keep) / f"{database.name}-{server.port}.log")
        shutil.rmtree(scratch, ignore_errors=True)


@contextlib.contextmanager
def crowded(instance: Instance, people: int = 4) -> Iterator[Crowd]:
    """People at work on an instance; at the end every one of them has had all answers."""
    crowd = Crowd(instance.server.port, instance.token, people)
    crowd.work()
    try:
        yield crowd
    finally:
        crowd.go_home()
