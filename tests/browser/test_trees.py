"""The street trees in a browser: from a remark on the phone to the rated result, with two secret votes.

The clock of this instance's server is put forward where the process wants days to pass.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import talks
from tests.browser.conftest import DESK, PHONE
from tests.browser.talks import Journey

REMARK = "堰塘路的行道树掉果子，路灯也让树叶遮住了，晚上看不见台阶"
TITLE = "堰塘路的树换不换"
OFFICERS = ("clerk", "street")
TREES = (("香樟", "41000", "春天扫落叶"), ("蓝花楹", "46000", "冬天没有荫"))


class Street(Journey):
    """Besides the clerk and a resident: the street's officer, and somebody who has not logged in."""

    def __init__(self, home: Path, days: Path, people: Callable[..., Page]):
        super().__init__(home, days, people)
        self.street: Page = people("street", size=DESK)
        self.visitor: Page = people("", size=PHONE)


@pytest.fixture
def street(instance_home, tmp_path, chromium) -> Iterator[Street]:
    with talks.journey(Street, instance_home, tmp_path, chromium) as story:
        yield story


def test_street_trees_go_from_the_first_remark_to_the_rated_result(street):
    the_remark_becomes_a_topic(street)
    look_at_the_street(street)
    say_what_one_thinks(street)
    meet(street)
    object_and_be_answered(street)
    whether = vote_on(street, "whether", "yes")
    read_result(street, whether, "通过")
    recount(street, whether, "passed")
    choose_the_kinds(street)
    which = vote_on(street, "which", "")
    read_result(street, which, "香樟")
    resolve(street)
    do_it_and_rate(street)
    read_the_whole_road(street)


# — the remark, and hearing everybody —


def the_remark_becomes_a_topic(street: Street) -> None:
    talks.topic_from_remark(street, REMARK, "行道树", title=TITLE, summary="先定换不换，再定换成什么。")
    expect(street.phone.locator("main")).to_contain_text("看现场、听街坊")


def look_at_the_street(street: Street) -> None:
    talks.look_round(street, ("now", "residents", "shops", "pipes"), "走了一遍，照了相，问过沿街的人。")
    street.step("look", "opinions")


def say_what_one_thinks(street: Street) -> None:
    """Three taps on the phone, and a sentence of one's own that the desk lets out."""
    desk, phone = street.desk, street.phone
    base = desk.url
    phone.goto(f"/council/{street.number}/")
    phone.locator('a[href*="/council/conversations/"]').first.click()
    for n, value in enumerate(("1", "-1", "0"), 1):
        phone.locator(f'form[action$="/answer/"] button[name="value"][value="{value}"]').click()
        expect(phone.locator("#ask")).to_contain_text(f"答了 {n} /")
    phone.goto(f"{base.replace('/desk', '')}say/")
    phone.fill('[name="text"]', "公交站那一段最后换，先搭遮阳棚")
    phone.locator("main form .btn--main").click()
    desk.goto(base)
    desk.locator('form[action*="/statements/"] button[value="show"]').first.click()
    expect(desk.locator("#messages .message--done").first).to_be_visible()
    desk.goto(base)
    talks.press(desk, 'form[action$="/do/close/"] button')
    desk.goto(f"{base}publish/")
    talks.fill_in(desk, conclusion="多数人嫌果子，少数人舍不得树荫；都要求避开夏天。")
    street.step("opinions", "council")


def meet(street: Street) -> None:
    """The council once, the courtyards three times."""
    desk = street.desk
    hold(street, desk.url, "代表一 1栋\n代表二 2栋\n代表三 3栋")
    street.step("council", "courtyards")
    first = desk.url
    for n in range(3):
        if n:
            desk.goto("/desk/council/meetings/new/courtyard_residents/")
            desk.locator('select[name="topic"]').select_option(label=TITLE)
            desk.locator("main form .form-end .btn--main").first.click()
            desk.wait_for_url(re.compile(r"/meetings/\d+/$"))
        hold(street, desk.url if n else first, "")
    street.phone.goto(f"/council/{street.number}/")
    expect(street.phone.locator("main")).to_contain_text("开了 3 次会")
    street.step("courtyards")


