"""The pages as people use them: the whole road at the desk and on the telephone."""

import pytest

from mulin.councils.results import actions, queries, ratings
from mulin.councils.results.models import Concern, Resolution, Work
from mulin.councils.results.tests.conftest import write_up
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.clock import today
from mulin.kernel.secrets import fingerprint
from mulin.voices.surveys.models import SurveyCode

pytestmark = pytest.mark.django_db


def test_the_desk_studies_and_writes_options(make_topic, cast, client_for):
    topic = make_topic("look")
    desk = client_for(cast.clerk)
    url = f"/desk/council/study/{topic.number}/"
    assert "管网在哪里" in desk.get(url).content.decode()
    sent = desk.post(
        f"{url}new/", {"question": "pipes", "kind": "cost", "text": "三家报价", "cost": "1200.50"}
    )
    assert sent.status_code == 302
    found = topic.findings.get()
    assert found.cost == 120050 and found.question == "pipes"
    page = desk.post(f"{url}new/", {"kind": "fact", "text": "电话13800138000"})
    assert page.status_code == 422 and "13800138000" in page.content.decode()
    desk.post(f"{url}{found.pk}/drop/")
    assert not topic.findings.exists()


def test_the_desk_takes_a_residents_option_in(make_topic, cast, client_for):
    topic = make_topic("ways")
    option = actions.propose_option(actor=ANONYMOUS, number=topic.number, title="桂花")
    desk = client_for(cast.clerk)
    url = f"/desk/council/options/{topic.number}/"
    assert "等核对" in desk.get(url).content.decode()
    desk.post(f"{url}{option.pk}/", {"title": "桂花", "cost": "0", "gains": "大家"})
    desk.post(f"{url}new/", {"title": "银杏", "cost": "3"})
    desk.post(f"{url}{option.pk}/order/", {"step": "down"})
    rows = queries.options_of(queries.step_of(topic, "options"))
    assert [(one.title, one.cost) for one in rows] == [("银杏", 300), ("桂花", 0)]
    desk.post(f"{url}{option.pk}/decline/", {"reason": "花粉过敏的人多"})
    option.refresh_from_db()
    assert option.state == "declined"


def test_the_desk_answers_joins_and_keeps_out(make_topic, cast, client_for):
    topic = make_topic("look")
    desk = client_for(cast.clerk)
    url = f"/desk/council/concerns/{topic.number}/"
    for text in ("挡光", "遮太阳", "卖房"):
        desk.post(f"{url}new/", {"kind": "objection", "text": text, "channel": "visit"})
    first, second, third = Concern.objects.order_by("id")
    assert "挡光" in desk.get(url).content.decode()
    one = "/desk/council/concern/{}/"
    desk.post(one.format(second.number) + "join/", {"into": first.number})
    desk.post(one.format(third.number) + "hide/", {"reason": "广告"})
    empty = desk.post(one.format(first.number), {"answer": ""})
    assert empty.status_code == 422
    desk.post(one.format(first.number), {"answer": "种在北侧。", "shown_text": "会挡光"})
    for number in (first.number, second.number, third.number):
        assert desk.get(one.format(number)).status_code == 200
    assert list(Concern.objects.order_by("id").values_list("state", flat=True)) == [
        "answered", "joined", "hidden",
    ]  # fmt: skip
    desk.post(one.format(second.number) + "part/")
    second.refresh_from_db()
    assert second.state == "waiting"


def test_a_resolution_from_the_draft_to_its_works(make_topic, cast, client_for, client):
    topic = make_topic("paper")
    found = topic.resolutions.get()
    clerk, secretary = client_for(cast.clerk), client_for(cast.secretary)
    url = f"/desk/council/resolutions/{found.number}/"
    assert "还没有写定了什么" in clerk.get(url).content.decode()
    body = {"title": "换行道树", "why": "落果", "decision": "换银杏", "body": "residents", "chosen": ["o1"],
            "decided_by": "47人同意", "cost": "80000", "decided_on": today().isoformat()}  # fmt: skip
    assert clerk.post(f"{url}edit/", body).status_code == 302
    assert clerk.post(f"{url}works/new/", {"title": "挖坑", "due_on": today().isoformat()}).status_code == 302
    assert clerk.get(f"{url}publish/").status_code == 403
    assert clerk.post(f"{url}publish/", {"days": 7}).status_code == 403
    assert "依据" in secretary.get(f"{url}publish/").content.decode()
    assert secretary.post(f"{url}publish/", {"days": 2}).status_code == 422
    assert secretary.post(f"{url}publish/", {"days": 7}).status_code == 302
    found.refresh_from_db()
    assert found.state == "published" and found.cost == 80_000_00
    page = client.get(f"/council/resolutions/{found.number}/").content.decode()
    assert "挖坑" in page and "47人同意" in page
    for name in ("", "print/", "word/"):
        assert clerk.get(url + name).status_code == 200
    assert "换行道树" in clerk.get("/desk/council/resolutions/", {"q": "银杏"}).content.decode()
    assert clerk.get("/desk/council/resolutions/export/").content[:2] == b"PK"
    assert secretary.post(f"{url}withdraw/", {"reason": "金额错了"}).status_code == 302
    assert clerk.post(f"{url}do/revise/").status_code == 302
    assert Resolution.objects.filter(state="draft", topic=topic).count() == 1


def test_a_groups_leader_is_offered_no_form_that_refuses(cast, client_for):
    leader = client_for(cast.group_leader)
    assert leader.get("/desk/council/resolutions/new/").status_code == 403
    assert "/desk/council/resolutions/new/" not in leader.get("/desk/council/resolutions/").content.decode()


