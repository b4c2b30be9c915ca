"""Offering a space or a thing, changing it, letting it be shown, pausing and ending it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.bookings import slots
from mulin.kernel import codes, journal, policy, rulebook, secrets
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotAllowed
from mulin.kernel.ids import new_id
from mulin.kernel.numbers import new_number
from mulin.mutualaid.sharing import access, states, windows
from mulin.mutualaid.sharing.models import SharedOffer
from mulin.places.models import Site
from mulin.places.queries import exists

TITLE, ABOUT, WHERE, ACCESS, REASON = 40, 300, 100, 300, 200
MOST_FEN = 100_000
FACTS = ("title", "about", "site", "where", "access", "windows", "fee_fen", "per", "deposit_fen")


def offer(
    *, actor: Actor, place: str, kind: str, owner_name: str = "", matter: UUID | None = None, **facts: Any
) -> SharedOffer:
    """Lend a parking space or a thing. `facts`: see `edit_offer`. Where the rule says so the community looks
    at it first. `owner_name`: the desk enters it for somebody who is not online; `matter`: the offer (我能)
    that it grew out of.

    Who: a resident for themselves (aid.sharing:offer), the desk for others (aid.sharing:manage). Raises
    no-place, no-kind and what `edit_offer` raises.
    """
    if not codes.is_valid(place) or codes.level(place) != codes.Level.COMMUNITY or not exists(place):
        raise ActionError("no-place", _("请先选您住的社区。"), field="place", status=422)
    if kind not in states.KINDS:
        raise ActionError("no-kind", _("请选是车位还是东西。"), field="kind", status=422)
    owner_name = _short(owner_name, 40, "owner_name")
    _require(actor, place, bool(owner_name))
    with write():
        made = SharedOffer(
            pk=new_id(), number=new_number(), place=place, kind=kind, matter=matter, owner_name=owner_name,
            account_id=None if owner_name else actor.account,
            entered_by=actor.account if owner_name else None,
        )  # fmt: skip
        made.party = made.account_id or made.pk
        made.state = "asked" if needs_check(place, kind) and not owner_name else "open"
        _describe(made, facts)
        if made.state == "open":
            _show(made)
        made.save(force_insert=True)
        _line("aid.sharing.offered", actor, made, state=made.state)
    return made


def _require(actor: Actor, place: str, for_another: bool) -> None:
    if for_another:
        policy.require(actor, access.MANAGE, place)
    else:
        policy.require(actor, access.OFFER, access.own_target(actor, place))


def needs_check(place: str, kind: str) -> bool:
    """Whether the community looks at it before it is shown."""
    return bool(rulebook.value("aid.sharing.check", at=place, kind=kind))


def edit_offer(*, actor: Actor, number: str, **facts: Any) -> SharedOffer:
    """Change what is said of it: title, about, site (code of an estate, courtyard or building), where and
    access (sealed), windows, fee_fen and per (hour, day), deposit_fen. Uses that were booked keep what they
    were booked for.

    Who: the owner, and the desk. A space that is open stays open; where it lies changes what was looked at,
    so a new `where` of a space is looked at again. Raises closed, no-title, no-where, too-long, bad-windows,
    bad-fee, no-site.
    """
    with write():
        found = access.get_offer(actor, number, lock=True)
        _require_over(actor, found)
        if found.state == "closed":
            raise ActionError("closed", _("已经不再出借了，请重新挂一个。"))
        before = found.where_sealed and secrets.unseal(found.where_sealed)
        _describe(found, facts)
        moved = secrets.unseal(found.where_sealed) != before
        again = found.state == "declined" or (moved and found.state != "asked")
        if again and needs_check(found.place, found.kind) and access.is_owner(actor, found):
            found.state, found.reason = "asked", ""
        found.save()
        if found.resource_id:
            _show(found)
        _line("aid.sharing.edited", actor, found, state=found.state)
    return found


def _require_over(actor: Actor, found: SharedOffer) -> None:
    if access.is_owner(actor, found):
        policy.require(actor, access.OFFER, access.own_target(actor, found.place))
    elif not access.may_manage(actor, found.place):
        raise NotAllowed("not-allowed", _("只有出借的人和社区可以改。"))


def _describe(found: SharedOffer, facts: Mapping[str, Any]) -> None:
    if unknown := sorted(facts.keys() - set(FACTS)):
        raise TypeError(f"an offer has no {unknown[0]}")
    found.title = _short(facts.get("title", found.title), TITLE, "title")
    if not found.title:
        raise ActionError("no-title", _("请写是什么。"), field="title", status=422)
    found.about = _short(facts.get("about", found.about), ABOUT, "about")
    if "where" in facts:
        found.where_sealed = secrets.seal(_short(facts["where"], WHERE, "where"))
    if not found.where_sealed:
        said = _("请写在哪里，例如几号楼地下几号车位。只有约了的人看得到。")
        raise ActionError("no-where", said, field="where", status=422)
    if "access" in facts:
        found.access_sealed = secrets.seal(_short(facts["access"], ACCESS, "access"))
    if "site" in facts:
        found.site = _site(found.place, facts["site"])
    _hours_and_fee(found, facts)


def _hours_and_fee(found: SharedOffer, facts: Mapping[str, Any]) -> None:
    try:
        found.windows = windows.checked(facts.get("windows", found.windows))
    except (ValueError, KeyError, TypeError) as error:
        said = _("请写哪几天、从几点到几点可以用，例如周一至周五18:00到08:00。")
        raise ActionError("bad-windows", said, field="windows", status=422) from error
    found.fee_fen, found.per = facts.get("fee_fen", found.fee_fen), facts.get("per", found.per)
    found.deposit_fen = facts.get("deposit_fen", found.deposit_fen)
    if found.per not in states.PER or not 0 <= found.fee_fen <= MOST_FEN:
        raise ActionError("bad-fee", _("费用请填0到1000元。"), field="yuan", status=422)
    if not 0 <= found.deposit_fen <= MOST_FEN:
        raise ActionError("bad-fee", _("押金请填0到1000元。"), field="deposit", status=422)


def _site(place: str, code: str) -> Site | None:
    if not code:
        return None
    found = Site.objects.filter(code=code, community=place, valid_to=None).first()
    if found is None:
        raise ActionError("no-site", _("请从列出的小区、院落里选。"), field="site", status=422)
    return found


def _show(found: SharedOffer) -> None:
    """Give it a place in the one calendar."""
    found.resource = slots.resource_for(found.kind, found.pk, place=found.place, title=found.title)


def decide_offer(*, actor: Actor, number: str, accept: bool, reason: str = "") -> SharedOffer:
    """Let it be shown, or not, with a reason that its owner reads. Who: aid.sharing:manage. Raises not-now,
    no-reason."""
    return _move(actor, number, "open" if accept else "declined", reason, by_desk=True)


def pause_offer(*, actor: Actor, number: str) -> SharedOffer:
    """No new bookings for a while; those there are stay. Who: the owner, the desk."""
    return _move(actor, number, "paused", "")


def resume_offer(*, actor: Actor, number: str) -> SharedOffer:
    """It may be booked again. Who: the owner, the desk."""
    return _move(actor, number, "open", "")


def close_offer(*, actor: Actor, number: str, reason: str = "") -> SharedOffer:
    """Not lent any more. Who: the owner; the desk with a reason. Raises not-now, no-reason, in-use (somebody
    has booked it: cancel that first, so that they are told why)."""
    return _move(actor, number, "closed", reason)


def _move(actor: Actor, number: str, state: str, reason: str, *, by_desk: bool = False) -> SharedOffer:
    reason = _short(reason, REASON, "reason")
    with write():
        found = access.get_offer(actor, number, lock=True)
        if by_desk or (state == "open" and found.state == "asked"):
            policy.require(actor, access.MANAGE, found.place)
        else:
            _require_over(actor, found)
        if state not in states.OFFER_MOVES[found.state]:
            said = _("现在是“%(state)s”，不能这样做。") % {"state": states.OFFERS[found.state]}
            raise ActionError("not-now", said)
        own = access.is_owner(actor, found)
        if not reason and (state == "declined" or (state == "closed" and not own)):
            raise ActionError("no-reason", _("请写明原因，出借人看得到。"), field="reason", status=422)
        if state == "closed" and found.uses.filter(state__in=states.LIVE).exists():
            raise ActionError("in-use", _("还有人约着，请先取消那几次，让对方知道原因。"))
        found.state, found.reason = state, reason
        if state == "open":
            _show(found)
        found.save()
        _line("aid.sharing.moved", actor, found, state=state)
    return found


def _short(text: str, most: int, field: str) -> str:
    text = " ".join(str(text).split())
    if len(text) > most:
        raise ActionError("too-long", _("最多 %(n)s 个字。") % {"n": most}, field=field, status=422)
    return text


def _line(code: str, actor: Actor, found: SharedOffer, **data: Any) -> None:
    facts = {"number": found.number, "kind": found.kind, **data}
    journal.record(code, actor=actor, place=found.place, subject=found.pk, matter=found.matter, data=facts)
