"""Matches: proposed, agreed by both, tried, talked over, running, paused, ended."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.kernel import clock, rulebook
from mulin.kernel.actors import SYSTEM, Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import require
from mulin.mutualaid.matching import access, candidates, states
from mulin.mutualaid.matching.actions import base
from mulin.mutualaid.matching.actions.suggesting import is_ready
from mulin.mutualaid.matching.catalogue import kind_of
from mulin.mutualaid.matching.models import LIVE, AidHelper, AidMatch, AidNeed, AidOffer
from mulin.voices import matters

NOTE, TALK = 160, 500


def propose_match(
    *, actor: Actor, number: str, offer: UUID | str, safe_rule: str = "", safe_note: str = ""
) -> AidMatch:
    """Ask one of those who were suggested, and the family. With a child, the rule that keeps it safe is
    named, and where.

    Who: aid.need:manage. Everything that let the helper be suggested is looked at again. Raises not-shown,
    not-found-any-more, full, no-check, no-consent, no-safe-rule, no-insurance, matched.
    """
    with write():
        need = access.one(access.visible_needs(actor), number, lock=True)
        require(actor, access.MANAGE_NEED, need.place)
        is_ready(need)
        shown = access.by_id(need.offers.select_related("helper"), offer, lock=True)
        if shown.state != "shown":
            raise ActionError("not-shown", _("这条建议过时了，请重新找人。"))
        helper = AidHelper.objects.select_for_update().get(pk=shown.helper_id)
        if not candidates.candidates(need).filter(pk=helper.pk).exists():
            raise ActionError("not-found-any-more", _("这位邻居眼下不合适了，请重新找人。"))
        _has_room(helper)
        _has_time(helper, shown)
        match = _make(need, helper, shown)
        _keep_safe(match, safe_rule, safe_note)
        match.save()
        AidOffer.objects.filter(pk=shown.pk).update(state="asked")
        base.line("aid.match.proposed", actor, match, child=match.for_child, kind=need.kind)
    return match


def _has_room(helper: AidHelper) -> None:
    """Under the helper's lock: two desks must not fill the last place twice."""
    if helper.matches.filter(state__in=LIVE).count() >= helper.capacity:
        raise ActionError("full", _("这位邻居答应的家数已经满了。"))


def _has_time(helper: AidHelper, shown: AidOffer) -> None:
    """Under the same lock: nobody is promised to two families at one time, whatever was shown before."""
    wanted = candidates.as_windows(shown.windows)
    live = helper.matches.filter(state__in=LIVE).values_list("windows", flat=True)
    promised = [one for rows in live for one in candidates.as_windows(rows)]
    if any(one.overlaps(other) for one in wanted for other in promised):
        raise ActionError("not-found-any-more", _("这位邻居眼下不合适了，请重新找人。"))


def _make(need: AidNeed, helper: AidHelper, offer: AidOffer) -> AidMatch:
    match = AidMatch(
        number=new_number(), place=need.place, need=need, helper=helper, offer=offer,
        windows=offer.windows, rests_since=clock.today(),
    )  # fmt: skip
    for name, value in base.guard(match).items():
        setattr(match, name, value)
    return match


def _keep_safe(match: AidMatch, safe_rule: str, safe_note: str) -> None:
    match.safe_note = access.clean_text(safe_note, "safe_note", NOTE)
    if not match.for_child:
        return
    chosen = base.clean_codes([safe_rule] if safe_rule else [], "aid.safe", match.place, "safe_rule")
    match.safe_rule = chosen[0] if chosen else ""
    if not match.safe_rule:
        raise ActionError("no-safe-rule", _("请选一条和孩子在一起的守则。"), field="safe_rule", status=422)
    if not match.safe_note:
        raise ActionError("no-safe-rule", _("请写在哪里、谁在场。"), field="safe_note", status=422)


def _locked(actor: Actor, number: str, *allowed: str) -> AidMatch:
    """A match that the actor sees, in one of these states. Its need is locked before it, as everywhere."""
    seen = access.one(access.visible_matches(actor), number)
    AidNeed.objects.select_for_update().get(pk=seen.need_id)
    match = access.one(access.visible_matches(actor), number, lock=True)
    if allowed and match.state not in allowed:
        word = states.MATCHES[match.state][0]
        raise ActionError("not-now", _("现在是“%(state)s”，不能这样做。") % {"state": word})
    return match


