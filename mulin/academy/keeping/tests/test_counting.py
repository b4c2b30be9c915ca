"""Rounds of counting, what is noticed, delegates, and what waits."""

from datetime import date

import pytest

from mulin.academy.keeping import counting, delegating, finding, inbox, reading
from mulin.academy.keeping.counting import Item
from mulin.academy.keeping.models import Delegation, PlaceFinding
from mulin.academy.keeping.tests.test_places import refused
from mulin.councils.meetings import actions as meetings
from mulin.councils.meetings import agenda
from mulin.kernel import clock, journal
from mulin.kernel.errors import NotAllowed, NotVisible
from mulin.kernel.models import Entry, ThreadLink
from mulin.voices.models import Voice

pytestmark = pytest.mark.django_db


def test_a_member_counts_and_the_table_says_what_is_missing(count, roses, freeze):
    count(30, 2, 4)
    freeze("2026-12-20 09:00")
    count(27, None, 4, note="冻死三棵")
    table = reading.counts(roses)
    assert [row["cells"] for row in table["rows"]] == [[30, 2, 4], [27, None, 4]]
    assert table["missing"] == ["月季少 3棵"] and table["latest"]["note"] == "冻死三棵"


def test_a_round_with_nothing_in_it_is_refused(cast, count, garden):
    refused("no-count", count)
    refused("bad-count", count, -1)
    refused("bad-day", count, 3, on=date(2026, 11, 24))
    with pytest.raises(NotAllowed):
        count(1, actor=cast.resident.actor)


def test_nothing_is_counted_before_somebody_said_what(cast, garden):
    refused("no-items", counting.count_place, actor=cast.group_member.actor, number=garden.number, found={})


def test_what_is_no_longer_counted_keeps_its_history(cast, roses, count):
    count(30, 2, 4)
    counting.set_items(
        actor=cast.group_leader.actor, number=roses.number, items=[Item("绣球", "棵"), Item("月季", "棵", 28)]
    )
    table = counting.table(roses)
    assert [item.name for item in table["items"]][:2] == ["绣球", "月季"]
    assert {item.name for item in table["items"]} == {"绣球", "月季", "长椅", "水桶"}
    assert roses.items.get(name="月季").wanted == 28


@pytest.mark.parametrize(
    ("code", "items"),
    [
        ("no-items", []),
        ("twice", [Item("月季"), Item("月季")]),
        ("too-many", [Item(str(n)) for n in range(41)]),
    ],
)
def test_a_list_that_cannot_be_counted_is_refused(cast, garden, code, items):
    given = {"actor": cast.group_leader.actor, "number": garden.number}
    refused(code, counting.set_items, items=items, **given)


def test_the_leader_is_told_when_a_round_is_due_and_the_office_is_not(cast, roses, count, freeze):
    leader = cast.group_leader.actor
    assert [one.place for one in inbox.to_count(leader, 9)] == [roses.place]
    count(30)
    assert inbox.to_count(leader, 9) == []
    freeze("2026-12-23 09:00")
    assert len(inbox.to_count(leader, 9)) == 1
    assert inbox.to_count(cast.clerk.actor, 9) == []


# What is noticed ------------------------------------------------------------------------------------------


def test_what_a_member_notices_becomes_a_case_with_the_group_as_its_finder(cast, garden, group):
    before = Entry.objects.count()
    receipt = finding.report_from_place(
        actor=cast.group_member.actor, number=garden.number, text="围墙裂了一道缝，下雨就往里渗水"
    )
    voice = Voice.objects.get(pk=receipt.voice.pk)
    assert (voice.place, voice.channel, voice.address) == (garden.place, "patrol", "7栋和围墙之间")
    assert voice.matter.way == "case" and voice.matter.case.state == "reported"
    found = PlaceFinding.objects.get()
    assert (found.org, found.kept, found.voice) == (group, garden, voice)
    assert Entry.objects.count() == before + 1
    assert ThreadLink.objects.filter(child=voice.matter_id, parent=garden.pk).exists()
    assert reading.findings_of_place(garden)["n"] == 1


