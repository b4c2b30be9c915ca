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
    press_move(clerk, "accept")
    expect(clerk.locator("#messages .message").first).to_be_visible()
    is_in(clerk, "accepted")
    clerk.goto("/desk/")
    clerk.keyboard.press("?")
    expect(clerk.locator("#keys")).to_be_visible()
    clerk.keyboard.press("Escape")
    expect(clerk.locator("#keys")).to_be_hidden()


def press_move(page: Page, name: str) -> None:
    """`m` leads to the moves; from there Tab to the one that is wanted."""
    page.keyboard.press("m")
    tab_to(page, f'.actions [href*="/{name}/"], .actions form[action*="/{name}/"] button')
    page.keyboard.press("Enter")


CHOSEN = """() => {
  const at = document.activeElement;
  if (at.matches("select")) return at.selectedOptions[0].textContent;
  return at.checked ? at.closest("label").textContent : "";
}"""


def choose_unit(page: Page, name: str) -> None:
    """The unit among the proposed ones, or in the list of all others, with the arrow keys."""
    for field, keys in (("[name=org_likely]", ("Space", "ArrowDown")), ("#m_org", ("ArrowDown",))):
        if not page.locator(f"[data-sheet-place] {field}").count():
            continue
        tab_to(page, field)
        page.keyboard.press(keys[0])
        for _press in range(MOST_TABS if field == "#m_org" else 6):
            if name in page.evaluate(CHOSEN):
                return
            page.keyboard.press(keys[-1])
    raise AssertionError(f"{name} cannot be chosen with the keyboard")


def answer_by_keys(department: Page, number: str) -> None:
    department.goto(f"/desk/cases/{number}/")
    press_move(department, "start")
    is_in(department, "in_hand")
    press_move(department, "finish")
    expect(department.locator("[data-sheet-dialog][open]")).to_be_visible()
    tab_to(department, "#m_done_text")
    department.keyboard.type("换了两盏路灯的镇流器并试亮")
    tab_to(department, "#m_reply")
    department.keyboard.type(
        "您说的河边步道两盏路灯，昨晚换了镇流器，已经亮了，台阶边也加了反光条，请您晚上看看。"
    )
    department.keyboard.press("Control+Enter")
    expect(department.locator("[data-sheet-dialog][open]")).to_have_count(0)
    is_in(department, "done")


def test_ctrl_enter_is_left_alone_where_another_part_of_the_page_has_taken_it(people):
    clerk = people("clerk", size=DESK)
    clerk.goto("/desk/enter/")
    clerk.evaluate(
        """() => {
            window.sent = 0;
            const form = document.querySelector("#id_text").form;
            form.addEventListener("submit", (event) => { window.sent += 1; event.preventDefault(); });
            window.take = (event) => event.preventDefault();
            form.addEventListener("keydown", window.take);
        }"""
    )
    clerk.focus("#id_text")
    clerk.keyboard.press("Control+Enter")
    assert clerk.evaluate("window.sent") == 0
    clerk.evaluate('document.querySelector("#id_text").form.removeEventListener("keydown", window.take)')
    clerk.fill("#id_text", "河边的灯坏了")
    clerk.keyboard.press("Control+Enter")
    assert clerk.evaluate("window.sent") == 1


def test_a_case_is_recorded_dispatched_and_answered_with_the_keyboard_alone(people):
    clerk = people("clerk", size=DESK)
    clerk.goto("/desk/enter/")
    tab_to(clerk, "#id_text")
    clerk.keyboard.type("河边步道的路灯坏了两盏，晚上散步看不清台阶")
    clerk.keyboard.press("Control+Enter")
    clerk.wait_for_url(re.compile("/desk/receipts/"))
    number = number_on(clerk)

    clerk.keyboard.press("/")
    clerk.keyboard.type(number)
    clerk.keyboard.press("Enter")
    clerk.wait_for_url(re.compile(f"/desk/cases/{number}/"))
    press_move(clerk, "accept")
    is_in(clerk, "accepted")

    # A route may offer one unit in one tap; choosing among all of them is the link beside it.
    clerk.keyboard.press("m")
    tab_to(clerk, '.actions a[href*="/dispatch/"]')
    clerk.keyboard.press("Enter")
    expect(clerk.locator("[data-sheet-dialog][open]")).to_be_visible()
    choose_unit(clerk, "南岸区城市管理局")
    clerk.keyboard.press("Control+Enter")
    expect(clerk.locator("[data-sheet-dialog][open]")).to_have_count(0)
    is_in(clerk, "dispatched")

    department = people("department", size=DESK)
    answer_by_keys(department, number)

    # Nothing is due here any more: n goes on to the next one in the list.
    department.goto("/desk/?tab=all")
    for key in ("j", "Enter"):
        department.keyboard.press(key)
    department.wait_for_url(re.compile(r"/desk/cases/\d+/"))
    opened = department.url
    department.keyboard.press("n")
    department.wait_for_url(lambda url: "/desk/cases/" in url and url != opened)
