"""Reads the parameters of GeoReport v2. An empty parameter counts as absent."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from mulin.doors.open311.errors import GeoReportError
from mulin.kernel import clock

SPAN = timedelta(days=90)
STATUSES = ("open", "closed")
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,64})\](\[\])?")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Parameters:
    """Parameters of the body and of the query together; the body wins. Texts are cleaned of what cannot
    be stored."""

    def __init__(self, *sources):
        self.sources = sources

    def get(self, name: str) -> str:
        """The value without spaces at its ends, or an empty text."""
        for source in self.sources:
            value = _UNPRINTABLE.sub("", source.get(name, "")).strip()
            if value:
                return value
        return ""

    def listing(self, name: str) -> list[str]:
        """A comma list without its empty parts."""
        return [part.strip() for part in self.get(name).split(",") if part.strip()]

    def attributes(self) -> dict[str, list[str]]:
        """`attribute[CODE]=v` and `attribute[CODE][]=v1&…` as code -> values."""
        found: dict[str, list[str]] = {}
        for source in self.sources:
            for key in source:
                match = _ATTRIBUTE.fullmatch(key)
                values = [_UNPRINTABLE.sub("", v).strip() for v in source.getlist(key)] if match else []
                values = [v for v in values if v]
                if values:
                    found.setdefault(match[1], []).extend(values)
        return found


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a list covers: never more than 90."""

    since: datetime
    until: datetime


def read_moment(text: str, name: str) -> datetime:
    """A W3C date or date and time; without a zone it is the product's own."""
    try:
        # A plus sign that was not escaped arrives as a space.
        value = datetime.fromisoformat(text.replace(" ", "+"))
        value = value if value.tzinfo else value.replace(tzinfo=clock.zone())
        if value.year < 1900:
            raise ValueError("before all records")
        return value.astimezone(clock.zone())
    except (ValueError, OverflowError) as error:
        raise GeoReportError(400, _("%s 的写法不对，例如 2026-01-31T00:00:00Z。") % name) from error


def read_span(parameters: Parameters) -> Span:
    """`start_date` to `end_date`; what is missing is 90 days away, a longer span loses its oldest days."""
    start, end = parameters.get("start_date"), parameters.get("end_date")
    now = clock.now()
    try:
        if end:
            until = read_moment(end, "end_date")
            if len(end) == 10:
                until += timedelta(days=1, microseconds=-1)
            since = read_moment(start, "start_date") if start else until - SPAN
        elif start:
            since = read_moment(start, "start_date")
            until = min(since + SPAN, max(now, since))
        else:
            since, until = now - SPAN, now
        if since > until:
            raise GeoReportError(400, _("start_date 不能晚于 end_date。"))
        return Span(max(since, until - SPAN), until)
    except OverflowError as error:
        raise GeoReportError(400, _("日期超出范围。")) from error


def read_statuses(parameters: Parameters) -> list[str]:
    """The wanted statuses, all of them when none is named."""
    wanted = parameters.listing("status") or list(STATUSES)
    if set(wanted) - set(STATUSES):
        raise GeoReportError(400, _("status 只能是 open、closed 或两者用逗号隔开。"))
    return wanted


def read_point(parameters: Parameters) -> tuple[float, float] | None:
    """(lon, lat), or None when neither is given."""
    lat, lon = parameters.get("lat"), parameters.get("long")
    if not lat and not lon:
        return None
    try:
        x, y = float(lon), float(lat)
    except ValueError as error:
        raise GeoReportError(400, _("lat 和 long 要同时给出，用小数。")) from error
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        raise GeoReportError(400, _("lat 或 long 超出范围。"))
    return x, y


def check_attributes(definition: Iterable[Mapping], given: dict[str, list[str]]) -> dict[str, list[str]]:
    """The given values that the definition knows; raises 400 for a missing or an impossible one."""
    kept: dict[str, list[str]] = {}
    for attribute in definition:
        code, values = attribute["code"], given.get(attribute["code"], [])
        if attribute["required"] and not values:
            raise GeoReportError(400, _("缺少 attribute[%s]。") % code)
        known = {value["key"] for value in attribute["values"]}
        if known and set(values) - known:
            raise GeoReportError(400, _("attribute[%s] 的值不在列表里。") % code)
        if values:
            kept[code] = values
    return kept
