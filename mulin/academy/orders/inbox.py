"""What waits for a worker: orders that were taken on and do not take place. Those that wait for their answer
are in the inbox as wishes (voices), since they are answered as these are."""

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.academy.orders.models import Order
from mulin.kernel import clock, policy, rulebook, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.models import ThreadLink
from mulin.kernel.policy import Fields
from mulin.kernel.registry import InboxItem, InboxSource


def accepted_rows(actor: Actor) -> waiting.Waiting | None:
    """One row for all orders that were taken on and of which nothing came yet, not a talk between neighbours
    either: the oldest, and how many they are."""
    if not policy.can_somewhere(actor, "academy.club:manage"):
        return None
    mine = policy.visible(actor, "academy.club:manage", Fields(place="place", divisions=True))
    grew = ThreadLink.objects.filter(parent_kind="voices.matter", parent=OuterRef("matter_id"))
    found = Order.objects.filter(~Exists(grew), mine, state="accepted", kind="wish")
    since = waiting.day("accepted_on")
    return waiting.together(
        found, order=("accepted_on", "id"), title="matter__title", since=since, due_at=since
    )


def accepted_item(row: waiting.Row) -> InboxItem | None:
    """Shown once the days are over that the rules of its place give."""
    taken = row.due()
    due = (
        taken + timedelta(days=int(rulebook.value("academy.order.serve_days", at=row.place)))
        if taken
        else None
    )
    if due is None or due > clock.now():
        return None
    return InboxItem(
        key="academy.orders:accepted",
        title=_("接了单还没开起来：%(title)s（一共 %(n)s 条）") % {"title": row.title, "n": row.fact},
        url=f"{reverse('academy_desk:orders')}?state=accepted",
        kind=_("订单"),
        since=row.since,
        due_at=due,
        place=row.place,
        facts={"waits": "order"},
    )


SOURCES = (InboxSource("academy.orders", gettext_lazy("订单"), rows=accepted_rows, item=accepted_item),)
