"""A club lives: members come by their own tap, leaders look after theirs alone, it rests, it ends."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from mulin.academy.clubs import access, actions, inbox, queries
from mulin.academy.clubs.actions import following
from mulin.academy.clubs.manifest import NOTICES
from mulin.academy.clubs.models import ClubNotice, ListedMember
from mulin.academy.clubs.tests.refusals import refused
from mulin.academy.sessions.models import Session
from mulin.kernel import clock, waiting
from mulin.kernel.errors import NotAllowed, NotVisible
from mulin.kernel.models import Entry
from mulin.people.models import Post
from mulin.people.queries import in_force
from mulin.voices import actions as voices
from mulin.voices.models import Matter

pytestmark = pytest.mark.django_db


def told(code: str, name: str = "") -> set:
    """Accounts that the newest line of this code tells."""
    entry = Entry.objects.filter(code=code).order_by("-id").first()
    rule = next(one for one in NOTICES if one.code == code and one.name == name)
    return set(rule.recipients(entry))


def roles(club) -> dict:
    return dict(Post.objects.filter(in_force(), org=club.org_id).values_list("account", "role"))


# Members ------------------------------------------------------------------------------------------------


def test_a_resident_joins_by_one_tap_and_a_second_changes_nothing(club, cast):
    made = club()
    for _again in range(2):
        actions.join_club(actor=cast.resident.actor, number=made.number)
    assert roles(made) == {cast.resident.id: "group_member"}
    assert Entry.objects.filter(code="academy.club.joined").count() == 1
    assert queries.get_club(cast.resident.actor, made.number).size == 1


def test_who_is_not_logged_in_does_not_join(club, anonymous):
    with pytest.raises(NotAllowed):
        actions.join_club(actor=anonymous, number=club().number)


def test_a_full_club_and_one_that_takes_nobody_refuse(club, cast):
    full = club(most=2)
    for who in (cast.resident, cast.newcomer):
        actions.join_club(actor=who.actor, number=full.number)
    with refused("club-full"):
        actions.join_club(actor=cast.neighbour.actor, number=full.number)
    shut = club("合唱团", "choir", is_open=False)
    with refused("not-open"):
        actions.join_club(actor=cast.resident.actor, number=shut.number)


def test_whoever_has_no_account_stands_on_the_list_and_counts(club, cast):
    made = club(leaders=[cast.group_leader.id])
    leader = cast.group_leader.again()
    row = actions.list_member(actor=leader, number=made.number, label="3栋王阿姨")
    with refused("listed-already"):
        actions.list_member(actor=leader, number=made.number, label=" 3栋王阿姨 ")
    assert queries.get_club(leader, made.number).size == 2
    actions.unlist_member(actor=leader, number=made.number, row=row.pk)
    assert ListedMember.objects.get().label == "" and queries.get_club(leader, made.number).size == 1
    assert "王阿姨" not in str(list(Entry.objects.values_list("data", flat=True)))


def test_the_only_leader_finds_another_before_leaving(club, cast):
    made = club(leaders=[cast.resident.id])
    actions.join_club(actor=cast.newcomer.actor, number=made.number)
    with refused("last-leader"):
        actions.leave_club(actor=cast.resident.again(), number=made.number)
    member = Post.objects.get(org=made.org, account=cast.newcomer.id)
    actions.appoint_leader(actor=cast.resident.again(), number=made.number, post=member.pk)
    assert told("academy.club.leader") == {cast.newcomer.id}
    actions.leave_club(actor=cast.resident.again(), number=made.number)
    assert roles(made) == {cast.newcomer.id: "group_leader"}


def test_a_leader_sees_and_leads_their_own_club_alone(club, cast):
    own, other = club(leaders=[cast.resident.id]), club("合唱团", "choir")
    leader = cast.resident.again()
    assert [one.pk for one in queries.desk_clubs(leader)] == [own.pk]
    assert access.may_lead(leader, own) and not access.may_lead(leader, other)
    assert not access.may_see_members(leader, other)
    for act in (actions.tell_members, actions.rest_club):
        words = {"title": "好"} if act is actions.tell_members else {"reason": "好"}
        with pytest.raises(NotAllowed):
            act(actor=leader, number=other.number, **words)
    with pytest.raises(NotAllowed):
        actions.close_club(actor=leader, number=own.number, reason="累了")


def test_a_member_is_taken_out_and_told(club, cast):
    made = club()
    actions.join_club(actor=cast.resident.actor, number=made.number)
    post = Post.objects.get(org=made.org)
    with pytest.raises(NotVisible):
        actions.take_out(actor=cast.clerk.actor, number=club("合唱团", "choir").number, post=post.pk)
    actions.take_out(actor=cast.clerk.actor, number=made.number, post=post.pk)
    assert roles(made) == {} and told("academy.club.taken_out") == {cast.resident.id}


# Who is told --------------------------------------------------------------------------------------------


def test_everybody_behind_an_order_is_invited_and_nobody_else(wish, club, cast):
    first = wish("想学书法", who=cast.resident)
    Matter.objects.update(publication="shown")
    voices.me_too(actor=cast.newcomer.actor, number=first.number)
    wish("想唱合唱", who=cast.neighbour)
    club(orders=[first.number], answer="来吧", leaders=[cast.group_leader.id])
    assert told("academy.club.founded", "invited") == {cast.resident.id, cast.newcomer.id}
    assert told("academy.club.founded", "leaders") == {cast.group_leader.id}


def test_a_notice_reaches_the_members(club, cast):
    made = club()
    actions.join_club(actor=cast.resident.actor, number=made.number)
    with refused("title-missing"):
        actions.tell_members(actor=cast.clerk.actor, number=made.number, title=" ")
    actions.tell_members(actor=cast.clerk.actor, number=made.number, title="周二改到三楼", text="门口有人接")
    assert told("academy.club.told") == {cast.resident.id}
    assert "三楼" not in str(Entry.objects.get(code="academy.club.told").data)
    assert ClubNotice.objects.get().text == "门口有人接"


# Pause and end ------------------------------------------------------------------------------------------


def test_a_club_rests_with_a_reason_and_goes_on(club, cast):
    made = club()
    with refused("reason-missing"):
        actions.rest_club(actor=cast.clerk.actor, number=made.number, reason=" ")
    rested = actions.rest_club(actor=cast.clerk.actor, number=made.number, reason="暑假太热")
    assert (rested.state, rested.reason) == ("resting", "暑假太热")
    with refused("not-running"):
        actions.join_club(actor=cast.resident.actor, number=made.number)
    assert actions.resume_club(actor=cast.clerk.actor, number=made.number).reason == ""


def test_the_end_lets_everybody_go_and_tells_them(club, cast):
    made = club(leaders=[cast.group_leader.id])
    actions.join_club(actor=cast.resident.actor, number=made.number)
    ended = actions.close_club(actor=cast.clerk.actor, number=made.number, reason="没有人来了")
    assert ended.state == "closed" and ended.org.closed_on and roles(made) == {}
    assert told("academy.club.closed") == {cast.resident.id, cast.group_leader.id}
    assert queries.public_clubs(made.place) == []
    with refused("not-now"):
        actions.close_club(actor=cast.clerk.actor, number=made.number, reason="再一次")


def test_a_club_with_sessions_ahead_does_not_end(club, cast):
    made, soon = club(), clock.now() + timedelta(days=2)
    Session.objects.create(
        number="1234567897", place=made.place, club=made, title="写字", starts_at=soon,
        ends_at=soon + timedelta(hours=1),
    )  # fmt: skip
    with refused("sessions-ahead"):
        actions.close_club(actor=cast.clerk.actor, number=made.number, reason="不办了")


def test_a_group_that_is_closed_elsewhere_takes_its_club_along(club):
    made = club()
    line = SimpleNamespace(code="people.group.closed", subject=made.org_id)
    for _again in range(2):
        following.follow(line)
    made.refresh_from_db()
    assert made.state == "closed" and Entry.objects.filter(code="academy.club.closed").count() == 1


def test_edits_keep_to_what_is_there(club, cast):
    made = club(most=9)
    for who in (cast.resident, cast.newcomer, cast.neighbour):
        actions.join_club(actor=who.actor, number=made.number)
    same = {"name": "金堰书法社", "theme": "calligraphy"}
    with refused("most-wrong"):
        actions.edit_club(actor=cast.clerk.actor, number=made.number, most=2, **same)
    edited = actions.edit_club(actor=cast.clerk.actor, number=made.number, rhythm="每月一展", is_free=True,
                               syllabus="第一课", **same)  # fmt: skip
    assert (edited.rhythm, edited.syllabus) == ("每月一展", ""), "tea and talk needs no syllabus"


# The inbox ----------------------------------------------------------------------------------------------


def test_a_team_that_asked_waits_in_the_inbox_of_its_community(world, cast):
    asked = actions.ask_club(actor=cast.resident.actor, place=world.home, name="红梅舞蹈队", theme="dance")
    (row,) = waiting.first([inbox.asked_rows(cast.clerk.actor)], 5)
    item = inbox.asked_item(row)
    assert asked.number in item.url and "红梅舞蹈队" in item.title and item.due_at > item.since
    assert waiting.first([inbox.asked_rows(cast.other_clerk.actor)], 5) == []
    assert inbox.asked_rows(cast.resident.actor) is None


# The friendly ladder ------------------------------------------------------------------------------------


def test_clubs_climb_the_ladder_by_meeting(club, cast, world):
    from mulin.academy.clubs.actions.gatherings import rung_after

    first, second = club(), club("国画社", "painting")
    assert rung_after(first) == "community"
    soon = clock.now() + timedelta(hours=1)
    plan = {"actor": cast.clerk.actor, "place": world.home, "kind": "friendly", "level": "community"}
    with refused("clubs-missing"):
        actions.plan_gathering(**plan, title="笔会", starts_at=soon, clubs=[first.number])
    made = actions.plan_gathering(**plan, title="笔会", starts_at=soon, clubs=[first.number, second.number])
    with refused("not-yet"):
        actions.hold_gathering(actor=cast.clerk.actor, number=made.number, came=12)
    with clock.at(soon + timedelta(hours=2)):
        actions.hold_gathering(actor=cast.clerk.actor, number=made.number, came=12)
    assert rung_after(first) == rung_after(second) == "street"
    with refused("not-now"):
        actions.cancel_gathering(actor=cast.clerk.actor, number=made.number, reason="下雨")


def test_an_icebreaker_needs_its_building_and_no_club(cast, world):
    soon = clock.now() + timedelta(days=1)
    plan = {"actor": cast.clerk.actor, "place": world.home, "kind": "icebreaker", "level": "building"}
    with refused("site-unknown"):
        actions.plan_gathering(**plan, title="楼栋长桌宴", starts_at=soon)
    with refused("site-unknown"):
        actions.plan_gathering(**plan, title="楼栋长桌宴", starts_at=soon, site=world.other_building)
    made = actions.plan_gathering(**plan, title="楼栋长桌宴", starts_at=soon, site=world.building)
    with pytest.raises(NotAllowed):
        actions.cancel_gathering(actor=cast.other_clerk.actor, number=made.number, reason="x")
    assert (
        actions.cancel_gathering(actor=cast.clerk.actor, number=made.number, reason="下雨").reason == "下雨"
    )
