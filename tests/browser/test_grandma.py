"""The shared grandma in a browser: a family asks, a neighbour offers, nobody is named before her record was
looked up and the parent signed; both say yes, they try it, it goes on; later the family helps others, and the
community reads what grew out of it. On two phones and at the desk."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser import talks
from tests.browser.conftest import PHONE, ROOT, surroundings
from tests.browser.steps import HOME, number_on, report

FAMILY, GRANDMA = "五单元朵朵妈妈", "堰边的许婆婆"
ASKED = "我们双职工，想请邻居放学接一下孩子"
GAVE = "陪楼上的老人看懂加装电梯的方案"
LIFT = "五单元加装电梯"
WEEKDAYS = [str(day) for day in range(1, 6)]


class Grandma(talks.Journey):
    """The desk, the family on `phone`, the grandma on hers, and somebody without an account."""

    def __init__(self, *args):
        super().__init__(*args)
        self.hers: Page = self.people("neighbour", size=PHONE)
        self.visitor: Page = self.people("", size=PHONE)
        self.need = self.helper = self.match = ""


@pytest.fixture
def grandma(instance_home, tmp_path, chromium) -> Iterator[Grandma]:
    with talks.journey(Grandma, instance_home, tmp_path, chromium) as story:
        yield story


def test_a_shared_grandma_and_what_the_family_gives_back(grandma):
    a_family_wishes(grandma)
    the_desk_sends_it_on(grandma)
    a_grandma_offers(grandma)
    nobody_is_looked_for_without_the_parent(grandma)
    she_is_not_named_before_her_check(grandma)
    she_is_found_and_asked(grandma)
    both_say_yes(grandma)
    one_afternoon(grandma)
    the_minutes_are_hers(grandma)
    it_goes_on(grandma)
    the_family_gives_back(grandma)
    everybody_reads_it(grandma)
    the_audit_finds_nothing(grandma)


# — asked and offered —


def a_family_wishes(story: Grandma) -> None:
    """In their own words, on the phone."""
    phone = story.phone
    phone.goto(f"/report?place={HOME}&kind=wish")
    phone.fill("#id_text", ASKED)
    phone.click("form.report .btn--main:visible")
    phone.wait_for_url(re.compile(r"/r/"))
    story.number = number_on(phone)


def the_desk_sends_it_on(story: Grandma) -> None:
    """From the page of the wish; the family reads the answer, adds the times, and nobody else reads it."""
    desk, phone = story.desk, story.phone
    desk.goto(f"/desk/wishes/{story.number}/")
    talks.follow(desk, 'a[href*="/desk/aid/needs/from/"]')
    talks.fill_in(desk, text="转到邻里互助了，请您补上哪几天。")
    story.need = re.search(r"/needs/(\d+)/", desk.url)[1]
    expect(desk.locator("main")).to_contain_text("先补上要哪种帮助")
    phone.goto("/mine")
    talks.follow(phone, 'a[href$="/aid/mine/"]')
    talks.follow(phone, f'a[href*="/needs/{story.need}/"]')
    talks.follow(phone, 'a[href$="/edit/"]')
    times = {"days": ["1", "3"], "begins": "16:30", "ends": "17:15"}
    talks.fill_in(phone, kind="接送孩子", name=FAMILY, contact="13700137099", **times)
    assert story.visitor.goto(f"/aid/needs/{story.need}/").url.endswith(f"/aid/needs/{story.need}/")
    expect(story.visitor.locator("main")).not_to_contain_text(FAMILY)


def a_grandma_offers(story: Grandma) -> None:
    hers, desk = story.hers, story.desk
    hers.goto(f"/aid/c/{HOME}/")
    talks.follow(hers, 'a[href$="/offer/"]')
    times = {"days": WEEKDAYS, "begins": "15:30", "ends": "18:30"}
    talks.fill_in(hers, kinds=["pickup"], name=GRANDMA, contact="13800138099", **times)
    expect(hers.locator("main")).to_contain_text("接送孩子")
    desk.goto("/desk/aid/helpers/?show=way")
    talks.follow(desk, "a.row", GRANDMA)
    story.helper = re.search(r"/helpers/(\d+)/", desk.url)[1]


# — nobody without a check, nothing without a parent —


def nobody_is_looked_for_without_the_parent(story: Grandma) -> None:
    desk, phone = story.desk, story.phone
    desk.goto(f"/desk/aid/needs/{story.need}/")
    expect(desk.locator("main")).to_contain_text("收到家长签字的同意书才能找人")
    expect(desk.locator('form[action$="/suggest/"]')).to_have_count(0)
    phone.goto(f"/aid/needs/{story.need}/")
    talks.press(phone, 'form[action$="/consent/"] .btn--main')
    expect(phone.locator("main")).to_contain_text("社区在找合适的邻居")


def she_is_not_named_before_her_check(story: Grandma) -> None:
    """Talked with, taught and insured; without the check she gets no duty, and no family is told of her."""
    desk = story.desk
    her = f"/desk/aid/helpers/{story.helper}/"
    desk.goto(her)
    expect(desk.locator("main")).to_contain_text("没有无犯罪记录查询，带孩子的求助里不会出现")
    talks.press(desk, 'form[action$="/do/screen/"] button')
    for topic in ("怎么帮、怎么拒绝、找谁", "和孩子在一起"):
        desk.goto("/desk/aid/helpers/training/")
        desk.check(f'[name="helpers"][value="{story.helper}"]', force=True)
        desk.select_option('[name="topic"]', label=topic)
        talks.press(desk, "main form .form-end .btn--main")
    desk.goto(f"{her}insurance/")
    talks.fill_in(desk, until=(story.now() + timedelta(days=365)).date().isoformat())
    desk.goto(her)
    talks.press(desk, 'form[action$="/do/duty/"] button')
    expect(desk.locator("#messages")).to_contain_text("先登记无犯罪记录查询")
    look_for_somebody(story)
    expect(desk.locator("section[aria-labelledby='offers']")).not_to_contain_text(GRANDMA)
    expect(desk.locator("section[aria-labelledby='offers']")).to_contain_text("没有有效的无犯罪记录查询")


def look_for_somebody(story: Grandma) -> None:
    story.desk.goto(f"/desk/aid/needs/{story.need}/")
    talks.press(story.desk, 'form[action$="/suggest/"] button')


def she_is_found_and_asked(story: Grandma) -> None:
    """With the dated check she is on duty, suggested with reasons; the rule that keeps it safe is named."""
    desk = story.desk
    desk.goto(f"/desk/aid/helpers/{story.helper}/check/")
    talks.fill_in(desk, source="花园路派出所")
    talks.press(desk, 'form[action$="/do/duty/"] button')
    look_for_somebody(story)
    row = desk.locator("section[aria-labelledby='offers'] li.row", has_text=GRANDMA)
    expect(row).to_contain_text("时间合得上")
    expect(row).to_contain_text("无犯罪记录查询有效到")
    with desk.expect_navigation():
        row.locator('a[href*="/propose/"]').click()
    talks.fill_in(desk, safe_rule="visible_place", safe_note="走大路，在校门口和楼下交接")
    story.match = re.search(r"/matches/(\d+)/", desk.url)[1]


# — together —


def both_say_yes(story: Grandma) -> None:
    """Neither reads who the other is before both have agreed."""
    match = f"/aid/matches/{story.match}/"
    story.hers.goto(match)
    expect(story.hers.locator("main")).not_to_contain_text(FAMILY)
    talks.press(story.hers, 'form[action$="/answer/"] [value="yes"]')
    story.phone.goto(match)
    expect(story.phone.locator("main")).not_to_contain_text(GRANDMA)
    talks.press(story.phone, 'form[action$="/answer/"] [value="yes"]')
    expect(story.phone.locator("main")).to_contain_text(GRANDMA)
    expect(story.phone.locator("main")).to_contain_text("先试到")
    story.hers.goto(match)
    expect(story.hers.locator("main")).to_contain_text("13700137099")


def one_afternoon(story: Grandma) -> None:
    """She notes it, the family says that it was so."""
    hers, phone = story.hers, story.phone
    talks.follow(hers, 'a[href$="/visit/"]')
    talks.fill_in(hers, minutes=45, note="接到楼下")
    expect(hers.locator('form[action$="/confirm/"]')).to_have_count(0)
    phone.goto(f"/aid/matches/{story.match}/")
    talks.press(phone, 'form[action$="/confirm/"] button')
    expect(phone.locator("section[aria-labelledby='visits']")).to_contain_text("确认")


def the_minutes_are_hers(story: Grandma) -> None:
    """The demo's residents opened a time bank: 45 minutes, said in words."""
    hers = story.hers
    hers.goto("/aid/time/")
    expect(hers.locator("section[aria-labelledby='lines']")).to_contain_text("服务邻里，已确认")
    expect(hers.locator("section[aria-labelledby='lines'] li").first).to_contain_text("45 分")
    expect(hers.locator("section[aria-labelledby='lines'] li").first).to_contain_text("接送孩子")