def agree_match(*, actor: Actor, number: str, side: str = "") -> AidMatch:
    """One side says yes; when both did, the trial begins. A worker may write down the yes of a `side` that
    was said by telephone or at the counter.

    Who: the two sides; aid.match:manage for either. Raises not-now, agreed-already, no-side; and when the
    trial would begin: resting, no-check, no-consent, no-insurance.
    """
    with write():
        match = _locked(actor, number, "proposed")
        own = access.side_of(actor, match)
        chosen = side or own
        if chosen not in ("helper", "family"):
            raise ActionError("no-side", _("请选是谁答应了。"), field="side", status=422)
        if chosen != own:
            require(actor, access.MANAGE_MATCH, match.place)
        if getattr(match, f"{chosen}_agreed_at"):
            raise ActionError("agreed-already", _("这一边已经答应了。"))
        setattr(match, f"{chosen}_agreed_at", clock.now())
        setattr(match, f"{chosen}_agreed_by", None if chosen == own else actor.account)
        both = bool(match.helper_agreed_at and match.family_agreed_at)
        if both:
            _begin(match)
        match.save()
        base.line("aid.match.begun" if both else "aid.match.agreed", actor, match,
                  matter=match.need.matter_id if both else None, side=chosen,
                  **({"until": match.trial_until.isoformat()} if both else {}))  # fmt: skip
    return match


def _begin(match: AidMatch) -> None:
    _rest_on(match)
    days = int(rulebook.value("aid.trial.days", at=match.place))
    match.state, match.begun_on = "trial", clock.today()
    match.trial_until = clock.today() + timedelta(days=days)
    AidNeed.objects.filter(pk=match.need_id).update(state="matched")
    AidOffer.objects.filter(pk=match.offer_id).update(state="taken")
    match.need.offers.filter(state="shown").update(state="passed")


def _rest_on(match: AidMatch) -> None:
    """What the match rests on from today: a helper on duty, the check and the consent as they are now, and
    the insurance."""
    if match.helper.state != "on_duty":
        raise ActionError("resting", _("帮忙的人还没有回到岗上。"))
    for name, value in base.guard(match).items():
        setattr(match, name, value)
    match.rests_since = clock.today()
    insured = match.helper.insured_until
    if kind_of(match.need.kind).risky and (insured is None or insured < clock.today()):
        if rulebook.value("aid.insurance", at=match.place) == "require":
            raise ActionError("no-insurance", _("这种帮助有风险，先给帮忙的人登记意外险。"))


def decline_match(*, actor: Actor, number: str, side: str = "", reason: str = "") -> AidMatch:
    """One side says no; nobody has to say why, and the other is not told who. Who: as for agree_match."""
    reason = access.clean_text(reason, "reason", base.REASON)
    with write():
        match = _locked(actor, number, "proposed")
        own = access.side_of(actor, match)
        chosen = side or own
        if chosen not in ("helper", "family"):
            raise ActionError("no-side", _("请选是谁谢绝了。"), field="side", status=422)
        if chosen != own:
            require(actor, access.MANAGE_MATCH, match.place)
        _end(match, "no", reason)
        AidOffer.objects.filter(pk=match.offer_id).update(state="passed")
        base.line("aid.match.declined", actor, match)
    return match


def hold_talk(*, actor: Actor, number: str, goes_on: bool, note: str) -> AidMatch:
    """The talk at the end of the trial, with both: it goes on, or ends in good terms.

    Who: aid.match:manage. Raises not-now, text-missing, no-check, no-consent.
    """
    note = access.clean_text(note, "note", TALK, _("请写双方怎么说。"))
    with write():
        match = _locked(actor, number, "trial")
        require(actor, access.MANAGE_MATCH, match.place)
        match.talked_on, match.talk_note = clock.today(), note
        if goes_on:
            _rest_on(match)
            match.state = "running"
            match.save()
        else:
            _end(match, "not_fitting", "")
        base.line("aid.match.talked", actor, match, goes_on=goes_on)
    return match


