"""Booking a room: by the owner's rules, by a worker, moved, cancelled, answered."""

from datetime import timedelta

import pytest

from mulin.bookings import actions, personal_data, queries, slots
from mulin.bookings.models import Booking, Quarter
from mulin.bookings.tests.conftest import at
from mulin.kernel import secrets
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry, Notice
from mulin.kernel.testing.together import at_once
from mulin.places.venues import actions as venues


def refused(code: str, act, *args, **facts) -> ActionError:
    with pytest.raises(ActionError) as error:
        act(*args, **facts)
    assert error.value.code == code
    return error.value


def lines() -> list[str]:
    found = Entry.objects.filter(code__startswith="bookings.").order_by("id")
    return list(found.values_list("code", flat=True))


def test_a_free_room_is_booked_at_once_and_nothing_written_reaches_the_journal(room, book, cast):
    booking = book(room, title="周二太极")
    assert booking.state == "booked" and lines() == ["bookings.room.booked"]
    entry = Entry.objects.get(code="bookings.room.booked")
    assert entry.data == {"number": booking.number, "venue": room.number, "when": "2026-11-24 09:00"}
    assert entry.place == room.place and entry.subject == booking.pk


def test_where_the_rule_asks_for_it_a_worker_decides_and_the_time_is_held_meanwhile(hall, book, cast, settle):
    asked = book(hall)
    assert asked.state == "asked"
    refused("slot-taken", book, hall, who=cast.neighbour)
    actions.approve_booking(actor=cast.clerk.actor, number=asked.number)
    settle()
    told = Notice.objects.filter(account=cast.resident.id)
    assert [one.url for one in told] == [f"/venues/bookings/{asked.number}/"]
    refused("not-now", actions.decline_booking, actor=cast.clerk.actor, number=asked.number, reason="x")


def test_a_refusal_needs_a_reason_and_gives_the_time_free(hall, book, cast):
    asked = book(hall)
    given = {"actor": cast.clerk.actor, "number": asked.number}
    refused("no-reason", actions.decline_booking, **given, reason=" ")
    declined = actions.decline_booking(**given, reason="那天社区要开大会")
    assert declined.state == "declined" and not Quarter.objects.exists()
    assert queries.own(cast.resident.actor, asked.number).reason == "那天社区要开大会"


@pytest.mark.parametrize(
    ("code", "start", "end", "day"),
    [
        ("closed", 8, 10, 1),
        ("closed", 20, 22, 1),
        ("too-long", 9, 13, 1),
        ("too-far", 9, 10, 14),
        ("too-soon", 9, 10, -1),
        ("bad-time", 10, 10, 1),
    ],
)
def test_the_owner_s_rules_bound_a_booking(room, book, code, start, end, day):
    refused(code, book, room, start, end, day=day)
    assert not Booking.objects.exists()


def test_the_venue_s_own_rules_come_before_the_rule_pack(room, book, cast):
    own = {"most_minutes": 60, "ahead_days": 2, "notice_hours": 30, "decide": "worker"}
    venues.edit_venue(actor=cast.clerk.actor, number=room.number, booking=own)
    refused("too-long", book, room, 9, 11, day=1)
    refused("too-far", book, room, day=3)
    refused("too-soon", book, room, day=0)
    assert book(room, 17, 18, day=0).state == "asked"


def test_in_one_place_a_person_books_so_many_times_a_week(room, hall, book, cast):
    for day in range(1, 4):
        book(room, day=day)
    refused("too-often", book, room, day=4)
    book(room, day=7)  # another week
    book(hall, day=4)  # another place
    book(room, day=4, who=cast.neighbour)
    actions.cancel_booking(actor=cast.resident.actor, number=Booking.objects.earliest("starts_at").number)
    book(room, day=5)


