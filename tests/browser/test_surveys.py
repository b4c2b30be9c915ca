"""A survey on a resident's phone, closed half-way and handed in later; a clerk types sheets by keys alone."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from mulin.kernel import clock
from tests.browser.conftest import DESK, PHONE
from tests.browser.steps import HOME

# Ten questions of a community's own: (kind, words, options).
QUESTIONS = [
    ("single", "您住在哪一片？", "堰坎老院\n金堰苑\n丹桂里"),
    ("single", "您的年龄", "35岁以下\n36至59岁\n60岁及以上"),
    ("single", "家里几口人？", "一口\n两口\n三口\n四口及以上"),
    ("multiple", "最需要什么？", "老人吃饭\n孩子照看\n停车\n绿化"),
    ("single", "食堂开在哪里方便？", "居委会一楼\n老院活动室"),
    ("rating", "住在这里安全吗？", ""),
    ("rating", "邻里关系怎么样？", ""),
    ("ranking", "先办哪一样？", "路灯\n花坛\n健身角"),
    ("number", "愿意为一顿午饭付多少元？", ""),
    ("text", "还有什么想说的？", ""),
]
# What stands on the paper sheet, as keys: digits choose, Enter goes on, Ctrl+Enter saves.
KEYS = ["2", "3", "4", "1", "3", "Enter", "1", "4", "5", "2", "1", "3"]


def draft(page: Page, title: str, template: str) -> None:
    """A draft from a template, with its last day, through the pages of the desk."""
    page.goto("/desk/surveys/")
    page.click('a[href="/desk/surveys/new/"]')
    page.locator("label", has_text=template).first.click()
    page.click(".form-end .btn--main")
    page.wait_for_url(re.compile(r"/desk/surveys/\d+/$"))
    page.click('.btn--main[href$="/frame/"]')
    page.fill("#id_title", title)
    page.fill("#id_closes_on", (clock.today() + timedelta(days=9)).isoformat())
    page.click(".form-end .btn--main")
    page.wait_for_url(re.compile(r"/desk/surveys/\d+/$"))


def send_out(page: Page) -> str:
    """Start it; gives its number."""
    page.click('form[action$="/do/open/"] button')
    page.click("#confirm [data-confirm-yes]")
    page.wait_for_url(re.compile(r"/give/$"))
    return re.search(r"/surveys/(\d+)/", page.url)[1]


def test_a_resident_fills_in_half_on_the_phone_and_hands_in_later(people):
    desk = people("clerk", size=DESK)
    draft(desk, "今年最需要什么", "年度需求问卷")
    number = send_out(desk)
    phone = people("", size=PHONE)
    phone.goto(f"/council/c/{HOME}/")
    phone.click(f'a[href="/s/{number}"]')
    phone.check('input[name="age"][value="a60"]')
    conditional = phone.locator('[data-question="childcare_when"]')
    expect(conditional).to_be_hidden()
    phone.check('input[name="needs"][value="childcare"]')
    expect(conditional).to_be_visible()
    phone.check('input[name="childcare_when"][value="school"]')
    expect(phone.locator("[data-saved]")).to_contain_text("留着")
    context = phone.context
    phone.close()

    again = context.new_page()
    again.goto(f"/s/{number}")
    expect(again.locator("main")).to_contain_text("上次填到一半")
    expect(again.locator('input[name="age"][value="a60"]')).to_be_checked()
    expect(again.locator('input[name="childcare_when"][value="school"]')).to_be_checked()
    again.fill('textarea[name="words"]', "三单元门口的路灯晚上不亮")
    again.click("form.survey .form-end .btn--main")
    again.wait_for_url(re.compile(r"/thanks$"))
    again.goto(f"/s/{number}")
    again.wait_for_url(re.compile(r"/thanks$"))
    desk.goto(f"/desk/surveys/{number}/results/")
    expect(desk.locator("main")).to_contain_text("还有 1 份没有算进下面的数字")


def test_a_clerk_makes_ten_questions_and_types_a_sheet_in_by_keys_alone(people):
    page = people("clerk", size=DESK)
    draft(page, "院里的十件事", "从空白开始")
    for kind, words, options in QUESTIONS:
        page.goto(page.url.split("questions")[0] + "questions/new/")
        page.select_option("#id_kind", kind)
        page.fill("#id_text", words)
        if options:
            page.fill("#id_options", options)
        page.click(".form-end .btn--main")
        page.wait_for_url(re.compile(r"/desk/surveys/\d+/$"))
    number = send_out(page)
    page.goto(f"/desk/surveys/{number}/enter/")
    for _sheet in range(2):
        keyboard = page.keyboard
        for key in KEYS:
            keyboard.press(key)
        keyboard.type("12")
        keyboard.press("Enter")
        keyboard.insert_text("食堂早点开")
        # The message of the sheet before is still there: only the next page tells that this one is in.
        with page.expect_navigation():
            keyboard.press("Control+Enter")
        expect(page.locator("#messages .message")).to_contain_text("接着录下一份")
    page.goto(f"/desk/surveys/{number}/results/")
    expect(page.locator("main")).to_contain_text("纸质 2")
    expect(page.locator(".survey-result", has_text="邻里关系怎么样").locator("dd").nth(4)).to_contain_text(
        "2 · 100%"
    )
    expect(page.locator(".survey-result", has_text="先办哪一样").locator("dt").first).to_have_text("花坛")
    expect(page.locator(".survey-result", has_text="付多少元")).to_contain_text("12")


def test_a_household_scans_its_slip_and_the_code_never_leaves_for_a_log(people):
    desk = people("clerk", size=DESK)
    draft(desk, "一户一份的问卷", "邻里五得")
    desk.click('a[href$="/frame/"]')
    desk.check('input[name="once"][value="household"]')
    desk.click(".form-end .btn--main")
    number = send_out(desk)
    desk.click('a[href$="/codes/"]')
    desk.fill("#id_n", "2")
    desk.click(".form-end .btn--main")
    code = desk.locator(".slip__number").first.inner_text().replace("-", "")
    phone = people("", size=PHONE)
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(f"/s/{number}#code={code}")
    expect(phone.locator("#code")).to_have_value(code)
    phone.check('input[name="door"][value="yes"]')
    phone.click("form.survey .form-end .btn--main")
    phone.wait_for_url(re.compile(r"/thanks$"))
    assert asked and not [url for url in asked if code in url.split("#")[0]]
