"""The service centre and the rooms of a community, as residents see them."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mulin.bookings import queries, showing, terms
from mulin.kernel import clock, codes
from mulin.kernel.context import actor_of
from mulin.kernel.days import day_words
from mulin.kernel.errors import NotVisible
from mulin.places.models import Venue
from mulin.places.queries import exists, full_name, name_of
from mulin.places.venues import catalogue, opening, words
from mulin.places.venues import queries as places

# Behind this the week of a venue is not offered to residents.
WEEKS_AHEAD, WEEKS_BACK = 26, 4


def community(place: str) -> str:
    """A community or street that exists; NotVisible (404)."""
    if not codes.is_valid(place) or codes.level(place) < codes.Level.STREET or not exists(place):
        raise NotVisible(place)
    return place


def card(venue: Venue) -> dict[str, Any]:
    """A venue as a line of a list."""
    return {
        "number": venue.number,
        "name": venue.name,
        "kind": str(catalogue.kinds()[venue.kind]),
        "now": words.open_now(venue),
        "hours": words.week_text(venue) if venue.hours else "",
        "services": joined(catalogue.services(), venue.services),
        "equipment": joined(catalogue.equipment(), venue.equipment),
        "capacity": venue.capacity,
        "is_bookable": venue.is_bookable,
        "is_idle": venue.is_idle,
        "traits": joined(catalogue.traits(), venue.traits),
        "address": venue.address,
        "phone": venue.phone,
        "use": str(catalogue.uses()[venue.use]) if venue.use in catalogue.uses() else "",
    }


def joined(words_: dict[str, catalogue.Word], keys: list[str]) -> str:
    """Codes of a list in words, one behind the other."""
    return _("、").join(catalogue.said(words_, keys))


SHOWS = {
    "open": lambda venue: opening.is_open(venue),
    "bookable": lambda venue: venue.is_bookable,
    "step_free": lambda venue: "step_free" in venue.traits,
    "culture": lambda venue: "culture" in venue.traits or "feature" in venue.traits,
}


@require_safe
def venues(request: HttpRequest, place: str) -> HttpResponse:
    """Where one can go in a community: centres and stations with what is in them, rooms, places outside."""
    place = community(place)
    found = list(
        places.around(place) if codes.level(place) == codes.Level.COMMUNITY else places.venues_of(place)
    )
    show = request.GET.get("show", "") if request.GET.get("show") in SHOWS else ""
    kept = [one for one in found if not show or SHOWS[show](one)]
    context = {
        "place": place,
        "place_name": name_of(place),
        "sections": _sections(kept),
        "has_any": bool(found),
        "tabs": [
            {"label": label, "url": f"?show={key}" if key else "?", "current": key == show, "count": None}
            for key, label in (
                ("", _("全部")), ("open", _("现在开着")), ("bookable", _("可以预约")),
                ("step_free", _("轮椅进得去")), ("culture", _("文化阵地")),
            )
        ],
        "knows_me": bool(actor_of(request).account),
    }  # fmt: skip
    return render(request, "bookings/venues.html", context)


def _sections(found: list[Venue]) -> list[dict[str, Any]]:
    """Each centre with its boards and rooms, the stations, then what stands alone."""
    shown = {one.pk for one in found}
    sections = []
    for one in found:
        if one.kind == "centre":
            inner = [card(room) for room in found if room.within_id == one.pk]
            sections.append({"head": card(one), "title": one.name, "rows": inner})
    stations = [one for one in found if one.kind == "station"]
    if stations:
        rows = []
        for one in stations:
            rows += [card(one), *(card(room) for room in found if room.within_id == one.pk)]
        sections.append({"head": None, "title": _("小区里的服务站"), "rows": rows})
    alone = [
        one
        for one in found
        if one.kind not in ("centre", "station") and (one.within_id is None or one.within_id not in shown)
    ]
    for title, kinds in (
        (_("房间和大厅"), ("room", "hall", "board")),
        (_("院坝和球场"), ("court", "outdoor")),
    ):
        rows = [card(one) for one in alone if one.kind in kinds]
        if rows:
            sections.append({"head": None, "title": title, "rows": rows})
    return sections


@require_safe
def venue(request: HttpRequest, number: str) -> HttpResponse:
    """One venue: open now, hours, what is in it, its week with what is free, how to book."""
    found = places.get_venue(number)
    actor = actor_of(request)
    this = showing.monday_of("")
    own = queries.own_bookings(actor).filter(resource__ref=found.pk) if actor.account else []
    monday, days = _week(found, request.GET.get("week", ""), {one.pk for one in own})
    rules = terms.terms_of(found) if found.is_bookable else None
    is_gone = bool(found.closed_on and found.closed_on <= clock.today())
    rooms = [] if is_gone else places.venues_of(found.place).filter(within=found)
    context = {
        **facts(found),
        "is_gone": is_gone,
        "rooms": [card(one) for one in rooms],
        "days": days,
        "title": week_title(monday),
        "before": (monday - timedelta(weeks=1)).isoformat()
        if monday > this - timedelta(weeks=WEEKS_BACK)
        else "",
        "after": (monday + timedelta(weeks=1)).isoformat()
        if monday < this + timedelta(weeks=WEEKS_AHEAD)
        else "",
        "shows_week": found.kind not in ("centre", "station") or found.is_bookable,
        "rules": terms.lines(rules) if rules else [],
        "last_day": rules.last_day() if rules else None,
        "knows_me": bool(actor.account),
    }
    return render(request, "bookings/venue.html", context)


def _week(found: Venue, asked: str, own: set[UUID]) -> tuple[date, list[showing.Day]]:
    """The week that was asked for; without a wish this one, or the next where this one has nothing left."""
    this = showing.monday_of("")
    monday = showing.monday_of(asked)
    monday = min(max(monday, this - timedelta(weeks=WEEKS_BACK)), this + timedelta(weeks=WEEKS_AHEAD))
    days = showing.week(found, monday, own=own)
    is_over = not any(one.kind == "free" for day in days for one in day.stretches)
    if asked or not (found.is_bookable and is_over):
        return monday, days
    monday += timedelta(weeks=1)
    return monday, showing.week(found, monday, own=own)


def facts(found: Venue) -> dict[str, Any]:
    """What every page about one venue says."""
    return {
        "venue": found,
        "card": card(found),
        "place": found.place,
        "place_name": name_of(found.place),
        "where": f"{full_name(found.place)} {found.address}".strip(),
        "lines": words.week_lines(found),
        "weekly": words.weekly_hours(found),
        "closures": [
            {**row, "from_day": date.fromisoformat(row["from"]), "to_day": date.fromisoformat(row["to"])}
            for row in found.closures
            if row["to"] >= clock.today().isoformat()
        ],
        "is_shut_on_holidays": found.holidays == "closed",
    }


def week_title(monday: date) -> str:
    """`11月30日至12月6日`, or this week and next week by name."""
    this = showing.monday_of("")
    if monday == this:
        return _("这一周")
    if monday == this + timedelta(weeks=1):
        return _("下一周")
    words_ = {"first": day_words(monday), "last": day_words(monday + timedelta(days=6))}
    return _("%(first)s至%(last)s") % words_


@require_safe
def venue_print(request: HttpRequest, number: str) -> HttpResponse:
    """The week for the door: hours, what is on, how to book."""
    found = places.get_venue(number)
    monday = showing.monday_of(request.GET.get("week", ""))
    rules = terms.terms_of(found) if found.is_bookable else None
    link = request.build_absolute_uri(reverse("bookings:venue", args=[found.number]))
    context = {
        **facts(found),
        "days": showing.week(found, monday),
        "title": week_title(monday),
        "rules": terms.lines(rules) if rules else [],
        "link": link,
        "qr": qr(link),
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "back": reverse("bookings:venue", args=[found.number]),
    }
    return render(request, "bookings/print.html", context)


def qr(link: str) -> SafeString:
    """The link as an SVG that a telephone reads."""
    return mark_safe(segno.make(link, error="m").svg_inline(omitsize=True, border=0))
