"""What waits for who holds sessions, and the card on the community's home."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from mulin.academy.sessions import queries, states, unled
from mulin.academy.sessions.models import Session
from mulin.kernel import clock, kept, policy, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.registry import InboxItem, InboxSource

# A draft this near should be shown to people; what is over this long ago is not asked about any more.
SOON_DAYS, LONG_AGO_DAYS = 3, 30


def rows(actor: Actor) -> waiting.Waiting | None:
    """Drafts that begin soon."""
    if not policy.can_somewhere(actor, queries.MANAGE):
        return None
    mine = policy.visible(actor, queries.MANAGE, queries.FIELDS)
    near = {"starts_at__gt": kept.Now(), "starts_at__lt": kept.Now(days=SOON_DAYS)}
    found = Session.objects.filter(mine, state="draft", **near)
    return waiting.rows(found, due_at="ends_at", fact=waiting.facts(kind="kind"))


def item(row: waiting.Row) -> InboxItem:
    return _one(row, "draft", _("还没有公布：%(title)s"))


def _one(row: waiting.Row, why: str, words: str) -> InboxItem:
    return InboxItem(
        key=f"academy.session:{why}:{row.ref}",
        title=words % {"title": row.title},
        url=reverse("academy_desk:session", args=[row.ref]),
        kind=states.kind_word(row.facts["kind"]),
        due_at=row.due_at,
        since=row.since,
        place=row.place,
        facts={"number": row.ref, "waits": "session"},
    )


def uncounted_rows(actor: Actor) -> waiting.Waiting | None:
    """One row for all sessions that are over and of which nobody said who came: the oldest, and how many
    they are. A row each would bury what residents wait for."""
    if not policy.can_somewhere(actor, queries.MANAGE):
        return None
    mine = policy.visible(actor, queries.MANAGE, queries.FIELDS)
    over = {"ends_at__lt": kept.Now(), "starts_at__gt": kept.Now(days=-LONG_AGO_DAYS)}
    found = Session.objects.filter(mine, state="open", **over)
    return waiting.together(found, order=("starts_at", "id"), since="ends_at")


def uncounted_item(row: waiting.Row) -> InboxItem:
    """Without a clock: nobody waits for the figure."""
    n = int(row.fact)
    title = ngettext("%(n)s 场活动还没记来了多少人", "%(n)s 场活动还没记来了多少人", n) % {"n": n}
    return InboxItem(
        key="academy.session:uncounted",
        title=title,
        url=f"{reverse('academy_desk:sessions')}?show=todo",
        kind=pgettext("sessions", "活动"),
        since=row.since,
        place=row.place,
        facts={"waits": "session"},
    )


def unled_rows(actor: Actor) -> waiting.Waiting | None:
    """Sessions that lost whoever was to lead their children."""
    if not policy.can_somewhere(actor, queries.MANAGE):
        return None
    return waiting.rows(
        unled.visible(actor, since=kept.Now()), due_at="starts_at", fact=waiting.facts(kind="kind")
    )


def unled_item(row: waiting.Row) -> InboxItem:
    return _one(row, "unled", _("要另请人带：%(title)s"))


SOURCES = (
    InboxSource("sessions", pgettext_lazy("sessions", "活动"), rows=rows, item=item),
    InboxSource(
        "sessions-uncounted", pgettext_lazy("sessions", "活动"), rows=uncounted_rows, item=uncounted_item
    ),
    InboxSource("sessions-unled", pgettext_lazy("sessions", "活动"), rows=unled_rows, item=unled_item),
)


def card(actor: Actor, place: str) -> dict[str, Any] | None:
    """The next sessions of a community."""
    from mulin.academy.sessions import showing

    found = queries.announced().filter(
        queries.FOR_ALL, state="open", starts_at__gt=clock.now(), place__in=queries.places_around(place)
    )
    some = [showing.row(one) for one in found.order_by("starts_at", "id")[:3]]
    return {"sessions": some, "place": place} if some else None
