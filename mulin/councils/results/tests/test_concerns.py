import pytest

from mulin.councils.results import actions, personal, queries
from mulin.councils.results.models import Concern
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry, Notice

pytestmark = pytest.mark.django_db


def test_anybody_objects_without_an_account_and_reads_the_answer(make_topic, cast, client):
    topic = make_topic("look")
    url = f"/council/concerns/{topic.number}/"
    sent = client.post(url, {"kind": "objection", "text": "3栋2单元501的窗户会被挡住，13800138000"})
    assert sent.status_code == 302
    concern = Concern.objects.get()
    assert concern.account_id is None and concern.state == "waiting"
    page = client.get(url).content.decode()
    assert "挡住" not in page and "还有 1 条等答复" in page
    actions.answer_concern(
        actor=cast.clerk.actor, number=concern.number, answer="树选矮的，离窗五米；量过了。"
    )
    page = client.get(url).content.decode()
    assert "离窗五米" in page and "会被挡住" in page
    assert "单元501" not in page and "13800138000" not in page


def test_what_somebody_said_by_telephone_counts_the_same(make_topic, cast):
    topic = make_topic("look")
    concern = actions.enter_concern(
        actor=cast.clerk.actor, number=topic.number, text="车位会少吗", kind="question", channel="phone"
    )
    assert concern.state == "waiting" and concern.account_id is None
    with pytest.raises(ActionError) as refused:
        actions.enter_concern(actor=cast.clerk.actor, number=topic.number, text="x", channel="portal")
    assert refused.value.code == "bad-channel"


def test_residents_cannot_answer(make_topic, cast):
    topic = make_topic("look")
    concern = actions.raise_concern(actor=ANONYMOUS, number=topic.number, text="不同意")
    for person in (cast.resident, cast.gridworker, cast.other_clerk):
        with pytest.raises((NotVisible, NotAllowed)):
            actions.answer_concern(actor=person.actor, number=concern.number, answer="好")


def test_an_answer_with_a_telephone_number_is_refused(make_topic, cast):
    topic = make_topic("look")
    concern = actions.raise_concern(actor=ANONYMOUS, number=topic.number, text="不同意")
    with pytest.raises(ActionError) as refused:
        actions.answer_concern(actor=cast.clerk.actor, number=concern.number, answer="打13800138000")
    assert refused.value.code == "personal-data"


def test_repeats_are_joined_and_answered_once(make_topic, cast, client):
    topic = make_topic("look")
    clerk = cast.clerk.actor
    first, second, third = (
        actions.raise_concern(actor=ANONYMOUS, number=topic.number, text=text)
        for text in ("挡住阳光", "会挡光", "太阳没了")
    )
    actions.join_concern(actor=clerk, number=third.number, into=second.number)
    actions.join_concern(actor=clerk, number=second.number, into=first.number)
    assert set(first.repeats.values_list("pk", flat=True)) == {second.pk, third.pk}
    with pytest.raises(ActionError) as refused:
        actions.answer_concern(actor=clerk, number=second.number, answer="好的")
    assert refused.value.code == "not-now"
    actions.answer_concern(actor=clerk, number=first.number, answer="种在北侧。")
    assert "另有 2 人说的相同" in client.get(f"/council/concerns/{topic.number}/").content.decode()
    actions.part_concern(actor=clerk, number=third.number)
    third.refresh_from_db()
    assert third.state == "waiting" and third.joined_to is None


def test_one_is_not_joined_to_itself_nor_to_another_topic(make_topic, cast):
    topic, other = make_topic("look"), make_topic("look")
    clerk = cast.clerk.actor
    one = actions.raise_concern(actor=ANONYMOUS, number=topic.number, text="不同意")
    far = actions.raise_concern(actor=ANONYMOUS, number=other.number, text="不同意")
    for into, code in ((one, "same"), (far, "elsewhere")):
        with pytest.raises(ActionError) as refused:
            actions.join_concern(actor=clerk, number=one.number, into=into.number)
        assert refused.value.code == code


def test_what_is_kept_out_is_counted_and_its_reason_stays_inside(make_topic, cast, client):
    topic = make_topic("look")
    concern = actions.raise_concern(actor=ANONYMOUS, number=topic.number, text="卖房电话联系")
    actions.hide_concern(actor=cast.clerk.actor, number=concern.number, reason="是广告内容")
    page = client.get(f"/council/concerns/{topic.number}/").content.decode()
    assert "有 1 条" in page and "是广告内容" not in page and "卖房" not in page


def test_no_objection_is_buried_with_one_that_is_kept_out(make_topic, cast):
    """A resolution is not published before each objection is answered: joined to an advertisement that is
    kept out, none would ever be."""
    topic, clerk = make_topic("look"), cast.clerk.actor
    advert, shade, light = (
        actions.raise_concern(actor=ANONYMOUS, number=topic.number, text=text)
        for text in ("卖房电话联系", "挡住阳光", "会挡光")
    )
    actions.join_concern(actor=clerk, number=shade.number, into=advert.number)
    actions.hide_concern(actor=clerk, number=advert.number, reason="是广告内容")
    shade.refresh_from_db()
    assert (shade.state, shade.joined_to) == ("waiting", None)
    with pytest.raises(ActionError) as refused:
        actions.join_concern(actor=clerk, number=light.number, into=advert.number)
    assert refused.value.code == "kept-out"
    assert queries.waiting_concerns(topic) == 2


def test_only_who_asks_for_it_is_remembered_and_told(make_topic, cast, settle):
    topic = make_topic("look")
    resident = cast.resident.actor
    silent = actions.raise_concern(actor=resident, number=topic.number, text="不同意")
    asking = actions.raise_concern(
        actor=resident, number=topic.number, text="谁来浇水", kind="question", tell_me=True
    )
    assert silent.account_id is None and asking.account_id == cast.resident.id
    assert not Entry.objects.filter(code="councils.concern.raised", actor__isnull=False).exists()
    for concern in (silent, asking):
        actions.answer_concern(actor=cast.clerk.actor, number=concern.number, answer="物业每周两次。")
    settle()
    told = Notice.objects.filter(account=cast.resident.id, code="councils.concern.answered")
    assert [notice.url for notice in told] == [f"/council/concerns/{topic.number}/"]


def test_an_erased_account_leaves_its_words_without_a_person(make_topic, cast):
    topic = make_topic("look")
    actions.raise_concern(
        actor=cast.resident.actor, number=topic.number, text="电话13800138000，不同意", tell_me=True
    )
    assert personal.export(cast.resident.id)["concerns"]
    assert personal.erase(cast.resident.id) == 1
    concern = Concern.objects.get()
    assert concern.account_id is None and "13800138000" not in concern.text


def test_nothing_is_raised_once_the_topic_is_over(make_topic, cast, client):
    from mulin.councils.topics.actions import stop_topic

    topic = make_topic("look")
    stop_topic(actor=cast.clerk.actor, number=topic.number, reason="街道另有安排")
    with pytest.raises(ActionError) as refused:
        actions.raise_concern(actor=ANONYMOUS, number=topic.number, text="等等")
    assert refused.value.code == "not-now"
    assert client.post(f"/council/concerns/{topic.number}/", {"text": "等等"}).status_code == 409


def test_the_topics_own_page_leads_to_them(make_topic, cast, client, client_for):
    topic = make_topic("look")
    assert f"/council/concerns/{topic.number}/" in client.get(f"/council/{topic.number}/").content.decode()
    desk = client_for(cast.clerk).get(f"/desk/council/{topic.number}/").content.decode()
    assert f"/desk/council/concerns/{topic.number}/" in desk
