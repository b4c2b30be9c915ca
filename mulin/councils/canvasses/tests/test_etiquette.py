"""The etiquette: who may go where, and who may not again."""

from datetime import timedelta

import pytest

from mulin.councils.canvasses import contacts, planning
from mulin.councils.canvasses.models import CanvassVisit
from mulin.kernel import clock
from mulin.kernel.errors import ActionError, NotVisible


def plan(campaign, cast) -> dict[str, str]:
    """door -> who goes there today."""
    planning.plan_today(actor=cast.clerk.actor, number=campaign.number)
    doors = {n: door for door, n in campaign.places.items()}
    rows = CanvassVisit.objects.select_related("canvasser__account")
    return {doors[visit.n]: visit.canvasser.account.username for visit in rows}


def say(campaign, person, door, outcome, **more):
    return contacts.record_contact(
        actor=person.actor, number=campaign.number, n=campaign.n(door), outcome=outcome, **more
    )


def code_of(act) -> str:
    with pytest.raises(ActionError) as refused:
        act()
    assert str(refused.value.message).endswith("。")
    return refused.value.code


def test_acquaintances_are_proposed_and_nobody_goes_to_strangers(campaign, cast, knows):
    knows("1单元1-1", "1单元6-1")
    knows("1单元2-1", "1单元7-1")
    assert plan(campaign, cast) == {"1单元6-1": "group_leader", "1单元7-1": "group_member"}
    assert campaign.row.waiting["nobody_knows_them"] == 5


def test_a_tie_is_used_only_in_the_direction_that_was_consented_to(campaign, cast, knows):
    knows("1单元6-1", "1单元1-1")  # they know the canvasser; the canvasser's household said nothing
    assert plan(campaign, cast) == {}


def test_the_way_may_lead_over_a_household_that_agreed_but_not_over_one_that_did_not(campaign, cast, knows):
    knows("1单元1-1", "1单元3-1")
    knows("1单元3-1", "1单元8-1", trust=3)
    knows("1单元1-1", "1单元9-1")
    knows("1单元9-1", "1单元10-1")
    assert plan(campaign, cast) == {"1单元8-1": "group_leader", "1单元9-1": "group_leader"}


def test_nobody_has_more_doors_than_the_etiquette_allows(campaign, cast, knows):
    for floor in range(6, 12):
        knows("1单元1-1", f"1单元{floor}-1")
    assert list(plan(campaign, cast).values()) == ["group_leader"] * 3


def test_after_a_no_nobody_comes_for_a_while_and_never_the_same_person_again(campaign, cast, knows):
    knows("1单元1-1", "1单元6-1")
    plan(campaign, cast)
    say(campaign, cast.group_leader, "1单元6-1", "undecided")
    assert plan(campaign, cast) == {}
    with clock.at(clock.now() + timedelta(days=20)):
        assert plan(campaign, cast) == {}  # whoever heard the no does not come again
        knows("1单元2-1", "1单元6-1")
        assert plan(campaign, cast) == {"1单元6-1": "group_member"}


def test_a_canvasser_who_heard_a_no_does_not_come_again_with_another_companion(campaign, cast, knows):
    knows("1单元1-1", "1单元3-1")
    knows("1单元3-1", "1单元6-1")
    knows("1单元1-1", "1单元4-1")
    knows("1单元4-1", "1单元6-1", trust=1)
    plan(campaign, cast)
    say(campaign, cast.group_leader, "1单元6-1", "oppose")
    with clock.at(clock.now() + timedelta(days=20)):
        assert plan(campaign, cast) == {}


