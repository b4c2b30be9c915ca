"""What goes wrong at the edges: two desks, two families at one time, a rule next door, who leaves."""

from datetime import timedelta

import pytest

from mulin.kernel import clock, rulebook
from mulin.kernel.errors import ActionError
from mulin.kernel.models import Entry, Notice, RuleOverride
from mulin.kernel.registry import PUBLIC, RESTRICTED, sentences
from mulin.mutualaid.matching import actions, candidates, personal_data
from mulin.mutualaid.matching.audit import audit
from mulin.mutualaid.matching.models import AidMatch, AidVisit
from mulin.mutualaid.matching.tests.conftest import AFTERNOONS, SCHOOL, days_ago
from mulin.voices.actions import submit_voice

pytestmark = pytest.mark.django_db


def refused(code: str, act, **given):
    with pytest.raises(ActionError) as error:
        act(**given)
    assert error.value.code == code, error.value


def test_nobody_is_asked_for_two_families_at_one_time(cast, helped, needed):
    helped("王婶")
    first, second = needed(name="一家"), needed(name="二家")
    clerk = cast.clerk.actor
    safe = {"safe_rule": "visible_place", "safe_note": "四点半课堂"}
    shown = [actions.suggest_helpers(actor=clerk, number=one.number)[0] for one in (first, second)]
    actions.propose_match(actor=clerk, number=first.number, offer=shown[0].pk, **safe)
    refused(
        "not-found-any-more",
        actions.propose_match, actor=clerk, number=second.number, offer=shown[1].pk, **safe,
    )  # fmt: skip
    assert AidMatch.objects.count() == 1


def test_nothing_begins_with_somebody_who_rests(cast, helped, needed, proposed):
    helper = helped("王婶", account=cast.neighbour.account)
    match = proposed(needed())
    actions.agree_match(actor=cast.resident.actor, number=match.number)
    actions.rest_helper(actor=cast.neighbour.actor, number=helper.number)
    refused("resting", actions.agree_match, actor=cast.neighbour.actor, number=match.number)
    actions.put_on_duty(actor=cast.neighbour.actor, number=helper.number)
    assert actions.agree_match(actor=cast.neighbour.actor, number=match.number).state == "trial"


def test_a_kind_that_is_added_on_duty_needs_its_training_and_check_first(cast, world):
    given = {"name": "刘叔", "kinds": ["meals"], "windows": AFTERNOONS, "capacity": 1}
    clerk = cast.clerk.actor
    helper = actions.enter_helper(actor=clerk, place=world.home, account=cast.neighbour.account.pk, **given)
    one = {"actor": clerk, "number": helper.number}
    actions.screen_helper(**one)
    actions.give_training(actor=clerk, numbers=[helper.number], topic="basics", on=clock.today(), minutes=60)
    actions.put_on_duty(**one)
    more = {**given, "kinds": ["meals", "tutoring"]}
    me = {"actor": cast.neighbour.actor, "number": helper.number}
    refused("no-training", actions.edit_helper, **me, **more)
    actions.give_training(
        actor=clerk, numbers=[helper.number], topic="child_safety", on=clock.today(), minutes=60
    )
    refused("no-check", actions.edit_helper, **me, **more)
    actions.record_check(**one, checked_on=clock.today(), source="花园路派出所")
    assert actions.edit_helper(**me, **more).kinds.count() == 2


def test_the_rule_of_the_childs_place_counts(cast, world, helped, needed, begun):
    """A helper from next door, where the rule is wider: the stricter one where the child is pauses it."""
    helper = helped("王婶", checked=200)
    match = begun(needed())
    other = f"{world.home[:9]}{int(world.home[9:]) + 1:03d}"
    type(helper).objects.filter(pk=helper.pk).update(place=other)
    RuleOverride.objects.create(
        name="aid.check.months", place=world.home, valid_from=clock.today(), value=6, basis="社区公约",
        certainty="local practice", set_by=cast.admin.account,
    )  # fmt: skip
    rulebook.forget()
    assert {one.what for one in audit().violations} >= {"now-check-expired"}
    refused(
        "no-check", actions.note_visit, actor=cast.clerk.actor, number=match.number, on=clock.today(),
        minutes=45,
    )  # fmt: skip
    assert actions.pause_expired() == 1


