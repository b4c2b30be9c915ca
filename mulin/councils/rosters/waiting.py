"""What waits at the desk: objections to rosters without an answer."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.councils.rosters import queries, states
from mulin.councils.rosters.models import RosterObjection
from mulin.kernel import policy, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.policy import Fields
from mulin.kernel.registry import InboxItem, InboxSource

_FIELDS = Fields(place="roster__place", orgs="roster__org_id")


def rows(actor: Actor) -> waiting.Waiting | None:
    """Objections that the actor may answer."""
    if not policy.can_somewhere(actor, queries.MANAGE):
        return None
    mine = RosterObjection.objects.filter(policy.visible(actor, queries.MANAGE, _FIELDS), state="open")
    fact = waiting.facts(kind="kind", roster="roster__number")
    return waiting.rows(mine, title="roster__title", place="roster__place", fact=fact)


def item(row: waiting.Row) -> InboxItem:
    found = row.facts
    return InboxItem(
        key=f"councils.roster:{row.ref}",
        title=row.title,
        url=reverse("councils_desk:roster-objection", args=[found["roster"], row.ref]),
        kind=states.OBJECTION_WORDS[found["kind"]],
        since=row.since,
        place=row.place,
        facts={"number": found["roster"], "waits": "roster"},
    )


SOURCE = InboxSource("councils.rosters", _("名册的异议"), rows=rows, item=item)
