"""Pages of the board: read only."""

import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mulin.insight import export, queries, shapes
from mulin.insight.definitions import FIGURES, NOTE_HIDDEN, NOTE_NO_RANKING, NOTE_SMALL_AREA, PERIODS
from mulin.insight.links import url
from mulin.insight.page import page, query_of
from mulin.insight.periods import from_query
from mulin.kernel import clock, codes, policy, recounting, registry
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.errors import NotVisible

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WALL_SECONDS = 30
# Older figures are counted anew after an upgrade or a rebuild only: seldom enough to ask once a minute.
ASK_SECONDS = 60
_all_counted: dict[str, float] = {}


def is_counting() -> bool:
    """Whether older figures are still being counted; asked of the database once a minute if they are not."""
    name, moment = str(connection.settings_dict["NAME"]), time.monotonic()
    if moment - _all_counted.get(name, -ASK_SECONDS) < ASK_SECONDS:
        return False
    going = recounting.is_going_on()
    if not going:
        _all_counted[name] = moment
    return going


def own_place(request: HttpRequest, actor: Actor) -> str:
    """The place to begin with: of one's post, the community that the resident's pages show, the site."""
    for post in actor.posts:
        if post.place and (post.place[13:14] in {"", "G"}):
            return post.place
    if actor.posts and actor.posts[0].place:
        return actor.posts[0].place[:12]
    chosen: Callable[[HttpRequest], str] | None = registry.providers().get("shell.place")
    return (chosen(request) if chosen else "") or settings.MULIN_SITE_PLACE


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """`/board/`: on to the place that is the person's own; `?place=` goes to another one."""
    place = request.GET.get("place") or own_place(request, actor_of(request))
    if not codes.is_valid(place):
        raise NotVisible
    query = request.GET.copy()
    query.pop("place", None)
    return HttpResponseRedirect(
        reverse("insight:board", args=[place]) + (f"?{query.urlencode()}" if query else "")
    )


def _elsewhere(request: HttpRequest, place: str) -> HttpResponse:
    """The same figures of another place."""
    query = request.GET.urlencode()
    return HttpResponseRedirect(reverse("insight:board", args=[place]) + (f"?{query}" if query else ""))


def _board(request: HttpRequest, place: str, is_whole: bool = True) -> queries.Board:
    actor = actor_of(request)
    period = from_query(request.GET, clock.today(), queries.default_period(actor, place))
    return queries.board(actor, place, period.since, period.until, is_whole=is_whole)


@require_safe
def board(request: HttpRequest, place: str) -> HttpResponse:
    """The board of a place. Someone who may not see a grid's is led to its community's."""
    actor = actor_of(request)
    if "-" in place and not queries.sees_small(actor, place):
        return _elsewhere(request, place[:12])
    wall = request.GET.get("wall") == "1"
    found = _board(request, place)
    if found.place.code != place:
        return _elsewhere(request, found.place.code)
    seen = page(found, actor, wall)
    context = {
        "board": found,
        "page": seen,
        "wall": wall,
        "wall_seconds": WALL_SECONDS,
        "wall_url": query_of(found.period, True),
        "still_url": query_of(found.period),
        "period_name": PERIODS[found.period.name],
        "voices_unit": FIGURES["voices"].unit,
        "note_hidden": NOTE_HIDDEN,
        "note_small_area": NOTE_SMALL_AREA if found.is_small_area else "",
        "note_no_ranking": NOTE_NO_RANKING,
        "is_counting": is_counting(),
        "circle_url": _circle_url(actor, found),
        "desk_url": url("desk:inbox") if policy.can_somewhere(actor, "desk.desk:enter") else "",
        "map_url": reverse("insight:map", args=[place]) + seen.query,
        "export_url": reverse("insight:export", args=[place]) + seen.query,
        "tiles": settings.MULIN_MAP_TILES,
        "now": clock.now(),
    }
    return render(request, "insight/board.html", context)


def _circle_url(actor: Actor, found: queries.Board) -> str:
    """The 15-minute circle of the same place, where there is one and the actor may see it."""
    level = found.place.level
    if level == codes.Level.COMMUNITY:
        return url("insight:circle-of", found.place.code)
    may = codes.Level.DISTRICT <= level <= codes.Level.STREET
    may = may and policy.can(actor, "insight.circle:compare", found.place.code)
    return url("insight:circle-of", found.place.code) if may else ""


@require_safe
def board_map(request: HttpRequest, place: str) -> JsonResponse:
    """The outlines and squares of a board as GeoJSON."""
    found = _board(request, place, is_whole=False)
    squares = queries.heat_squares(actor_of(request), place, found.period)
    return JsonResponse(
        shapes.features(found, squares, query_of(found.period)), content_type="application/geo+json"
    )


@require_safe
def board_export(request: HttpRequest, place: str) -> HttpResponse:
    """The board as an Excel file."""
    found = _board(request, place)
    name = _("看板 %(place)s %(since)s 至 %(until)s.xlsx") % {
        "place": found.place.name,
        "since": found.period.since,
        "until": found.period.until,
    }
    response = HttpResponse(export.workbook(found), content_type=XLSX)
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    return response
