"""Excel files: the list for the door, and the figures."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from mulin.academy.sessions import figures, queries, showing, states
from mulin.academy.sessions.models import Session


def list_file(session: Session) -> bytes:
    """Who comes, in order of arrival: what the list calls them, how many, state, how many came. No
    telephone numbers."""
    head = (_("称呼"), _("人数"), _("报名"), _("到了几人"))
    rows = [
        (showing.signup_name(one), one.heads, str(states.SIGNUP_WORDS[one.state]), one.came)
        for one in queries.signups_of(session)
    ]
    if session.walk_ins:
        rows.append((_("没报名、也来了的人数"), "", "", session.walk_ins))
    return _book([(_("名单"), [(session.title, showing.when(session)), head, *rows], 2)])


def figures_file(found: figures.Report) -> bytes:
    """The tables of a report, a sheet each."""
    head = ("", _("活动场次"), _("参加人次"), _("不同的人（只算有账号的）"))
    total = (
        found.total.title, found.total.sessions, figures._cell(found.total.person_times),
        figures._cell(found.total.persons),
    )  # fmt: skip
    note = [(), (_("“·”是少于5的人数，不显示。"),)] if found.hides else []
    return _book([(title, [head, *rows, total, *note], 1) for title, rows in figures.rows_of(found)])


def _book(sheets: Iterable[tuple[str, list[tuple[Any, ...]], int]]) -> bytes:
    """A workbook of (name, rows, how many of them are heads)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sessions.xlsx"
        book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
        bold = book.add_format({"bold": True, "bottom": 1})
        for name, rows, heads in sheets:
            sheet = book.add_worksheet(name[:31])
            sheet.set_column(0, 0, 36)
            sheet.set_column(1, 4, 16)
            for n, row in enumerate(rows):
                for column, value in enumerate(row):
                    if value is not None:
                        sheet.write(n, column, value, bold if n < heads else None)
        book.close()
        return path.read_bytes()
