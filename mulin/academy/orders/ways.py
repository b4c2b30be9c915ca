"""The way "order": a wish or an offer stands on the list of orders. Runs inside the voice's own transaction
and its one journal line; lean, since it is part of every report."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.academy.catalogues import themes
from mulin.academy.orders.models import Asking, Order
from mulin.academy.orders.reading import Guess, guess
from mulin.kernel.actors import Actor
from mulin.kernel.clock import today
from mulin.kernel.errors import ActionError
from mulin.kernel.inserting import insert
from mulin.kernel.registry import Way, WayResult
from mulin.voices.states import WISHES

MINUTES = 60


def attach(*, actor: Actor, matter: Any, voice: Any, joined: bool) -> WayResult:
    """Open the matter's order, or add an asking to the one it has. What it is about is guessed."""
    seen = guess(voice.text, matter.kind)
    order = Order.objects.select_for_update().filter(matter_id=matter.id).first() if joined else None
    if order is None:
        order = _opened(matter, seen)
    insert([Asking(order=order, voice=voice, age=seen.age, people=seen.people, slots=seen.slots)])
    if joined:
        recount(order)
    return WayResult(record=order.id, data={"theme": order.theme} if order.theme else {})


def _opened(matter: Any, seen: Guess) -> Order:
    known = themes().get(seen.theme)
    order = Order(
        number=matter.number,
        matter=matter,
        place=matter.place,
        kind=matter.kind,
        theme=seen.theme,
        age=seen.age,
        gives=seen.gives,
        slots=seen.slots,
        minutes=known.minutes if known else MINUTES,
        people=seen.people,
    )
    insert([order])
    return order


def recount(order: Order) -> None:
    """People and windows of an order from its askings; saves. The windows that suit most come first."""
    wanted: Counter[tuple] = Counter()
    people = 0
    for one in Asking.objects.filter(order=order, voice__state="received"):
        people += one.people
        for slot in one.slots:
            wanted[slot["day"], slot["from"], slot["to"]] += one.people
    dearest = sorted(wanted.items(), key=lambda item: (-item[1], item[0]))
    order.people = people
    order.slots = [{"day": day, "from": begin, "to": end} for (day, begin, end), _many in dearest]
    order.save(update_fields=["people", "slots"])


def sync(*, actor: Actor, matter: Any, before: Any = None) -> WayResult:
    """Follow a change of the matter's place or kind."""
    Order.objects.filter(matter_id=matter.id).update(place=matter.place, kind=matter.kind)
    return WayResult()


def withdraw(*, actor: Actor, matter: Any, voice: Any) -> WayResult:
    """One asking less; with the last one the order goes, unless it has been served already."""
    order = Order.objects.select_for_update().filter(matter_id=matter.id).first()
    if order is None:
        return WayResult()
    recount(order)
    if not order.people and order.state in ("gathered", "accepted"):
        order.state, order.people = "withdrawn", 0
        order.save(update_fields=["state"])
    return WayResult(record=order.id)


def answered(*, actor: Actor, matter: Any, decision: str) -> None:
    """The answer to everybody who asked is what moves an order; one that was served stays so."""
    order = Order.objects.select_for_update().filter(matter_id=matter.id).first()
    if order is None or order.state == "served":
        return
    order.state, order.accepted_on = decision, today() if decision == "accepted" else None
    order.save(update_fields=["state", "accepted_on"])


def leave(*, actor: Actor, matter: Any) -> None:
    """It was no wish after all. Raises way-under-way once it was answered."""
    order = Order.objects.select_for_update().filter(matter_id=matter.id).first()
    if order is None:
        return
    if order.state != "gathered":
        raise ActionError("way-under-way", _("这条心愿已经答复过，不能再改成诉求。请居民另说一件。"))
    order.delete()


def served(orders: list[UUID], *, club: UUID | None = None) -> int:
    """Accepted orders for which a club or a session stands now; inside the caller's transaction, which writes
    the line. Returns how many moved."""
    found = Order.objects.filter(pk__in=orders, state="accepted")
    return found.update(state="served", **({"club_id": club} if club else {}))


WAY = Way(
    code="order",
    title=gettext_lazy("学：归进订单"),
    kinds=frozenset(WISHES),
    attach=attach,
    sync=sync,
    withdraw=withdraw,
    answered=answered,
    leave=leave,
)
