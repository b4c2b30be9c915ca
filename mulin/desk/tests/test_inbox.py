"""What waits, in which order, under which tab, in how many statements."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.desk.reading.inbox import inbox
from mulin.kernel import clock
from mulin.kernel.templatetags.mulin_ui import numbers as numbers_in
from mulin.people.actions import ask_residence

LIMIT = 10
# Session, account and posts: what every signed-in page costs.
SIGNED_IN = 3


def numbers(found) -> list[str]:
    return [row.number for row in found.rows]


def test_danger_comes_before_the_clock_and_the_clock_before_age(cast, speak):
    with clock.at(clock.now() - timedelta(days=2)):
        old = speak(text="楼道里的灯坏了，麻烦换一下，谢谢你们。")
    fresh = speak(text="小区门口的路灯一闪一闪，晃眼睛。")
    danger = speak(text="3栋2单元闻到很浓的煤气味，有人晕倒了，快来人", kind="help", category="gas_leak")
    assert numbers(inbox(cast.clerk.actor)) == [danger.number, old.number, fresh.number]


def test_what_comes_after_the_work_is_no_danger_any_more(cast, speak, bring):
    done = speak(text="电梯困人了，赶快来救", kind="help", category="lift_fault")
    bring(done.number, "confirmed")
    waiting = speak()
    row = next(row for row in inbox(cast.clerk.actor).rows if row.number == done.number)
    assert not row.danger
    assert numbers(inbox(cast.clerk.actor))[-1] in {done.number, waiting.number}


def test_the_tabs_hold_mine_everybodys_and_what_waits_for_others(cast, speak, bring):
    mine, sent = speak(), speak(text="路边的垃圾桶满了好几天，没人来收。")
    bring(sent.number, "dispatched")
    assert numbers(inbox(cast.clerk.actor)) == [mine.number]
    assert set(numbers(inbox(cast.clerk.actor, "all"))) == {mine.number, sent.number}
    others = inbox(cast.clerk.actor, "others")
    assert numbers(others) == [sent.number]
    assert others.counts == {"mine": "1", "all": "2", "others": "1"}


def test_what_came_back_is_called_so_in_the_inbox_and_on_its_page(clerk, speak, bring, do, page_of):
    said = speak()
    bring(said.number, "done")
    do("confirm", "resident", said.number, is_solved=False, is_satisfied=False, remark="还是不亮")
    assert said.case().state == "reopened"
    row = next(r for r in page_of(clerk, "/desk/").split("<li>") if said.number in r)
    assert "重新办理" in row and "待受理" not in row
    assert "居民确认：按时完成" not in page_of(clerk, said.url)


def test_a_row_says_the_building_and_the_category_not_the_community(clerk, speak, world, page_of):
    said = speak()
    row = next(r for r in page_of(clerk, "/desk/").split("<li>") if said.number in r)
    assert "路灯照明" in row and "金堰社区</span>" not in row


def test_what_waits_for_the_resident_has_one_wording_everywhere(clerk, speak, bring, page_of):
    with clock.at(clock.now() - timedelta(days=60)):
        said = speak()
        bring(said.number, "done")
    assert said.case().state == "done"
    for page in ("/desk/", "/desk/cases/", "/desk/cases/print/", said.url, f"{said.url}print/"):
        seen = page_of(clerk, page)
        assert "确认期已过" in seen and "超期 " not in seen, page


@pytest.mark.parametrize(
    ("later", "words"),
    [
        ("2025-11-07 17:00:00+08:00", "还剩 1 个工作日"),
        ("2025-11-10 14:30:00+08:00", "今天到期"),
        ("2025-11-11 14:30:00+08:00", "超期 1 个工作日"),
    ],
)
def test_a_case_counts_its_time_in_one_unit_everywhere(later, words, clerk, speak, page_of, freeze):
    """One working day on a Friday afternoon is three days of the plain clock: two deadlines, it seems."""
    freeze("2025-11-07 16:00:00+08:00")
    said = speak()
    freeze(later)
    assert f"响应：{words}" in page_of(clerk, said.url)
    lists = ("/desk/", "/desk/?tab=all", "/desk/cases/", "/desk/cases/?q=路灯", "/desk/cases/print/")
    for page in (*lists, f"/desk/cases/?q={said.number}"):
        assert words in page_of(clerk, page), page


def test_a_department_has_in_its_inbox_what_was_sent_to_it(cast, speak, bring):
    sent = speak()
    bring(sent.number, "dispatched")
    assert numbers(inbox(cast.department.actor)) == [sent.number]
    assert numbers(inbox(cast.other_clerk.actor)) == []


def test_the_clerk_turns_the_pages_of_her_own_inbox_to_the_end(clerk, speak, monkeypatch):
    monkeypatch.setattr("mulin.desk.reading.inbox.inbox.__defaults__", ("mine", None, "", 2))
    said = {speak(text=f"第{n}处井盖松了，一过车就响，晚上睡不着。").number for n in range(5)}
    address, seen = "/desk/", []
    while address:
        page = clerk.get(address).content.decode()
        seen += re.findall(r'class="row__top"><span class="number">(?:<[^>]*>)*(\d{10})', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == 5 and set(seen) == said


def test_people_who_ask_to_be_confirmed_wait_in_the_same_list(cast, world, clerk, page_of):
    ask_residence(actor=cast.newcomer.actor, building=world.building, door="2单元7-1")
    seen = page_of(clerk, "/desk/")
    assert "2单元7-1" in seen and cast.newcomer.account.name not in seen


@pytest.mark.parametrize("tab", ["mine", "all", "others"])
def test_a_tab_costs_at_most_ten_statements(tab, clerk, cast, world, speak, bring):
    ask_residence(actor=cast.newcomer.actor, building=world.building, door="2单元7-1")
    for n in range(6):
        said = speak(text=f"第{n}处井盖松了，一过车就响，晚上睡不着。")
        if n % 2:
            bring(said.number, "dispatched")
    clerk.get("/desk/")
    with CaptureQueriesContext(connection) as asked:
        assert clerk.get("/desk/", {"tab": tab}).status_code == 200
    assert len(asked) - SIGNED_IN <= LIMIT


def test_the_list_does_not_cost_more_with_more_in_it(clerk, speak):
    speak()
    clerk.get("/desk/")
    with CaptureQueriesContext(connection) as few:
        clerk.get("/desk/")
    for n in range(8):
        speak(text=f"第{n}处井盖松了，一过车就响，晚上睡不着。")
    clerk.get("/desk/")  # the rule book looks for changes every few seconds, whoever asks then
    with CaptureQueriesContext(connection) as many:
        clerk.get("/desk/")
    assert len(many) <= len(few)


def test_an_empty_inbox_invites_instead_of_apologising(clerk, page_of):
    seen = page_of(clerk, "/desk/")
    assert "手上的都办完了" in seen and "抱歉" not in seen


def test_the_list_beside_a_case_marks_the_one_that_is_open(clerk, speak, page_of):
    first, second = speak(), speak(text="花坛边的座椅断了一条腿，老人差点摔倒。")
    seen = page_of(clerk, "/desk/pane/", current=second.number)
    rows = seen.split("<li>")
    assert [("aria-current" in row) for row in rows if first.number in row or second.number in row].count(
        True
    ) == 1
    assert any("aria-current" in row and second.number in row for row in rows)


def test_every_card_of_today_has_a_button(browser, speak, page_of):
    """Also where the grid worker can only look: the next word is somebody else's."""
    for text in ("三单元的路灯坏了，晚上看不见路。", "花坛边的座椅断了一条腿，老人差点摔倒。"):
        speak(text=text)
    page = page_of(browser("gridworker"), "/desk/today/")
    cards = re.findall(r'<li class="today__other">(.*?)</li>', page, re.S)
    assert cards and all("today__move" in card for card in cards)


def test_the_list_of_keys_names_all_that_there_are(clerk, page_of):
    shown = page_of(clerk, "/desk/").split('id="keys"')[1].split("</dialog>")[0]
    keys = set(re.findall(r'<kbd class="is-key">([^<]+)</kbd>', shown))
    script = Path(finders.find("mulin/js/keys.js")).read_text()
    found = re.findall(r'^    (?:"(.)"|(\w)):|, (?:"(.)"|(\w)): \(\)', script, re.M)
    known = {"".join(key) for key in found}
    assert {"j", "n", "m", "]", "/", "?"} <= known <= keys
    assert {"x", "Ctrl", "Enter"} <= keys


def test_numbers_in_a_sentence_can_be_read_out_and_copied_whole(speak):
    number = speak().number
    shown = numbers_in(f"居民说 {number} 没有解决，电话 1234567890")
    assert re.sub("<[^>]+>", "", shown) == f"居民说 {number} 没有解决，电话 1234567890"
    assert f"<span>{number[:3]}</span><span>{number[3:6]}</span>" in shown
    assert "<span>123</span>" not in shown and "&lt;b&gt;" in numbers_in("<b>")
