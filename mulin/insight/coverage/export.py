"""The circle as an Excel file: what the page shows, and for each building its nearest station."""

from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from mulin.insight.coverage import page, queries
from mulin.insight.coverage.queries import Circle
from mulin.kernel import codes
from mulin.places.queries import names_of

WIDTHS = (26, 26, 20, 14, 14, 24, 14, 14, 14)


def workbook(found: Circle, is_exact: bool) -> bytes:
    """An .xlsx: figures and how they were made; communities or stations; buildings. Households of single
    buildings only for who sees every figure."""
    file = BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    for title, columns, rows in _sheets(found, is_exact):
        sheet = book.add_worksheet(title)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        for at, width in enumerate(WIDTHS):
            sheet.set_column(at, at, width)
        sheet.write_row(0, 0, columns, head)
        sheet.freeze_panes(1, 0)
        for at, row in enumerate(rows, 1):
            sheet.write_row(at, 0, row)
    book.close()
    return file.getvalue()


def _sheets(found: Circle, is_exact: bool):
    yield _("数字"), [found.place.name, _("数字"), _("说明")], list(_figures(found, is_exact))
    if found.place.level < codes.Level.COMMUNITY:
        columns = [
            _("社区"), _("站"), _("楼"), _("走得到的楼"), _("走不到的楼"), _("没有位置的楼"),
            _("走得到的人"), _("走不到的人"), _("走得到的人占"),
        ]  # fmt: skip
        keys = (
            "name", "stations", "buildings", "covered", "left_out", "unplaced", "people", "people_left",
            "share",
        )  # fmt: skip
        rows = [page.row(found, one) for one in queries.rows(found)]
        yield _("各社区"), columns, [[row[key] for key in keys] for row in rows]
    columns = [_("站"), _("在哪里"), _("什么时候开"), _("走得到的楼"), _("走得到的人"), _("做什么")]
    rows = [
        [one["name"], one["address"], one["hours"], one["buildings"], one["people"],
         _("、").join(one["services"])]
        for one in page.stations(found, is_exact)
    ]  # fmt: skip
    yield _("站"), columns, rows
    columns = [_("楼"), _("社区"), _("走得到吗"), _("走几米"), _("走几分钟"), _("最近的站"), _("怎么量的")]
    yield _("楼栋"), [*columns, *([_("户数")] if is_exact else [])], list(_buildings(found, is_exact))


def _figures(found: Circle, is_exact: bool):
    for one in page.figures(found, is_exact):
        yield [one["label"], f"{one['value']}{one['unit']}", one["behind"]]
    for words in (page.way_words(found), *page.notes(found)):
        yield [words]
    for one in page.method(found):
        yield [one["label"], one["value"], one["basis"]]


def _buildings(found: Circle, is_exact: bool):
    names = names_of({one.community for one in found.homes.values()})
    stations = {one.number: one.name for one in found.stations}
    for code, one in found.homes.items():
        way = found.nearest(code)
        cells: list[Any] = [one.name, names[one.community]]
        if way:
            how = _("沿路") if way.by_path else _("直线折算")
            cells += [_("走得到"), round(way.metres), found.minutes(way), stations[way.station], how]
        else:
            cells += [_("没有位置") if code in found.reach.unplaced else _("走不到"), "", "", "", ""]
        yield [*cells, *([one.households if one.households is not None else ""] if is_exact else [])]
