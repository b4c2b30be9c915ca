"""Who is suggested for a need: every name that is shown is written down first, with what it rests on."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from mulin.kernel import clock, journal, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.policy import require
from mulin.mutualaid.matching import access, candidates, engine, states
from mulin.mutualaid.matching.actions import base
from mulin.mutualaid.matching.models import AidHelper, AidNeed, AidOffer

PLAN_SECONDS = 20.0
MOST_AT_ONCE = 1000


def suggest_helpers(*, actor: Actor, number: str) -> list[AidOffer]:
    """Look for helpers of one need and write down who is shown; the desk then asks one of them.

    Who: aid.need:manage. Raises need-closed, matched, incomplete, no-consent. An empty list is an answer.
    """
    with write():
        need = access.one(access.visible_needs(actor), number, lock=True)
        require(actor, access.MANAGE_NEED, need.place)
        is_ready(need)
        helpers = list(candidates.candidates(need).prefetch_related("kinds"))
        at = candidates.spots([need.building, *(one.building for one in helpers)])
        may = {one.pk: {need.pk} for one in helpers}
        most = int(rulebook.value("aid.shown_most", at=need.place))
        found = engine.suggest(
            candidates.engine_need(need, at),
            candidates.engine_helpers(helpers, may, at),
            float(rulebook.value("aid.radius_m", at=need.place)),
            most,
        )
        proofs = {one.pk: one.proof_id for one in helpers}
        offers = _write_down(actor, need, [(one, one.choices[0]) for one in found], proofs)
        base.line("aid.need.suggested", actor, need, n=len(offers), child=candidates.with_child(need))
    return offers


def is_ready(need: AidNeed) -> None:
    """Raises what keeps a need from being matched."""
    if need.state == "closed":
        raise ActionError("need-closed", _("这条求助已经结束。"))
    if need.matches.filter(state__in=states.LIVE).exists():
        raise ActionError("matched", _("已经在和一位邻居商量，或者已经说定。"))
    if not need.kind or not need.windows:
        raise ActionError("incomplete", _("先补上要哪种帮助、什么时候，再找人。"))
    if candidates.with_child(need) and candidates.consent_of(need) is None:
        raise ActionError("no-consent", _("有孩子参加，先要家长的书面同意，才能找人。"))


def _write_down(
    actor: Actor, need: AidNeed, found: Iterable[tuple[engine.Pair, Any]], proofs: dict[Any, Any]
) -> list[AidOffer]:
    """A new round of suggestions; those of earlier rounds that nobody took are passed."""
    need.offers.filter(state="shown").update(state="passed")
    number = (need.offers.aggregate(most=Max("round"))["most"] or 0) + 1
    is_child = candidates.with_child(need)
    consent = candidates.consent_of(need) if is_child else None
    checks = candidates.valid_checks(clock.today(), need.place).in_bulk(
        [one for one in proofs.values() if one]
    )
    rows = []
    for position, (one, choice) in enumerate(found, start=1):
        proof = checks.get(proofs[one.helper]) if is_child else None
        rows.append(
            AidOffer(
                need=need, helper_id=one.helper, for_child=is_child, proof=proof, consent=consent,
                check_until=proof.valid_until if proof else None, offered_on=clock.today(), round=number,
                position=position, reasons=list(one.reasons), windows=candidates.as_rows(choice),
                offered_by=actor.account,
            )
        )  # fmt: skip
    return AidOffer.objects.bulk_create(rows)


def plan_needs(*, actor: Actor, place: str) -> tuple[int, int]:
    """One suggestion for each need that waits at a community, so that as many as possible can be helped and
    nobody has more than they want. Nobody is asked yet. Returns (suggested, waiting).

    Who: aid.need:manage at the place. Needs that are not ready are left out. Raises nothing-waits.
    """
    access.community(place)
    require(actor, access.MANAGE_NEED, place)
    with write():
        waiting = _waiting(place)
        if not waiting:
            raise ActionError("nothing-waits", _("眼下没有可以配的求助。"))
        plan, proofs = _plan(waiting)
        for need in waiting:
            if need.pk in plan.pairs:
                _write_down(actor, need, [plan.pairs[need.pk]], proofs[need.pk])
        journal.record(
            "aid.plan.made", actor=actor, place=place, data={"n": len(plan.pairs), "of": len(waiting)}
        )
    return len(plan.pairs), len(waiting)


def _waiting(place: str) -> list[AidNeed]:
    """Needs that could be matched now, the longest wait first."""
    rows = (
        AidNeed.objects.select_for_update().filter(place=place, state="asked").order_by("waits_since", "pk")
    )
    found = []
    for need in rows[:MOST_AT_ONCE]:
        try:
            is_ready(need)
        except ActionError:
            continue
        found.append(need)
    return found


def _plan(waiting: list[AidNeed]) -> tuple[engine.Plan, dict[Any, dict[Any, Any]]]:
    """The engine's plan, and for each need the checks of those who may be named for it."""
    helpers: dict[Any, AidHelper] = {}
    may: dict[Any, set] = {}
    proofs: dict[Any, dict[Any, Any]] = {}
    for need in waiting:
        found = list(candidates.candidates(need).prefetch_related("kinds"))
        proofs[need.pk] = {one.pk: one.proof_id for one in found}
        for one in found:
            helpers[one.pk] = one
            may.setdefault(one.pk, set()).add(need.pk)
    at = candidates.spots([one.building for one in (*waiting, *helpers.values())])
    plan = engine.assign(
        [candidates.engine_need(one, at) for one in waiting],
        candidates.engine_helpers(helpers.values(), may, at),
        float(rulebook.value("aid.radius_m", at=waiting[0].place)),
        seconds=PLAN_SECONDS,
    )
    return plan, proofs
