"""A survey as an Excel file: the results as they are read, one question by another, and what people wrote.

No row is a sheet: the age, the household and the words of one person side by side say who it is, and a table
made out of such rows would show the small cells that the page covers.
"""

import tempfile
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.voices.surveys import fields, queries, reading
from mulin.voices.surveys.models import Survey

Row = tuple[Any, ...]


def workbook(survey: Survey, of: str = "", by: str = "") -> bytes:
    """Results, the cross-table of the questions `of` and `by` where both are given, and the free texts, each
    question in an order of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "survey.xlsx"
        book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
        bold = book.add_format({"bold": True, "bottom": 1})
        _write(book.add_worksheet(_("结果")), _results(survey), bold)
        if of and by:
            _write(book.add_worksheet(_("分开来看")), _crossed(survey, of, by), bold)
        _write(book.add_worksheet(_("大家写的话")), _texts(survey), bold)
        book.close()
        return path.read_bytes()


def _write(sheet: Any, rows: list[tuple[bool, Row]], bold: Any) -> None:
    sheet.set_column(0, 0, 60)
    for n, (is_head, row) in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(n, column, value, bold if is_head else None)


def _results(survey: Survey) -> list[tuple[bool, Row]]:
    report = reading.staff_results(survey)
    rows: list[tuple[bool, Row]] = [
        (True, (survey.title,)),
        (False, (pgettext("sheets", "收回"), report.returned)),
    ]
    if report.waiting:
        rows.append((False, (_("还没有算进去"), report.waiting)))
    rows += [(False, pair) for pair in report.channels]
    if report.rate:
        rows.append((False, (_("回收率"), report.rate)))
    if report.uncoded:
        rows.append((False, (_("没有码的"), report.uncoded)))
    for one in report.questions:
        rows += [
            (False, ()),
            (True, (one.text, one.base)),
        ]
        for group in one.groups:
            rows += [(False, (group.title,))] if group.title else []
            rows += [(False, (bar.text, bar.n, bar.share)) for bar in group.bars]
        rows += [(False, pair) for pair in one.figures]
    return rows


def _crossed(survey: Survey, of: str, by: str) -> list[tuple[bool, Row]]:
    table = reading.crossed(survey, of, by)
    rows: list[tuple[bool, Row]] = [(True, (table.of, *(head for head, _base in table.heads)))]
    who = _("答了的户") if survey.once == "household" else _("答了的人")
    rows.append((False, (who, *(base for _head, base in table.heads))))
    return rows + [(False, (name, *cells)) for name, cells in table.rows]


def _texts(survey: Survey) -> list[tuple[bool, Row]]:
    rows: list[tuple[bool, Row]] = []
    written = queries.written(survey)
    for question in queries.form_of(survey):
        # In the order of the words: neither of when they came nor of the sheets, which would join two texts.
        found = sorted(one.text for one in written if one.question == question.key)
        if found:
            rows += [(True, (fields.word(question),)), *((False, (text,)) for text in found), (False, ())]
    return rows
