"""The figures of help between neighbours as an Excel file: counts only, no names, none under five."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from mulin.kernel import clock
from mulin.mutualaid.matching import queries


def workbook(since: date, flows: queries.Flows, by_kind: list[dict[str, Any]]) -> bytes:
    """Two sheets: the three flows, and what waits, runs and is on duty by kind."""
    hidden = _("不足5")

    def shown(value: int | None) -> int | str:
        return hidden if value is None else value

    whole = [
        (_("从"), since.isoformat()),
        (_("到"), clock.today().isoformat()),
        (_("注能：培训人次"), flows.taught),
        (_("注能：分钟"), flows.taught_minutes),
        (_("供能：服务次数"), flows.visits),
        (_("供能：分钟"), flows.visit_minutes),
        (_("得到帮助的家庭"), shown(queries.shown(flows.families))),
        (_("帮忙的人"), shown(queries.shown(flows.helpers))),
        (_("送能：回馈次数"), flows.given_back),
        (_("回馈的家庭"), shown(queries.shown(flows.givers))),
    ]
    kinds = [(_("哪种帮助"), _("在等"), _("在做"), _("在岗"))]
    kinds += [(str(one["kind"]), *(shown(one[key]) for key in ("waits", "runs", "duty"))) for one in by_kind]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "aid.xlsx"
        book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
        for name, rows in ((_("三股力"), whole), (_("按种类"), kinds)):
            sheet = book.add_worksheet(name)
            sheet.set_column(0, 0, 28)
            for n, row in enumerate(rows):
                sheet.write_row(n, 0, row)
        book.close()
        return path.read_bytes()
