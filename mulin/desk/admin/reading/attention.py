"""What an administrator should look at: holes somebody will fall into, each with the page that mends it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.cases.models import Route
from mulin.desk import words
from mulin.desk.admin import where
from mulin.desk.admin.reading import rules
from mulin.desk.pages import places_of
from mulin.kernel import clock, codes, policy, registry, worker
from mulin.kernel.actors import Actor
from mulin.kernel.models import CountDelta, Entry
from mulin.people.models import Post
from mulin.people.queries import POST_FIELDS, in_force
from mulin.people.states import GROUP_ROLES
from mulin.places.models import Division, Site
from mulin.voices.categories import catalogue

ENDING = timedelta(days=30)
SERVING = ("clerk", "secretary")
NAMED = 4
OLD_BACKUP = timedelta(days=2)
SLOW_SEAL = timedelta(minutes=1)
MANY_DELTAS = 100_000


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing to look at. `tone` wait or urgent: something does not work now; empty: for information."""

    title: str
    text: str = ""
    url: str = ""
    tone: str = ""

    @property
    def icon(self) -> str:
        return "alert" if self.tone == "urgent" else "wait" if self.tone else "info"


def things(actor: Actor) -> list[Attention]:
    """Everything that waits for somebody with this actor's posts, what is broken first."""
    checks = (
        ("kernel.journal:view", _aside),
        ("doors.webhook:manage", _webhooks),
        ("kernel.rule:set", _rules),
        ("people.post:give", _ending_posts),
        ("people.post:give", _without_clerk),
        ("cases.route:edit", _without_route),
        ("places.site:manage", _without_manager),
    )
    found = [one for need, check in checks if policy.can_somewhere(actor, need) for one in check(actor)]
    order = {"urgent": 0, "wait": 1, "": 2}
    return sorted(found, key=lambda one: order[one.tone])


def _url(name: str, **query: Any) -> str:
    return reverse(f"desk:desk_admin:{name}") + (f"?{urlencode(query)}" if query else "")


def _names(all_names: list[str]) -> str:
    shown = rules.listed(all_names[:NAMED])
    return _("%(names)s 等") % {"names": shown} if len(all_names) > NAMED else shown


def _aside(actor: Actor) -> list[Attention]:
    """Lines that a part of the house could not take, so that it went on without them."""
    n = sum(worker.aside().values())
    if not n:
        return []
    title = ngettext("%(n)s 条日志没处理成，放在一边", "%(n)s 条日志没处理成，放在一边", n) % {"n": n}
    text = _("别的都照常。修好后在服务器上运行 mulin journal again，会补上")
    return [Attention(title, text, _url("journal"), "urgent")]


def _webhooks(actor: Actor) -> list[Attention]:
    n = registry.providers()["doors.webhooks.failing"](actor)
    if not n:
        return []
    title = ngettext("%(n)s 个回调发不出去", "%(n)s 个回调发不出去", n) % {"n": n}
    return [Attention(title, _("对方收不到消息，没发出的都还在"), _url("webhooks"), "urgent")]


def _rules(actor: Actor) -> list[Attention]:
    place, today = where.first(actor), clock.today()
    rows = rules.rows(place, today)
    found = []
    unset = [row for row in rows if row.is_unset]
    if unset:
        title = ngettext("%(n)s 条规则还没有定", "%(n)s 条规则还没有定", len(unset)) % {"n": len(unset)}
        found.append(Attention(title, _names([row.title for row in unset]), _url("rules", state="unset")))
    unsure = [row for row in rows if row.has_certainty("to be verified")]
    if unsure:
        title = ngettext("%(n)s 条规则有待核实的值", "%(n)s 条规则有待核实的值", len(unsure)) % {
            "n": len(unsure)
        }
        url = _url("rules", certainty="to be verified")
        found.append(Attention(title, _names([row.title for row in unsure]), url))
    return found


def _ending_posts(actor: Actor) -> list[Attention]:
    rows = Post.objects.filter(
        in_force(), policy.visible(actor, "people.post:view", POST_FIELDS), deputy_for=None
    )
    rows = rows.filter(ends_on__lte=clock.today() + ENDING).exclude(role__in=GROUP_ROLES)
    n = rows.count()
    if not n:
        return []
    title = ngettext("%(n)s 个岗位 30 天内到期", "%(n)s 个岗位 30 天内到期", n) % {"n": n}
    return [Attention(title, _("到期当天起就办不了事，请续任或移交"), _url("posts", state="ending"), "wait")]


