"""One history: items that move between meetings, proposals, and the step of a process."""

import pytest

from mulin.councils.meetings import actions, agenda, minutes, queries, showing, stepping
from mulin.councils.meetings.models import Meeting
from mulin.councils.steps import SettingError
from mulin.councils.topics.models import Step, Topic
from mulin.kernel.errors import ActionError, NotAllowed
from mulin.kernel.models import Entry, Notice
from mulin.kernel.numbers import new_number

pytestmark = pytest.mark.django_db


def move(cast, meeting, item, **more):
    return agenda.move_item(actor=cast.clerk.actor, number=meeting.number, item=item.pk, **more)


def test_an_item_goes_through_three_of_the_four_meetings_and_keeps_one_history(cast, announced, drafted):
    first = announced("residents_council")
    talk, steward = announced("property_talk"), drafted("red_steward")
    item = first.items.order_by("position").first()
    second = move(cast, first, item, into=talk.number, why="要物业在场")
    third = move(cast, talk, second, into=steward.number)
    item.refresh_from_db()
    assert (item.decision, item.resolution) == ("moved", "要物业在场")
    assert third.story == item.story and third.moved_from == second
    assert [one.meeting for one in queries.story_of(item, public=False)] == [first, talk, steward]
    # The draft is not yet for everybody's eyes.
    assert [one.meeting for one in queries.story_of(item, public=True)] == [first, talk]


def test_what_comes_after_the_notice_was_not_announced_there(cast, announced):
    first, talk = announced("residents_council"), announced("property_talk")
    made = move(cast, first, first.items.first(), into=talk.number)
    assert not made.is_announced


def test_a_new_meeting_is_drafted_where_none_is_coming(cast, announced):
    first = announced("residents_council")
    made = move(cast, first, first.items.first(), type="red_steward")
    assert (made.meeting.type, made.meeting.state) == ("red_steward", "draft")
    assert made.text == "说明"


def test_only_linked_meetings_of_the_place_take_it(cast, world, announced, drafted):
    first = announced("residents_council")
    item = first.items.first()
    with pytest.raises(ActionError) as raised:
        move(cast, first, item, type="owners_assembly")
    assert raised.value.code == "not-linked"
    elsewhere = drafted("property_talk", actor=cast.street.actor, place=world.street)
    with pytest.raises(ActionError) as raised:
        agenda.move_item(actor=cast.street.actor, number=first.number, item=item.pk, into=elsewhere.number)
    assert raised.value.code == "not-linked"


def test_a_moved_item_moves_once(cast, announced):
    first = announced("residents_council")
    item = first.items.first()
    move(cast, first, item, type="red_steward")
    with pytest.raises(ActionError) as raised:
        move(cast, first, item, type="property_talk")
    assert raised.value.code == "decided"


def test_a_draft_that_goes_away_gives_its_items_back(cast, announced):
    first = announced("residents_council")
    item = first.items.first()
    made = move(cast, first, item, type="red_steward")
    actions.discard_meeting(actor=cast.clerk.actor, number=made.meeting.number)
    item.refresh_from_db()
    assert item.decision == "put_off"
    assert move(cast, first, item, type="property_talk").story == item.story


def test_the_page_shows_where_it_has_been(cast, announced, client_for):
    first, talk = announced("residents_council"), announced("property_talk")
    item = first.items.first()
    move(cast, first, item, into=talk.number)
    page = client_for().get(f"/council/meetings/items/{item.story}/").content.decode()
    assert "居民议事会" in page and "物业恳谈会" in page
    assert (
        f"/council/meetings/items/{item.story}/"
        in client_for().get(f"/council/meetings/{talk.number}/").content.decode()
    )


def test_a_proposal_is_shown_once_it_is_taken(cast, announced, settle, client_for, world):
    made = announced()
    asked = agenda.propose(
        actor=cast.resident.actor, place=world.home, title="晾衣杆装在哪", text="我住3栋", meeting=made.number
    )
    url = f"/council/meetings/{made.number}/"
    assert "晾衣杆" not in client_for().get(url).content.decode()
    agenda.decide_proposal(
        actor=cast.clerk.actor, proposal=asked.pk, into=made.number, title="晾衣杆的位置", text=""
    )
    page = client_for().get(url).content.decode()
    assert "晾衣杆的位置" in page and "我住3栋" not in page and "只讨论" in page
    settle()
    assert Notice.objects.filter(code="councils.agenda.taken", account=cast.resident.account).exists()


