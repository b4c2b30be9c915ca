"""How pages of the administration are answered: the rooms beside them, forms, questions asked once."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from mulin.desk.admin import where
from mulin.desk.admin.access import rooms
from mulin.desk.turning import turning as turned
from mulin.kernel import pages
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError
from mulin.kernel.paging import Page

Act = Callable[[dict[str, Any]], Any]


def show(
    request: HttpRequest, template: str, context: dict[str, Any], *, room: str = "", status: int = 200
) -> HttpResponse:
    """A page of one room."""
    facts = {"rooms": rooms(actor_of(request), room), "room": room}
    return pages.page(request, f"desk/admin/{template}", {**facts, **context}, status=status)


def posted(request: HttpRequest) -> Any:
    """What was sent, also when all of it is empty; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


def fill(
    request: HttpRequest,
    form: forms.Form,
    act: Act,
    *,
    room: str,
    to: str | Callable[[Any], str],
    done: Any = "",
    template: str = "form.html",
    **words: Any,
) -> HttpResponse:
    """A form on a page of its own. Sent and right: `act` is called with what was typed, the page `to` follows
    with the sentence `done`. Otherwise the form comes back (422) with all that was typed and what is wrong
    beside the field. `words`: title, text, submit, back (address), back_label, and what a template needs."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                result = act(form.cleaned_data)
            except ActionError as error:
                if error.status == 403:
                    raise
                pages.refuse(form, error)
            else:
                if done:
                    messages.success(request, str(done))
                return redirect(to(result) if callable(to) else to)
    back = words.pop("back", to if isinstance(to, str) else "")
    context = {"form": form, "back_url": back, "submit": _("保存"), **words}
    return show(request, template, context, room=room, status=status)


def ask(
    request: HttpRequest,
    act: Callable[[], Any],
    *,
    room: str,
    title: Any,
    text: Any,
    submit: Any,
    done: Any,
    to: str,
    tone: str = "",
    facts: list[tuple[Any, Any]] | None = None,
) -> HttpResponse:
    """Ask once, plainly, before something that others feel; a refusal says why on the same page."""
    refused, status = "", 200
    if request.method == "POST":
        try:
            act()
        except ActionError as error:
            if error.status == 403:
                raise
            refused, status = str(error.message), error.status
        else:
            messages.success(request, str(done))
            return redirect(to)
    context = {
        "title": title, "text": text, "submit": submit, "back_url": to, "tone": tone, "refused": refused,
        "facts": facts or [],
    }  # fmt: skip
    return show(request, "ask.html", context, room=room, status=status)


def turning(request: HttpRequest, found: Page) -> dict[str, Any]:
    """What the pager needs, and the query without the place in the list."""
    query = request.GET.copy()
    for name in ("cursor", "trail"):
        query.pop(name, None)
    return {"turning": turned(request.GET, query.urlencode(), found.next), "query": query.urlencode()}


def select(name: str, label: Any, value: str, choices: Any) -> dict[str, Any]:
    """A list to narrow a table by. `choices` are (value, label), or (group, [(value, label)])."""
    options: list[dict[str, Any]] = []
    for one, words in choices:
        if isinstance(words, list):
            options += [_option(inner, f"{one}·{said}", value) for inner, said in words]
        else:
            options.append(_option(one, words, value))
    return {"name": name, "label": label, "kind": "list", "value": value, "options": options}


def _option(value: Any, label: Any, chosen: str) -> dict[str, Any]:
    return {"value": value, "label": label, "selected": str(value) == chosen}


def search(name: str, label: Any, value: str) -> dict[str, Any]:
    return {"name": name, "label": label, "kind": "search", "value": value}


def place(name: str, label: Any, value: str, code: str = "", wrong: str = "") -> dict[str, Any]:
    """A place by name or code; suggestions appear while typing when scripts run. What was understood is shown
    as name and code, what was not as it was typed."""
    value = where.said(code) if value.strip() and code and not wrong else value
    return {"name": name, "label": label, "kind": "place", "value": value}


def day(name: str, label: Any, value: str) -> dict[str, Any]:
    return {"name": name, "label": label, "kind": "date", "value": value}
