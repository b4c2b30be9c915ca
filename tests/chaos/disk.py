"""The disk is full: what is refused, what is kept, and that it goes on by itself once there is room."""

import contextlib
import http.cookiejar
import json
import re
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.chaos.databases import Postgres, Sqlite
from tests.chaos.instance import Instance, crowded, served
from tests.chaos.kills import check
from tests.chaos.load import Crowd

# A new cluster with its log takes about a hundred of its own.
SIZE, CLUSTER_SIZE = "60m", "300m"
FULL_SECONDS = 8
QUIET_SECONDS, LONGEST_SECONDS = 2, 90
FILLER = "filler"
PAGES = {"zh-hans": ("您写的还没有交上来", "再送一次"), "en": ("has not reached us yet", "Send again")}


@contextlib.contextmanager
def small_disk(size: str) -> Iterator[Path]:
    """A file system of our own, so that filling it harms nobody. PermissionError where we may not mount."""
    folder = Path(tempfile.mkdtemp(prefix="mulin-chaos-disk-"))
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True).returncode:
        folder.rmdir()
        raise PermissionError("only root may mount the small disk that is filled up")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


def fill(folder: Path) -> Path:
    """Take every byte that is left."""
    filler = folder / FILLER
    with filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        for size in (1 << 20, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"\0" * size)
    return filler


class Browser:
    """A resident with cookies and without scripts."""

    def __init__(self, port: int, language: str):
        self.root = f"http://127.0.0.1:{port}"
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar)
        )
        self.opener.addheaders = [("Accept-Language", language), ("Accept", "text/html")]

    def ask(self, path: str, fields: list[tuple[str, str]] | None = None) -> tuple[int, str, Any]:
        data = urllib.parse.urlencode(fields).encode() if fields else None
        try:
            with self.opener.open(self.root + path, data, timeout=30) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.headers


def hidden(page: str, action: str) -> list[tuple[str, str]]:
    """The fields of the form on a page that leads to an address, as a browser would send them."""
    from lxml import html

    for form in html.fromstring(page).forms:
        if (form.get("action") or "").split("?")[0] == action:
            return form.form_values()
    raise AssertionError(f"no form to {action} on {page[:500]}")


class Report:
    """One resident's report that meets the outage and is sent again from the very page that refused it."""

    def __init__(self, instance: Instance, language: str):
        self.language = language
        self.browser = Browser(instance.server.port, language)
        self.text = f"单元门口的灯夜里不亮，从{language}页面来"
        status, page, _headers = self.browser.ask("/report?place=500108002005")
        assert status == 200, (status, page[:300])
        fields = dict(hidden(page, "/report"))
        fields |= {"text": self.text, "place": "500108002005", "kind": "help"}
        self.fields = [(name, value) for name, value in fields.items() if value]
        self.kept: list[tuple[str, str]] = []

    def is_refused(self) -> None:
        status, page, headers = self.browser.ask("/report", self.fields)
        assert status == 503, (status, page[:500])
        assert headers["Retry-After"], headers
        for words in (*PAGES[self.language], self.text):
            assert words in page, f"{words!r} is not on the page: {re.sub('<[^>]*>', ' ', page)[:600]}"
        self.kept = hidden(page, "/report")

    def is_taken(self) -> None:
        for _press in range(2):  # pressed twice, recorded once: the audit counts
            status, page, _headers = self.browser.ask("/report", self.kept)
            assert status == 200, (status, re.sub("<[^>]*>", " ", page)[:600])


def full(say=lambda text: None) -> dict[str, Any]:
    """An instance with its SQLite file and photos on a small disk that fills up under load, and gets room."""
    with small_disk(SIZE) as folder, served(Sqlite(), folder / "home") as instance:
        return filled(instance, folder, say)


def full_cluster(say=lambda text: None) -> dict[str, Any]:
    """The same with a PostgreSQL cluster on the small disk, its log with it; photos lie elsewhere."""
    with (
        small_disk(CLUSTER_SIZE) as folder,
        contextlib.closing(Postgres(folder)) as database,
        served(database) as instance,
    ):
        return filled(instance, folder, say)


def filled(instance: Instance, folder: Path, say) -> dict[str, Any]:
    """Fill the disk under load, look at what people see, make room, and see it go on without a restart."""
    database = instance.database
    with crowded(instance) as crowd:
        time.sleep(2)
        crowd.rest()
        before = len(crowd.ledger)
        pids = {(seen.pid, seen.role) for seen in instance.server.look()}
        reports = [Report(instance, language) for language in PAGES]
        crowd.work()
        try:
            while_full = until_nothing_is_taken(crowd, folder)
            assert instance.server.answers() or not database.serves(), "a full disk took reading away too"
            for report in reports:
                report.is_refused()
        finally:
            # Also when it failed: the crowd sends again until it is heard, and would hide why.
            (folder / FILLER).unlink()
        restarted = database.revive()
        again = until_taken(crowd)
        for report in reports:
            report.is_taken()
        time.sleep(2)
        assert {(seen.pid, seen.role) for seen in instance.server.look()} == pids, "something restarted"
    answer = check(instance, crowd)
    problems = crowd.replay() + twice(instance, [report.text for report in reports])
    assert not problems, problems
    say(f"  refused {while_full} times while full, taken again {again:.1f} s after there was room")
    return {
        "acknowledged_before": before, "refused_503": while_full, "seconds_until_taken": round(again, 1),
        "database_started_again": restarted, **answer,
    }  # fmt: skip


def until_nothing_is_taken(crowd: Crowd, folder: Path) -> int:
    """Keep the disk full until nothing more is acknowledged; how often somebody was refused.

    A database still takes what fits into the free space of its own pages.
    """
    began = quiet_since = time.monotonic()
    acknowledged = len(crowd.ledger)
    while time.monotonic() - began < FULL_SECONDS or time.monotonic() - quiet_since < QUIET_SECONDS:
        assert time.monotonic() - began < LONGEST_SECONDS, "the disk is full and reports are still taken"
        fill(folder)
        time.sleep(0.3)
        if len(crowd.ledger) != acknowledged:
            acknowledged, quiet_since = len(crowd.ledger), time.monotonic()
    assert crowd.ledger.unavailable, "the disk was full and nobody was refused"
    return crowd.ledger.unavailable


def until_taken(crowd: Crowd) -> float:
    """Seconds until the next request is acknowledged."""
    began, acknowledged = time.monotonic(), len(crowd.ledger)
    while len(crowd.ledger) == acknowledged:
        assert time.monotonic() - began < 60, "the storage is back and nothing is taken"
        time.sleep(0.05)
    return time.monotonic() - began


COUNT = """
import json, sys, django; django.setup()
from mulin.voices.models import Voice
print(json.dumps([Voice.objects.filter(text=text).count() for text in json.loads(sys.argv[1])]))
"""


def twice(instance: Instance, texts: list[str]) -> list[str]:
    """Each of these reports must be there exactly once."""
    result = instance.run("-c", COUNT, json.dumps(texts))
    counts = json.loads(result.stdout.splitlines()[-1])
    return [f"{text} is there {n} times" for text, n in zip(texts, counts, strict=True) if n != 1]
