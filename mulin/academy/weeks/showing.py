"""Weeks and teachers as pages show them: sessions, the sheet of a week, refusals, demand, shares."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.academy import catalogues
from mulin.academy.sessions import series
from mulin.academy.sessions.models import Session
from mulin.academy.weeks import building, checks, queries, states
from mulin.academy.weeks.models import Teacher, Week
from mulin.kernel import clock, days
from mulin.places.queries import name_of, names_of

DEMAND = ("wishes", "people", "served", "open", "used")


def span_words(week: Week) -> str:
    return _("%(from)s–%(to)s") % {
        "from": days.day_words(week.monday), "to": days.day_words(week.monday + timedelta(days=6))
    }  # fmt: skip


def week_row(week: Week) -> dict[str, Any]:
    """Of `queries.listed_weeks`, which reads the two figures and not the plan."""
    return {
        "url": reverse("academy_desk:week", args=[week.number]),
        "when": span_words(week),
        "place": name_of(week.place),
        "state": states.badge(states.WEEK_STATES, week.state),
        "line": ngettext("排上 %(n)s 门", "排上 %(n)s 门", week.served) % {"n": week.served}
        if week.served is not None
        else "",
        "until": week.until,
    }


class Words:
    """Names of what a week's files only number, read at once."""

    def __init__(self, week: Week, *, public: bool = False):
        self.week = week
        self.venues = {one["id"]: one for one in week.instance.get("venues", [])}
        numbers = [one["id"] for one in week.instance.get("teachers", [])]
        people = Teacher.objects.filter(number__in=numbers)
        self.teachers = {
            one.number: (queries.shown_name(one) or _("有老师")) if public else one.name for one in people
        }
        wanted = {one["place"] for one in (*self.venues.values(), *week.wishes.values())}
        self.places = names_of(wanted)

    def venue(self, number: str) -> str:
        found = self.venues.get(number)
        return found["title"] if found else number

    def venue_place(self, number: str) -> str:
        found = self.venues.get(number)
        return self.places.get(found["place"], "") if found else ""


def sessions(week: Week, words: Words) -> list[dict[str, Any]]:
    """The plan's sessions in order of time, each with how its hour was demanded."""
    pins = {one["order"]: one for one in week.pins}
    found = []
    for one in week.solution.get("sessions", []):
        wish = week.wishes.get(one["order"])
        if wish is None:
            continue
        aside = pins.get(one["order"], {}).get("despite", [])
        found.append(
            {
                **one,
                "key": one["order"],
                "title": building.title_of(wish),
                "lang": building.lang_of(wish),
                "theme": catalogues.theme_name(wish["theme"]),
                "people": wish["people"],
                "orders": len(wish["orders"]),
                "venue_name": words.venue(one["venue"]),
                "venue_place": words.venue_place(one["venue"]),
                "place_name": words.places.get(wish["place"], ""),
                "teacher_name": words.teachers.get(one.get("teacher", ""), ""),
                "is_pinned": one["order"] in pins,
                "aside": [str(states.DESPITE[name]) for name in aside],
                "asked_words": asked_words(one["asked"]),
                "url": reverse("academy_desk:week-session", args=[week.number, one["order"]]),
            }
        )
    return found


def asked_words(asked: int) -> str:
    """How an hour was demanded: of all wishes, how many could have stood there."""
    if asked <= 1:
        return _("这个时段只有这一门要")
    return ngettext("这个时段有 %(n)s 门想要", "这个时段有 %(n)s 门想要", asked) % {"n": asked}


def day_heads(week: Week) -> list[dict[str, Any]]:
    return [
        {
            "n": n,
            "name": str(label),
            "day": days.day_words(week.monday + timedelta(days=n - 1)),
            "note": _holiday(week.monday + timedelta(days=n - 1)),
        }
        for n, label in states.DAYS.items()
    ]


def _holiday(day: date) -> str:
    return series.days(day, day)[0].holiday


