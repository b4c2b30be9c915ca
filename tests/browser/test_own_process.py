"""A process of one's own: a TOML file in the instance's folder is all it takes, from wizard to end."""

import pytest
from playwright.sync_api import expect

from tests.browser import talks
from tests.browser.conftest import DESK, PHONE
from tests.browser.steps import HOME

BENCH = """
[process]
code = "bench_at_the_door"
title = "门口放一张长椅"
title_en = "A bench at the door"
about = "先看看放在哪里合适，再一起定下来，做完请大家评。"
about_en = "Where it fits, then a decision, then a rating."
body = "residents"
basis = "院落居民自治管理章程"
certainty = "house default"

[[step]]
key = "look"
kind = "study"
title = "看看放在哪里"
title_en = "Where it fits"
days = 3
[step.settings]
questions = [{ key = "where", title = "哪里不挡路", title_en = "Where it is in nobody's way" }]

[[step]]
key = "choose"
kind = "options"
title = "几种放法"
title_en = "Ways"
days = 3
[step.settings]
residents = false

[[step]]
key = "do"
kind = "works"
title = "放好它"
title_en = "Put it there"
days = 7
ends = ["remark"]
"""


@pytest.fixture
def dropped(instance_home):
    """The file in the folder of the instance, whose server runs on."""
    path = instance_home / "processes" / "bench.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(BENCH, encoding="utf-8")
    yield path
    path.unlink()


def test_a_file_alone_adds_a_process_that_runs_from_the_wizard_to_its_end(people, dropped):
    desk, phone = people("clerk", size=DESK), people("", size=PHONE)
    desk.goto("/desk/council/new/")
    number = talks.new_topic(desk, "门口放一张长椅", title="3栋门口的长椅", summary="老人想坐一坐。")
    phone.goto(f"/council/{number}/")
    for title in ("看看放在哪里", "几种放法", "放好它"):
        expect(phone.locator("main")).to_contain_text(title)

    talks.begin(desk, number, "look")
    desk.goto(f"/desk/council/study/{number}/new/")
    desk.select_option('select[name="question"]', "where")
    talks.fill_in(desk, text="花坛边有一米八宽，推轮椅过得去。")
    talks.end(desk, number, "look")

    talks.begin(desk, number, "choose")
    for title in ("木的", "水泥的"):
        desk.goto(f"/desk/council/options/{number}/new/")
        talks.fill_in(desk, title=title, cost="600")
    talks.end(desk, number, "choose")

    talks.begin(desk, number, "do")
    desk.goto(f"/desk/council/works/{number}/new/")
    talks.fill_in(desk, title="买木椅，装在花坛边", due_on="2099-01-01", money="600")
    desk.goto(f"/desk/council/works/{number}/")
    talks.follow(desk, 'main a[href*="/council/work/"]')
    desk.goto(f"{desk.url}done/")
    talks.fill_in(desk, text="装好了，坐上去不晃。")
    talks.end(desk, number, "do", "木椅装在花坛边。")

    phone.goto(f"/council/{number}/")
    expect(phone.locator("main")).to_contain_text("木椅装在花坛边。")
    phone.goto(f"/council/c/{HOME}/")
    expect(phone.locator("main")).to_contain_text("3栋门口的长椅")


def test_a_file_with_a_mistake_harms_nothing_and_says_what_is_wrong(people, dropped):
    dropped.write_text(BENCH.replace('kind = "study"', 'kind = "guess"'), encoding="utf-8")
    desk = people("clerk", size=DESK)
    desk.goto("/desk/council/new/")
    expect(desk.locator("main")).to_contain_text("bench.toml")
    expect(desk.locator("main")).to_contain_text("老旧小区改造")
    expect(desk.locator("main li a.row", has_text="门口放一张长椅")).to_have_count(0)
    desk.locator("details summary", has_text="1 个流程文件读不了").click()
    expect(desk.locator("details", has_text="bench.toml")).to_contain_text("guess")
