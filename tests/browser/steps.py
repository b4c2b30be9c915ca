"""What people do in a browser, by what the page offers: no address is typed that a link would give."""

import re
from io import BytesIO

from playwright.sync_api import Page, expect

HOME = "500108002005"


def photo() -> dict:
    """A picture as a file control takes it."""
    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (320, 240), "#806040").save(out, "JPEG")
    return {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def report(page: Page, text: str, *, with_photo: bool = False, building: bool = True) -> str:
    """Say something on the report screen, place by list; gives the number on the receipt."""
    page.goto(f"/report?place={HOME}")
    page.fill("#id_text", text)
    if with_photo:
        page.set_input_files("#id_photos", photo())
        expect(page.locator("#photo-list li")).to_have_count(1)
    if building:
        page.select_option("#id_building", index=2)
    page.click("form.report .btn--main:visible")
    page.wait_for_url(re.compile(r"/r/"))
    return number_on(page)


def number_on(page: Page) -> str:
    """The number on the receipt that is open."""
    return re.sub(r"\D", "", page.locator(".slip__number").first.inner_text())


def open_case(page: Page, number: str) -> None:
    """Find a case through the desk's search."""
    page.goto(f"/desk/search/?q={number}")
    page.wait_for_url(re.compile(rf"/desk/cases/{number}/"))


def move(page: Page, name: str, **fields: str | bool) -> None:
    """Do a move from the bar of the open case: fill its form, send, and see that it was done."""
    start(page, name)
    if page.locator("[data-sheet-dialog][open]").count():
        fill(page, **fields)
        send(page)
        expect(page.locator("[data-sheet-dialog][open]")).to_have_count(0)
    expect(page.locator("#messages .message--done, #messages .message").first).to_be_visible()


def start(page: Page, name: str, *, with_form: bool = False) -> None:
    """Press the button of a move; what opens is its form, or it is done at once. `with_form` takes the way
    through the form where the bar offers the likely answer in one tap besides."""
    at_once = "" if with_form else f', .actions form[action*="/{name}/"] button'
    button = page.locator(f'.actions a[href*="/{name}/"]{at_once}').first
    if not button.is_visible():
        page.click(".actions__more summary")
    is_form = button.evaluate("element => element.tagName === 'A'")
    asks = button.get_attribute("data-confirm")
    button.click()
    if asks:
        page.click("#confirm [data-confirm-yes]")
    if is_form:
        expect(page.locator("[data-sheet-dialog][open]")).to_be_visible()


def fill(page: Page, **fields: str | bool) -> None:
    """Fields of the open form by name: choices by value, texts by what is typed."""
    form = page.locator("[data-sheet-place] form")
    for name, value in fields.items():
        choice = form.locator(f'input[name="{name}"][value="{value}"]')
        box = form.locator(f'[name="{name}"]').first
        if choice.count():
            choice.check()
        elif box.evaluate("element => element.tagName") == "SELECT":
            box.select_option(label=str(value))
        else:
            box.fill(str(value))


def send(page: Page) -> None:
    page.click("[data-sheet-place] form .form-end .btn--main")


def dispatch_to(page: Page, unit: str) -> None:
    """Dispatch to a unit by its name, whether it is suggested or only in the list."""
    start(page, "dispatch", with_form=True)
    likely = page.locator("[data-sheet-place] label", has_text=unit)
    if likely.count():
        likely.first.click()
    else:
        page.locator('[data-sheet-place] select[name="org"]').select_option(label=unit)
    send(page)
    expect(page.locator("[data-sheet-dialog][open]")).to_have_count(0)


def is_in(page: Page, state: str) -> None:
    """The open case of the desk, or the receipt, shows this state."""
    badge = page.locator(f'.detail__head [data-state="{state}"], .section-head [data-state="{state}"]')
    expect(badge.first).to_be_visible()
