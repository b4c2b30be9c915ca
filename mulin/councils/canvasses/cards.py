"""What a community's home shows of canvasses."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.councils.canvasses import access, queries, reading
from mulin.councils.canvasses.models import Canvass, CanvassQuestion
from mulin.kernel import policy, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.registry import InboxItem, InboxSource


def card(actor: Actor, place: str) -> dict[str, Any] | None:
    """Running canvasses, and for who knocks on doors the way to them; None when there is nothing."""
    found = queries.running_in(place)
    mine = {one.pk for one in access.own_canvasses(actor.account)} if actor.account and found else set()
    rows = [
        {
            "title": one.title,
            "url": reverse("councils:canvass", args=[one.number]),
            "target": reading.target_words(one),
            "doors_url": reverse("councils:canvass-doors", args=[one.number]) if one.pk in mine else "",
        }
        for one in found
    ]
    return {"rows": rows} if rows else None


def question_rows(actor: Actor) -> QuerySet | None:
    """Questions on a canvass that wait for their public answer."""
    if not policy.can_somewhere(actor, access.MANAGE):
        return None
    seen = Canvass.objects.filter(policy.visible(actor, access.MANAGE, access.FIELDS))
    found = CanvassQuestion.objects.filter(state="open", canvass__in=seen.values("pk"))
    fact = waiting.facts(number="canvass__number", title="canvass__title")
    return waiting.rows(found, ref="pk", title="text", place="canvass__place", fact=fact)


def question_item(row: waiting.Row) -> InboxItem:
    found = row.facts
    return InboxItem(
        key=f"canvass-question-{row.ref}",
        title=row.title,
        kind=found["title"],
        since=row.since,
        url=reverse("councils_desk:canvass-question", args=[found["number"], UUID(row.ref)]),
        place=row.place,
    )


SOURCE = InboxSource(
    "canvass-questions", _("敲门行动里等答复的疑问"), rows=question_rows, item=question_item
)