def test_the_case_at_the_desk_says_where_and_by_which_group_it_was_found(cast, garden, client_for):
    receipt = finding.report_from_place(
        actor=cast.group_member.actor, number=garden.number, text="围墙裂了一道缝"
    )
    page = client_for(cast.clerk).get(f"/desk/cases/{receipt.voice.number}/").content.decode()
    assert f"/academy/keeping/{garden.number}/" in page and "金堰花园园艺队" in page


def test_pressed_twice_it_is_found_once(cast, garden):
    fields = {"actor": cast.group_member.actor, "number": garden.number, "text": "路灯不亮了"}
    for _ in range(2):
        finding.report_from_place(idempotency="a" * 20, **fields)
    assert PlaceFinding.objects.count() == 1


def test_only_who_helps_there_reports_in_the_groups_name(cast, garden):
    for who in (cast.resident, cast.other_clerk):
        with pytest.raises(NotAllowed):
            finding.report_from_place(actor=who.actor, number=garden.number, text="路灯不亮了")
    assert not Voice.objects.exists()


# Delegates --------------------------------------------------------------------------------------------------


@pytest.fixture
def meeting(cast, world):
    made = meetings.draft_meeting(
        actor=cast.clerk.actor, type="round_table", place=world.home, title="空坝怎么用",
        begins_at=clock.now().replace(day=28), venue="社区二楼",
    )  # fmt: skip
    agenda.add_item(actor=cast.clerk.actor, number=made.number, title="装不装灯")
    return meetings.announce_meeting(actor=cast.clerk.actor, number=made.number)


def test_a_group_sends_delegates_to_a_meeting_and_nobody_is_named(cast, group, meeting):
    sent = delegating.send_delegates(
        actor=cast.group_leader.actor, group_id=group.pk, gathering=meeting.number, heads=2
    )
    assert (sent.kind, sent.ref, sent.heads) == ("meeting", meeting.pk, 2)
    assert delegating.told([(sent.kind, sent.ref)])[meeting.pk]["title"] == "空坝怎么用"
    line = Entry.objects.order_by("-id").first()
    assert line.org == group.pk and line.data == {"kind": "meeting", "to": meeting.number, "n": 2}


def test_sent_again_the_new_number_counts(cast, group, meeting):
    for heads in (1, 3):
        delegating.send_delegates(
            actor=cast.clerk.actor, group_id=group.pk, gathering=meeting.number, heads=heads
        )
    assert Delegation.objects.get().heads == 3
    delegating.recall_delegates(actor=cast.group_leader.actor, delegation=Delegation.objects.get().pk)
    assert Delegation.objects.get().state == "recalled"


def test_delegates_go_where_something_is_talked_over_and_only_the_leader_sends_them(cast, group, meeting):
    fields = {"group_id": group.pk, "gathering": meeting.number}
    with pytest.raises(NotAllowed):
        delegating.send_delegates(actor=cast.group_member.actor, **fields)
    with pytest.raises(NotAllowed):
        delegating.send_delegates(actor=cast.other_clerk.actor, **fields)
    leader = cast.group_leader.actor
    refused("no-gathering", delegating.send_delegates, actor=leader, group_id=group.pk, gathering="1")
    refused("bad-count", delegating.send_delegates, actor=leader, heads=0, **fields)
    meetings.cancel_meeting(actor=cast.clerk.actor, number=meeting.number, reason="改天")
    refused("no-gathering", delegating.send_delegates, actor=leader, **fields)


def test_a_line_about_delegates_stands_on_the_topics_timeline(cast, group, world):
    from mulin.councils.topics import actions as topics

    topic = topics.start_topic(
        actor=cast.clerk.actor, process="covenant", place=world.home, title="院坝公约", summary="一起定"
    )
    topics.announce_topic(actor=cast.clerk.actor, number=topic.number)
    delegating.send_delegates(actor=cast.group_leader.actor, group_id=group.pk, gathering=topic.number)
    assert "academy.keeping.delegated" in {entry.code for entry in journal.timeline(topic.thread)}


def test_a_stranger_recalls_nothing(cast, group, meeting):
    sent = delegating.send_delegates(
        actor=cast.group_leader.actor, group_id=group.pk, gathering=meeting.number
    )
    group.is_public = False
    group.save()
    with pytest.raises(NotVisible):
        delegating.recall_delegates(actor=cast.resident.actor, delegation=sent.pk)
