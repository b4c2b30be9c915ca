"""The urgent way: a major matter in one tap for what it is, one for where, and sent."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from mulin.kernel import codes
from mulin.kernel.errors import ActionError
from mulin.portal import places
from mulin.portal.forms import UrgentForm, new_key
from mulin.portal.views.common import calls, in_place, refuse
from mulin.portal.views.report import place_asked, posted, send, to_receipt, urgent_types, where_context
from mulin.voices.categories import MAJOR_ICONS


@require_http_methods(["GET", "HEAD", "POST"])
def urgent(request: HttpRequest) -> HttpResponse:
    """A major matter: what, where, sent. First what to do and whom to call."""
    code = request.POST.get("type") or request.GET.get("type") or ""
    known = next((one for one in urgent_types() if one.code == code), None)
    if known is None:
        types = [(one, MAJOR_ICONS.get(one.code, "alert")) for one in urgent_types()]
        place = request.GET.get("place", "")
        place = place if places.is_community(place) else places.chosen(request)
        context = {**in_place(request, place), "types": types, "calls": calls()[:3]}
        return render(request, "portal/urgent.html", context)
    if request.method != "POST":
        form = UrgentForm(initial={"type": code, "idempotency_key": new_key()})
        return _urgent_page(request, form, known, 200)
    if request.POST.get("step") == "where":
        return _urgent_page(request, UrgentForm(initial=posted(request).dict()), known, 200)
    form = UrgentForm(posted(request))
    if not form.is_valid():
        form.ask_where()
        return _urgent_page(request, form, known, 422)
    try:
        sent = send(request, _said(form, known))
    except ActionError as error:
        return _urgent_page(request, form, known, refuse(form, error))
    return to_receipt(request, sent)


def _said(form: UrgentForm, known: Any) -> dict[str, Any]:
    given = form.cleaned_data
    return dict(
        text="：".join(part for part in (known.zh, given["text"]) if part),
        kind="help",
        category=known.code,
        severity="major",
        contact=given["contact"],
        idempotency=given["idempotency_key"],
        least_level=codes.Level.STREET,
        **form.where(),
    )


def _urgent_page(request: HttpRequest, form: UrgentForm, known: Any, status: int) -> HttpResponse:
    context = {
        "form": form,
        "type": known,
        "icon": MAJOR_ICONS.get(known.code, "alert"),
        "phones": _phones(known.code),
        **where_context(request, place_asked(request), form["building"].value() or ""),
        **in_place(request, places.chosen(request)),
    }
    return render(request, "portal/urgent_send.html", context, status=status)


def _phones(code: str) -> list[str]:
    """The numbers to call first for this type of emergency."""
    first = {
        "gas_leak": ["119"],
        "fire": ["119"],
        "building_danger": ["119", "120"],
        "person_in_danger": ["110", "120"],
        "violent_crime": ["110"],
        "crowd": ["110"],
        "natural_hazard": ["119", "110"],
    }
    return first.get(code, ["110", "119", "120"])
