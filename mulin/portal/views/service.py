"""Switches, help, and what makes the pages work on a bad line: offline page, service worker, manifest."""

import json

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.portal import community, places
from mulin.portal.follow import advice_in
from mulin.portal.views.common import calls, in_place, safe_next
from mulin.portal.views.report import urgent_types
from mulin.voices import triage
from mulin.voices.categories import catalogue

YEAR = 365 * 24 * 3600
THEMES = ("auto", "light", "dark")
# What a page needs to look right without a line.
SHELL = (
    "mulin/tokens.css", "mulin/base.css", "mulin/components.css", "mulin/portal.css", "mulin/elder.css",
    "mulin/print.css", "mulin/icons.svg", "mulin/mark.svg", "mulin/js/core.js", "mulin/js/theme.js",
    "mulin/js/dialog.js", "mulin/js/draft.js", "mulin/js/photos.js", "mulin/js/counter.js",
    "vendor/htmx.min.js", "portal/portal.css", "portal/offline.js",
)  # fmt: skip


def _switch(request: HttpRequest, name: str, value: str) -> HttpResponse:
    response = redirect(safe_next(request, reverse("portal:home")))
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response


@require_POST
def elder_mode(request: HttpRequest) -> HttpResponse:
    """Large type and one action a screen, on or off."""
    return _switch(request, "mulin_elder", "1" if request.POST.get("elder") == "1" else "0")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the telephone is set; for browsers without scripts."""
    chosen = request.POST.get("theme", "")
    return _switch(request, "mulin_theme", chosen if chosen in THEMES else "auto")


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How to report, by telephone too, what belongs elsewhere, and the numbers for emergencies."""
    place = places.chosen(request)
    urgent = {one.code for one in urgent_types()}
    advised = [one for one in catalogue().active() if one.advice and one.code not in urgent]
    context = {
        **in_place(request, place),
        "offices": community.offices(place) if place else [],
        "elsewhere": _elsewhere(),
        "advised": advised,
        "calls": calls()[:3],
        "themes": [("auto", _("随系统")), ("light", _("浅色")), ("dark", _("深色"))],
    }
    return render(request, "portal/help.html", context)


def _elsewhere() -> list[dict]:
    """The doors that are not ours, each once, as the cues of the triage name them."""
    return advice_in([{"code": code, **said} for code, said in triage.other_doors().items()])


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the service worker shows when there is no line. Holds nothing about anybody, and takes no message
    from the page for which it is meant: the worker fetches this one behind it."""
    nobody = {"place_name": "", "portal_nav": [], "actor": None, "calls": calls(), "messages": ()}
    response = render(request, "portal/offline.html", nobody)
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Keeps the shell's files and the offline page; never a page with anybody's data."""
    files = [staticfiles_storage.url(name) for name in SHELL]
    context = {
        "files": json.dumps(files),
        "offline": reverse("portal:offline"),
        "static": settings.STATIC_URL,
    }
    response = render(request, "portal/sw.js", context, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """How a telephone puts the pages on its home screen."""
    body = {
        "name": _("睦邻"),
        "short_name": _("睦邻"),
        "description": _("说一件事，看它怎么办；邻里想要的、能帮的，都在这里。"),
        "lang": request.LANGUAGE_CODE,
        "start_url": reverse("portal:home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#FAF8F5",
        "theme_color": "#FAF8F5",
        "icons": [
            {
                "src": staticfiles_storage.url("mulin/mark.svg"),
                "sizes": "any",
                "type": "image/svg+xml",
                "purpose": "any",
            }
        ],
        "shortcuts": [
            {"name": _("报事"), "url": reverse("portal:report")},
            {"name": _("大事急事"), "url": reverse("portal:urgent")},
        ],
    }
    response = JsonResponse(
        body, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
    )
    response["Cache-Control"] = "public, max-age=3600"
    return response


ROBOTS = """User-agent: *
Disallow: /r/
Disallow: /mine
Disallow: /find
Disallow: /report
Disallow: /urgent
Disallow: /account/
Disallow: /desk/
Disallow: /api/
"""


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Public pages may be found, personal ones may not."""
    response = HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "public, max-age=86400"
    return response