def test_a_withdrawn_check_leaves_nothing_that_rests_on_it(cast, helped, needed, begun):
    helper = helped("王婶", checked=30)
    match = begun(needed())
    first = match.proof
    newer = actions.record_check(
        actor=cast.clerk.actor, number=helper.number, checked_on=days_ago(1), source="花园路派出所"
    )
    actions.withdraw_check(actor=cast.clerk.actor, number=helper.number, check=first.pk, reason="登记错了人")
    match.refresh_from_db()
    assert (match.state, match.proof_id, match.check_until) == ("trial", newer.pk, newer.valid_until)
    assert audit().violations == []


def test_a_child_is_not_added_to_a_need_for_which_others_were_shown(cast, helped, needed):
    helped("没查的", kinds=["company"], checked=None)
    need = needed("company", consent=False)
    assert actions.suggest_helpers(actor=cast.clerk.actor, number=need.number)
    given = {"name": need.name, "windows": AFTERNOONS, "for_child": True}
    refused(
        "shown-already", actions.edit_need, actor=cast.resident.actor, number=need.number,
        kind="company", **given,
    )  # fmt: skip
    assert audit().violations == []
    fresh = needed("company", for_child=True)
    assert set(candidates.candidates(fresh)) == set()


def test_a_dispute_is_settled_however_long_it_took(cast, helped, needed, begun, freeze):
    helped("王婶", account=cast.neighbour.account)
    match = begun(needed())
    visit = actions.note_visit(actor=cast.neighbour.actor, number=match.number, on=clock.today(), minutes=45)
    actions.dispute_visit(actor=cast.resident.actor, visit=visit.pk, reason="那天没有来")
    freeze(clock.now() + timedelta(days=90))
    actions.settle_visit(actor=cast.clerk.actor, visit=visit.pk, counts=True, minutes=30)
    assert AidVisit.objects.get().state == "confirmed"
    refused(
        "too-long-ago", actions.note_visit, actor=cast.clerk.actor, number=match.number,
        on=days_ago(90), minutes=45,
    )  # fmt: skip


def test_a_helper_who_deletes_the_account_leaves_a_family_that_is_looked_for(cast, helped, needed, begun):
    helped("王婶", account=cast.neighbour.account)
    need = needed()
    match = begun(need)
    personal_data.erase(cast.neighbour.id)
    for one in (need, match):
        one.refresh_from_db()
    assert (match.state, need.state) == ("closed", "asked")


def test_the_helper_hears_that_a_family_needs_nothing_more(cast, helped, needed, begun, settle):
    helped("王婶", account=cast.neighbour.account)
    need = needed(windows=SCHOOL)
    begun(need)
    actions.close_need(actor=cast.resident.actor, number=need.number, why="moved")
    settle()
    assert Notice.objects.filter(code="aid.need.closed", account=cast.neighbour.account).exists()


def test_that_a_family_was_helped_is_theirs_to_tell(cast, world, helped, needed, begun):
    """Nobody reads of it on the matter that grew out of it, unless the family agreed and it was published."""
    helped("王婶")
    need = needed()
    begun(need)
    lift = submit_voice(
        actor=cast.resident.actor, text="家属院想加装电梯", place=world.home, kind="suggestion"
    ).voice.matter
    actions.note_give_back(
        actor=cast.resident.actor,
        number=need.number,
        on=clock.today(),
        words="陪老人听方案",
        grew=lift.number,
    )
    known = sentences()
    told = Entry.objects.filter(matter=lift.pk, code__startswith="aid.")
    assert [one.code for one in told if known[one.code].audience == PUBLIC] == []


@pytest.mark.parametrize("code", ["aid.match.closed", "aid.need.closed"])
def test_why_two_neighbours_parted_is_no_public_line(code):
    assert sentences()[code].audience != PUBLIC


def test_who_asks_and_who_helps_is_in_no_journal_that_others_read(cast, helped, needed, begun):
    """An auditor reads the journal of a place: it names by their ids who did something."""
    helped("王婶", account=cast.neighbour.account)
    match = begun(needed())
    actions.note_visit(actor=cast.neighbour.actor, number=match.number, on=clock.today(), minutes=45)
    theirs = {cast.neighbour.id, cast.resident.id}
    known = sentences()
    lines = Entry.objects.filter(code__startswith="aid.", actor__in=theirs)
    assert lines.exists() and {known[one.code].audience for one in lines} == {RESTRICTED}
