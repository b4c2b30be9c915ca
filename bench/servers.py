"""The real server, as `mulin serve` starts it, on a free port of loopback; ended by its own process id."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from bench import databases

ROOT = Path(__file__).resolve().parent.parent
STOP_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    web: int
    worker: int | None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(database: str, *, with_worker: bool = True) -> Iterator[Server]:
    """Web and worker on a database, with as many web processes as the product starts by itself."""
    from mulin.site import serving

    port = free_port()
    environment = {
        **os.environ,
        "MULIN_HOME": str(settings.MULIN_HOME),
        "MULIN_STATIC_ROOT": str(settings.STATIC_ROOT),
        "MULIN_DATABASE_URL": databases.url(database),
        "DJANGO_SETTINGS_MODULE": "mulin.site.settings",
    }
    commands = [serving.web_command("127.0.0.1", port, serving.default_workers())]
    if with_worker:
        commands.append(serving.worker_command())
    with tempfile.TemporaryFile() as log:
        children = [
            subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
            for command in commands
        ]
        try:
            if not serving.wait_until_ready("127.0.0.1", port, 60):
                log.seek(0)
                raise RuntimeError(
                    f"the server did not start:\n{log.read().decode(errors='replace')[-3000:]}"
                )
            yield Server(port, children[0].pid, children[1].pid if with_worker else None)
        finally:
            for child in children:
                stop(child)


def stop(child: subprocess.Popen) -> None:
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def call(module: str, plan: Path) -> dict:
    """Run a module of the benchmark in a process of its own and read the object that it prints."""
    result = subprocess.run(
        [sys.executable, "-m", module, str(plan)], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    if result.returncode:
        raise RuntimeError(f"{module} failed:\n{result.stderr[-3000:]}")
    return json.loads(result.stdout.splitlines()[-1])
