"""The notice: what it needs, how early it is, what changes after it, who hears of it."""

from datetime import timedelta

import pytest

from mulin.councils.meetings import actions, agenda, queries
from mulin.kernel import clock
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry, Notice
from mulin.people.models import Post

pytestmark = pytest.mark.django_db


def code_of(raised) -> str:
    return raised.value.code


def test_a_notice_says_when_where_and_what(cast, drafted):
    made = drafted(items=0)
    with pytest.raises(ActionError) as raised:
        actions.announce_meeting(actor=cast.clerk.actor, number=made.number)
    assert code_of(raised) == "no-items"
    with pytest.raises(NotVisible):
        queries.get_public(made.number)
    agenda.add_item(actor=cast.clerk.actor, number=made.number, title="修花坛")
    actions.announce_meeting(actor=cast.clerk.actor, number=made.number)
    assert queries.get_public(made.number).items.get().is_announced


@pytest.mark.parametrize(("days", "is_late"), [(3, False), (2, True)])
def test_the_day_of_the_notice_is_not_counted(cast, drafted, days, is_late):
    made = drafted(days=days)
    if is_late:
        with pytest.raises(ActionError) as raised:
            actions.announce_meeting(actor=cast.clerk.actor, number=made.number)
        assert code_of(raised) == "no-reason"
    else:
        assert actions.announce_meeting(actor=cast.clerk.actor, number=made.number).late_reason == ""


def test_a_late_notice_keeps_its_reason_where_the_rule_allows_one(cast, drafted):
    made = drafted(days=1)
    made = actions.announce_meeting(
        actor=cast.clerk.actor, number=made.number, late_reason="水管爆了，明天就修"
    )
    assert made.late_reason == "水管爆了，明天就修"


def test_owners_have_fifteen_days_whatever_the_reason(cast, drafted):
    made = drafted("owners_assembly", days=14)
    with pytest.raises(ActionError) as raised:
        actions.announce_meeting(actor=cast.clerk.actor, number=made.number, late_reason="很急")
    assert code_of(raised) == "too-late" and "12月8日" in str(raised.value)
    ontime = drafted("owners_assembly", days=15)
    assert actions.announce_meeting(actor=cast.clerk.actor, number=ontime.number).state == "announced"


def test_a_change_of_day_is_a_notice_again(cast, announced):
    made = announced("delegates_meeting")
    soon = clock.now() + timedelta(days=2)
    with pytest.raises(ActionError) as raised:
        actions.change_meeting(
            actor=cast.clerk.actor, number=made.number, begins_at=soon, venue="楼下", reason="主持人出差"
        )
    assert code_of(raised) == "too-late"
    later = clock.now() + timedelta(days=20)
    changed = actions.change_meeting(
        actor=cast.clerk.actor, number=made.number, begins_at=later, venue="楼下", reason="主持人出差"
    )
    assert (changed.venue, changed.change_reason) == ("楼下", "主持人出差")


def test_another_room_on_the_same_day_is_always_possible(cast, announced):
    made = announced("delegates_meeting", days=8)
    clock_later = made.begins_at
    changed = actions.change_meeting(
        actor=cast.clerk.actor, number=made.number, begins_at=clock_later, venue="操场", reason="人太多"
    )
    assert changed.venue == "操场" and changed.late_reason == ""


def test_what_was_announced_does_not_change(cast, announced):
    made = announced()
    first = made.items.first()
    with pytest.raises(ActionError) as raised:
        agenda.edit_item(actor=cast.clerk.actor, number=made.number, item=first.pk, title="别的事")
    assert code_of(raised) == "announced"
    with pytest.raises(ActionError) as raised:
        agenda.remove_item(actor=cast.clerk.actor, number=made.number, item=first.pk)
    assert code_of(raised) == "announced"


def test_duties_that_are_done_by_hand_are_kept_with_their_day(cast, drafted):
    made = drafted("property_talk")
    made = actions.announce_meeting(
        actor=cast.clerk.actor, number=made.number, told=["property_firm", "king"]
    )
    assert made.told == {"property_firm": "2026-11-23"}
    made = actions.tell(actor=cast.clerk.actor, number=made.number, duty="owners_committee")
    assert set(made.told) == {"property_firm", "owners_committee"}
    with pytest.raises(ActionError):
        actions.tell(actor=cast.clerk.actor, number=made.number, duty="king")


def test_members_of_the_group_hear_of_it_and_strangers_do_not(cast, courtyard, announced, settle):
    made = announced("courtyard_council", actor=cast.group_leader.actor, org=courtyard.pk)
    assert made.attendance.filter(account=cast.group_member.account).exists()
    settle()
    told = set(
        Notice.objects.filter(code="councils.meeting.announced").values_list("account__username", flat=True)
    )
    assert told == {"group_member"}


def test_a_group_leader_holds_meetings_of_the_own_group_alone(cast, world, courtyard):
    leader = cast.group_leader.actor
    with pytest.raises(NotAllowed):
        actions.draft_meeting(actor=leader, type="residents_council", place=world.home)
    made = actions.draft_meeting(actor=leader, type="courtyard_council", place=world.home, org=courtyard.pk)
    assert queries.get_meeting(leader, made.number) == made
    with pytest.raises(NotVisible):
        queries.get_meeting(cast.other_clerk.actor, made.number)
    assert Post.objects.filter(org=courtyard).count() == made.attendance.count()


def test_a_draft_is_seen_by_nobody_else(cast, drafted, client_for):
    made = drafted()
    assert client_for(cast.resident).get(f"/council/meetings/{made.number}/").status_code == 404
    assert client_for(cast.other_clerk).get(f"/desk/council/meetings/{made.number}/").status_code == 404


def test_a_cancelled_meeting_says_why_and_tells_who_was_to_come(
    cast, courtyard, announced, settle, client_for
):
    made = announced("courtyard_council", actor=cast.group_leader.actor, org=courtyard.pk)
    actions.cancel_meeting(actor=cast.group_leader.actor, number=made.number, reason="下暴雨")
    settle()
    assert Notice.objects.filter(code="councils.meeting.cancelled", is_urgent=True).count() == 1
    assert "下暴雨" in client_for().get(f"/council/meetings/{made.number}/").content.decode()


def test_lines_hold_no_names(cast, begun):
    made = begun("delegates_meeting", names=2, came=2)
    said = " ".join(str(one.data) for one in Entry.objects.filter(subject=made.pk))
    assert "代表" not in said and str(made.attendance.first().pk) not in said
