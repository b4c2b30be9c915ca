"""Tests stand apart from the network and from every instance on this machine; servers they start go away."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent.parent


def test_no_test_reaches_another_machine():
    with pytest.raises(AssertionError, match="do not use the network"), socket.socket() as client:
        client.connect(("192.0.2.1", 80))
    with pytest.raises(AssertionError, match="do not use the network"):
        socket.getaddrinfo("example.org", 80)


def test_this_machine_can_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


def test_the_instance_under_test_is_thrown_away():
    assert settings.MULIN_HOME.name.startswith("mulin-test-")
    assert ROOT not in settings.MULIN_HOME.parents


REPORT = """
import os, psycopg
with psycopg.connect(os.environ["MULIN_DATABASE_URL"]) as connection:
    print(connection.execute("SHOW data_directory").fetchone()[0])
    print(connection.execute("SHOW listen_addresses").fetchone()[0])
    print(connection.execute("SHOW fsync").fetchone()[0])
raise SystemExit(7)
"""


@pytest.mark.parametrize(("options", "fsync"), [([], "off"), (["--durable"], "on")])
def test_a_temporary_postgres_serves_one_command_and_is_gone_after_it(options, fsync):
    command = [
        sys.executable,
        str(ROOT / "scripts/with_postgres.py"),
        *options,
        "--",
        sys.executable,
        "-c",
        REPORT,
    ]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 7, result.stderr
    folder, address, actual = result.stdout.split()
    assert (address, actual) == ("127.0.0.1", fsync)
    assert not os.path.exists(folder)


def test_a_temporary_postgres_starts_though_the_scratch_folder_is_closed_to_others(tmp_path):
    """Root starts the server as another user, who cannot enter a folder that is root's alone."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    command = [sys.executable, str(ROOT / "scripts/with_postgres.py"), "--", sys.executable, "-c", REPORT]
    surroundings = {**os.environ, "TMPDIR": str(closed)}
    result = subprocess.run(command, env=surroundings, capture_output=True, text=True)
    assert result.returncode == 7, result.stderr
    assert not any(closed.iterdir())
