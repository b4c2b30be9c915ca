"""The one calendar: nobody ever has a quarter of an hour of a thing twice."""

from datetime import datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mulin.bookings import slots
from mulin.bookings.models import Booking, Quarter
from mulin.kernel import clock
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.testing.together import at_once
from mulin.places.models import Venue
from mulin.places.venues.hours import SEVEN_BY_TWELVE

HOME = "500108002005"
MONDAY = datetime(2026, 11, 23, tzinfo=clock.zone())


def at(hour: int, minute: int = 0, day: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


@pytest.fixture
def room(db):
    return slots.resource_for("venue", uuid4(), place=HOME, title="舞蹈室")


def code_of(error) -> str:
    return error.value.code


def test_a_taken_time_is_refused_and_the_refusal_says_when_it_is_free_again(room, freeze):
    freeze("2026-11-22 10:00")
    slots.take(room, at(9), at(10, 30), what="session", title="太极")
    slots.take(room, at(11), at(12), what="session")
    with pytest.raises(ActionError) as error:
        slots.take(room, at(10), at(11), what="room")
    assert code_of(error) == "slot-taken"
    assert "11月23日 12:00" in error.value.message and "舞蹈室" in error.value.message
    assert slots.take(room, at(10, 30), at(11), what="room").state == "booked"


def test_two_bookings_may_touch(room):
    slots.take(room, at(9), at(10), what="room")
    slots.take(room, at(10), at(11), what="room")
    assert Quarter.objects.filter(resource=room).count() == 8


def test_another_resource_is_free_at_the_same_time(room):
    other = slots.resource_for("person", uuid4(), place=HOME, title="王老师")
    slots.take(room, at(9), at(10), what="session")
    assert slots.is_free(other, at(9), at(10)) and not slots.is_free(room, at(9, 45), at(11))


def test_what_was_freed_can_be_taken_again_and_keeps_its_row(room):
    first = slots.take(room, at(9), at(10), what="room")
    slots.free(first, reason="下雨")
    slots.free(first, reason="再取消一次")
    assert (first.state, first.reason) == ("cancelled", "下雨")
    slots.take(room, at(9), at(10), what="room")
    assert Booking.objects.count() == 2 and Quarter.objects.count() == 4


def test_a_booking_moves_over_its_own_time_but_not_over_anothers(room):
    one = slots.take(room, at(9), at(10), what="room")
    slots.take(room, at(11), at(12), what="room")
    slots.move(one, at(9, 30), at(11))
    with pytest.raises(ActionError) as error:
        slots.move(one, at(10), at(11, 15))
    assert code_of(error) == "slot-taken"
    one.refresh_from_db()
    assert (one.starts_at, one.ends_at) == (at(9, 30), at(11))
    assert not slots.is_free(room, at(9, 30), at(9, 45)) and slots.is_free(room, at(9), at(9, 30))


def test_a_cancelled_booking_does_not_move(room):
    one = slots.take(room, at(9), at(10), what="room")
    slots.free(one)
    with pytest.raises(ActionError) as error:
        slots.move(one, at(10), at(11))
    assert code_of(error) == "not-booked"


@pytest.mark.parametrize(
    ("starts", "ends"), [(at(9), at(9)), (at(10), at(9)), (at(9, 7), at(10)), (at(9), at(9, day=63))]
)
def test_times_are_whole_quarters_and_have_a_length(room, starts, ends):
    with pytest.raises(ActionError) as error:
        slots.take(room, starts, ends, what="room")
    assert code_of(error) == "bad-time"


def test_busy_tells_every_resource_and_leaves_out_what_was_cancelled(room):
    idle = slots.resource_for("thing", uuid4(), place=HOME, title="电钻")
    slots.take(room, at(9), at(10), what="session", title="太极")
    slots.free(slots.take(room, at(10), at(11), what="room"))
    found = slots.busy([room, idle], at(0), at(24))
    assert found == {room.pk: [(at(9), at(10), "太极")], idle.pk: []}
    assert slots.busy([room], at(10), at(24))[room.pk] == []


def test_the_database_itself_refuses_a_quarter_twice(room):
    booking = slots.take(room, at(9), at(10), what="room")
    twice = Quarter.objects.filter(booking=booking).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Quarter.objects.bulk_create([Quarter(resource=room, at=twice.at, booking=booking)])


def test_who_goes_past_the_lock_is_told_that_the_slot_is_taken(room, monkeypatch):
    slots.take(room, at(9), at(10), what="room")
    monkeypatch.setattr(slots, "_refuse_taken", lambda *args, **kwargs: None)
    with pytest.raises(ActionError) as error:
        slots.take(room, at(9), at(10), what="room")
    assert code_of(error) == "slot-taken" and Booking.objects.count() == 1


def test_the_resource_of_a_record_is_one_and_follows_its_name(db):
    ref = uuid4()
    first = slots.resource_for("venue", ref, place=HOME, title="书房")
    again = slots.resource_for("venue", ref, place=HOME, title="共享书房")
    assert first.pk == again.pk and again.title == "共享书房"


def test_hours_closed_days_and_the_last_day_bound_a_venue():
    venue = Venue(
        hours=SEVEN_BY_TWELVE, closures=[{"from": "2026-11-24", "to": "2026-11-24", "reason": "盘点"}]
    )
    assert slots.inside_hours(venue, at(9), at(21))
    assert not slots.inside_hours(venue, at(8, 45), at(10))
    assert not slots.inside_hours(venue, at(20), at(21, 15))
    assert not slots.inside_hours(venue, at(9, day=1), at(10, day=1))
    venue.closed_on = at(0, day=3).date()
    assert slots.inside_hours(venue, at(9, day=2), at(10, day=2))
    assert not slots.inside_hours(venue, at(9, day=3), at(10, day=3))


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["take", "take", "free", "move"]),
        st.integers(0, 1),  # which resource
        st.integers(0, 23),  # from which quarter
        st.integers(1, 6),  # how many
        st.integers(0, 30),  # which booking
    ),
    max_size=25,
)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_two_bookings_overlap_whatever_is_taken_freed_and_moved(steps):
    with transaction.atomic():
        resources = [slots.resource_for("thing", uuid4(), place=HOME, title="梯子") for _n in range(2)]
        made: list[Booking] = []
        for step, which, start, length, n in steps:
            starts, ends = at(8) + start * slots.QUARTER, at(8) + (start + length) * slots.QUARTER
            before = _held(resources)
            try:
                if step == "take":
                    made.append(slots.take(resources[which], starts, ends, what="loan"))
                elif made and step == "free":
                    slots.free(made[n % len(made)])
                elif made:
                    slots.move(made[n % len(made)], starts, ends)
            except ActionError:
                assert _held(resources) == before
            _check(resources)
        transaction.set_rollback(True)


