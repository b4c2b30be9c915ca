"""The library of good ways of working, for everybody."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mulin.academy.methods import goals, queries, reading, states
from mulin.kernel import codes
from mulin.places.queries import exists, name_of

ASKED = ("q", "shift", "goal", "state")
FOLDER = "academy/methods"


def wanted(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "").strip() for name in ASKED}


def filters(asked: dict[str, str], shown: tuple[str, ...] = states.PUBLIC) -> list[dict[str, Any]]:
    def options(pairs: Any, name: str) -> list[dict[str, Any]]:
        return [
            {"value": code, "label": str(label), "selected": code == asked[name]} for code, label in pairs
        ]

    return [
        {"name": "q", "label": _("问题或做法"), "kind": "search", "value": asked["q"]},
        {"name": "shift", "label": _("全部转变"), "kind": "choice",
         "options": options(goals.choices("shift"), "shift")},
        {"name": "goal", "label": _("全部目标"), "kind": "choice",
         "options": options(goals.choices("goal"), "goal")},
        {"name": "state", "label": _("全部状态"), "kind": "choice",
         "options": options([(one, states.STATE_WORDS[one]) for one in shown], "state")},
    ]  # fmt: skip


def _library(request: HttpRequest, place: str) -> dict[str, Any]:
    asked = wanted(request)
    found = queries.chosen(queries.public_methods(place), asked)
    here = reverse("academy:methods-of", args=[place]) if place else reverse("academy:methods")
    return {
        "rows": reading.rows(found, "academy:method"),
        "filters": filters(asked),
        "is_narrow": any(asked.values()),
        "list_url": here,
        "query": request.GET.urlencode(),
        "here": name_of(place) if place else "",
    }


@require_safe
def methods(request: HttpRequest) -> HttpResponse:
    """Everything that was published in this house, by what it is for."""
    return render(request, f"{FOLDER}/methods.html", _library(request, ""))


@require_safe
def methods_of(request: HttpRequest, place: str) -> HttpResponse:
    """What a community (or street) found, and what it took over."""
    if not codes.is_valid(place) or "-" in place or not exists(place):
        raise Http404
    context = {**_library(request, place), "place": place, "place_name": name_of(place)}
    return render(request, f"{FOLDER}/methods.html", context)


@require_safe
def methods_print(request: HttpRequest) -> HttpResponse:
    """The list as it was narrowed, on paper, with the steps of each."""
    return render(request, f"{FOLDER}/methods_print.html", _library(request, ""))


@require_safe
def method(request: HttpRequest, number: str) -> HttpResponse:
    """One method: the problem, the steps, the reasons, what it needs, and how it went elsewhere."""
    found = queries.get_public_method(number)
    context = {**reading.card(found), "share": request.build_absolute_uri(request.path)}
    if codes.level(found.place) == codes.Level.COMMUNITY:
        context |= {"place": found.place, "place_name": name_of(found.place)}
    return render(request, f"{FOLDER}/method.html", context)


@require_safe
def method_print(request: HttpRequest, number: str) -> HttpResponse:
    """The card on paper."""
    found = queries.get_public_method(number)
    return render(request, f"{FOLDER}/method_print.html", reading.card(found))
