"""A week as an Excel file: sessions, what has no place and why, shares of ages and themes, demand by hour."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from mulin.academy.weeks import showing, states
from mulin.academy.weeks.models import Week
from mulin.places.queries import names_of


def workbook(week: Week) -> bytes:
    """Four sheets; names of teachers as the desk knows them."""
    words = showing.Words(week)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "week.xlsx"
        book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
        bold = book.add_format({"bold": True, "bottom": 1})
        for title, heads, widths, rows in (
            (_("课表"), *_sessions(week, words)),
            (_("没排上"), *_refused(week, words)),
            (_("比例"), *_shares(week)),
            (_("点单情况"), *_demand(week)),
        ):
            _sheet(book, bold, title, heads, widths, rows)
        book.close()
        return path.read_bytes()


def _sheet(
    book: Any,
    bold: Any,
    title: str,
    heads: Sequence[str],
    widths: Sequence[int],
    rows: Iterable[Sequence[Any]],
) -> None:
    sheet = book.add_worksheet(title)
    for column, (head, width) in enumerate(zip(heads, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write(0, column, head, bold)
    for n, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            sheet.write(n, column, value)
    sheet.freeze_panes(1, 0)


def _sessions(week: Week, words: showing.Words) -> tuple[list[str], tuple[int, ...], list[list[Any]]]:
    heads = [
        _("星期"), _("开始"), _("结束"), _("课"), _("场地"), _("场地在"), _("老师"), _("点单人数"),
        _("这个时段几门想要"), _("钉住"),
    ]  # fmt: skip
    rows = [
        [
            str(states.DAYS[one["day"]]), one["from"], one["to"], one["title"], one["venue_name"],
            one["venue_place"], one["teacher_name"], one["people"], one["asked"],
            _("是") if one["is_pinned"] else "",
        ]
        for one in showing.sessions(week, words)
    ]  # fmt: skip
    return heads, (8, 8, 8, 28, 22, 14, 12, 10, 16, 8), rows


def _refused(week: Week, words: showing.Words) -> tuple[list[str], tuple[int, ...], list[list[Any]]]:
    rows = [[one["title"], one["place"], one["people"], one["said"]] for one in showing.refusals(week, words)]
    return [_("课"), _("社区"), _("点单人数"), _("为什么没排上")], (28, 14, 10, 80), rows


def _shares(week: Week) -> tuple[list[str], tuple[int, ...], list[list[Any]]]:
    found = showing.shares(week)
    rows = [[one["label"], one["wishes"], one["served"]] for some in found.values() for one in some]
    return [_("年龄或主题"), _("想开"), _("排上")], (20, 10, 10), rows


def _demand(week: Week) -> tuple[list[str], tuple[int, ...], list[list[Any]]]:
    found = week.solution.get("demand", [])
    names = names_of({one["place"] for one in found})
    heads = [
        _("社区"),
        _("星期"),
        _("几点"),
        _("想开"),
        _("人数"),
        _("排上"),
        _("开着的场地"),
        _("用上的场地"),
    ]
    rows = [
        [
            names.get(one["place"], ""), str(states.DAYS[one["day"]]), one["from"], one["wishes"],
            one["people"], one["served"], one["open"], one["used"],
        ]
        for one in found
    ]  # fmt: skip
    return heads, (14, 8, 8, 8, 8, 8, 12, 12), rows
