"""Below a community: estates, courtyards, grids, micro-grids, buildings: listed, added, changed, closed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.cases.models import Route
from mulin.desk.admin import pages
from mulin.desk.admin.access import admin
from mulin.desk.admin.forms.places import KIND_HEADINGS, KINDS, AssignForm, SiteForm
from mulin.kernel import codes, policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.policy import Target
from mulin.people.models import Organisation, Post
from mulin.people.queries import in_force
from mulin.places import actions
from mulin.places import queries as places
from mulin.places.models import Site

MANAGE = admin("places.site:manage")
FORM = require_http_methods(["GET", "HEAD", "POST"])


def _community(actor: Actor, code: str, kind: str) -> places.Place:
    """A community that the actor may change, and a kind that there is."""
    if (
        kind not in KINDS
        or not codes.is_valid(code)
        or codes.community(code) != code
        or not places.exists(code)
    ):
        raise NotVisible(code)
    policy.require(actor, "places.site:manage", Target(place=code))
    return places.get_place(code)


def _list_url(community: str, kind: str) -> str:
    return reverse("desk:desk_admin:sites", args=[community, kind])


@require_safe
@MANAGE
def site_list(request: HttpRequest, community: str, kind: str) -> HttpResponse:
    """The sites of one kind, searched and narrowed; buildings can be put into a grid or estate together."""
    actor, get = actor_of(request), request.GET
    place = _community(actor, community, kind)
    chosen = {key: get.get(key, "") for key in ("q", "grid", "estate", "state")}
    everything = places.sites(community)
    rows = [one for one in everything if one.kind == kind and _fits(one, chosen)]
    filters = [pages.search("q", _("名称、叫法、地址"), chosen["q"])]
    for key, label, kinds in (("grid", _("网格"), {"grid"}), ("estate", _("小区"), {"estate", "courtyard"})):
        if kind == "building":
            options = [(one.code, one.name) for one in everything if one.kind in kinds]
            filters.append(pages.select(key, label, chosen[key], [*options, ("none", _("还没有归"))]))
    if kind in {"estate", "courtyard"}:
        filters.append(pages.select("state", _("由谁管理"), chosen["state"], [("none", _("没人管"))]))
    count = {name: sum(one.kind == name for one in everything) for name in KINDS}
    context = {
        "place": place,
        "kind": kind,
        "kind_word": KIND_HEADINGS[kind],
        "rows": _decorated(rows, everything),
        "filters": filters,
        "is_narrow": any(chosen.values()),
        "clear_url": request.path if get else "",
        "assign": AssignForm(community) if kind == "building" else None,
        "may_shape": kind == "grid" or kind in {"estate", "courtyard"},
        "tabs": [
            {"label": label, "url": _list_url(community, name), "current": name == kind, "count": count[name]}
            for name, label in KIND_HEADINGS.items()
        ],
    }
    return pages.show(request, "sites.html", context, room="places")


def _fits(one: places.Place, chosen: dict[str, str]) -> bool:
    for key in ("grid", "estate"):
        wanted = chosen[key]
        if wanted and getattr(one, key) != ("" if wanted == "none" else wanted):
            return False
    if chosen["state"] == "none" and one.manager:
        return False
    text = chosen["q"].strip().lower()
    return text in " ".join((one.name, one.code, one.address, *one.aliases)).lower()


def _decorated(rows: list[places.Place], everything: list[places.Place]) -> list[dict[str, Any]]:
    """Words for each row: where it belongs, who manages or looks after it, how much is in it."""
    names = {one.code: one.name for one in everything}
    managers = Organisation.objects.in_bulk([one.manager for one in rows if one.manager])
    workers: dict[str, list[str]] = {}
    grids = [one.code for one in rows if one.kind == "grid"]
    for post in Post.objects.filter(in_force(), role="grid_worker", place__in=grids).select_related(
        "account"
    ):
        workers.setdefault(post.place, []).append(str(post.account))
    inside: dict[str, int] = {}
    for one in everything:
        if one.kind == "building":
            for code in (one.grid, one.estate):
                inside[code] = inside.get(code, 0) + 1
    shaped = set(
        Site.objects.filter(code__in=[one.code for one in rows], shape__isnull=False).values_list(
            "code", flat=True
        )
    )
    fallback = set(
        Route.objects.filter(is_fallback=True, org__closed_on=None).values_list("place", flat=True)
    )
    return [
        {
            "site": one,
            "grid": names.get(one.grid, "") if one.kind != "grid" else "",
            "estate": names.get(one.estate, ""),
            "manager": managers[one.manager].name if one.manager in managers else "",
            "has_fallback": bool(fallback & {*codes.chain(one.community), one.code}),
            "workers": "、".join(workers.get(one.code, [])),
            "inside": inside.get(one.code, 0),
            "has_shape": one.code in shaped,
        }
        for one in rows
    ]


@FORM
@MANAGE
def site_edit(request: HttpRequest, community: str, kind: str, code: str = "") -> HttpResponse:
    """Add a site, or change one."""
    actor = actor_of(request)
    place = _community(actor, community, kind)
    site = (
        Site.objects.filter(code=code, community=community, kind=kind, valid_to=None).first()
        if code
        else None
    )
    if code and site is None:
        raise NotVisible(code)
    form = SiteForm(community, kind, site, pages.posted(request))
    word = KINDS[kind]
    return pages.fill(
        request,
        form,
        lambda _data: actions.set_site(
            actor=actor, community=community, kind=kind, code=code, **form.arguments()
        ),
        room="places",
        to=_list_url(community, kind),
        done=_("已保存。"),
        title=_("改%(kind)s：%(name)s") % {"kind": word, "name": site.name}
        if site
        else _("新的%(kind)s") % {"kind": word},
        lead=f"{place.name} {code}".strip(),
        back_label=KIND_HEADINGS[kind],
    )


@FORM
@MANAGE
def site_close(request: HttpRequest, community: str, kind: str, code: str) -> HttpResponse:
    """A site that is no longer there, asked once."""
    actor = actor_of(request)
    _community(actor, community, kind)
    site = Site.objects.filter(code=code, community=community, kind=kind, valid_to=None).first()
    if site is None:
        raise NotVisible(code)
    return pages.ask(
        request,
        lambda: actions.close_site(actor=actor, code=code),
        room="places",
        title=_("不再用%(kind)s“%(name)s”") % {"kind": KINDS[kind], "name": site.name},
        text=_("今天起不再选得到它，旧记录保留名称。代码不会再用，要恢复得新建一个。"),
        submit=_("不再用"),
        done=_("它不再用了。"),
        to=_list_url(community, kind),
    )


@require_POST
@MANAGE
def site_assign(request: HttpRequest, community: str) -> HttpResponse:
    """Put ticked buildings into a grid, an estate, or both. Each is one action; the first refusal stops."""
    actor = actor_of(request)
    _community(actor, community, "building")
    back = redirect(_list_url(community, "building"))
    form = AssignForm(community, request.POST)
    ticked = request.POST.getlist("n")
    if not ticked or not form.is_valid() or not any(form.cleaned_data.values()):
        messages.warning(request, _("请先勾选楼栋，再选归到哪里。"))
        return back
    given = {key: form.cleaned_data[f"to_{key}"] or None for key in ("grid", "estate")}
    known = set(
        Site.objects.filter(community=community, kind="building", valid_to=None, code__in=ticked).values_list(
            "code", flat=True
        )
    )
    done = 0
    try:
        for code in sorted(known):
            actions.set_site(actor=actor, community=community, code=code, **given)
            done += 1
    except ActionError as error:
        messages.error(request, str(error.message))
    if done:
        messages.success(request, ngettext("已归好 %(n)s 栋。", "已归好 %(n)s 栋。", done) % {"n": done})
    return back
