"""How a page of the desk is answered, whichever module it belongs to: the shell's facts, forms with their
errors, the way back. The shell itself is the desk's and comes in through the registry."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from mulin.kernel import context as shell
from mulin.kernel import registry
from mulin.kernel.errors import ActionError


def page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render a desk page inside its shell. `rail` in the context puts numbers on the rail, `here` says
    which of its entries one is in where the address does not."""
    context = dict(context or {})
    counts, here = context.pop("rail", {}), context.pop("here", "")
    bar = list(shell.shell(request)["desk_nav"])
    nav = [{**item, "count": sum(counts.get(name, 0) for name in item["names"])} for item in bar]
    for item in nav if here else ():
        item["current"] = here in item["names"]
    own = registry.providers().get("shell.desk_facts")
    tabs = shell.list_tabs(bar, request.path)
    facts = {"desk_nav": nav, "list_tabs": tabs, **(own(request) if own else {})}
    return render(request, template, {**facts, **context}, status=status)


def refuse(form: forms.Form, error: ActionError) -> None:
    """Put an action's refusal beside the field it belongs to."""
    field = error.field if error.field in form.fields else None
    form.add_error(field, str(error.message))


def tried(request: HttpRequest, form: forms.Form, act: Callable[[], Any]) -> bool:
    """Do it with a valid form that was sent; a refusal stands beside its field, everything typed stays."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act()
    except ActionError as error:
        if error.status == 403:
            raise
        refuse(form, error)
        return False
    return True


def run(request: HttpRequest, act: Callable[[], Any], said: str) -> bool:
    """Do what a button asks for, and say so or why not."""
    try:
        act()
    except ActionError as error:
        if error.status == 403:
            raise
        messages.warning(request, str(error.message))
        return False
    messages.success(request, said)
    return True


def back(request: HttpRequest, fallback: str) -> str:
    """Where a form was opened from, if that is an address of this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return fallback


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, also when that is nothing; None while it is only looked at."""
    return request.POST if request.method == "POST" else None
