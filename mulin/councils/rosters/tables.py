"""Rosters as spreadsheets: the columns, the template to fill in, reading and writing."""

import csv
import io
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.councils.rosters import areas, states
from mulin.councils.rosters.bodies import HOME, HOUSEHOLD, LINES, PARKING, STALL, UNIT
from mulin.councils.rosters.models import Roster, RosterEntry

Row = tuple[int, dict[str, str]]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# Column -> its title, then what else people call it. Titles are Chinese in every language: files go round.
COLUMNS = {
    "label": ("姓名", "名字", "name"),
    "building": ("楼栋", "栋", "幢", "building"),
    "stair": ("单元", "梯", "stair"),
    "door": ("房号", "门牌", "室号", "车位号", "door", "unit"),
    "kind": ("类型", "用途", "kind"),
    "registry": ("登记面积", "产权面积", "不动产登记面积", "registry area"),
    "survey": ("实测面积", "测绘面积", "survey area"),
    "contract": ("合同面积", "购房合同面积", "contract area"),
    "owners": ("业主", "业主姓名", "产权人", "owners"),
    "owner_codes": ("业主编号", "owner codes"),
    "phones": ("业主电话", "phones"),
    "developer": ("开发商未售", "未售或未交付", "developer"),
    "phone": ("电话", "联系电话", "phone"),
    "note": ("备注", "说明", "note"),
}
_KNOWN = {name.lower(): column for column, names in COLUMNS.items() for name in names}
_OF = {
    UNIT: (
        "building", "stair", "door", "kind", "registry", "survey", "contract", "owners", "owner_codes",
        "phones", "developer", "note",
    ),
    HOUSEHOLD: ("building", "stair", "door", "phone", "note"),
    "person": ("label", "building", "stair", "door", "phone", "note"),
}  # fmt: skip
_NEEDED = {UNIT: ("building", "door", "owners"), HOUSEHOLD: ("building", "door"), "person": ("label",)}
_KINDS = {
    HOME: ("", "房屋", "住宅", "住房", "商铺", "商业", "办公", "home"),
    PARKING: ("车位", "车库", "parking"),
    STALL: ("摊位", "stall"),
}
_YES = {"是", "有", "√", "✓", "1", "y", "yes", "true", "未售", "未交付"}
EXAMPLE = "例子，请删掉"
_EXAMPLES = {
    UNIT: (
        ("1栋", "1", "5-2", "房屋", "89.34", "", "", "张三、李四", "Y1、Y2", "13800138000、无", "", EXAMPLE),
        ("1栋", "1", "6-1", "房屋", "", "", "120.50", "", "", "", "是", EXAMPLE),
    ),
    HOUSEHOLD: (("1栋", "1", "5-2", "13800138000", EXAMPLE),),
    "person": (("张三", "1栋", "1", "5-2", "13800138000", EXAMPLE),),
}  # fmt: skip
EXPLAINED = {
    "door": gettext_lazy("门上写的，例如 5-2 或 502；车位写车位号"),
    "registry": gettext_lazy("不动产登记簿上的平方米数，照写，最多两位小数；没有就空着"),
    "survey": gettext_lazy("没有登记的，写测绘机构实测的"),
    "contract": gettext_lazy("都没有的，写购房合同上的"),
    "owners": gettext_lazy("几位业主用顿号隔开"),
    "owner_codes": gettext_lazy("同一个人有几套，几处写同一个编号；和业主一样多、顺序一样；可以空着"),
    "phones": gettext_lazy("和业主一样多、顺序一样，没有的写“无”；可以空着"),
    "developer": gettext_lazy("没卖出的、卖了没交付的写“是”"),
    "kind": gettext_lazy("房屋、车位或摊位；空着就是房屋"),
}


class TableError(ValueError):
    """The file cannot be read as a table."""


def columns_of(body: str) -> tuple[str, ...]:
    """The columns of a body's roster, in order."""
    return _OF[LINES[body]]


