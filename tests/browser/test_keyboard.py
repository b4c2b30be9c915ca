"""The report journey and the desk's first moves with the keyboard alone."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK
from tests.browser.steps import HOME, is_in, number_on

MOST_TABS = 80


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on what is looked for; it must be visible there."""
    for _press in range(MOST_TABS):
        if page.evaluate("what => document.activeElement && document.activeElement.matches(what)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} was not reached with {MOST_TABS} presses of Tab on {page.url}")


def test_a_report_is_sent_with_the_keyboard_alone(people):
    page = people(size=DESK)
    page.goto(f"/report?place={HOME}")
    tab_to(page, "#id_text")
    page.keyboard.type("二楼走廊的声控灯不亮")
    tab_to(page, "#id_building")
    page.keyboard.press("ArrowDown")
    tab_to(page, "form.report .btn--main")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/r/"))
    assert number_on(page)


def test_the_desk_takes_a_case_with_the_keyboard_alone(people):
    resident = people("resident", size=DESK)
    resident.goto(f"/report?place={HOME}")
    resident.fill("#id_text", "花坛边的水管漏水，路面结了青苔很滑")
    resident.click("form.report .btn--main")
    resident.wait_for_url(re.compile("/r/"))
    number = number_on(resident)

    clerk = people("clerk", size=DESK)
    clerk.goto("/desk/cases/")
    clerk.keyboard.press("j")
    first = clerk.evaluate("document.activeElement.getAttribute('href')")
    clerk.keyboard.press("j")
    second = clerk.evaluate("document.activeElement.getAttribute('href')")
    clerk.keyboard.press("k")
    assert first and second and first != second
    assert clerk.evaluate("document.activeElement.getAttribute('href')") == first

    clerk.goto("/desk/")
    clerk.keyboard.press("/")
    clerk.keyboard.type(number)
    clerk.keyboard.press("Enter")
    clerk.wait_for_url(re.compile(f"/desk/cases/{number}/"))
    tab_to(clerk, '.actions [href*="/accept/"], .actions form[action*="/accept/"] button')
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#messages .message").first).to_be_visible()
    is_in(clerk, "accepted")
    clerk.goto("/desk/")
    clerk.keyboard.press("?")
    expect(clerk.locator("#keys")).to_be_visible()
    clerk.keyboard.press("Escape")
    expect(clerk.locator("#keys")).to_be_hidden()
