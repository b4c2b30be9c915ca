"""The pages: for residents, at the desk, and a process that is dropped in as a file and runs through."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from mulin.councils.conversations.models import Conversation
from mulin.councils.steps import Progress
from mulin.councils.topics import actions, queries, reading
from mulin.councils.topics.models import Topic
from mulin.kernel import clock
from mulin.kernel.testing.cast import HOME, OTHER_HOME
from mulin.kernel.worker import settle

pytestmark = pytest.mark.django_db
LIST = f"/council/c/{HOME}/"


def text(response) -> str:
    return response.content.decode()


# For everybody ------------------------------------------------------------------------------------------


def test_a_draft_is_nowhere_to_be_read(make_topic, client_for, cast):
    topic = make_topic()
    for person in (None, cast.resident):
        client = client_for(person)
        assert client.get(f"/council/{topic.number}/").status_code == 404
        assert topic.title not in text(client.get(LIST))
        assert topic.title not in text(client.get(f"/c/{HOME}/"))


def test_everybody_sees_where_it_stands_what_comes_next_and_how_to_take_part(make_topic, client_for, cast):
    topic = make_topic(announce=True)
    actions.begin_step(actor=cast.clerk.actor, number=topic.number, key="talk")
    page = text(client_for().get(f"/council/{topic.number}/"))
    for told in (
        "现在是第 1 步，共 3 步",
        "大家在说。",
        "去参加",
        "/talk/talk/",
        "接下来：想一想",
        "谁都可以参加",
    ):
        assert told in page
    assert cast.clerk.account.name not in page


def test_the_list_names_what_one_can_take_part_in_first(make_topic, client_for, cast):
    waiting = make_topic(announce=True, title="等着的议题")
    inviting = make_topic(announce=True, title="能参加的议题")
    Conversation.objects.create(
        number="99000000001", place=inviting.place, topic=inviting, title="长椅放哪里", state="open",
        closes_on=clock.today() + timedelta(days=5),
    )  # fmt: skip
    page = text(client_for().get(LIST))
    assert "今天可以参加" in page and page.index("长椅放哪里") < page.index(waiting.title)
    assert inviting.title not in page.partition("还在商量的")[2]


def test_the_list_can_be_searched_and_narrowed(make_topic, client_for, cast):
    make_topic(announce=True, title="放长椅")
    stopped = make_topic(announce=True, title="装路灯")
    actions.stop_topic(actor=cast.clerk.actor, number=stopped.number, reason="换个办法")
    client = client_for()
    found = text(client.get(LIST, {"q": "路灯"}))
    assert "装路灯" in found and "放长椅" not in found
    found = text(client.get(LIST, {"state": "running"}))
    assert "放长椅" in found and "装路灯" not in found
    assert "放长椅" in text(client.get(LIST, {"process": "bench"}))
    assert "放长椅" not in text(client.get(LIST, {"process": "theme"}))
    assert stopped.title in text(client.get(LIST, {"q": stopped.number}))


def test_another_communitys_list_does_not_name_it_and_the_streets_topics_are_read_in_both(
    make_topic, client_for, cast, own_folder, bench
):
    topic = make_topic(announce=True)
    path = own_folder / "bench.toml"
    path.write_text(path.read_text("utf-8").replace("[process]", '[process]\nplaces = ["street"]'), "utf-8")
    street = actions.start_topic(
        actor=cast.street.actor, process="bench", place="500108002000", title="全街道的长椅"
    )
    actions.announce_topic(actor=cast.street.actor, number=street.number)
    client = client_for()
    assert topic.title not in text(client.get(f"/council/c/{OTHER_HOME}/"))
    assert "全街道的长椅" not in text(client.get(f"/council/c/{OTHER_HOME}/"))
    assert "全街道的长椅" in text(client.get(LIST))


@pytest.mark.parametrize("place", ["500108002999", "bogus", "500108002005-E01"])
def test_a_place_that_is_none_is_not_found(client_for, db, world, place):
    assert client_for().get(f"/council/c/{place}/").status_code == 404


def test_the_entry_of_the_bar_leads_to_ones_own_community(client_for, cast):
    assert client_for(cast.resident).get("/council/").headers["Location"] == LIST
    assert client_for().get("/council/").status_code == 200
    assert 'href="/council/"' in text(client_for().get("/help"))


def test_a_home_without_topics_shows_no_empty_block_and_one_with_shows_the_card(
    make_topic, client_for, world
):
    client = client_for()
    assert "大家在商量" not in text(client.get(f"/c/{HOME}/"))
    topic = make_topic(announce=True)
    page = text(client.get(f"/c/{HOME}/"))
    assert "大家在商量" in page and f"/council/{topic.number}/" in page


def test_the_empty_list_invites(client_for, world):
    assert "这里还没有议题。您关心什么？" in text(client_for().get(LIST))


def test_a_topic_tells_its_story_from_the_first_remark_on(make_topic, published, client_for):
    topic = make_topic(matter=published().number, announce=True)
    page = text(client_for().get(f"/council/{topic.number}/"))
    assert "门口要一张长椅" in page and "说了一件事：建议" in page and "公布了议题" in page
    assert topic.title in text(client_for().get(f"/m/{topic.matter.number}"))


def test_of_a_matter_that_is_not_public_nothing_is_told(make_topic, published, client_for):
    topic = make_topic(matter=published(publish=False).number, announce=True)
    page = text(client_for().get(f"/council/{topic.number}/"))
    assert "说了一件事" not in page and "等车" not in page and "公布了议题" in page


def test_what_a_process_keeps_to_itself_is_not_shown(make_topic, own_folder, bench, client_for, cast):
    path = own_folder / "bench.toml"
    path.write_text(
        path.read_text("utf-8").replace('key = "talk"', 'key = "talk"\nshows = "after"', 1), "utf-8"
    )
    topic = make_topic(announce=True)
    actions.begin_step(actor=cast.clerk.actor, number=topic.number, key="talk")
    assert "/talk/talk/" not in text(client_for().get(f"/council/{topic.number}/"))
    actions.end_step(actor=cast.clerk.actor, number=topic.number, key="talk")
    assert "/talk/talk/" in text(client_for().get(f"/council/{topic.number}/"))


def test_a_stopped_topic_says_why_and_a_skipped_step_too(make_topic, client_for, cast):
    topic = make_topic(announce=True)
    clerk = cast.clerk.actor
    actions.begin_step(actor=clerk, number=topic.number, key="talk")
    actions.end_step(actor=clerk, number=topic.number, key="talk")
    actions.skip_step(actor=clerk, number=topic.number, key="think", reason="大家说得够清楚了")
    actions.stop_topic(actor=clerk, number=topic.number, reason="多数人不想要")
    page = text(client_for().get(f"/council/{topic.number}/"))
    assert "多数人不想要" in page and "大家说得够清楚了" in page and "去参加" not in page


def test_the_page_is_whole_in_english_and_in_elder_mode(make_topic, client_for, cast):
    topic = make_topic(announce=True)
    actions.begin_step(actor=cast.clerk.actor, number=topic.number, key="talk")
    client = client_for(headers={"accept-language": "en"})
    page = text(client.get(f"/council/{topic.number}/"))
    assert "Step 1 of 3" in page and "A bench" in page and "Take part" in page
    client.cookies["mulin_elder"] = "1"
    assert client.get(f"/council/{topic.number}/").status_code == 200


# At the desk ----------------------------------------------------------------------------------------------


def test_who_may_not_enter_is_not_let_in(make_topic, client_for, cast):
    topic = make_topic()
    assert client_for().get("/desk/council/").status_code == 302
    assert client_for(cast.resident).get("/desk/council/").status_code == 403
    assert client_for(cast.gridworker).get("/desk/council/").status_code == 403
    assert client_for(cast.other_clerk).get(f"/desk/council/{topic.number}/").status_code == 404
    assert client_for(cast.auditor).get(f"/desk/council/{topic.number}/").status_code == 200
    assert client_for(cast.auditor).get("/desk/council/new/").status_code == 403


def test_the_wizard_offers_each_process_in_plain_words(bench, client_for, cast):
    page = text(client_for(cast.clerk).get("/desk/council/new/"))
    for told in (
        "放一张长椅",
        "门口放不放长椅",
        "行道树换不换",
        "老旧小区改造",
        "四议两公开",
        "?process=bench",
    ):
        assert told in page


def test_the_wizard_names_a_file_that_cannot_be_used(own_folder, client_for, cast):
    (own_folder / "bad.toml").write_text("[process]\n", encoding="utf-8")
    assert "bad.toml" in text(client_for(cast.clerk).get("/desk/council/new/"))


def _wizard(client, **fields):
    body = {"title": "放不放长椅", "place": HOME, "starts_on": "2026-03-02", "site": "", "org": "", **fields}
    return client.post("/desk/council/new/?process=bench", body)


def test_the_wizard_shows_the_calendar_and_announces_in_one_go(bench, client_for, cast, freeze):
    freeze("2026-03-01 10:00")
    client = client_for(cast.clerk)
    page = text(_wizard(client, look="1"))
    assert 'value="2026-03-07"' in page and not Topic.objects.exists()
    response = _wizard(client, announce="1")
    topic = Topic.objects.get()
    assert response.headers["Location"] == f"/desk/council/{topic.number}/"
    assert topic.state == "running"


def test_a_day_set_in_the_wizard_is_kept_and_the_rest_follows(bench, client_for, cast, freeze):
    freeze("2026-03-01 10:00")
    days = {"was_talk": "2026-03-02/2026-03-07", "begin_talk": "2026-03-02", "end_talk": "2026-03-20"}
    days |= {"was_think": "2026-03-08/2026-03-10", "begin_think": "2026-03-08", "end_think": "2026-03-10"}
    _wizard(client_for(cast.clerk), keep="1", **days)
    made = {one.key: one for one in Topic.objects.get().steps.all()}
    assert made["talk"].ends_on == date(2026, 3, 20) and made["think"].begins_on == date(2026, 3, 21)


def test_what_is_wrong_in_the_wizard_is_said_and_what_was_typed_stays(bench, client_for, cast, freeze):
    freeze("2026-03-01 10:00")
    client = client_for(cast.clerk)
    response = _wizard(client, announce="1", title="", summary="老人多")
    assert response.status_code == 422 and "老人多" in text(response)
    response = _wizard(client, announce="1", was_talk="x", begin_talk="soon", end_talk="later")
    assert response.status_code == 422 and "请核对标红的日子" in text(response)
    response = _wizard(client, announce="1", was_talk="x", begin_talk="2026-03-09", end_talk="2026-03-03")
    assert response.status_code == 422 and "结束的日子不能早于开始" in text(response)
    response = _wizard(client, announce="1", summary="打13800138000")
    assert response.status_code == 422 and "请不要写姓名" in text(response)
    assert not Topic.objects.exists()


def test_a_street_officer_chooses_among_the_communities_of_the_street(bench, client_for, cast):
    page = text(client_for(cast.street).get("/desk/council/new/?process=bench"))
    assert "金堰社区" in page and "大石社区" in page and "同景社区" not in page
    response = client_for(cast.street).post(
        "/desk/council/new/?process=bench", {"title": "长椅", "place": OTHER_HOME, "starts_on": "2030-01-01"}
    )
    assert response.status_code == 422 and not Topic.objects.exists()


def test_a_case_and_a_wish_can_be_made_a_topic(bench, published, client_for, cast):
    client = client_for(cast.clerk)
    for fields in ({}, {"kind": "wish", "text": "想要一张长椅，老人等车时坐。"}):
        matter = published(publish=False, **fields)
        page = text(client.get(f"/desk/{'wishes' if fields else 'cases'}/{matter.number}", follow=True))
        assert f"/desk/council/new/?matter={matter.number}" in page
        response = client.post(
            f"/desk/council/new/?process=bench&matter={matter.number}",
            {"title": "放不放长椅", "place": HOME, "starts_on": "2030-01-01", "keep": "1"},
        )
        topic = Topic.objects.get(matter=matter)
        assert response.headers["Location"] == f"/desk/council/{topic.number}/"
        page = text(client.get(f"/desk/{'wishes' if fields else 'cases'}/{matter.number}", follow=True))
        assert f"/desk/council/{topic.number}/" in page


def test_the_desk_names_the_one_next_move_and_what_is_missing(make_topic, bench, client_for, cast):
    topic = make_topic()
    client = client_for(cast.clerk)
    url = f"/desk/council/{topic.number}/"
    assert "公布议题" in text(client.get(url))
    assert client.post(f"{url}do/announce/").status_code == 302
    assert "开始“说一说”" in text(client.get(url))
    assert client.post(f"{url}steps/talk/begin/").headers["Location"] == "/desk/"
    bench.progress = Progress(missing=("还没有人来。",))
    page = text(client.get(url))
    assert "还差：" in page and "还没有人来。" in page
    response = client.post(f"{url}steps/talk/end/", {"remark": "说好了"})
    assert response.status_code == 422 and "还没有人来。" in text(response) and "说好了" in text(response)
    bench.progress = Progress(outcome="都想要")
    assert "都想要" in text(client.get(f"{url}steps/talk/end/"))
    assert client.post(f"{url}steps/talk/end/", {"remark": ""}).status_code == 302
    assert client.post(f"{url}steps/think/skip/", {"reason": "不用了"}).status_code == 302
    assert "secretary" not in text(client.get(url))


def test_days_words_and_the_end_are_forms_of_their_own(make_topic, client_for, cast, freeze):
    freeze("2026-03-01 10:00")
    topic = make_topic(announce=True)
    client, url = client_for(cast.clerk), f"/desk/council/{topic.number}/"
    page = text(client.get(f"{url}days/"))
    assert "begin_talk" in page
    days = {"was_talk": "x", "begin_talk": "2026-03-05", "end_talk": "2026-03-09"}
    assert client.post(f"{url}days/", days).status_code == 302
    assert queries.steps_of(topic)[0].begins_on == date(2026, 3, 5)
    bad = client.post(f"{url}days/", {"was_talk": "x", "begin_talk": "2026-02-01", "end_talk": "2026-03-09"})
    assert bad.status_code == 422 and "最早" in text(bad)
    assert client.post(f"{url}edit/", {"summary": "老人多"}).status_code == 302
    assert client.post(f"{url}stop/", {"reason": ""}).status_code == 422
    assert client.post(f"{url}stop/", {"reason": "换个办法"}).status_code == 302
    assert "换个办法" in text(client.get(url))


def test_the_list_of_the_desk_is_searched_and_exported(make_topic, client_for, cast):
    make_topic(announce=True, title="放长椅")
    make_topic(announce=True, title="=装路灯")
    client = client_for(cast.clerk)
    page = text(client.get("/desk/council/", {"q": "长椅"}))
    assert "放长椅" in page and "装路灯" not in page
    assert "放长椅" not in text(client.get("/desk/council/", {"tab": "draft"}))
    response = client.get("/desk/council/export/", {"q": "路灯"})
    topics, steps = (
        CalamineWorkbook.from_filelike(BytesIO(response.content)).get_sheet_by_index(n).to_python()
        for n in (0, 1)
    )
    assert [row[1] for row in topics[1:]] == ["=装路灯"]
    assert len(steps) == 4


def test_a_step_whose_day_has_come_waits_in_the_inbox(make_topic, client_for, cast, freeze):
    freeze("2026-03-02 10:00")
    topic = make_topic(announce=True, starts_on=date(2026, 3, 3))
    client = client_for(cast.clerk)
    assert "说一说" not in text(client.get("/desk/"))
    freeze("2026-03-03 10:00")
    page = text(client.get("/desk/"))
    assert "该开始“说一说”了" in page and f"/desk/council/{topic.number}/" in page
    assert "说一说" not in text(client_for(cast.other_clerk).get("/desk/"))


def test_the_list_costs_the_same_however_many_topics_there_are(
    make_topic, client_for, cast, django_assert_max_num_queries
):
    for n in range(6):
        make_topic(announce=True, title=f"议题{n}")
    settle()
    client = client_for(cast.clerk)
    client.get("/desk/council/")
    with django_assert_max_num_queries(12):
        client.get("/desk/council/")
    with django_assert_max_num_queries(24):
        client_for().get(LIST)


def test_a_process_dropped_in_as_a_file_runs_through_in_the_browser(own_folder, client_for, cast, freeze):
    """With the kinds of steps of this house, no code and no restart."""
    freeze("2026-03-02 10:00")
    client = client_for(cast.clerk)
    assert "晾衣杆放哪里" not in text(client.get("/desk/council/new/"))
    (own_folder / "rack.toml").write_text(
        """
