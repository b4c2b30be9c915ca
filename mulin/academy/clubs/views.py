"""The college of a community, its clubs, one club, and one's own: as residents see them."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.academy.catalogues import ages, union_name, unions
from mulin.academy.clubs import access, actions, forms, queries, showing
from mulin.academy.clubs.models import Club
from mulin.academy.orders import queries as orders
from mulin.academy.orders import showing as order_words
from mulin.academy.orders.reading import DAYS
from mulin.academy.orders.views import community, number_in
from mulin.kernel import clock, registry
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.links import address
from mulin.kernel.onward import onward
from mulin.kernel.pages import posted, run, tried
from mulin.places.queries import name_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
WANTED = 6
NOTICES = 20


@require_safe
def college(request: HttpRequest, place: str) -> HttpResponse:
    """What neighbours learn and do together here: what is wanted, what runs, what takes place this week."""
    place = community(place)
    counts = queries.union_counts(place)
    lines = [
        one for one in orders.by_theme(orders.gathered(place)) if one.theme and (one.wishing or one.offering)
    ]
    clubs_of: dict[str, int] = {}
    for one in queries.public_clubs(place):
        clubs_of[one.theme] = clubs_of.get(one.theme, 0) + 1
    today = clock.today()
    week = registry.providers().get("academy.week_of")
    context = {
        "place": place,
        "place_name": name_of(place),
        "unions": [
            {"title": union_name(code), "n": counts[code], "code": code}
            for code in unions()
            if counts.get(code)
        ],
        "n": sum(counts.values()),
        "wanted": [order_words.theme_row(one, place, clubs_of) for one in lines[:WANTED]],
        "figure": order_words.figure(place),
        "sessions": week(place, today, today + timedelta(days=6)) if week else [],
        "gatherings": [
            showing.gathering_row(one)
            for one in queries.gatherings(place, ["planned"]).filter(starts_at__gte=clock.now())[:4]
        ],
        "wish_url": _report(place, "wish"),
        "offer_url": _report(place, "offer"),
        "has_mine": bool(queries.my_clubs(actor_of(request))),
    }
    return render(request, "academy/clubs/college.html", context)


def _report(place: str, kind: str) -> str:
    report = address("portal:report")
    return f"{report}?place={place}&kind={kind}" if report else ""


@require_safe
def clubs(request: HttpRequest, place: str) -> HttpResponse:
    """Clubs under their unions, narrowed by union, age and day."""
    place = community(place)
    union = request.GET.get("union", "") if request.GET.get("union") in unions() else ""
    age = request.GET.get("age", "") if request.GET.get("age") in ages() else ""
    day = number_in(request.GET.get("day", ""), DAYS)
    context = {
        "place": place,
        "place_name": name_of(place),
        "groups": showing.by_union(queries.public_clubs(place, union=union, age=age, day=day)),
        "filters": _filters(union, age, day),
        "is_narrow": bool(union or age or day),
    }
    return render(request, "academy/clubs/list.html", context)


def _filters(union: str, age: str, day: int) -> list[dict[str, Any]]:
    def offered(pairs: Any, chosen: Any) -> list[dict[str, Any]]:
        return [{"value": code, "label": str(word), "selected": code == chosen} for code, word in pairs]

    days = [(one, order_words.weekday(one)) for one in DAYS]
    return [
        {
            "name": "union",
            "label": _("哪个联盟"),
            "kind": "select",
            "options": offered(unions().items(), union),
        },
        {"name": "age", "label": _("给谁"), "kind": "select", "options": offered(ages().items(), age)},
        {"name": "day", "label": _("星期几"), "kind": "select", "options": offered(days, day)},
    ]


@require_safe
def club(request: HttpRequest, number: str) -> HttpResponse:
    """One club: what it does, when and where, who leads it, and one tap to join. Its members and notices are
    for members alone."""
    actor = actor_of(request)
    found = queries.get_club(actor, number)
    mine = queries.post_of(actor, found)
    inside = mine is not None or access.may_see_members(actor, found)
    ahead = found.sessions.filter(state="open", ends_at__gte=clock.now()).order_by("starts_at")[:5]
    told = found.notices.all() if inside else found.notices.none()
    notices = onward(request, told, order=("-id",), size=NOTICES)
    context = {
        **showing.club_facts(found),
        "mine": mine,
        "is_leader": mine is not None and mine.role == "group_leader",
        "members": queries.members(found) if inside else [],
        "listed": found.listed.filter(left_on=None).order_by("id") if inside else [],
        "notices": notices.rows,
        "list": notices,
        "sessions": [{"session": one, "url": reverse("academy:session", args=[one.number])} for one in ahead],
        "gatherings": [showing.gathering_row(one) for one in found.gatherings.order_by("-starts_at")[:4]],
        "desk_url": _desk(actor, found),
    }
    return render(request, "academy/clubs/club.html", context)


def _desk(actor: Actor, found: Club) -> str:
    return reverse("academy_desk:club", args=[found.number]) if access.may_lead(actor, found) else ""


@require_POST
@login_required
def join(request: HttpRequest, number: str) -> HttpResponse:
    """One tap; nobody else can do it for one."""
    actor = actor_of(request)
    found = queries.get_club(actor, number)
    run(
        request,
        lambda: actions.join_club(actor=actor, number=found.number),
        _("您加入了。下次活动会通知您。"),
    )
    return redirect("academy:club", found.number)


@require_POST
@login_required
def leave(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of(request)
    found = queries.get_club(actor, number)
    run(request, lambda: actions.leave_club(actor=actor, number=found.number), _("您离开了这个社团。"))
    return redirect("academy:club", found.number)


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Clubs that one belongs to, leads, or asked for."""
    actor = actor_of(request)
    rows = []
    for one in queries.my_clubs(actor):
        post = queries.post_of(actor, one)
        rows.append({**showing.club_row(one), "is_leader": post is not None and post.role == "group_leader"})
    home = request.user.home_place
    context = {
        "rows": rows,
        "clubs_url": reverse("academy:clubs", args=[home[:12]]) if len(home) >= 12 else "",
    }
    return render(request, "academy/clubs/mine.html", context)


@login_required
@FORM
def ask(request: HttpRequest, place: str) -> HttpResponse:
    """A team that exists asks to be taken into the college."""
    place = community(place)
    actor = actor_of(request)
    form = forms.AskClub(place, posted(request))
    made: list[Club] = []
    if tried(request, form, lambda: made.append(actions.ask_club(actor=actor, place=place, **form.values()))):
        messages.success(request, _("收到了，社区会答复您。"))
        return redirect("academy:club", made[0].number)
    context = {"form": form, "place": place, "place_name": name_of(place)}
    return render(request, "academy/clubs/ask.html", context, status=422 if form.errors else 200)


@require_safe
def gathering(request: HttpRequest, number: str) -> HttpResponse:
    """An icebreaker or a joint activity: when, where, who comes."""
    found = queries.get_gathering(number)
    context = {
        **showing.gathering_row(found),
        "gathering": found,
        "place": found.place,
        "place_name": name_of(found.place),
    }
    return render(request, "academy/clubs/gathering.html", context)
