"""Pages of the public register. Everyone may read all of it; nothing here writes."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mulin.disclosure import export, feeds, queries, words
from mulin.disclosure.forms import STATES, FilterForm
from mulin.kernel import policy
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.context import actor_of
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import show_number
from mulin.places.queries import children, geojson, get_place, places_of, sites
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
    """The chosen place, what lies above it, and what lies directly below: enough to walk the whole tree."""
    here = chosen or settings.MULIN_SITE_PLACE
    place = places_of([here]).get(here)
    if place is None:
        return []
    above, code = [], place.parent
    while code and (upper := places_of([code]).get(code)) and len(above) < 6:
        above.insert(0, upper)
        code = upper.parent
    below = sites(here, "estate") if place.level == 12 else [] if place.is_site else children(here)
    shown = [*above, *([place] if chosen else []), *below[:SMALL_TO_LIST]]
    return [{"value": one.code, "label": one.name, "selected": one.code == chosen} for one in shown]


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
        {"name": "place", "kind": "list", "label": _("全部地方"), "options": _place_options(filters.place)},
        {"name": "category", "kind": "list", "label": _("全部类别"), "options": kinds},
        {"name": "state", "kind": "list", "label": _("办到哪了"), "options": states},
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
        "url": reverse("disclosure:entry", args=[entry.number]),
        "where": words.where(entry),
        "times": words.times(entry),
        "badge": {"label": entry.state, "tone": entry.tone},
    }


def _notes(place: str) -> list[dict[str, str]]:
    """How many of the place's matters are not in the register, by reason."""
    found = queries.unshown(place)
    if found is None:
        return []
    rows = (
        (_("等着审核"), found.waiting),
        (_("审核后决定不公开"), found.hidden),
        (_("举报，依法保密"), found.tip_offs),
        (_("大事，限制查看"), found.major),
        (_("按规则不公开的种类或类别"), found.by_rule),
    )
    return [{"label": label, "n": words.count(n)} for label, n in rows if n != 0]


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The register as a list or, with `view=map`, as a map."""
    filters = _filters(request)
    as_map = request.GET.get("view") == "map"
    page = queries.list_entries(filters, request.GET.get("before"))
    spots = queries.spots(filters) if as_map else []
    context = {
        "filters": filters,
        "bar": _filter_bar(filters),
        "hidden": [{"name": "view", "kind": "hidden", "value": "map"}] if as_map else [],
        "is_filtered": filters != queries.Filters(),
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
        "tiles": settings.MULIN_MAP_TILES,
    }
    return render(request, "disclosure/register.html", context)


def _me_too(number: str) -> str:
    try:
        return reverse("portal:me-too", args=[number])
    except NoReverseMatch:
        return ""


@require_safe
def entry(request: HttpRequest, number: str) -> HttpResponse:
    """One published matter with its public history."""
    _filters(request)
    found = queries.get_entry(number)
    shown = found.entry
    context = {
        **_shown(shown),
        "number": show_number(shown.number),
        "merged_url": reverse("disclosure:entry", args=[found.merged_into]) if found.merged_into else "",
        "timeline": [
            {"who": line.org, "what": line.text, "when": line.at, "tone": line.tone}
            for line in found.timeline
        ],
        "photos": [
            {"url": reverse("disclosure:photo", args=[pk]), "thumb": reverse("disclosure:thumb", args=[pk])}
            for pk in shown.photos
        ],
        "me_too_url": _me_too(shown.number) if shown.is_open else "",
        "is_wish": str(shown.kind) in {str(queries.kind_word("wish")), str(queries.kind_word("offer"))},
    }
    return render(request, "disclosure/entry.html", context)


@require_safe
def photo(request: HttpRequest, photo_id: UUID, thumb: bool = False) -> FileResponse:
    """An approved photo of a published matter; asked for as nobody, so that it is never more."""
    response = FileResponse(open_photo(ANONYMOUS, photo_id, thumb), content_type="image/jpeg")
    # Short: an approval can be taken back.
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
                "properties": {"code": spot.code, "name": name, "url": url},
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
