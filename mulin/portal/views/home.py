"""The community's home and the pages behind its sections."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from mulin.kernel import codes, doorways
from mulin.portal import community, places, receipts
from mulin.portal.community import Me
from mulin.portal.mine import latest
from mulin.portal.views.common import in_place, me

WISHES_SHOWN, ANSWERS_SHOWN, MATTERS_SHOWN, STAFF_SHOWN, DONE_SHOWN = 2, 2, 2, 2, 10
# All of them are one tap away, on the page of topics.
OPEN_SHOWN, OVER_SHOWN = 3, 2


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The visitor's community; who has none yet chooses one."""
    place = places.chosen(request)
    if place and not request.GET.get("choose"):
        return _community(request, place)
    return chooser(request)


def chooser(request: HttpRequest) -> HttpResponse:
    """Find one's community by a name or down the lists of districts and streets."""
    query = request.GET.get("q", "").strip()
    at = request.GET.get("in", "")
    found = _found(query) if query else []
    steps = places.ladder(at)
    context = {
        "query": query,
        "found": found,
        "steps": steps,
        "last": steps[-1] if steps else None,
        "trail": [(step.chosen, places.queries.name_of(step.chosen)) for step in steps[:-1] if step.chosen],
        "chosen": places.chosen(request),
    }
    return render(request, "portal/chooser.html", context)


def _found(query: str) -> list[tuple[str, str, str]]:
    """(community, its name, what was found in it) for a name of a community, an estate or a building."""
    hits = places.queries.search_places(query, limit=40)
    communities: dict[str, str] = {}
    for hit in hits:
        if hit.community and hit.community not in communities:
            communities[hit.community] = "" if hit.code == hit.community else hit.name
    names = places.queries.full_names(communities)
    return [(code, names[code], what) for code, what in list(communities.items())[:12]]


@require_safe
def community_home(request: HttpRequest, place: str) -> HttpResponse:
    """A community's home, for whoever looks at it."""
    return _community(request, _checked(place))


def _checked(place: str) -> str:
    if not places.is_community(place):
        new = places.queries.resolve(place) if codes.is_valid(place) else place
        if new == place or not places.is_community(new):
            raise Http404
        return new
    return place


def _community(request: HttpRequest, place: str) -> HttpResponse:
    actor = receipts.acting(request)
    mine = latest(actor)
    who = me(request)
    offices = community.offices(place)
    context = {
        **in_place(request, place),
        "mine": mine,
        "phone": next((one.phone for one in offices if one.phone), ""),
        "today": community.date_line(),
        "tiles": request.COOKIES.get("mulin_elder") == "1",
        # Elder mode too: what is asked of everybody must be found by everybody.
        "doors": doorways.doors(actor, place, most_open=OPEN_SHOWN, most_over=OVER_SHOWN),
        "blocks": community.blocks(actor, place, request),
    }
    if not context["tiles"]:
        wall = community.open_wishes(place, WISHES_SHOWN)
        # An answered wish that stands on the wall has its answer there, with the button beside it.
        told = [one for one in community.answered(place, ANSWERS_SHOWN + WISHES_SHOWN) if one not in wall]
        shown = [
            wall,
            told[:ANSWERS_SHOWN],
            community.open_matters(place, MATTERS_SHOWN),
        ]
        every = iter(community.cards([one for part in shown for one in part], who))
        wishes, answers, matters = ([next(every) for _one in part] for part in shown)
        context |= {
            "wishes": wishes,
            "answers": answers,
            "matters": matters,
            "offices": offices,
            "staff": community.reachable(place)[:STAFF_SHOWN],
        }
    return render(request, "portal/community.html", context)


@require_safe
def wishes(request: HttpRequest, place: str) -> HttpResponse:
    """All that neighbours wish and offer, by theme."""
    place = _checked(place)
    wall = community.wish_wall(place, me(request))
    return render(request, "portal/wishes.html", {**in_place(request, place), **wall})


@require_safe
def answers(request: HttpRequest, place: str) -> HttpResponse:
    """What was answered in public, yes and no alike."""
    place = _checked(place)
    shown = community.cards(community.answered(place, community.PAGE), me(request))
    return render(request, "portal/answers.html", {**in_place(request, place), "cards": shown})


@require_safe
def matters(request: HttpRequest, place: str) -> HttpResponse:
    """Published matters under way, so that one can stand beside instead of reporting again; below them what
    was done lately."""
    place = _checked(place)
    shown = community.cards(community.open_matters(place, community.PAGE), me(request))
    context = {
        **in_place(request, place),
        "cards": shown,
        "total": community.under_way(place).count() if shown else 0,
        "done": community.cards(community.done_matters(place, DONE_SHOWN), Me()),
    }
    return render(request, "portal/matters.html", context)


@require_safe
def people(request: HttpRequest, place: str) -> HttpResponse:
    """Who can be reached here, and the groups of the community."""
    place = _checked(place)
    context = {
        **in_place(request, place),
        "offices": community.offices(place),
        "staff": community.staff(place),
        "groups": community.groups(place, 60),
        "hotline": settings.MULIN_HOTLINE,
    }
    return render(request, "portal/people.html", context)


@require_POST
def place(request: HttpRequest) -> HttpResponse:
    """Choose the community that this browser shows first."""
    code = request.POST.get("place", "")
    if not places.is_community(code):
        return redirect(f"{reverse('portal:home')}?choose=1")
    response = redirect("portal:community", place=code)
    places.remember(response, code)
    return response
