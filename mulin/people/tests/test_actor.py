"""Who an account is today: terms, deputies, erasure."""

from datetime import date

import pytest

from mulin.kernel.actors import ANONYMOUS
from mulin.people.models import Account, Post
from mulin.people.queries import actor_by_id, actor_for


def post_for(person, role="clerk", **fields):
    return Post.objects.create(account=person.account, role=role, **fields)


@pytest.mark.parametrize(
    ("today", "held"),
    [("2026-02-28", False), ("2026-03-01", True), ("2026-06-30", True), ("2026-07-01", False)],
)
def test_a_post_counts_from_its_first_to_its_last_day(cast, world, freeze, today, held):
    post_for(cast.newcomer, place=world.home, begins_on=date(2026, 3, 1), ends_on=date(2026, 6, 30))
    freeze(f"{today} 12:00")
    assert bool(cast.newcomer.again().posts) is held


def test_a_deputy_acts_with_the_post_they_stand_in_for(cast, world, freeze):
    original = Post.objects.get(account=cast.secretary.account)
    Post.objects.create(
        account=cast.clerk.account,
        role="secretary",
        place=world.home,
        deputy_for=original,
        begins_on=date(2026, 3, 1),
        ends_on=date(2026, 3, 7),
    )
    freeze("2026-03-03 09:00")
    stand_in = [post for post in cast.clerk.again().posts if post.deputy]
    assert [(post.role, post.place, post.org) for post in stand_in] == [
        ("secretary", world.home, world.committee.id)
    ]
    freeze("2026-03-08 09:00")
    assert not any(post.deputy for post in cast.clerk.again().posts)


@pytest.mark.parametrize("field", [{"ends_on": date(2026, 3, 2)}, {"begins_on": date(2026, 3, 4)}])
def test_a_deputy_has_nothing_while_the_deputised_post_is_not_in_force(cast, world, freeze, field):
    original = Post.objects.get(account=cast.secretary.account)
    Post.objects.create(
        account=cast.newcomer.account,
        role="secretary",
        place=world.home,
        deputy_for=original,
        begins_on=date(2026, 3, 1),
        ends_on=date(2026, 3, 31),
    )
    freeze("2026-03-03 09:00")
    assert cast.newcomer.again().roles == {"secretary"}
    Post.objects.filter(pk=original.pk).update(**field)
    assert cast.newcomer.again().posts == ()


@pytest.mark.parametrize("change", [{"is_active": False}, {"erased_at": "2026-01-01T00:00:00Z"}])
def test_a_closed_or_erased_account_is_nobody(cast, change):
    Account.objects.filter(pk=cast.clerk.id).update(**change)
    cast.clerk.account.refresh_from_db()
    assert actor_for(cast.clerk.account) == ANONYMOUS


def test_an_actor_of_a_request_costs_one_query_after_its_account(cast, django_assert_num_queries):
    with django_assert_num_queries(2):
        actor = actor_by_id(cast.resident.id)
    assert actor == cast.resident.actor
    assert actor.is_verified
