"""Who sees which orders at the desk, and who describes them."""

from django.db.models import Q

from mulin.academy.orders.models import Order
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.policy import Fields

VIEW = "academy.order:view"
DESCRIBE = "academy.order:describe"
ANSWER = "voices.matter:answer_wish"
FIELDS = Fields(place="place", divisions=True)


def visible_q(actor: Actor) -> Q:
    return policy.visible(actor, VIEW, FIELDS)


def get_order(actor: Actor, number: str) -> Order:
    """One order that the actor may see at the desk, with its matter; or NotVisible (404)."""
    rows = Order.objects.select_related("matter", "club__org")
    order = rows.filter(visible_q(actor), number=clean_number(number)).first()
    if order is None:
        raise NotVisible(number)
    return order
