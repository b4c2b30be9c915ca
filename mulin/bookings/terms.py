"""The owner's rules of a venue: what the venue says itself, else the rule pack."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.bookings.states import DECIDE_WORDS, WHO_WORDS
from mulin.kernel import clock, days, rulebook
from mulin.kernel.errors import ActionError
from mulin.places.models import Venue


@dataclass(frozen=True, slots=True)
class Terms:
    """Who may book, whether a worker decides, and how long, how far ahead, how often, how early."""

    who: str
    decide: str
    most_minutes: int
    ahead_days: int
    week_most: int
    notice_hours: int
    words: str = ""

    def last_day(self) -> date:
        return clock.today() + timedelta(days=self.ahead_days)


def terms_of(venue: Venue) -> Terms:
    """The rules in force at a venue today."""

    def of(name: str):
        own = venue.booking.get(name)
        return (
            rulebook.value(f"bookings.room.{name}", at=venue.place, kind=venue.kind) if own is None else own
        )

    return Terms(
        who=of("who"), decide=of("decide"), most_minutes=int(of("most_minutes")),
        ahead_days=int(of("ahead_days")), week_most=int(of("week_most")),
        notice_hours=int(of("notice_hours")), words=venue.booking.get("terms", ""),
    )  # fmt: skip


def lines(terms: Terms) -> list[str]:
    """The rules as people read them."""
    found = [
        _("谁能约：%(who)s") % {"who": WHO_WORDS[terms.who]},
        str(DECIDE_WORDS[terms.decide]),
        _("一次最长 %(time)s") % {"time": duration(terms.most_minutes)},
        ngettext("最早提前 %(n)s 天", "最早提前 %(n)s 天", terms.ahead_days) % {"n": terms.ahead_days},
        ngettext("一周最多 %(n)s 次", "一周最多 %(n)s 次", terms.week_most) % {"n": terms.week_most},
    ]
    if terms.notice_hours:
        found.append(
            ngettext("至少提前 %(n)s 小时", "至少提前 %(n)s 小时", terms.notice_hours)
            % {"n": terms.notice_hours}
        )
    return [*found, terms.words] if terms.words else found


def duration(minutes: int) -> str:
    """`3 小时`, `1 小时 30 分钟`, `45 分钟`."""
    hours, left = divmod(minutes, 60)
    said = []
    if hours:
        said.append(ngettext("%(n)s 小时", "%(n)s 小时", hours) % {"n": hours})
    if left:
        said.append(ngettext("%(n)s 分钟", "%(n)s 分钟", left) % {"n": left})
    return " ".join(said)


def check_time(terms: Terms, starts_at: datetime, ends_at: datetime) -> None:
    """Raise too-soon, too-far or too-long where the owner's rules do not allow this time."""
    if starts_at < clock.now() + timedelta(hours=terms.notice_hours):
        if terms.notice_hours:
            text = ngettext(
                "这里要至少提前 %(n)s 小时预约。", "这里要至少提前 %(n)s 小时预约。", terms.notice_hours
            )
            raise ActionError("too-soon", text % {"n": terms.notice_hours}, field="starts_at")
        raise ActionError("too-soon", _("这个时间已经过了，请选晚一点的。"), field="starts_at")
    if clock.day_of(starts_at) > terms.last_day():
        words = {"n": terms.ahead_days, "day": days.day_words(terms.last_day())}
        text = _("这里最早提前 %(n)s 天预约，现在能约到 %(day)s。")
        raise ActionError("too-far", text % words, field="day")
    if (ends_at - starts_at) > timedelta(minutes=terms.most_minutes):
        text = _("这里一次最长 %(time)s，请选短一点。") % {"time": duration(terms.most_minutes)}
        raise ActionError("too-long", text, field="ends_at")
