"""The report of a canvass as an Excel file: figures by building and day, questions and answers, no names."""

import tempfile
from pathlib import Path

import xlsxwriter
from django.utils.translation import gettext as _

from mulin.councils.canvasses import reading
from mulin.councils.canvasses.models import Canvass


def workbook(found: Canvass) -> bytes:
    """Figures, buildings, curve, questions. No household stands in any of them, and no small figure."""
    shown = reading.report(found)
    board = shown["board"]
    whole = [(_("怎么说"), _("户数")), *shown["stances"], (_("走访次数"), shown["visits"])]
    buildings = [(_("楼栋"), _("户数"), _("支持"))]
    buildings += [(row.name, row.households, row.label) for row in board.rows]
    curve = [(_("日子"), _("支持（%）"), _("目标（%）"))]
    curve += [(day.isoformat(), share, goal) for day, share, goal in board.curve]
    answers = [(_("疑问"), _("答复"))] + [(one.text, one.answer) for one in shown["answered"]]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "canvass.xlsx"
        book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
        bold = book.add_format({"bold": True, "bottom": 1})
        for name, rows in (
            (_("数字"), whole),
            (_("楼栋"), buildings),
            (_("支持"), curve),
            (_("答复"), answers),
        ):
            sheet = book.add_worksheet(name)
            sheet.set_column(0, 0, 32)
            for n, row in enumerate(rows):
                sheet.write_row(n, 0, row, bold if n == 0 else None)
        book.close()
        return path.read_bytes()
