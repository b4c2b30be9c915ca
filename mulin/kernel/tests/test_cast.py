"""The world and the cast that all tests stand on."""

from mulin.kernel import clock, journal, policy
from mulin.kernel.models import Entry


def test_every_part_has_the_post_that_its_name_says(cast, world):
    assert cast.gridworker.actor.roles == {"grid_worker"}
    assert cast.gridworker.actor.posts[0].place == world.grid
    assert cast.department.actor.orgs == {world.city_management.id}
    assert cast.newcomer.actor.posts == ()


def test_only_the_resident_and_the_neighbour_are_verified(cast):
    verified = [part for part, person in cast.everybody().items() if person.actor.is_verified]
    assert verified == ["resident", "neighbour"]


def test_a_clerk_may_confirm_residents_at_home_and_not_next_door(cast, world):
    assert policy.can(cast.clerk.actor, "people.residence:confirm", world.home)
    assert not policy.can(cast.clerk.actor, "people.residence:confirm", world.other_home)
    assert policy.can(cast.other_clerk.actor, "people.residence:confirm", world.other_home)


def test_the_clock_stands_where_a_test_puts_it(freeze):
    freeze("2025-11-06 09:30")
    assert clock.now().isoformat() == "2025-11-06T09:30:00+08:00"
    freeze("2025-11-07 10:00")
    assert clock.today().day == 7


def test_settle_seals_what_was_written(cast, settle):
    journal.record("kernel.backup.made", actor=cast.admin.actor)
    assert Entry.objects.filter(position=None).count() == 1
    settle()
    assert not Entry.objects.filter(position=None).exists()


def test_a_logged_in_browser_belongs_to_the_person(client_for, cast):
    assert client_for(cast.resident).session["_auth_user_id"] == str(cast.resident.id)
    assert "_auth_user_id" not in client_for().session
