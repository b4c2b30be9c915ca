"""What waits for a worker in this module: wishes and offers that nobody answered yet."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from mulin.kernel import clock, codes, policy, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.registry import InboxItem
from mulin.voices import access, states
from mulin.voices.models import Matter

MOST_COUNTED = 500


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
    """The wishes that wait longest, due after the days that the rules of their place allow. A wish is
    answered by its community: who works above has no rows of theirs, only how many are late."""
    if not _answers(actor):
        return _late_wishes(actor)
    return [
        InboxItem(
            key=f"voices.wish:{matter.pk}",
            title=matter.title,
            url=_page(matter.number),
            kind=states.kind_word(matter.kind),
            due_at=_due(matter),
            since=matter.created_at,
            place=matter.place,
            facts={
                "number": matter.number,
                "voices": matter.voices_count,
                "me_too": matter.me_too_count,
                "waits": "wish",
            },
        )
        for matter in waiting_wishes(actor)[:limit]
    ]


def wish_count(actor: Actor) -> int:
    return waiting_wishes(actor).count() if _answers(actor) else len(_late_wishes(actor))


def _answers(actor: Actor) -> bool:
    """Whether a post of the actor's lies in a community, whose wishes are then theirs to answer."""
    return any(codes.community(post.place) for post in actor.posts if post.place)


def _due(matter: Matter) -> datetime:
    days = rulebook.value("voices.wish.answer_days", at=matter.place)
    return matter.created_at + timedelta(days=days)


def _late_wishes(actor: Actor) -> list[InboxItem]:
    """One line for who works above the communities: how many of their wishes are late, if any."""
    moment = clock.now()
    waiting = waiting_wishes(actor).only("created_at", "place")[:MOST_COUNTED]
    late = [one for one in waiting if _due(one) < moment]
    if not late:
        return []
    n = f"{MOST_COUNTED}+" if len(late) == MOST_COUNTED else len(late)
    return [
        InboxItem(
            key="voices.wishes.late",
            title=_("%(n)s 条心愿过了答复的日子，等社区答复") % {"n": n},
            url=reverse("desk:wishes"),
            kind=states.kind_word("wish"),
            since=late[0].created_at,
            place=next((post.place for post in actor.posts if post.place), ""),
            facts={"waits": "wish"},
        )
    ]


def _page(number: str) -> str:
    for name, args in (("desk:wish", [number]), ("desk:wishes", [])):
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    return "/desk/"
