"""The calendars of all rooms, and how much they are used."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mulin.bookings import queries, showing, states
from mulin.bookings import report as use_report
from mulin.bookings.views import week_title
from mulin.kernel import clock
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.days import day_words
from mulin.kernel.door import needs
from mulin.kernel.pages import page
from mulin.places.models import Venue
from mulin.places.queries import names_of
from mulin.places.venues import catalogue, words
from mulin.places.venues.words import day_heading

MANAGE = needs(queries.MANAGE)
MOST_DAYS = 366


def _venues(
    request: HttpRequest, actor: Actor, first: date, last: date
) -> tuple[list[Venue], str, list[dict[str, Any]]]:
    """The rooms of one community between two days, which one, and the communities to choose from."""
    until = queries.midnight(last + timedelta(days=1))
    every = queries.rooms_of(actor, queries.midnight(first), until)
    names = names_of({one.place for one in every})
    asked = request.GET.get("place", "")
    place = asked if asked in names else (every[0].place if every else "")
    offered = [
        {"value": code, "label": name, "selected": code == place} for code, name in sorted(names.items())
    ]
    return [one for one in every if one.place == place], place, offered


@require_safe
@MANAGE
def calendar(request: HttpRequest) -> HttpResponse:
    """All rooms: a day hour by hour, or a week."""
    actor = actor_of(request)
    is_week = request.GET.get("show") == "week"
    day = showing.day_of(request.GET.get("day", ""))
    monday = day - timedelta(days=day.weekday())
    first, last = (monday, monday + timedelta(days=6)) if is_week else (day, day)
    every, place, offered = _venues(request, actor, first, last)
    # A room without hours that nobody uses says nothing in a calendar: it stands in the list of idle ones.
    until = queries.midnight(last + timedelta(days=1))
    used = set(queries.used_venues(queries.midnight(first), until).values_list("resource__ref", flat=True))
    venues = [one for one in every if one.hours or one.pk in used]
    step = timedelta(days=7 if is_week else 1)
    context = {
        "is_week": is_week,
        "title": week_title(monday) if is_week else day_heading(day),
        "days": [day_heading(monday + timedelta(days=n)) for n in range(7)],
        "rows": showing.week_sheet(venues, monday) if is_week else [],
        "sheet": None if is_week or not venues else showing.day_sheet(venues, day),
        "day": day.isoformat(),
        "before": (day - step).isoformat(),
        "after": (day + step).isoformat(),
        "show": "week" if is_week else "day",
        "place": place,
        "tabs": [
            {"label": label, "url": f"?show={key}&day={day}&place={place}", "current": current, "count": None}
            for key, label, current in (("day", _("一天"), not is_week), ("week", _("一周"), is_week))
        ],
        "filters": _place_filter(offered, show="week" if is_week else "day", day=day.isoformat()),
        "here": "venues",
    }
    return page(request, "bookings/desk_calendar.html", context)


def _place_filter(offered: list[dict[str, Any]], **hidden: str) -> list[dict[str, Any]]:
    if len(offered) < 2:
        return []
    keep = [{"name": name, "kind": "hidden", "value": value} for name, value in hidden.items()]
    return [*keep, {"name": "place", "label": _("哪个社区"), "kind": "select", "options": offered}]


def _period(request: HttpRequest) -> tuple[date, date]:
    """From one day to another; the last four weeks where none is given."""
    today = clock.today()
    first = showing.day_of(request.GET["since"]) if request.GET.get("since") else today - timedelta(days=27)
    last = showing.day_of(request.GET["until"]) if request.GET.get("until") else today
    last = min(max(last, first), first + timedelta(days=MOST_DAYS))
    return first, last


@require_safe
@MANAGE
def report(request: HttpRequest) -> HttpResponse:
    """Hours used of hours open, the least used first; idle rooms. Of rooms, never of persons."""
    first, last = _period(request)
    venues, place, offered = _venues(request, actor_of(request), first, last)
    uses = use_report.use_of(venues, first, last)
    context = {
        "rows": [_row(one) for one in uses],
        "idle": [one.venue for one in uses if one.venue.is_idle],
        "total": _total(uses),
        "first": first,
        "last": last,
        "place": place,
        "query": f"since={first}&until={last}&place={place}",
        "filters": [
            {"name": "since", "label": _("从哪天"), "kind": "date", "value": first.isoformat()},
            {"name": "until", "label": _("到哪天"), "kind": "date", "value": last.isoformat()},
            *_place_filter(offered),
        ],
        "period": _("%(first)s至%(last)s") % {"first": day_words(first), "last": day_words(last)},
        "here": "venues",
    }
    return page(request, "bookings/desk_report.html", context)


def _row(one: use_report.Use) -> dict[str, Any]:
    return {
        "name": one.venue.name,
        "number": one.venue.number,
        "kind": str(catalogue.kinds()[one.venue.kind]),
        "weekly": words.weekly_hours(one.venue),
        "open": use_report.hours_text(one.open),
        "used": use_report.hours_text(one.used),
        "percent": one.percent,
        "times": one.times,
        "not_come": one.not_come,
        "is_idle": one.venue.is_idle,
        "by": _("、").join(
            f"{states.WHAT_WORDS.get(what, what)} {use_report.hours_text(minutes)}"
            for what, minutes in one.by.most_common()
        ),
    }


def _total(uses: list[use_report.Use]) -> dict[str, str]:
    open_, used = sum(one.open for one in uses), sum(one.used for one in uses)
    return {
        "open": use_report.hours_text(open_),
        "used": use_report.hours_text(used),
        "percent": str(round(used * 100 / open_)) if open_ else "",
    }


@require_safe
@MANAGE
def report_file(request: HttpRequest) -> HttpResponse:
    """The same for a spreadsheet."""
    first, last = _period(request)
    venues, _place, _offered = _venues(request, actor_of(request), first, last)
    body = use_report.sheet(use_report.use_of(venues, first, last), first, last)
    response = HttpResponse(body, content_type=use_report.XLSX)
    response["Content-Disposition"] = f'attachment; filename="venues-{first}-{last}.xlsx"'
    return response
