"""A club begins: from orders, or because a team asks to be taken in."""

import pytest

from mulin.academy.clubs import actions
from mulin.academy.clubs.tests.refusals import refused
from mulin.academy.orders.models import Order
from mulin.kernel.errors import NotAllowed, NotVisible
from mulin.kernel.models import Entry, ThreadLink
from mulin.people.models import Post
from mulin.voices.models import Voice

pytestmark = pytest.mark.django_db


def test_a_club_founded_from_orders_answers_everybody_who_asked(wish, club):
    first, second = wish(), wish("想画国画，周末上午", who=None)
    made = club(orders=[first.number, second.number], answer="十二月起每周二晚上，在活动室")
    assert made.org.kind == "club" and made.union == "arts"
    assert set(Order.objects.values_list("state", "club")) == {("served", made.pk)}
    assert {v.answer for v in Voice.objects.all()} == {"十二月起每周二晚上，在活动室"}
    assert made.matter_id == first.pk
    assert ThreadLink.objects.filter(child=made.org_id, parent=first.pk).exists()
    assert Entry.objects.filter(code="academy.club.founded").count() == 1
    assert Entry.objects.filter(code="voices.wish.answered").count() == 2


def test_nobody_is_enrolled_by_the_founding(wish, club):
    made = club(orders=[wish().number], answer="开起来了")
    assert not Post.objects.filter(org=made.org).exists()


def test_an_unanswered_order_needs_an_answer(wish, club):
    with refused("answer-missing"):
        club(orders=[wish().number])
    assert Order.objects.get().state == "gathered"


def test_an_order_that_was_served_is_not_served_twice(wish, club):
    number = wish().number
    club(orders=[number], answer="好")
    with refused("order-closed"):
        club("另一个社", orders=[number], answer="好")


def test_two_clubs_of_one_place_have_different_names(club):
    club()
    with refused("name-taken"):
        club()


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("theme", "flying", "theme-unknown"),
        ("union", "flying", "union-unknown"),
        ("ages", ["old"], "age-unknown"),
        ("level", "galaxy", "level-unknown"),
        ("level", "grid", "site-unknown"),
        ("venue", "0000000000", "venue-unknown"),
        ("most", 1, "most-wrong"),
        ("name", " ", "no-name"),
    ],
)
def test_what_was_given_wrongly_is_said_beside_its_field(club, field, value, code):
    with refused(code):
        club(**{field: value})


def test_only_those_who_work_there_found_clubs(world, cast):
    for who in (cast.resident, cast.other_clerk, cast.gridworker):
        with pytest.raises(NotAllowed):
            actions.found_club(actor=who.actor, place=world.home, name="书法社", theme="calligraphy")


def test_a_team_asks_is_taken_in_and_its_asker_leads_it(world, cast):
    asked = actions.ask_club(actor=cast.resident.actor, place=world.home, name="红梅舞蹈队", theme="dance")
    assert asked.state == "asked" and not asked.org.is_public
    with pytest.raises(NotVisible):
        actions.admit_club(actor=cast.other_clerk.actor, number=asked.number)
    taken = actions.admit_club(actor=cast.clerk.actor, number=asked.number)
    assert taken.state == "running" and taken.org.is_public
    assert Post.objects.get(org=taken.org).account_id == cast.resident.id
    with refused("not-asked"):
        actions.admit_club(actor=cast.clerk.actor, number=asked.number)


def test_one_request_waits_at_a_time(world, cast):
    actions.ask_club(actor=cast.resident.actor, place=world.home, name="红梅舞蹈队", theme="dance")
    with refused("asked-enough"):
        actions.ask_club(actor=cast.resident.actor, place=world.home, name="另一队", theme="dance")


def test_a_team_that_is_not_taken_in_learns_why(world, cast):
    asked = actions.ask_club(actor=cast.resident.actor, place=world.home, name="红梅舞蹈队", theme="dance")
    with refused("reason-missing"):
        actions.decline_club(actor=cast.clerk.actor, number=asked.number, reason=" ")
    told = actions.decline_club(actor=cast.clerk.actor, number=asked.number, reason="场地排满了，三月再问")
    assert (told.state, told.reason) == ("closed", "场地排满了，三月再问")
    assert told.org.closed_on


def test_more_orders_are_given_to_a_running_club(wish, club):
    made = club()
    number = wish().number
    served = actions.serve_orders(
        actor=_clerk(made), number=made.number, orders=[number], answer="来书法社吧"
    )
    assert Order.objects.get(number=number).club_id == served.pk
    assert served.matter.number == number


def _clerk(made):
    from mulin.people.queries import actor_by_id

    return actor_by_id(Post.objects.get(role="clerk", place=made.place).account_id)
