"""What kind of value a rule takes, how it is written in a form, and what is wrong with one.

The kind is read from the values that the packs give the same rule, so that a new rule needs no code here:
a time limit, a number, yes or no, a text, a list, a list of entries, or a table of lists. A form writes one
entry a line, its parts divided by "|"; parts that are lists are divided by commas.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mulin.kernel.errors import ActionError
from mulin.kernel.workingtime import Limit

LIMIT, WHOLE, NUMBER, YES_NO = "limit", "whole", "number", "yes_no"
TEXT, LIST, ENTRIES, TABLE, RECORD = "text", "list", "entries", "table", "record"

# Rules whose numbers mean something only within bounds; shares are bounded by what they are.
BOUNDS = {
    "people.digest_hour": (0, 23),
    "cases.urgency": (0, 3),
    "voices.urgent.treat_as_major": (0, 4),
}
_SHARE = re.compile(r"precision|probability|confidence|likeness")
_COMMA = re.compile(r"[,，、;；\n]+")
_BAR = re.compile(r"[|｜]")


@dataclass(frozen=True, slots=True)
class Shape:
    """The kind of a rule's value. `columns` of entries and records: (key, kind of what it holds)."""

    kind: str
    columns: tuple[tuple[str, str], ...] = ()
    least: float | None = None
    most: float | None = None


def wrong(message: str) -> ActionError:
    return ActionError("value-wrong", message, field="value", status=422)


def is_limit(value: Any) -> bool:
    try:
        Limit.parse(value)
    except (ValueError, TypeError):
        return False
    return isinstance(value, str)


def shape_of(name: str, values: Iterable[Any]) -> Shape:
    """The shape that the known values of a rule share. A share without any value yet is a number."""
    known = [value for value in values if value is not None]
    kind = _kind(known) if known else NUMBER if _SHARE.search(name) else TEXT
    least, most = BOUNDS.get(name, (0, 1) if _SHARE.search(name) and kind in {WHOLE, NUMBER} else (0, None))
    if (least, most) == (0, 1):
        kind = NUMBER
    columns = _columns(known) if kind in {ENTRIES, RECORD} else ()
    return Shape(kind, columns, least, most)


def _kind(known: list[Any]) -> str:
    tests = (
        (YES_NO, lambda v: isinstance(v, bool)),
        (WHOLE, lambda v: isinstance(v, int)),
        (NUMBER, lambda v: isinstance(v, int | float)),
        (LIMIT, is_limit),
        (TEXT, lambda v: isinstance(v, str)),
        (ENTRIES, lambda v: isinstance(v, list) and all(isinstance(one, Mapping) for one in v) and v != []),
        (LIST, lambda v: isinstance(v, list) and all(isinstance(one, str) for one in v)),
        (TABLE, lambda v: isinstance(v, Mapping) and all(isinstance(one, list) for one in v.values())),
        (RECORD, lambda v: isinstance(v, Mapping)),
    )
    return next((kind for kind, fits in tests if all(fits(value) for value in known)), TEXT)


def _columns(known: list[Any]) -> tuple[tuple[str, str], ...]:
    rows = [row for value in known for row in (value if isinstance(value, list) else [value])]
    keys = dict.fromkeys(key for row in rows for key in row)
    return tuple((key, _kind([row[key] for row in rows if key in row])) for key in keys)


# --- reading what was typed ---------------------------------------------------------------------------


def read(text: str, shape: Shape) -> Any:
    """The value that a person typed. ActionError (field `value`) says what is wrong and how to write it."""
    text = text.strip()
    if not text and shape.kind not in {TEXT, LIST}:
        raise wrong(_("请填写值。"))
    if shape.kind in {ENTRIES, TABLE, RECORD}:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        value = _READERS[shape.kind](lines, shape)
    else:
        value = _scalar(text, shape.kind)
    check(value, shape)
    return value


def _scalar(text: str, kind: str) -> Any:
    if kind == LIMIT:
        return _limit(text)
    if kind in {WHOLE, NUMBER}:
        return _number(text, kind)
    if kind == YES_NO:
        if text not in {"true", "false"}:
            raise wrong(_("请选“是”或“否”。"))
        return text == "true"
    return _list(text) if kind == LIST else text


def _limit(text: str) -> str:
    try:
        return str(Limit.parse(text))
    except ValueError:
        raise wrong(
            _(
                "“%(text)s”不是时限。请写数字和单位，"
                "例如 2 h（小时）、2 wh（工作小时）、5 wd（工作日）、15 d（天）、6 mo（月）。"
            )
            % {"text": text[:40]}
        ) from None


