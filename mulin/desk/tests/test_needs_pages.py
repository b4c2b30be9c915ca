"""The list of urgent wishes at the desk: noted from a text, a matter or a visit, listed, settled, printed."""

from datetime import timedelta
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from mulin.kernel import clock
from mulin.voices.needs import actions
from mulin.voices.needs.linking import Source
from mulin.voices.needs.models import Need, NeedSource
from mulin.voices.surveys import actions as surveys
from mulin.voices.surveys import answering

TITLE = "三个单元没有路灯"


@pytest.fixture
def clerk(client_for, cast):
    return client_for(cast.clerk)


@pytest.fixture
def listed(world, cast):
    def make(title=TITLE, people=12, **facts):
        need = actions.note_need(
            actor=cast.clerk.actor, place=world.home, title=title, source=Source(kind="visit", people=people),
            **facts,
        )  # fmt: skip
        return actions.settle_need(actor=cast.clerk.actor, number=need.number, state="listed")

    return make


def read(client, path, status=200, **query):
    answer = client.get(path, query)
    assert answer.status_code == status, answer.content.decode()[:400]
    return answer.content.decode()


def test_what_was_heard_on_a_visit_becomes_a_need_and_goes_on_the_list(clerk, world):
    assert "清单还是空的" in read(clerk, "/desk/needs/")
    assert "在哪里听到的" in read(clerk, "/desk/needs/new/")
    body = {
        "place": world.home, "kind": "visit", "people": 7, "title": TITLE, "urgency": 2,
        "groups": ["elders"], "since": "2025-01-01",
    }  # fmt: skip
    answer = clerk.post("/desk/needs/new/", body)
    need = Need.objects.get()
    assert answer.url == f"/desk/needs/{need.number}/"
    shown = read(clerk, answer.url)
    assert "列入清单" in shown and "上门走访" in shown and "涉及老人" in shown
    clerk.post(f"{answer.url}list/")
    assert TITLE in read(clerk, "/desk/needs/")


def test_a_form_that_lacks_something_keeps_what_was_typed(clerk, world):
    body = {"place": world.home, "kind": "visit", "people": 7, "title": "找张伟13812345678", "urgency": 1}
    answer = clerk.post("/desk/needs/new/", body)
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "还有电话、证件号或姓名" in said and "找张伟13812345678" in said
    assert not Need.objects.exists()


def test_a_text_of_a_survey_goes_on_the_list_with_persons_covered(clerk, world, cast):
    survey = surveys.draft_survey(actor=cast.clerk.actor, place=world.home, template="four_senses")
    frame = {"title": "四感", "closes_on": clock.today() + timedelta(days=9)}
    surveys.edit_survey(actor=cast.clerk.actor, number=survey.number, **frame)
    surveys.open_survey(actor=cast.clerk.actor, number=survey.number)
    said = {"gain": "4", "words": "路灯坏了，我电话13812345678"}
    sheet = answering.enter_sheet(actor=cast.clerk.actor, number=survey.number, answers=said)
    texts = f"/desk/surveys/{survey.number}/texts/"
    where = f"/desk/needs/new/?survey={survey.number}&sheet={sheet.pk}&key=words"
    assert where.replace("&", "&amp;") in read(clerk, texts)
    page = read(clerk, where)
    assert "路灯坏了" in page and "13812345678" not in page
    clerk.post(where, {"place": world.home, "title": TITLE, "urgency": 1})
    assert NeedSource.objects.get().sheet_id == sheet.pk
    assert "在急难愁盼清单" in read(clerk, texts)


def test_a_matter_is_added_to_a_need_that_is_there(clerk, world, cast, listed, speak):
    matter = speak().voice.matter
    need = listed()
    assert f"/desk/needs/new/?matter={matter.number}" in read(clerk, f"/desk/cases/{matter.number}/")
    where = f"/desk/needs/new/?matter={matter.number}"
    assert TITLE in read(clerk, where)
    answer = clerk.post(where, {"into": need.number, "place": world.home})
    assert answer.url == f"/desk/needs/{need.number}/"
    assert need.sources.filter(matter=matter).exists() and Need.objects.count() == 1
    assert TITLE in read(clerk, f"/desk/cases/{matter.number}/")


