"""Weeks and teachers as residents see them; and what a teacher settles alone."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.academy import catalogues
from mulin.academy.sessions.models import Session
from mulin.academy.weeks import actions, checks, forms, queries, showing, states
from mulin.academy.weeks.models import Teacher, Week
from mulin.kernel import clock, codes, days, suppression
from mulin.kernel.context import actor_of
from mulin.kernel.errors import NotVisible
from mulin.kernel.onward import onward
from mulin.kernel.pages import posted, run, tried
from mulin.places.queries import exists, name_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
COMING = 20
FOLDER = "academy/weeks"
WEEKS_AHEAD = 4


def _place(place: str) -> str:
    if not codes.is_valid(place) or codes.level(place) < codes.Level.STREET or not exists(place):
        raise NotVisible(place)
    return place


@require_safe
def weeks_of(request: HttpRequest, place: str) -> HttpResponse:
    """The timetable of a community: this week, and the next ones that are out."""
    place = _place(place)
    this = queries.monday_of(clock.today())
    found = queries.public_weeks(place)
    shown: list[dict[str, Any]] = []
    for n in range(WEEKS_AHEAD):
        monday = this + timedelta(weeks=n)
        rows = [row for week in found for row in _rows(week, monday, place)]
        if rows:
            rows.sort(key=lambda one: (one["day"], one["from"], one["number"]))
            heads = _heads(monday)
            shown.append({"title": _title(monday, this), "days": showing.by_day(rows, heads)})
    context = {
        "place": place,
        "place_name": name_of(place),
        "weeks": shown,
        "published": [
            {"span": showing.span_words(one), "url": reverse("academy:week", args=[one.number])}
            for one in found
        ],
    }
    return render(request, f"{FOLDER}/weeks_of.html", context)


def _heads(monday: date) -> list[dict[str, Any]]:
    return showing.day_heads(Week(monday=monday))


def _title(monday: date, this: date) -> str:
    if monday == this:
        return _("这一周")
    if monday == this + timedelta(weeks=1):
        return _("下一周")
    return _("%(day)s 起的一周") % {"day": days.day_words(monday)}


def _rows(week: Week, monday: date, place: str = "") -> list[dict[str, Any]]:
    """What came of a published week in the seven days from a Monday; of a street, what concerns one place."""
    last = week.until or week.monday + timedelta(days=6)
    if not week.monday <= monday <= last:
        return []
    around = {place, codes.pad(place[:9])} if place else set()
    rows = showing.published(week, monday)
    if place and codes.level(place) >= codes.Level.COMMUNITY:
        rows = [one for one in rows if one["place"] in around]
    for one in rows:
        if 0 < one["people"] < suppression.LIMIT or one["is_club"]:
            one["people"] = 0
    return rows


@require_safe
def week(request: HttpRequest, number: str) -> HttpResponse:
    """One published week: what is held, and how each hour was demanded."""
    found = queries.get_public(number)
    context = _week(found)
    return render(request, f"{FOLDER}/week.html", context)


def _week(found: Week) -> dict[str, Any]:
    this = queries.monday_of(clock.today())
    last = queries.monday_of(found.until or found.monday)
    monday = min(max(this, found.monday), last)
    rows = _rows(found, monday)
    heads = _heads(monday)
    solution = found.solution
    return {
        "week": found,
        "place": found.place,
        "place_name": name_of(found.place),
        "span": showing.span_words(Week(monday=monday)),
        "days": showing.by_day(rows, heads),
        "wishes": solution.get("wishes", 0),
        "served": solution.get("served", 0),
        "demand": _demand(found),
        "parts": [str(one) for one in catalogues.parts().values()],
        "shares": showing.shares(found)["theme"],
        "until": found.until,
    }


def _demand(found: Week) -> list[dict[str, Any]]:
    """How many courses were wanted by day and part of the day: courses, never persons."""
    return [
        {
            "day": row["day"],
            "cells": [
                {"wishes": one.get("wishes", 0), "served": one.get("served", 0)} for one in row["parts"]
            ],
        }
        for row in showing.demand(found)
    ]


@require_safe
def week_print(request: HttpRequest, number: str) -> HttpResponse:
    """The published week on paper."""
    found = queries.get_public(number)
    context = _week(found)
    return render(
        request, f"{FOLDER}/print.html",
        {
            **context,
            "title": _("%(place)s的课表") % {"place": context["place_name"]},
            "is_draft": False,
            "back": reverse("academy:week", args=[found.number]),
        },
    )  # fmt: skip


@require_safe
def teachers_of(request: HttpRequest, place: str) -> HttpResponse:
    """Who teaches here. A name stands only where its owner agreed."""
    place = _place(place)
    rows = [
        {
            "name": queries.shown_name(one),
            "skills": "、".join(catalogues.theme_name(code) for code in one.skills),
            "about": one.about if one.is_named else "",
        }
        for one in queries.public_teachers(place)
    ]
    context = {"place": place, "place_name": name_of(place), "rows": rows}
    return render(request, f"{FOLDER}/teachers_of.html", context)


# One's own teaching ------------------------------------------------------------------------------------


@require_safe
def teaching(request: HttpRequest) -> HttpResponse:
    """As whom one teaches, and the sessions to come."""
    actor = actor_of(request)
    if not actor.account:
        return redirect_to_login(request.get_full_path())
    rows = list(queries.own_teachers(actor))
    coming = Session.objects.filter(teacher__in=rows, state="open", ends_at__gte=clock.now())
    listed = onward(request, coming.select_related("venue"), order=("starts_at", "id"), size=COMING)
    context = {
        "list": listed,
        "rows": [
            {**showing.teacher_row(one), "record": one, "can_rest": one.state == "ready"} for one in rows
        ],
        "coming": listed.rows,
    }
    return render(request, f"{FOLDER}/teaching.html", context)


def _own(request: HttpRequest, number: str) -> Teacher:
    return queries.get_own_teacher(actor_of(request), number)


@FORM
def own_teacher(request: HttpRequest, number: str) -> HttpResponse:
    """Times, how often, and whether the name may stand on the timetable."""
    actor = actor_of(request)
    if not actor.account:
        return redirect_to_login(request.get_full_path())
    found = _own(request, number)
    form = forms.OwnForm(found, posted(request))
    if tried(request, form, lambda: actions.settle_own(actor=actor, number=number, **form.values())):
        messages.success(request, _("存下了，往后排课照这个来。"))
        return redirect("academy:teaching")
    context = {
        "form": form,
        "teacher": found,
        "state": states.badge(states.TEACHER_STATES, found.state),
        "check": showing.check_badge(found),
        "is_checked": checks.is_checked(found),
    }
    return render(request, f"{FOLDER}/own_teacher.html", context, status=422 if form.errors else 200)


@require_POST
def own_move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Take a rest, or come back."""
    actor = actor_of(request)
    if not actor.account:
        return redirect_to_login(reverse("academy:teaching"))
    if move not in ("rest", "resume"):
        raise Http404
    found = _own(request, number)
    said = _("好好歇着，想教了再回来。") if move == "rest" else _("欢迎回来。")
    run(request, lambda: actions.rest_own(actor=actor, number=found.number, move=move), said)
    return redirect("academy:teaching")
