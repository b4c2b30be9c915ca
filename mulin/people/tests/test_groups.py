"""Units and groups."""

from datetime import date

import pytest

from mulin.kernel.errors import NotAllowed, NotVisible
from mulin.kernel.models import Entry
from mulin.people import actions, queries
from mulin.people.models import Organisation, Post
from mulin.people.tests.helpers import lines, refused


def unit(cast, world, actor=None, **fields):
    wanted = {"name": "花园路派出所", "kind": "department", "place": world.street, **fields}
    return actions.create_organisation(actor=(actor or cast.street).actor, **wanted)


def club(cast, world, actor=None, **fields):
    wanted = {"name": "金堰合唱团", "kind": "club", "place": world.home, **fields}
    return actions.create_group(actor=(actor or cast.clerk).actor, **wanted)


def test_a_street_officer_registers_changes_and_closes_a_unit(cast, world):
    org = unit(cast, world)
    actions.update_organisation(actor=cast.street.actor, org_id=org.pk, phone=" 110 ", name_en="Police")
    actions.update_organisation(actor=cast.street.actor, org_id=org.pk, phone="110")
    assert Organisation.objects.get(pk=org.pk).phone == "110"
    actions.close_organisation(actor=cast.street.actor, org_id=org.pk)
    assert lines() == [
        "people.organisation.created",
        "people.organisation.changed",
        "people.organisation.closed",
    ]
    with pytest.raises(NotVisible):
        actions.update_organisation(actor=cast.street.actor, org_id=org.pk, phone="1")


@pytest.mark.parametrize("who", ["resident", "clerk", "secretary", "department"])
def test_who_does_not_manage_units_registers_none(cast, world, who):
    with pytest.raises(NotAllowed):
        unit(cast, world, getattr(cast, who))


def test_a_street_registers_no_unit_of_the_district(cast, world):
    with pytest.raises(NotAllowed):
        unit(cast, world, place=world.district)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": " "}, "no-name"),
        ({"kind": "club"}, "no-kind"),
        ({"place": "500108002999"}, "no-place"),
        ({"name": "花园路街道办事处"}, "name-taken"),
    ],
)
def test_what_is_wrong_with_a_unit_is_said(cast, world, fields, code):
    with refused(code):
        unit(cast, world, **fields)


def test_a_unit_with_people_in_it_is_not_closed(cast, world):
    with refused("has-posts"):
        actions.close_organisation(actor=cast.admin.actor, org_id=world.committee.id)


def test_units_are_listed_by_place_and_kind(cast, world):
    hidden = unit(cast, world, is_public=False)
    here = queries.list_organisations(world.home)
    assert {org.name for org in here} == {"金堰社区居委会", "金堰物业服务有限公司"}
    assert [org.name for org in queries.list_organisations(world.home, "committee")] == ["金堰社区居委会"]
    assert hidden not in queries.list_organisations(world.street)
    assert hidden in queries.list_organisations(world.street, actor=cast.street.actor)
    assert hidden in queries.list_organisations(world.street, actor=cast.admin.actor)
    above = {org.name for org in queries.organisations_above(world.home)}
    assert {"金堰社区居委会", "花园路街道办事处", "南岸区城市管理局"} <= above
    assert "同景社区居委会" not in above


def test_a_clerk_starts_a_group_with_its_leader(cast, world):
    group = club(cast, world, leader_id=cast.newcomer.id)
    assert cast.newcomer.again().orgs == {group.pk}
    entry = Entry.objects.get()
    assert (entry.code, entry.org) == ("people.group.created", group.pk)
    assert queries.my_groups(cast.newcomer.actor) == [group]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": ""}, "no-name"),
        ({"kind": "department"}, "no-kind"),
        ({"name": "金堰花园园艺队"}, "name-taken"),
    ],
)
def test_what_is_wrong_with_a_group_is_said(cast, world, fields, code):
    with refused(code):
        club(cast, world, **fields)


def test_a_group_lies_in_a_community_or_street(cast, world):
    with refused("no-place"):
        club(cast, world, place=world.district)
    with pytest.raises(NotAllowed):
        club(cast, world, place=world.other_home)
    with pytest.raises(NotAllowed):
        club(cast, world, cast.resident)


def test_a_leader_takes_members_in_and_out(cast, world):
    leader = cast.group_leader.actor
    post = actions.add_member(actor=leader, group_id=world.group.id, account_id=cast.resident.id)
    assert world.group.id in cast.resident.again().orgs
    with refused("has-it"):
        actions.add_member(actor=leader, group_id=world.group.id, account_id=cast.resident.id)
    actions.end_membership(actor=leader, post_id=post.pk)
    assert world.group.id not in cast.resident.again().orgs
    with refused("over"):
        actions.end_membership(actor=leader, post_id=post.pk)
    assert lines() == ["people.group.joined", "people.group.left"]


