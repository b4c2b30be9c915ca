"""The database under an instance: a file, or a cluster of our own that can be killed, stopped and started."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from scripts import with_postgres as pg


class Sqlite:
    """Nothing to run: the file lies in the instance's folder."""

    name = "SQLite"
    url = ""

    def serves(self) -> bool:
        return True

    def revive(self) -> bool:
        """It goes on by itself."""
        return False

    def close(self) -> None:
        """Nothing to do."""


class Postgres:
    """A durable PostgreSQL cluster on a port of its own, ended by its process id and removed at the end."""

    name = "PostgreSQL"

    def __init__(self, folder: Path | None = None) -> None:
        """`folder`: where its files lie; a temporary folder otherwise."""
        self.user = pg.server_user()
        folder = folder or pg.scratch_folder(self.user)
        self.home = Path(tempfile.mkdtemp(prefix="mulin-chaos-pg-", dir=folder))
        self.home.chmod(0o755)
        self.binaries = pg.runnable_binaries(pg.find_binaries(), self.home, self.user)
        self.cluster = self.home / "cluster"
        self.cluster.mkdir(mode=0o700)
        if self.user:
            os.chown(self.cluster, self.user.pw_uid, self.user.pw_gid)
        password = secrets.token_urlsafe(18)
        pg.init_cluster(self.binaries, self.cluster, password, self.user)
        self.port = pg.free_port()
        self.url = f"postgresql://mulin:{password}@127.0.0.1:{self.port}/mulin"
        self.server: subprocess.Popen | None = None
        self.start()
        pg.create_database(self.port, password)

    def start(self) -> None:
        """Start the server; again while a killed one's shared memory is still being tidied up."""
        for _attempt in range(40):
            self._spawn()
            if pg.wait_until_ready(self.server, self.port):
                return
            time.sleep(0.25)
        raise AssertionError((self.home / "server.log").read_text(errors="replace")[-2000:])

    def _spawn(self) -> None:
        options = {
            "listen_addresses": "127.0.0.1", "port": str(self.port), "timezone": "UTC",
            "unix_socket_directories": str(self.cluster), "max_connections": "60", "shared_buffers": "128MB",
        }  # fmt: skip
        command = [str(self.binaries / "postgres"), "-D", str(self.cluster / "data")]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (self.home / "server.log").open("ab") as log:
            self.server = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, process_group=0,
                **pg.identity(self.user),
            )  # fmt: skip

    def serves(self) -> bool:
        """Whether it takes sessions now: a server whose log has no room may end itself."""
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(self.url, connect_timeout=2).close()
            return True
        return False

    def revive(self) -> bool:
        """Start it if it has ended itself, as a service manager would once there is room; whether it had."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.server.wait(2)
            self.start()
            return True
        return False

    def backends(self) -> list[int]:
        """Processes that serve a session of Mulin's."""
        from tests.chaos.tree import _words, children

        return [
            pid
            for pid in children().get(self.server.pid, ())
            if _words(pid).startswith(b"postgres: mulin mulin ")
        ]

    def kill_backend(self) -> int:
        """`kill -9` of one session's process: the server ends all others, recovers, and goes on."""
        found = self.backends()
        for pid in found[-1:]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(found[-1:])

    def kill(self) -> int:
        """`kill -9` of the whole cluster at once, then start it: it recovers from its log."""
        from tests.chaos.tree import children

        victims = [*children().get(self.server.pid, ()), self.server.pid]
        for pid in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.server.wait(10)
        self.start()
        return len(victims)

    def stop(self) -> None:
        """Fast shutdown, as a service manager does it."""
        pg.stop(self.server)

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.stop()
        shutil.rmtree(self.home, ignore_errors=True)
