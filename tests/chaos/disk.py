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

from tests.chaos.databases import Sqlite
from tests.chaos.instance import Instance, crowded, served
from tests.chaos.kills import check

SIZE = "60m"
FULL_SECONDS = 8
PAGES = {"zh-hans": ("您写的还没有交上来", "再送一次"), "en": ("has not reached us yet", "Send again")}


@contextlib.contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of our own, so that filling it harms nobody. PermissionError where we may not mount."""
    folder = Path(tempfile.mkdtemp(prefix="mulin-chaos-disk-"))
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0755", "tmpfs", str(folder)]
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
    filler = folder / "filler"
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
    """An instance on a small disk that fills up under load, and is given room again, without a restart."""
    with small_disk() as folder, served(Sqlite(), folder / "home") as instance:
        with crowded(instance) as crowd:
            time.sleep(2)
            crowd.rest()
            before = len(crowd.ledger)
            pids = {(seen.pid, seen.role) for seen in instance.server.look()}
            reports = [Report(instance, language) for language in PAGES]
            crowd.work()
            filler = fill(folder)
            began = time.monotonic()
            while time.monotonic() - began < FULL_SECONDS:
                fill(folder)
                time.sleep(0.3)
            while_full = crowd.ledger.unavailable
            assert while_full, "the disk was full and nobody was refused"
            assert instance.server.answers(), "a full disk took the reading pages away too"
            for report in reports:
                report.is_refused()
            filler.unlink()
            began = time.monotonic()
            acknowledged = len(crowd.ledger)
            while len(crowd.ledger) == acknowledged:
                assert time.monotonic() - began < 30, "there is room again and nothing is taken"
                time.sleep(0.05)
            again = time.monotonic() - began
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
            **answer,
        }  # fmt: skip


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
