"""Registering venues and changing them: who may, what is refused, what is written down."""

from datetime import date, datetime

import pytest

from mulin.bookings import slots
from mulin.kernel import clock
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry
from mulin.places.models import Venue
from mulin.places.venues import actions, hours, queries


@pytest.fixture
def make(cast, world, freeze):
    freeze("2026-11-22 10:00")

    def open_(**facts) -> Venue:
        given = {"name": "舞蹈室", "kind": "room", "hours": hours.SEVEN_BY_TWELVE, **facts}
        return actions.open_venue(actor=cast.clerk.actor, place=given.pop("place", world.home), **given)

    return open_


def lines() -> list[str]:
    return list(
        Entry.objects.filter(code__startswith="places.venue").order_by("id").values_list("code", flat=True)
    )


def refused(code: str, act, **facts) -> ActionError:
    with pytest.raises(ActionError) as error:
        act(**facts)
    assert error.value.code == code
    return error.value


def test_a_clerk_registers_a_room_of_the_own_community_only(make, cast, world):
    venue = make(capacity=30, equipment=["mirror", "projector"], traits=["culture"], area=60)
    assert venue.equipment == ["projector", "mirror"] and lines() == ["places.venue.opened"]
    assert list(queries.venues_of(world.home)) == [venue] == list(queries.venues_of(world.street))
    with pytest.raises(NotAllowed):
        make(place=world.other_home)
    with pytest.raises(NotAllowed):
        actions.open_venue(actor=cast.resident.actor, place=world.home, name="我家", kind="room")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": " "}, "name"),
        ({"kind": "castle"}, "kind"),
        ({"capacity": 0}, "capacity"),
        ({"equipment": ["rocket"]}, "equipment"),
        ({"hours": [{"day": 1, "from": "12:00", "to": "09:00"}]}, "hours"),
        ({"booking": {"most_minutes": 5}}, "booking"),
        ({"booking": {"price": 5}}, "booking"),
        ({"within": "1234567897"}, "within"),
        ({"site": "500108106003-B001"}, "site"),
        ({"lon": 999.0, "lat": 1.0}, "lon"),
        ({"holidays": "maybe"}, "holidays"),
        ({"place": "500108002999"}, "place"),
    ],
)
def test_a_wrong_field_is_named(make, facts, field):
    with pytest.raises(ActionError) as error:
        make(**facts)
    assert error.value.field == field and not Venue.objects.exists()


def test_a_change_keeps_what_was_not_given_and_writes_one_line(make, cast):
    venue = make(capacity=30)
    again = actions.edit_venue(actor=cast.clerk.actor, number=venue.number, name="排练厅")
    actions.edit_venue(actor=cast.clerk.actor, number=venue.number, name="排练厅")
    assert (again.name, again.capacity) == ("排练厅", 30)
    assert lines() == ["places.venue.opened", "places.venue.changed"]
    assert Entry.objects.get(code="places.venue.changed").data["fields"] == ["name"]
    with pytest.raises(NotVisible):
        actions.edit_venue(actor=cast.other_clerk.actor, number=venue.number, name="我的")


def test_the_leader_of_the_unit_that_owns_it_may_change_it(make, cast, world):
    venue = make(owner=world.group.id)
    assert actions.edit_venue(actor=cast.group_leader.actor, number=venue.number, phone="62880000").phone
    other = make(name="别的房间")
    with pytest.raises(NotVisible):
        actions.edit_venue(actor=cast.group_leader.actor, number=other.number, phone="62880000")


def test_a_board_lies_within_a_centre_of_the_same_community(make):
    centre = make(name="党群服务中心", kind="centre")
    board = make(name="健康集市", kind="board", within=centre.number)
    assert list(centre.rooms.all()) == [board]
    room = make(name="书房")
    with pytest.raises(ActionError):
        make(name="角落", within=room.number)


def test_a_venue_with_bookings_ahead_is_neither_given_up_nor_closed_on_those_days(make, cast):
    venue = make()
    start = date(2026, 11, 25)
    day = datetime(2026, 11, 25, 9, tzinfo=clock.zone())
    booking = slots.take(slots.of_venue(venue), day, day + 4 * slots.QUARTER, what="room")
    given = {"actor": cast.clerk.actor, "number": venue.number, "reason": "粉刷"}
    error = refused("has-bookings", actions.close_venue, **given)
    assert "11月25日 09:00" in error.message
    refused("has-bookings", actions.add_closure, first=start, last=start, **given)
    actions.add_closure(first=date(2026, 11, 26), last=date(2026, 11, 27), **given)
    slots.free(booking)
    closed = actions.close_venue(**given, on=date(2026, 12, 1))
    assert not closed.is_bookable and closed.closed_on == date(2026, 12, 1)
    assert list(queries.venues_of(venue.place)) == [venue]  # until that day


def test_closed_days_are_dropped_again_and_need_a_reason(make, cast):
    venue = make()
    given = {"actor": cast.clerk.actor, "number": venue.number}
    day = date(2026, 11, 24)
    refused("no-reason", actions.add_closure, **given, first=day, last=day, reason=" ")
    refused("bad-days", actions.add_closure, **given, first=date(2026, 11, 21), last=day, reason="盘点")
    actions.add_closure(**given, first=day, last=day, reason="盘点")
    venue = actions.drop_closure(**given, first="2026-11-24", last="2026-11-24")
    assert venue.closures == []
    refused("no-closure", actions.drop_closure, **given, first="2026-11-24", last="2026-11-24")


def test_a_centre_with_rooms_is_not_given_up_before_them_and_comes_back(make, cast):
    centre = make(name="党群服务中心", kind="centre")
    room = make(within=centre.number)
    given = {"actor": cast.clerk.actor, "reason": "搬走"}
    refused("has-rooms", actions.close_venue, **given, number=centre.number)
    actions.close_venue(**given, number=room.number)
    refused("closed", actions.edit_venue, actor=cast.clerk.actor, number=room.number, name="x")
    actions.close_venue(**given, number=centre.number)
    back = actions.reopen_venue(actor=cast.clerk.actor, number=centre.number)
    assert back.closed_on is None and queries.get_venue(centre.number) == centre
    refused("not-closed", actions.reopen_venue, actor=cast.clerk.actor, number=centre.number)


def test_an_idle_room_becomes_one_of_three_spaces_and_its_outcome_is_kept(make, cast):
    venue = make(is_idle=True)
    given = {"actor": cast.clerk.actor, "number": venue.number}
    actions.put_to_use(**given, use="startup", who="返乡青年工坊", first=date(2026, 12, 1), terms="免租一年")
    refused("not-idle", actions.put_to_use, **given, use="startup", who="别人", first=date(2026, 12, 1))
    refused("bad-is_idle", actions.edit_venue, **given, is_idle=True)
    venue = actions.end_use(**given, outcome="带出两家小店")
    assert venue.is_idle and venue.tenancy["past"][0]["outcome"] == "带出两家小店"
    refused("no-use", actions.end_use, **given, outcome="再结束一次")
    venue = actions.put_to_use(**given, use="neighbours", who="邻里厨房", first=date(2026, 12, 1))
    assert venue.use == "neighbours" and len(venue.tenancy["past"]) == 1


def test_an_unknown_field_is_a_mistake_of_the_program(make):
    with pytest.raises(TypeError):
        make(colour="red")
