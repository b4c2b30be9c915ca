"""Statements and other lists of amounts as Excel files."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _

from mulin.ledger.queries import Statement

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheet(title: str, heads: Sequence[str], rows: Iterable[Sequence], widths: Sequence[int] = ()) -> bytes:
    """One sheet: a bold line of heads, then the rows. Numbers stay numbers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.xlsx"
        book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
        page = book.add_worksheet(title[:31])
        bold = book.add_format({"bold": True, "bottom": 1})
        for column, head in enumerate(heads):
            page.set_column(column, column, widths[column] if column < len(widths) else 16)
            page.write(0, column, head, bold)
        for n, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                page.write(n, column, value)
        page.freeze_panes(1, 0)
        book.close()
        return path.read_bytes()


def answer(content: bytes, name: str) -> HttpResponse:
    """The file as a download; `name` in plain letters."""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def plain(unit: str, amount: int) -> float | int:
    """An amount for a cell: yuan, hours, points."""
    return {"fen": amount / 100, "minute": round(amount / 60, 2)}.get(unit, amount)


def statement_sheet(found: Statement, title: str) -> bytes:
    """A statement, oldest first, with what was in the book before and after."""
    unit = found.book.unit
    heads = {"fen": _("金额（元）"), "minute": _("小时"), "point": _("积分")}
    left = {"fen": _("余额（元）"), "minute": _("余额（小时）"), "point": _("积分余额")}
    rows = [("", "", _("期初"), "", "", plain(unit, found.opening))]
    rows += [
        (
            one.on.isoformat(), one.number, one.reason, one.words,
            plain(unit, one.amount), plain(unit, one.after),
        )
        for one in found.lines
    ]  # fmt: skip
    columns = [_("日期"), _("编号"), _("事项"), _("说明"), heads[unit], left[unit]]
    return sheet(title, columns, rows, (12, 14, 22, 40, 12, 12))
