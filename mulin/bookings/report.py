"""How much rooms are used: hours used of hours open. Of rooms, never of persons."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from uuid import UUID

import xlsxwriter
from django.utils.translation import gettext as _

from mulin.bookings import queries
from mulin.bookings.models import Booking
from mulin.kernel import clock
from mulin.places.models import Venue
from mulin.places.venues import catalogue, opening, words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
USED = ("booked", "done")


@dataclass(slots=True)
class Use:
    """Minutes of one venue in a period. `by`: minutes used by what for; `times`: how many bookings."""

    venue: Venue
    open: int
    used: int
    by: Counter
    times: int
    not_come: int

    @property
    def percent(self) -> int | None:
        """Used of open, in whole per cent; None where it was never open."""
        return min(round(self.used * 100 / self.open), 100) if self.open else None


def use_of(venues: list[Venue], first: date, last: date) -> list[Use]:
    """One line a venue, the least used first; both days counted, time to come left out."""
    since = queries.midnight(first)
    until = min(queries.midnight(last + timedelta(days=1)), clock.now())
    rows: dict[UUID, list[Booking]] = defaultdict(list)
    for one in (
        queries.of_venues([v.pk for v in venues], since, until, everything=True) if since < until else ()
    ):
        rows[one.resource.ref].append(one)
    found = [_use(venue, rows[venue.pk], first, last, since, until) for venue in venues]
    return sorted(found, key=lambda one: (one.percent is None, one.percent or 0, one.venue.name))


def _use(venue: Venue, bookings: Iterable[Booking], first: date, last: date, since, until) -> Use:
    by: Counter = Counter()
    times = not_come = 0
    for one in bookings:
        if one.state in USED:
            seconds = (min(one.ends_at, until) - max(one.starts_at, since)).total_seconds()
            by[one.what] += int(seconds // 60)
            times += 1
        not_come += one.state == "no_show"
    last = min(last, clock.today())
    open_ = opening.open_minutes(venue, first, last) if first <= last else 0
    return Use(venue, open_, sum(by.values()), by, times, not_come)


def hours_text(minutes: int) -> str:
    """`12.5` hours; whole ones without a point."""
    return f"{minutes / 60:.1f}".removesuffix(".0")


def sheet(uses: list[Use], first: date, last: date) -> bytes:
    """The report as an Excel file."""
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page = book.add_worksheet(_("场地使用")[:31])
    bold, percent = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "0%"})
    page.write(0, 0, f"{first.isoformat()} – {last.isoformat()}")
    heads = [
        _("场地"), _("种类"), _("每周开放小时"), _("开放小时"), _("用了小时"), _("使用率"), _("活动小时"),
        _("会议小时"), _("预约小时"), _("次数"), _("没有来"), _("闲置"),
    ]  # fmt: skip
    for column, head in enumerate(heads):
        page.set_column(column, column, 22 if column == 0 else 12)
        page.write(1, column, head, bold)
    for n, one in enumerate(uses, 2):
        venue = one.venue
        values = [
            venue.name, str(catalogue.kinds()[venue.kind]), float(words.weekly_hours(venue)),
            round(one.open / 60, 2), round(one.used / 60, 2), None, round(one.by["session"] / 60, 2),
            round(one.by["meeting"] / 60, 2), round(one.by["room"] / 60, 2), one.times, one.not_come,
            _("是") if venue.is_idle else "",
        ]  # fmt: skip
        for column, value in enumerate(values):
            page.write(n, column, value)
        if one.open:
            page.write_number(n, 5, min(one.used / one.open, 1), percent)
    page.freeze_panes(2, 1)
    book.close()
    return out.getvalue()