def it_goes_on(story: Grandma) -> None:
    """After the trial somebody talks with both."""
    story.wait_days(14)
    desk = story.desk
    desk.goto(f"/desk/aid/matches/{story.match}/")
    talks.follow(desk, 'a[href$="/talk/"]')
    talks.fill_in(desk, note="孩子天天盼着，时间也合适。", goes_on="yes")
    story.phone.goto(f"/aid/matches/{story.match}/")
    expect(story.phone.locator('main [data-state="running"]').first).to_be_visible()


# — given back —


def the_family_gives_back(story: Grandma) -> None:
    """They speak up for the lift, and agree that one sentence is read by everybody; the desk shows it."""
    desk, phone = story.desk, story.phone
    lift = report(phone, "五单元老人上下楼难，能不能一起商量加装电梯", building=False)
    desk.goto(f"/desk/publication/{lift}/")
    talks.fill_in(desk, title=LIFT, text="楼里的邻居想一起商量加装电梯。")
    phone.goto(f"/aid/needs/{story.need}/")
    talks.follow(phone, 'a[href$="/giveback/"]')
    phone.check('[name="may_publish"]')
    talks.fill_in(phone, words=GAVE, times=3, grew=lift)
    story.visitor.goto(f"/aid/c/{HOME}/")
    expect(story.visitor.locator("main")).not_to_contain_text(GAVE)
    desk.goto("/desk/aid/figures/")
    talks.follow(desk, 'a[href*="/givebacks/"]')
    talks.fill_in(desk)


def everybody_reads_it(story: Grandma) -> None:
    """On the community's home and on the page of its stories; nobody's name is in it."""
    visitor = story.visitor
    visitor.goto(f"/c/{HOME}/")
    card = visitor.locator("section[aria-labelledby='stories']")
    expect(card).to_contain_text(GAVE)
    expect(card).to_contain_text(f"带起了“{LIFT}”")
    talks.follow(visitor, "section[aria-labelledby='stories'] .section-head a")
    expect(visitor.locator("main")).to_contain_text("一户邻居得到大家帮忙")
    for name in (FAMILY, GRANDMA, "接送孩子"):
        expect(visitor.locator("main")).not_to_contain_text(name)


def the_audit_finds_nothing(story: Grandma) -> None:
    command = [sys.executable, "-m", "mulin.site.cli", "aid", "audit"]
    told = subprocess.run(command, cwd=ROOT, env=surroundings(story.home), capture_output=True, text=True)
    found = json.loads(told.stdout.splitlines()[-1])
    assert (told.returncode, found["violations"]) == (0, 0), told.stdout
    assert found["offers"] > 0
