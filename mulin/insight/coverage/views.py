"""Pages of the circle: a community's for everybody, a street's and a district's for those who work there."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mulin.insight import queries as boards
from mulin.insight.coverage import actions, export, forms, mapping, page, queries, reading
from mulin.insight.coverage.queries import Circle
from mulin.insight.views import XLSX, own_place
from mulin.kernel import codes, pages, policy, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError
from mulin.places.queries import exists


def _number(text: str, most: int) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 4 and 0 < int(text) <= most else None


def _asked(request: HttpRequest) -> dict[str, Any]:
    """Minutes and pace of the address; what it does not say or says wrongly is left to the rules."""
    pace = request.GET.get("pace", "")
    return {
        "minutes": _number(request.GET.get("minutes", ""), 120),
        "pace": pace if pace in reading.PACES else "walk",
    }


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """`/board/circle/`: on to the place that is the person's own; who has none chooses a community."""
    actor, at = actor_of(request), request.GET.get("in", "")
    place = own_place(request, actor)[:12]
    if not at and _may_see(actor, place):
        return HttpResponseRedirect(reverse("insight:circle-of", args=[place]))
    return render(request, "insight/circle/choose.html", page.choice(at or place))


def _may_see(actor: Actor, place: str) -> bool:
    """Whether the circle of a place can be shown to the actor."""
    if not codes.is_valid(place) or codes.level(place) < codes.Level.DISTRICT or not exists(place):
        return False
    level = codes.level(place)
    return policy.can(actor, queries.VIEW if level == codes.Level.COMMUNITY else queries.COMPARE, place)


@require_safe
def circle(request: HttpRequest, place: str) -> HttpResponse:
    """Whom the stations of a place serve on foot, whom they do not, where the next one would serve most."""
    actor = actor_of(request)
    found = queries.circle_of(actor, place, **_asked(request))
    if found.place.code != place:
        return redirect("insight:circle-of", found.place.code)
    if found.place.level < codes.Level.COMMUNITY:
        return pages.page(request, "insight/circle/rows.html", _rows(found, actor))
    is_exact = boards.sees_small(actor, place)
    context = _common(found, is_exact) | _what_if(request, actor, found, is_exact)
    return render(request, "insight/circle/circle.html", context)


def _common(found: Circle, is_exact: bool) -> dict[str, Any]:
    default = float(rulebook.value("insight.circle.minutes", at=found.place.code))
    at = found.place.code
    return {
        "circle": found,
        "place": at,
        "place_name": found.place.name,
        "minutes": f"{found.walk.minutes:g}",
        "pace": page.PACE_WORDS[found.pace],
        "tabs": page.tabs(found, default),
        "figures": page.figures(found, is_exact),
        "notes": page.notes(found),
        "way_words": page.way_words(found),
        "method": page.method(found),
        "stations": page.stations(found, is_exact),
        "left_out": page.names(found, found.reach.left_out),
        "unplaced": page.names(found, found.reach.unplaced),
        "map_url": reverse("insight:circle-map", args=[at]) + page.query_of(found),
        "print_url": reverse("insight:circle-print", args=[at]) + page.query_of(found),
        "export_url": reverse("insight:circle-export", args=[at]) + page.query_of(found),
        "board_url": reverse("insight:board", args=[at]),
        "tiles": settings.MULIN_MAP_TILES,
    }