def hold(street: Street, url: str, names: str) -> None:
    """Announced late, held today, its minutes published; who came is ticked off."""
    desk, begins = street.desk, street.now() + timedelta(minutes=90)
    desk.goto(f"{url}edit/")
    talks.fill_in(desk, begins_at=f"{begins:%Y-%m-%dT%H:%M}", venue="树底下")
    desk.goto(f"{url}announce/")
    # Shortly before midnight ninety minutes are another day, and the notice is in time.
    is_late = desk.locator('[name="late_reason"]').count()
    talks.fill_in(desk, **({"late_reason": "天气预报明天下雨，今天晚上先说。"} if is_late else {}))
    desk.goto(url)
    talks.press(desk, 'form[action$="/do/open/"] button')
    if names:
        come(desk, url, names)
    desk.goto(f"{url}minutes/")
    desk.locator('a[href$="/decide/"]').first.click()
    talks.fill_in(desk, decision="heard")
    desk.goto(f"{url}door/")
    talks.press(desk, 'form[action$="/do/close/"] button')
    desk.goto(f"{url}minutes/")
    talks.press(desk, 'form[action$="/do/confirm/"] button')
    desk.goto(f"{url}minutes/")
    talks.press(desk, 'form[action$="/do/publish/"] button')
    expect(desk.locator("#messages .message--done").first).to_be_visible()


def come(desk: Page, url: str, names: str) -> None:
    desk.goto(f"{url}people/")
    talks.fill_in(desk, text=names)
    desk.goto(f"{url}door/")
    desk.locator('form[action*="/people/"] button[value="present"]').first.click()
    expect(desk.locator("main")).to_contain_text("到了")


def object_and_be_answered(street: Street) -> None:
    """Somebody without an account objects; what the desk answers stands beside it for everybody."""
    desk, visitor = street.desk, street.visitor
    visitor.goto(f"/council/concerns/{street.number}/")
    visitor.check('input[name="kind"][value="objection"]')
    visitor.fill('[name="text"]', "换成小树，公交站三年没有荫，老人怎么等车？")
    visitor.locator("main form .btn--main").first.click()
    expect(visitor.locator("#messages .message--done").first).to_be_visible()
    desk.goto(f"/desk/council/concerns/{street.number}/")
    desk.locator('a[href*="/desk/council/concern/"]').first.click()
    talks.fill_in(desk, answer="公交站那一段种大的，最后换，换之前先搭棚。")
    visitor.goto(f"/council/concerns/{street.number}/")
    expect(visitor.locator("main")).to_contain_text("最后换，换之前先搭棚")


# — votes —


def vote_on(street: Street, key: str, choice: str) -> str:
    """From the roster to the certified result; the number of the vote."""
    street.wait_days(14)  # days of notice, however many of them are holidays
    desk, phone = street.desk, street.phone
    talks.begin(desk, street.number, key)
    base = desk.url
    roster(street, key)
    desk.goto(f"{base}edit/")
    desk.locator('select[name="roster"] option', has_text=key).evaluate("one => { one.selected = true }")
    opens, closes = street.now() - timedelta(minutes=5), street.now() + timedelta(days=2)
    talks.fill_in(desk, opens_at=f"{opens:%Y-%m-%dT%H:%M}", closes_at=f"{closes:%Y-%m-%dT%H:%M}")
    keys = fetch_keys(street, base)
    desk.goto(base)
    talks.press(desk, 'form[action$="/move/notice/"] button')
    expect(desk.locator("main")).to_contain_text("已公告")
    open_it(desk, base)
    cast(phone, street.number, choice)
    street.wait_days(14)
    desk.goto(base)
    if desk.locator('form[action$="/move/close/"] button').count():
        talks.press(desk, 'form[action$="/move/close/"] button')
    desk.goto(f"{base}count/")
    talks.fill_in(desk, **{f"key_{n}": text for n, text in enumerate(keys)})
    street.street.goto(f"{base}certify/")
    street.street.check('input[name="keys_destroyed"]')
    talks.fill_in(street.street)
    street.step(key)
    return re.search(r"/votes/(\d+)/", base)[1]


def roster(street: Street, key: str) -> None:
    """All whose home is confirmed, fixed for good."""
    desk = street.desk
    desk.goto("/desk/council/rosters/new/")
    desk.check('input[name="body"][value="residents"]')
    desk.check('input[name="start"][value="people"]')
    talks.fill_in(desk, title=f"{TITLE}（{key}）")
    desk.goto(f"{desk.url}freeze/")
    talks.fill_in(desk)


