"""How every desk page is answered: the shell's facts, forms with their errors, the way back."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from mulin.kernel import context as shell
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError
from mulin.places.queries import name_of


def page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render a desk page inside its shell. `rail` in the context puts numbers on the rail, `here` says
    which of its entries one is in where the address does not."""
    context = dict(context or {})
    counts, here = context.pop("rail", {}), context.pop("here", "")
    nav = [{**item, "count": counts.get(item["name"], 0)} for item in shell.shell(request)["desk_nav"]]
    for item in nav if here else ():
        item["current"] = item["name"] == here
    actor = actor_of(request)
    facts = {
        "desk_nav": nav,
        "place_name": place_name(actor),
        "can_import": policy.can_somewhere(actor, "voices.import:run"),
    }
    return render(request, template, {**facts, **context}, status=status)


def place_name(actor: Actor) -> str:
    """Where the actor's first post is: what they are looking at unless a page says otherwise."""
    place = next((post.place for post in actor.posts if post.place), "")
    return name_of(place) if place else ""


def places_of(actor: Actor) -> list[str]:
    """The places of the actor's posts, each once."""
    return list(dict.fromkeys(post.place for post in actor.posts if post.place))


def refuse(form: forms.Form, error: ActionError) -> None:
    """Put an action's refusal beside the field it belongs to."""
    field = error.field if error.field in form.fields else None
    form.add_error(field, str(error.message))


def back(request: HttpRequest, fallback: str) -> str:
    """Where a form was opened from, if that is an address of this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return fallback


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, also when that is nothing; None while it is only looked at."""
    return request.POST if request.method == "POST" else None
