"""Who may do what with what is shared, and finding it."""

from typing import Any

from django.db.models import Q

from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotAllowed, NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.policy import Fields, Target
from mulin.mutualaid.sharing.models import SharedDamage, SharedOffer, SharedUse

OFFER, BOOK = "aid.sharing:offer", "aid.sharing:book"
VIEW, MANAGE = "aid.sharing:view", "aid.sharing:manage"
FIELDS = Fields(place="place", divisions=True)
SHOWN = ("open", "paused")


def _own(account: Any) -> frozenset:
    return frozenset({account} if account else ())


def own_target(actor: Actor, place: str) -> Target:
    """For an act on one's own."""
    return Target(place, owners=_own(actor.account))


def is_owner(actor: Actor, offer: SharedOffer) -> bool:
    return actor.account is not None and offer.account_id == actor.account


def is_borrower(actor: Actor, use: SharedUse) -> bool:
    return actor.account is not None and use.account_id == actor.account


def may_manage(actor: Actor, place: str) -> bool:
    return policy.can(actor, MANAGE, place)


def side_of(actor: Actor, use: SharedUse) -> str:
    """borrower, owner or desk: as whom one deals with a use. NotVisible for others."""
    if is_borrower(actor, use):
        return "borrower"
    if is_owner(actor, use.offer):
        return "owner"
    if policy.can(actor, VIEW, use.place):
        return "desk"
    raise NotVisible(use.number)


def get_offer(actor: Actor, number: str, *, lock: bool = False) -> SharedOffer:
    """What everybody may see, one's own in any state, and for the desk all of its places. NotVisible."""
    rows = SharedOffer.objects.select_for_update() if lock else SharedOffer.objects.select_related("site")
    found = rows.filter(number=clean_number(number)).first()
    if found is None:
        raise NotVisible(number)
    if found.state in SHOWN or is_owner(actor, found) or policy.can(actor, VIEW, found.place):
        return found
    raise NotVisible(number)


def get_use(actor: Actor, number: str, *, lock: bool = False) -> SharedUse:
    """A use for the two sides and for the desk. NotVisible for everybody else."""
    rows = SharedUse.objects.select_related("offer__site", "booking")
    if lock:
        SharedUse.objects.select_for_update().filter(number=clean_number(number)).first()
    found = rows.filter(number=clean_number(number)).first()
    if found is None:
        raise NotVisible(number)
    side_of(actor, found)
    return found


def get_damage(actor: Actor, use: SharedUse) -> SharedDamage:
    """What was told last of a use, locked."""
    found = SharedDamage.objects.select_for_update().filter(use=use).order_by("-id").first()
    if found is None:
        raise NotVisible(use.number)
    return found


def require_side(actor: Actor, use: SharedUse, *sides: str) -> str:
    """As whom the actor acts; 403 for a side that may not. The desk acts by `manage` only."""
    side = side_of(actor, use)
    if side == "desk" and "desk" in sides:
        policy.require(actor, MANAGE, use.place)
    elif side in sides:
        permission = BOOK if side == "borrower" else OFFER
        policy.require(actor, permission, own_target(actor, use.place))
    elif "desk" in sides and may_manage(actor, use.place):
        return "desk"
    else:
        _refuse()
    return side


def _refuse() -> None:
    from django.utils.translation import gettext as _

    raise NotAllowed("not-allowed", _("这一步由另一方来做。"))


def visible_offers(actor: Actor):
    """All that the desk looks after."""
    return SharedOffer.objects.filter(policy.visible(actor, VIEW, FIELDS)).select_related("site")


def mine(actor: Actor) -> Q:
    return Q(account_id=actor.account) if actor.account else Q(pk__in=[])
