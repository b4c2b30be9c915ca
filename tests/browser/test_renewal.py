"""The renewal of an old estate in a browser: from a remark on the phone to the rated result.

Thirteen households, three of which agree at first (23 %); neighbours who know each other bring twelve. The
clock of this instance's server is put forward where the law wants days to pass.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser import talks
from tests.browser.conftest import DESK, PHONE
from tests.browser.talks import Journey

ESTATE, BUILDING = "丹桂里", "丹桂里1栋"
TITLE = "丹桂里换水管"
DOORS = [f"1单元{floor}-{side}" for floor in range(1, 8) for side in (1, 2)][:13]
YES_AT_FIRST, LEFT_ALONE = DOORS[:3], DOORS[12]
# Unit, owners, area: the resident's own, one by proxy, one of two owners, three on paper.
OWNERS = (
    ("1-1", "王秀兰", "80.00"), ("1-2", "陈远", "60.00"), ("2-1", "李小娟、王小强", "70.00"),
    ("2-2", "赵敏敏", "75.50"), ("3-1", "孙丽君", "60.00"), ("3-2", "钱芳芳", "75.50"),
)  # fmt: skip
SHEETS = 3, 6, 4  # want it, are not sure, do not want it


@pytest.fixture
def house(instance_home, tmp_path, chromium) -> Iterator[Journey]:
    with talks.journey(Journey, instance_home, tmp_path, chromium) as story:
        yield story


def test_a_renewal_goes_from_the_first_remark_to_the_rated_result(house):
    the_remark_becomes_a_topic(house)
    take_stock_and_ask(house)
    sit_in_the_yard(house)
    write_the_list(house)
    prepare_the_doors(house)
    knock_at_doors(house)
    erase_the_graph(house)
    give_notice_to_the_owners(house)
    owners_vote(house)
    count_and_recount(house)
    resolve(house)
    do_it_and_rate(house)
    read_the_whole_road(house)


# — from the remark to the survey —


def the_remark_becomes_a_topic(house: Journey) -> None:
    talks.topic_from_remark(
        house, "丹桂里的水管锈了，早上放出来的水是黄的，能不能整个换掉", "老旧小区改造", ESTATE, title=TITLE,
        summary="管子用了二十多年，换不换、怎么换，由住户和业主商量。",
    )  # fmt: skip
    expect(house.phone.locator("main")).to_contain_text("摸底")


def take_stock_and_ask(house: Journey) -> None:
    desk = house.desk
    questions = ("state", "wants", "doubts", "money")
    talks.look_round(house, questions, "逐户问过、现场看过，记在这里，大家都能看。")
    house.step("look", "survey")
    desk.click('a[href$="/frame/"]')
    talks.fill_in(desk, closes_on=(house.now() + timedelta(days=9)).date().isoformat(), issued=13, roster=13)
    talks.press(desk, 'form[action$="/do/open/"] button')
    desk.wait_for_url(re.compile(r"/(give|codes)/$"))
    survey = re.search(r"/surveys/(\d+)/", desk.url)[1]
    desk.goto(f"/desk/surveys/{survey}/enter/")
    for stance, n in zip(("yes", "unsure", "no"), SHEETS, strict=True):
        for _ in range(n):
            desk.check(f'input[name="stance"][value="{stance}"]')
            with desk.expect_navigation():
                desk.keyboard.press("Control+Enter")
            expect(desk.locator("#messages .message")).to_contain_text("接着录下一份")
    end_survey(house, survey)


def end_survey(house: Journey, survey: str) -> None:
    """Thirteen sheets are too few to be published: that would show who filled them in."""
    desk = house.desk
    desk.goto(f"/desk/surveys/{survey}/give/")
    talks.press(desk, 'form[action$="/do/close/"] button')
    desk.goto(f"/desk/surveys/{survey}/results/")
    expect(desk.locator(".survey-result", has_text="您家愿意改造吗")).to_contain_text("3 · 23%")
    talks.end(desk, house.number, "survey")
    house.phone.goto(f"/council/{house.number}/")
    expect(house.phone.locator("main")).to_contain_text("收回 13 份")
    expect(house.phone.locator("main")).not_to_contain_text("23%")
    talks.begin(desk, house.number, "open_day")


def sit_in_the_yard(house: Journey) -> None:
    """Two evenings; the second is made at the desk for the same topic."""
    desk = house.desk
    for n in range(2):
        if n:
            desk.goto("/desk/council/meetings/new/courtyard_meeting/")
            desk.locator('select[name="topic"]').select_option(label=TITLE)
            desk.locator("main form .form-end .btn--main").first.click()
            desk.wait_for_url(re.compile(r"/meetings/\d+/$"))
        meeting = re.search(r"/meetings/(\d+)/", desk.url)[1]
        hold(house, f"/desk/council/meetings/{meeting}/")
    house.step("open_day", "list")


def hold(house: Journey, url: str) -> None:
    desk, begins = house.desk, house.now() + timedelta(minutes=90)
    desk.goto(f"{url}edit/")
    talks.fill_in(desk, begins_at=f"{begins:%Y-%m-%dT%H:%M}", venue="院坝里")
    desk.goto(f"{url}announce/")
    # Shortly before midnight ninety minutes are another day, and the notice is in time.
    is_late = desk.locator('[name="late_reason"]').count()
    talks.fill_in(desk, **({"late_reason": "天气预报明天下雨，今天晚上先说。"} if is_late else {}))
    desk.goto(url)
    talks.press(desk, 'form[action$="/do/open/"] button')
    desk.goto(f"{url}minutes/")
    desk.locator('a[href$="/decide/"]').first.click()
    talks.fill_in(desk, decision="heard")
    desk.goto(f"{url}door/")
    talks.press(desk, 'form[action$="/do/close/"] button')
    desk.goto(f"{url}minutes/")
    talks.press(desk, 'form[action$="/do/confirm/"] button')
    expect(desk.locator("#messages .message--done").first).to_be_visible()


def write_the_list(house: Journey) -> None:
    desk = house.desk
    for title, cost in (("换给水管", "52000"), ("换下水管", "31000")):
        desk.goto(f"/desk/council/options/{house.number}/new/")
        talks.fill_in(desk, title=title, text="立管从窗外走，不砸墙。", cost=cost, loses="停水两次")
    house.step("list", "canvass")


# — at the doors —


def prepare_the_doors(house: Journey) -> None:
    """The list, who calls, whose home it is, whom that household knows: the resident is the canvasser."""
    desk = house.desk
    base = desk.url
    desk.goto(f"{base}edit/")
    talks.fill_in(desk, purpose="换给水管和下水管，停水两次。", contact="居委会陈老师 6280 0000")
    desk.goto(f"{base}households/add/")
    lines = [f"{BUILDING},{door}{',支持' if door in YES_AT_FIRST else ''}" for door in DOORS]
    talks.fill_in(desk, lines="\n".join(lines))
    desk.goto(f"{base}people/")
    desk.fill('[name="who"]', "resident")
    desk.locator('main form:has([name="who"]) .btn--main').click()
    expect(desk.locator("main")).to_contain_text("王秀兰")
    desk.locator('a[href*="/people/"]', has_text="住在哪一户").first.click()
    talks.fill_in(desk, building=BUILDING, door=DOORS[0])
    desk.goto(f"{base}households/0/tie/")
    talks.fill_in(desk, building=BUILDING, door=DOORS[3], trust="3", how="go")
    for n in range(1, 3):
        desk.goto(f"{base}households/{n}/tie/")
        talks.fill_in(desk, building=BUILDING, door=DOORS[3 + n], trust="2", how="name")
    desk.goto(f"{base}households/0/tie/")
    talks.fill_in(desk, building=BUILDING, door=DOORS[1], trust="2", how="go")
    desk.goto(f"{base}households/0/tie/")
    talks.fill_in(desk, building=BUILDING, door=DOORS[2], trust="2", how="go")
    desk.goto(base)
    talks.press(desk, 'form[action$="/move/start/"] button')
    expect(desk.locator("main")).to_contain_text("23")


def knock_at_doors(house: Journey) -> None:
    phone = house.phone
    phone.goto("/council/canvasses/mine/")
    phone.locator("main a", has_text=TITLE).first.click()
    canvass = re.search(r"/canvasses/(\d+)/", phone.url)[1]
    doors = f"/council/canvasses/{canvass}/doors/"
    answer_a_rumour(house, canvass)
    todo = [DOORS[5 + n] for n in range(1, 8)]
    for _visit in range(10):
        phone.goto(doors)
        if not phone.locator(f'a[href^="{doors}"]').count():
            phone.locator('form[action$="/doors/more/"] button').click()
        one = phone.locator(f'a[href^="{doors}"]').first
        is_left_alone = LEFT_ALONE in one.inner_text()
        said = "refused" if is_left_alone else "agree"
        one.click()  # one tap: the door
        phone.click(f"label[for=outcome_{said}]")  # two: what they say
        phone.locator("main form .btn--main").click()  # three: kept
        phone.wait_for_url(re.compile(r"/contacts/"))
        if todo and not is_left_alone:
            consent(phone, todo.pop(0))
    phone.goto(f"/council/canvasses/{canvass}/")
    expect(phone.locator("main")).to_contain_text("这是邻居们的意愿，不是法定表决")
    house.desk.goto(f"/desk/council/canvasses/{canvass}/")
    expect(house.desk.locator("main .figures")).to_contain_text("92%")


def consent(phone: Page, door: str) -> None:
    """Who agreed says whom they know, and that it may be used."""
    phone.locator("details.fold summary", has_text="记下他们认识的一户").click()
    phone.fill('[name="door"]', door)
    phone.locator("details.fold form .form-end .btn").click()
    expect(phone.locator("main .rows")).to_contain_text(door)


def answer_a_rumour(house: Journey, canvass: str) -> None:
    """Anybody asks on the public page; the answer stands there for everybody."""
    visitor = house.people("", size=PHONE)
    visitor.goto(f"/council/canvasses/{canvass}/")
    visitor.fill('[name="text"]', "听说换完要涨物业费？")
    visitor.locator('form[action$="/ask/"] button').click()
    expect(visitor.locator("#messages .message--done").first).to_be_visible()
    desk = house.desk
    desk.goto(f"/desk/council/canvasses/{canvass}/questions/")
    desk.locator("main a.row, main a", has_text="物业费").first.click()
    talks.fill_in(desk, kind="rumour", answer="不涨。物业费由业主大会定，和换管子没有关系。")
    visitor.goto(f"/council/canvasses/{canvass}/")
    expect(visitor.locator("main")).to_contain_text("物业费由业主大会定")


def erase_the_graph(house: Journey) -> None:
    """The step ends, and with it everything that says who knows whom; the desk's page counts what is left."""
    talks.end(house.desk, house.number, "canvass")
    talks.work_on(house.desk, house.number, "canvass", "敲门行动")
    left = house.desk.locator("section", has_text="已经删除").locator("dd")
    assert left.all_inner_texts() == ["0"] * 5
    house.phone.goto(house.desk.url.replace("/desk/", "/"))
    expect(house.phone.locator("main")).to_contain_text("都已经删除，只留下上面的数字")


