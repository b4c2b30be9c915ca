"""What is recorded, sent twice, undone; how support is counted."""

from datetime import timedelta

import pytest

from mulin.councils.canvasses import contacts, curves, reading, ties
from mulin.councils.canvasses.models import Canvass, CanvassContact, CanvassDay, CanvassVisit
from mulin.councils.canvasses.tests.test_etiquette import code_of, plan, say
from mulin.kernel import clock
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.models import Entry


def test_what_is_sent_twice_on_a_bad_line_counts_once(campaign, cast, knows):
    knows("1单元1-1", "1单元6-1")
    plan(campaign, cast)
    first = say(
        campaign, cast.group_leader, "1单元6-1", "agree", once="k1", reason="cost", words="要看看图纸"
    )
    lines = Entry.objects.count()
    assert say(campaign, cast.group_leader, "1单元6-1", "agree", once="k1").pk == first.pk
    assert campaign.house("1单元6-1").contacts == 1 and Entry.objects.count() == lines


def test_a_slip_of_the_hand_can_be_undone_and_the_door_is_there_again(campaign, cast, knows):
    knows("1单元1-1", "1单元3-1")
    knows("1单元3-1", "1单元6-1")
    plan(campaign, cast)
    before = CanvassVisit.objects.values_list("n", "caller", "chain", "trust", "how").get()
    one = say(campaign, cast.group_leader, "1单元6-1", "refused")
    assert campaign.house("1单元6-1").stance == "refused"
    contacts.undo_contact(actor=cast.group_leader.actor, number=campaign.number, contact=one.pk)
    house = campaign.house("1单元6-1")
    assert (house.stance, house.contacts, house.noes, house.last_no) == ("not_reached", 0, 0, None)
    assert CanvassVisit.objects.values_list("n", "caller", "chain", "trust", "how").get() == before
    assert reading.support(campaign.row) == (3, 12)


def test_nobody_undoes_too_late_or_what_another_recorded(campaign, cast, knows):
    knows("1单元1-1", "1单元6-1")
    plan(campaign, cast)
    one = say(campaign, cast.group_leader, "1单元6-1", "agree")
    undo = {"number": campaign.number, "contact": one.pk}
    with pytest.raises(NotVisible):
        contacts.undo_contact(actor=cast.group_member.actor, **undo)
    with clock.at(clock.now() + timedelta(hours=2)):
        assert code_of(lambda: contacts.undo_contact(actor=cast.group_leader.actor, **undo)) == "too-late"


def test_unknown_answers_and_reasons_are_refused(campaign, cast, knows):
    knows("1单元1-1", "1单元6-1")
    plan(campaign, cast)
    for wrong in ({"outcome": ""}, {"outcome": "maybe"}, {"outcome": "agree", "reason": "lazy"}):
        with pytest.raises(ActionError):
            say(campaign, cast.group_leader, "1单元6-1", **wrong)
    assert CanvassVisit.objects.count() == 1


def test_paper_reports_have_the_same_weight_and_the_day_of_the_visit(campaign, cast, freeze):
    by = campaign.member(cast.group_leader)
    given = {
        "actor": cast.clerk.actor,
        "number": campaign.number,
        "n": campaign.n("1单元6-1"),
        "canvasser": by.pk,
    }
    early = clock.today() - timedelta(days=9)
    assert code_of(lambda: contacts.record_for(**given, outcome="agree", on=early)) == "bad-day"
    made = contacts.record_for(**given, outcome="agree", on=clock.today())
    assert made.by == by and campaign.house("1单元6-1").stance == "agree"


def test_the_curve_has_a_row_for_each_day_on_which_something_changed(campaign, cast, knows):
    for floor in (6, 7, 8):
        knows("1单元1-1", f"1单元{floor}-1")
    plan(campaign, cast)
    with clock.at(clock.now() + timedelta(days=2)):
        say(campaign, cast.group_leader, "1单元6-1", "agree")
        say(campaign, cast.group_leader, "1单元7-1", "oppose")
    assert [day.agree for day in CanvassDay.objects.order_by("on")] == [3, 4]
    shown = reading.board(campaign.row, is_public=False)
    assert [share for _day, share, _goal in shown.curve] == [25, 33]
    assert shown.counts["oppose"] == 1 and not shown.is_reached


def test_support_at_exactly_the_target_has_reached_it(campaign, cast):
    row = campaign.row
    row.target = "1/4"
    assert reading.reached(row, 3, 12) and not reading.reached(row, 2, 12)