def test_a_tip_off_offers_no_list_and_its_address_is_refused(client_for, cast, speak):
    tip_off = speak(kind="tip_off", text="有人深夜往河里倒油").voice.matter
    street = client_for(cast.street)
    assert "/desk/needs/new/" not in read(street, f"/desk/cases/{tip_off.number}/")
    read(street, f"/desk/needs/new/?matter={tip_off.number}", status=404)


def test_the_owner_and_the_day_are_set_and_everybody_reads_them(clerk, client_for, world, listed):
    need = listed()
    day = (clock.today() + timedelta(days=20)).isoformat()
    path = f"/desk/needs/{need.number}/settle/in_hand/"
    assert "谁负责" in read(clerk, path)
    assert clerk.post(path, {"due_on": day}).status_code == 422
    clerk.post(path, {"owner": world.committee.pk, "due_on": day, "words": "先装六盏"})
    public = read(client_for(), f"/c/{world.home}/needs/{need.number}")
    assert "金堰社区居委会" in public and "先装六盏" in public


def test_the_order_is_changed_with_a_reason_that_everybody_reads(clerk, client_for, world, listed):
    first, second = listed(urgency=3), listed(title="想要一个晾衣架")
    path = f"/desk/needs/{second.number}/rank/"
    assert clerk.post(path, {"rank": 1}).status_code == 422
    clerk.post(path, {"rank": 1, "reason": "材料已经到了"})
    page = read(client_for(), f"/c/{world.home}/needs")
    assert page.index(second.title) < page.index(first.title)
    assert "材料已经到了" in read(client_for(), f"/c/{world.home}/needs/{second.number}")
    clerk.post(path, {"by_points": "1"})
    page = read(client_for(), f"/c/{world.home}/needs")
    assert page.index(first.title) < page.index(second.title)


def test_a_source_is_added_by_number_and_taken_off_again(clerk, listed, speak):
    matter = speak().voice.matter
    need = listed()
    path = f"/desk/needs/{need.number}/sources/new/?matter"
    answer = clerk.post(path, {"matter": "1234567890"})
    assert answer.status_code == 422 and "没有找到这个编号" in answer.content.decode()
    clerk.post(path, {"matter": matter.number})
    source = need.sources.get(matter=matter)
    clerk.post(f"/desk/needs/{need.number}/sources/{source.pk}/remove/")
    assert not need.sources.filter(matter=matter).exists()


def test_the_list_prints_and_exports_with_small_figures_covered(clerk, listed):
    listed(people=3)
    assert "不到 5 人说过" in read(clerk, "/desk/needs/print/")
    answer = clerk.get("/desk/needs/export/")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[1][0] == 1 and rows[1][3] == TITLE and rows[1][7] == "不到 5 人说过"


def test_a_street_chooses_the_community(client_for, cast, listed, world):
    listed()
    street = client_for(cast.street)
    assert TITLE in read(street, "/desk/needs/", place=world.home)
    assert TITLE not in read(street, "/desk/needs/", place="500108002001")


def test_a_grid_worker_notes_a_need_of_their_grid(client_for, cast, world):
    worker = client_for(cast.gridworker)
    worker.post(
        "/desk/needs/new/",
        {"place": world.home, "kind": "visit", "people": 1, "title": TITLE, "urgency": 0},
    )
    assert Need.objects.get().grid == world.grid
    assert TITLE in read(worker, "/desk/needs/", tab="draft")


def test_a_list_of_many_costs_few_statements(clerk, listed, django_assert_max_num_queries):
    for n in range(8):
        listed(title=f"第{n}件要办的事")
    read(clerk, "/desk/needs/")
    with django_assert_max_num_queries(12):
        read(clerk, "/desk/needs/")