# — the owners —


def give_notice_to_the_owners(house: Journey) -> None:
    desk = house.desk
    talks.begin(desk, house.number, "vote")
    vote = re.search(r"/votes/(\d+)/", desk.url)[1]
    desk.goto("/desk/council/rosters/new/")
    desk.check('input[name="body"][value="owners"]')
    desk.check('input[name="start"][value="hand"]')
    talks.fill_in(desk, title=f"{TITLE}：业主")
    roster = re.search(r"/rosters/(\d+)/", desk.url)[1]
    table = house.home / "owners.csv"
    rows = ["楼栋,单元,房号,登记面积,业主", *(f"{BUILDING},1,{d},{a},{o}" for d, o, a in OWNERS)]
    table.write_text("\n".join(rows), encoding="utf-8-sig")
    desk.goto(f"/desk/council/rosters/{roster}/import/")
    desk.set_input_files('input[type="file"]', table)
    desk.locator("main form .form-end .btn--main").click()
    expect(desk.locator("main")).to_contain_text("加了 6 条")
    desk.goto(f"/desk/council/rosters/{roster}/freeze/")
    talks.fill_in(desk)
    announce_vote(house, vote)
    letter_and_proxy(house, roster)


def announce_vote(house: Journey, vote: str) -> None:
    desk, base = house.desk, f"/desk/council/votes/{vote}/"
    desk.goto(f"{base}edit/")
    # The law's fifteen days; a last day that is a holiday moves to the next working day.
    opens = (house.now() + timedelta(days=26)).replace(hour=0, minute=5)
    closes = opens + timedelta(days=8)
    desk.locator('select[name="roster"]').select_option(index=1)
    talks.fill_in(desk, opens_at=f"{opens:%Y-%m-%dT%H:%M}", closes_at=f"{closes:%Y-%m-%dT%H:%M}")
    desk.goto(base)
    expect(desk.locator("main")).to_contain_text("3/4")
    talks.press(desk, 'form[action$="/move/notice/"] button')
    expect(desk.locator("main")).to_contain_text("已公告")