def _held(resources) -> list[tuple]:
    rows = Booking.objects.filter(resource__in=resources, state__in=slots.HOLDING)
    return sorted(rows.values_list("resource", "starts_at", "ends_at", "pk"))


def _check(resources) -> None:
    """Bookings that hold time lie one behind the other, and the quarters are just theirs."""
    held = _held(resources)
    for (one, _s, ends, _p), (other, starts, _e, _q) in pairwise(held):
        assert one != other or ends <= starts
    quarters = {
        (row.resource_id, row.at, row.booking_id) for row in Quarter.objects.filter(resource__in=resources)
    }
    assert quarters == {
        (resource, quarter, booking)
        for resource, starts, ends, booking in held
        for quarter in slots._quarters(starts, ends)
    }


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_want_one_slot_at_once_one_gets_it():
    room = slots.resource_for("venue", uuid4(), place=HOME, title="舞蹈室")

    def want(n: int):
        def act() -> None:
            with write():
                # Some want all of it, some the end, some the beginning: any two of them overlap.
                slots.take(
                    room, at(9) - (n % 3) * slots.QUARTER, at(10) + (n % 2) * slots.QUARTER, what="room"
                )

        return act

    raised = at_once(*(want(n) for n in range(20)))
    assert raised == ["slot-taken"] * 19
    booking = Booking.objects.get()
    assert Quarter.objects.count() == (booking.ends_at - booking.starts_at) / slots.QUARTER


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_need_two_things_in_opposite_order_never_wait_for_each_other():
    room, teacher = (slots.resource_for(kind, uuid4(), place=HOME, title="x") for kind in ("venue", "person"))

    def both(first, second):
        def act() -> None:
            with write():
                slots.lock([first, second])
                slots.take(first, at(9), at(10), what="session")
                slots.take(second, at(9), at(10), what="session")

        return act

    for _round in range(5):
        raised = at_once(both(room, teacher), both(teacher, room))
        assert raised == ["slot-taken"]
        assert Booking.objects.filter(state="booked").count() == 2
        with write():
            for booking in Booking.objects.filter(state="booked"):
                slots.free(booking)
