"""Reading a file of voices: csv, csv.gz or xlsx, headers in Chinese or English, one row at a time.

Pure: paths in, rows out. A row is (line number as a person counts it, {column: text}).
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO

COLUMNS = {
    "id": ("id", "编号", "留言编号", "工单编号", "序号"),
    "user": ("user", "用户", "留言用户"),
    "subject": ("subject", "title", "主题", "留言主题", "标题"),
    "time": ("time", "created", "时间", "留言时间", "反映时间", "来电时间"),
    "body": ("body", "text", "正文", "留言详情", "内容", "反映内容", "诉求内容", "详情"),
    "dislikes": ("dislikes", "反对数"),
    "likes": ("likes", "点赞数"),
    "place": ("place", "地点", "社区", "区划代码", "所属社区"),
    "address": ("address", "地址", "详细地址"),
    "kind": ("kind", "种类", "诉求种类", "诉求类型"),
    "category": ("category", "类别", "诉求类别", "分类"),
    "lon": ("lon", "lng", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "contact": ("contact", "phone", "联系方式", "电话", "联系电话"),
    "channel": ("channel", "渠道", "来源"),
}
_KNOWN = {name.lower(): column for column, names in COLUMNS.items() for name in names}
Row = tuple[int, dict[str, str]]

csv.field_size_limit(10_000_000)


class FileError(ValueError):
    """The file as a whole cannot be read; `code` says why."""

    def __init__(self, code: str, detail: str = ""):
        super().__init__(code, detail)
        self.code, self.detail = code, detail


def columns_of(header: list[str]) -> list[str]:
    """Our names for a header row; unknown columns get an empty name. FileError when there is no text."""
    found = [_KNOWN.get(str(name).strip().lower(), "") for name in header]
    if "body" not in found and "subject" not in found:
        raise FileError("no-text-column", ", ".join(str(name) for name in header))
    return found


@contextmanager
def _text(path: Path) -> Iterator[IO[str]]:
    """The file as text: gzipped or not, UTF-8 with or without a mark, or GB18030 as Excel saves it here."""
    with path.open("rb") as raw:
        is_gzip = raw.read(2) == b"\x1f\x8b"
    with gzip.open(path, "rb") if is_gzip else path.open("rb") as binary:
        encoding = _encoding(binary)
        binary.seek(0)
        with io.TextIOWrapper(binary, encoding=encoding, errors="replace", newline="") as text:
            yield text


def _encoding(binary: IO[bytes]) -> str:
    """UTF-8 unless the first part of the file is not; a character cut at the end of the part is forgiven."""
    head = binary.read(65536)
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return "gb18030"
    return "utf-8-sig"


def _csv_rows(path: Path) -> Iterator[Row]:
    try:
        with _text(path) as text:
            reader = csv.reader(text)
            columns = columns_of(next(reader, []))
            line = reader.line_num + 1
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield line, _named(columns, cells)
                line = reader.line_num + 1
    except (csv.Error, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FileError("unreadable", str(error)) from error


def _xlsx_rows(path: Path) -> Iterator[Row]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    except (CalamineError, OSError) as error:
        raise FileError("unreadable", str(error)) from error
    rows = iter(sheet.iter_rows())
    columns = columns_of([_cell(cell) for cell in next(rows, [])])
    for line, cells in enumerate(rows, 2):
        values = [_cell(cell) for cell in cells]
        if any(value.strip() for value in values):
            yield line, _named(columns, values)


def _cell(value: object) -> str:
    """A cell as text: whole numbers without a point, times as ISO 8601."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    return "" if value is None else str(value)


def _named(columns: list[str], cells: list[str]) -> dict[str, str]:
    return {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if name}


def read(path: Path | str) -> Iterator[Row]:
    """The rows of a file; FileError when it is none of the three kinds or has no column with a text."""
    path = Path(path)
    if not path.is_file():
        raise FileError("no-file", str(path))
    with path.open("rb") as raw:
        is_zip = raw.read(4) == b"PK\x03\x04"
    yield from _xlsx_rows(path) if is_zip else _csv_rows(path)


def count(path: Path | str) -> int:
    """How many rows `read` will give, for progress."""
    return sum(1 for _ in read(path))


def parse_time(text: str) -> datetime | None:
    """A moment as people and Excel write it; None when empty. ValueError when it is not one."""
    text = text.strip()
    if not text:
        return None
    text = (
        text.replace("年", "-").replace("月", "-").replace("日", " ").replace("/", "-").replace(".", "-", 2)
    )
    day, _, clock = text.strip().partition("T" if "T" in text else " ")
    year, month, date_of_month = (int(part) for part in day.split("-"))
    clock = clock.strip()
    if clock.count(":") == 0 and clock:
        clock += ":00"
    if clock and clock.index(":") == 1:
        clock = "0" + clock
    moment = f"{year:04d}-{month:02d}-{date_of_month:02d}" + (f"T{clock}" if clock else "")
    return datetime.fromisoformat(moment)
