"""Posts: given, ended, handed over, deputised."""

from datetime import date

import pytest

from mulin.kernel.errors import NotAllowed, NotVisible
from mulin.kernel.ids import new_id
from mulin.kernel.models import Entry
from mulin.people import actions, queries
from mulin.people.models import Post
from mulin.people.tests.helpers import lines, refused


@pytest.fixture(autouse=True)
def a_monday(freeze):
    freeze("2026-03-02 09:00")


def give(cast, world, actor=None, **fields):
    wanted = {"account_id": cast.newcomer.id, "role": "clerk", "place": world.home, **fields}
    return actions.give_post(actor=(actor or cast.secretary).actor, **wanted)


def test_a_secretary_gives_a_clerk_a_post_for_a_term(cast, world):
    give(cast, world, org_id=world.committee.id, title="副主任", ends_on=date(2026, 12, 31))
    assert cast.newcomer.again().orgs == {world.committee.id}
    entry = Entry.objects.get()
    assert entry.code == "people.post.given"
    assert entry.data == {"role": "clerk", "at": world.home, "account": str(cast.newcomer.id)}
    assert entry.org == world.committee.id


@pytest.mark.parametrize("giver", ["resident", "clerk", "gridworker", "department", "auditor", "other_clerk"])
def test_who_may_not_give_posts_gives_none(cast, world, giver):
    with pytest.raises(NotAllowed):
        give(cast, world, getattr(cast, giver))
    assert lines() == []


def test_a_post_cannot_give_a_higher_one(cast, world):
    with refused("not-this-post"):
        give(cast, world, role="secretary")
    give(cast, world, cast.street, role="secretary")
    with refused("not-this-post"):
        give(cast, world, cast.street, role="admin")
    give(cast, world, cast.admin, role="admin")


def test_a_secretary_gives_no_posts_next_door(cast, world):
    with pytest.raises(NotAllowed):
        give(cast, world, place=world.other_home)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"role": "king"}, "no-role"),
        ({"role": "group_leader"}, "group-role"),
        ({"place": "500108002999"}, "no-place"),
        ({"place": "nowhere"}, "no-place"),
        ({"role": "grid_worker", "place": "500108002000"}, "wrong-level"),
        ({"role": "building_head"}, "wrong-level"),
        ({"ends_on": date(2026, 3, 1)}, "bad-term"),
        ({"begins_on": date(2026, 5, 1), "ends_on": date(2026, 4, 1)}, "bad-term"),
        ({"org_id": new_id()}, "no-organisation"),
    ],
)
def test_what_is_wrong_with_a_post_is_said(cast, world, fields, code):
    with refused(code):
        give(cast, world, cast.admin, **fields)


def test_the_same_post_is_not_given_twice(cast, world):
    give(cast, world)
    with refused("has-it"):
        give(cast, world)


def test_a_post_to_a_group_is_refused(cast, world):
    with refused("no-organisation"):
        give(cast, world, org_id=world.group.id)


def test_an_ended_post_is_gone_at_once(cast, world):
    post = give(cast, world)
    assert cast.newcomer.again().roles == {"clerk"}
    actions.end_post(actor=cast.secretary.actor, post_id=post.pk)
    assert cast.newcomer.again().roles == frozenset()
    with refused("over"):
        actions.end_post(actor=cast.secretary.actor, post_id=post.pk)


def test_a_post_can_end_on_a_day_to_come(cast, world, freeze):
    post = give(cast, world)
    actions.end_post(actor=cast.secretary.actor, post_id=post.pk, on=date(2026, 3, 5))
    freeze("2026-03-05 20:00")
    assert cast.newcomer.again().posts
    freeze("2026-03-06 08:00")
    assert not cast.newcomer.again().posts


def test_a_foreign_post_does_not_exist_and_a_visible_one_is_not_mine_to_end(cast):
    post = cast.clerk.actor.posts[0].post
    with pytest.raises(NotVisible):
        actions.end_post(actor=cast.other_clerk.actor, post_id=post)
    with pytest.raises(NotAllowed):
        actions.end_post(actor=cast.clerk.actor, post_id=post)


def test_the_last_administrator_stays(cast, world):
    mine = cast.admin.actor.posts[0].post
    with refused("last-admin"):
        actions.end_post(actor=cast.admin.actor, post_id=mine)
    give(cast, world, cast.admin, role="admin")
    actions.end_post(actor=cast.admin.actor, post_id=mine)


