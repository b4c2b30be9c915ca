"""Rosters for residents: is my home on it, is what it says right; and the code of a letter."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mulin.councils.rosters import actions, areas, forms, queries, states
from mulin.councils.rosters.bodies import LINES, UNIT
from mulin.councils.rosters.models import Roster
from mulin.kernel import registry
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError
from mulin.kernel.pages import posted, refuse
from mulin.places.queries import full_name, name_of

FORM = require_http_methods(["GET", "HEAD", "POST"])


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response


def _render(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return _private(render(request, f"councils/rosters/{template}.html", context, status=status))


@require_safe
def rosters(request: HttpRequest) -> HttpResponse:
    """Rosters that one is on, and those of one's community that are in force."""
    actor = actor_of(request)
    provider = registry.providers().get("shell.place")
    place = provider(request) if provider else ""
    context = {
        "mine": queries.own_rosters(actor),
        "here": queries.public_rosters(place) if place else [],
        "place": name_of(place) if place else "",
        "bodies": states.BODY_WORDS,
    }
    return _render(request, "mine", context)


@require_safe
def roster(request: HttpRequest, number: str) -> HttpResponse:
    """How many are on it, by building; for who is logged in, their own lines."""
    found = queries.get_public(number)
    actor = actor_of(request)
    newer = queries.latest(found)
    rows = queries.by_building(found)
    context = {
        "roster": found,
        "body": states.BODY_WORDS[found.body],
        "where": " ".join(one for one in (full_name(found.place), _site(found), found.stair) if one),
        "unit_word": states.LINE_WORDS[LINES[found.body]],
        "is_units": LINES[found.body] == UNIT,
        "area": areas.show(found.figures["area"]) if found.figures["area"] else "",
        "rows": rows if any(one.n is not None for one in rows) else [],
        "newer": newer if newer != found else None,
        "takes": queries.takes_objections(found),
        "n_objections": found.objections.count(),
        "n_answered": found.objections.exclude(state="open").count(),
        "lines": [_line(one) for one in queries.entries_of(found, actor)],
        "objections": [_objection(one) for one in queries.own_objections(found, actor)],
        "place_name": name_of(found.place),
    }
    return _render(request, "roster", context)


def _site(found: Roster) -> str:
    return name_of(found.site) if found.site else ""


def _line(entry: Any) -> dict[str, Any]:
    """A line that is one's own, with what the roster says of it."""
    order = queries.area_order(entry.roster)
    source = next((name for name in order if getattr(entry, name) is not None), "")
    return {
        "label": entry.label,
        "kind": states.KIND_WORDS.get(entry.kind, ""),
        "area": areas.show(getattr(entry, source)) if source else "",
        "source": states.AREA_WORDS.get(source, ""),
        "proxy": entry.by_proxy,
        "owners": [person.name for person in entry.owners.all()] if not entry.by_proxy else [],
    }


def _objection(one: Any) -> dict[str, Any]:
    tone, icon = states.OBJECTION_TONES[one.state]
    return {
        "objection": one,
        "kind": states.OBJECTION_WORDS[one.kind],
        "state": {"label": str(states.OBJECTION_STATES[one.state]), "tone": tone, "icon": icon},
    }


@FORM
def objection_new(request: HttpRequest, number: str) -> HttpResponse:
    """Say what is wrong. Asks to log in: the answer has to reach somebody."""
    found = queries.get_public(number)
    actor = actor_of(request)
    if actor.is_anonymous:
        return _log_in(request)
    form = forms.ObjectionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.object_to_roster(actor=actor, number=found.number, **form.cleaned_data)
            messages.success(request, _("收到了。社区核实后答复您。"))
            return redirect("councils:roster", found.number)
        except ActionError as error:
            if error.status == 403:
                raise
            refuse(form, error)
    context = {"form": form, "roster": found, "takes": queries.takes_objections(found)}
    return _render(request, "objection_new", context, 422 if form.errors else 200)


def _log_in(request: HttpRequest) -> HttpResponse:
    return redirect_to_login(request.get_full_path())


@FORM
def code(request: HttpRequest) -> HttpResponse:
    """Type in the code of a letter."""
    actor = actor_of(request)
    if actor.is_anonymous:
        # No redirect: the code behind the # would be lost on the way through the log-in page.
        return _render(request, "code", {"form": None}) if request.method != "POST" else _log_in(request)
    form = forms.CodeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            entry = actions.use_code(actor=actor, code=form.cleaned_data["code"])
            messages.success(request, _("认领好了。用这份名册表决时，您可以在手机上投票。"))
            return redirect("councils:roster", entry.roster.number)
        except ActionError as error:
            if error.status == 403:
                raise
            refuse(form, error)
    return _render(request, "code", {"form": form}, 422 if form.errors else 200)
