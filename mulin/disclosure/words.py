"""How the register says durations, places and dates."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.disclosure.queries import Entry


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


def count(n: int | None) -> str:
    return "<5" if n is None else str(n)
