"""The way "议": a matter that is settled by talking it over and deciding together, instead of as a case."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.councils.topics import access, queries
from mulin.councils.topics.models import Topic
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.registry import Way, WayResult
from mulin.voices.models import KINDS, Matter


def attach(*, actor: Actor, matter: Any, voice: Any, joined: bool) -> WayResult:
    """Nothing is opened by itself: which process fits, a person decides. Until somebody has made a topic of
    it, the matter waits in the inbox of those who may (`inbox`)."""
    found = Topic.objects.filter(matter_id=matter.id).order_by("-id").values_list("id", flat=True).first()
    return WayResult(record=found)


WAY = Way(code="topic", title=gettext_lazy("议：大家商量"), kinds=frozenset(KINDS), attach=attach)


def new_url(matter: Matter) -> str:
    """Where a topic is made of a matter."""
    return f"{reverse('councils_desk:topic-new')}?matter={matter.number}"


def offers(actor: Actor, matter: Matter) -> dict[str, Any]:
    """For the matter's page at the desk: the topics it became, and where it can be made one; empty address
    where the actor may not, or where it may not be talked about in public."""
    mine = Topic.objects.filter(matter=matter).filter(access.visible_q(actor)).order_by("-id")
    rows = [
        {
            "title": one.title,
            "url": reverse("councils_desk:topic", args=[one.number]),
            "label": _("转成了议题"),
        }
        for one in mine
    ]
    is_open_to_all = not matter.restriction and matter.merged_into_id is None
    may = is_open_to_all and policy.can(actor, access.MANAGE, matter.place)
    return {"topics": rows, "url": new_url(matter) if may else "", "label": _("转为议题")}


def told(ids: Collection[UUID]) -> list[dict[str, str]]:
    """What announced topics say of themselves where a matter's page tells what it became."""
    return [
        {
            "title": one.title,
            "url": reverse("councils:topic", args=[one.number]),
            "kind": str(_("议题")),
        }
        for one in queries.public_topics().filter(pk__in=ids)
    ]


def by_number(numbers: Collection[str]) -> dict[str, dict[str, str]]:
    """Title and address of announced topics by number; what is not announced is left out."""
    return {
        one.number: {"title": one.title, "url": reverse("councils:topic", args=[one.number])}
        for one in queries.public_topics().filter(number__in=numbers)
    }