def test_a_handed_over_post_changes_hands_overnight(cast, world, freeze):
    old = cast.clerk.actor.posts[0].post
    new = actions.hand_over(
        actor=cast.secretary.actor, post_id=old, to_account_id=cast.newcomer.id, on=date(2026, 3, 9)
    )
    assert (new.role, new.place, new.org_id) == ("clerk", world.home, world.committee.id)
    freeze("2026-03-08 12:00")
    assert cast.clerk.again().posts
    assert not cast.newcomer.again().posts
    freeze("2026-03-09 00:00")
    assert not cast.clerk.again().posts
    assert cast.newcomer.again().posts
    assert lines() == ["people.post.handed_over"]


@pytest.mark.parametrize(
    ("to", "on", "code"), [("clerk", None, "same-person"), ("newcomer", date(2026, 3, 1), "bad-term")]
)
def test_a_hand_over_that_makes_no_sense_is_refused(cast, to, on, code):
    with refused(code):
        actions.hand_over(
            actor=cast.secretary.actor,
            post_id=cast.clerk.actor.posts[0].post,
            to_account_id=getattr(cast, to).id,
            on=on,
        )


def test_a_holder_names_a_deputy_and_the_deputy_may_lay_it_down(cast):
    stand_in = actions.name_deputy(
        actor=cast.secretary.actor,
        post_id=cast.secretary.actor.posts[0].post,
        account_id=cast.clerk.id,
        ends_on=date(2026, 3, 9),
    )
    assert cast.clerk.again().roles == {"clerk", "secretary"}
    assert lines() == ["people.post.deputised"]
    actions.end_post(actor=cast.clerk.actor, post_id=stand_in.pk)
    assert cast.clerk.again().roles == {"clerk"}


@pytest.mark.parametrize(
    ("account", "ends_on", "code"),
    [
        ("secretary", date(2026, 3, 9), "same-person"),
        ("clerk", date(2026, 3, 1), "bad-term"),
        ("clerk", date(2026, 8, 1), "too-long"),
    ],
)
def test_a_deputy_that_makes_no_sense_is_refused(cast, account, ends_on, code):
    with refused(code):
        actions.name_deputy(
            actor=cast.secretary.actor,
            post_id=cast.secretary.actor.posts[0].post,
            account_id=getattr(cast, account).id,
            ends_on=ends_on,
        )


def test_a_deputy_names_no_deputy(cast):
    stand_in = actions.name_deputy(
        actor=cast.secretary.actor,
        post_id=cast.secretary.actor.posts[0].post,
        account_id=cast.clerk.id,
        ends_on=date(2026, 3, 9),
    )
    with refused("is-deputy"):
        actions.name_deputy(
            actor=cast.clerk.again(),
            post_id=stand_in.pk,
            account_id=cast.newcomer.id,
            ends_on=date(2026, 3, 5),
        )
    with refused("is-deputy"):
        actions.hand_over(actor=cast.street.actor, post_id=stand_in.pk, to_account_id=cast.newcomer.id)


def test_nobody_names_a_deputy_for_a_colleague_they_cannot_see(cast):
    with pytest.raises(NotVisible):
        actions.name_deputy(
            actor=cast.gridworker.actor,
            post_id=cast.secretary.actor.posts[0].post,
            account_id=cast.newcomer.id,
            ends_on=date(2026, 3, 9),
        )


def test_the_list_of_posts_shows_a_place_to_who_may_see_it(cast, world):
    here = {post.account_id for post in queries.list_posts(cast.secretary.actor, world.home)}
    assert {cast.clerk.id, cast.secretary.id, cast.gridworker.id, cast.building_head.id} == here
    assert queries.list_posts(cast.resident.actor) == []
    everywhere = queries.list_posts(cast.admin.actor)
    assert len(everywhere) == Post.objects.exclude(role__startswith="group_").count()


def test_people_are_found_by_exact_name_or_number_only(cast):
    assert queries.find_account(cast.secretary.actor, "resident") == cast.resident.account
    assert queries.find_account(cast.secretary.actor, "138 0013 8000") == cast.resident.account
    assert queries.find_account(cast.secretary.actor, "resid") is None
    with pytest.raises(NotVisible):
        queries.find_account(cast.resident.actor, "neighbour")
