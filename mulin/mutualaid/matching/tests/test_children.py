"""No unchecked adult is ever offered to a child: by the one function, by the database, by the worker."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from mulin.kernel import clock
from mulin.kernel.errors import ActionError
from mulin.mutualaid.matching import actions, candidates
from mulin.mutualaid.matching.models import AidHelper, AidMatch, AidOffer

pytestmark = pytest.mark.django_db


def names(need) -> set[str]:
    return {one.name for one in candidates.candidates(need)}


def refused(code: str, act, **given):
    with pytest.raises(ActionError) as error:
        act(**given)
    assert error.value.code == code, error.value


def test_without_a_check_nobody_is_named_for_a_child(helped, needed):
    helped("查过的")
    helped("没查的", checked=None)
    helped("过期的", checked=None)
    assert names(needed()) == {"查过的"}


def test_a_check_counts_for_a_year_and_not_a_day_longer(helped, needed, freeze):
    helper = helped("王婶", checked=0)
    need = needed()
    assert candidates.check_of(helper).valid_until.isoformat() == "2027-11-22"
    assert names(need) == {"王婶"}
    freeze("2027-11-22 23:00")
    AidHelper.objects.update(insured_until=clock.today() + timedelta(days=9))
    assert names(need) == {"王婶"}
    freeze("2027-11-23 00:30")
    assert names(need) == set()


def test_a_stricter_rule_works_at_once(helped, needed, world, cast):
    from mulin.kernel import rulebook
    from mulin.kernel.models import RuleOverride

    helped("王婶", checked=200)
    need = needed()
    assert names(need) == {"王婶"}
    RuleOverride.objects.create(
        name="aid.check.months", place=world.home, valid_from=clock.today(), value=6, basis="社区公约",
        certainty="local practice", set_by=cast.admin.account,
    )  # fmt: skip
    rulebook.forget()
    assert names(need) == set()


def test_without_a_parents_consent_nobody_is_looked_for(cast, helped, needed):
    helped()
    need = needed(consent=False)
    assert names(need) == set()
    refused("no-consent", actions.suggest_helpers, actor=cast.clerk.actor, number=need.number)
    actions.take_consent(actor=cast.clerk.actor, number=need.number, given_on=clock.today())
    assert names(need) == {"王婶"}


def test_a_kind_that_asks_is_guarded_when_a_child_takes_part(helped, needed):
    helped("没查的", kinds=["company"], checked=None)
    assert names(needed("company", name="独居的赵爷爷")) == {"没查的"}
    assert names(needed("company", for_child=True)) == set()


def test_the_database_refuses_what_no_action_would_write(helped, needed, cast):
    unchecked, need = helped("没查的", checked=None), needed()
    consent = need.consents.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        AidOffer.objects.create(need=need, helper=unchecked, for_child=True, consent=consent)
    checked = helped("查过的")
    offer = actions.suggest_helpers(actor=cast.clerk.actor, number=need.number)[0]
    check = candidates.check_of(checked)
    bad = [
        {"proof": None, "consent": consent, "check_until": check.valid_until, "safe_rule": "two_adults"},
        {"proof": check, "consent": None, "check_until": check.valid_until, "safe_rule": "two_adults"},
        {"proof": check, "consent": consent, "check_until": check.valid_until, "safe_rule": ""},
        {"proof": check, "consent": consent, "check_until": None, "safe_rule": "two_adults"},
        {"proof": check, "consent": consent, "check_until": clock.today() - timedelta(days=1),
         "safe_rule": "two_adults"},
    ]  # fmt: skip
    for n, one in enumerate(bad):
        with pytest.raises(IntegrityError), transaction.atomic():
            AidMatch.objects.create(
                number=f"00000{n}", place=need.place, need=need, helper=checked, offer=offer, for_child=True,
                **one,
            )  # fmt: skip


def test_no_duty_with_children_before_a_check(cast, helped):
    helper = helped("没查的", checked=None)
    AidHelper.objects.filter(pk=helper.pk).update(state="trained")
    refused("no-check", actions.put_on_duty, actor=cast.clerk.actor, number=helper.number)


def test_between_suggestion_and_question_the_check_is_looked_at_again(cast, helped, needed):
    helper, need, clerk = helped(), needed(), cast.clerk.actor
    offer = actions.suggest_helpers(actor=clerk, number=need.number)[0]
    helper.checks.update(withdrawn_at=clock.now())
    refused(
        "not-found-any-more", actions.propose_match, actor=clerk, number=need.number, offer=offer.pk,
        safe_rule="two_adults", safe_note="家里",
    )  # fmt: skip


def test_a_match_with_a_child_names_its_rule_and_place(cast, helped, needed):
    helped()
    need, clerk = needed(), cast.clerk.actor
    offer = actions.suggest_helpers(actor=clerk, number=need.number)[0]
    given = {"actor": clerk, "number": need.number, "offer": offer.pk}
    refused("no-safe-rule", actions.propose_match, **given)
    refused("no-safe-rule", actions.propose_match, **given, safe_rule="two_adults")
    refused("not-offered", actions.propose_match, **given, safe_rule="alone", safe_note="家里")
    match = actions.propose_match(**given, safe_rule="two_adults", safe_note="家里，外婆在")
    assert match.proof and match.consent and match.for_child


def test_an_expired_check_pauses_what_runs_and_tells_all(cast, helped, needed, begun, freeze, settle):
    from mulin.kernel.models import Notice

    helper = helped(account=cast.neighbour.account, checked=360)
    match = begun(needed())
    assert actions.pause_expired() == 0
    freeze(clock.now() + timedelta(days=6))
    assert actions.pause_expired() == 1
    match.refresh_from_db()
    assert (match.state, match.was, match.why) == ("paused", "trial", "check")
    settle()
    told = set(Notice.objects.filter(code="aid.match.paused").values_list("account", flat=True))
    assert {cast.resident.id, cast.neighbour.id, cast.clerk.id} <= told
    refused("no-check", actions.resume_match, actor=cast.clerk.actor, number=match.number)
    actions.record_check(
        actor=cast.clerk.actor, number=helper.number, checked_on=clock.today(), source="花园路派出所"
    )
    assert actions.resume_match(actor=cast.clerk.actor, number=match.number).state == "trial"


def test_a_new_check_in_time_takes_the_place_of_the_old_one(cast, helped, needed, begun, freeze):
    helper = helped(checked=360)
    match = begun(needed())
    actions.record_check(
        actor=cast.clerk.actor, number=helper.number, checked_on=clock.today(), source="花园路派出所"
    )
    freeze(clock.now() + timedelta(days=6))
    assert actions.pause_expired() == 0
    match.refresh_from_db()
    assert match.state == "trial" and match.check_until == candidates.check_of(helper).valid_until


def test_a_consent_that_is_taken_back_stops_it_at_once(cast, helped, needed, begun):
    helped()
    need = needed()
    match = begun(need)
    actions.withdraw_consent(actor=cast.resident.actor, number=need.number)
    match.refresh_from_db()
    assert (match.state, match.why) == ("paused", "consent")
    refused("no-consent", actions.resume_match, actor=cast.clerk.actor, number=match.number)


def test_something_found_in_a_check_stops_it_at_once(cast, helped, needed, begun):
    helper, need = helped(), needed()
    match = begun(need)
    actions.record_check(
        actor=cast.clerk.actor,
        number=helper.number,
        checked_on=clock.today(),
        source="派出所",
        is_clear=False,
    )
    match.refresh_from_db()
    assert match.state == "paused" and names(needed(name="另一家")) == set()


def test_nobody_records_their_own_check(cast, helped):
    helper = helped()
    AidHelper.objects.filter(pk=helper.pk).update(account=cast.clerk.account)
    refused(
        "own-check", actions.record_check, actor=cast.clerk.actor, number=helper.number,
        checked_on=clock.today(), source="派出所",
    )  # fmt: skip


def test_a_visit_is_noted_only_for_a_day_on_which_the_check_held(cast, helped, needed, begun, freeze):
    helped(checked=360)
    match = begun(needed())
    freeze(clock.now() + timedelta(days=8))
    good = {"actor": cast.clerk.actor, "number": match.number, "minutes": 45}
    refused("no-check", actions.note_visit, **good, on=clock.today())
    visit = actions.note_visit(**good, on=clock.today() - timedelta(days=7))
    assert visit.proof_id == match.proof_id
