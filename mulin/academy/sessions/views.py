"""Sessions as residents see them: the week, one session, what one signed up for, "we are here"."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.academy import catalogues
from mulin.academy.clubs.models import Club
from mulin.academy.clubs.queries import SHOWN
from mulin.academy.sessions import (
    attending,
    feeds,
    photos,
    queries,
    reminding,
    showing,
    signing,
    states,
)
from mulin.academy.sessions.models import Session
from mulin.kernel import clock, codes, policy, rulebook
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.onward import onward
from mulin.kernel.pages import run
from mulin.places.queries import exists, name_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
PAST = 20


def absolute(request: HttpRequest, name: str, *args: Any) -> str:
    """An address as it is written on paper and scanned by telephones."""
    path = reverse(name, args=args)
    base = settings.MULIN_BASE_URL.rstrip("/")
    return f"{base}{path}" if base else request.build_absolute_uri(path)


def _place(place: str) -> str:
    if not codes.is_valid(place) or codes.level(place) < codes.Level.STREET or not exists(place):
        raise NotVisible(place)
    return place


# The week ----------------------------------------------------------------------------------------------


@require_safe
def sessions_of(request: HttpRequest, place: str) -> HttpResponse:
    """Seven days of a community from today or from the day that is asked for."""
    place = _place(place)
    first = showing.first_day(request.GET.get("week", ""))
    theme, kind = request.GET.get("theme", ""), request.GET.get("kind", "")
    found = queries.of_place(place, first, first + showing.timedelta(days=6))
    known = {one for one in found.order_by().values_list("theme", flat=True).distinct() if one}
    if theme in known:
        found = found.filter(theme=theme)
    if kind in states.KINDS:
        found = found.filter(kind=kind)
    week = showing.week(first, found)
    context = {
        "place": place,
        "place_name": name_of(place),
        "week": week,
        "title": showing.week_title(first),
        "before": (first - showing.timedelta(days=7)).isoformat(),
        "after": (first + showing.timedelta(days=7)).isoformat(),
        "is_this_week": first == showing.first_day(),
        "n": sum(len(day.rows) for day in week),
        "next": _next(place, first) if not any(day.rows for day in week) else None,
        "is_narrow": bool(theme or kind),
        "filters": _filters(first, known | ({theme} if theme else set()), theme, kind),
        "feed": absolute(request, "academy:sessions-calendar", place),
    }
    return render(request, "academy/sessions/week.html", context)


def _next(place: str, first) -> dict[str, Any] | None:
    """The next session after an empty week."""
    since = max(queries.start_of(first), clock.now())
    found = queries.announced().filter(
        queries.FOR_ALL, state="open", starts_at__gte=since, place__in=queries.places_around(place)
    )
    one = found.order_by("starts_at", "id").first()
    return showing.row(one) if one else None


def _filters(first, themes: set[str], theme: str, kind: str) -> list[dict[str, Any]]:
    offered = [
        {"value": code, "label": str(word), "selected": code == theme}
        for code, word in catalogues.themes().items()
        if code in themes
    ]
    kinds = [
        {"value": code, "label": str(word), "selected": code == kind} for code, word in states.KINDS.items()
    ]
    return [
        {"name": "week", "kind": "hidden", "value": first.isoformat()},
        {"name": "theme", "label": _("哪个主题"), "options": offered},
        {"name": "kind", "label": _("哪一种"), "options": kinds},
    ]


# One session -------------------------------------------------------------------------------------------


@require_safe
def session(request: HttpRequest, number: str) -> HttpResponse:
    """What, when, where, with whom; one tap to come along."""
    found = queries.get_for(actor_of(request), number)
    return render(request, "academy/sessions/session.html", _context(request, found))


def _context(request: HttpRequest, found: Session) -> dict[str, Any]:
    actor = actor_of(request)
    signup = queries.signup_of(found, actor.account)
    most = int(rulebook.value("academy.session.heads_most", at=found.place))
    if found.places_most is not None:
        most = min(most, found.places_most)
    can_sign_up = found.state == "open" and found.starts_at > clock.now()
    return {
        **showing.base(found),
        "signup": signup,
        "signup_state": states.signup_badge(signup.state) if signup else None,
        "before": queries.line_before(signup) if signup and signup.state == "waiting" else 0,
        "heads_choices": list(range(1, most + 1)),
        "can_sign_up": can_sign_up,
        "can_sign_up_for": can_sign_up and policy.can(actor, queries.SIGN_UP_FOR, queries.target_of(found)),
        "can_manage": policy.can(actor, queries.MANAGE, queries.target_of(found)),
        "results": results(found),
        "photos": _photos(found),
        "club": found.club,
        "share": absolute(request, "academy:session", found.number),
    }


def results(found: Session) -> list[dict[str, str]]:
    """What the teams reached, in the order in which it was written down."""
    if found.kind != "contest":
        return []
    rows = found.results.select_related("org").order_by("id")
    return [{"team": str(one.org) if one.org else name_of(one.site), "words": one.words} for one in rows]


def _photos(found: Session) -> list[dict[str, str]]:
    return [
        {
            "url": reverse("academy:session-photo", args=[one.pk, "large"]),
            "thumb": reverse("academy:session-photo", args=[one.pk, "thumb"]),
            "alt": one.words or found.title,
        }
        for one in photos.published(found)
    ]


def _heads(request: HttpRequest) -> int:
    try:
        return int(request.POST.get("heads", "1"))
    except ValueError:
        return 0


@require_POST
def signup(request: HttpRequest, number: str) -> HttpResponse:
    """Come along, or change with how many. Who has not signed in is asked to, and comes back to the page."""
    actor = actor_of(request)
    found = queries.get_for(actor, number)
    page = reverse("academy:session", args=[found.number])
    if actor.account is None:
        return redirect_to_login(page)
    heads = _heads(request)
    if request.POST.get("change"):
        run(request, lambda: signing.change_heads(actor=actor, number=number, heads=heads), _("人数改好了。"))
        return redirect(page)
    try:
        made = signing.sign_up(actor=actor, number=number, heads=heads)
    except ActionError as error:
        if error.status == 403:
            raise
        messages.warning(request, str(error.message))
        return redirect(page)
    if made.state == "coming" and reminding.is_late(found):
        messages.success(request, _("报上了，%(when)s见。") % {"when": showing.when(found)})
    elif made.state == "coming":
        messages.success(request, _("报上了。前一天会提醒您。"))
    else:
        messages.success(request, _("现在满了，给您排上了候补。有位子就告诉您。"))
    return redirect(page)


@require_POST
def leave(request: HttpRequest, number: str) -> HttpResponse:
    """Not coming after all."""
    actor = actor_of(request)
    page = reverse("academy:session", args=[queries.get_public(number).number])
    if actor.account is None:
        return redirect_to_login(page)
    run(request, lambda: signing.leave(actor=actor, number=number), _("退好了，位子让给后面的人。"))
    return redirect(page)


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """What one signed up for, and the address of one's own calendar."""
    actor = actor_of(request)
    secret = feeds.secret_of(request.user)
    rows = queries.my_signups(actor.account, past=True)
    past = onward(request, rows, order=("-session__starts_at", "-id"), size=PAST)
    context = {
        "coming": [showing.mine(one) for one in queries.my_signups(actor.account)],
        "past": [showing.mine(one) for one in past.rows],
        "list": past,
        "feed": absolute(request, "academy:sessions-mine-calendar", secret) if secret else "",
        "place": request.user.home_place,
    }
    response = render(request, "academy/sessions/mine.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@login_required
def mine_link(request: HttpRequest) -> HttpResponse:
    """Make one's own calendar address, or another one."""
    run(request, lambda: feeds.new_link(actor=actor_of(request)), _("日历网址做好了。旧的网址打不开了。"))
    return redirect(f"{reverse('academy:sessions-mine')}#calendar")


# At the door -------------------------------------------------------------------------------------------


@FORM
def here(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Scanned at the door: one tap says "we are here", with how many. Others are ticked on the list."""
    found = queries.get_public(number)
    actor = actor_of(request)
    status, refusal, came = 200, "", None
    if request.method == "POST":
        if not actor.account:
            return redirect_to_login(request.get_full_path())
        try:
            came = attending.check_in(actor=actor, number=found.number, code=code, heads=_heads(request))
        except ActionError as error:
            status, refusal = error.status, str(error.message)
    elif not attending.is_door_code(found, code):
        refusal = _("这个码不是今天的。请扫门口今天的码。")
    signup = queries.signup_of(found, actor.account)
    most = int(rulebook.value("academy.session.heads_most", at=found.place))
    context = {
        **showing.base(found), "refusal": refusal, "came": came, "code": code, "next": request.path,
        "heads": signup.heads if signup else 1, "heads_choices": list(range(1, most + 1)),
    }  # fmt: skip
    response = render(request, "academy/sessions/here.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


# Calendars and photos ----------------------------------------------------------------------------------


def calendar_answer(body: bytes, name: str, *, private: bool = False) -> HttpResponse:
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    if private:
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex"
    return response


def _link(request: HttpRequest):
    return lambda one: absolute(request, "academy:session", one.number)


@require_safe
def session_calendar(request: HttpRequest, number: str) -> HttpResponse:
    """One session for one's own calendar."""
    found = queries.get_for(actor_of(request), number)
    return calendar_answer(feeds.calendar([found], _link(request)), f"session-{found.number}")


@require_safe
def place_calendar(request: HttpRequest, place: str) -> HttpResponse:
    """All that is coming in a community."""
    place = _place(place)
    body = feeds.calendar(feeds.of_place(place), _link(request), name_of(place))
    return calendar_answer(body, f"sessions-{place}")


@require_safe
def club_calendar(request: HttpRequest, number: str) -> HttpResponse:
    """All that is coming in a club."""
    club = Club.objects.filter(SHOWN, number=clean_number(number)).first()
    if club is None:
        raise NotVisible(number)
    body = feeds.calendar(queries.coming(club=club.pk), _link(request), str(club.org))
    return calendar_answer(body, f"club-{club.number}")


@require_safe
def mine_calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """What the owner of the address signed up for; a calendar reads it without signing in."""
    rows = feeds.by_secret(secret)
    waits = [one.session_id for one in rows if one.state == "waiting"]
    body = feeds.calendar([one.session for one in rows], _link(request), _("我的活动"), waits)
    return calendar_answer(body, "mine", private=True)


@require_safe
def photo(request: HttpRequest, photo: UUID, size: str) -> HttpResponse:
    """A photo: for everybody while it is published, else for who holds the session."""
    if size not in ("thumb", "large"):
        raise Http404
    file, is_public = photos.open_photo(actor_of(request), photo, thumb=size == "thumb")
    with file:
        response = HttpResponse(file.read(), content_type="image/jpeg")
    # Asked for anew each time: a consent may have been taken back.
    response["Cache-Control"] = "no-cache" if is_public else "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