def _what_if(request: HttpRequest, actor: Actor, found: Circle, is_exact: bool) -> dict[str, Any]:
    """The answers to "what if a station were here" and "where should the next ones be"."""
    at = found.place.code
    tried, k = request.GET.get("trial", ""), _number(request.GET.get("stations", ""), queries.MOST_STATIONS)
    context: dict[str, Any] = {
        "ks": [
            {
                "n": n,
                "url": reverse("insight:circle-of", args=[at]) + page.query_of(found, stations=n) + "#next",
                "current": n == k,
            }
            for n in (1, 2, 3)
        ],
        "offered": [
            {"key": point.key, "name": name, "selected": point.key == tried}
            for point, name in reading.candidates(at, found.homes.values())
        ],
        "query": {"minutes": f"{found.walk.minutes:g}", "pace": found.pace},
    }
    if k:
        context["next"] = page.next_words(found, queries.next_stations(found, k), is_exact)
    if tried:
        try:
            asked = _asked(request)
            after = queries.circle_of(actor, at, trial=tried, **asked)
            context["trial"] = page.trial(after, found, is_exact)
            context["map_url"] = reverse("insight:circle-map", args=[at]) + page.query_of(found, trial=tried)
        except ActionError as error:
            context["refusal"] = str(error.message)
    return context


def _rows(found: Circle, actor: Actor) -> dict[str, Any]:
    """A street's or a district's page: one row a community, in the order of their codes."""
    return {
        **_common(found, True),
        "rows": [page.worded(page.row(found, one)) for one in queries.rows(found)],
        "can_store": policy.can(actor, actions.STORE, found.place.code),
        "here": "board",
    }


@require_safe
def circle_map(request: HttpRequest, place: str) -> JsonResponse:
    """The community's outline, its buildings and the stations as GeoJSON."""
    try:
        found = queries.circle_of(
            actor_of(request), place, trial=request.GET.get("trial", ""), **_asked(request)
        )
    except ActionError as error:
        if error.status == 403:
            raise
        return JsonResponse({"code": error.code, "message": str(error.message)}, status=error.status)
    return JsonResponse(mapping.features(found), content_type="application/geo+json")


@require_safe
def circle_print(request: HttpRequest, place: str) -> HttpResponse:
    """The same on paper, as it may hang on the notice board."""
    actor = actor_of(request)
    found = queries.circle_of(actor, place, **_asked(request))
    is_small = found.place.level >= codes.Level.COMMUNITY
    context = _common(found, False) if is_small else _rows(found, actor)
    back = reverse("insight:circle-of", args=[found.place.code]) + page.query_of(found)
    return render(request, "insight/circle/print.html", {**context, "back": back})


@require_safe
def circle_export(request: HttpRequest, place: str) -> HttpResponse:
    """The same as an Excel file."""
    actor = actor_of(request)
    found = queries.circle_of(actor, place, **_asked(request))
    is_exact = boards.sees_small(actor, found.place.code)
    response = HttpResponse(export.workbook(found, is_exact), content_type=XLSX)
    name = _("生活圈 %(place)s %(minutes)s分钟.xlsx") % {
        "place": found.place.name, "minutes": f"{found.walk.minutes:g}",
    }  # fmt: skip
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@needs(actions.STORE)
def circle_paths(request: HttpRequest, place: str) -> HttpResponse:
    """Store a file of walking paths for a place, or take it away."""
    actor = actor_of(request)
    found = queries.division(place)
    policy.require(actor, actions.STORE, found.code)
    there = reverse("insight:circle-of", args=[found.code])
    if request.method == "POST" and "drop" in request.POST:
        pages.run(request, lambda: actions.drop_paths(actor=actor, place=found.code), _("路网拿掉了。"))
        return redirect("insight:circle-paths", found.code)
    form = forms.Paths(pages.posted(request), request.FILES or None)

    def store() -> None:
        data = form.cleaned_data["file"].read()
        n = actions.store_paths(actor=actor, place=found.code, data=data)
        messages.success(request, _("存好了，一共 %(n)s 条路。") % {"n": f"{n:,}"})

    if pages.tried(request, form, store):
        return redirect(there)
    name = reading.path_file(found.code)
    context = {
        "form": form,
        "place_name": found.name,
        "back_url": there
        if policy.can(actor, queries.COMPARE, found.code) or found.level == codes.Level.COMMUNITY
        else "",
        "lines": len(reading.lines(found.code)),
        "is_own": name.endswith(f"/{found.code}.geojson"),
        "here": "board",
    }
    status = 422 if form.errors else 200
    return pages.page(request, "insight/circle/paths.html", context, status=status)
