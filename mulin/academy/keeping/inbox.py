"""What waits: groups that ask for a place, terms that end, places to be counted, turns that nobody took."""

from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.academy.keeping import access, reading
from mulin.academy.keeping.models import Duty, Keeping, KeptPlace
from mulin.kernel import clock, policy, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.registry import InboxItem, InboxSource

ANSWER_DAYS, SOON, TOMORROW = 7, 30, 2


def asked_rows(actor: Actor) -> waiting.Waiting | None:
    """Groups that wait for an answer."""
    if not policy.can_somewhere(actor, access.MANAGE):
        return None
    found = Keeping.objects.filter(policy.visible(actor, access.MANAGE, access.OF_ORG), state="asked")
    fact = waiting.facts(name="kept__name", number="kept__number")
    return waiting.rows(found, title="org__name", fact=fact)


def asked_item(row: waiting.Row) -> InboxItem:
    words = {"org": row.title, "place": row.facts["name"]}
    return InboxItem(
        key=f"academy.keeping:asked:{row.ref}",
        title=_("%(org)s想照看%(place)s") % words,
        url=reverse("academy_desk:keeping", args=[row.facts["number"]]),
        kind=_("照看"),
        since=row.since,
        due_at=row.since + timedelta(days=ANSWER_DAYS),
        place=row.place,
        facts={"waits": "keeping"},
    )


def ending_rows(actor: Actor) -> waiting.Waiting | None:
    """Terms that end within a month."""
    if not policy.can_somewhere(actor, access.MANAGE):
        return None
    soon = clock.today() + timedelta(days=SOON)
    here = policy.visible(actor, access.MANAGE, access.OF_ORG)
    found = Keeping.objects.filter(here, state="kept", ends_on__lte=soon)
    fact = waiting.facts(name="kept__name", number="kept__number")
    return waiting.rows(found, title="org__name", due_at=waiting.day("ends_on"), fact=fact)


def ending_item(row: waiting.Row) -> InboxItem:
    words = {"org": row.title, "place": row.facts["name"]}
    return InboxItem(
        key=f"academy.keeping:ending:{row.ref}",
        title=_("%(org)s照看%(place)s快到期了，问问还愿不愿意") % words,
        url=reverse("academy_desk:keeping", args=[row.facts["number"]]),
        kind=_("照看"),
        since=row.since,
        due_at=row.due(),
        place=row.place,
        facts={"waits": "keeping"},
    )


def _mine(actor: Actor) -> Q:
    """Through one's own group only: the office is not asked to count other people's roses."""
    ids = [one for scope in policy.scopes(actor, access.TEND) if scope.kind == "unit" for one in scope.ids]
    return Q(keepings__org__in=ids, keepings__state="kept")


def to_count(actor: Actor, limit: int) -> list[InboxItem]:
    """Places of one's groups that are to be counted again."""
    if not actor.orgs:
        return []
    found = KeptPlace.objects.filter(_mine(actor), items__is_active=True).distinct()[:50]
    last = reading.last_counts(one.pk for one in found)
    items = []
    for one in found:
        day = last.get(one.pk)
        due = day + timedelta(days=reading.count_days(one)) if day else clock.today()
        if due > clock.today():
            continue
        items.append(
            InboxItem(
                key=f"academy.keeping:count:{one.number}",
                title=_("该清点了：%(place)s") % {"place": one.name},
                url=reverse("academy:keeping-count", args=[one.number]),
                kind=_("清点"),
                since=one.created_at,
                due_at=waiting.on(due + timedelta(days=7)),
                place=one.place,
                facts={"waits": "keeping"},
            )
        )
    return items[:limit]


def empty_turns(actor: Actor, limit: int) -> list[InboxItem]:
    """Turns of today and tomorrow, of groups that one leads, that nobody took."""
    ids = [one for scope in policy.scopes(actor, access.ROTA) if scope.kind == "unit" for one in scope.ids]
    if not ids:
        return []
    until = clock.now() + timedelta(days=TOMORROW)
    found = Duty.objects.filter(
        rota__org__in=ids, rota__state="running", account=None, label="", starts_at__gt=clock.now(),
        starts_at__lt=until,
    )  # fmt: skip
    said = _("还没有人：%(title)s，%(day)s")
    return [
        InboxItem(
            key=f"academy.duty:{one.pk}",
            title=said % {"title": one.rota.title, "day": reading.day_line(one.on)},
            url=reverse("academy:rota", args=[one.rota.number]),
            kind=_("值班"),
            since=one.created_at,
            due_at=one.starts_at,
            place=one.place,
            facts={"waits": "keeping"},
        )
        for one in found.select_related("rota").order_by("starts_at")[:limit]
    ]


SOURCES = (
    InboxSource("keeping-asked", gettext_lazy("想照看地方的小组"), rows=asked_rows, item=asked_item),
    InboxSource("keeping-ending", gettext_lazy("快到期的照看"), rows=ending_rows, item=ending_item),
    InboxSource(
        "keeping-count", gettext_lazy("该清点的地方"), to_count, lambda actor: len(to_count(actor, 50))
    ),
    InboxSource(
        "duty-empty", gettext_lazy("没有人的班"), empty_turns, lambda actor: len(empty_turns(actor, 200))
    ),
)
