"""Routes: who is responsible for what, where; and a box that says who would get a matter and why."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mulin.cases import classes, routing
from mulin.cases.actions.settings import delete_route, set_route
from mulin.cases.models import Case, Route
from mulin.desk.admin import pages, where
from mulin.desk.admin.access import admin
from mulin.desk.admin.forms.routes import RouteForm, TryForm, category_and_group_choices
from mulin.desk.admin.reading.attention import categories_without_route
from mulin.desk.pages import places_of
from mulin.kernel import codes, policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.errors import NotVisible
from mulin.places import queries as places

EDIT = admin("cases.route:edit")
FORM = require_http_methods(["GET", "HEAD", "POST"])
MOST = 500


def _routes(actor: Actor) -> Any:
    """Routes that the actor may change, and those above that hold here as well."""
    above = {code for place in places_of(actor) for code in codes.chain(place)}
    seen = policy.visible(actor, "cases.route:edit")
    rows = Route.objects.select_related("org")
    return rows.filter(seen | Q(place__in=above)) if seen else rows


@require_safe
@EDIT
def route_list(request: HttpRequest) -> HttpResponse:
    """The table by place, narrowed by place, category and unit, with the box that tries it."""
    actor, get = actor_of(request), request.GET
    place, wrong = where.chosen(actor, get.get("place", ""), fallback=False)
    chosen = {key: get.get(key, "") for key in ("category", "org", "state")}
    rows = _routes(actor).order_by("place", "category", "id")
    if place:
        low, high = codes.bounds(place)
        rows = rows.filter(Q(place__gte=low, place__lt=high) | Q(place__in=codes.chain(place)))
    if chosen["category"]:
        rows = rows.filter(category=chosen["category"])
    if chosen["state"] == "fallback":
        rows = rows.filter(is_fallback=True)
    units = {str(org): name for org, name in _routes(actor).values_list("org_id", "org__name").distinct()}
    if chosen["org"] in units:
        rows = rows.filter(org_id=chosen["org"])
    rows = list(rows[:MOST])
    names = places.full_names(row.place for row in rows)
    for row in rows:
        row.where = where.name(row.place) if row.place == codes.COUNTRY else names[row.place]
        row.what = classes.name(row.category) or _("任何类别")
        row.may = policy.can(actor, "cases.route:edit", row.place)
    missing = categories_without_route(where.first(actor)) if chosen["state"] == "missing" else None
    states = [("fallback", _("兜底")), ("missing", _("没有路由的类别"))]
    context = {
        "rows": rows,
        "missing": missing,
        "begin": where.first(actor),
        "begin_said": where.name(where.first(actor)),
        "filters": [
            pages.place("place", _("在哪里"), get.get("place", ""), place, wrong),
            pages.select("category", _("哪类事"), chosen["category"], category_and_group_choices()[1:]),
            pages.select("org", _("单位"), chosen["org"], sorted(units.items(), key=lambda one: one[1])),
            pages.select("state", _("状态"), chosen["state"], states),
        ],
        "filter_wrong": wrong,
        "is_narrow": bool(place or any(chosen.values())),
        "clear_url": request.path if get else "",
        **_tried(request),
    }
    return pages.show(request, "routes.html", context, room="routes")


def _tried(request: HttpRequest) -> dict[str, Any]:
    """Who would get it, by the very function that suggests units to the desk."""
    asked = "at" in request.GET
    form = TryForm(request.GET if asked else None, initial={"at": where.first(actor_of(request))})
    if not asked or not form.is_valid() or not form.cleaned_data["at"]:
        return {"try": form}
    at, what = form.cleaned_data["at"], form.cleaned_data["what"]
    letter = at[13:14]
    case = Case(
        place=at[:12], category=what, building=at if letter == "B" else "", grid=at if letter == "G" else ""
    )
    if case.building:
        case.grid = places.get_place(at).grid
    found = routing.suggest(case)
    return {
        "try": form,
        "tried": found,
        "tried_said": f"{where.name(at)} · {classes.name(what) or _('任何类别')}",
    }


def _route(actor: Actor, route_id: UUID) -> Route:
    row = Route.objects.select_related("org").filter(pk=route_id).first()
    if row is None or not policy.can(actor, "cases.route:edit", row.place):
        raise NotVisible(str(route_id))
    return row


@FORM
@EDIT
def route_edit(request: HttpRequest, route_id: UUID | None = None) -> HttpResponse:
    """Add a route, or change one."""
    actor = actor_of(request)
    row = _route(actor, route_id) if route_id else None
    start = {
        "place": request.GET.get("place") or where.first(actor),
        "category": request.GET.get("category", ""),
    }
    form = RouteForm(places_of(actor), row, pages.posted(request), initial={} if row else start)
    return pages.fill(
        request,
        form,
        lambda data: set_route(actor=actor, route=route_id, **data),
        room="routes",
        to=reverse("desk:desk_admin:routes"),
        done=_("路由已保存，以后的派单建议照它来。"),
        title=_("改路由") if row else _("新的路由"),
        back_label=_("派单路由"),
    )


@FORM
@EDIT
def route_delete(request: HttpRequest, route_id: UUID) -> HttpResponse:
    """Take a route away, asked once."""
    actor = actor_of(request)
    row = _route(actor, route_id)
    return pages.ask(
        request,
        lambda: delete_route(actor=actor, route=route_id),
        room="routes",
        title=_("删除这条路由"),
        text=_("已经派出的不受影响；以后这里的派单建议会换成别的单位。"),
        facts=[
            (_("在哪里"), where.name(row.place)),
            (_("哪类事"), classes.name(row.category) or _("任何类别")),
            (_("归哪个单位"), row.org.name),
        ],
        submit=_("删除"),
        done=_("路由已删除。"),
        to=reverse("desk:desk_admin:routes"),
    )
