"""The list of orders as residents see it: what is wanted most, when, for whom, and what came of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mulin.academy.catalogues import ages, parts, themes
from mulin.academy.clubs.queries import public_clubs
from mulin.academy.clubs.showing import club_row
from mulin.academy.orders import queries, showing
from mulin.academy.orders.reading import DAYS
from mulin.kernel import codes
from mulin.kernel.context import actor_of
from mulin.kernel.errors import NotVisible
from mulin.kernel.links import address
from mulin.kernel.onward import sliced
from mulin.places.queries import exists, name_of

OTHER = "other"
SHOWN = 60


def community(place: str) -> str:
    """A community or street in force, or NotVisible (404)."""
    if not codes.is_valid(place) or codes.level(place) not in (9, 12) or not exists(place):
        raise NotVisible(place)
    return place


def number_in(text: str, allowed: Any) -> int:
    return int(text) if text.isdecimal() and len(text) < 3 and int(text) in allowed else 0


@require_safe
def orders(request: HttpRequest, place: str) -> HttpResponse:
    """By theme, what most people wish for first; narrowed by age and time. Numbers only."""
    place = community(place)
    age = request.GET.get("age", "") if request.GET.get("age") in ages() else ""
    day = number_in(request.GET.get("day", ""), DAYS)
    part = request.GET.get("part", "") if request.GET.get("part") in parts() else ""
    lines = [
        line
        for line in queries.gathered(place)
        if (not age or line.age == age) and (not (day or part) or _suits(line, day, part))
    ]
    clubs: dict[str, int] = {}
    for one in public_clubs(place):
        clubs[one.theme] = clubs.get(one.theme, 0) + 1
    context = {
        "place": place,
        "place_name": name_of(place),
        "rows": [showing.theme_row(line, place, clubs) for line in queries.by_theme(lines)],
        "figure": showing.figure(place),
        "filters": filters(age, day, part),
        "is_narrow": bool(age or day or part),
    }
    return render(request, "academy/orders/list.html", context)


def _suits(line: queries.Line, day: int, part: str) -> bool:
    return any((not day or on == day) and (not part or at == part) for on, at in line.times)


def filters(age: str, day: int, part: str) -> list[dict[str, Any]]:
    def offered(pairs: Any, chosen: Any) -> list[dict[str, Any]]:
        return [{"value": code, "label": str(word), "selected": code == chosen} for code, word in pairs]

    return [
        {"name": "age", "label": _("给谁"), "kind": "select", "options": offered(ages().items(), age)},
        {
            "name": "day", "label": _("星期几"), "kind": "select",
            "options": offered([(one, showing.weekday(one)) for one in DAYS], day),
        },
        {"name": "part", "label": _("什么时候"), "kind": "select", "options": offered(parts().items(), part)},
    ]  # fmt: skip


@require_safe
def theme(request: HttpRequest, place: str, theme: str) -> HttpResponse:
    """One theme: when people could come, who would give something, which clubs there are, and each published
    wish with its button."""
    place = community(place)
    code = "" if theme == OTHER else theme
    if code and code not in themes():
        raise NotVisible(theme)
    lines = [line for line in queries.gathered(place) if line.theme == code]
    joined = next(iter(queries.by_theme(lines)), None)
    listed = sliced(request, showing.published(place, code), size=SHOWN)
    context = {
        "place": place,
        "place_name": name_of(place),
        "list": listed,
        "theme": showing.theme_word(code),
        "code": code,
        "people": showing.people_word(joined.wishing) if joined and joined.wishing else "",
        "offers": showing.offer_word(joined.offering) if joined and joined.offering else "",
        "parts": [str(one) for one in parts().values()],
        "week": showing.week_table(joined.times) if joined and joined.times else [],
        "rows": showing.public_orders(actor_of(request), listed.rows),
        "clubs": [club_row(one) for one in public_clubs(place, theme=code)] if code else [],
        "wish_url": _say(place, "wish", code),
        "offer_url": _say(place, "offer", code),
        "back_url": reverse("academy:orders", args=[place]),
    }
    return render(request, "academy/orders/theme.html", context)


def _say(place: str, kind: str, theme: str) -> str:
    """The one page on which residents say things, with kind and theme filled in."""
    report = address("portal:report")
    return f"{report}?place={place}&kind={kind}" + (f"&theme={theme}" if theme else "") if report else ""
