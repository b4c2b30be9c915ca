"""Addresses of the demo's own stories of life together: courses, clubs, kept places, mutual aid. A function a
part, each gives (route, parameters); what the matrix makes is looked at beside them (`council_pages`)."""

from collections.abc import Callable, Iterable
from typing import Any

Params = dict[str, Any]


def keeping() -> Iterable[tuple[str, Params]]:
    """The garden: its page, its group, the figures of the street, and its rota as the office sees it."""
    from mulin.site.demo.garden_told import kept_garden
    from mulin.site.demo.places import HOME, STREET

    yield "academy:keeping-here", {"place": HOME}
    yield "academy:keeping-stories", {"place": HOME}
    yield "academy:keeping-turning", {"place": STREET}
    garden = kept_garden()
    if garden is None:
        return
    number = {"number": garden.number}
    for name in ("academy:keeping", "academy:keeping-print", "academy_desk:keeping"):
        yield name, number
    for term in garden.keepings.filter(state="kept"):
        yield "academy:keeping-group", {"group_id": term.org_id}
    for rota in garden.rotas.filter(state="running"):
        yield "academy:rota", {"number": rota.number}


def college() -> Iterable[tuple[str, Params]]:
    """The college with its orders and clubs, and one full club at the desk."""
    from mulin.academy.clubs.models import Club, Gathering
    from mulin.academy.orders.models import Order
    from mulin.site.demo.places import HOME

    for name in ("academy:college", "academy:orders", "academy:clubs"):
        yield name, {"place": HOME}
    yield "academy:order-theme", {"place": HOME, "theme": "choir"}
    club = Club.objects.filter(place=HOME, state="running").order_by("id").first()
    if club:
        for name in ("academy:club", "academy_desk:club", "academy_desk:club-edit"):
            yield name, {"number": club.number}
    order = Order.objects.filter(place=HOME, state="gathered").order_by("id").first()
    if order:
        yield "academy_desk:order", {"number": order.number}
    gathering = Gathering.objects.filter(place=HOME).order_by("id").first()
    if gathering:
        yield "academy:gathering", {"number": gathering.number}


def bookings() -> Iterable[tuple[str, Params]]:
    """The service centre with its rooms, a room with a full week, and both at the desk."""
    from mulin.site.demo.places import HOME
    from mulin.site.demo.venues_told import venue

    yield "bookings:venues", {"place": HOME}
    for key in ("centre", "dance", "children", "boiler"):
        number = {"number": venue(key).number}
        for name in ("bookings:venue", "bookings_desk:venue", "bookings_desk:venue-hours"):
            yield name, number
    yield "bookings:venue-print", {"number": venue("dance").number}
    yield "bookings:venue-book", {"number": venue("kitchen").number}


def sessions() -> Iterable[tuple[str, Params]]:
    """The week of the community, and sessions in each state for residents and at the desk."""
    from mulin.site.demo.places import HOME
    from mulin.site.demo.sessions_told import told

    yield "academy:sessions-of", {"place": HOME}
    for one in told():
        for name in ("academy:session", "academy_desk:session", "academy_desk:session-attendance"):
            yield name, {"number": one.number}


def weeks() -> Iterable[tuple[str, Params]]:
    """The community's timetable, a published week, the week in the making, its courses and the teachers."""
    from mulin.academy.weeks.models import Teacher, Week
    from mulin.site.demo.places import HOME

    yield "academy:weeks-of", {"place": HOME}
    yield "academy:teachers-of", {"place": HOME}
    for week in Week.objects.filter(place=HOME):
        for name in ("week", "week-refused", "week-demand", "week-print"):
            yield f"academy_desk:{name}", {"number": week.number}
        if week.state == "published":
            yield "academy:week", {"number": week.number}
        elif week.wishes:
            yield "academy_desk:week-publish", {"number": week.number}
            wish = {"number": week.number, "wish": next(iter(week.wishes))}
            yield "academy_desk:week-session", wish
    for teacher in Teacher.objects.filter(place=HOME)[:2]:
        for name in ("teacher", "teacher-edit", "teacher-check"):
            yield f"academy_desk:{name}", {"number": teacher.number}


def methods() -> Iterable[tuple[str, Params]]:
    """The library of the community, and each method with what became of it, for residents and at the desk."""
    from mulin.academy.methods.models import Method, Pilot
    from mulin.site.demo.places import HOME

    yield "academy:methods-of", {"place": HOME}
    for one in Method.objects.filter(place=HOME, state__in=("pilot", "spread")).order_by("id")[:2]:
        for name in ("academy:method", "academy:method-print", "academy_desk:method"):
            yield name, {"number": one.number}
    for pilot in Pilot.objects.filter(state="running").order_by("id")[:1]:
        yield "academy_desk:method-pilot-end", {"number": pilot.number}


def coverage() -> Iterable[tuple[str, Params]]:
    """The 15-minute circle of the community and of its street."""
    from mulin.site.demo.places import HOME, STREET

    for place, who in ((HOME, "clerk"), (STREET, "street")):
        for name in ("circle-of", "circle-print", "circle-paths"):
            yield f"insight:{name}", {"place": place, "who": who}


def sharing() -> Iterable[tuple[str, Params]]:
    """What the community's neighbours lend, what waits at the desk, a month's money, and the time bank."""
    from mulin.mutualaid.sharing.models import SharedOffer
    from mulin.site.demo.places import HOME

    for name in ("aid:sharing-here", "aid_desk:sharing-money", "aid:time-here", "aid_desk:time-place"):
        yield name, {"place": HOME}
    for one in SharedOffer.objects.filter(place=HOME, state__in=("asked", "open")).order_by("id"):
        yield "aid_desk:sharing-thing", {"number": one.number}
        if one.state == "open":
            yield "aid:sharing-thing", {"number": one.number}


def helping() -> Iterable[tuple[str, Params]]:
    """Neighbours who help: what everybody sees, and a need, a helper and a match as the office sees them."""
    from mulin.mutualaid.matching.models import AidMatch
    from mulin.site.demo.places import HOME

    yield "aid:community", {"place": HOME}
    match = AidMatch.objects.filter(place=HOME, state="running").select_related("need", "helper").first()
    if match is not None:
        yield "aid_desk:match", {"number": match.number}
        yield "aid_desk:match-print", {"number": match.number}
        yield "aid_desk:need", {"number": match.need.number}
        yield "aid_desk:helper", {"number": match.helper.number}


PARTS: list[Callable[[], Iterable[tuple[str, Params]]]] = [
    bookings,
    college,
    helping,
    keeping,
    sessions,
    weeks,
    methods,
    coverage,
    sharing,
]


def told() -> Iterable[tuple[str, Params]]:
    """All of them."""
    for part in PARTS:
        yield from part()
