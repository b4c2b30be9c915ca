"""Proposals for everybody: where each is on its way up, and what each level answered."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mulin.councils.upward import queries, reading, states, telling
from mulin.kernel import codes
from mulin.kernel.links import address
from mulin.kernel.numbers import show_number
from mulin.places.queries import exists, full_name, name_of

PER_PAGE = 30


@require_safe
def proposals_of(request: HttpRequest, place: str) -> HttpResponse:
    """What a community sent up, the latest first."""
    if not codes.is_valid(place) or codes.level(place) != codes.Level.COMMUNITY or not exists(place):
        raise Http404
    pages = Paginator(queries.public_proposals(place), PER_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    context = {
        "place": place,
        "place_name": name_of(place),
        "home": address("portal:community", place),
        "rows": reading.rows(list(shown), "councils:proposal"),
        "shown": shown,
        "road": [str(states.LEVEL_WORDS[level]) for level, _place in queries.road_above(place)],
    }
    return render(request, "councils/upward/proposals.html", context)


@require_safe
def proposal(request: HttpRequest, number: str) -> HttpResponse:
    """One proposal with its road."""
    found = queries.get_public_proposal(number)
    context = {
        "place": found.place,
        "place_name": name_of(found.place),
        "proposal": found,
        "by": str(found.org) if found.org else full_name(found.place),
        "state": telling.badge(found.state),
        "road": reading.road(found),
        "steps": reading.steps(found),
        "grew_from": reading.grew_from(found),
        "sent": reading.day(found.sent_at),
        "shown_number": show_number(found.number),
        "share": request.build_absolute_uri(request.path),
    }
    return render(request, "councils/upward/proposal.html", context)
