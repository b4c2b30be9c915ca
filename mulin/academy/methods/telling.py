"""Who is told about methods and pilots, and what waits for whom."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from mulin.academy.methods import queries
from mulin.academy.methods.models import Adoption, Method, Pilot
from mulin.kernel import clock, codes, policy, rulebook, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.registry import InboxItem
from mulin.people.models import Post
from mulin.people.queries import in_force

STAFF = frozenset({"clerk", "secretary"})
# A pilot's officer sees it some days before its end.
AHEAD = timedelta(days=14)


def desk_url(entry: Any) -> str:
    return reverse("academy_desk:method", args=[entry.data.get("number", "")])


def _staff(places: Iterable[str]) -> set[UUID]:
    rows = Post.objects.filter(in_force(), role__in=STAFF, place__in=list(places), deputy_for=None)
    return set(rows.values_list("account_id", flat=True))


def staff_below(entry: Any) -> Iterable[UUID]:
    """Those who work in the communities of the street or district that decided."""
    low, high = codes.bounds(entry.place)
    rows = Post.objects.filter(in_force(), role__in=STAFF, deputy_for=None)
    return set(rows.filter(place__gte=low, place__lt=high).values_list("account_id", flat=True))


def sites(entry: Any) -> Iterable[UUID]:
    """Those who work in the communities in which a pilot runs."""
    found = Pilot.objects.filter(number=entry.data.get("pilot", "")).first()
    return _staff(site.place for site in found.sites.all()) if found else ()


def makers(entry: Any) -> Iterable[UUID]:
    """Those where the method comes from: staff of the place, leaders of the group."""
    method = Method.objects.filter(pk=entry.subject).first()
    if method is None:
        return ()
    found = _staff([method.place])
    if method.org_id:
        leaders = Post.objects.filter(in_force(), org=method.org_id, role="group_leader")
        found.update(leaders.values_list("account_id", flat=True))
    return found


# The inbox


def pilot_rows(actor: Actor) -> waiting.Waiting | None:
    """Pilots whose end is near or over: time to hold them against their criteria."""
    if not policy.can_somewhere(actor, queries.DECIDE):
        return None
    near = queries.due_pilots(actor).filter(ends_on__lte=clock.today() + AHEAD)
    return waiting.rows(
        near, title="method__title", place="place", since="created_at", due_at=waiting.day("ends_on"),
        fact="method__number",
    )  # fmt: skip


def pilot_item(row: waiting.Row) -> InboxItem:
    return InboxItem(
        key=f"academy.pilot:{row.ref}",
        title=row.title,
        url=reverse("academy_desk:method-pilot-end", args=[row.ref]),
        kind=_("试点到期，看结果"),
        due_at=row.due(),
        since=row.since,
        place=row.place,
        facts={"number": row.fact, "waits": "pilot"},
    )


def adoption_rows(actor: Actor) -> waiting.Waiting | None:
    """What one took over some months ago and has not told of."""
    if not policy.can_somewhere(actor, queries.ADOPT):
        return None
    mine = policy.visible(actor, queries.ADOPT, queries.FIELDS)
    rows = Adoption.objects.filter(mine, state="trying", told_at=None)
    return waiting.rows(rows, title="method__title", place="place", since="created_at")


def adoption_item(row: waiting.Row) -> InboxItem | None:
    days = int(rulebook.value("academy.methods.tell_days", at=row.place))
    if row.since > clock.now() - timedelta(days=days):
        return None
    return InboxItem(
        key=f"academy.adoption:{row.ref}",
        title=row.title,
        url=reverse("academy_desk:method-adoption", args=[row.ref]),
        kind=_("学用得怎样，说一说"),
        since=row.since,
        place=row.place,
        facts={"number": row.ref, "waits": "adoption"},
    )


# The home of a community

MOST = 3


def home_card(actor: Actor, place: str) -> dict[str, Any] | None:
    """The latest methods that a community found or took over; nothing where there are none."""
    found = list(queries.public_methods(place).exclude(state="retired")[:MOST])
    if not found:
        return None
    titles = _("、").join(one.title for one in found)
    return {"titles": titles, "url": reverse("academy:methods-of", args=[place])}
