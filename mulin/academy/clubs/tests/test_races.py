"""Several people press at one moment: the last place of a club, the same order, the same name."""

import pytest

from mulin.academy.clubs import actions, queries
from mulin.academy.clubs.models import Club
from mulin.academy.orders.models import Order
from mulin.kernel.testing.together import at_once
from mulin.people.models import Organisation, Post

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def test_the_last_place_of_a_club_goes_to_one(club, cast):
    made = club(most=2)
    actions.join_club(actor=cast.group_leader.actor, number=made.number)
    people = (cast.resident, cast.newcomer, cast.neighbour)
    raised = at_once(
        *(lambda who=who: actions.join_club(actor=who.actor, number=made.number) for who in people)
    )
    assert raised == ["club-full"] * 2
    assert queries.get_club(cast.clerk.actor, made.number).size == 2


def test_one_person_who_taps_twice_is_one_member(club, cast):
    made = club()
    tap = lambda: actions.join_club(actor=cast.resident.actor, number=made.number)  # noqa: E731
    assert at_once(tap, tap) == []
    assert Post.objects.filter(org=made.org).count() == 1


def test_two_clubs_do_not_take_the_same_order(wish, club):
    number = wish().number
    raised = at_once(
        lambda: club("书法社", orders=[number], answer="好"),
        lambda: club("写字社", orders=[number], answer="好"),
    )
    assert raised == ["order-closed"]
    assert Order.objects.get().state == "served"


def test_a_team_that_two_desks_register_at_once_is_one_club(world, cast):
    """The same press twice, or two people at two counters: the second is told that it is a club already."""
    team = Organisation.objects.create(name="腰鼓队", kind="volunteer_team", place=world.home)

    def register(n: int) -> None:
        actions.found_club(
            actor=cast.clerk.actor, place=world.home, name=f"腰鼓队{n}", union="arts", theme="dance",
            group=team.pk,
        )  # fmt: skip

    raised = at_once(*(lambda n=n: register(n) for n in range(4)))
    assert raised == ["group-unknown"] * 3
    assert Club.objects.filter(org=team).count() == 1
