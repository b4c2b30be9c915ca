"""Pages of the public register. Everyone may read all of it; nothing here writes."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mulin.disclosure import export, feeds, queries, words
from mulin.disclosure.forms import STATES, FilterForm
from mulin.kernel import codes, policy, search
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.context import actor_of
from mulin.kernel.errors import NotVisible
from mulin.places.queries import Place, children, geojson, get_place, places_of, sites
from mulin.voices.queries import catalogue, open_photo

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SMALL_TO_LIST = 60


def _filters(request: HttpRequest) -> queries.Filters:
    policy.require(actor_of(request), "disclosure.register:view", settings.MULIN_SITE_PLACE)
    return FilterForm(request.GET).filters()


def _query(request: HttpRequest, **changes: str) -> str:
    query = request.GET.copy()
    for key in ("before", "after", *changes):
        query.pop(key, None)
    query.update({key: value for key, value in changes.items() if value})
    return f"?{query.urlencode()}" if query else ""


def _place_options(chosen: str) -> list[dict[str, Any]]:
    """The chosen place, what lies above it, and what lies below as far as there is a choice: enough to walk
    the whole tree. A city that is all of its province is said once."""
    here = chosen or settings.MULIN_SITE_PLACE
    place = places_of([here]).get(here)
    if place is None:
        return []
    above, code = [], place.parent
    while code and (upper := places_of([code]).get(code)) and len(above) < 6:
        above.insert(0, upper)
        code = upper.parent
    shown = [*above, *([place] if chosen else []), *_below(place)[:SMALL_TO_LIST]]
    following = [*shown[1:], None]
    return [
        {"value": one.code, "label": one.name, "selected": one.code == chosen}
        for one, after in zip(shown, following, strict=True)
        if one.code == chosen or after is None or one.name != after.name
    ]


def _below(place: Place) -> list[Place]:
    """The level below; where that is one division only, it and what lies below it."""
    if place.is_site:
        return []
    if place.level == 12:
        return sites(place.code, "estate")
    found = children(place.code)
    return [*found, *_below(found[0])] if len(found) == 1 and found[0].level < 12 else found


def _filter_bar(filters: queries.Filters) -> list[dict[str, Any]]:
    groups = catalogue().grouped()
    kinds = [
        {"value": code, "label": name, "selected": code == filters.category}
        for group, inside in groups
        for code, name in [(group.code, group.name), *((c.code, f"　{c.name}") for c in inside if c.public)]
    ]
    states = [{"value": v, "label": label, "selected": v == filters.state} for v, label in STATES if v]
    return [
        {"name": "q", "kind": "search", "label": _("搜公开的内容或编号"), "value": filters.q},
        {
            "name": "place",
            "kind": "list",
            "label": _("全部地方"),
            "title": _("哪里"),
            "options": _place_options(filters.place),
        },
        {"name": "category", "kind": "list", "label": _("全部类别"), "title": _("类别"), "options": kinds},
        {"name": "state", "kind": "list", "label": _("全部"), "title": _("办到哪了"), "options": states},
        {
            "name": "since",
            "kind": "date",
            "label": _("从哪天公开"),
            "value": str(filters.since or ""),
        },
        {
            "name": "until",
            "kind": "date",
            "label": _("到哪天公开"),
            "value": str(filters.until or ""),
        },
    ]


def _shown(entry: queries.Entry) -> dict[str, Any]:
    return {
        "entry": entry,
        "url": reverse("portal:matter", args=[entry.number]),
        "where": words.where(entry),
        "times": words.times(entry),
        "review": words.review(entry),
        "badge": {"label": entry.state, "tone": entry.tone},
    }


def _notes(place: str) -> list[dict[str, Any]]:
    """How many of the place's matters are not in the register, by reason."""
    return [
        {"label": words.reasons(one.reasons), "n": words.count(one.n), "shared": len(one.reasons) > 1}
        for one in queries.unshown(place) or []
    ]


