"""What waits at the desk: sentences of residents that nobody has looked at."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.councils.conversations import queries
from mulin.kernel import policy, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.registry import InboxItem


def rows(actor: Actor) -> waiting.Waiting | None:
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
