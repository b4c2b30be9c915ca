"""How the register says durations, places and dates."""

from datetime import timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from mulin.disclosure.queries import Entry
from mulin.kernel import clock


def duration(span: timedelta | None) -> str:
    """A span as a neighbour would say it: minutes, hours, then days."""
    if span is None:
        return ""
    minutes = max(1, round(span.total_seconds() / 60))
    if minutes < 90:
        return ngettext("%(n)s 分钟", "%(n)s 分钟", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("%(n)s 小时", "%(n)s 小时", hours) % {"n": hours}
    days = round(hours / 24)
    return ngettext("%(n)s 天", "%(n)s 天", days) % {"n": days}


def where(entry: Entry) -> str:
    return _("·").join(part for part in (entry.place_name, entry.estate) if part)


def times(entry: Entry) -> str:
    """Response and handling time in one line, or nothing."""
    parts = []
    if entry.response_time:
        parts.append(_("%(span)s内回应") % {"span": duration(entry.response_time)})
    if entry.done_time:
        parts.append(_("%(span)s办完") % {"span": duration(entry.done_time)})
    return _("，").join(parts)


def review(entry: Entry) -> str:
    """When a suspended matter is looked at again; a day that has passed is not called a plan."""
    if entry.review_on is None:
        return ""
    late = entry.review_on < clock.today()
    said = _("原定%(day)s再看，还没有看。") if late else _("%(day)s再看一次。")
    return said % {"day": date_format(entry.review_on, pgettext("date format", "Y年n月j日"))}


def count(n: int | None) -> str:
    """A figure of what is not shown; one to four are not told."""
    return _("不到 5") if n is None else str(n)


def reasons(codes: tuple[str, ...]) -> str:
    """Why matters are not in the register."""
    known = {
        "waiting": _("等着审核"),
        "hidden": _("审核后决定不公开"),
        "tip_off": _("举报，依法保密"),
        "major": _("大事，限制查看"),
        "by_rule": _("按规则不公开的种类或类别"),
    }
    return _("；").join(known[code] for code in codes)
