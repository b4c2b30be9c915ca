"""The list of cases: filtered, kept as a view, printed, on the map."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.cases import actions
from mulin.cases.pages import saved_views
from mulin.desk import undo
from mulin.desk.pages import places_of
from mulin.desk.reading import cases as reading
from mulin.desk.turning import turning
from mulin.kernel import clock, days, policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.pages import page
from mulin.places.queries import name_of

LIST = needs("cases.case:view")
# Batch moves and the right that offers them; the action checks each case.
BATCH = {
    "accept": "cases.case:accept",
    "dispatch": "cases.case:dispatch",
    "claim": "cases.case:claim",
    "merge": "cases.case:merge",
}


@require_safe
@LIST
def cases(request: HttpRequest) -> HttpResponse:
    """All cases that the actor sees, by whatever filter, what burns first."""
    actor = actor_of(request)
    what = reading.wanted(request.GET)
    found = reading.listed(actor, what, request.GET.get("cursor"))
    query = what.query()
    context = {
        "found": found,
        "what": what,
        "query": query,
        "filters": reading.filter_fields(actor, what),
        "flags": reading.flags(what),
        "orders": [
            {"label": label, "url": f"?{what.query(order=name)}", "current": name == what.order}
            for name, label in reading.ORDERS.items()
            if name == what.order or not what.is_search
        ],
        "views": [(view, view.query == query) for view in saved_views(actor)],
        "batch": [name for name, need in BATCH.items() if policy.can_somewhere(actor, need)],
        "search": what.texts.get("q", ""),
        "turning": turning(request.GET, query, found.next),
        "desk_search_url": "",
    }
    return page(request, "desk/cases.html", context)


@require_safe
@LIST
def cases_pane(request: HttpRequest) -> HttpResponse:
    """The same list, narrow, for the left side of a case."""
    what = reading.wanted(request.GET)
    found = reading.listed(actor_of(request), what, None, current=request.GET.get("current", ""))
    context = {"found": found, "back_url": f"{reverse('desk:cases')}?{what.query()}"}
    return render(request, "desk/parts/cases_pane.html", context)


@require_safe
@LIST
def cases_print(request: HttpRequest) -> HttpResponse:
    """The list on paper; with `n=` only the cases that were ticked."""
    actor = actor_of(request)
    what = reading.wanted(request.GET)
    chosen = set(request.GET.getlist("n"))
    with days.on_paper():
        rows, cursor = _to_print(actor, what, chosen)
    context = {
        "cases": rows[: reading.MOST_PRINTED],
        "more": cursor is not None and not chosen,
        "made_at": clock.now(),
        "back": f"{reverse('desk:cases')}?{what.query()}",
        "where": name_of(what.texts["place"]) if "place" in what.texts else "",
    }
    return page(request, "desk/cases_print.html", context)


def _to_print(actor: Actor, what: reading.Wanted, chosen: set[str]) -> tuple[list[Any], str | None]:
    """The rows of a printed list, and the cursor of what lies beyond it."""
    rows, cursor = [], None
    while len(rows) < reading.MOST_PRINTED:
        some = reading.listed(actor, what, cursor, size=200)
        rows += [case for case in some.cases if not chosen or case.number in chosen]
        cursor = some.next
        if cursor is None or (chosen and len(rows) >= len(chosen)):
            break
    return rows, cursor


@require_safe
@LIST
def cases_map(request: HttpRequest) -> HttpResponse:
    """The list on a map: shapes first, pins second; the list itself is one tap away."""
    actor = actor_of(request)
    what = reading.wanted(request.GET)
    place = what.texts.get("place") or next(iter(places_of(actor)), settings.MULIN_SITE_PLACE)
    context = {
        "query": what.query(),
        "shapes_url": f"/places/shapes/{place[:12]}.geojson",
        "pins_url": f"{reverse('desk:cases-pins')}?{what.query()}",
        "filters": reading.filter_fields(actor, what),
        "flags": [],
        "tiles": settings.MULIN_MAP_TILES,
    }
    return page(request, "desk/cases_map.html", context)


@require_safe
@LIST
def cases_pins(request: HttpRequest) -> JsonResponse:
    return JsonResponse(reading.pins(actor_of(request), reading.wanted(request.GET)))


def _list_url(query: str) -> str:
    """The list with a query string that was sent along; only known filters survive."""
    kept = reading.wanted(QueryDict(query[:1000])).query()
    return reverse("desk:cases") + (f"?{kept}" if kept else "")


@require_POST
@LIST
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep the filter of the list under a name; the same name is overwritten."""
    query = reading.wanted(QueryDict(request.POST.get("query", "")[:1000])).query()
    try:
        actions.save_view(actor=actor_of(request), name=request.POST.get("name", ""), query=query)
        messages.success(request, _("视图已保存。"))
    except ActionError as error:
        messages.error(request, str(error.message))
    return redirect(_list_url(query))


@require_POST
@LIST
def view_change(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Rename one's own view, or take it away."""
    actor = actor_of(request)
    kept = next((view for view in saved_views(actor) if view.pk == view_id), None)
    if kept is None:
        raise NotVisible(str(view_id))
    name = request.POST.get("name", "").strip()
    try:
        if "delete" in request.POST:
            actions.delete_view(actor=actor, view=view_id)
            kept_fields = [("name", kept.name), ("query", kept.query)]
            undo.said(request, _("视图删掉了。"), reverse("desk:view-save"), kept_fields)
        elif name != kept.name:
            actions.rename_view(actor=actor, view=view_id, name=name)
            messages.success(request, _("视图改名了。"))
    except ActionError as error:
        messages.error(request, str(error.message))
    return redirect("desk:views")


@require_safe
@LIST
def views(request: HttpRequest) -> HttpResponse:
    """One's own views, to rename and to take away."""
    rows = saved_views(actor_of(request))
    for row in rows:
        row.url = _list_url(row.query)
    return page(request, "desk/views.html", {"views": rows, "back": reverse("desk:cases")})
