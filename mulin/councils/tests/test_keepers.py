"""A group's leader works for the group at its home, whatever is made, and never for a closed group."""

from datetime import date

import pytest

from mulin.councils.canvasses.setup import draft_canvass
from mulin.councils.conversations.actions import draft_conversation
from mulin.councils.keepers import is_at_home
from mulin.councils.meetings.actions import draft_meeting
from mulin.councils.rosters.actions import draft_roster
from mulin.councils.topics.actions import start_topic
from mulin.kernel.errors import ActionError, NotAllowed
from mulin.kernel.models import Entry
from mulin.people.models import Organisation

pytestmark = pytest.mark.django_db

MAKERS = {
    "topic": lambda actor, place, group: start_topic(
        actor=actor, process="theme", place=place, title="主题", org=group.pk
    ),
    "roster": lambda actor, place, group: draft_roster(
        actor=actor, place=place, body="households", title="各户", org=group
    ),
    "meeting": lambda actor, place, group: draft_meeting(
        actor=actor, type="courtyard_residents", place=place, org=group.pk
    ),
    "conversation": lambda actor, place, group: draft_conversation(
        actor=actor, place=place, title="停车", org=group.pk
    ),
    "canvass": lambda actor, place, group: draft_canvass(
        actor=actor, place=place, title="电梯", org=group.pk
    ),
}


@pytest.mark.parametrize("what", MAKERS)
def test_a_leader_makes_it_at_home_for_the_own_group_only(what, cast, world):
    make, leader = MAKERS[what], cast.group_leader.actor
    made = make(leader, world.home, world.group)
    assert made.org_id == world.group.pk
    for place in (world.other_home, world.street):
        with pytest.raises(ActionError):  # a street is no place for some of them
            make(leader, place, world.group)
    with pytest.raises(NotAllowed):
        make(leader, world.other_home, world.group)
    elsewhere = Organisation.objects.create(name="同景花友会", kind="club", place=world.other_home)
    with pytest.raises(NotAllowed):
        make(leader, world.home, elsewhere)
    assert type(made).objects.count() == 1


@pytest.mark.parametrize("what", MAKERS)
def test_nothing_is_given_to_a_group_of_another_place_or_to_a_closed_one(what, cast, world):
    elsewhere = Organisation.objects.create(name="同景花友会", kind="club", place=world.other_home)
    before = Entry.objects.count()
    for group in (elsewhere, world.group):
        Organisation.objects.filter(pk=world.group.pk).update(closed_on=date(2026, 1, 1))
        with pytest.raises(ActionError) as refused:
            MAKERS[what](cast.clerk.actor, world.home, group)
        assert refused.value.code == "no-group"
    with pytest.raises(NotAllowed):
        MAKERS[what](cast.group_leader.actor, world.home, world.group)
    assert Entry.objects.count() == before


def test_a_group_of_a_courtyard_is_at_home_in_its_community(world):
    group = Organisation(name="院落小组", kind="courtyard_group", place=world.estate)
    assert is_at_home(group, world.home)
    assert not is_at_home(group, world.other_home) and not is_at_home(group, world.street)