[process]
code = "rack"
title = "晾衣杆放哪里"
about = "看一看、写一写。"
basis = "约定"
[[step]]
key = "look"
kind = "study"
title = "看一看"
days = 1
[[step]]
key = "again"
kind = "study"
title = "回头看"
days = 1
ends = ["remark"]
""",
        encoding="utf-8",
    )
    assert "晾衣杆放哪里" in text(client.get("/desk/council/new/"))
    body = {"title": "晾衣杆放东头", "place": HOME, "starts_on": "2026-03-02", "announce": "1"}
    url = client.post("/desk/council/new/?process=rack", body).headers["Location"]
    topic = Topic.objects.get()
    from mulin.councils.results import actions as results

    for key in ("look", "again"):
        assert client.post(f"{url}steps/{key}/begin/").status_code == 302
        _find_out(results, cast, topic)
        response = client.post(f"{url}steps/{key}/end/", {"remark": "放东头合适"})
        assert response.status_code == 302, text(response)
    topic.refresh_from_db()
    assert topic.state == "done"
    assert "放东头合适" in text(client_for().get(f"/council/{topic.number}/"))


def _find_out(results, cast, topic: Topic) -> None:
    results.write_finding(actor=cast.clerk.actor, number=topic.number, text="东头有太阳，量过了。")


def test_a_group_that_runs_a_topic_is_not_told_what_the_office_knows_of_the_matter(
    make_topic, published, client_for, cast, world
):
    secret = published(publish=False, text="我家楼上三零二的老李半夜打牌，吵得睡不着。")
    topic = make_topic(matter=secret.number, org=world.group.pk)
    client = client_for(cast.clerk)
    assert secret.title in text(client.get(f"/desk/council/{topic.number}/"))
    page = text(client_for(cast.group_leader).get(f"/desk/council/{topic.number}/"))
    assert topic.title in page and secret.title not in page and secret.number not in page
    entries = reading.timeline(topic, everything=True)
    inside = reading.timeline(topic, everything=True, with_matter=True)
    assert len(entries) < len(inside)


def test_the_list_costs_the_same_with_many_topics(make_topic, client_for, cast):
    client, seen = client_for(), []
    for n in (1, 11):
        for _ in range(n):
            topic = make_topic(announce=True)
            actions.begin_step(actor=cast.clerk.actor, number=topic.number, key="talk")
        client.get(LIST)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(LIST).status_code == 200
        seen.append(len(asked))
    assert seen[0] == seen[1] <= 10


def test_the_export_of_a_narrowed_list_keeps_every_sign_of_the_search(make_topic, client_for, cast):
    make_topic(announce=True, title="A&B 的长椅")
    page = client_for(cast.clerk).get("/desk/council/", {"q": "A&B"}).content.decode()
    assert "q=A%26B" in page and "A&amp;B 的长椅" in page
