"""Booking a room oneself, and one's own bookings."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mulin.bookings import actions, calendars, forms, queries, showing, states, terms
from mulin.bookings.models import Booking
from mulin.bookings.views import facts
from mulin.kernel import clock
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError
from mulin.kernel.onward import onward
from mulin.kernel.pages import posted, tried
from mulin.places.queries import name_of
from mulin.places.venues import queries as places

FORM = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 30


@FORM
def book(request: HttpRequest, number: str) -> HttpResponse:
    """A day, from when to when, for what."""
    found = places.get_venue(number)
    actor = actor_of(request)
    if not actor.account:
        return redirect_to_login(request.get_full_path())
    if not found.is_bookable:
        raise ActionError("not-bookable", _("这里不在网上预约。"), status=404)
    rules = terms.terms_of(found)
    day = _day(request, rules)
    groups = queries.groups_to_book_for(actor, found.place)
    initial = forms.first_time(found, rules, day, request.GET.get("from", ""))
    form = forms.Book(found, rules, groups, day, posted(request), initial=initial)
    made: list[Booking] = []
    if tried(
        request,
        form,
        lambda: made.append(actions.book_room(actor=actor, number=found.number, **form.values())),
    ):
        if made[0].state == "asked":
            messages.success(request, _("收到了，时间先给您留着。社区答复后会告诉您。"))
        else:
            messages.success(request, _("约好了。"))
        return redirect("bookings:booking", made[0].number)
    own = queries.own_bookings(actor).filter(resource__ref=found.pk)
    first = queries.midnight(form.shown_day)
    rows = list(queries.of_venues([found.pk], first, first + timedelta(days=1)))
    context = {
        **facts(found),
        "form": form,
        "day": showing.one_day(found, form.shown_day, rows, own={one.pk for one in own}),
        "rules": terms.lines(rules),
        "asks": rules.decide == "worker",
    }
    return render(request, "bookings/book.html", context, status=422 if form.errors else 200)


def _day(request: HttpRequest, rules: terms.Terms) -> date:
    """The day of the address, within what can be booked."""
    return min(max(showing.day_of(request.GET.get("day", "")), clock.today()), rules.last_day())


def _rows(bookings: list[Booking]) -> list[dict[str, Any]]:
    venues = places.by_ids({one.resource.ref for one in bookings})
    return [showing.booking_row(one, venues) for one in bookings]


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """One's own bookings and those of the groups one leads: coming ones first, then what was."""
    actor = actor_of(request)
    if not actor.account:
        return redirect_to_login(request.get_full_path())
    every = queries.own_bookings(actor)
    now = clock.now()
    live = Q(ends_at__gt=now, state__in=("asked", "booked"))
    coming = list(every.filter(live).order_by("starts_at", "id"))
    past = onward(request, every.exclude(live), order=("-starts_at", "-id"), size=SHOWN)
    place = actor_place(request)
    context = {"coming": _rows(coming), "past": _rows(past.rows), "list": past, "place": place}
    if place:
        context["place_name"] = name_of(place)
    return render(request, "bookings/mine.html", context)


def actor_place(request: HttpRequest) -> str:
    """The community that a person chose, if any."""
    return getattr(request.user, "home_place", "")[:12]


@require_safe
def booking(request: HttpRequest, number: str) -> HttpResponse:
    """One booking: when, where, what was answered; cancel it, put it into one's calendar."""
    actor = actor_of(request)
    if not actor.account:
        return redirect_to_login(request.get_full_path())
    found = queries.own(actor, number)
    venue = places.by_ids([found.resource.ref])[found.resource.ref]
    context = {
        **facts(venue),
        "booking": found,
        "when": showing.span_text(found.starts_at, found.ends_at),
        "state": states.badge(found.state),
        "may_cancel": found.state in ("asked", "booked") and found.ends_at > clock.now(),
        "was_moved": found.state in ("asked", "booked") and bool(found.reason),
    }
    return render(request, "bookings/booking.html", context)


@FORM
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Give the time back; a reason is welcome, not needed."""
    actor = actor_of(request)
    if not actor.account:
        return redirect_to_login(request.get_full_path())
    found = queries.own(actor, number)
    form = forms.CancelOwn(posted(request))
    if tried(
        request, form, lambda: actions.cancel_booking(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("取消了，时间让给邻居。"))
        return redirect("bookings:venue-mine")
    venue = places.by_ids([found.resource.ref])[found.resource.ref]
    when = showing.span_text(found.starts_at, found.ends_at)
    context = {**facts(venue), "form": form, "booking": found, "when": when}
    return render(request, "bookings/cancel.html", context, status=422 if form.errors else 200)


def _calendar(request: HttpRequest, bookings: list[Booking], name: str) -> HttpResponse:
    venues = places.by_ids({one.resource.ref for one in bookings})

    def url(one: Booking) -> str:
        return request.build_absolute_uri(reverse("bookings:booking", args=[one.number]))

    body = calendars.calendar_file(bookings, venues, url)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def booking_calendar(request: HttpRequest, number: str) -> HttpResponse:
    """One booking for one's own calendar."""
    actor = actor_of(request)
    if not actor.account:
        return redirect_to_login(request.get_full_path())
    found = queries.own(actor, number)
    return _calendar(request, [found], f"booking-{found.number}")


@require_safe
def mine_calendar(request: HttpRequest) -> HttpResponse:
    """All that one has booked and that is to come."""
    actor = actor_of(request)
    if not actor.account:
        return redirect_to_login(request.get_full_path())
    coming = queries.own_bookings(actor).filter(ends_at__gt=clock.now(), state__in=("asked", "booked"))
    return _calendar(request, list(coming.order_by("starts_at")), "bookings")
