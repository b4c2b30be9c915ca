"""What waits at the desk: questions on a canvass without a public answer."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.councils.canvasses import access
from mulin.councils.canvasses.models import Canvass, CanvassQuestion
from mulin.kernel import policy, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.registry import InboxItem, InboxSource


def question_rows(actor: Actor) -> waiting.Waiting | None:
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
        facts={"waits": "concern"},
    )


SOURCE = InboxSource("canvass-questions", _("敲门行动里等答复的疑问"), rows=question_rows, item=question_item)