def test_a_declined_proposal_tells_the_proposer_why(cast, world, settle, client_for):
    asked = agenda.propose(actor=cast.resident.actor, place=world.home, title="拆围墙")
    with pytest.raises(ActionError) as raised:
        agenda.decide_proposal(actor=cast.clerk.actor, proposal=asked.pk)
    assert raised.value.code == "no-reason"
    agenda.decide_proposal(actor=cast.clerk.actor, proposal=asked.pk, reason="围墙不归社区")
    with pytest.raises(ActionError) as raised:
        agenda.decide_proposal(actor=cast.clerk.actor, proposal=asked.pk, reason="再来")
    assert raised.value.code == "decided"
    url = f"/council/meetings/c/{world.home}/"
    assert "围墙不归社区" in client_for(cast.resident).get(url).content.decode()
    assert "围墙不归社区" not in client_for(cast.neighbour).get(url).content.decode()


def test_only_public_matters_stand_on_an_agenda(cast, drafted):
    from mulin.voices.actions import submit_voice

    made = drafted()
    said = submit_voice(
        actor=cast.resident.actor, text="单元门口的路灯坏了一个星期。", place=made.place, kind="complaint",
        category="street_lamp",
    )  # fmt: skip
    with pytest.raises(ActionError) as raised:
        agenda.add_item(
            actor=cast.clerk.actor, number=made.number, title="路灯", matter=said.voice.matter.number
        )
    assert raised.value.code == "no-matter"


# The step ------------------------------------------------------------------------------------------------


@pytest.fixture
def step(world) -> Step:
    topic = Topic.objects.create(
        number=new_number(), place=world.home, process="test", title="行道树换不换", summary="女贞飞絮",
        state="running",
    )  # fmt: skip
    asked = stepping.settings({"type": "residents_council", "at_least": 2, "must_decide": True})
    return Step.objects.create(
        topic=topic, position=1, key="talk", kind="meeting", title="议一议", settings=asked, state="open"
    )


def hold(cast, meeting, decision, freeze, day):
    """Announce, hold and confirm a meeting on one day."""
    actor = cast.clerk.actor
    freeze(f"{day} 09:00")
    actions.edit_meeting(
        actor=actor, number=meeting.number, title=meeting.title, venue="院子",
        begins_at=__import__("datetime").datetime.fromisoformat(f"{day}T19:00+08:00"),
    )  # fmt: skip
    actions.announce_meeting(actor=actor, number=meeting.number, late_reason="测试")
    freeze(f"{day} 18:30")
    actions.open_door(actor=actor, number=meeting.number)
    freeze(f"{day} 19:30")
    for item in meeting.items.all():
        minutes.decide_item(
            actor=actor, number=meeting.number, item=item.pk, decision=decision, resolution="换成紫薇"
        )
    actions.close_meeting(actor=actor, number=meeting.number)
    minutes.confirm_minutes(actor=actor, number=meeting.number)


def test_a_step_waits_for_its_meetings_and_its_decision(cast, step, freeze):
    step.begun_at = freeze("2026-11-23 08:00")
    step.record = stepping.begin(actor=cast.clerk.actor, topic=step.topic, step=step)
    step.save()
    first = Meeting.objects.get(pk=step.record)
    assert first.items.get().topic == step.topic and first.items.get().kind == "decide"
    assert len(stepping.progress(step.topic, step).missing) == 2
    hold(cast, first, "heard", freeze, "2026-11-24")
    said = stepping.progress(step.topic, step)
    assert "1" in said.line and len(said.missing) == 2
    second = actions.draft_meeting(
        actor=cast.clerk.actor, type="courtyard_meeting", place=step.topic.place, topic=step.topic
    )
    hold(cast, second, "adopted", freeze, "2026-11-30")
    said = stepping.progress(step.topic, step)
    assert said.missing == () and "换成紫薇" in said.outcome
    assert said.result["decision"] == "adopted" and said.result["meetings"] == [first.number, second.number]
    lines = Entry.objects.filter(matter=step.topic.thread).values_list("code", flat=True)
    assert "councils.meeting.held" in lines


