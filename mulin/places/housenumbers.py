"""Numbers in an address: building, unit, room and house number, in Chinese or Arabic digits. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

_DIGITS = {char: number for number, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
# ASCII digits only: \d would also take the digits of other scripts, which no address here is written in.
_NUMBER = r"(?P<no>\d{1,5}|[A-Za-z]\d{0,3}|[零〇一二两三四五六七八九十百]{1,5})"
BUILDING = re.compile(_NUMBER + r"(?:栋|幢|号楼|座)", re.ASCII)
_UNIT = re.compile(_NUMBER + r"单元", re.ASCII)
_HOUSE = re.compile(_NUMBER + r"号(?!楼|线|院)(?:附(?P<annex>\d+)号)?", re.ASCII)
_ROOM = re.compile(
    r"(?P<no>\d{1,2}-\d{1,2}|\d{3,4})(?:室|房|号房)?(?!\d|号|栋|幢|米|元|年|路|户|人)", re.ASCII
)
_DASHED = re.compile(
    r"(?<![\d-])(?P<b>\d{1,3})-(?P<u>\d{1,2})-(?P<r>\d{1,4}(?:-\d{1,2})?)(?![\d-])", re.ASCII
)


class Numbers(NamedTuple):
    """What an address says; empty where it says nothing. A house number may have an annex: "38-5"."""

    building: str = ""
    unit: str = ""
    room: str = ""
    house: str = ""


def arabic(number: str) -> str:
    """A building's number in one spelling: 十二 -> 12, 03 -> 3, b2 -> B2."""
    if number.isascii():
        return (number.lstrip("0") or "0") if number.isdigit() else number.upper()
    if "十" not in number and "百" not in number:
        return "".join(str(_DIGITS[char]) for char in number).lstrip("0") or "0"
    total, current = 0, 0
    for char in number:
        if char in "十百":
            total += (current or 1) * (10 if char == "十" else 100)
            current = 0
        else:
            current = _DIGITS[char]
    return str(total + current)


def read_numbers(text: str) -> Numbers:
    """Building, unit, room and house number, wherever they stand in the text (half-width digits)."""
    if match := _DASHED.search(text):
        return Numbers(match["b"], match["u"], match["r"])
    building = unit = room = house = ""
    end = 0
    if match := BUILDING.search(text):
        building, end = arabic(match["no"]), match.end()
    if match := _UNIT.search(text, end):
        unit, end = arabic(match["no"]), match.end()
    if match := _HOUSE.search(text):
        house = arabic(match["no"]) + (f"-{match['annex']}" if match["annex"] else "")
        end = max(end, match.end())
    if end and (match := _ROOM.match(text, end)):
        room = match["no"]
    return Numbers(building, unit, room, house)
