"""Sessions as pages say them."""

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import segno
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from mulin.academy import catalogues
from mulin.academy.sessions import signing, states
from mulin.academy.sessions.models import Session, Signup
from mulin.kernel import clock, days
from mulin.places.queries import name_of


def hour(at: Any) -> str:
    local = at.astimezone(clock.zone())
    return f"{local.hour:02}:{local.minute:02}"


def day_title(day: date) -> str:
    """`11月24日 星期二`, and today or tomorrow by their names."""
    words = _day(day)
    near = {clock.today(): _("今天"), clock.today() + timedelta(days=1): _("明天")}.get(day)
    return f"{near} · {words}" if near else words


def _day(day: date) -> str:
    return _("%(day)s %(weekday)s") % {"day": days.day_words(day), "weekday": date_format(day, "l")}


def when(session: Session) -> str:
    """`11月24日 星期二 14:00–15:30`."""
    day = clock.day_of(session.starts_at)
    span = f"{hour(session.starts_at)}–{hour(session.ends_at)}"
    if clock.day_of(session.ends_at) != day:
        span = f"{hour(session.starts_at)}–{days.moment_words(session.ends_at)}"
    return f"{_day(day)} {span}"


def where(session: Session) -> str:
    """The venue, and the corner of it or the words that stand for one."""
    parts = [session.venue.name if session.venue else "", session.where]
    return " ".join(part for part in parts if part)


def host(session: Session) -> str:
    return str(session.club.org) if session.club else ""


def teacher(session: Session, *, desk: bool = False) -> str:
    """The name of who teaches, for everybody only where it may be read."""
    one = session.teacher
    return one.name if one and (desk or one.is_named) else ""


def people_line(session: Session) -> str:
    """How many come and how many places are left, in words."""
    free = signing.free_places(session)
    if session.state == "held":
        return ngettext("来了%(n)s人", "来了%(n)s人", session.came) % {"n": session.came}
    if session.state != "open" or session.starts_at <= clock.now():
        return ""
    if free is None:
        if not session.taken:
            return _("不限名额")
        return ngettext("报了%(n)s人", "报了%(n)s人", session.taken) % {"n": session.taken}
    if free and not session.waiting:
        return ngettext("还有%(n)s个位子", "还有%(n)s个位子", free) % {"n": free}
    if session.waiting:
        words = ngettext("满了，%(n)s人在候补", "满了，%(n)s人在候补", session.waiting)
        return words % {"n": session.waiting}
    return _("满了，可以候补")


def row(session: Session, *, desk: bool = False) -> dict[str, Any]:
    """One line of a list."""
    free = signing.free_places(session)
    space = "academy_desk" if desk else "academy"
    return {
        "number": session.number,
        "title": session.title,
        "kind": states.kind_word(session.kind),
        "kind_code": session.kind,
        "theme": catalogues.theme_name(session.theme),
        "day": clock.day_of(session.starts_at),
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "time": f"{hour(session.starts_at)}–{hour(session.ends_at)}",
        "when": when(session),
        "where": where(session),
        "host": host(session),
        "place": session.place,
        "url": reverse(f"{space}:session", args=[session.number]),
        "state": states.badge(session.state),
        "is_open": session.state == "open",
        "is_cancelled": session.state == "cancelled",
        "is_full": free == 0,
        "is_over": session.ends_at < clock.now(),
        "is_outdoor": session.is_outdoor,
        "free": free,
        "taken": session.taken,
        "waiting": session.waiting,
        "line": people_line(session),
        "reason": session.reason if session.state == "cancelled" else "",
    }


@dataclass(slots=True)
class WeekDay:
    """One day of a week's calendar."""

    day: date
    title: str
    short: str
    is_today: bool
    is_past: bool
    holiday: str = ""
    rows: list[dict[str, Any]] = field(default_factory=list)


def week(first: date, sessions: Iterable[Session], *, desk: bool = False) -> list[WeekDay]:
    """Seven days with their sessions."""
    from mulin.academy.sessions import series

    by_day: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for one in sessions:
        by_day[clock.day_of(one.starts_at)].append(row(one, desk=desk))
    found = []
    for n in range(7):
        day = first + timedelta(days=n)
        known = series.days(day, day)[0]
        short = f"{date_format(day, 'D')} {days.day_words(day)}"
        found.append(
            WeekDay(
                day=day,
                title=day_title(day),
                short=short,
                is_today=day == clock.today(),
                is_past=day < clock.today(),
                holiday=holiday_word(known),
                rows=by_day[day],
            )
        )
    return found


def holiday_word(day: Any) -> str:
    """The name of a public holiday in the current language."""
    from django.utils.translation import get_language

    return (day.holiday_en if get_language() == "en" else day.holiday) or ""


def monday(text: str = "") -> date:
    """The Monday of the week that an address names, of this week for anything else."""
    day = first_day(text)
    return day - timedelta(days=day.weekday())


def first_day(text: str = "") -> date:
    """The day that an address names, today for anything else: residents see seven days from there."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return clock.today()
    return day if 2000 <= day.year <= 2099 else clock.today()


def week_title(first: date) -> str:
    last = first + timedelta(days=6)
    return _("%(first)s至%(last)s") % {"first": days.day_words(first), "last": days.day_words(last)}


def weekdays() -> list[str]:
    return [date_format(date(2024, 1, n), "D") for n in range(1, 8)]


def month_days(first: date) -> list[list[date]]:
    return calendar.Calendar().monthdatescalendar(first.year, first.month)


def mine(signup: Signup) -> dict[str, Any]:
    """One's own sign-up with its session, as `queries.my_signups` reads it."""
    session = signup.session
    found = {
        "signup": states.signup_badge(signup.state),
        "state": signup.state,
        "heads": signup.heads,
        "came": signup.came,
        "moved_up": signup.moved_up_at is not None and signup.state == "coming",
        "before": signup.before if signup.state == "waiting" else 0,
        "can_leave": session.state == "open" and session.starts_at > clock.now(),
    }
    return {**row(session), **found, "session_state": states.badge(session.state)}


def signup_name(signup: Signup) -> str:
    """Whom the list calls, for who holds the session."""
    return signup.label or str(signup.account or "—")


def base(session: Session, *, desk: bool = False) -> dict[str, Any]:
    """What every page about one session says."""
    return {
        "session": session,
        "row": row(session, desk=desk),
        "kind": states.kind_word(session.kind),
        "when": when(session),
        "where": where(session),
        "host": host(session),
        "teacher": teacher(session, desk=desk),
        "substitute_for": _first_teacher(session, desk),
        "ages": catalogues.ages_line(session.ages),
        "theme": catalogues.theme_name(session.theme),
        "state": states.badge(session.state),
        "people": people_line(session),
        "free": signing.free_places(session),
        "place": session.place,
        "place_name": name_of(session.place),
        "begun": session.starts_at <= clock.now(),
        "over": session.ends_at <= clock.now(),
        "here": "sessions" if desk else "",
    }


def _first_teacher(session: Session, desk: bool) -> str:
    one = session.instead_of
    if one is None:
        return ""
    return one.name if desk or one.is_named else pgettext("teacher", "原来的老师")


def qr(link: str) -> SafeString:
    """The link as an SVG that a telephone reads."""
    return mark_safe(segno.make(link, error="m").svg_inline(omitsize=True, border=0))