def test_a_resolution_that_stands_alone(cast, client_for, world):
    clerk = client_for(cast.clerk)
    sent = clerk.post(
        "/desk/council/resolutions/new/", {"place": world.home, "title": "小游园", "body": "delegates"}
    )
    found = Resolution.objects.get()
    assert sent["Location"] == f"/desk/council/resolutions/{found.number}/edit/"
    body = {"title": "小游园", "body": "delegates", "options": "√早六晚十 | 0\n全天 | 3000元"}
    clerk.post(f"/desk/council/resolutions/{found.number}/edit/", body)
    found.refresh_from_db()
    assert [(row["title"], row["cost"], row["chosen"]) for row in found.options] == [
        ("早六晚十", 0, True), ("全天", 300000, False),
    ]  # fmt: skip
    page = clerk.get(f"/desk/council/resolutions/{found.number}/edit/").content.decode()
    assert "√早六晚十 | 0" in page and "全天 | 3000" in page
    wrong = clerk.post(f"/desk/council/resolutions/{found.number}/edit/", {**body, "options": "全天 | 三千"})
    assert wrong.status_code == 422
    clerk.post(f"/desk/council/resolutions/{found.number}/do/discard/")
    assert not Resolution.objects.exists()


def test_a_work_from_plan_to_done_and_again(make_topic, cast, client_for, world):
    topic = make_topic("work")
    clerk, unit = client_for(cast.clerk), client_for(cast.department)
    body = {
        "title": "换树",
        "due_on": today().isoformat(),
        "org": str(world.city_management.id),
        "money": "9",
    }
    clerk.post(f"/desk/council/works/{topic.number}/new/", body)
    work = Work.objects.get()
    url = f"/desk/council/work/{work.number}/"
    assert "换树" in clerk.get(f"/desk/council/works/{topic.number}/").content.decode()
    assert "写进展" in unit.get(url).content.decode()
    unit.post(f"{url}report/", {"kind": "milestone", "text": "挖好了一半"})
    unit.post(f"{url}delay/", {"when": "2099-01-01", "text": "下雨"})
    assert unit.post(f"{url}give-up/", {"text": "不做了"}).status_code == 403
    unit.post(f"{url}done/", {"text": "都种好了", "spent": "8.5"})
    work.refresh_from_db()
    assert work.state == "done" and work.spent == 850
    assert "都种好了" in clerk.get(url).content.decode()
    clerk.post(f"{url}again/", {"reason": "三棵没活"})
    work.refresh_from_db()
    assert work.state == "under_way"
    assert clerk.post(f"{url}case/").status_code == 302
    work.refresh_from_db()
    assert work.matter_id and "去事项里办" in clerk.get(url).content.decode()


def test_ratings_are_typed_in_one_after_the_other_and_published(make_topic, cast, client_for, client):
    topic = make_topic("say")
    url = f"/desk/council/ratings/{topic.number}/"
    clerk = client_for(cast.clerk)
    assert clerk.get(url).status_code == 200
    sent = clerk.post(f"{url}enter/", {"satisfied": "yes", "channel": "phone", "words": "树荫好"})
    assert sent["Location"] == f"{url}enter/"
    assert 'value="phone" id="id_channel_1" checked' in clerk.get(f"{url}enter/").content.decode().replace(
        " required", ""
    )
    assert clerk.post(f"{url}publish/", {"conclusion": "补种三棵。"}).status_code == 302
    assert "补种三棵" in clerk.get(url).content.decode()
    assert "补种三棵" in client.get(f"/council/ratings/{topic.number}/").content.decode()
    assert ratings.shown(queries.step_of(topic, "rate")).is_covered


def test_the_communitys_home_shows_what_was_decided(make_topic, cast, client, world):
    found = make_topic("paper").resolutions.get()
    write_up(cast.clerk.actor, found.number)
    assert found.number not in client.get(f"/c/{world.home}").content.decode()
    actions.publish_resolution(actor=cast.secretary.actor, number=found.number)
    page = client.get(f"/c/{world.home}", follow=True).content.decode()
    assert f"/council/resolutions/{found.number}/" in page


def test_a_household_code_is_asked_for_where_the_process_says_so(make_topic, cast, client_for):
    topic = make_topic("say")
    step = queries.step_of(topic, "rate")
    survey = ratings.of_step(step)
    survey.once = "household"
    survey.save()
    SurveyCode.objects.create(survey=survey, code_hash=fingerprint("AAAABBBB", f"survey:{survey.id}"))
    clerk, url = client_for(cast.clerk), f"/desk/council/ratings/{topic.number}/enter/"
    assert "纸条上的码" in clerk.get(url).content.decode()
    said = {"satisfied": "yes", "channel": "paper"}
    refused = clerk.post(url, said)
    assert refused.status_code == 422 and "请录纸条上的码" in refused.content.decode()
    assert clerk.post(url, said | {"code": "aaaa-bbbb"}).status_code == 302
    assert clerk.post(url, said | {"without_code": "lost"}).status_code == 302
    assert ratings.returned(survey) == 2


def test_a_grid_worker_types_in_what_came_back_from_the_doors(make_topic, cast, client_for):
    topic = make_topic("say")
    url = f"/desk/council/ratings/{topic.number}/"
    worker = client_for(cast.gridworker)
    page = worker.get(url).content.decode()
    assert "录入纸质评价" in page and "结束并公布" not in page
    assert worker.post(f"{url}enter/", {"satisfied": "no", "channel": "visit"}).status_code == 302
    assert ratings.returned(ratings.of_step(queries.step_of(topic, "rate"))) == 1
