"""A real server with a small street, one Chromium, and people who are logged in."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1360, "height": 850}
PASSWORD = "mulin-demo"
# The Chromium of the machine, quiet: it looks for no updates and asks nobody anything.
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
READY_SECONDS = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def surroundings(home: Path) -> dict[str, str]:
    """What the server's processes see: an instance of their own, and no settings of the caller."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MULIN_", "DJANGO_"))}
    # Journeys report more in a minute than one address may in an hour.
    return {**kept, "MULIN_HOME": str(home), "MULIN_THROTTLE": "0", "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="session")
def instance_home(tmp_path_factory) -> Path:
    """The folder of a fresh instance with ten days of history. While one writes a journey, MULIN_BROWSER_HOME
    names one that is seeded already."""
    if os.environ.get("MULIN_BROWSER_HOME"):
        return Path(os.environ["MULIN_BROWSER_HOME"])
    home = tmp_path_factory.mktemp("instance")
    command = [sys.executable, "-m", "tests.browser.seed"]
    subprocess.run(command, cwd=ROOT, env=surroundings(home), check=True, timeout=600)
    return home


@pytest.fixture(scope="session")
def site(instance_home) -> Iterator[str]:
    """The address of `mulin serve` on that instance."""
    with serving(instance_home, surroundings(instance_home)) as address:
        yield address


@contextmanager
def serving(home: Path, around: dict[str, str]) -> Iterator[str]:
    """`mulin serve` on the instance in that folder, with these surroundings; its address."""
    port = free_port()
    command = [sys.executable, "-m", "mulin.site.cli", "serve", "--port", str(port)]
    with (home / "serve.log").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=around, stdout=log, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def wait_for(url: str, server: subprocess.Popen) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        assert server.poll() is None, f"the server ended with {server.returncode}"
        try:
            urllib.request.urlopen(url, timeout=5)
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"no answer from {url} within {READY_SECONDS} s")


@pytest.fixture(scope="session")
def playwright_started() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright_started) -> Iterator[Browser]:
    path = os.environ.get("MULIN_CHROMIUM", "/usr/bin/chromium")
    browser = playwright_started.chromium.launch(executable_path=path, args=list(FLAGS))
    yield browser
    browser.close()


class Watch:
    """What no page may do: an error in the console, a script that fails, a broken answer, a foreign host."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.offline = False

    def on(self, page: Page) -> None:
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: script failed: {error}"))
        page.on("request", lambda request: self.request(page, request.url))
        page.on("response", lambda answer: self.answer(page, answer.status, answer.url))

    def console(self, message: ConsoleMessage) -> None:
        # A refused form (422) or a page that is not there is told by Chromium as an error of its own.
        is_network = "Failed to load resource" in message.text
        if message.type == "error" and not is_network:
            self.faults.append(f"{message.page.url if message.page else ''}: console: {message.text}")

    def request(self, page: Page, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.hostname != "127.0.0.1":
            self.faults.append(f"{page.url}: asked {url}")

    def answer(self, page: Page, status: int, url: str) -> None:
        if status >= 500 or (status in {403, 404} and "/static/" in url):
            self.faults.append(f"{page.url}: {status} from {url}")


@pytest.fixture(scope="session")
def sessions(chromium, site) -> Callable[[str], dict]:
    """`sessions("clerk")`: the cookies of someone who logged in once, through the page."""
    return logins(chromium, site)


def logins(chromium: Browser, site: str) -> Callable[[str], dict]:
    """The same for any instance."""
    known: dict[str, dict] = {}

    def of(name: str) -> dict:
        if name not in known:
            context = chromium.new_context()
            page = context.new_page()
            page.goto(f"{site}/account/login/")
            page.fill("details input[name=login]", name)
            page.fill("details input[name=password]", PASSWORD)
            page.click("details form .btn")
            page.wait_for_url(lambda url: "/account/login" not in url)
            known[name] = context.storage_state()
            context.close()
        return known[name]

    return of


@pytest.fixture
def people(chromium, site, sessions) -> Iterator[Callable[..., Page]]:
    """`people("clerk", size=DESK, language="en")` is that person's page; `people("")` is nobody's. Whatever
    goes wrong on any of them fails the test at its end."""
    with visitors(chromium, site, sessions) as make:
        yield make


@contextmanager
def visitors(chromium: Browser, site: str, sessions: Callable[[str], dict]) -> Iterator[Callable[..., Page]]:
    """The same for any instance."""
    watch, opened = Watch(), []

    def make(name: str = "", *, size: dict = DESK, language: str = "zh-hans", **options) -> Page:
        context: BrowserContext = chromium.new_context(
            base_url=site, viewport=size, storage_state=sessions(name) if name else None,
            has_touch=size is PHONE, locale="en-US" if language == "en" else "zh-CN", **options,
        )  # fmt: skip
        context.set_default_timeout(20_000)
        context.add_cookies([{"name": "mulin_language", "value": language, "url": site}])
        opened.append(context)
        page = context.new_page()
        watch.on(page)
        page.watch = watch  # for a test that expects a fault, such as no line
        return page

    yield make
    for context in opened:
        context.close()
    assert not watch.faults, "\n".join(watch.faults)
