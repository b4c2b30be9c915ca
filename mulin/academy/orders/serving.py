"""Orders are taken on and served: parts that run inside the transaction of who founds a club, plans a session
or answers many at once. No line of their own; each answered matter writes the line of its answer."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from mulin.academy.orders import access
from mulin.academy.orders.models import Order
from mulin.academy.orders.ways import served
from mulin.kernel import codes
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.numbers import clean_number
from mulin.voices.actions.wish import answer_locked, checked_answer
from mulin.voices.models import Matter

__all__ = ["answer_many", "locked_orders", "served", "take_on"]


def locked_orders(actor: Actor, numbers: Iterable[str]) -> list[Order]:
    """Orders by number in the order asked for, their matters' rows and their own locked, matters first and by
    id, as everywhere. Raises NotVisible for one that the actor does not see."""
    wanted = list(dict.fromkeys(clean_number(number) for number in numbers))
    seen = Order.objects.filter(access.visible_q(actor), number__in=wanted)
    matters = dict(seen.values_list("number", "matter"))
    if missing := [number for number in wanted if number not in matters]:
        raise NotVisible(missing[0])
    held = Matter.objects.select_for_update().filter(pk__in=matters.values()).order_by("id").in_bulk()
    rows = Order.objects.select_for_update().filter(number__in=wanted).order_by("id")
    found = {}
    for order in rows:
        order.matter = held[order.matter_id]
        found[order.number] = order
    return [found[number] for number in wanted]


def answer_many(actor: Actor, orders: list[Order], decision: str, text: str) -> None:
    """The same answer to everybody behind each of these orders, through the one way wishes are answered."""
    text = checked_answer(decision, text)
    for order in orders:
        answer_locked(actor, order.matter, decision, text)
        if order.state != "served":
            order.state = decision


def take_on(actor: Actor, numbers: Iterable[str], answer: str, place: str) -> list[Order]:
    """Orders that are about to be served at `place` (the same street): those nobody answered are accepted
    with `answer`. Raises NotVisible, order-closed, order-elsewhere, answer-missing."""
    orders = locked_orders(actor, numbers)
    for order in orders:
        if order.state not in ("gathered", "accepted"):
            raise ActionError(
                "order-closed", _("“%(title)s”已经开起来或已经结束了。") % {"title": order.matter.title}
            )
        if not codes.contains(place[:9] + "000", order.place):
            raise ActionError("order-elsewhere", _("有的订单不在这个街道。"), field="orders", status=422)
    waiting = [order for order in orders if order.state == "gathered"]
    if waiting:
        answer_many(actor, waiting, "accepted", answer)
    return orders
