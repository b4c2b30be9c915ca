from datetime import timedelta
from io import BytesIO

import pytest
from docx import Document

from mulin.councils.results import actions, documents, queries
from mulin.councils.results.models import Resolution
from mulin.councils.results.tests.conftest import write_up
from mulin.councils.topics import actions as topics
from mulin.kernel import rulebook
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.clock import today
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry, Notice, RuleOverride

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(make_topic, cast, matter) -> Resolution:
    """The draft of a topic that grew out of what the resident said, with everything it must say."""
    topic = make_topic("paper", matter=matter.number)
    found = topic.resolutions.get()
    write_up(cast.clerk.actor, found.number, chosen=["o1"])
    found.refresh_from_db()
    return found


def test_a_step_drafts_with_all_that_earlier_steps_brought(make_topic):
    found = make_topic("paper").resolutions.get()
    assert found.why == "落果砸人，根顶破了路面。"
    assert [row["title"] for row in found.options] == ["银杏", "香樟"]
    assert found.options[0]["gains"] == "沿街住户" and found.options[0]["cost"] == 80_000_00


def test_every_objection_is_answered_before_it_is_published(draft, cast):
    concern = actions.raise_concern(actor=ANONYMOUS, number=draft.topic.number, text="黄葛树不能砍")
    secretary = cast.secretary.actor
    with pytest.raises(ActionError) as refused:
        actions.publish_resolution(actor=secretary, number=draft.number)
    assert refused.value.code == "concerns-waiting"
    actions.answer_concern(actor=secretary, number=concern.number, answer="两棵老树移到小游园。")
    published = actions.publish_resolution(actor=secretary, number=draft.number)
    assert published.posted_until == today() + timedelta(days=7)
    assert published.posting["certainty"] == "house default"


def test_it_says_why_what_and_who_before_it_is_published(make_topic, cast):
    found = make_topic("paper").resolutions.get()
    with pytest.raises(ActionError) as refused:
        actions.publish_resolution(actor=cast.secretary.actor, number=found.number)
    assert refused.value.code == "no-decision"


def test_a_clerk_drafts_and_the_secretary_publishes(draft, cast):
    with pytest.raises(NotAllowed):
        actions.publish_resolution(actor=cast.clerk.actor, number=draft.number)
    with pytest.raises(NotVisible):
        actions.publish_resolution(actor=cast.other_clerk.actor, number=draft.number)


def test_an_unset_period_refuses_and_says_where_to_fill_it_in(draft, cast, world):
    RuleOverride.objects.create(
        name="councils.resolution.posted_days", place=world.home, valid_from=today(), value=None,
        basis="等本市条例", certainty="to be verified", set_by=cast.admin.account,
    )  # fmt: skip
    rulebook.forget()
    with pytest.raises(ActionError) as refused:
        actions.publish_resolution(actor=cast.secretary.actor, number=draft.number)
    assert refused.value.code == "rule-unset"


def test_it_hangs_out_no_shorter_than_the_rule(draft, cast):
    with pytest.raises(ActionError) as refused:
        actions.publish_resolution(actor=cast.secretary.actor, number=draft.number, days=3)
    assert refused.value.code == "too-short"
    found = actions.publish_resolution(actor=cast.secretary.actor, number=draft.number, days=15)
    assert (found.posted_until - found.posted_from).days == 15


def test_everybody_reads_it_once_it_is_published_and_not_before(draft, cast, client):
    url = f"/council/resolutions/{draft.number}/"
    assert client.get(url).status_code == 404
    actions.publish_resolution(actor=cast.secretary.actor, number=draft.number)
    page = client.get(url).content.decode()
    for words in ("换银杏", "应到60人", "80,000 元", "两棵老黄葛树", "沿街住户", "比方案", "选定"):
        assert words in page, words
    assert client.get(f"{url}print/").status_code == 200
    text = Document(BytesIO(client.get(f"{url}word/").content))
    assert "换银杏，今年秋天种。" in [paragraph.text for paragraph in text.paragraphs]
    assert text.tables[0].rows[1].cells[0].text.startswith("银杏")


def test_who_spoke_about_it_learns_of_the_resolution(draft, cast, settle):
    actions.publish_resolution(actor=cast.secretary.actor, number=draft.number)
    settle()
    told = Notice.objects.filter(code="councils.resolution.published", account=cast.resident.id)
    assert [notice.url for notice in told] == [f"/council/resolutions/{draft.number}/"]


