"""How offers and uses read on pages."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mulin.kernel import clock, days
from mulin.kernel.actors import Actor
from mulin.ledger.wording import amount_words
from mulin.mutualaid.sharing import access, queries, states, uses
from mulin.mutualaid.sharing.models import SharedOffer, SharedUse


def fee_words(offer: SharedOffer) -> str:
    """`一小时 3.00 元`, or free."""
    if not offer.fee_fen:
        return _("不收费")
    words = {"per": states.PER[offer.per], "fee": amount_words("fen", offer.fee_fen)}
    return _("%(per)s收 %(fee)s") % words


def span_words(starts: datetime, ends: datetime) -> str:
    """`11月23日 18:00 到 20:00`; the day again where it is another one."""
    begins, over = starts.astimezone(clock.zone()), ends.astimezone(clock.zone())
    last = f"{over:%H:%M}" if begins.date() == over.date() else days.moment_words(over)
    return _("%(begins)s 到 %(ends)s") % {"begins": days.moment_words(begins), "ends": last}


def offer_row(offer: SharedOffer, found: queries.Found | None = None) -> dict[str, Any]:
    free = found.free[:1] if found else []
    return {
        "offer": offer,
        "url": reverse("aid:sharing-thing", args=[offer.number]),
        "title": offer.title,
        "kind": str(states.KINDS[offer.kind]),
        "icon": states.ICONS[offer.kind],
        "site": offer.site.name if offer.site else "",
        "fee": fee_words(offer),
        "state": states.offer_badge(offer.state),
        "fits": found.fits if found else None,
        "next": span_words(*free[0]) if free else "",
    }


def use_row(use: SharedUse, url_name: str = "aid:sharing-use") -> dict[str, Any]:
    return {
        "use": use,
        "url": reverse(url_name, args=[use.number]),
        "title": use.offer.title,
        "when": span_words(use.starts_at, use.ends_at),
        "state": states.use_badge(use.state),
        "fee": amount_words("fen", use.fee_fen) if use.fee_fen else "",
        "extra": str(states.OBJECTIONS[use.objection_state]) if use.objection_state else "",
    }


def use_facts(actor: Actor, use: SharedUse) -> dict[str, Any]:
    """Everything on the page of a use, as its side sees it."""
    damage = queries.damage_of(use)
    charged = sum(one.amount for one in use.charge.transfers.all()) if use.charge else 0
    return {
        **use_row(use),
        **queries.secrets_of(actor, use),
        "side": access.side_of(actor, use),
        "site": use.offer.site.name if use.offer.site else "",
        "late_fee": amount_words("fen", fee) if (fee := uses.late_fee(use)) else "",
        "charged": amount_words("fen", charged) if charged else "",
        "deposit": amount_words("fen", use.deposit_fen) if use.deposit_fen else "",
        "deposit_state": str(states.DEPOSITS[use.deposit_state]) if use.deposit_state else "",
        "damage": damage,
        "damage_state": str(states.DAMAGES[damage.state]) if damage else "",
        "moves": moves_for(actor, use),
    }


def moves_for(actor: Actor, use: SharedUse) -> list[str]:
    """What may be done now by who looks at it, the next thing first."""
    side, now = access.side_of(actor, use), clock.now()
    if side == "desk" and not access.may_manage(actor, use.place):
        return []
    found, begun = [], now >= use.starts_at
    if use.state == "booked":
        found += ["begin"] if _is_near(use, now) else []
        found += ["end"] if begun and use.offer.kind == "parking" else []
        found += ["cancel"] if not begun or side != "borrower" else []
        found += ["no-show"] if side != "borrower" and _is_missed(use, now) else []
    elif use.state == "in_use":
        found += ["end"]
    elif use.state == "no_show" and not use.objection_state and side != "owner":
        found += ["object"]
    damage = queries.damage_of(use)
    if side != "borrower" and use.state in {"in_use", "done"} and (not damage or damage.state == "settled"):
        found += ["damage"]
    if damage and damage.state == "told" and side != "owner":
        found += ["answer"]
    return found


def _is_near(use: SharedUse, now: datetime) -> bool:
    return (use.starts_at - now).total_seconds() <= 900 and use.deposit_state != "due"


def _is_missed(use: SharedUse, now: datetime) -> bool:
    return (now - use.starts_at).total_seconds() >= 1800
