"""The list of urgent wishes as an Excel file, small figures covered as on the public list."""

import tempfile
from pathlib import Path

import xlsxwriter
from django.utils.translation import gettext as _

from mulin.places.queries import names_of
from mulin.voices.categories import category_name
from mulin.voices.needs import states
from mulin.voices.needs.queries import Row

WIDTHS = (8, 13, 16, 40, 60, 18, 24, 16, 10, 12, 24, 14, 60)


def workbook(rows: list[Row]) -> bytes:
    """One row a need, in the order of the list."""
    heads = [
        _("名次"), _("编号"), _("社区"), _("需要"), _("说明"), _("类别"), _("关系到谁"), _("多少人说过"),
        _("分数"), _("状态"), _("谁负责"), _("日期"), _("给大家看的话"),
    ]  # fmt: skip
    names = names_of({row.need.place for row in rows})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "needs.xlsx"
        book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
        sheet = book.add_worksheet(_("急难愁盼清单"))
        bold = book.add_format({"bold": True, "bottom": 1})
        for column, (head, width) in enumerate(zip(heads, WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write(0, column, head, bold)
        for n, row in enumerate(rows, 1):
            for column, value in enumerate(_cells(row, names)):
                sheet.write(n, column, value)
        sheet.freeze_panes(1, 0)
        book.close()
        return path.read_bytes()


def _cells(row: Row, names: dict[str, str]) -> tuple:
    need = row.need
    return (
        row.rank or "", need.number, names.get(need.place, ""), need.title, need.text,
        category_name(need.category) if need.category else "", need.concerns, row.people, row.score.total,
        str(states.STATE_WORDS[need.state]), str(need.owner or ""),
        need.due_on.isoformat() if need.due_on else "", need.answer,
    )  # fmt: skip
