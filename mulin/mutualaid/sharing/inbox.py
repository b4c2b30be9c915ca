"""What waits for who looks after sharing."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.kernel import policy, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.registry import InboxItem, InboxSource
from mulin.mutualaid.sharing import access, queries


def asked_rows(actor: Actor) -> waiting.Waiting | None:
    """Spaces and things that wait for a look."""
    if not policy.can_somewhere(actor, access.MANAGE):
        return None
    found = access.visible_offers(actor).filter(
        policy.visible(actor, access.MANAGE, access.FIELDS), state="asked"
    )
    return waiting.rows(found.select_related(None))


def asked_item(row: waiting.Row) -> InboxItem:
    return InboxItem(
        key=f"aid.sharing:asked:{row.ref}",
        title=_("看一眼能不能挂出来：%(title)s") % {"title": row.title},
        url=reverse("aid_desk:sharing-thing", args=[row.ref]),
        kind=_("邻里共享"),
        since=row.since,
        place=row.place,
        facts={"number": row.ref},
    )


def objection_rows(actor: Actor) -> waiting.Waiting | None:
    """Objections to having been said not to come."""
    if not policy.can_somewhere(actor, access.MANAGE):
        return None
    found = queries.waiting_uses(actor).select_related(None)
    return waiting.rows(found, title="offer__title", since="no_show_at")


def objection_item(row: waiting.Row) -> InboxItem:
    return InboxItem(
        key=f"aid.sharing:objection:{row.ref}",
        title=_("核实来了没有：%(title)s") % {"title": row.title},
        url=reverse("aid_desk:sharing-use", args=[row.ref]),
        kind=_("邻里共享"),
        since=row.since,
        place=row.place,
        facts={"number": row.ref},
    )


def damage_rows(actor: Actor) -> waiting.Waiting | None:
    """Damage to which the borrower answered."""
    if not policy.can_somewhere(actor, access.MANAGE):
        return None
    found = queries.open_damages(actor).filter(state="answered").select_related(None)
    return waiting.rows(found, ref="use__number", title="use__offer__title")


def damage_item(row: waiting.Row) -> InboxItem:
    return InboxItem(
        key=f"aid.sharing:damage:{row.ref}",
        title=_("和双方商量损坏怎么办：%(title)s") % {"title": row.title},
        url=reverse("aid_desk:sharing-use", args=[row.ref]),
        kind=_("邻里共享"),
        since=row.since,
        place=row.place,
        facts={"number": row.ref},
    )


SOURCES = (
    InboxSource("sharing-asked", gettext_lazy("邻里共享"), rows=asked_rows, item=asked_item),
    InboxSource("sharing-objections", gettext_lazy("邻里共享"), rows=objection_rows, item=objection_item),
    InboxSource("sharing-damages", gettext_lazy("邻里共享"), rows=damage_rows, item=damage_item),
)
