"""A receipt that does not open: the same page whether there is such a number or not."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mulin.kernel.context import error_shell
from mulin.kernel.errors import NotVisible
from mulin.portal import places
from mulin.portal.views.common import in_place, private


def for_its_person(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whom the voice is not shown is told in which ways its person opens it, and nothing about the voice."""

    @wraps(view)
    def asked(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotVisible:
            context = {**error_shell(request), **in_place(request, places.chosen(request))}
            return private(render(request, "portal/receipt_missing.html", context, status=404))

    return asked
