"""Living somewhere: asked, confirmed by a worker or a code, ended."""

from datetime import timedelta

import pytest

from mulin.kernel import clock, waiting
from mulin.kernel.errors import NotAllowed, NotVisible
from mulin.kernel.models import Entry
from mulin.people import actions, module, queries
from mulin.people.actions.residences import clean_door
from mulin.people.models import Household, Invitation, Residence
from mulin.people.tests.helpers import lines, refused


def ask(cast, world, person=None, door="2单元3-1", building=None):
    who = (person or cast.newcomer).actor
    return actions.ask_residence(actor=who, building=building or world.building, door=door)


@pytest.mark.parametrize("typed", ["1单元5-2", " １单元 5－2 ", "1单元5—2"])
def test_a_door_is_one_household_however_it_is_written(typed):
    assert clean_door(typed) == "1单元5-2"


def test_asking_waits_for_the_community_and_sets_the_home_page(cast, world):
    residence = ask(cast, world)
    cast.newcomer.account.refresh_from_db()
    assert cast.newcomer.account.home_place == world.home
    assert residence.state == "asked"
    assert not cast.newcomer.again().is_verified
    entry = Entry.objects.get()
    assert (entry.code, entry.place) == ("people.residence.asked", world.home)
    assert "2单元3-1" not in str(entry.data)


def test_two_people_of_one_door_share_a_household(cast, world):
    first = ask(cast, world, door="1单元5-2")
    assert first.household == Residence.objects.get(account=cast.resident.account).household


def test_nobody_cannot_ask(anonymous, world, cast):
    with pytest.raises(NotAllowed):
        actions.ask_residence(actor=anonymous, building=world.building, door="1")


@pytest.mark.parametrize(
    ("fields", "code"), [({"building": "500108002005-B999"}, "no-building"), ({"door": " "}, "no-door")]
)
def test_what_is_wrong_with_an_address_is_said(cast, world, fields, code):
    with refused(code):
        ask(cast, world, **fields)


def test_the_same_address_is_not_asked_twice_and_not_too_many(cast, world):
    ask(cast, world)
    with refused("already"):
        ask(cast, world)
    ask(cast, world, door="1")
    ask(cast, world, door="2")
    with refused("too-many"):
        ask(cast, world, door="3")


@pytest.mark.parametrize("worker", ["gridworker", "clerk", "secretary"])
def test_a_worker_of_the_place_confirms(cast, world, worker):
    residence = ask(cast, world)
    actor = getattr(cast, worker).actor
    assert list(queries.pending_residences(actor)) == [residence]
    actions.decide_residence(actor=actor, residence_id=residence.pk, accept=True)
    assert cast.newcomer.again().is_verified
    assert lines() == ["people.residence.asked", "people.residence.confirmed"]
    assert not queries.pending_residences(actor).exists()


@pytest.mark.parametrize(
    "stranger", ["resident", "neighbour", "other_clerk", "street", "department", "building_head"]
)
def test_for_everybody_else_the_request_does_not_exist(cast, world, stranger):
    residence = ask(cast, world)
    with pytest.raises(NotVisible):
        actions.decide_residence(actor=getattr(cast, stranger).actor, residence_id=residence.pk, accept=True)
    assert not queries.pending_residences(getattr(cast, stranger).actor).exists()


def test_a_grid_worker_decides_in_their_own_grid_only(cast, world):
    residence = ask(cast, world, building=f"{world.home}-B003")
    with pytest.raises(NotVisible):
        actions.decide_residence(actor=cast.gridworker.actor, residence_id=residence.pk, accept=True)


def test_a_refusal_needs_a_reason_that_the_person_reads(cast, world, settle):
    residence = ask(cast, world)
    with refused("no-reason"):
        actions.decide_residence(actor=cast.clerk.actor, residence_id=residence.pk, accept=False, reason=" ")
    actions.decide_residence(
        actor=cast.clerk.actor, residence_id=residence.pk, accept=False, reason="门牌对不上，请到社区来一趟。"
    )
    assert queries.my_residences(cast.newcomer.actor)[0].reason.startswith("门牌")
    settle()
    assert cast.newcomer.account.notices.get().code == "people.residence.refused"


