"""Venues as people say them: when they are open, whether now."""

from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from mulin.kernel import clock, days
from mulin.places.models import Venue
from mulin.places.venues import hours, opening

MONDAY = date(2024, 1, 1)


def day_name(day: int) -> str:
    """`周一`; in English `Mon`."""
    return [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")][day - 1]


def time_text(minute: int) -> str:
    """`9:00`; midnight at the end of the day is `24:00`."""
    return f"{minute // 60}:{minute % 60:02d}"


def spans_text(spans: list[tuple[int, int]]) -> str:
    """`9:00–12:00、14:00–17:30`."""
    if not spans:
        return _("不开放")
    if spans == [(0, hours.DAY)]:
        return _("全天")
    return _("、").join(f"{time_text(start)}–{time_text(end)}" for start, end in spans)


def days_text(run: list[int]) -> str:
    if len(run) == 7:
        return _("每天")
    if len(run) == 1:
        return day_name(run[0])
    if len(run) == 2:
        return _("、").join(day_name(one) for one in run)
    return _("%(first)s到%(last)s") % {"first": day_name(run[0]), "last": day_name(run[-1])}


def week_lines(venue: Venue) -> list[dict[str, str]]:
    """The hours of the week as a person reads them: days with equal hours in one line."""
    windows = opening.windows(venue)
    if not windows:
        return []
    return [{"days": days_text(run), "hours": spans_text(spans)} for run, spans in hours.alike(windows)]


def week_text(venue: Venue) -> str:
    """The same in one line, for lists."""
    lines = week_lines(venue)
    return _("；").join(f"{one['days']} {one['hours']}" for one in lines) if lines else _("开放时间没有填")


def weekly_hours(venue: Venue) -> str:
    """`84` or `38.5`."""
    return f"{hours.weekly_minutes(opening.windows(venue)) / 60:.1f}".removesuffix(".0")


def closed_text(found: opening.Closed) -> str:
    """Why it is closed on a day."""
    if found.code == "given_up":
        return _("已停用：%(why)s") % {"why": found.words} if found.words else pgettext("venue", "已停用")
    if found.code == "closure":
        return _("闭馆：%(why)s") % {"why": found.words}
    if found.code == "holiday":
        english = found.words_en if get_language() == "en" else ""
        return _("%(holiday)s放假") % {"holiday": english or found.words}
    return _("这天不开放")


def open_now(venue: Venue, moment: datetime | None = None) -> dict[str, Any]:
    """Whether it is open now and until when, as a badge: label, tone, icon, code."""
    moment = moment or clock.now()
    if venue.closed_on and venue.closed_on <= clock.day_of(moment):
        return {"label": pgettext("venue", "已停用"), "tone": "", "icon": "ban", "code": "given_up"}
    if not venue.hours:
        return {"label": _("请先打电话问"), "tone": "", "icon": "phone", "code": "unknown"}
    turns = opening.turns_at(venue, moment)
    if opening.is_open(venue, moment):
        label = _("开着，到 %(time)s") % {"time": _end_words(turns, moment)} if turns else _("开着，不关门")
        return {"label": label, "tone": "done", "icon": "check", "code": "open"}
    label = _("现在关着")
    if turns:
        label = _("现在关着，%(when)s 开") % {"when": _when(turns, clock.day_of(moment))}
    return {"label": label, "tone": "", "icon": "clock", "code": "closed"}


def _end_words(turns: datetime, moment: datetime) -> str:
    local = turns.astimezone(clock.zone())
    if local == local.replace(hour=0, minute=0) and (local - moment).days < 1:
        return "24:00"
    return _when(local, clock.day_of(moment))


def _when(turns: datetime, today: date) -> str:
    """`明天 9:00`, `周五 9:00`, `11月30日 9:00`."""
    local = turns.astimezone(clock.zone())
    ahead = (local.date() - today).days
    time = date_format(local, "G:i")
    if ahead == 0:
        return time
    if ahead == 1:
        return _("明天 %(time)s") % {"time": time}
    if ahead < 7:
        return f"{day_name(local.isoweekday())} {time}"
    return f"{days.day_words(local)} {time}"


def day_heading(day: date) -> str:
    """`周一 11月23日`."""
    return pgettext("weekday and date", "%(weekday)s %(day)s") % {
        "weekday": day_name(day.isoweekday()), "day": days.day_words(day),
    }  # fmt: skip
