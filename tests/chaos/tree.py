"""The real `mulin serve` with all its processes: started, looked at, killed one by one, started again."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

READY_SECONDS = 90
GONE_SECONDS = 30
ROLES = ("supervisor", "web main", "web worker", "worker")
# Loopback only, whatever proxy the machine has.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Seen:
    """A process and the tick it was born at: its number alone may belong to another one tomorrow."""

    pid: int
    born: str
    role: str = field(default="", compare=False)


def _stat(pid: int) -> list[str] | None:
    """State, parent and all that follows in /proc/PID/stat; None when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return text.rpartition(")")[2].split()


def is_alive(seen: Seen) -> bool:
    stat = _stat(seen.pid)
    return stat is not None and stat[0] != "Z" and stat[19] == seen.born


def children() -> dict[int, list[int]]:
    """Parent -> children, for all processes of this machine that still run."""
    found: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        stat = _stat(int(entry)) if entry.isdigit() else None
        if stat and stat[0] != "Z":
            found.setdefault(int(stat[1]), []).append(int(entry))
    return found


def _words(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


class Server:
    """One instance served on a port of this machine, and every process that it ever had."""

    def __init__(self, environment: dict[str, str], port: int, log: Path):
        self.environment, self.port, self.log = environment, port, log
        self.process: subprocess.Popen | None = None
        self.ever: set[Seen] = set()

    def start(self) -> None:
        """Start it and wait until it serves; tried again while the port is not free, as a system would."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                self._spawn()
            if self._is_whole():
                return
            time.sleep(0.1)
        raise AssertionError(f"the server did not come up:\n{self.tail()}")

    def _spawn(self) -> None:
        if self.process is not None:
            time.sleep(0.3)
        command = [sys.executable, "-m", "mulin.site.cli", "serve", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def answers(self) -> bool:
        """Whether /healthz says 200."""
        try:
            with OPENER.open(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def _is_whole(self) -> bool:
        return {seen.role for seen in self.look()} == set(ROLES) and self.answers()

    def look(self) -> list[Seen]:
        """The processes that run now."""
        if self.process is None or self.process.poll() is not None:
            return []
        below = children()
        found = [(self.process.pid, "supervisor")]
        for pid in below.get(self.process.pid, ()):
            words = _words(pid)
            if b"granian" in words:
                found.append((pid, "web main"))
                found += [(one, "web worker") for one in below.get(pid, ())]
            elif words.endswith(b"\0worker\0"):
                found.append((pid, "worker"))
        seen = [Seen(pid, stat[19], role) for pid, role in found if (stat := _stat(pid))]
        self.ever.update(seen)
        return seen

    def kill(self, role: str) -> int:
        """`kill -9` of every process of a role, or of `everything` at once. Returns how many were hit."""
        victims = [seen for seen in self.look() if role in (seen.role, "everything")]
        if role in ("web worker", "supervisor", "web main", "worker"):
            victims = victims[:1]
        for seen in victims:
            with contextlib.suppress(ProcessLookupError):
                if is_alive(seen):
                    os.kill(seen.pid, signal.SIGKILL)
        if self.process is not None and any(v.role == "supervisor" for v in victims):
            self.process.wait(10)
        return len(victims)

    def recover(self) -> float:
        """Seconds until all processes run again and /healthz answers. A dead supervisor is started again."""
        began = time.monotonic()
        self.start()
        return time.monotonic() - began

    def strays(self) -> list[Seen]:
        """Processes of earlier lives that still run though they should have ended with their parents."""
        deadline = time.monotonic() + GONE_SECONDS
        while True:
            now = set(self.look())
            left = [seen for seen in self.ever - now if is_alive(seen)]
            if not left or time.monotonic() > deadline:
                return left
            time.sleep(0.2)

    def stop(self) -> None:
        """End it in order; whatever is left of it afterwards is killed by its number."""
        self.look()
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(GONE_SECONDS)
        for seen in self.ever:
            if is_alive(seen):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(seen.pid, signal.SIGKILL)

    def tail(self, characters: int = 4000) -> str:
        return self.log.read_text(errors="replace")[-characters:] if self.log.exists() else ""
