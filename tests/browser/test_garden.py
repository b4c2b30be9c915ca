"""The garden in a browser: neighbours wish for flowers, a club is founded, it keeps the corner where rubbish
lay, somebody waters it, it is counted, what is noticed there becomes a case. On the phone and at the desk."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser import talks
from tests.browser.conftest import PHONE
from tests.browser.steps import HOME, number_on, photo

CLUB = "堰边种花社"
CORNER = "七栋后面的空坝"
WISHES = (
    ("resident", "我想和邻居一起种花养花，周六上午有空"),
    ("neighbour", "想学种花养花，有没有人一起"),
    ("", "我想要一个种花养花的地方，退休了天天有空"),
)


class Garden(talks.Journey):
    """The desk, a resident who comes to lead the club, and somebody without an account."""

    def __init__(self, *args):
        super().__init__(*args)
        self.visitor: Page = self.people("", size=PHONE)
        self.club = self.kept = ""


@pytest.fixture
def garden(instance_home, tmp_path, chromium) -> Iterator[Garden]:
    with talks.journey(Garden, instance_home, tmp_path, chromium) as story:
        yield story


def test_a_wish_for_flowers_becomes_a_garden_that_neighbours_keep(garden):
    neighbours_wish(garden)
    the_street_accepts(garden)
    a_club_is_founded(garden)
    the_first_session(garden)
    the_club_keeps_the_corner(garden)
    before_and_after(garden)
    somebody_waters(garden)
    it_is_counted(garden)
    something_is_noticed(garden)
    the_home_page_tells_it(garden)


# — from the wish to the club —


def neighbours_wish(story: Garden) -> None:
    """Three people say it in their own words, one of them without an account."""
    for name, text in WISHES:
        page = {"resident": story.phone, "": story.visitor}.get(name) or story.people(name, size=PHONE)
        page.goto(f"/report?place={HOME}&kind=wish")
        page.fill("#id_text", text)
        page.click("form.report .btn--main:visible")
        page.wait_for_url(re.compile(r"/r/"))
        if not story.number:
            story.number = number_on(page)
    desk = story.desk
    desk.goto(f"/desk/publication/{story.number}/")
    talks.fill_in(desk, title="想一起种花", text="想和邻居一起种花养花。")


def the_street_accepts(story: Garden) -> None:
    """They stand on the list of orders; one answer goes to everybody behind them."""
    desk = story.desk
    tick(desk)
    desk.locator("form .actions .btn--main").click()
    talks.fill_in(desk, decision="accepted", text="社区接单：先把人聚起来，周六上午在院坝碰头。")
    expect(desk.locator("#messages .message--done").first).to_be_visible()
    story.phone.goto(f"/academy/orders/c/{HOME}/")
    expect(story.phone.locator("main")).to_contain_text("园艺")


def tick(desk: Page, state: str = "") -> None:
    """The orders for flowers on the list at the desk."""
    desk.goto(f"/desk/academy/orders/?state={state}")
    rows = desk.locator(".order-row", has_text="种花")
    expect(rows.first).to_be_visible()
    for row in rows.all():
        row.locator('input[name="orders"]').check()


def a_club_is_founded(story: Garden) -> None:
    desk, phone = story.desk, story.phone
    tick(desk, "accepted")
    desk.locator('button[formaction$="/clubs/new/"]').click()
    fields = {"name": CLUB, "leader": "resident", "begin": "09:00", "end": "11:00"}
    talks.fill_in(desk, about="从种花开始，谁都可以来。", **fields)
    story.club = re.search(r"/clubs/(\d+)/", desk.url)[1]
    phone.goto(f"/academy/clubs/{story.club}/")
    expect(phone.locator("main")).to_contain_text(CLUB)
    expect(phone.locator("main")).to_contain_text("您是领队")
    neighbour = story.people("neighbour", size=PHONE)
    neighbour.goto(f"/academy/clubs/{story.club}/")
    talks.press(neighbour, 'form[action$="/join/"] button')
    expect(neighbour.locator("main")).to_contain_text("您是成员")


def the_first_session(story: Garden) -> None:
    """The leader plans it, a neighbour comes along with one tap."""
    phone, begins = story.phone, story.now() + timedelta(days=3)
    phone.goto("/desk/academy/sessions/new/")
    talks.fill_in(
        phone, club=CLUB, title="认认花，分分苗", starts_at=f"{begins:%Y-%m-%d}T09:00",
        where="七栋后面的院坝",
    )  # fmt: skip
    number = re.search(r"/sessions/(\d+)/", phone.url)[1]
    neighbour = story.people("neighbour", size=PHONE)
    neighbour.goto(f"/academy/sessions/{number}/")
    talks.press(neighbour, 'form[action$="/sign-up/"] .btn--main')
    expect(neighbour.locator("main")).to_contain_text("您报上了")


# — the corner —


def the_club_keeps_the_corner(story: Garden) -> None:
    """Asked on the leader's phone, agreed at the desk."""
    phone, desk = story.phone, story.desk
    phone.goto("/desk/academy/keeping/new/")
    if phone.locator("a.row", has_text=CLUB).count():
        talks.follow(phone, "a.row", CLUB)
    talks.fill_in(
        phone, name=CORNER, spot="七栋和围墙之间", about="堆了六年建筑垃圾。",
        what="清走垃圾，种月季，轮流浇水。",
    )  # fmt: skip
    story.kept = re.search(r"/keeping/(\d+)/", phone.url)[1]
    assert story.visitor.goto(f"/academy/keeping/{story.kept}/").status == 404
    desk.goto(f"/desk/academy/keeping/{story.kept}/")
    talks.follow(desk, 'a[href$="/agree/"]')
    talks.fill_in(desk)
    story.visitor.goto(f"/academy/keeping/{story.kept}/")
    expect(story.visitor.locator("main")).to_contain_text(CLUB)


