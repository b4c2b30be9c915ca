"""What others see of conversations: what waits at the desk, and the block on the community's home."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.councils.conversations import queries
from mulin.kernel import policy, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.registry import InboxItem
from mulin.voices.surveys.reading import on_day

LATEST = 2


def rows(actor: Actor) -> QuerySet | None:
    """Each conversation in which sentences of residents wait for a look."""
    if not policy.can_somewhere(actor, queries.MANAGE):
        return None
    return waiting.rows(queries.queues(actor), since="opened_at", fact="waiting")


def item(row: waiting.Row) -> InboxItem:
    n = int(row.fact)
    said = ngettext("%(n)s 句居民写的话等审核：%(title)s", "%(n)s 句居民写的话等审核：%(title)s", n)
    return InboxItem(
        key=f"councils.conversation:{row.ref}",
        title=said % {"n": n, "title": row.title},
        url=reverse("councils_desk:conversation", args=[row.ref]),
        kind=_("听意见"),
        since=row.since,
        place=row.place,
        facts={"number": row.ref, "waits": "statements"},
    )


def card(actor: Actor, place: str) -> dict[str, Any] | None:
    """Open conversations and the latest conclusions of a place; None when there is neither."""
    asking = queries.open_conversations(place)
    results = queries.published_conversations(place, LATEST)
    if not asking and not results:
        return None
    return {
        "asking": [_row(one, "conversation", one.closes_on) for one in asking],
        "results": [_row(one, "conversation-map", one.published_at.date()) for one in results],
    }


def _row(one: Any, page: str, day: Any) -> dict[str, str]:
    return {
        "title": one.title,
        "url": reverse(f"councils:{page}", args=[one.number]),
        "day": on_day(day),
        "words": one.conclusion,
        "only": one.open_to == "verified",
    }
