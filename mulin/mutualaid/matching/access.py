"""Whose things these are, and who finds them."""

from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from mulin.kernel import codes, policy
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.policy import Fields, Target
from mulin.mutualaid.matching.models import AidHelper, AidIncident, AidMatch, AidNeed

ASK, SEE_NEED, MANAGE_NEED = "aid.need:ask", "aid.need:view", "aid.need:manage"
OFFER, SEE_HELPER, MANAGE_HELPER = "aid.helper:offer", "aid.helper:view", "aid.helper:manage"
CHECK = "aid.check:record"
SEE_MATCH, MANAGE_MATCH, AGREE = "aid.match:view", "aid.match:manage", "aid.match:agree"
VISIT, GIVE_BACK, FIGURES = "aid.visit:note", "aid.giveback:note", "aid.figures:view"
REPORT, SEE_INCIDENT = "aid.incident:report", "aid.incident:view"

OWN = Fields(place="place", owners="account_id")
# A match belongs to both sides.
BOTH_SIDES = ("need__account_id", "helper__account_id")
Row = TypeVar("Row", bound=Model)


def community(place: str) -> str:
    """A community's code, or 422."""
    if not codes.is_valid(place) or codes.level(place) != codes.Level.COMMUNITY:
        raise ActionError("no-place", _("请选一个社区。"), field="place", status=422)
    return place


def target_of_need(need: AidNeed) -> Target:
    return Target(need.place, owners=frozenset({need.account_id} if need.account_id else ()))


def target_of_helper(helper: AidHelper) -> Target:
    return Target(helper.place, owners=frozenset({helper.account_id} if helper.account_id else ()))


def target_of_match(match: AidMatch) -> Target:
    both = {match.need.account_id, match.helper.account_id} - {None}
    return Target(match.place, owners=frozenset(both))


def visible_needs(actor: Actor) -> QuerySet[AidNeed]:
    return AidNeed.objects.filter(policy.visible(actor, SEE_NEED, OWN))


def visible_helpers(actor: Actor) -> QuerySet[AidHelper]:
    return AidHelper.objects.filter(policy.visible(actor, SEE_HELPER, OWN))


def visible_matches(actor: Actor) -> QuerySet[AidMatch]:
    found = Q()
    for owners in BOTH_SIDES:
        found |= policy.visible(actor, SEE_MATCH, Fields(place="place", owners=owners))
    return AidMatch.objects.filter(found).select_related("need", "helper", "proof", "consent")


def visible_incidents(actor: Actor) -> QuerySet[AidIncident]:
    seen = policy.visible(actor, SEE_INCIDENT, Fields(place="place"))
    return AidIncident.objects.filter(seen).select_related("match__need", "match__helper")


def one(found: QuerySet[Row], number: str, *, lock: bool = False) -> Row:
    """One visible row by its number, or NotVisible (404)."""
    if lock:
        found = found.select_for_update(of=("self",))
    row = found.filter(number=clean_number(number)).first()
    if row is None:
        raise NotVisible(number)
    return row


def by_id(found: QuerySet[Row], key: UUID | str, *, lock: bool = False) -> Row:
    """One of these rows by its id, or NotVisible (404)."""
    if lock:
        found = found.select_for_update(of=("self",))
    try:
        row = found.filter(pk=key).first()
    except (ValidationError, ValueError):
        row = None
    if row is None:
        raise NotVisible(str(key))
    return row


def side_of(actor: Actor, match: AidMatch) -> str:
    """helper or family, for who is one of the two; else empty. Nobody is matched with themselves."""
    if actor.account and actor.account == match.helper.account_id:
        return "helper"
    return "family" if actor.account and actor.account == match.need.account_id else ""


def may_manage(actor: Actor, match: AidMatch) -> bool:
    return policy.can(actor, MANAGE_MATCH, Target(match.place))


def clean_text(text: Any, field: str, most: int, needed: str = "") -> str:
    """A text that is not too long; `needed` is what is said when it is missing."""
    text = str(text or "").strip()
    if needed and not text:
        raise ActionError("text-missing", needed, field=field, status=422)
    if len(text) > most:
        raise ActionError("text-too-long", _("最多 %(n)s 个字。") % {"n": most}, field=field, status=422)
    return text
