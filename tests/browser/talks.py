"""What people do with a topic in a browser: begin and end its steps, fill in its forms."""

import re
import shutil
import sqlite3
from pathlib import Path

from playwright.sync_api import Page, TimeoutError, expect

from tests.browser.conftest import ROOT, surroundings

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
                form.locator(f'[name="{name}"][value="{one}"]').check()
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