def test_who_may_book_is_said_by_the_owner(room, book, cast, world, anonymous):
    edit = {"actor": cast.clerk.actor, "number": room.number}
    venues.edit_venue(**edit, booking={"who": "verified"})
    refused("verified-only", book, room, who=cast.newcomer)
    book(room)
    venues.edit_venue(**edit, booking={"who": "group"})
    refused("groups-only", book, room, day=2)
    made = book(room, day=2, who=cast.group_leader, org=world.group.id)
    assert made.org_id == world.group.id
    with pytest.raises(NotAllowed):
        book(room, day=3, org=world.group.id)  # not its leader
    venues.edit_venue(**edit, is_bookable=False)
    assert "62880001" in refused("not-bookable", book, room, day=3).message
    with pytest.raises(NotAllowed):
        actions.book_room(
            actor=anonymous, number=_open(room, cast).number, starts_at=at(9, day=3), ends_at=at(10, day=3),
            reason="x",
        )  # fmt: skip


def _open(room, cast):
    return venues.edit_venue(
        actor=cast.clerk.actor, number=room.number, is_bookable=True, booking={"who": "resident"}
    )


def test_only_who_booked_sees_and_cancels_it(room, book, cast, world):
    booking = book(room)
    with pytest.raises(NotVisible):
        actions.cancel_booking(actor=cast.neighbour.actor, number=booking.number)
    actions.cancel_booking(actor=cast.resident.actor, number=booking.number, reason="下雨")
    refused("not-now", actions.cancel_booking, actor=cast.resident.actor, number=booking.number)
    of_group = book(room, who=cast.group_leader, org=world.group.id)
    assert queries.own(cast.group_leader.actor, of_group.number) == of_group
    with pytest.raises(NotVisible):
        queries.own(cast.group_member.actor, of_group.number)


def test_what_is_over_is_not_cancelled_any_more(room, book, cast, freeze):
    booking = book(room)
    freeze("2026-11-24 10:00")
    refused("over", actions.cancel_booking, actor=cast.resident.actor, number=booking.number)


def test_the_desk_books_for_who_called_and_outside_the_hours_only_on_purpose(room, cast):
    given = {
        "actor": cast.clerk.actor, "number": room.number, "starts_at": at(21, day=1),
        "ends_at": at(22, day=1),
        "reason": "看球赛", "who": "老周", "phone": "13900001111",
    }  # fmt: skip
    refused("closed", actions.book_for, **given)
    refused("no-who", actions.book_for, **{**given, "who": ""})
    made = actions.book_for(**given, despite_hours=True)[0]
    assert made.account_id is None and secrets.unseal(made.phone_sealed) == "13900001111"
    assert "13900001111" not in made.phone_sealed
    with pytest.raises(NotAllowed):
        actions.book_for(**{**given, "actor": cast.resident.actor}, despite_hours=True)


def test_so_many_weeks_are_booked_all_or_none(room, book, cast, world):
    given = {
        "actor": cast.clerk.actor, "number": room.number, "starts_at": at(9, day=1), "ends_at": at(11, day=1),
        "reason": "合唱", "org": world.group.id,
    }  # fmt: skip
    made = actions.book_for(**given, weeks=3)
    assert [one.starts_at for one in made] == [at(9, day=1), at(9, day=8), at(9, day=15)]
    assert lines() == ["bookings.room.booked_for"]
    later = {**given, "starts_at": at(10, day=1), "ends_at": at(12, day=1)}
    refused("slot-taken", actions.book_for, **later, weeks=2)
    assert Booking.objects.count() == 3
    refused("bad-weeks", actions.book_for, **given, weeks=27)


def test_a_booking_is_moved_with_a_reason_and_never_onto_another(room, book, cast, settle):
    booking = book(room)
    book(room, 11, 12, who=cast.neighbour)
    given = {"actor": cast.clerk.actor, "number": booking.number, "reason": "合唱队要用"}
    refused(
        "slot-taken", actions.move_booking, starts_at=at(10, 30, day=1), ends_at=at(11, 30, day=1), **given
    )
    refused("closed", actions.move_booking, starts_at=at(7, day=1), ends_at=at(8, day=1), **given)
    moved = actions.move_booking(starts_at=at(14, day=1), ends_at=at(15, day=1), **given)
    assert (moved.starts_at, moved.reason) == (at(14, day=1), "合唱队要用")
    assert slots.is_free(slots.of_venue(room), at(9, day=1), at(10, day=1))
    settle()
    assert Notice.objects.filter(account=cast.resident.id).count() == 1


