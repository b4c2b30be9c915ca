"""What waits for a worker in this module: wishes and offers that nobody answered yet."""

from datetime import timedelta

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse

from mulin.kernel import policy, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.registry import InboxItem
from mulin.voices import access, states
from mulin.voices.models import Matter


def waiting_wishes(actor: Actor) -> QuerySet[Matter]:
    """Open wishes and offers without a decision that the actor may answer, oldest first."""
    if not policy.can_somewhere(actor, "voices.matter:answer_wish"):
        return Matter.objects.none()
    mine = policy.visible(actor, "voices.matter:answer_wish", access.MATTER_FIELDS)
    open_wishes = Matter.objects.filter(kind__in=states.WISHES, is_open=True, decision="", merged_into=None)
    return open_wishes.filter(mine).order_by("id")


def waiting_publication(actor: Actor) -> QuerySet[Matter]:
    """Matters about which nobody decided yet whether they become public, oldest first."""
    if not policy.can_somewhere(actor, "voices.matter:publish"):
        return Matter.objects.none()
    mine = policy.visible(actor, "voices.matter:publish", access.MATTER_FIELDS)
    return Matter.objects.filter(mine, publication="asked", restriction="", merged_into=None).order_by("id")


def wish_items(actor: Actor, limit: int) -> list[InboxItem]:
    """The wishes that wait longest, due after the days that the rules of their place allow."""
    return [
        InboxItem(
            key=f"voices.wish:{matter.pk}",
            title=matter.title,
            url=_page(matter.number),
            kind=states.kind_word(matter.kind),
            due_at=matter.created_at
            + timedelta(days=rulebook.value("voices.wish.answer_days", at=matter.place)),
            since=matter.created_at,
            place=matter.place,
            facts={"number": matter.number, "voices": matter.voices_count, "me_too": matter.me_too_count},
        )
        for matter in waiting_wishes(actor)[:limit]
    ]


def wish_count(actor: Actor) -> int:
    return waiting_wishes(actor).count()


def _page(number: str) -> str:
    for name, args in (("desk:wish", [number]), ("desk:wishes", [])):
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    return "/desk/"