def pause_match(*, actor: Actor, number: str, reason: str = "") -> AidMatch:
    """Stop for a while. Who: the two sides; aid.match:manage. Raises not-now."""
    reason = access.clean_text(reason, "reason", base.REASON)
    with write():
        match = _locked(actor, number, *states.GOING)
        if not access.side_of(actor, match):
            require(actor, access.MANAGE_MATCH, match.place)
        match.was, match.state, match.why, match.reason = match.state, "paused", "asked", reason
        match.save()
        base.line("aid.match.paused", actor, match, why="asked")
    return match


def resume_match(*, actor: Actor, number: str) -> AidMatch:
    """Go on after a pause, on the check and the consent of today. Who: aid.match:manage. Raises not-now,
    incident-open, resting, no-check, no-consent, no-insurance."""
    with write():
        match = _locked(actor, number, "paused")
        require(actor, access.MANAGE_MATCH, match.place)
        if match.incidents.filter(state="open").exists():
            raise ActionError("incident-open", _("情况还没有处理完，先处理完再继续。"))
        _rest_on(match)
        match.state, match.was, match.why, match.reason = match.was or "running", "", "", ""
        match.save()
        base.line("aid.match.resumed", actor, match)
    return match


def close_match(*, actor: Actor, number: str, why: str, reason: str = "") -> AidMatch:
    """End it. Who: the two sides, at any time; aid.match:manage. The need waits again, unless nothing more is
    needed. Raises not-now, no-reason (422)."""
    if why not in states.ENDS or why == "no":
        raise ActionError("no-reason", _("请选为什么结束。"), field="why", status=422)
    reason = access.clean_text(reason, "reason", base.REASON)
    with write():
        match = _locked(actor, number, "trial", "running", "paused")
        if not access.side_of(actor, match):
            require(actor, access.MANAGE_MATCH, match.place)
        _end(match, why, reason)
        base.line("aid.match.closed", actor, match, matter=match.need.matter_id, why=why)
    return match


def _end(match: AidMatch, why: str, reason: str) -> None:
    match.state, match.why, match.reason, match.closed_at = "closed", why, reason, clock.now()
    match.save()
    need = match.need
    if need.state == "closed":
        return
    if why in ("not_needed", "moved"):
        need.state, need.reason, need.closed_at = "closed", str(states.ENDS[why]), clock.now()
        if need.matter_id:
            matters.close_matter(need.matter)
    elif need.state == "matched":
        need.state, need.waits_since = "asked", clock.now()
    need.save(update_fields=["state", "reason", "closed_at", "waits_since"])


def pause_expired() -> int:
    """Whatever goes on with a child without a check and a consent that hold today is paused, and all are
    told. The worker does it every few minutes. Returns how many."""
    going = AidMatch.objects.filter(state__in=states.GOING).select_related("need", "helper")
    n = 0
    for match in going.iterator(chunk_size=500):
        if why := _gone(match):
            n += _pause_by_rule(match.pk, why)
    return n


def _gone(match: AidMatch) -> str:
    if not (match.for_child or candidates.with_child(match.need)):
        return ""
    if not holds_today(match):
        return "check"
    return "" if candidates.consent_of(match.need) else "consent"


def holds_today(match: AidMatch) -> bool:
    """Whether the check that a match rests on still holds; a newer one counts once somebody resumes on it."""
    valid = candidates.valid_checks(clock.today(), match.need.place)
    return bool(match.proof_id) and valid.filter(pk=match.proof_id, helper=match.helper_id).exists()


def _pause_by_rule(pk: Any, why: str) -> int:
    with write():
        match = AidMatch.objects.select_for_update().filter(pk=pk, state__in=states.GOING).first()
        if match is None:
            return 0
        newer = candidates.check_of(match.helper, place=match.need.place) if why == "check" else None
        if newer and candidates.consent_of(match.need):
            # A new check was recorded in time: go on, resting on it.
            match.proof, match.check_until, match.rests_since = newer, newer.valid_until, clock.today()
            match.save(update_fields=["proof", "check_until", "rests_since"])
            base.line("aid.match.renewed", SYSTEM, match, until=newer.valid_until.isoformat())
            return 0
        match.was, match.state, match.why = match.state, "paused", why
        match.save(update_fields=["was", "state", "why"])
        base.line("aid.match.paused", SYSTEM, match, why=why)
    return 1