def test_a_no_show_frees_what_is_left_and_can_be_taken_back(room, book, cast, freeze):
    booking = book(room, 9, 12)
    given = {"actor": cast.clerk.actor, "number": booking.number}
    refused("not-begun", actions.mark_no_show, **given)
    freeze("2026-11-24 09:20")
    actions.mark_no_show(**given)
    assert slots.is_free(slots.of_venue(room), at(9, 30, day=1), at(12, day=1))
    assert actions.restore_booking(**given).state == "booked"
    assert not slots.is_free(slots.of_venue(room), at(9, 30, day=1), at(12, day=1))
    freeze("2026-12-05 09:20")
    refused("long-ago", actions.mark_no_show, **given)


def test_a_cancelled_booking_comes_back_only_while_its_time_is_free(room, book, cast):
    booking = book(room)
    actions.call_off_booking(actor=cast.clerk.actor, number=booking.number, reason="停电")
    other = book(room, who=cast.neighbour)
    given = {"actor": cast.clerk.actor, "number": booking.number}
    refused("slot-taken", actions.restore_booking, **given)
    actions.cancel_booking(actor=cast.neighbour.actor, number=other.number)
    assert actions.restore_booking(**given).state == "booked"


def test_a_clerk_of_another_community_sees_no_booking_here(room, book, cast):
    booking = book(room)
    with pytest.raises(NotVisible):
        actions.call_off_booking(actor=cast.other_clerk.actor, number=booking.number, reason="x")
    with pytest.raises(NotAllowed):
        actions.book_for(
            actor=cast.other_clerk.actor, number=room.number, starts_at=at(9, day=2), ends_at=at(10, day=2),
            reason="x", who="y",
        )  # fmt: skip


def test_what_another_module_booked_is_not_changed_here(room, cast):
    session = slots.take(slots.of_venue(room), at(9, day=1), at(10, day=1), what="session", title="太极")
    given = {"actor": cast.clerk.actor, "number": session.number, "reason": "x"}
    refused("not-here", actions.call_off_booking, **given)


def test_what_nobody_answered_lapses_when_it_begins(hall, book, cast, freeze, settle):
    asked = book(hall)
    freeze("2026-11-24 08:59")
    assert actions.lapse_asked() == 0
    freeze("2026-11-24 09:00")
    assert actions.lapse_asked() == 1 == Booking.objects.filter(state="declined").count()
    settle()
    assert Notice.objects.get(account=cast.resident.id).url.endswith(f"{asked.number}/")


def test_names_told_for_a_booking_are_forgotten_when_the_rule_says(room, cast, freeze):
    given = {
        "actor": cast.clerk.actor,
        "number": room.number,
        "reason": "看球",
        "who": "老周",
        "phone": "139",
    }
    made = actions.book_for(**given, starts_at=at(9, day=1), ends_at=at(10, day=1))[0]
    freeze("2027-02-22 09:00")
    assert personal_data.forget_told() == 0
    freeze("2027-02-23 09:00")
    assert personal_data.forget_told() == 1
    made.refresh_from_db()
    assert (made.who, made.phone_sealed, made.note) == ("", "", "") and made.state == "booked"


def test_a_person_takes_their_bookings_along_and_leaves_the_room_used(room, book, cast, freeze):
    booking = book(room)
    assert personal_data.export(cast.resident.id)[0]["for"] == "小组排练"
    freeze(booking.starts_at + timedelta(minutes=5))
    assert personal_data.erase(cast.resident.id) == 1
    booking.refresh_from_db()
    assert booking.account_id is None and booking.note == "" and booking.state == "booked"


def test_a_room_that_nobody_comes_to_any_more_is_free(room, book, cast):
    booking = book(room)
    personal_data.erase(cast.resident.id)
    booking.refresh_from_db()
    assert (booking.account_id, booking.state) == (None, "cancelled") and not booking.quarters.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_bookings_at_once_never_exceed_what_a_week_allows(room, book):
    raised = at_once(*((lambda d=day: book(room, day=d)) for day in range(1, 6)))
    assert raised == ["too-often", "too-often"] and Booking.objects.count() == 3
