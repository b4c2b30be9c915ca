"""供能: help that was given once. One side notes it, the other or a worker confirms it; then it is time."""

from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.kernel import clock, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.policy import require
from mulin.mutualaid.matching import access
from mulin.mutualaid.matching.actions import base
from mulin.mutualaid.matching.models import AidMatch, AidVisit
from mulin.mutualaid.timebank import actions as timebank


def note_visit(*, actor: Actor, number: str, on: date, minutes: int, note: str = "") -> AidVisit:
    """Note a visit of a match: the helper, the family, or a worker who was told. What a worker notes counts
    as confirmed. With a child, only a day on which the check and the consent held.

    Who: aid.visit:note. Raises not-begun, bad-day, too-long-ago, bad-count, no-check, no-consent.
    """
    note = access.clean_text(note, "note", base.REASON)
    with write():
        match = access.one(access.visible_matches(actor), number, lock=True)
        require(actor, access.VISIT, access.target_of_match(match))
        _fits(match, on, minutes)
        side = access.side_of(actor, match) or "worker"
        visit = AidVisit(
            match=match, place=match.place, on=on, minutes=minutes, note=note, noted_side=side,
            noted_by=actor.account, **base.guard(match, on),
        )  # fmt: skip
        if side == "worker":
            _confirm(visit, actor, side)
        visit.save()
        if visit.state == "confirmed":
            credit(visit)
        base.line("aid.visit.noted", actor, match, side=side, minutes=minutes, on=on.isoformat())
    return visit


def _fits(match: AidMatch, on: date, minutes: int) -> None:
    if match.begun_on is None or on < match.begun_on:
        raise ActionError("not-begun", _("这一天还没有开始互助。"), field="on", status=422)
    if match.state == "closed" and match.closed_at and on > clock.day_of(match.closed_at):
        raise ActionError("over", _("这一天互助已经结束了。"), field="on", status=422)
    if on > clock.today():
        raise ActionError("bad-day", _("这一天还没有到，请核对。"), field="on", status=422)
    back = int(rulebook.value("aid.visit.back_days", at=match.place))
    if on < clock.today() - timedelta(days=back):
        raise ActionError("too-long-ago", _("最多补记 %(n)s 天内的。") % {"n": back}, field="on", status=422)
    _fits_minutes(match, minutes)


def _fits_minutes(match: AidMatch, minutes: int) -> None:
    most = int(rulebook.value("aid.visit.minutes_most", at=match.place))
    if not 1 <= minutes <= most:
        raise ActionError(
            "bad-count", _("请写用了多少分钟，最多 %(n)s。") % {"n": most}, field="minutes", status=422
        )


def _visit(actor: Actor, visit: UUID | str) -> AidVisit:
    """A visit of a match that the actor sees, both locked; NotVisible (404) otherwise."""
    found = access.by_id(AidVisit.objects.all(), visit)
    match = access.visible_matches(actor).select_for_update(of=("self",)).filter(pk=found.match_id).first()
    if match is None:
        raise NotVisible(str(visit))
    locked = AidVisit.objects.select_for_update().get(pk=found.pk)
    locked.match = match
    return locked


def confirm_visit(*, actor: Actor, visit: UUID | str) -> AidVisit:
    """The other side, or a worker, says that it was so; the minutes go into the time bank.

    Who: aid.visit:note, and not the side that noted it. Raises not-now, own-note.
    """
    with write():
        found = _visit(actor, visit)
        require(actor, access.VISIT, access.target_of_match(found.match))
        _still_open(found)
        side = access.side_of(actor, found.match) or "worker"
        if side == found.noted_side:
            raise ActionError("own-note", _("要请另一边确认，或者请社区确认。"))
        _confirm(found, actor, side)
        found.save()
        credit(found)
        base.line("aid.visit.confirmed", actor, found.match, side=side, minutes=found.minutes)
    return found


def _still_open(visit: AidVisit) -> None:
    if visit.state not in ("noted", "disputed"):
        raise ActionError("not-now", _("这一次已经有结论了。"))


def _confirm(visit: AidVisit, actor: Actor, side: str) -> None:
    visit.state, visit.confirmed_side = "confirmed", side
    visit.confirmed_by, visit.confirmed_at = actor.account, clock.now()


def dispute_visit(*, actor: Actor, visit: UUID | str, reason: str) -> AidVisit:
    """The other side remembers it otherwise; a worker settles it. Who: aid.visit:note, not who noted it."""
    reason = access.clean_text(reason, "reason", base.REASON, _("请写哪里不对。"))
    with write():
        found = _visit(actor, visit)
        require(actor, access.VISIT, access.target_of_match(found.match))
        _still_open(found)
        if access.side_of(actor, found.match) == found.noted_side:
            raise ActionError("own-note", _("这是您自己记的。记错了请和社区说。"))
        found.state, found.reason = "disputed", reason
        found.save()
        base.line("aid.visit.disputed", actor, found.match)
    return found


def settle_visit(*, actor: Actor, visit: UUID | str, counts: bool, minutes: int = 0) -> AidVisit:
    """A worker decides what both remember differently. Who: aid.match:manage. Raises not-now, bad-count."""
    with write():
        found = _visit(actor, visit)
        require(actor, access.MANAGE_MATCH, found.match.place)
        _still_open(found)
        if not counts:
            found.state = "dropped"
        else:
            _fits_minutes(found.match, minutes or found.minutes)
            found.minutes = minutes or found.minutes
            _confirm(found, actor, "worker")
        found.save()
        if counts:
            credit(found)
        base.line("aid.visit.settled", actor, found.match, counts=counts, minutes=found.minutes)
    return found


def credit(visit: AidVisit) -> None:
    """The minutes enter the time bank, the helper's and off the family's, inside the caller's transaction."""
    timebank.credit_visit(visit)
    timebank.spend_visit(visit)
