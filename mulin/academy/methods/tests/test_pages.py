"""Methods in the browser: written at a community's desk, tried out by the street, read and copied by all."""

from datetime import timedelta
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from mulin.academy.methods import actions, piloting
from mulin.academy.methods.models import Adoption, Method, Pilot
from mulin.academy.methods.piloting import Measure
from mulin.kernel import clock

TITLE = "小圆桌议事"
FORM = {
    "title": TITLE, "problem": "大会上只有两三个人说话。", "steps": "围一张小桌\n每人写一句\n\n画出方案",
    "people": "一个牵头的", "shifts": ["taking_part"], "goal_codes": ["voice"],
}  # fmt: skip


def read(client, path, status=200, **query):
    answer = client.get(path, query)
    assert answer.status_code == status, answer.content.decode()[:400]
    return answer.content.decode()


@pytest.fixture
def published(world, cast):
    clerk = cast.clerk.actor
    made = actions.draft_method(
        actor=clerk, place=world.home, title=TITLE, problem="不开口", steps=["一", "二"], money="不花钱",
        goal_codes=["voice"],
    )  # fmt: skip
    actions.add_evidence(actor=clerk, number=made.number, words="商量成的事", figure="27", unit="件")
    return actions.publish_method(actor=clerk, number=made.number)


def test_from_the_first_word_to_the_street_s_result_in_the_browser(client_for, cast, world):
    clerk, street, everybody = client_for(cast.clerk), client_for(cast.street), client_for()
    assert "这里还没有写出来的做法" in read(everybody, "/academy/methods/")
    clerk.post("/desk/academy/methods/new/", {**FORM, "maker": f"{world.home}|"})
    made = Method.objects.get()
    assert made.steps == ["围一张小桌", "每人写一句", "画出方案"]
    desk, public = f"/desk/academy/methods/{made.number}/", f"/academy/methods/{made.number}/"
    assert "至少一条依据" in read(clerk, desk)
    read(everybody, public, status=404)
    clerk.post(f"{desk}evidence/", {"words": "商量成的事", "figure": "27", "unit": "件"})
    clerk.post(f"{desk}publish/")
    shown = read(everybody, public)
    assert "27 件" in shown and "每人写一句" in shown and "说得上话" in shown
    today = clock.today()
    bad = street.post(f"{desk}pilot/", {"place": world.street})
    assert bad.status_code == 422
    street.post(
        f"{desk}pilot/",
        {"place": world.street, "sites": [world.home], "starts_on": str(today),
         "ends_on": str(today + timedelta(days=60)), "words_1": "开了几次", "direction_1": "least",
         "target_1": "6", "unit_1": "次"},
    )  # fmt: skip
    assert "至少 6 次" in read(everybody, public)
    end = f"/desk/academy/methods/pilots/{Pilot.objects.get().number}/end/"
    assert "标准：至少 6 次" in read(street, end)
    wrong = street.post(end, {"found_1": "4", "remark_1": "", "conclusion": "还要再试。"})
    assert wrong.status_code == 422 and "写一句为什么" in wrong.content.decode()
    street.post(end, {"found_1": "4", "remark_1": "场地晚上不开", "conclusion": "还要再试。"})
    shown = read(everybody, public)
    assert "没有达到" in shown and "场地晚上不开" in shown and "还要再试" in shown
    street.post(f"{desk}spread/", {"place": world.street, "words": "桌椅由街道出。"})
    assert "桌椅由街道出" in read(everybody, public)


def test_a_neighbour_takes_it_over_in_the_browser(client_for, cast, world, published):
    other, desk = client_for(cast.other_clerk), f"/desk/academy/methods/{published.number}/"
    assert "我们也试试" in read(other, desk) and "改工作法" not in read(other, desk)
    other.post(f"{desk}take/", {"maker": f"{world.other_home}|"})
    one = Adoption.objects.get()
    assert TITLE in read(other, "/desk/academy/methods/", tab="took")
    where = f"/desk/academy/methods/adoptions/{one.number}/"
    assert "说说做得怎样" in read(other, where)
    other.post(where, {"state": "changed", "changes": "改在晚上", "result": "来了三十来人"})
    shown = read(client_for(), f"/academy/methods/{published.number}/")
    assert "同景社区" in shown and "改在晚上" in shown and "改了改，成了" in shown
    assert TITLE in read(client_for(), f"/academy/methods/c/{world.other_home}/")
    read(client_for(cast.clerk), where, status=404)


