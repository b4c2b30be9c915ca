"""For every test: an instance of its own, compiled translations, no network, and a way to real records."""

import atexit
import os
import shutil
import socket
import tempfile
from pathlib import Path

import pytest

# The world and the people that tests of all modules share.
pytest_plugins = ["mulin.kernel.testing.cast"]

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


def make_home() -> Path:
    """A throw-away instance folder for this process, set before anything reads the settings."""
    home = Path(tempfile.mkdtemp(prefix=f"mulin-test-{WORKER}-"))
    (home / "static").mkdir()
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ["MULIN_HOME"] = str(home)
    return home


def start_django() -> None:
    from django.conf import settings

    if settings.configured:
        raise pytest.UsageError(
            "The settings were read before conftest.py could point MULIN_HOME at a temporary folder."
            " Unset DJANGO_SETTINGS_MODULE and do not pass --ds."
        )
    os.environ["DJANGO_SETTINGS_MODULE"] = "mulin.site.settings"
    if WORKER == "main":
        # Once, before parallel workers start: they inherit the binaries.
        from scripts.compile_messages import compile_all

        compile_all()
    import django

    django.setup()
    # Parallel workers inherit the environment: with this set they would read the settings too early.
    del os.environ["DJANGO_SETTINGS_MODULE"]


HOME = make_home()
start_django()


class NetworkForbidden(AssertionError):
    """A test tried to reach another machine."""


def is_here(address: object) -> bool:
    """Loopback addresses, and whatever is not an internet address (sockets in the file system)."""
    if not isinstance(address, tuple):
        return True
    host = address[0]
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    return host in {None, "", "localhost", "::1", "0.0.0.0"} or str(host).startswith("127.")


@pytest.fixture(autouse=True, scope="session")
def no_network() -> None:
    """Nothing leaves this machine during tests, and a test that tries says where it wanted to go."""
    patch = pytest.MonkeyPatch()
    real = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex")}
    real_lookup = socket.getaddrinfo

    def guarded(name: str):
        def call(self: socket.socket, address: object):
            if self.family in {socket.AF_INET, socket.AF_INET6} and not is_here(address):
                raise NetworkForbidden(f"tests do not use the network, and this one wanted {address}")
            return real[name](self, address)

        return call

    def lookup(host: object, *arguments: object, **options: object):
        if not is_here((host,)):
            raise NetworkForbidden(f"tests do not use the network, and this one looked up {host!r}")
        return real_lookup(host, *arguments, **options)

    for name in real:
        patch.setattr(socket.socket, name, guarded(name))
    patch.setattr(socket, "getaddrinfo", lookup)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real records named by MULIN_DATA.

    Unset: the test is skipped. Set: a folder or a file that is missing is a failure, never a skip.
    """
    given = os.environ.get("MULIN_DATA")
    if not given:
        pytest.skip("needs real records: set MULIN_DATA to their folder")
    folder = Path(given)
    if not folder.is_dir():
        pytest.fail(f"MULIN_DATA names a folder that does not exist: {folder}")
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    from mulin.kernel.db import is_postgres

    for item in items:
        if item.get_closest_marker("postgres") and not is_postgres():
            item.add_marker(pytest.mark.skip(reason="SQLite has one writer at a time"))
        if "browser" in item.path.relative_to(item.config.rootpath).parts:
            item.add_marker("browser")


@pytest.fixture(autouse=True)
def no_trained_model_is_left():
    """A model that a test had trained would guess in the tests after it."""
    yield
    from mulin.voices import understanding

    if understanding.model_file().exists():
        understanding.model_file().unlink()
        understanding.forget_model()
        understanding.trained_model()
