"""Web and worker as two child processes of one supervisor that restarts whichever dies."""

import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field

from django.conf import settings
from django.core.management.base import CommandError
from django.http.request import validate_host

from mulin.kernel.parents import end_with_parent

log = logging.getLogger("mulin.serving")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# How long a web process may take to finish its requests when it is asked to stop.
LAST_REQUESTS = 8


@dataclass
class Child:
    name: str
    command: list[str]
    process: subprocess.Popen | None = None
    restarts: list[float] = field(default_factory=list)

    def start(self) -> None:
        # A supervisor that is killed must not leave a server behind that holds the port.
        me = os.getpid()
        self.process = subprocess.Popen(self.command, preexec_fn=lambda: end_with_parent(me))

    def watch(self) -> None:
        """Start it again when it ended, ever more slowly while it keeps failing."""
        if self.process is None or self.process.poll() is not None:
            moment = time.monotonic()
            self.restarts = [t for t in self.restarts if moment - t < 60]
            if self.restarts and moment - self.restarts[-1] < min(10, len(self.restarts)):
                return
            if self.process is not None:
                log.warning("%s ended with %s and is started again", self.name, self.process.returncode)
            self.restarts.append(moment)
            self.start()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()


def refuse_unsafe_binding(host: str) -> None:
    """Demo accounts have a known password: they may only be reached from this machine."""
    from mulin.people.models import Account

    if host not in LOOPBACK and Account.objects.filter(is_demo=True, is_active=True).exists():
        raise CommandError(
            f"this instance has demo accounts with a known password; it binds to 127.0.0.1, not to {host}"
        )


def default_workers() -> int:
    """SQLite: one process, so that writers queue. PostgreSQL: one a core."""
    return 1 if "sqlite" in settings.DATABASES["default"]["ENGINE"] else os.cpu_count() or 1


def web_command(host: str, port: int, workers: int) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "1", "--backlog", "1024", "--no-ws",
        "--respawn-failed-workers", "--workers-kill-timeout", str(LAST_REQUESTS), "--log-level", "warning",
        "mulin.site.wsgi:application",
    ]  # fmt: skip


def worker_command() -> list[str]:
    return [sys.executable, "-m", "mulin.site.cli", "worker"]


def _known_host(here: str) -> dict[str, str]:
    """The name to ask under: an instance that only knows its public name refuses every other one."""
    if validate_host(here, settings.ALLOWED_HOSTS) or not settings.ALLOWED_HOSTS:
        return {}
    return {"Host": settings.ALLOWED_HOSTS[0].lstrip(".")}


def wait_until_ready(host: str, port: int, seconds: float = 30) -> bool:
    here = "127.0.0.1" if host == "0.0.0.0" else f"[{host}]" if ":" in host else host
    request = urllib.request.Request(f"http://{here}:{port}/healthz", headers=_known_host(here))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with opener.open(request, timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


def refuse_busy_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"port {port} is in use; choose another one, for example PORT={port + 1}"
            ) from error


def serve(host: str, port: int, workers: int | None = None, on_ready=None) -> None:
    """Serve until SIGTERM or Ctrl-C. Web and worker run side by side and are restarted when they die."""
    refuse_unsafe_binding(host)
    refuse_busy_port(host, port)
    os.environ["DJANGO_SETTINGS_MODULE"] = "mulin.site.settings"
    os.environ["MULIN_HOME"] = str(settings.MULIN_HOME)
    children = [
        Child("web", web_command(host, port, workers or default_workers())),
        Child("worker", worker_command()),
    ]
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda signum, frame: stopping.append(signum))
    try:
        for child in children:
            child.watch()
        if wait_until_ready(host, port) and on_ready:
            on_ready()
        while not stopping:
            for child in children:
                child.watch()
            time.sleep(0.2)
    finally:
        for child in children:
            child.stop()
        for child in children:
            if child.process:
                try:
                    child.process.wait(timeout=10)
                except subprocess.TimeoutExpired:
                    child.process.kill()
