"""One voice goes the whole way with five people, in Chinese and in English; and what may go wrong."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from mulin.kernel import clock
from tests.browser.conftest import PHONE
from tests.browser.steps import (
    HOME,
    dispatch_to,
    fill,
    is_in,
    move,
    open_case,
    photo,
    report,
    send,
    start,
)

TEMPLATE = "您好，您反映的问题我们高度重视，已转相关部门核实处理，感谢您对我们工作的支持和理解。"
# Not twice the same: a reply that was sent before is taken for a template.
REPLIES = {
    "zh-hans": (
        "您说的 3 单元门口的路灯，今天上午到现场看过，是镇流器烧坏，已经换新并试亮到晚上八点，请放心。",
        "您说灯又灭了，我们今晚带电工去，查出是线路接头松动，已经重新接好，守到九点没有再灭。",
    ),
    "en": (
        "3 单元外面那盏路灯的镇流器老化，师傅中午拆下来换了一只节能的，傍晚开灯时请门卫看过，亮度够。",
        "第二次去是物业和我们一起，发现是定时开关坏了，换好后连看两晚，七点自己亮、六点自己关。",
    ),
}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def offered_in_english(page: Page) -> None:
    """A page in English offers its moves in English."""
    for text in page.locator(".actions a.btn:visible, .actions button.btn:visible").all_inner_texts():
        assert not CHINESE.search(text), f"not translated: {text}"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_voice_goes_the_whole_way_with_five_people(people, language):
    phone = people("resident", size=PHONE, language=language)
    clerk, department, street = (people(who, language=language) for who in ("clerk", "department", "street"))
    text = f"金堰苑3单元门口的路灯坏了，晚上老人出门看不见台阶（{language}）"
    number = report(phone, text, with_photo=True)
    receipt = phone.url
    assert text in phone.locator(".slip").first.inner_text()

    open_case(clerk, number)
    if language == "en":
        offered_in_english(clerk)
    move(clerk, "accept")
    dispatch_to(clerk, "南岸区城市管理局")
    is_in(clerk, "dispatched")
    object_in_vain(department, street, number)
    wait_for_parts(department, street, number)
    finish_after_a_warning(department, REPLIES[language][0])

    phone.goto(receipt)
    expect(phone.locator(".answer-full")).to_contain_text(REPLIES[language][0][:12])
    rate(phone, solved="no")
    open_case(department, number)
    is_in(department, "reopened")
    move(department, "start")
    move(department, "finish", done_text="重新接了线", reply=REPLIES[language][1])
    phone.goto(receipt)
    rate(phone, solved="yes", satisfied="yes")
    open_case(clerk, number)
    is_in(clerk, "confirmed")
    move(clerk, "close")
    is_in(clerk, "closed")

    publish(clerk, number, title=f"3单元门口的路灯（{language}）")
    everyone = people(size=PHONE, language=language)
    everyone.goto(f"/register/{number}/")
    shown = everyone.locator("main").inner_text()
    assert "路灯" in shown and "王秀兰" not in shown and "13800138001" not in shown


def object_in_vain(department: Page, street: Page, number: str) -> None:
    """The unit says it is not theirs; the one who dispatches decides that it is."""
    open_case(department, number)
    move(department, "object", reason="这盏灯在小区红线内，应由物业负责维修")
    is_in(department, "returned")
    open_case(street, number)
    move(street, "decide-objection", uphold="false", reason="灯杆在市政道路上，由城管局办理")
    is_in(street, "dispatched")


def wait_for_parts(department: Page, street: Page, number: str) -> None:
    """Started, suspended with the agreement of a second person, resumed."""
    open_case(department, number)
    move(department, "start")
    review = (clock.today() + timedelta(days=10)).isoformat()
    move(department, "suspend", reason="要等灯具厂家发货才能更换", review_on=review)
    is_in(department, "in_hand")
    open_case(street, number)
    move(street, "approve")
    is_in(street, "suspended")
    open_case(department, number)
    move(department, "resume", reason="灯具到货了")
    is_in(department, "in_hand")


def finish_after_a_warning(department: Page, reply: str) -> None:
    """A reply that could stand anywhere is pointed out before it is sent, and then written anew."""
    start(department, "finish")
    fill(department, done_text="换了镇流器并试亮", reply=TEMPLATE)
    send(department)
    expect(department.locator("[data-sheet-place] [name=confirm_reply]")).to_be_visible()
    fill(department, reply=reply)
    send(department)
    expect(department.locator("[data-sheet-dialog][open]")).to_have_count(0)
    is_in(department, "done")


def rate(page: Page, *, solved: str, satisfied: str = "") -> None:
    fold = page.locator("details:has(input[name=rate-solved]):not([open]) > summary")
    if fold.count():
        fold.click()
    page.check(f'input[name="rate-solved"][value="{solved}"]')
    if satisfied:
        page.check(f'input[name="rate-satisfied"][value="{satisfied}"]')
    page.click("form:has(input[name=rate-solved]) .btn--main")
    expect(page.locator("#messages .message, [role=status].message").first).to_be_visible()


def publish(page: Page, number: str, *, title: str) -> None:
    page.goto(f"/desk/publication/{number}/")
    page.fill("#publish [name=title]", title)
    page.click("#publish .btn--main")
    page.wait_for_url(lambda url: not url.endswith(f"/publication/{number}/"))


def test_somebody_without_a_name_follows_by_the_link_alone(people):
    phone = people(size=PHONE)
    number = report(phone, "楼下垃圾桶满了三天没人收，味道很大", building=False)
    link = phone.url.split("?")[0]
    clerk, department = people("clerk"), people("department")

    stranger = people(size=PHONE)
    stranger.goto(f"/mine/{number}")
    assert "/mine/" in stranger.url and stranger.locator(".slip").count() == 0

    other_phone = people(size=PHONE)
    other_phone.goto(link)
    other_phone.locator("details:has(#id_add-text) > summary").click()
    other_phone.fill("#id_add-text", "就在 4 栋的后门口")
    other_phone.click("form:has(#id_add-text) .form-end .btn")
    expect(other_phone.locator("main")).to_contain_text("后门口")

    open_case(clerk, number)
    expect(clerk.locator("main")).to_contain_text("后门口")
    move(clerk, "accept")
    dispatch_to(clerk, "南岸区城市管理局")
    open_case(department, number)
    move(department, "start")
    move(
        department,
        "finish",
        done_text="清运了两车",
        reply="您说的 4 栋后门口的垃圾桶，今天早上清了两车，以后每天早晚各清一次。",
    )

    other_phone.goto(link)
    rate(other_phone, solved="yes", satisfied="no")
    is_in(other_phone, "confirmed")
    rate(other_phone, solved="no")
    open_case(department, number)
    is_in(department, "reopened")


def wait_to_be_told(page: Page, number: str) -> None:
    """The worker writes notices from the sealed journal: within seconds one about this case is there."""
    for _turn in range(40):
        page.goto("/desk/notices/")
        if page.locator("main", has_text=re.compile(rf"{number[:3]} ?{number[3:6]} ?{number[6:]}")).count():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"nobody was told of {number}: {page.locator('main').inner_text()[:300]}")


def test_a_gas_leak_goes_the_urgent_way(people):
    worker = people("gridworker", size=PHONE)
    worker.goto("/desk/")
    worker.goto("/desk/urgent/")
    worker.fill("[name=address]", "3栋2单元楼下")
    worker.click('.alarm__one[value="gas_leak"]')
    worker.wait_for_url(re.compile(r"/desk/cases/\d+/"))
    number = re.search(r"/cases/(\d+)/", worker.url).group(1)

    street = people("street")
    wait_to_be_told(street, number)
    open_case(street, number)
    move(street, "acknowledge")
    worker.reload()
    ticked = 0
    while (box := worker.locator('form[action*="/check/"] button:visible')).count() and ticked < 3:
        box.first.click()
        worker.wait_for_load_state()
        ticked += 1
    assert ticked, "no checklist for the first person on the scene"
    move(street, "accept")
    open_case(worker, number)
    move(worker, "start")
    move(
        worker,
        "finish",
        done_text="燃气公司关了阀门，换了软管，检漏合格",
        reply="2单元的燃气味已经处理：燃气公司关阀换了软管，检漏合格，可以回家了。",
    )
    is_in(worker, "done")
    stranger = people("neighbour")
    answer = stranger.goto(f"/m/{number}")
    assert answer.status == 404


def test_a_phone_on_a_bad_line_keeps_the_draft_and_sends_it_once(people):
    phone = people(size=PHONE)
    text = "小区门口的井盖翘起来了，电动车差点摔倒"
    phone.goto(f"/report?place={HOME}")
    phone.fill("#id_text", text)
    phone.wait_for_timeout(1200)  # the hint while typing, and the draft, are on their way
    phone.context.set_offline(True)
    phone.click("form.report .btn--main:visible")
    expect(phone.locator("[data-draft-note]")).to_be_visible()
    kept = phone.evaluate("localStorage.getItem('mulin.draft.report')")
    assert "井盖" in kept
    phone.context.set_offline(False)
    phone.wait_for_url(re.compile("/r/"))
    assert phone.evaluate("localStorage.getItem('mulin.draft.report')") is None

    clerk = people("clerk")
    clerk.goto("/desk/cases/?q=井盖翘起来")
    expect(clerk.locator(".rows .row__title, .row", has_text="井盖翘起来").first).to_be_visible()
    assert clerk.locator("[data-keys-item]", has_text="井盖翘起来").count() == 1
    phone.watch.faults = [one for one in phone.watch.faults if "ERR_INTERNET_DISCONNECTED" not in one]


def test_what_is_said_of_a_restored_draft_lies_over_no_field_and_can_be_put_away(people):
    phone = people(size=PHONE)
    phone.goto(f"/report?place={HOME}")
    phone.fill("#id_text", "门口的台阶松了一块，老人容易绊倒")
    phone.wait_for_timeout(1200)  # the draft is on its way
    phone.goto(f"/report?place={HOME}")
    note = phone.locator("[data-draft-note]")
    expect(note).to_be_visible()
    expect(phone.locator("#id_text")).to_have_value(re.compile("台阶"))
    phone.locator("#id_contact").scroll_into_view_if_needed()
    phone.evaluate("document.querySelector('#id_contact').scrollIntoView({block: 'start'})")
    expect(note).not_to_be_in_viewport()
    phone.evaluate("scrollTo(0, 0)")
    note.locator("button").click()
    expect(note).to_be_hidden()
    expect(phone.locator("#id_text")).to_have_value(re.compile("台阶"))


@pytest.mark.parametrize("scripts", [True, False])
def test_the_same_words_after_the_browsers_back_are_one_report(people, scripts):
    phone = people(size=PHONE, java_script_enabled=scripts)
    report(phone, f"二楼平台的窗户掉了一块玻璃（{scripts}）", building=False)
    receipt = phone.url.split("?")[0]

    def send_again(change: str = "") -> str:
        phone.go_back()
        phone.wait_for_url(re.compile("/report"))
        assert "掉了一块玻璃" in phone.input_value("#id_text")
        if change:
            phone.fill("#id_text", change)
        phone.click("form.report .form-end .btn--main:visible")
        phone.wait_for_url(re.compile("/r/"))
        return phone.url.split("?")[0]

    assert send_again() == receipt
    expect(phone.locator("h1")).to_have_text("这一条先前已经收到")
    assert send_again(f"二楼平台的窗户又掉了一块玻璃，楼下有人走（{scripts}）") != receipt


def test_on_a_slow_line_the_button_shows_that_it_is_on_its_way_and_one_report_comes_of_it(people):
    """Pressed once more after the page has long stopped holding the button."""
    phone = people(size=PHONE)
    phone.goto(f"/report?place={HOME}")
    phone.fill("#id_text", "单元门的门禁坏了，谁都能进来")
    phone.wait_for_timeout(1200)
    phone.clock.install()
    held = []
    phone.route("**/report", lambda route: held.append(route))
    button = phone.locator("form.report .form-end .btn--main:visible")
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    phone.clock.fast_forward(10_000)
    button.click()
    phone.wait_for_timeout(300)
    assert len(held) == 1
    held[0].continue_()
    phone.wait_for_url(re.compile("/r/"))


def test_too_long_a_text_is_not_cut_and_says_so_while_it_is_written(people):
    phone = people(size=PHONE)
    phone.goto(f"/report?place={HOME}")
    phone.fill("#id_text", "长" * 2003)
    expect(phone.locator("#id_text_left")).to_contain_text("超出 3 字")
    phone.click("form.report .form-end .btn--main:visible")
    expect(phone.locator("[data-errors]")).to_contain_text("最多 2000 字，现在 2003 字")
    assert len(phone.input_value("#id_text")) == 2003


def test_reporting_and_confirming_work_without_scripts(people):
    phone = people(size=PHONE, java_script_enabled=False)
    phone.goto(f"/report?place={HOME}")
    phone.fill("#id_text", "健身角的单杠松了，晃得厉害")
    phone.set_input_files("#id_photos", photo())
    phone.click("form.report .btn--main")
    assert "/r/" in phone.url
    receipt = phone.url
    number = re.sub(r"\D", "", phone.locator(".slip__number").first.inner_text())

    clerk = people("clerk", java_script_enabled=False)
    for name, fields in (
        ("accept", {}),
        ("start", {}),
        (
            "finish",
            {"done_text": "拧紧并焊牢了单杠", "reply": "健身角的单杠今天上午拧紧焊牢，试过承重，可以用了。"},
        ),
    ):
        clerk.goto(f"/desk/cases/{number}/")
        button = clerk.locator(
            f'.actions form[action*="/{name}/"] button, .actions a[href*="/{name}/"]'
        ).first
        if not button.is_visible():
            clerk.click(".actions__more summary")
        button.click()
        for field, value in fields.items():
            clerk.fill(f"[name={field}]", value)
        if fields:
            clerk.click("form .btn--main")
    phone.goto(receipt)
    phone.check('input[name="rate-solved"][value="yes"]')
    phone.click("form:has(input[name=rate-solved]) .btn--main")
    is_in(phone, "confirmed")
