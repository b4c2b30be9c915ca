"""What waits for who holds sessions, and the card on the community's home."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from mulin.academy.sessions import queries, states, unled
from mulin.academy.sessions.models import Session
from mulin.kernel import clock, policy, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.registry import InboxItem, InboxSource

# A draft this near should be shown to people; what is over this long ago is not asked about any more.
SOON, LONG_AGO = timedelta(days=3), timedelta(days=30)


def rows(actor: Actor) -> QuerySet | None:
    """Drafts that begin soon, and sessions that are over and of which nobody said who came."""
    if not policy.can_somewhere(actor, queries.MANAGE):
        return None
    now = clock.now()
    found = Session.objects.filter(
        Q(state="draft", starts_at__gt=now, starts_at__lt=now + SOON)
        | Q(state="open", ends_at__lt=now, starts_at__gt=now - LONG_AGO),
        policy.visible(actor, queries.MANAGE, queries.FIELDS),
    )
    return waiting.rows(found, due_at="ends_at", fact=waiting.facts(state="state", kind="kind"))


def item(row: waiting.Row) -> InboxItem:
    is_draft = row.facts["state"] == "draft"
    title = _("还没有公布：%(title)s") if is_draft else _("来了多少人：%(title)s")
    page = "session" if is_draft else "session-attendance"
    return InboxItem(
        key=f"academy.session:{row.facts['state']}:{row.ref}",
        title=title % {"title": row.title},
        url=reverse(f"academy_desk:{page}", args=[row.ref]),
        kind=states.kind_word(row.facts["kind"]),
        due_at=row.due_at if is_draft else row.due_at + timedelta(days=2),
        since=row.since,
        place=row.place,
        facts={"number": row.ref, "waits": "session"},
    )


def unled_rows(actor: Actor) -> QuerySet | None:
    """Sessions that lost whoever was to lead their children."""
    if not policy.can_somewhere(actor, queries.MANAGE):
        return None
    return waiting.rows(unled.visible(actor), due_at="starts_at", fact=waiting.facts(kind="kind"))


def unled_item(row: waiting.Row) -> InboxItem:
    return InboxItem(
        key=f"academy.session:unled:{row.ref}",
        title=_("要另请人带：%(title)s") % {"title": row.title},
        url=reverse("academy_desk:session", args=[row.ref]),
        kind=states.kind_word(row.facts["kind"]),
        due_at=row.due_at,
        since=row.since,
        place=row.place,
        facts={"number": row.ref, "waits": "session"},
    )


SOURCES = (
    InboxSource("sessions", pgettext_lazy("sessions", "活动"), rows=rows, item=item),
    InboxSource("sessions-unled", pgettext_lazy("sessions", "活动"), rows=unled_rows, item=unled_item),
)


def card(actor: Actor, place: str) -> dict[str, Any] | None:
    """The next sessions of a community."""
    from mulin.academy.sessions import showing

    found = queries.announced().filter(
        queries.FOR_ALL, state="open", starts_at__gt=clock.now(), place__in=queries.places_around(place)
    )
    some = [showing.row(one) for one in found.order_by("starts_at", "id")[:3]]
    return {"sessions": some, "place": place} if some else None