def _active(
    request: HttpRequest, filters: queries.Filters, bar: list[dict[str, Any]]
) -> list[dict[str, str]]:
    """What the list is narrowed by, each with the way to let it go."""
    found = []
    for one in bar:
        name, value = one["name"], getattr(filters, one["name"])
        if not value:
            continue
        chosen = next((o["label"].strip() for o in one.get("options", ()) if o["selected"]), str(value))
        label = {"since": _("%(day)s 以后"), "until": _("%(day)s 以前")}.get(name)
        url = _query(request, **{name: ""}) or reverse("disclosure:register")
        found.append({"label": label % {"day": value} if label else chosen, "url": url})
    return found


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The register as a list or, with `view=map`, as a map."""
    filters = _filters(request)
    as_map = request.GET.get("view") == "map"
    page = queries.list_entries(filters, request.GET.get("before"))
    spots = queries.spots(filters) if as_map else []
    bar = _filter_bar(filters)
    context = {
        "filters": filters,
        "search": bar[0],
        "bar": bar[1:],
        "active": _active(request, filters, bar),
        "hidden": [{"name": "view", "kind": "hidden", "value": "map"}] if as_map else [],
        "is_filtered": filters != queries.Filters(),
        "is_too_short": search.is_too_short(filters.q),
        "rows": [_shown(entry) for entry in page.items],
        "page": {"older": page.next},
        "as_map": as_map,
        "spots": [{"spot": s, "url": _query(request, place=s.code, view="")} for s in spots],
        "map_url": reverse("disclosure:map") + _query(request, view=""),
        "tabs": [
            {"label": _("列表"), "url": _query(request, view="") or "?", "current": not as_map},
            {"label": _("地图"), "url": _query(request, view="map"), "current": as_map},
        ],
        "files": {
            "atom": reverse("disclosure:atom") + _query(request, view=""),
            "xlsx": reverse("disclosure:xlsx") + _query(request, view=""),
            "csv": reverse("disclosure:csv") + _query(request, view=""),
        },
        "notes": _notes(filters.place),
        "is_community": codes.is_valid(filters.place) and codes.level(filters.place) >= codes.Level.COMMUNITY,
        "tiles": settings.MULIN_MAP_TILES,
    }
    return render(request, "disclosure/register.html", context)


@require_safe
def entry(request: HttpRequest, number: str) -> HttpResponse:
    """A published matter has one page, the portal's. Addresses of the register that were printed or sent lead
    there; what is not published is not found here either."""
    _filters(request)
    found = queries.get_entry(number)
    return redirect("portal:matter", number=found.number, permanent=True)


@require_safe
def photo(request: HttpRequest, photo_id: UUID, thumb: bool = False) -> HttpResponse:
    """An approved photo of a published matter leads to its one address. Asked for as nobody, so that it is
    never more; not for good, since an approval can be taken back."""
    open_photo(ANONYMOUS, photo_id, thumb).close()
    response = redirect("portal:photo", photo_id=photo_id, size="thumb" if thumb else "large")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@require_safe
def register_map(request: HttpRequest) -> JsonResponse:
    """GeoJSON: outlines around, and one point for every estate or community with matters."""
    filters = _filters(request)
    place = filters.place or settings.MULIN_SITE_PLACE
    try:
        area = get_place(place).community or place
    except NotVisible:
        area = settings.MULIN_SITE_PLACE
    features = [dict(one, properties={**one["properties"], "url": ""}) for one in geojson(area)["features"]]
    for spot in queries.spots(filters):
        if spot.lon is None:
            continue
        name = _("%(place)s：%(n)s 件") % {"place": spot.name, "n": spot.n}
        url = reverse("disclosure:register") + _query(request, place=spot.code)
        features.append(
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [spot.lon, spot.lat]},
                "properties": {"code": spot.code, "name": name, "url": url, "n": spot.n},
            }
        )
    answer = {"type": "FeatureCollection", "features": features}
    return JsonResponse(answer, content_type="application/geo+json")


@require_safe
def atom(request: HttpRequest) -> HttpResponse:
    content = feeds.atom(request, _filters(request))
    return HttpResponse(content, content_type="application/atom+xml; charset=utf-8")


@require_safe
def as_xlsx(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(export.workbook(_filters(request)), content_type=XLSX)
    response.headers["Content-Disposition"] = content_disposition_header(True, _("公开登记") + ".xlsx")
    return response


@require_safe
def as_csv(request: HttpRequest) -> StreamingHttpResponse:
    lines = export.csv_lines(_filters(request))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, _("公开登记") + ".csv")
    return response


@require_safe
def heads(request: HttpRequest) -> HttpResponse:
    """The heads of the journal's chains, and how to check them."""
    filters = _filters(request)
    page = queries.heads(request.GET.get("before"), place=filters.place)
    context = {
        "heads": page.items,
        "page": {"older": page.next},
        "json_url": reverse("disclosure:heads-json") + _query(request),
    }
    return render(request, "disclosure/heads.html", context)


@require_safe
def heads_json(request: HttpRequest) -> JsonResponse:
    """The same for programs: {"items": [{key, seq, head, algorithm}], "next": cursor or null}."""
    filters = _filters(request)
    page = queries.heads(request.GET.get("cursor"), place=filters.place)
    items = [{"key": h.key, "seq": h.seq, "head": h.head, "algorithm": h.algorithm} for h in page.items]
    return JsonResponse({"items": items, "next": page.next})