def letter_and_proxy(house: Journey, roster: str) -> None:
    """The resident's letter with a code, and a neighbour's written authority for them."""
    desk, phone = house.desk, house.phone
    desk.goto(f"/desk/council/rosters/{roster}/proxies/new/?q=1-2")
    desk.locator('input[name="keys"]').first.check()
    talks.fill_in(desk, holder_name="王秀兰", holder_phone="13800138001")
    expect(desk.locator("#messages")).to_contain_text("他用自己的账户就能投")
    desk.goto(f"/desk/council/rosters/{roster}/letters/")
    desk.locator("main form .form-end .btn--main").click()
    slip = desk.locator(".slip", has_text="王秀兰")
    code = slip.locator(".slip__number").inner_text()
    phone.goto("/council/rosters/code/")
    phone.fill('[name="code"]', code)
    phone.locator("main form .btn--main").click()
    expect(phone.locator("#messages .message--done").first).to_be_visible()


def owners_vote(house: Journey) -> None:
    """Online for oneself and by proxy; the other papers are typed in, one for each of two joint owners."""
    house.wait_days(27)
    desk, phone = house.desk, house.phone
    talks.work_on(desk, house.number, "vote", "业主表决")
    base = desk.url
    at_the_time(desk, base, "open")
    phone.goto(f"/council/{house.number}/")
    talks.follow(phone, 'a[href*="/council/votes/"]')
    talks.follow(phone, 'a[href*="/cast/"]')
    for box in phone.locator('input[name="entry"][type="checkbox"]').all():
        box.check()
    phone.check('input[name="choice"][value="yes"]')
    phone.locator("main form .btn--main").click()
    expect(phone.locator("main")).to_contain_text("1单元1-2")
    phone.click('button[name="sure"]')
    expect(phone.locator("main")).not_to_contain_text("就这样投")
    desk.goto(f"{base}papers/")
    for n in range(5):
        waiting = desk.locator('select[name="entry"] option')
        expect(waiting).to_have_count(5 - n)
        said = "no" if "孙丽君" in waiting.first.inner_text() else "yes"
        desk.check(f'input[name="choice"][value="{said}"]')
        desk.locator("main form .form-end .btn--main").first.click()
    expect(waiting).to_have_count(0)
    house.wait_days(9)  # a named paper may be changed to the last minute, so that nobody closes early
    at_the_time(desk, base, "close")