def test_everybody_sees_no_figure_that_points_at_a_door(campaign):
    shown = reading.board(campaign.row, is_public=True)
    assert shown.agree is None and shown.label == "不到5户"
    campaign.row.households.exclude(n=0).update(stance="agree")
    shown = reading.board(campaign.row, is_public=True)
    assert shown.agree is None and shown.label == "65%以上" and shown.rows[0].label == "65%以上"
    assert shown.rows[0].counts == {}
    campaign.row.households.filter(n__lt=6).update(stance="undecided")
    shown = reading.board(campaign.row, is_public=True)
    assert shown.agree == 6 and shown.rows[0].label == "约50%"


def test_a_building_is_covered_that_would_betray_another(campaign, world):
    rows = {
        "a": dict.fromkeys(("undecided", "oppose", "not_reached", "refused"), 0)
        | {"agree": 3, "undecided": 17},
        "b": dict.fromkeys(("undecided", "oppose", "not_reached", "refused"), 0)
        | {"agree": 10, "undecided": 10},
    }
    assert reading._covers(rows) == {"b"}


def test_a_canvasser_may_write_consents_down_only_where_they_won_the_household_over(campaign, cast, knows):
    knows("1单元1-1", "1单元6-1")
    plan(campaign, cast)

    def put(person, who):
        return ties.record_tie(
            actor=person.actor, number=campaign.number, who=campaign.n(who), knows=campaign.n("1单元7-1"),
            trust=3, how="name",
        )  # fmt: skip

    with pytest.raises(NotVisible):
        put(cast.group_leader, "1单元6-1")
    say(campaign, cast.group_leader, "1单元6-1", "agree")
    put(cast.group_leader, "1单元6-1")
    for person, who in (
        (cast.group_member, "1单元6-1"),
        (cast.group_leader, "1单元8-1"),
        (cast.resident, "1单元8-1"),
    ):
        with pytest.raises(NotVisible):
            put(person, who)
    contacts.say_own(actor=cast.resident.actor, number=campaign.number, stance="agree")
    put(cast.resident, "1单元5-2")


def test_a_consent_taken_back_is_gone_with_the_visit_that_relied_on_it(campaign, cast, knows):
    tie = knows("1单元1-1", "1单元6-1")
    plan(campaign, cast)
    with pytest.raises(NotVisible):
        ties.withdraw_tie(actor=cast.resident.actor, number=campaign.number, tie=tie.pk)
    ties.withdraw_tie(actor=cast.group_leader.actor, number=campaign.number, tie=tie.pk)
    assert not campaign.row.ties.exists() and not campaign.row.visits.exists()


def test_whoever_agrees_no_more_is_nobodys_companion(campaign, cast, knows, world):
    contacts.say_own(actor=cast.resident.actor, number=campaign.number, stance="agree")
    knows("1单元1-1", "1单元5-2")
    knows("1单元5-2", "1单元6-1")
    assert plan(campaign, cast) == {"1单元6-1": "group_leader"}
    contacts.say_own(actor=cast.resident.actor, number=campaign.number, stance="undecided")
    assert not campaign.row.visits.exists()


def test_what_the_list_brought_is_the_beginning_of_the_history(campaign):
    brought = CanvassContact.objects.get(household=campaign.house("1单元3-1"))
    assert (brought.outcome, brought.channel, brought.by) == ("agree", "list", None)
    assert curves.standing(campaign.row) == {
        campaign.house("1单元3-1").building: {
            "agree": 3, "undecided": 0, "oppose": 0, "not_reached": 9, "refused": 0,
        }
    }  # fmt: skip


def test_a_visit_on_paper_lies_after_the_beginning_by_the_calendar_of_the_place(campaign, cast, freeze):
    began = clock.now()
    Canvass.objects.update(started_at=began.replace(hour=1, minute=0))
    fields = {
        "actor": cast.clerk.actor, "number": campaign.number, "n": campaign.n("1单元6-1"), "outcome": "agree",
        "canvasser": campaign.member(cast.group_leader).pk,
    }  # fmt: skip
    day = clock.day_of(Canvass.objects.get().started_at)
    assert code_of(lambda: contacts.record_for(**fields, on=day - timedelta(days=1))) == "bad-day"
    assert contacts.record_for(**fields, on=day).on == day