def communities_without(actor: Actor, roles: tuple[str, ...]) -> list[tuple[str, str]]:
    """(code, name) of communities in the actor's places where nobody holds one of the roles."""
    served = Post.objects.filter(in_force(), role__in=roles, account__is_active=True).values("place")
    rows = Division.objects.filter(level=12, in_use=True, valid_to=None).exclude(code__in=served)
    inside = Q(pk__in=[])
    for place in places_of(actor):
        low, high = codes.bounds(place[:12])
        inside |= Q(code__gte=low, code__lt=high)
    return [(row.code, str(row)) for row in rows.filter(inside).order_by("code")[:2000]]


def _without_clerk(actor: Actor) -> list[Attention]:
    found = communities_without(actor, SERVING)
    if not found:
        return []
    n = len(found)
    title = ngettext("%(n)s 个社区没有社区工作者", "%(n)s 个社区没有社区工作者", n) % {"n": n}
    return [Attention(title, _names([name for _code, name in found]), _url("posts", state="missing"), "wait")]


def categories_without_route(place: str) -> list[Any]:
    """Categories in use that no route at the place or above names, by themselves, their group or as any."""
    named = set(
        Route.objects.filter(place__in=codes.chain(place), org__closed_on=None).values_list(
            "category", flat=True
        )
    )
    if "" in named:
        return []
    return [one for one in catalogue().active() if one.code not in named and one.group not in named]


def _without_route(actor: Actor) -> list[Attention]:
    place = where.first(actor)
    found = categories_without_route(place)
    if not found:
        return []
    n = len(found)
    title = ngettext("%(n)s 个类别没有派单路由", "%(n)s 个类别没有派单路由", n) % {"n": n}
    text = f"{where.name(place)} · {_names([one.name for one in found])}"
    return [Attention(title, text, _url("routes", state="missing"))]


def estates_without_manager(actor: Actor) -> list[Any]:
    """Estates that nobody manages and for which no fallback route names a unit."""
    fallback = set(
        Route.objects.filter(is_fallback=True, org__closed_on=None).values_list("place", flat=True)
    )
    fields = policy.Fields(place="community", grid="grid")
    rows = Site.objects.filter(
        policy.visible(actor, "places.site:manage", fields), kind="estate", valid_to=None
    )
    rows = rows.filter(manager=None).order_by("code")[:2000]
    return [site for site in rows if not fallback & {*codes.chain(site.community), site.code}]


def _without_manager(actor: Actor) -> list[Attention]:
    found = estates_without_manager(actor)
    if not found:
        return []
    n = len(found)
    title = ngettext("%(n)s 个小区没人管也没有兜底单位", "%(n)s 个小区没人管也没有兜底单位", n) % {"n": n}
    community = found[0].community
    url = reverse("desk:desk_admin:sites", args=[community, "estate"])
    return [Attention(title, _names([site.name for site in found]), url, "wait")]


def health() -> list[dict[str, Any]]:
    """Three figures that say whether the worker runs: lines not sealed, counts not folded, the backup."""
    unsealed = Entry.objects.filter(position__isnull=True)
    waiting = unsealed.count()
    oldest = unsealed.order_by("id").values_list("at", flat=True).first() if waiting else None
    deltas = CountDelta.objects.count()
    backup = (
        Entry.objects.filter(chain="system", seq__isnull=False, code="kernel.backup.made")
        .order_by("-seq")
        .first()
    )
    late = oldest is not None and clock.now() - oldest > SLOW_SEAL
    old = backup is None or clock.now() - backup.at > OLD_BACKUP
    return [
        {
            "label": _("日志等着封存"), "value": waiting, "tone": "urgent" if late else "",
            "behind": _("后台程序像是停了，请看服务") if late else _("后台每秒封存一次"),
        },
        {
            "label": _("计数等着归并"), "value": deltas,
            "tone": "wait" if deltas > MANY_DELTAS else "", "behind": _("数字照样准，归并只为快"),
        },
        {
            "label": _("上次备份"), "value": words.when(backup.at) if backup else _("还没有"),
            "tone": "wait" if old else "done",
            "behind": _("在服务器上运行 mulin backup 文件名") if old else _("两天以内"),
        },
    ]  # fmt: skip
