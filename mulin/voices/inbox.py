"""What waits for a worker in this module: wishes and offers that nobody answered yet."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from mulin.kernel import clock, codes, policy, rulebook, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.links import address
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


def wish_rows(actor: Actor) -> waiting.Waiting | None:
    """The wishes that wait, for who answers them: a wish is answered by its community."""
    if not _answers(actor) or not policy.can_somewhere(actor, "voices.matter:answer_wish"):
        return None
    return waiting.rows(waiting_wishes(actor), fact="kind")


def wish_item(row: waiting.Row) -> InboxItem:
    """Due after the days that the rules of its place allow."""
    return InboxItem(
        key=f"voices.wish:{row.ref}",
        title=row.title,
        url=_page(row.ref),
        kind=states.kind_word(row.fact),
        due_at=_due(row.since, row.place),
        since=row.since,
        place=row.place,
        facts={"number": row.ref, "waits": "wish"},
    )


def late_wishes(actor: Actor, limit: int) -> list[InboxItem]:
    """Who works above the communities has no rows of theirs, only how many are late."""
    return [] if _answers(actor) else _late_wishes(actor)


def _answers(actor: Actor) -> bool:
    """Whether a post of the actor's lies in a community, whose wishes are then theirs to answer."""
    return any(codes.community(post.place) for post in actor.posts if post.place)


def _due(since: datetime, place: str) -> datetime:
    return since + timedelta(days=rulebook.value("voices.wish.answer_days", at=place))


def _late_wishes(actor: Actor) -> list[InboxItem]:
    """One line for who works above the communities: how many of their wishes are late, if any."""
    moment = clock.now()
    waiting = waiting_wishes(actor).only("created_at", "place")[:MOST_COUNTED]
    late = [one for one in waiting if _due(one.created_at, one.place) < moment]
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
    return address("desk:wish", number) or address("desk:wishes", otherwise="/desk/")