def test_the_line_stands_on_the_matters_timeline_and_holds_no_words(draft, cast, matter):
    actions.publish_resolution(actor=cast.secretary.actor, number=draft.number)
    line = Entry.objects.get(code="councils.resolution.published")
    assert line.matter == matter.pk and set(line.data) == {"number", "until"}


def test_the_step_ends_with_what_was_decided(draft, cast):
    clerk, number = cast.clerk.actor, draft.topic.number
    with pytest.raises(ActionError):
        topics.end_step(actor=clerk, number=number, key="paper")
    actions.publish_resolution(actor=cast.secretary.actor, number=draft.number)
    step = topics.end_step(actor=clerk, number=number, key="paper")
    assert step.result["winners"] == ["o1"] and "换银杏" in step.outcome


def test_a_withdrawn_one_says_why_and_can_be_written_anew(draft, cast, client):
    secretary = cast.secretary.actor
    actions.publish_resolution(actor=secretary, number=draft.number)
    actions.withdraw_resolution(actor=secretary, number=draft.number, reason="金额写错了")
    page = client.get(f"/council/resolutions/{draft.number}/").content.decode()
    assert "金额写错了" in page and "应到60人" not in page
    assert client.get(f"/council/resolutions/{draft.number}/word/").status_code == 404
    new = actions.revise_resolution(actor=secretary, number=draft.number)
    assert new.state == "draft" and new.decision == draft.decision
    step = queries.step_of(draft.topic, "publish")
    assert step.record == new.pk


def test_what_was_published_cannot_be_changed(draft, cast):
    actions.publish_resolution(actor=cast.secretary.actor, number=draft.number)
    with pytest.raises(ActionError) as refused:
        write_up(cast.clerk.actor, draft.number, decision="换别的")
    assert refused.value.code == "not-now"


def test_results_that_came_later_are_brought_along_without_touching_what_was_written(draft, cast):
    found = actions.refresh_resolution(actor=cast.clerk.actor, number=draft.number)
    assert found.decision == "换银杏，今年秋天种。" and len(found.options) == 2


def test_one_may_stand_alone_and_brings_its_own_options(world, cast):
    clerk = cast.clerk.actor
    found = actions.draft_resolution(actor=clerk, place=world.home, title="小游园开放时间", body="delegates")
    rows = [{"key": "o1", "title": "早六晚十", "cost": 0, "chosen": True}, {"key": "o2", "title": "全天"}]
    write_up(clerk, found.number, title="小游园开放时间", options=rows)
    found = actions.publish_resolution(actor=cast.secretary.actor, number=found.number)
    assert [row["chosen"] for row in found.options] == [True, False]
    assert found.posting["certainty"] == "to be verified"
    with pytest.raises(ActionError):
        actions.discard_resolution(actor=clerk, number=found.number)


def test_the_archive_finds_words_numbers_and_nothing_of_drafts(draft, cast, client, world):
    url = f"/council/resolutions/c/{world.home}/"
    assert "换行道树" not in client.get(url).content.decode().split("<main")[1]
    actions.publish_resolution(actor=cast.secretary.actor, number=draft.number)
    for q in ("银杏", "行道树 银杏", draft.number, ""):
        assert draft.title in client.get(url, {"q": q}).content.decode(), q
    assert "没有找到" in client.get(url, {"q": "停车场"}).content.decode()
    assert draft.title not in client.get(f"/council/resolutions/c/{world.other_home}/").content.decode()


def test_the_list_as_an_excel_file(draft, cast, client, world):
    from python_calamine import CalamineWorkbook

    actions.publish_resolution(actor=cast.secretary.actor, number=draft.number)
    content = client.get(f"/council/resolutions/c/{world.home}/export/").content
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [draft.number, draft.title] in [[str(row[0]), row[1]] for row in rows]


def test_a_word_file_is_made_of_a_draft_too(draft):
    assert documents.word_file(draft)[:2] == b"PK"


def test_an_objection_that_comes_at_the_last_moment_is_not_lost(draft, cast):
    """After the publication one may object as long as the topic runs; it is answered like the others."""
    actions.publish_resolution(actor=cast.secretary.actor, number=draft.number)
    late = actions.raise_concern(actor=ANONYMOUS, number=draft.topic.number, text="我没看到通知")
    actions.answer_concern(actor=cast.clerk.actor, number=late.number, answer="通知贴在三处。")
    assert queries.public_concerns(draft.topic).answered[0].answer == "通知贴在三处。"
