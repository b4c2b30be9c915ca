"""Which community a visitor's pages are about, and the lists from which a place is chosen."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from mulin.kernel import codes
from mulin.kernel.context import actor_of
from mulin.places import queries
from mulin.places.queries import Group, Place

COOKIE = "mulin_place"
YEAR = 365 * 24 * 3600
LEVELS = (codes.Level.DISTRICT, codes.Level.STREET, codes.Level.COMMUNITY)


def is_community(code: str) -> bool:
    """Whether this is a community in force inside this instance's place."""
    if not codes.is_valid(code) or codes.level(code) != codes.Level.COMMUNITY:
        return False
    return codes.contains(settings.MULIN_SITE_PLACE, code) and queries.exists(code)


def chosen(request: HttpRequest) -> str:
    """The visitor's community: their own home, else what this browser chose, else where they hold a post."""
    cached = getattr(request, "chosen_place", None)
    if cached is None:
        cached = request.chosen_place = next(
            (code for code in _candidates(request) if is_community(code)), ""
        )
    return cached


def _candidates(request: HttpRequest):
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        yield user.home_place
    yield request.COOKIES.get(COOKIE, "")
    for post in actor_of(request).posts:
        yield post.place[:12]


def shell_name(request: HttpRequest) -> str:
    """The name in the head of every resident's page."""
    place = chosen(request)
    return queries.name_of(place) if place else ""


def remember(response: HttpResponse, code: str) -> None:
    response.set_cookie(COOKIE, code, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)


@dataclass(frozen=True, slots=True)
class Step:
    """One list of the way down: districts, streets or communities, and which one is chosen."""

    level: int
    options: list[Place]
    chosen: str


def ladder(code: str) -> list[Step]:
    """The lists from the instance's place down to the communities, open as far as `code` reaches.

    A list with one entry only is passed over: nobody needs to choose there.
    """
    site = settings.MULIN_SITE_PLACE
    code = code if codes.is_valid(code) and codes.contains(site, code) else site
    steps: list[Step] = []
    at = site
    for _depth in range(len(LEVELS) + 2):
        options = queries.children(at)
        if not options:
            break
        inside = next((o.code for o in options if codes.contains(o.code, code)), "")
        if len(options) == 1:
            inside = options[0].code
        else:
            steps.append(Step(options[0].level, options, inside))
        if not inside or codes.level(inside) >= codes.Level.COMMUNITY:
            break
        at = inside
    return steps


def deepest(steps: list[Step]) -> str:
    """The last place that is chosen on the way down; the instance's place when there is none."""
    return next((step.chosen for step in reversed(steps) if step.chosen), settings.MULIN_SITE_PLACE)


def buildings(code: str) -> list[Group]:
    """Estates with their buildings; empty above a community."""
    if not codes.is_valid(code) or codes.level(code) < codes.Level.COMMUNITY:
        return []
    return queries.buildings(code[:12])