def fetch_keys(street: Street, base: str) -> list[str]:
    """Each officer downloads a key and pastes it back; the keys, as they lie in the files."""
    desk = street.desk
    desk.goto(f"{base}officers/")
    for name in ("陈敏", "周立"):
        desk.locator("main form label", has_text=name).first.click()
    talks.fill_in(desk)
    keys = []
    for name, page in zip(OFFICERS, (desk, street.street), strict=True):
        page.goto(f"{base}key/")
        with page.expect_download() as waiting:
            page.locator('form[action$="/key/new/"] button').click()
        path = street.home / f"{name}.txt"
        waiting.value.save_as(path)
        keys.append(path.read_text(encoding="utf-8"))
        page.goto(f"{base}key/")
        page.fill('[name="text"]', keys[-1])
        page.locator("main form .form-end .btn").click()
        expect(page.locator("main")).to_contain_text("核对过")
    return keys


def open_it(desk: Page, base: str) -> None:
    """The worker opens it within the minute; who does not want to wait presses the button."""
    desk.goto(base)
    button = desk.locator('form[action$="/move/open/"] button')
    if button.count():
        button.click()
        desk.wait_for_load_state()
    desk.goto(base)
    expect(desk.locator("main")).to_contain_text("登记到场投票的人")


def cast(phone: Page, number: str, choice: str) -> None:
    phone.goto(f"/council/{number}/")
    phone.locator('a[href*="/council/votes/"]').first.click()
    phone.locator('a[href*="/cast/"]').first.click()
    box = f'input[name="choice"][value="{choice}"]' if choice else 'input[name="choice"]'
    phone.locator(box).first.check()
    phone.locator("main form .btn--main").click()
    phone.click('button[name="sure"]')
    expect(phone.locator("main")).to_contain_text("回执")


def read_result(street: Street, vote: str, word: str) -> None:
    street.visitor.goto(f"/council/votes/{vote}/")
    expect(street.visitor.locator("main")).to_contain_text(word)


def recount(street: Street, vote: str, status: str) -> None:
    """Anybody counts the published file again and gets what was published."""
    path = talks.download_count(street, street.visitor, "王秀兰")
    code, found = talks.count_again(street, path)
    assert (code, found["status"]) == (0, status)
    published = json.loads(path.read_text(encoding="utf-8"))
    assert found == published["result"]
    published["papers"] = [["no"] for _one in published["papers"]]
    path.write_text(json.dumps(published), encoding="utf-8")
    assert talks.count_again(street, path)[0] == 1


def choose_the_kinds(street: Street) -> None:
    desk = street.desk
    talks.begin(desk, street.number, "species")
    for title, cost, loses in TREES:
        desk.goto(f"/desk/council/options/{street.number}/new/")
        talks.fill_in(desk, title=title, text="规划师看过气候和管网。", cost=cost, loses=loses)
    street.step("species")


# — what came of it —


def resolve(street: Street) -> None:
    talks.resolve(
        street, street.street,
        {"why": "果子弄脏路面，路灯被遮。", "decision": "换成香樟，公交站最后换。", "cost": "41000"},
        {"title": "移走旧树，种下香樟", "money": "41000"},
    )  # fmt: skip
    expect(street.phone.locator("main")).to_contain_text("先搭棚")
    street.step("resolution", "works")


def do_it_and_rate(street: Street) -> None:
    talks.do_and_rate(street, "46棵种完，公交站搭了棚。", 5, "六个人都满意。新树头两年勤浇水。")


def read_the_whole_road(street: Street) -> None:
    """One page tells everybody the whole of it, and the rating."""
    visitor = street.visitor
    visitor.goto(f"/council/{street.number}/")
    for told in ("走完 10 步，共 10 步", "看现场", "居民院落会", "换成什么树", "公布决议", "大家评"):
        expect(visitor.locator("main")).to_contain_text(told)
    visitor.goto(f"/council/ratings/{street.number}/")
    expect(visitor.locator("main")).to_contain_text("100%")
    expect(visitor.locator("main")).to_contain_text("新树头两年勤浇水")
