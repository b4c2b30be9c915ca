"""The register as a file: Excel, or CSV written while it is read."""

import csv
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.disclosure import words
from mulin.disclosure.queries import Entry, Filters, all_entries
from mulin.kernel import clock

# A spreadsheet would run a text that begins like this as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def columns() -> list[str]:
    return [
        _("编号"), _("标题"), _("内容"), _("答复"), _("种类"), _("类别"), pgettext("one", "地点"),
        _("现在"), _("收到日期"), _("公开日期"), _("办结日期"), _("多久回应（小时）"), _("多久办完（小时）"),
        _("多少人说"),
    ]  # fmt: skip


def row(entry: Entry) -> list[Any]:
    return [
        entry.number,
        entry.title,
        entry.text,
        entry.answer,
        str(entry.kind),
        entry.category,
        words.where(entry),
        str(entry.state),
        entry.came_on.isoformat(),
        clock.day_of(entry.published_at).isoformat(),
        clock.day_of(entry.closed_at).isoformat() if entry.closed_at else "",
        _hours(entry.response_time),
        _hours(entry.done_time),
        entry.people,
    ]


def _hours(span) -> float | str:
    return round(span.total_seconds() / 3600, 1) if span else ""


def workbook(filters: Filters) -> bytes:
    file = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet(_("公开登记"))
    head = book.add_format({"bold": True, "bottom": 1})
    for at, width in enumerate((13, 30, 50, 50, 8, 14, 22, 14, 12, 12, 12, 12, 12, 10)):
        sheet.set_column(at, at, width)
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, columns(), head)
    for at, entry in enumerate(all_entries(filters), 1):
        sheet.write_row(at, 0, row(entry))
    book.close()
    return file.getvalue()


class _Echo:
    def write(self, text: str) -> str:
        return text


def csv_lines(filters: Filters) -> Iterator[str]:
    """Lines of a CSV file with a byte order mark, which Excel needs to read Chinese."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(columns())
    for entry in all_entries(filters):
        yield writer.writerow([_plain(value) for value in row(entry)])


def _plain(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
