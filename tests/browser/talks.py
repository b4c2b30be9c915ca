"""What people do with a topic in a browser: begin and end its steps, fill in its forms."""

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, TimeoutError, expect

from mulin.kernel import clock
from tests.browser.conftest import DESK, PHONE, ROOT, logins, serving, surroundings, visitors
from tests.browser.steps import open_case, report

TOPICS = "/desk/council/"


def copied(home: Path, to: Path) -> Path:
    """A copy of an instance whose server may be running."""
    shutil.copytree(home, to, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.db*", "*.sqlite3*"))
    for path in [*home.glob("*.db"), *home.glob("*.sqlite3")]:
        with sqlite3.connect(path) as source, sqlite3.connect(to / path.name) as target:
            source.backup(target)
    return to


def ahead_of_time(home: Path, days: Path) -> dict[str, str]:
    """What a server sees whose clock is as many days ahead as that file says (tests/browser/later)."""
    path = f"{ROOT / 'tests' / 'browser' / 'later'}:{ROOT}"
    return {**surroundings(home), "PYTHONPATH": path, "MULIN_TEST_DAYS": str(days)}


def press(page: Page, selector: str) -> None:
    """Press what is found first, say yes where it asks, and wait for the page that follows."""
    button = page.locator(selector).first
    asks = button.get_attribute("data-confirm")
    with page.expect_navigation():
        button.click()
        if asks:
            page.click("#confirm [data-confirm-yes]")


def follow(page: Page, selector: str, text: str = "") -> None:
    """Click the first link that is found, and wait for its page."""
    with page.expect_navigation():
        page.locator(selector, has_text=text or None).first.click()


def fill_in(page: Page, **fields: object) -> None:
    """Fields of the page's form by name: choices and ticks by value, texts by what is typed; sent."""
    scope = "[data-sheet-dialog][open]" if page.locator("[data-sheet-dialog][open]").count() else "main"
    form = page.locator(f'{scope} form[method="post"]', has=page.locator(".form-end")).first
    assert form.count(), f"{page.url} has no form: {page.locator('main').inner_text()[:600]}"
    for name, value in fields.items():
        box = form.locator(f'[name="{name}"]').first
        kind = box.evaluate("one => one.tagName === 'SELECT' ? 'select' : one.type")
        if kind in {"radio", "checkbox"}:
            for one in value if isinstance(value, list) else [value]:
                # The words of a chip lie over its box.
                form.locator(f'[name="{name}"][value="{one}"]').check(force=True)
        elif kind == "select":
            box.select_option(label=str(value))
        elif kind == "file":
            box.set_input_files(str(value))
        else:
            box.fill(str(value))
    before = page.url
    form.locator(".form-end .btn--main").first.click()
    if page.locator("#confirm[open]").count():
        page.click("#confirm [data-confirm-yes]")
    try:
        page.wait_for_url(lambda url: url != before)
    except TimeoutError as error:
        raise AssertionError(f"{before} said: {page.locator('main').inner_text()[:600]}") from error


def new_topic(page: Page, process: str, site: str = "", **fields: object) -> str:
    """Through the wizard, from the page on which a process is chosen; announced. Its number."""
    page.locator("main li a.row", has_text=process).first.click()
    for name, value in fields.items():
        page.fill(f'[name="{name}"]', str(value))
    if site:
        page.select_option('[name="site"]', label=site)
    expect(page.locator("main")).to_contain_text("日程")
    page.click('button[name="announce"]')
    page.wait_for_url(re.compile(r"/desk/council/\d+/$"))
    return re.search(r"/council/(\d+)/", page.url)[1]


def topic(page: Page, number: str) -> None:
    page.goto(f"{TOPICS}{number}/")


def begin(page: Page, number: str, key: str) -> None:
    """Begin a step; the browser is then where it is worked on."""
    topic(page, number)
    press(page, f'form[action$="/steps/{key}/begin/"] button')


def end(page: Page, number: str, key: str, remark: str = "") -> None:
    """End a step on its form, and see that it is over."""
    topic(page, number)
    page.locator(f'a[href$="/steps/{key}/end/"]').first.click()
    expect(page.locator("[data-sheet-dialog][open] form")).to_be_visible()
    if remark:
        page.fill('[data-sheet-dialog][open] [name="remark"]', remark)
    page.click("[data-sheet-dialog][open] .form-end .btn--main")
    expect(page.locator("[data-sheet-dialog][open]")).to_have_count(0)
    expect(page.locator("#messages .message--done").first).to_be_visible()


def work_on(page: Page, number: str, key: str, title: str) -> None:
    """Where a step is worked on, by the link on the topic's road."""
    topic(page, number)
    follow(page, ".timeline__line a", title)


class Journey:
    """An instance whose server's clock can be put forward, and who has a part in the story."""

    def __init__(self, home: Path, days: Path, people: Callable[..., Page]):
        self.home, self.days, self.people, self.ahead = home, days, people, 0
        self.desk: Page = people("clerk", size=DESK)
        self.phone: Page = people("resident", size=PHONE)
        self.number = ""

    def now(self) -> datetime:
        return clock.now() + timedelta(days=self.ahead)

    def wait_days(self, days: int) -> None:
        self.ahead += days
        self.days.write_text(str(self.ahead), encoding="ascii")

    def step(self, ends: str, begins: str = "") -> None:
        """End a step and begin the one that follows; the browser is then where that is worked on."""
        end(self.desk, self.number, ends)
        if begins:
            begin(self.desk, self.number, begins)


@contextmanager
def journey(kind: type[Journey], instance_home: Path, folder: Path, chromium: Browser) -> Iterator[Journey]:
    """The people of a story, in a copy of the instance that its own server serves."""
    home, days = copied(instance_home, folder / "home"), folder / "days"
    days.write_text("0", encoding="ascii")
    with serving(home, ahead_of_time(home, days)) as address:
        with visitors(chromium, address, logins(chromium, address)) as people:
            yield kind(home, days, people)


def topic_from_remark(story: Journey, remark: str, process: str, site: str = "", **fields: object) -> None:
    """A resident says it on the phone; at the desk the case becomes a topic."""
    desk = story.desk
    open_case(desk, report(story.phone, remark))
    link = desk.locator('a[href*="/desk/council/new/?matter="]').first
    if not link.is_visible():
        desk.click(".actions__more summary")
    link.click()
    story.number = new_topic(desk, process, site, **fields)
    story.phone.goto(f"/council/{story.number}/")


def look_round(story: Journey, questions: tuple[str, ...], text: str) -> None:
    """The step "look": an answer to each of its questions."""
    begin(story.desk, story.number, "look")
    for question in questions:
        story.desk.goto(f"/desk/council/study/{story.number}/new/")
        choice = story.desk.locator('select[name="question"]')
        choice.evaluate("(one, value) => { one.value = value }", question)
        fill_in(story.desk, text=text)


def download_count(story: Journey, page: Page, secret_name: str) -> Path:
    """The published file of the vote that is open on this page; it holds no name."""
    with page.expect_download() as waiting:
        page.locator('a[href$="/recount.json"]').first.click()
    path = story.home / "recount.json"
    waiting.value.save_as(path)
    assert secret_name not in path.read_text(encoding="utf-8")
    return path


def count_again(story: Journey, path: Path) -> tuple[int, dict]:
    """The exit of `mulin recount`, and the result in its last line."""
    command = [sys.executable, "-m", "mulin.site.cli", "recount", str(path)]
    told = subprocess.run(command, cwd=ROOT, env=surroundings(story.home), capture_output=True, text=True)
    return told.returncode, json.loads(told.stdout.splitlines()[-1])


def resolve(story: Journey, officer: Page, resolution: dict, work: dict) -> None:
    """Write the resolution with what is to be done in two months, and publish it."""
    desk = story.desk
    begin(desk, story.number, "resolution")
    base = desk.url
    desk.goto(f"{base}edit/")
    chosen = [one.get_attribute("value") for one in desk.locator('input[name="chosen"]').all()]
    fill_in(desk, **({"chosen": chosen} if chosen else {}), **resolution)
    desk.goto(f"{base}works/new/")
    due = (story.now() + timedelta(days=60)).date().isoformat()
    fill_in(desk, due_on=due, **work)
    officer.goto(f"{base}publish/")
    fill_in(officer)
    story.phone.goto(base.replace("/desk/", "/"))
    expect(story.phone.locator("main")).to_contain_text(resolution["decision"])


def do_and_rate(story: Journey, done: str, papers: int, conclusion: str) -> None:
    """It is done; one rates on the phone, others on paper; what people think is published."""
    desk, phone = story.desk, story.phone
    follow(desk, 'main a[href*="/desk/council/work/"]')
    desk.goto(f"{desk.url}done/")
    fill_in(desk, text=done)
    story.step("works", "rate")
    phone.goto(f"/council/{story.number}/")
    phone.locator('a[href*="/council/ratings/"], a[href^="/s/"]').first.click()
    if phone.locator('a[href^="/s/"]').count():
        phone.locator('a[href^="/s/"]').first.click()
    phone.check('input[name="satisfied"][value="yes"]')
    phone.locator("form .form-end .btn--main").first.click()
    phone.wait_for_url(re.compile(r"/thanks"))
    for _ in range(papers):
        desk.goto(f"/desk/council/ratings/{story.number}/enter/")
        desk.check('input[name="satisfied"][value="yes"]')
        press(desk, "main form .form-end .btn--main")
        expect(desk.locator("#messages")).to_contain_text("接着录下一份")
    desk.goto(f"/desk/council/ratings/{story.number}/publish/")
    fill_in(desk, conclusion=conclusion)
    end(desk, story.number, "rate")