def _number(text: str, kind: str) -> int | float:
    try:
        number = float(text.replace("，", "").replace(",", ""))
    except ValueError:
        raise wrong(_("“%(text)s”不是数字。") % {"text": text[:40]}) from None
    if kind == WHOLE and number != int(number):
        raise wrong(_("请填写整数。"))
    return int(number) if number == int(number) and kind == WHOLE else number


def _list(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in _COMMA.split(text) if part.strip()))


def _entries(lines: list[str], shape: Shape) -> list[dict[str, Any]]:
    found = []
    for number, line in enumerate(lines, 1):
        parts = [part.strip() for part in _BAR.split(line)]
        if len(parts) != len(shape.columns):
            raise wrong(
                _("第 %(line)s 行有 %(n)s 段，应有 %(wanted)s 段：%(columns)s。段与段之间用“|”隔开。")
                % {"line": number, "n": len(parts), "wanted": len(shape.columns),
                   "columns": " | ".join(key for key, _kind_ in shape.columns)}
            )  # fmt: skip
        found.append(
            {key: _part(part, kind, number) for part, (key, kind) in zip(parts, shape.columns, strict=True)}
        )
    return found


def _part(text: str, kind: str, line: int) -> Any:
    try:
        return _scalar(text, kind)
    except ActionError as error:
        raise wrong(_("第 %(line)s 行：%(why)s") % {"line": line, "why": error.message}) from error


def _table(lines: list[str], shape: Shape) -> dict[str, list[str]]:
    found = {}
    for number, line in enumerate(lines, 1):
        key, bar, rest = re.sub(r"[｜：:]", "|", line, count=1).partition("|")
        if not bar or not key.strip():
            raise wrong(_("第 %(line)s 行写成“名称 | 甲, 乙”。") % {"line": number})
        found[key.strip()] = _list(rest)
    return found


def _record(lines: list[str], shape: Shape) -> dict[str, Any]:
    kinds = dict(shape.columns)
    found: dict[str, Any] = {}
    for number, line in enumerate(lines, 1):
        key, bar, rest = re.sub(r"[｜：:]", "|", line, count=1).partition("|")
        if not bar or key.strip() not in kinds:
            raise wrong(
                _("第 %(line)s 行写成“名称 | 值”，名称是：%(keys)s。")
                % {"line": number, "keys": "、".join(kinds)}
            )
        found[key.strip()] = _part(rest.strip(), kinds[key.strip()], number)
    if missing := [key for key in kinds if key not in found]:
        raise wrong(_("还缺：%(keys)s。") % {"keys": "、".join(missing)})
    return found


_READERS = {ENTRIES: _entries, TABLE: _table, RECORD: _record}


# --- writing and checking ------------------------------------------------------------------------------


def written(value: Any, shape: Shape) -> str:
    """The value as a form shows it for changing; `read` gives the same value back."""
    if value is None:
        return ""
    if shape.kind == ENTRIES:
        return "\n".join(
            " | ".join(_plain(row.get(key, "")) for key, _kind_ in shape.columns) for row in value
        )
    if shape.kind in {TABLE, RECORD}:
        return "\n".join(f"{key} | {_plain(part)}" for key, part in value.items())
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def check(value: Any, shape: Shape) -> None:
    """Whether a value has the shape of its rule. Raises ActionError `value-wrong`."""
    if value is None:
        return
    if not _fits(value, shape.kind):
        raise wrong(_("这条规则的值不是这种形式。"))
    if shape.kind == LIMIT and not Limit.parse(value).amount:
        raise wrong(_("时限要大于零。"))
    if shape.kind in {WHOLE, NUMBER}:
        _in_bounds(value, shape)
    if shape.kind == ENTRIES:
        for row in value:
            for key, kind in shape.columns:
                if key not in row or not _fits(row[key], kind):
                    raise wrong(_("“%(key)s”这一段不对。") % {"key": key})


def _fits(value: Any, kind: str) -> bool:
    if kind in {WHOLE, NUMBER}:
        return isinstance(value, int if kind == WHOLE else int | float) and not isinstance(value, bool)
    if kind in {LIST, ENTRIES}:
        inner = str if kind == LIST else Mapping
        return isinstance(value, list) and all(isinstance(one, inner) for one in value)
    if kind == LIMIT:
        return is_limit(value)
    return isinstance(value, {YES_NO: bool, TEXT: str, TABLE: Mapping, RECORD: Mapping}[kind])


def _in_bounds(value: float, shape: Shape) -> None:
    if shape.most is not None and not shape.least <= value <= shape.most:
        raise wrong(_("请填写 %(least)s 到 %(most)s 之间的数。") % {"least": shape.least, "most": shape.most})
    if shape.least is not None and value < shape.least:
        raise wrong(_("不能小于 %(least)s。") % {"least": shape.least})