def test_a_member_becomes_leader_for_a_term(cast, world, freeze):
    freeze("2026-03-02 09:00")
    actions.add_member(
        actor=cast.group_leader.actor,
        group_id=world.group.id,
        account_id=cast.group_member.id,
        role="group_leader",
        ends_on=date(2026, 12, 31),
    )
    assert cast.group_member.again().roles == {"group_leader"}
    freeze("2027-01-01 09:00")
    assert cast.group_member.again().roles == frozenset()


@pytest.mark.parametrize(
    ("fields", "code"), [({"role": "clerk"}, "no-role"), ({"ends_on": date(2020, 1, 1)}, "bad-term")]
)
def test_what_is_wrong_with_a_membership_is_said(cast, world, fields, code):
    with refused(code):
        actions.add_member(
            actor=cast.group_leader.actor, group_id=world.group.id, account_id=cast.resident.id, **fields
        )


def test_members_leave_by_themselves_but_take_nobody_in_or_out(cast, world):
    mine = cast.group_member.actor.posts[0].post
    leaders = cast.group_leader.actor.posts[0].post
    for attempt in (
        lambda: actions.add_member(
            actor=cast.group_member.actor, group_id=world.group.id, account_id=cast.resident.id
        ),
        lambda: actions.end_membership(actor=cast.group_member.actor, post_id=leaders),
        lambda: actions.end_membership(actor=cast.neighbour.actor, post_id=mine),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    actions.end_membership(actor=cast.group_member.actor, post_id=mine)
    assert cast.group_member.again().posts == ()


def test_a_working_post_is_not_ended_as_a_membership(cast):
    with pytest.raises(NotVisible):
        actions.end_membership(actor=cast.clerk.actor, post_id=cast.clerk.actor.posts[0].post)


def test_a_group_adopts_a_place_of_its_community_and_gives_it_back(cast, world):
    leader = cast.group_leader.actor
    group = actions.adopt_place(actor=leader, group_id=world.group.id, site=world.estate)
    assert group.adopted.name == "金堰花园"
    with refused("elsewhere"):
        actions.adopt_place(actor=leader, group_id=world.group.id, site=world.other_building)
    with refused("no-place"):
        actions.adopt_place(actor=leader, group_id=world.group.id, site="500108002005-E99")
    with pytest.raises(NotAllowed):
        actions.adopt_place(actor=cast.group_member.actor, group_id=world.group.id, site=world.estate)
    assert actions.adopt_place(actor=leader, group_id=world.group.id).adopted is None
    assert lines() == ["people.group.adopted", "people.group.released"]


def test_closing_a_group_ends_every_membership(cast, world):
    actions.update_group(actor=cast.clerk.actor, group_id=world.group.id, close=True)
    assert cast.group_leader.again().posts == ()
    assert not Post.objects.filter(queries.in_force(), org=world.group).exists()
    assert lines() == ["people.group.closed"]


def test_a_group_is_renamed_but_not_to_nothing(cast, world):
    actions.update_group(actor=cast.group_leader.actor, group_id=world.group.id, name="园艺队", about="种花")
    assert Organisation.objects.get(pk=world.group.id).name == "园艺队"
    with refused("no-name"):
        actions.update_group(actor=cast.group_leader.actor, group_id=world.group.id, name=" ")


def test_members_see_members_and_outsiders_see_the_leaders(cast, world, anonymous):
    inside = queries.group_page(cast.group_member.actor, world.group.id)
    assert len(inside.members) == inside.size == 2
    outside = queries.group_page(anonymous, world.group.id)
    assert (outside.members, outside.leaders, outside.can_manage) == ([], ["孙兰"], False)
    assert queries.group_page(cast.clerk.actor, world.group.id).can_manage


def test_a_private_group_does_not_exist_for_outsiders(cast, world, anonymous):
    actions.update_group(actor=cast.group_leader.actor, group_id=world.group.id, is_public=False)
    for actor in (anonymous, cast.resident.actor, cast.other_clerk.actor):
        with pytest.raises(NotVisible):
            queries.group_page(actor, world.group.id)
    assert queries.group_page(cast.group_member.actor, world.group.id).mine
    assert queries.list_groups(world.home) == []
    with pytest.raises(NotVisible):
        actions.adopt_place(actor=cast.resident.actor, group_id=world.group.id)


def test_a_committee_is_no_group(cast, world):
    with pytest.raises(NotVisible):
        queries.group_page(cast.clerk.actor, world.committee.id)
    with pytest.raises(NotVisible):
        actions.add_member(actor=cast.admin.actor, group_id=world.committee.id, account_id=cast.resident.id)
    with pytest.raises(NotVisible):
        actions.update_organisation(actor=cast.admin.actor, org_id=world.group.id, name="x")
