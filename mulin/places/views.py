"""Public, read-only answers for maps, pickers and the report page. JSON, or a fragment for htmx."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mulin.kernel import codes, throttle
from mulin.kernel.errors import ActionError, NotVisible
from mulin.places import caching, queries

MOST = 50
CACHE = "public, max-age=300"


def _json_errors(view: Callable) -> Callable:
    """A refusal of a JSON answer is JSON too."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ActionError as error:
            body = {"code": error.code, "message": str(error.message), "field": error.field}
            return JsonResponse(body, status=error.status)

    return wrapped


def _limited(request: HttpRequest) -> None:
    throttle.check("places", throttle.caller(request), limit=240, seconds=60)


def _remembered(request: HttpRequest, response: HttpResponse, version: str) -> HttpResponse:
    """Let browsers keep an answer until the places change."""
    digest = hashlib.sha256(f"{version}:{get_language()}".encode()).hexdigest()[:20]
    etag = f'"{digest}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponseNotModified()
    response["ETag"], response["Cache-Control"] = etag, CACHE
    return response


def _plain(place: queries.Place) -> dict[str, Any]:
    return {
        "code": place.code,
        "name": place.name,
        "full_name": queries.full_name(place.code),
        "level": place.level,
        "kind": place.kind,
    }


def _known(code: str) -> queries.Place:
    """The place of today behind a code; 404 for what never was."""
    if not codes.is_valid(code):
        raise NotVisible
    return queries.get_place(queries.resolve(code))


@require_safe
@_json_errors
def shapes(request: HttpRequest, code: str) -> HttpResponse:
    """GeoJSON of what lies in a place. `level`: 2, 4, 6, 9, 12 or 15 (grids). Open to everyone."""
    level = request.GET.get("level", "")
    if level not in {"", "2", "4", "6", "9", "12", "15"}:
        raise ActionError("level", _("层级应为 2、4、6、9、12 或 15。"), field="level", status=422)
    _limited(request)
    place = code if code == codes.COUNTRY else _known(code).code
    data = queries.geojson(place, int(level) if level else None)
    response = JsonResponse(data, content_type="application/geo+json")
    return _remembered(request, response, f"{caching.check()}:{request.get_full_path()}")


@require_safe
@_json_errors
def search(request: HttpRequest) -> HttpResponse:
    """Places for a picker by name or code: JSON {"items": […]}, or the list as a fragment for htmx."""
    _limited(request)
    limit = request.GET.get("limit", "")
    found = queries.search_places(
        request.GET.get("q", ""),
        within=request.GET.get("within", ""),
        limit=min(max(int(limit), 1), MOST) if limit.isdecimal() and len(limit) < 6 else 12,
    )
    names = queries.full_names(place.code for place in found)
    if request.headers.get("HX-Request") or request.GET.get("format") == "html":
        rows = [(place, names[place.code]) for place in found]
        return render(request, "places/found.html", {"rows": rows, "q": request.GET.get("q", "").strip()})
    return JsonResponse({"items": [_plain(place) for place in found]})


@require_safe
@_json_errors
def locate(request: HttpRequest) -> HttpResponse:
    """Division, grid and building of a point, {"found": false} where nothing is known. Open to everyone.

    `lon`, `lat` in degrees; `crs` wgs84 (default), cgcs2000, gcj02 or bd09; `within` limits the answer.
    """
    _limited(request)
    within = request.GET.get("within", "")
    if within and not codes.is_valid(within):
        raise ActionError("place-unknown", _("找不到这个地点。"), field="within", status=422)
    located = queries.locate_point(
        request.GET.get("lon", ""),
        request.GET.get("lat", ""),
        request.GET.get("crs", "wgs84"),
        within or None,
    )
    if located is None:
        return JsonResponse({"found": False})
    deepest = located.building or located.grid or located.place
    return JsonResponse(
        {
            "found": True,
            "place": located.place,
            "grid": located.grid,
            "building": located.building,
            "how": located.how,
            "name": queries.full_name(located.place),
            "detail": queries.name_of(deepest) if deepest != located.place else "",
            "distance_m": None if located.distance_m is None else round(located.distance_m, 1),
        }
    )


@require_safe
def buildings(request: HttpRequest, community: str) -> HttpResponse:
    """The list of a community by estate, as options to choose from: a fragment. Open to everyone."""
    _limited(request)
    place = _known(community)
    if place.level != codes.Level.COMMUNITY:
        raise NotVisible
    groups = queries.buildings(place.code)
    response = render(
        request,
        "places/buildings.html",
        {"place": place, "groups": groups, "chosen": request.GET.get("chosen", "")},
    )
    return _remembered(request, response, f"{caching.check()}:{request.get_full_path()}")