def test_a_door_given_by_hand_obeys_the_etiquette_too(campaign, cast, knows):
    me, other = campaign.member(cast.group_leader), campaign.member(cast.group_member)

    def give(door, by):
        return contacts.assign(
            actor=cast.clerk.actor, number=campaign.number, n=campaign.n(door), canvasser=by.pk
        )

    give("1单元6-1", me)
    assert code_of(lambda: give("1单元6-1", other)) == "being_approached"
    assert code_of(lambda: give("1单元3-1", me)) == "agreed"
    assert code_of(lambda: give("1单元2-1", me)) == "one_of_us"
    say(campaign, cast.group_leader, "1单元6-1", "oppose")
    assert code_of(lambda: give("1单元6-1", other)) == "resting"
    with clock.at(clock.now() + timedelta(days=20)):
        assert code_of(lambda: give("1单元6-1", me)) == "noes_used_up"
        give("1单元6-1", other)
    for door in ("1单元7-1", "1单元8-1", "1单元9-1"):
        give(door, me)
    assert code_of(lambda: give("1单元10-1", me)) == "callers_are_busy"


def test_who_was_not_sent_cannot_record_a_visit(campaign, cast, knows):
    knows("1单元1-1", "1单元6-1")
    plan(campaign, cast)
    assert code_of(lambda: say(campaign, cast.group_member, "1单元6-1", "agree")) == "being_approached"
    with pytest.raises(NotVisible):
        say(campaign, cast.resident, "1单元6-1", "agree")
    assert campaign.house("1单元6-1").stance == "not_reached"


def test_asked_to_be_left_alone_is_final_for_everybody_but_the_household(campaign, cast, knows):
    knows("1单元1-1", "1单元5-2")
    knows("1单元2-1", "1单元5-2")
    plan(campaign, cast)
    say(campaign, cast.group_leader, "1单元5-2", "refused")
    with clock.at(clock.now() + timedelta(days=400)):
        assert plan(campaign, cast) == {}
        by = campaign.member(cast.group_member)
        n = campaign.n("1单元5-2")
        given = {"actor": cast.clerk.actor, "number": campaign.number, "n": n, "canvasser": by.pk}
        assert code_of(lambda: contacts.assign(**given)) == "asked_to_be_left_alone"
        assert code_of(lambda: contacts.record_for(**given, outcome="agree")) == "asked_to_be_left_alone"
        contacts.say_own(actor=cast.resident.actor, number=campaign.number, stance="agree")
    assert campaign.house("1单元5-2").stance == "agree"


def test_a_household_that_says_so_itself_is_known_by_nobody_from_then_on(campaign, cast, knows):
    knows("1单元1-1", "1单元5-2")
    plan(campaign, cast)
    contacts.say_own(actor=cast.resident.actor, number=campaign.number, stance="refused")
    assert not campaign.row.ties.exists() and not campaign.row.visits.exists()
    assert code_of(lambda: knows("1单元2-1", "1单元5-2")) == "left-alone"


def test_an_absence_is_no_answer_and_lets_rest_for_two_days(campaign, cast, knows):
    knows("1单元1-1", "1单元6-1")
    plan(campaign, cast)
    say(campaign, cast.group_leader, "1单元6-1", "not_reached")
    assert plan(campaign, cast) == {}
    house = campaign.house("1单元6-1")
    assert (house.stance, house.contacts, house.noes) == ("not_reached", 1, 0)
    with clock.at(clock.now() + timedelta(days=3)):
        assert plan(campaign, cast) == {"1单元6-1": "group_leader"}


def test_a_door_of_today_stays_with_its_canvasser_and_one_of_yesterday_goes_back(campaign, cast, knows):
    knows("1单元1-1", "1单元6-1", trust=1)
    plan(campaign, cast)
    knows("1单元2-1", "1单元6-1", trust=3)
    assert plan(campaign, cast) == {"1单元6-1": "group_leader"}
    with clock.at(clock.now() + timedelta(days=1)):
        assert plan(campaign, cast) == {"1单元6-1": "group_member"}


def test_the_worker_plans_each_morning_once(campaign, cast, knows):
    knows("1单元1-1", "1单元6-1")
    assert planning.plan_all() == 1
    assert campaign.row.visits.count() == 1
    assert planning.plan_all() == 0
