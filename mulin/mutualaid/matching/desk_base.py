"""What the desk's pages of this part share: forms, tabs, filters."""

from typing import Any

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from mulin.kernel.pages import page
from mulin.mutualaid.matching.catalogue import kinds


def form_page(
    request: HttpRequest,
    form: django_forms.Form,
    title: str,
    submit: str,
    back: tuple[str, ...],
    label: str,
    **more: Any,
) -> HttpResponse:
    """A form of the desk; `back`: the page it came from."""
    context = {
        "form": form, "title": title, "submit": submit, "back_url": reverse(back[0], args=back[1:]),
        "back_label": label, "action": request.get_full_path(), "here": "aid", **more,
    }  # fmt: skip
    status = 422 if form.errors else 200
    return page(request, "mutualaid/matching/desk_form.html", context, status=status)


def tabs(request: HttpRequest, names: dict[str, str], chosen: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": f"?show={key}", "current": key == chosen, "count": None}
        for key, label in names.items()
    ]


def filters(request: HttpRequest, show: str, kind: str) -> list[dict[str, Any]]:
    offered = [{"value": code, "label": str(one), "selected": code == kind} for code, one in kinds().items()]
    return [
        {"name": "show", "kind": "hidden", "value": show},
        {"name": "kind", "label": _("哪种帮助"), "kind": "select", "options": offered},
    ]