def test_the_library_is_narrowed_by_words_shift_goal_and_state(client_for, published):
    everybody = client_for()
    for query in ({"q": "不开口"}, {"goal": "voice"}, {"state": "published"}):
        assert TITLE in read(everybody, "/academy/methods/", **query)
        assert TITLE in read(everybody, "/academy/methods/print/", **query)
    for query in ({"q": "电梯"}, {"goal": "care"}, {"state": "spread"}, {"shift": "home"}):
        assert TITLE not in read(everybody, "/academy/methods/", **query)
        assert "没有找到这样的做法" in read(everybody, "/academy/methods/print/", **query)


def test_it_prints_and_exports(client_for, cast, published):
    printed = read(client_for(), f"/academy/methods/{published.number}/print/")
    assert "27 件" in printed and "我们也试试" not in printed
    answer = client_for(cast.clerk).get("/desk/academy/methods/export/")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[1][2] == TITLE and "27 件" in rows[1][6] and rows[1][5].startswith("1. 一\n2. 二")


def test_a_refused_move_says_why_and_a_reason_can_be_taken_away(client_for, cast, published):
    clerk, desk = client_for(cast.clerk), f"/desk/academy/methods/{published.number}/"
    only = published.evidence.get()
    answer = clerk.post(f"{desk}evidence/{only.pk}/remove/", follow=True)
    assert "至少一条依据" in answer.content.decode() and published.evidence.exists()
    clerk.post(f"{desk}evidence/", {"words": "大家都说好"})
    clerk.post(f"{desk}evidence/{only.pk}/remove/")
    assert published.evidence.get().words == "大家都说好"
    bad = clerk.post(f"{desk}evidence/", {"words": "x", "link": "1234567890"})
    assert bad.status_code == 422 and "没有找到这个编号" in bad.content.decode()
    bad = clerk.post(f"{desk}edit/", {**FORM, "steps": ""})
    assert bad.status_code == 422 and "还差" in bad.content.decode()


def test_the_street_finds_the_pilots_that_it_decides_on(client_for, cast, world, published):
    today = clock.today()
    piloting.decide_pilot(
        actor=cast.street.actor, number=published.number, place=world.street, sites=[world.home],
        starts_on=today, ends_on=today + timedelta(days=40), criteria=[Measure("开了几次", "least", 6)],
    )  # fmt: skip
    assert TITLE in read(client_for(cast.street), "/desk/academy/methods/", tab="pilots")
    assert ">试点<" not in read(client_for(cast.clerk), "/desk/academy/methods/")
    number = Pilot.objects.get().number
    read(client_for(cast.clerk), f"/desk/academy/methods/pilots/{number}/end/", status=403)
    shown = read(client_for(cast.street), f"/desk/academy/methods/{published.number}/")
    assert f"/desk/academy/methods/pilots/{number}/end/" in shown


def test_the_home_of_a_community_shows_its_methods(client_for, world, published):
    said = read(client_for(), f"/c/{world.home}/")
    assert f"/academy/methods/c/{world.home}/" in said and TITLE in said


def test_a_place_that_is_none_has_no_library(client_for, world):
    for place in ("nowhere", world.grid):
        read(client_for(), f"/academy/methods/c/{place}/", status=404)


def test_the_page_costs_as_many_statements_for_many_records(
    client_for, cast, world, published, django_assert_max_num_queries
):
    for n in range(8):
        actions.add_evidence(actor=cast.clerk.actor, number=published.number, words=f"变化 {n}")
    client = client_for()
    read(client, f"/academy/methods/{published.number}/")
    with django_assert_max_num_queries(22):
        read(client, f"/academy/methods/{published.number}/")