def test_a_request_is_decided_once_and_never_by_oneself(cast, world):
    residence = ask(cast, world)
    actions.decide_residence(actor=cast.clerk.actor, residence_id=residence.pk, accept=True)
    with refused("decided"):
        actions.decide_residence(
            actor=cast.secretary.actor, residence_id=residence.pk, accept=False, reason="x"
        )
    mine = ask(cast, world, person=cast.clerk)
    with refused("own-residence"):
        actions.decide_residence(actor=cast.clerk.actor, residence_id=mine.pk, accept=True)


def test_who_moves_away_says_so(cast, world):
    residence = Residence.objects.get(account=cast.resident.account)
    with pytest.raises(NotVisible):
        actions.end_residence(actor=cast.neighbour.actor, residence_id=residence.pk)
    actions.end_residence(actor=cast.resident.actor, residence_id=residence.pk)
    assert not cast.resident.again().is_verified
    with refused("over"):
        actions.end_residence(actor=cast.resident.actor, residence_id=residence.pk)


def test_codes_are_shown_once_and_kept_as_hashes(cast, world):
    slips = actions.make_invitations(
        actor=cast.clerk.actor, building=world.building, doors=["1-1", " 1-2 ", "1-1", ""]
    )
    assert [slip.door for slip in slips] == ["1-1", "1-2"]
    assert len({slip.code for slip in slips}) == 2
    assert not Invitation.objects.filter(code_hash__in=[slip.code for slip in slips]).exists()
    assert lines() == ["people.invitation.made"]
    assert slips[0].code not in str(Entry.objects.get().data)


def test_a_code_confirms_its_household_as_often_as_the_rule_says(cast, world):
    (slip,) = actions.make_invitations(actor=cast.gridworker.actor, building=world.building, doors=["9-1"])
    people = [cast.newcomer, cast.neighbour, cast.clerk, cast.secretary]
    for person in people:
        typed = f" {slip.code[:4]}-{slip.code[4:]} ".lower()
        residence = actions.use_invitation(actor=person.actor, code=typed)
        assert (residence.state, residence.how) == ("confirmed", "code")
    assert cast.newcomer.again().is_verified
    with refused("bad-code"):
        actions.use_invitation(actor=cast.street.actor, code=slip.code)
    assert Household.objects.filter(building=world.building, door="9-1").count() == 1


def test_a_code_settles_a_request_that_was_waiting(cast, world):
    residence = ask(cast, world, door="9-1")
    (slip,) = actions.make_invitations(actor=cast.clerk.actor, building=world.building, doors=["9-1"])
    assert actions.use_invitation(actor=cast.newcomer.actor, code=slip.code).pk == residence.pk
    with refused("already"):
        actions.use_invitation(actor=cast.newcomer.actor, code=slip.code)


def test_an_old_code_a_replaced_code_and_a_guess_are_refused_alike(cast, world, freeze):
    (old,) = actions.make_invitations(actor=cast.clerk.actor, building=world.building, doors=["9-1"])
    (new,) = actions.make_invitations(actor=cast.clerk.actor, building=world.building, doors=["9-1"])
    for code in (old.code, "AAAA2222", ""):
        with refused("bad-code"):
            actions.use_invitation(actor=cast.newcomer.actor, code=code)
    freeze(clock.now() + timedelta(days=61))
    with refused("bad-code"):
        actions.use_invitation(actor=cast.newcomer.actor, code=new.code)


def test_codes_for_foreign_doors_are_not_made(cast, world):
    with pytest.raises(NotAllowed):
        actions.make_invitations(actor=cast.clerk.actor, building=world.other_building, doors=["1"])
    with pytest.raises(NotAllowed):
        actions.make_invitations(actor=cast.resident.actor, building=world.building, doors=["1"])
    with refused("no-door"):
        actions.make_invitations(actor=cast.clerk.actor, building=world.building, doors=[" "])
    with refused("no-building"):
        actions.make_invitations(actor=cast.clerk.actor, building="x", doors=["1"])


def test_waiting_requests_are_in_the_inbox_of_who_decides_them(cast, world):
    ask(cast, world)
    (item,), total = waiting.items(module.MODULE.inbox, cast.clerk.actor, 10)
    assert total == 1 and item.title == "2单元3-1" and item.facts["site"] == world.building
    assert waiting.items(module.MODULE.inbox, cast.other_clerk.actor, 10) == ([], 0)
