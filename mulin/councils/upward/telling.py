"""Who is told of a proposal, what waits for whom, and the card of a community."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.councils.upward import queries, states
from mulin.councils.upward.models import Hop, Proposal
from mulin.kernel import policy, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.models import Entry
from mulin.kernel.registry import InboxItem, InboxSource
from mulin.people.models import Post
from mulin.people.queries import holders, in_force
from mulin.voices import access
from mulin.voices.needs.telling import said_so

CAME = frozenset({"councils.proposal.sent", "councils.proposal.sent_up"})


def desk_url(entry: Any) -> str:
    return reverse("councils_desk:proposal", args=[entry.data.get("number", "")])


def public_url(entry: Any) -> str:
    return reverse("councils:proposal", args=[entry.data.get("number", "")])


def level(entry: Any) -> Iterable[UUID]:
    """Those who answer at the level to which it just came."""
    hop = Hop.objects.filter(proposal=entry.subject).order_by("-position").first()
    return holders({"street_officer", "district_officer"}, hop.place) if hop else ()


def unit(entry: Any) -> Iterable[UUID]:
    """Those who work in the unit that was asked to study it."""
    if entry.org is None:
        return ()
    return Post.objects.filter(in_force(), org=entry.org).values_list("account_id", flat=True).distinct()


def makers(entry: Any) -> Iterable[UUID]:
    """Those who sent it: the community's workers, and the leaders of the group that made it."""
    proposal = Proposal.objects.filter(pk=entry.subject).first()
    if proposal is None:
        return ()
    found = set(holders({"clerk", "secretary"}, proposal.place))
    if proposal.org_id:
        leaders = Post.objects.filter(in_force(), org=proposal.org_id, role="group_leader")
        found.update(leaders.values_list("account_id", flat=True))
    return found


def people(entry: Any) -> Iterable[UUID]:
    """Those who spoke about what it grew out of."""
    proposal = Proposal.objects.filter(pk=entry.subject).select_related("topic").first()
    if proposal is None:
        return ()
    matter = proposal.matter_id or (proposal.topic.matter_id if proposal.topic else None)
    found = set(access.accounts_of(matter)) if matter else set()
    return found | (said_so(proposal.need_id) if proposal.need_id else set())


# The inbox -------------------------------------------------------------------------------------------


def _page(number: str) -> str:
    return reverse("councils_desk:proposal", args=[number])


def hop_rows(actor: Actor) -> waiting.Waiting | None:
    """Proposals that wait for the actor's level."""
    if not policy.can_somewhere(actor, queries.ANSWER):
        return None
    return waiting.rows(
        queries.open_hops(actor),
        ref="pk",
        title="proposal__title",
        place="proposal__place",
        due_at="due_at",
        fact=waiting.facts(state="state", number="proposal__number"),
    )


def hop_item(row: waiting.Row) -> InboxItem:
    found = row.facts
    return InboxItem(
        key=f"councils.hop:{row.ref}",
        title=row.title,
        url=_page(found["number"]),
        kind=_("建议等收下") if found["state"] == "sent" else _("建议等答复"),
        due_at=row.due_at,
        since=row.since,
        place=row.place,
        facts={"number": found["number"], "waits": "proposal"},
    )


def returned_rows(actor: Actor) -> waiting.Waiting | None:
    """Those sent back to their makers."""
    if not policy.can_somewhere(actor, queries.SEND):
        return None
    mine = policy.visible(actor, queries.SEND, queries.FIELDS)
    return waiting.rows(Proposal.objects.filter(mine, state="returned"), since="sent_at")


def returned_item(row: waiting.Row) -> InboxItem:
    return InboxItem(
        key=f"councils.proposal:{row.ref}",
        title=row.title,
        url=_page(row.ref),
        kind=states.STATE_WORDS["returned"],
        since=row.since,
        place=row.place,
        facts={"number": row.ref, "waits": "proposal"},
    )


SOURCES = (
    InboxSource("proposals", gettext_lazy("向上反映的建议"), rows=hop_rows, item=hop_item),
    InboxSource("proposals-back", gettext_lazy("向上反映的建议"), rows=returned_rows, item=returned_item),
)


# Pages -----------------------------------------------------------------------------------------------


def badge(state: str) -> dict[str, Any]:
    tone, icon = states.TONES[state]
    return {"label": str(states.STATE_WORDS[state]), "tone": tone, "icon": icon, "code": state}


def hop_badge(hop: Hop) -> dict[str, Any]:
    tone, icon = states.HOP_TONES[hop.state]
    label = states.DECISION_WORDS[hop.decision] if hop.decision else states.HOP_WORDS[hop.state]
    if hop.decision == "declined":
        tone = ""
    return {"label": str(label), "tone": tone, "icon": icon, "code": hop.state}


def entries_of(proposal: Proposal) -> list[Entry]:
    """The lines about it, oldest first."""
    return list(Entry.objects.filter(subject=proposal.pk).order_by("id"))
