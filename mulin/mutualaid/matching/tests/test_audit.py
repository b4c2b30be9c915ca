"""The audit finds what somebody wrote behind the actions' back."""

from datetime import timedelta

import pytest
from django.db import connection

from mulin.kernel import clock
from mulin.kernel.testing.commands import run
from mulin.mutualaid.matching import actions, candidates
from mulin.mutualaid.matching.audit import audit
from mulin.mutualaid.matching.models import (
    AidCheck,
    AidConsent,
    AidHelper,
    AidMatch,
    AidNeed,
    AidOffer,
    AidVisit,
)

pytestmark = pytest.mark.django_db


def kinds_of_violations() -> set[str]:
    return {one.what for one in audit().violations}


@pytest.fixture
def offered(cast, helped, needed):
    helped()
    need = needed()
    return actions.suggest_helpers(actor=cast.clerk.actor, number=need.number)[0]


def test_an_honest_place_has_no_violation(cast, helped, needed, begun):
    helped("王婶")
    helped("没查的", kinds=["company"], checked=None)
    match = begun(needed())
    actions.note_visit(actor=cast.clerk.actor, number=match.number, on=clock.today(), minutes=45)
    actions.suggest_helpers(actor=cast.clerk.actor, number=needed("company", name="独居的赵爷爷").number)
    last, _text, code = run("aid", "audit")
    assert last == {"offers": 2, "violations": 0, "sessions": 0} and code == 0


def test_no_data_is_no_violation(db):
    assert run("aid", "audit")[0] == {"offers": 0, "violations": 0, "sessions": 0}


def test_an_offer_without_a_check_is_found(offered):
    """By raw SQL, with the row denying that a child is concerned: the constraint lets it pass."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mutualaid_aidoffer SET for_child = %s, proof_id = NULL, check_until = NULL", [False]
        )
    last, text, code = run("aid", "audit")
    assert last == {"offers": 1, "violations": 1, "sessions": 0} and code == 1
    assert (
        f"check-missing: offer {offered.pk}, need {offered.need.number}, helper {offered.helper.number}"
        in text
    )
    assert "王婶" not in text and "李妈妈" not in text


def test_a_need_that_denies_its_child_is_found_by_the_consent(helped, needed, cast):
    helped("没查的", kinds=["company"], checked=None)
    need = needed("company", for_child=True)
    AidNeed.objects.filter(pk=need.pk).update(for_child=False)
    unchecked = AidHelper.objects.get(name="没查的")
    AidOffer.objects.create(need=need, helper=unchecked, for_child=False)
    assert {"check-missing", "consent-missing"} == kinds_of_violations()


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("check-expired", {"valid_until": -1, "checked_on": -366}),
        ("check-expired", {"checked_on": -500}),
        ("check-later", {"checked_on": 1}),
    ],
)
def test_a_check_that_did_not_hold_that_day_is_found(offered, what, change):
    days = {name: clock.today() + timedelta(days=n) for name, n in change.items()}
    AidCheck.objects.filter(pk=offered.proof_id).update(**days)
    assert kinds_of_violations() == {what}


def test_a_check_that_was_not_clear_is_found(offered):
    AidCheck.objects.filter(pk=offered.proof_id).update(is_clear=False)
    assert kinds_of_violations() == {"check-not-clear"}


def test_a_check_of_another_person_is_found(offered, helped):
    other = helped("另一位")
    AidOffer.objects.filter(pk=offered.pk).update(proof=candidates.check_of(other))
    assert kinds_of_violations() == {"check-of-another"}


def test_a_check_that_was_withdrawn_before_is_found_and_one_withdrawn_after_is_not(offered):
    check = AidCheck.objects.filter(pk=offered.proof_id)
    check.update(withdrawn_at=offered.created_at + timedelta(hours=1))
    assert kinds_of_violations() == set()
    check.update(withdrawn_at=offered.created_at - timedelta(hours=1))
    assert kinds_of_violations() == {"check-withdrawn"}


def test_a_missing_consent_is_found(offered):
    AidOffer.objects.filter(pk=offered.pk).update(for_child=False, consent=None)
    assert kinds_of_violations() == {"consent-missing"}


def test_a_consent_of_another_family_is_found(offered, needed):
    other = needed(name="另一家").consents.get()
    AidOffer.objects.filter(pk=offered.pk).update(consent=other)
    assert kinds_of_violations() == {"consent-of-another"}


def test_a_consent_that_came_later_or_was_taken_back_is_found(offered):
    consent = AidConsent.objects.filter(pk=offered.consent_id)
    consent.update(given_on=clock.today() + timedelta(days=1))
    assert kinds_of_violations() == {"consent-later"}
    consent.update(given_on=clock.today(), withdrawn_at=offered.created_at - timedelta(minutes=1))
    assert kinds_of_violations() == {"consent-withdrawn"}


def test_a_match_with_somebody_who_was_never_suggested_is_found(helped, needed, begun):
    helped()
    match = begun(needed())
    other = helped("另一位")
    AidMatch.objects.filter(pk=match.pk).update(helper=other, proof=candidates.check_of(other))
    assert kinds_of_violations() == {"never-suggested"}


def test_a_match_that_began_without_both_is_found(helped, needed, begun):
    helped()
    match = begun(needed())
    AidMatch.objects.filter(pk=match.pk).update(family_agreed_at=None)
    assert kinds_of_violations() == {"not-agreed-by-both"}


def test_what_goes_on_after_a_check_ended_is_found_until_it_is_paused(helped, needed, begun, freeze):
    helped(checked=360)
    begun(needed())
    freeze(clock.now() + timedelta(days=6))
    assert kinds_of_violations() == {"now-check-expired"}
    actions.pause_expired()
    assert kinds_of_violations() == set()


def test_a_visit_on_a_day_without_a_check_is_found(cast, helped, needed, begun):
    helped()
    match = begun(needed())
    visit = actions.note_visit(actor=cast.clerk.actor, number=match.number, on=clock.today(), minutes=45)
    AidVisit.objects.filter(pk=visit.pk).update(for_child=False, proof=None, check_until=None)
    assert kinds_of_violations() == {"check-missing"}
