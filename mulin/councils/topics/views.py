"""What is being talked over here, and one topic: for everybody, without an account."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mulin.councils.topics import library, queries, reading, states
from mulin.councils.topics.models import Topic
from mulin.kernel import codes, doorways, registry
from mulin.kernel.context import actor_of
from mulin.places.queries import exists, name_of

MOST, FINISHED, FOUND = 40, 10, 60
SHOWN = ("running", "done", "stopped")


def _chosen(request: HttpRequest) -> str:
    provider = registry.providers().get("shell.place")
    return provider(request) if provider else ""


@require_safe
def topics(request: HttpRequest) -> HttpResponse:
    """One's own community's page; who has not chosen one sees what is talked over anywhere in this house."""
    place = _chosen(request)
    if place:
        return redirect("councils:topics-here", place)
    return _list(request, "")


@require_safe
def topics_here(request: HttpRequest, place: str) -> HttpResponse:
    """What is talked over in a community, also by its street: what one can take part in first."""
    if not codes.is_valid(place) or "-" in place or not exists(place):
        raise Http404
    return _list(request, place)


def _list(request: HttpRequest, place: str) -> HttpResponse:
    wanted = {name: request.GET.get(name, "").strip() for name in ("q", "state", "process")}
    found = queries.running_steps(queries.public_topics(place))
    context: dict[str, Any] = {
        "place": place,
        "here": name_of(place) if place else "",
        "filters": _filters(wanted),
        "list_url": reverse("councils:topics-here", args=[place]) if place else reverse("councils:topics"),
        "is_narrow": any(wanted.values()),
    }
    if place:
        context["place_name"] = name_of(place)
    if context["is_narrow"]:
        rows = queries.search(found, wanted["q"])
        if wanted["state"] in SHOWN:
            rows = rows.filter(state=wanted["state"])
        if wanted["process"]:
            rows = rows.filter(process=wanted["process"])
        context["found"] = reading.cards(rows[:FOUND])
    else:
        context |= _sections(request, found, place)
    return render(request, "councils/topics/topics.html", context)


def _sections(request: HttpRequest, found: Any, place: str) -> dict[str, Any]:
    """What is open at a place, whatever part it belongs to, topics that have nothing to do just now, and what
    came of it all."""
    open_ = doorways.doors(actor_of(request), place, most_open=MOST, most_over=FINISHED) if place else {}
    now = [one for one in open_.get("now", ()) if one.takes_part]
    invited = {one.affair for one in now}
    running = [one for one in found.filter(state="running")[:MOST] if one.number not in invited]
    over = found.filter(state__in=("done", "stopped")).order_by("-ended_at")[:FINISHED]
    return {
        "doors": now,
        "running": reading.cards(running),
        "decided": open_.get("over", ()),
        "over": reading.cards(over),
    }


def _filters(wanted: dict[str, str]) -> list[dict[str, Any]]:
    shown = [
        {"value": code, "label": states.STATE_WORDS[code], "selected": code == wanted["state"]}
        for code in SHOWN
    ]
    kinds = [
        {"value": one.code, "label": library.words(one, "title"), "selected": one.code == wanted["process"]}
        for one in library.processes().values()
    ]
    return [
        {"name": "q", "label": _("找一个议题"), "kind": "search", "value": wanted["q"]},
        {"name": "state", "label": _("到哪一步"), "options": shown},
        {"name": "process", "label": _("哪一类"), "options": kinds},
    ]


@require_safe
def topic(request: HttpRequest, number: str) -> HttpResponse:
    """One topic: where it stands, what comes next, how to take part, what came out of each step."""
    found: Topic = queries.public_topic(number)
    context = {
        **reading.public_page(found, queries.steps_of(found)),
        "place": found.place,
        "place_name": name_of(found.place),
        "back_url": reverse("councils:topics-here", args=[found.place]),
        "share_url": request.build_absolute_uri(request.path),
    }
    return render(request, "councils/topics/topic.html", context)