def test_a_step_that_ends_leaves_no_draft_and_calls_off_what_was_announced(cast, step, freeze):
    stepping.begin(actor=cast.clerk.actor, topic=step.topic, step=step)
    draft = Meeting.objects.get(step=step)
    stepping.end(actor=cast.clerk.actor, topic=step.topic, step=step)
    assert not Meeting.objects.filter(pk=draft.pk).exists()


@pytest.mark.parametrize(
    "raw",
    [{"type": "tea_party"}, {"at_least": 0}, {"type": "owners_assembly", "must_decide": True}, {"x": 1}],
)
def test_a_process_file_that_asks_for_the_impossible_is_refused(raw):
    with pytest.raises(SettingError):
        stepping.settings(raw)


def test_a_topic_needs_its_own_right(cast, world, courtyard, step):
    with pytest.raises(NotAllowed):
        actions.draft_meeting(
            actor=cast.group_leader.actor, type="courtyard_council", place=world.home, org=courtyard.pk,
            topic=step.topic,
        )  # fmt: skip


def test_the_month_puts_a_meeting_on_its_day(cast, announced):
    made = announced()
    sheet = showing.month_sheet(made.begins_at.date().replace(day=1), [made])
    found = [one for week in sheet for one in week if one.meetings]
    assert [one.day for one in found] == [made.begins_at.date()]


# What a review found -------------------------------------------------------------------------------------


def test_a_published_matter_stands_on_the_agenda_with_the_way_to_it(cast, drafted, client_for):
    from mulin.voices.actions import hide_matter, publish_matter, submit_voice

    made = drafted()
    said = submit_voice(
        actor=cast.resident.actor, text="单元门口的路灯坏了一个星期。", place=made.place, kind="complaint",
        category="street_lamp",
    )  # fmt: skip
    matter = publish_matter(
        actor=cast.secretary.actor, number=said.voice.matter.number, title="路灯坏了", text="晚上看不见路。"
    )
    agenda.add_item(actor=cast.clerk.actor, number=made.number, title="路灯", matter=matter.number)
    actions.announce_meeting(actor=cast.clerk.actor, number=made.number)
    page = client_for().get(f"/council/meetings/{made.number}/").content.decode()
    assert f"/m/{matter.number}" in page and "路灯坏了" in page
    hide_matter(actor=cast.secretary.actor, number=matter.number, reason="有人在里面")
    page = client_for().get(f"/council/meetings/{made.number}/").content.decode()
    assert matter.number not in page and "路灯坏了" not in page


def test_who_was_to_come_hears_that_a_meeting_is_off_when_its_topic_stops(cast, step, settle):
    from mulin.councils.meetings import attending
    from mulin.kernel.clock import now

    stepping.begin(actor=cast.clerk.actor, topic=step.topic, step=step)
    meeting = Meeting.objects.get(step=step)
    actor = cast.clerk.actor
    attending.list_people(actor=actor, number=meeting.number, text="李晓梅")
    meeting.attendance.update(account=cast.resident.account)
    actions.edit_meeting(
        actor=actor, number=meeting.number, title="议行道树", venue="院子",
        begins_at=now() + __import__("datetime").timedelta(days=20),
    )  # fmt: skip
    actions.announce_meeting(actor=actor, number=meeting.number)
    stepping.stop(actor=actor, topic=step.topic, step=step)
    settle()
    meeting.refresh_from_db()
    assert meeting.state == "cancelled" and meeting.cancel_reason
    assert Notice.objects.filter(code="councils.meeting.cancelled", account=cast.resident.account).exists()


@pytest.mark.parametrize("how", ["discarded", "step over"])
def test_what_people_proposed_waits_again_when_the_draft_it_was_put_in_goes(cast, drafted, step, world, how):
    proposal = agenda.propose(actor=cast.resident.actor, place=world.home, title="换路灯")
    meeting = drafted()
    actor = cast.clerk.actor
    agenda.decide_proposal(actor=actor, proposal=proposal.pk, into=meeting.number)
    if how == "discarded":
        actions.discard_meeting(actor=actor, number=meeting.number)
    else:
        Meeting.objects.filter(pk=meeting.pk).update(step=step)
        stepping.end(actor=actor, topic=step.topic, step=step)
    assert not Meeting.objects.filter(pk=meeting.pk).exists()
    proposal.refresh_from_db()
    assert (proposal.state, proposal.item, proposal.meeting) == ("waiting", None, None)
    assert list(queries.waiting_proposals(actor)) == [proposal]
