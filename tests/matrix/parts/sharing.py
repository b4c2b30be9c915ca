"""Sharing: a space that waits for a look, an open one, a thing; a use in each state that a button needs."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from mulin.bookings import slots
from mulin.kernel import clock
from mulin.mutualaid.sharing import offers, uses
from tests.matrix.bodies import fixed
from tests.matrix.objects import POST, Thing, both, numbered
from tests.matrix.world import Matrix, Side

WHOLE = [{"day": n, "from": "00:00", "to": "24:00"} for n in range(1, 8)]
OFFERS = ("shared_asked", "shared_open")
USES = ("use_booked", "use_no_show", "use_objected", "use_damaged")
PUBLISHED = ("shared_open",)
# Who lends lives in one community, who borrows in the other.
OF_BOTH = (*USES, "cancel use_booked", "object use_no_show", "answer use_damaged")


def _place() -> list[Thing]:
    return both("community", lambda side: {"place": side.place})


def _use(name: str, **more: str) -> list[Thing]:
    label = " ".join([*more.values(), name])
    return both(label, lambda side: {"number": side.numbers[name], **more})


def _states() -> list[Thing]:
    found = []
    for move in ("pause", "close"):
        found += both(
            f"{move} shared_open",
            lambda side, move=move: {"number": side.numbers["shared_open"], "move": move},
            methods=POST,
        )  # fmt: skip
    return found


def _party(kind: str) -> list[Thing]:
    """The owner has lent nothing that was paid yet; the borrower owes for what was used."""
    return both(kind, lambda side: {"place": side.place, "kind": kind, "party": side.ids[f"share_{kind}"]})


THINGS: dict[str, list[Thing]] = {
    "aid:sharing-here": _place(),
    "aid:sharing-new": _place(),
    "aid:sharing-use": numbered(*USES),
    "aid:sharing-use-do": [
        *_use("use_booked", move="cancel"), *_use("use_no_show", move="object"),
        *_use("use_damaged", move="answer"),
    ],
    "aid:sharing-thing": numbered(*OFFERS),
    "aid:sharing-edit": numbered("shared_open"),
    "aid:sharing-book": numbered(*OFFERS),
    "aid:sharing-state": _states(),
    "aid_desk:sharing-new": _place(),
    "aid_desk:sharing-money": _place(),
    "aid_desk:sharing-party": _party("owner"),
    "aid_desk:sharing-cash": _party("borrower"),
    "aid_desk:sharing-use": numbered("use_booked", "use_objected"),
    "aid_desk:sharing-deposit": numbered("use_deposit"),
    "aid_desk:sharing-use-decide": [
        *_use("use_objected", what="objection"), *_use("use_damaged", what="damage"),
    ],
    "aid_desk:sharing-thing": numbered(*OFFERS),
    "aid_desk:sharing-check": numbered("shared_asked"),
    "aid_desk:sharing-edit": numbered("shared_open"),
    "aid_desk:sharing-close": numbered("shared_asked"),
    "aid_desk:sharing-book": numbered("shared_open"),
}  # fmt: skip


def _offer_body(matrix: Matrix, side: Side, params: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "thing", "title": "人字梯", "where": "值班室", "days": ["6", "7"], "begins": "09:00",
        "ends": "18:00", "per": "hour", "owner_name": "谢师傅",
    }  # fmt: skip


def _later(hours: int) -> datetime:
    return slots.whole(clock.now() + timedelta(hours=hours)).astimezone(clock.zone())


def _times(**more: Any) -> Callable[[Matrix, Side, dict[str, Any]], dict[str, Any]]:
    def body(matrix: Matrix, side: Side, params: dict[str, Any]) -> dict[str, Any]:
        form = "%Y-%m-%dT%H:%M"
        return {"starts_at": f"{_later(60):{form}}", "ends_at": f"{_later(61):{form}}", **more}

    return body


BODIES: dict[str, Callable[[Matrix, Side, dict[str, Any]], dict[str, Any]]] = {
    "aid:sharing-new": _offer_body,
    "aid:sharing-edit": _offer_body,
    "aid:sharing-book": _times(),
    "aid:sharing-use-do": fixed(text="当时下大雨"),
    "aid_desk:sharing-new": _offer_body,
    "aid_desk:sharing-edit": _offer_body,
    "aid_desk:sharing-book": _times(who="老陈"),
    "aid_desk:sharing-check": fixed(accept="yes", text=""),
    "aid_desk:sharing-close": fixed(text="重复了"),
    "aid_desk:sharing-cash": fixed(yuan="1"),
    "aid_desk:sharing-use-decide": fixed(upheld="yes", text="看了记录", keep=""),
}


def build(matrix: Matrix) -> None:
    """The resident of each lends, the other's borrows."""
    for side, guest in ((matrix.home, matrix.away), (matrix.away, matrix.home)):
        borrower = guest.resident.actor
        clerk, owner = side.clerk.actor, side.resident.actor
        for name in OFFERS:
            made = offers.offer(
                actor=owner, place=side.place, kind="parking", title="地下车位", where="B1-88", windows=WHOLE,
                fee_fen=300,
            )  # fmt: skip
            side.numbers[name] = made.number
        offers.decide_offer(actor=clerk, number=side.numbers["shared_open"], accept=True)
        drill = offers.offer(
            actor=owner, place=side.place, kind="thing", title="冲击钻", where="3栋", windows=WHOLE,
            deposit_fen=1000,
        )  # fmt: skip
        side.ids["share_owner"] = side.resident.account.pk
        side.ids["share_borrower"] = guest.resident.account.pk
        for n, name in enumerate(USES):
            side.numbers[name] = _made(side, borrower, owner, side.numbers["shared_open"], name, n)
        side.numbers["use_deposit"] = uses.book(
            actor=borrower, number=drill.number, starts_at=_later(5), ends_at=_later(6)
        ).number


def _made(side: Side, borrower: Any, owner: Any, offer: str, name: str, n: int) -> str:
    begins = _later(30) if name == "use_booked" else _later(-2 - 2 * n)
    with clock.at(min(clock.now(), begins)):
        number = uses.book(
            actor=borrower, number=offer, starts_at=begins, ends_at=begins + timedelta(hours=1)
        ).number
    if name in ("use_no_show", "use_objected"):
        uses.say_no_show(actor=owner, number=number)
    if name == "use_objected":
        uses.object_to_no_show(actor=borrower, number=number, words="我来过")
    if name == "use_damaged":
        uses.end(actor=borrower, number=number)
        uses.tell_damage(actor=owner, number=number, text="挡轮杆撞歪了")
    return number
