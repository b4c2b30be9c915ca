"""What waits for somebody about a vote: a key to be fetched, a box to be opened, a result to be certified, a
challenge to be answered, a vote that cannot begin."""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.councils.votes import access
from mulin.councils.votes.models import Vote, VoteChallenge, VoteKey
from mulin.kernel import kept, policy, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.registry import InboxItem, InboxSource

TITLE = _("表决")


def _seen(actor: Actor) -> bool:
    return actor.account is not None and policy.can_somewhere(actor, access.VIEW)


def _votes(
    permission: str, since: str, due_at: str = "", **state: Any
) -> Callable[[Actor], waiting.Waiting | None]:
    """Votes in a state in which they wait for who holds a permission."""

    def rows(actor: Actor) -> waiting.Waiting | None:
        if not _seen(actor):
            return None
        found = Vote.objects.filter(policy.visible(actor, permission, access.FIELDS), **state)
        return waiting.rows(found, since=since, due_at=due_at)

    return rows


def _item(what: str, kind: Any, page: str) -> Callable[[waiting.Row], InboxItem]:
    def item(row: waiting.Row) -> InboxItem:
        return InboxItem(
            key=f"councils.vote.{what}:{row.ref}",
            title=row.title,
            url=reverse(f"councils_desk:{page}", args=[row.ref]),
            kind=kind,
            due_at=row.due_at,
            since=row.since,
            place=row.place,
            facts={"number": row.ref, "waits": "vote"},
        )

    return item


def key_rows(actor: Actor) -> waiting.Waiting | None:
    """The actor's own keys of votes that have not begun."""
    if not _seen(actor):
        return None
    mine = VoteKey.objects.filter(account=actor.account, is_kept=False, vote__state__in=("draft", "notice"))
    return waiting.rows(
        mine, ref="vote__number", title="vote__title", place="vote__place", due_at="vote__opens_at"
    )


def stuck_rows(actor: Actor) -> waiting.Waiting | None:
    """Announced votes that cannot begin: an officer has not shown their key, or the close has come before
    they could and they wait to be extended or given up."""
    found = _votes(access.MANAGE, "created_at", "opens_at", state="notice")(actor)
    if found is None:
        return None
    parts = VoteKey.objects.filter(vote=OuterRef("pk"))
    lacks_keys = Exists(parts.filter(Q(public=b"") | Q(is_kept=False))) | ~Exists(parts)
    return found.filter((Q(is_secret=True) & lacks_keys) | Q(closes_at__lte=kept.Now()))


def challenge_rows(actor: Actor) -> waiting.Waiting | None:
    """Challenges without an answer."""
    if not _seen(actor):
        return None
    fields = policy.Fields(place="vote__place", orgs="vote__topic__org")
    found = VoteChallenge.objects.filter(policy.visible(actor, access.CERTIFY, fields), state="open")
    return waiting.rows(found, title="vote__title", place="vote__place", fact="vote__number")


def challenge_item(row: waiting.Row) -> InboxItem:
    return InboxItem(
        key=f"councils.vote.challenge:{row.ref}",
        title=row.title,
        url=reverse("councils_desk:vote-challenge", args=[row.fact, row.ref]),
        kind=_("答复异议"),
        since=row.since,
        place=row.place,
        facts={"number": row.ref, "waits": "challenge"},
    )


SOURCES = (
    InboxSource("vote-keys", TITLE, rows=key_rows, item=_item("key", _("领计票钥匙"), "vote-key")),
    InboxSource(
        "vote-boxes",
        TITLE,
        rows=_votes(access.COUNT, "closed_at", state="closed"),
        item=_item("count", _("开箱计票"), "vote-count"),
    ),
    InboxSource(
        "vote-results",
        TITLE,
        rows=_votes(access.CERTIFY, "counted_at", state="counted"),
        item=_item("certify", _("确认并公布表决结果"), "vote"),
    ),
    InboxSource("vote-stuck", TITLE, rows=stuck_rows, item=_item("stuck", _("表决开始不了"), "vote")),
    InboxSource("vote-challenges", TITLE, rows=challenge_rows, item=challenge_item),
)