def title_of(column: str) -> str:
    return COLUMNS[column][0]


def read(path: Path | str) -> list[Row]:
    """The rows of an xlsx or csv file that hold anything, with their numbers as a person counts them. Areas
    keep the digits they were typed with. Raises TableError."""
    path = Path(path)
    raw = path.read_bytes()
    cells = _xlsx(path) if raw[:4] == b"PK\x03\x04" else _csv(raw)
    if not cells:
        raise TableError("empty")
    names = [_KNOWN.get(str(cell).strip().lower(), "") for cell in cells[0]]
    found = []
    for number, row in enumerate(cells[1:], 2):
        named = {name: cell.strip() for name, cell in zip(names, row, strict=False) if name}
        if any(named.values()):
            found.append((number, {name: "" for name in names if name} | named))
    return found


def _xlsx(path: Path) -> list[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        return [[areas.cell(cell) for cell in row] for row in sheet.iter_rows()]
    except (CalamineError, OSError, ValueError) as error:
        raise TableError(str(error)) from error


def _csv(raw: bytes) -> list[list[str]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", errors="replace")
    if "\x00" in text:
        raise TableError("binary")
    try:
        return list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise TableError(str(error)) from error


def missing(body: str, rows: Iterable[Row]) -> str:
    """The title of a column that is needed and not there; empty when all are."""
    for _number, cells in rows:
        return next((title_of(name) for name in _NEEDED[LINES[body]] if name not in cells), "")
    return title_of(_NEEDED[LINES[body]][0])


def kind_of(text: str) -> str:
    """A kind as people call it; what is not known stays and is refused."""
    plain = text.strip().lower()
    return next((kind for kind, names in _KINDS.items() if plain in names), plain[:8])


def is_yes(text: str) -> bool:
    return text.strip().lower() in _YES


def template(body: str) -> bytes:
    """A workbook with the columns, two examples, and what each column takes."""
    columns = columns_of(body)
    rows: list[tuple[Any, ...]] = [tuple(title_of(name) for name in columns), *_EXAMPLES[LINES[body]]]
    said = [(_("列"), _("怎么填"))] + [
        (title_of(name), str(EXPLAINED[name])) for name in columns if name in EXPLAINED
    ]
    return workbook([(_("名册"), rows), (_("说明"), said)])


def workbook(sheets: list[tuple[str, list[tuple[Any, ...]]]]) -> bytes:
    """Sheets of (name, rows) as xlsx; the first row of each is its head. Everything is text: nothing is run
    as a formula, no area becomes a float."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
        bold, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "@"})
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            sheet.set_column(0, 20, 16, text)
            sheet.freeze_panes(1, 0)
            for n, row in enumerate(rows):
                for column, value in enumerate(row):
                    sheet.write_string(n, column, str(value), bold if n == 0 else text)
        book.close()
        return path.read_bytes()


def rows_of(roster: Roster, entries: Iterable[RosterEntry]) -> list[tuple[str, ...]]:
    """A roster in the form in which it can be imported again, without telephone numbers."""
    columns = [name for name in columns_of(roster.body) if name not in ("phone", "phones")]
    return [tuple(title_of(name) for name in columns)] + [
        tuple(_value(entry, name) for name in columns) for entry in entries
    ]


def _value(entry: RosterEntry, column: str) -> str:
    if column == "building":
        return entry.label[: -len(place)].strip() if (place := f"{entry.stair}{entry.door}") else entry.label
    if column in states.AREA_WORDS:
        return areas.show(getattr(entry, column))
    if column == "owners":
        return "、".join(person.name for person in entry.owners.all())
    if column == "owner_codes":
        return "、".join(person.code for person in entry.owners.all())
    if column == "developer":
        return "是" if entry.is_developers else ""
    if column == "kind":
        return next((names[1] for kind, names in _KINDS.items() if kind == (entry.kind or HOME)), "")
    return str(getattr(entry, column))
