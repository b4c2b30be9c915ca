import pytest

from mulin.councils.results import access, actions, kinds, queries
from mulin.councils.results.words import as_lines, links, money, to_fen
from mulin.councils.steps import SettingError
from mulin.councils.topics import actions as topics
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.models import Entry

pytestmark = pytest.mark.django_db


def test_a_study_ends_when_every_asked_question_has_a_finding(make_topic, cast):
    topic = make_topic("look")
    clerk = cast.clerk.actor
    actions.write_finding(actor=clerk, number=topic.number, text="雨水管在一米深。", question="pipes")
    with pytest.raises(ActionError) as refused:
        topics.end_step(actor=clerk, number=topic.number, key="look")
    assert "花多少钱" in str(refused.value) and "管网" not in str(refused.value)
    actions.write_finding(actor=clerk, number=topic.number, text="三家报价。", question="q2", cost=100)
    step = topics.end_step(actor=clerk, number=topic.number, key="look")
    assert step.state == "done" and "2" in step.outcome


def test_a_question_added_on_the_way_must_be_found_out_too(make_topic, cast):
    topic = make_topic("look")
    clerk = cast.clerk.actor
    for key in ("pipes", "q2"):
        actions.write_finding(actor=clerk, number=topic.number, text="查过了。", question=key)
    actions.ask_question(actor=clerk, number=topic.number, title="夜里施工行不行")
    progress = kinds.study_progress(topic, queries.step_of(topic, "study"))
    assert [text for text in progress.missing if "夜里施工" in text]


def test_findings_tell_of_no_person_and_take_no_odd_address(make_topic, cast):
    topic = make_topic("look")
    clerk = cast.clerk.actor
    for code, more in (
        ("personal-data", {"text": "住户电话13800138000。"}),
        ("bad-link", {"text": "照片", "links": "javascript:alert(1)"}),
        ("bad-question", {"text": "照片", "question": "nobody-asked"}),
    ):
        with pytest.raises(ActionError) as refused:
            actions.write_finding(actor=clerk, number=topic.number, **more)
        assert refused.value.code == code


def test_a_neighbouring_clerk_writes_no_finding(make_topic, cast):
    topic = make_topic("look")
    with pytest.raises(NotVisible):
        actions.write_finding(actor=cast.other_clerk.actor, number=topic.number, text="查过了。")


def test_settings_of_a_study_are_checked():
    assert kinds.study_settings({"questions": ["哪里"]})["questions"][0]["key"] == "q1"
    for raw in ({"questions": [3]}, {"questions": [{"key": "a"}]}, {"what": 1}):
        with pytest.raises(SettingError):
            kinds.study_settings(raw)
    with pytest.raises(SettingError):
        kinds.study_settings({"questions": [{"key": "a", "title": "一"}, {"key": "a", "title": "二"}]})


def test_a_resident_proposes_without_an_account_and_nobody_sees_it_before_it_is_looked_at(
    make_topic, cast, client
):
    topic = make_topic("ways")
    client.post(f"/council/options/{topic.number}/", {"title": "种桂花", "text": "香，我电话13800138000"})
    option = topic.options.get()
    assert option.state == "proposed" and option.account_id is None
    assert "13800138000" not in option.text
    page = client.get(f"/council/options/{topic.number}/").content.decode()
    assert "种桂花" not in page and "正在核对" in page
    actions.put_option(
        actor=cast.clerk.actor, number=topic.number, option=option.pk, title="种桂花", cost=50_000_00
    )
    assert "种桂花" in client.get(f"/council/options/{topic.number}/").content.decode()


def test_what_was_left_out_is_told_with_its_reason(make_topic, cast, client):
    topic = make_topic("ways")
    option = actions.propose_option(actor=ANONYMOUS, number=topic.number, title="不种了")
    with pytest.raises(ActionError) as refused:
        actions.decline_option(actor=cast.clerk.actor, number=topic.number, option=option.pk, reason=" ")
    assert refused.value.code == "no-reason"
    actions.decline_option(
        actor=cast.clerk.actor, number=topic.number, option=option.pk, reason="大家已经定了要种"
    )
    assert "大家已经定了要种" in client.get(f"/council/options/{topic.number}/").content.decode()


def test_options_are_not_settled_without_costs_or_with_proposals_waiting(make_topic, cast):
    topic = make_topic("ways")
    clerk = cast.clerk.actor
    actions.put_option(actor=clerk, number=topic.number, title="银杏", cost=0)
    actions.put_option(actor=clerk, number=topic.number, title="香樟")
    proposed = actions.propose_option(actor=ANONYMOUS, number=topic.number, title="桂花")
    with pytest.raises(ActionError) as refused:
        topics.end_step(actor=clerk, number=topic.number, key="ways")
    assert "香樟" in str(refused.value) and "银杏" not in str(refused.value)
    actions.decline_option(actor=clerk, number=topic.number, option=proposed.pk, reason="太香")
    second = topic.options.get(title="香樟")
    actions.put_option(actor=clerk, number=topic.number, option=second.pk, title="香樟", cost=100)
    step = topics.end_step(actor=clerk, number=topic.number, key="ways")
    assert [row["title"] for row in step.result["options"]] == ["银杏", "香樟"]
    assert step.result["options"][1]["cost"] == 100
    with pytest.raises(ActionError) as settled:
        actions.put_option(actor=clerk, number=topic.number, title="晚来的", cost=1)
    assert settled.value.code == "not-now"


def test_options_change_places(make_topic, cast):
    topic = make_topic("ways")
    clerk = cast.clerk.actor
    for title in ("甲", "乙", "丙"):
        last = actions.put_option(actor=clerk, number=topic.number, title=title, cost=1)
    actions.move_option(actor=clerk, number=topic.number, option=last.pk, by=-1)
    step = queries.step_of(topic, "options")
    assert [one.title for one in queries.options_of(step)] == ["甲", "丙", "乙"]


def test_who_proposed_is_in_no_line_of_the_journal(make_topic, cast):
    topic = make_topic("ways")
    actions.propose_option(actor=cast.resident.actor, number=topic.number, title="桂花")
    line = Entry.objects.get(code="councils.option.proposed")
    assert line.actor is None and line.matter == topic.thread


def test_amounts_and_addresses_are_read_and_shown():
    from decimal import Decimal

    assert to_fen(Decimal("12.34")) == 1234
    assert money(1234) == "12.34 元" and money(1_200_000_00) == "1,200,000 元" and money(None) == ""
    read = links("图纸 | https://example.org/a.pdf\n/places/photo.jpg")
    assert [one["url"] for one in read] == ["https://example.org/a.pdf", "/places/photo.jpg"]
    assert links(as_lines(read)) == read
    for bad in ("//evil.example", "ftp://x/y", "data:text/html,x", "没有网址"):
        with pytest.raises(ActionError):
            links(bad)


def test_a_draft_topic_is_nobodys_to_read(process, world, cast, client):
    draft = topics.start_topic(actor=cast.clerk.actor, process=process, place=world.home, title="还没公布")
    with pytest.raises(NotVisible):
        access.public_topic(draft.number)
    for part in ("study", "options", "concerns", "works", "ratings"):
        assert client.get(f"/council/{part}/{draft.number}/").status_code == 404
