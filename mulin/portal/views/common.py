"""What several of the resident's views need."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from mulin.kernel import rulebook, throttle
from mulin.kernel.errors import ActionError
from mulin.portal import places, receipts
from mulin.portal.community import Me

HOUR = 3600


def calls() -> list[tuple[str, str]]:
    """The numbers for an emergency, and the city's hotline."""
    found = [("110", _("报警")), ("119", _("火警")), ("120", _("急救"))]
    hotline = settings.MULIN_HOTLINE
    return [*found, (hotline, _("政务热线"))] if hotline else found


def safe_next(request: HttpRequest, fallback: str) -> str:
    """Where the person came from, if it is an address of this site."""
    given = request.POST.get("next") or request.GET.get("next") or ""
    if given and url_has_allowed_host_and_scheme(
        given, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return given
    return fallback


def limit(request: HttpRequest, rule: str, what: str) -> None:
    """Count one more by this account or address; ActionError (429) past the rule's number an hour."""
    user = request.user
    who = str(user.pk) if user.is_authenticated else throttle.caller(request)
    most = rulebook.value(rule, at=settings.MULIN_SITE_PLACE, account=user.is_authenticated)
    throttle.check(what, who, limit=int(most), seconds=HOUR)


def refuse(form: Any, error: ActionError) -> int:
    """Show a refusal beside its field, everything typed kept. Returns the status of the page."""
    form.add_error(error.field if error.field in form.fields else None, error.message)
    return error.status if error.status in {409, 422, 429} else 422


def me(request: HttpRequest) -> Me:
    """Who stands beside a matter from here."""
    if request.user.is_authenticated:
        return Me(account=request.user.pk)
    return Me(device=receipts.device_hash(request))


def private(response: HttpResponse) -> HttpResponse:
    """A page for one person: never indexed, and its address never leaves this site.

    Not `no-referrer`: browsers then send `Origin: null` with a form, and the protection against forged
    forms refuses it. `same-origin` tells other sites just as little.
    """
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def in_place(request: HttpRequest, place: str) -> dict[str, Any]:
    """Context of a page about one community: its code and name, in the head too. Whoever says something from
    the bar on the page of a community that is not their own says it there."""
    name = places.queries.name_of(place) if place else ""
    return {"place": place, "place_name": name, "is_home": bool(place) and place == places.chosen(request)}