def before_and_after(story: Garden) -> None:
    """Two entries with a picture each; pictures need consent."""
    phone = story.phone
    for stage, title in (("before", "一堆砖头"), ("after", "第一茬月季开了")):
        phone.goto(f"/desk/academy/keeping/{story.kept}/entries/new/")
        phone.set_input_files("#id_photos", photo())
        phone.check('[name="consented"]')
        talks.fill_in(phone, stage=stage, title=title)
    story.visitor.goto(f"/academy/keeping/{story.kept}/")
    expect(story.visitor.locator(".keeping-both img")).to_have_count(2)


def somebody_waters(story: Garden) -> None:
    """A rota of every day; a member takes a turn with one tap, nobody else reads the name."""
    phone, neighbour = story.phone, story.people("neighbour", size=PHONE)
    phone.goto(f"/desk/academy/keeping/{story.kept}/")
    talks.follow(phone, 'a[href*="/rota/?kept="]')
    talks.fill_in(phone, title="浇水", days=[str(day) for day in range(1, 8)], starts="18:00", minutes="30")
    rota = phone.url
    neighbour.goto(rota)
    talks.press(neighbour, 'form[action$="/take/"] button')
    expect(neighbour.locator("main")).to_contain_text("您")
    phone.goto(rota)
    expect(phone.locator("main")).to_contain_text("徐志强")
    story.visitor.goto(f"/academy/keeping/{story.kept}/")
    expect(story.visitor.locator("main")).to_contain_text("浇水")
    expect(story.visitor.locator("main")).not_to_contain_text("徐志强")


def it_is_counted(story: Garden) -> None:
    phone, neighbour = story.phone, story.people("neighbour", size=PHONE)
    phone.goto(f"/desk/academy/keeping/{story.kept}/items/")
    talks.fill_in(phone, items="月季 棵 30\n长椅 张 2")
    neighbour.goto(f"/academy/keeping/{story.kept}/")
    talks.follow(neighbour, 'a[href$="/count/"]')
    neighbour.get_by_label("月季（棵）").fill("28")
    neighbour.locator("main form .btn--main").click()
    expect(neighbour.locator("#counts")).to_be_visible()
    story.visitor.goto(f"/academy/keeping/{story.kept}/")
    expect(story.visitor.locator("main")).to_contain_text("月季少 2棵")


def something_is_noticed(story: Garden) -> None:
    """One tap, one sentence; at the desk it is a case that says which group found it."""
    neighbour, desk = story.people("neighbour", size=PHONE), story.desk
    neighbour.goto(f"/academy/keeping/{story.kept}/")
    talks.follow(neighbour, 'a[href$="/report/"]')
    neighbour.fill('[name="text"]', "花坛边的水管接头漏水，地上长青苔，老人走着滑")
    neighbour.locator("main form .btn--main").click()
    expect(neighbour.locator("main")).to_contain_text("一共说了 1 件")
    desk.goto("/desk/search/?q=水管接头漏水")
    talks.follow(desk, 'a[href*="/desk/cases/"]', "水管接头")
    expect(desk.locator("main")).to_contain_text(CORNER)
    expect(desk.locator("main")).to_contain_text(CLUB)


def the_home_page_tells_it(story: Garden) -> None:
    """From the first wish to the thing that was noticed, in one sentence that anybody reads."""
    visitor = story.visitor
    visitor.goto(f"/c/{HOME}/")
    card = visitor.locator("section[aria-labelledby='stories']")
    expect(card).to_contain_text(CORNER)
    expect(card).to_contain_text(f"{CLUB}成立，照看起{CORNER}，发现了 1 件事")
    talks.follow(visitor, "section[aria-labelledby='stories'] .section-head a")
    expect(visitor.locator("main")).to_contain_text("想一起种花")
    visitor.goto(f"/academy/keeping/turning/{HOME}/")
    expect(visitor.locator("main")).to_contain_text("照看着地方")