def at_the_time(desk: Page, base: str, move: str) -> None:
    """The worker opens and closes at the announced time; whoever waits for it may press the button."""
    desk.goto(base)
    if desk.locator(f'form[action$="/move/{move}/"] button').count():
        talks.press(desk, f'form[action$="/move/{move}/"] button')


def count_and_recount(house: Journey) -> None:
    """The secretary certifies; anybody counts the published file again."""
    desk = house.desk
    vote = re.search(r"/votes/(\d+)/", desk.url)[1]
    desk.goto(f"/desk/council/votes/{vote}/count/")
    talks.fill_in(desk)
    street = house.people("street", size=DESK)
    street.goto(f"/desk/council/votes/{vote}/certify/")
    talks.fill_in(street)
    phone = house.phone
    phone.goto(f"/council/votes/{vote}/")
    expect(phone.locator("main")).to_contain_text("通过")
    code, found = talks.count_again(house, talks.download_count(house, phone, "孙丽君"))
    assert (code, found["status"]) == (0, "passed")
    talks.end(desk, house.number, "vote")


# — what came of it —


def resolve(house: Journey) -> None:
    talks.resolve(
        house, house.people("street", size=DESK),
        {"decision": "换给水管、下水管，明年三月前做完。", "cost": "83000"},
        {"title": "换给水管和下水管", "money": "83000"},
    )  # fmt: skip
    house.wait_days(20)  # a week of notice, however many holidays stand at its end
    house.step("resolution", "works")


def do_it_and_rate(house: Journey) -> None:
    talks.do_and_rate(house, "13户全部换完，逐户试过水。", 6, "大家满意。水表的事下个月接着办。")


def read_the_whole_road(house: Journey) -> None:
    """One page tells everybody the whole of it."""
    phone = house.phone
    phone.goto(f"/council/{house.number}/")
    expect(phone.locator("main")).to_contain_text("走完 9 步，共 9 步")
    for told in ("摸底", "问每一户", "敲门行动", "业主表决", "公布决议", "大家评"):
        expect(phone.locator("main")).to_contain_text(told)