def sheet(week: Week, rows: list[dict[str, Any]], words: Words) -> list[dict[str, Any]]:
    """One line a venue that is used, one cell a day; venues that stand empty are only counted."""
    used: dict[str, dict[int, list[dict[str, Any]]]] = {}
    for one in rows:
        used.setdefault(one["venue"], {}).setdefault(one["day"], []).append(one)
    order = sorted(used, key=lambda number: (words.venue_place(number), words.venue(number)))
    return [
        {
            "venue": words.venue(number),
            "place": words.venue_place(number),
            "cells": [{"day": n, "sessions": used[number].get(n, [])} for n in states.DAYS],
        }
        for number in order
    ]


def by_day(rows: Iterable[dict[str, Any]], heads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same as a list: days with something on them, each with its sessions."""
    found: dict[int, list[dict[str, Any]]] = {}
    for one in rows:
        found.setdefault(one["day"], []).append(one)
    return [{**head, "sessions": found[head["n"]]} for head in heads if head["n"] in found]


def figures(week: Week) -> list[dict[str, Any]]:
    """Served of the wishes, against what no plan exceeds and what first come, first served would do."""
    found = week.solution
    if not found:
        return []
    # Wishes that never entered the plan are not among the engine's; whoever counts the lists counts them too.
    every = found["wishes"] + len(week.left_out) + len(week.too_few)
    return [
        {"label": _("排上了"), "value": found["served"], "unit": _("门"),
         "behind": _("一共 %(n)s 门") % {"n": every}},
        {"label": _("最多排得下"), "value": found["bound"], "unit": _("门"),
         "behind": _("照现有的场地和老师算")},
        {"label": _("先来先得能排"), "value": found["first_come"], "unit": _("门"),
         "behind": _("不挪动别人，谁先点谁先占")},
    ]  # fmt: skip


def refusals(week: Week, words: Words) -> list[dict[str, Any]]:
    """Every wish without a place, with the reason in a sentence; what was taken out; what is too small."""
    skills = {one["id"]: one["skill"] for one in week.instance.get("orders", [])}
    found = []
    for one in week.solution.get("refused", []):
        if wish := week.wishes.get(one["order"]):
            theme = catalogues.theme_name(wish["theme"])
            reason = _checked(one, skills.get(one["order"], ""), week)
            found.append(_refusal(week, one["order"], wish, words, states.refused(reason, theme), "plan"))
    for key in week.left_out:
        if wish := week.wishes.get(key):
            said = states.refused({"code": "left_out"}, "")
            found.append(_refusal(week, key, wish, words, said, "left_out"))
    for wish in week.too_few:
        said = states.refused({"code": "too_few", "people": wish["people"], "least": wish["least"]}, "")
        found.append(_refusal(week, "", wish, words, said, "too_few"))
    return found


def _checked(reason: dict[str, Any], skill: str, week: Week) -> dict[str, Any]:
    """Nobody for the skill: is there somebody who only lacks the record check?"""
    if reason["code"] != "no_teacher" or not skill.endswith(checks.CHECKED):
        return reason
    if skill.startswith(checks.CLUB):
        return {**reason, "code": "no_checked_leader"}
    plain = skill.removesuffix(checks.CHECKED)
    known = any(plain in one["skills"] for one in week.instance["teachers"])
    return {**reason, "code": "no_checked_teacher"} if known else reason


def _refusal(
    week: Week, key: str, wish: dict[str, Any], words: Words, said: str, kind: str
) -> dict[str, Any]:
    return {
        "key": key,
        "kind": kind,
        "title": building.title_of(wish),
        "lang": building.lang_of(wish),
        "place": words.places.get(wish["place"], "") or name_of(wish["place"]),
        "people": wish["people"],
        "said": said,
        "orders": wish["orders"][:6],
        "url": reverse("academy_desk:week-session", args=[week.number, key]) if key else "",
    }


def shares(week: Week) -> dict[str, list[dict[str, Any]]]:
    """Served of wished, by age and by theme."""
    found: dict[str, list[dict[str, Any]]] = {"age": [], "theme": []}
    for one in week.solution.get("shares", []):
        if one["kind"] == "age":
            label = _("不限年龄") if one["name"] == building.EVERYBODY else catalogues.age_name(one["name"])
        else:
            label = catalogues.theme_name(one["name"])
        found[one["kind"]].append({"label": label, "wishes": one["wishes"], "served": one["served"]})
    return found


def demand(week: Week) -> list[dict[str, Any]]:
    """By day and part of the day: wishes that would suit, people in them, served, rooms open and used. The
    fullest hour of each part stands for it."""
    cells: dict[tuple[int, str], dict[str, int]] = {}
    for one in week.solution.get("demand", []):
        part = _part(one["from"])
        cell = cells.setdefault((one["day"], part), dict.fromkeys(DEMAND, 0))
        for name in DEMAND:
            cell[name] = max(cell[name], one[name])
    parts = [*catalogues.parts().values()]
    rows = []
    for n, label in states.DAYS.items():
        here = [{"part": str(part), **cells.get((n, part.code), {})} for part in parts]
        if any("wishes" in one for one in here):
            rows.append({"day": str(label), "parts": here})
    return rows


def _part(time: str) -> str:
    """The part of the day that an hour belongs to: the last one that has begun."""
    found = ""
    for part in catalogues.parts().values():
        if not found or part.begin <= time:
            found = part.code
    return found


# --- the published week --------------------------------------------------------------------------------


def published(week: Week, on: date) -> list[dict[str, Any]]:
    """The sessions that came of a week, in the seven days from a Monday, as they stand now."""
    numbers = {number: key for key, some in week.made.items() for number in some}
    since = datetime.combine(on, datetime.min.time(), clock.zone())
    rows = Session.objects.filter(
        number__in=numbers, starts_at__gte=since, starts_at__lt=since + timedelta(days=7)
    )
    planned = {one["order"]: one for one in week.solution.get("sessions", [])}
    found = []
    for one in rows.select_related("venue", "teacher").order_by("starts_at", "id"):
        key = numbers[one.number]
        begins, ends = (moment.astimezone(clock.zone()) for moment in (one.starts_at, one.ends_at))
        found.append(
            {
                "number": one.number,
                "day": begins.isoweekday(),
                "from": f"{begins:%H:%M}",
                "to": f"{ends:%H:%M}",
                "title": one.title,
                "place": one.place,
                "venue_name": one.venue.name if one.venue else one.where,
                "teacher_name": queries.shown_name(one.teacher) or (_("有老师") if one.teacher else ""),
                "is_off": one.state == "cancelled",
                "is_full": one.places_most is not None and one.taken >= one.places_most,
                "people": week.wishes.get(key, {}).get("people", 0),
                "is_club": key.startswith("g"),
                "asked_words": asked_words(planned.get(key, {}).get("asked", 0)),
                "url": reverse("academy:session", args=[one.number]),
            }
        )
    return found


def teacher_row(one: Teacher) -> dict[str, Any]:
    ends = checks.check_ends(one)
    return {
        "number": one.number,
        "url": reverse("academy_desk:teacher", args=[one.number]),
        "name": one.name,
        "skills": "、".join(catalogues.theme_name(code) for code in one.skills),
        "times": [states.shown_window(window) for window in one.times],
        "state": states.badge(states.TEACHER_STATES, one.state),
        "check": check_badge(one),
        "check_ends": ends,
        "place": name_of(one.place),
    }


def check_badge(one: Teacher) -> dict[str, str]:
    """Whether somebody may be planned for children, in a word that says nothing about why not."""
    ends = checks.check_ends(one)
    if checks.is_kept_apart(one):
        return {"label": _("不排孩子的活动"), "tone": "", "icon": "info"}
    if ends is None:
        return {"label": _("没有记录查询，不排孩子的课"), "tone": "", "icon": "info"}
    if ends < clock.today():
        return {"label": _("记录查询过期了，不排孩子的课"), "tone": "wait", "icon": "alert"}
    said = _("记录查询到 %(day)s") % {"day": days.day_words(ends)}
    return {"label": said, "tone": "wait" if checks.ends_soon(one) else "done", "icon": "check"}
