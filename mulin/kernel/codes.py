"""Place codes: how a code nests, and which range of codes lies inside a place.

Divisions use the 12-digit statistical code (2 digits province, 4 city, 6 district, 9 street,
12 community). Below a community, things have a sub-code that does not spell the grid, because grids are
redrawn: ``500108106003-B012`` building, ``-E02`` estate, ``-C01`` courtyard, ``-G004`` grid,
``-M0041`` micro-grid.

Everything here is pure string work. A code proves *where* a place lies, not *what* it is: the type of a
division is stored beside it, since a few cities have no districts and lend their own code to one.
"""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

COUNTRY = "000000000000"


class Level(IntEnum):
    """How deep a code reaches; for divisions the number is the count of significant digits."""

    COUNTRY = 0
    PROVINCE = 2
    CITY = 4
    DISTRICT = 6
    STREET = 9
    COMMUNITY = 12
    ESTATE = 13
    COURTYARD = 14
    GRID = 15
    MICRO_GRID = 16
    BUILDING = 17


DIVISION_LEVELS = (Level.PROVINCE, Level.CITY, Level.DISTRICT, Level.STREET, Level.COMMUNITY)

# Letter of a sub-code -> its level and the fewest and most digits of its number.
# 5 digits at most: DB6101-T 3185-2024 numbers buildings up to 99999.
_LETTERS = {
    "E": (Level.ESTATE, 2, 5),
    "C": (Level.COURTYARD, 2, 5),
    "G": (Level.GRID, 3, 5),
    "M": (Level.MICRO_GRID, 4, 5),
    "B": (Level.BUILDING, 3, 5),
}
LETTER_OF = {level: letter for letter, (level, _, _) in _LETTERS.items()}
_SIZES = (2, 4, 6, 9, 12)


class Code(NamedTuple):
    """A place code taken apart. ``prefix`` is the part that all codes inside the place share."""

    text: str
    base: str
    level: Level
    prefix: str
    serial: int | None


def _division_prefix(base: str) -> str:
    """The significant digits of a full 12-digit code (empty for the whole country)."""
    if base[9:] != "000":
        return base
    if base[6:9] != "000":
        return base[:9]
    if base[4:6] != "00":
        return base[:6]
    if base[2:4] != "00":
        return base[:4]
    return "" if base == COUNTRY else base[:2]


def _parse_sub(code: str, base: str, tail: str) -> Code:
    letter, digits = tail[:1], tail[1:]
    if letter not in _LETTERS:
        raise ValueError(
            f"place code {code!r}: behind the dash: one of {', '.join(_LETTERS)} and digits, not {tail!r}"
        )
    level, least, most = _LETTERS[letter]
    if not (digits.isascii() and digits.isdigit() and least <= len(digits) <= most):
        raise ValueError(f"place code {code!r}: {letter} needs {least} to {most} digits, not {digits!r}")
    if len(_division_prefix(base)) != 12:
        raise ValueError(f"place code {code!r}: a sub-code hangs on a community, and {base} is not one")
    return Code(code, base, level, code, int(digits))


@lru_cache(maxsize=65536)
def parse(code: str) -> Code:
    """Take a full code or sub-code apart; raises ValueError that says what is wrong with it."""
    if not isinstance(code, str):
        raise ValueError(f"a place code is text, not {type(code).__name__}")
    base, dash, tail = code.partition("-")
    if not (base.isascii() and base.isdigit()):
        raise ValueError(f"place code {code!r}: only digits may stand before the dash")
    if len(base) != 12:
        raise ValueError(f"place code {code!r}: 12 digits are needed, {len(base)} were given")
    if dash:
        return _parse_sub(code, base, tail)
    prefix = _division_prefix(base)
    if base[:2] == "00" and prefix:
        raise ValueError(f"place code {code!r}: no province has the number 00")
    return Code(code, base, Level(len(prefix)), prefix, None)


def is_valid(code: str) -> bool:
    """Whether `parse` would accept the code."""
    try:
        parse(code)
    except ValueError:
        return False
    return True


def pad(code: str) -> str:
    """Fill a short division code (2, 4, 6 or 9 digits) with zeros to the full 12; sub-codes stay."""
    base, dash, tail = code.partition("-")
    if not dash and (len(base) not in _SIZES or not (base.isascii() and base.isdigit())):
        raise ValueError(f"division code {code!r}: 2, 4, 6, 9 or 12 digits are needed")
    full = base.ljust(12, "0") + dash + tail
    return parse(full).text


def short(code: str) -> str:
    """The significant digits of a division code (``500108000000`` -> ``500108``); a sub-code stays whole."""
    return parse(code).prefix


def level(code: str) -> Level:
    """The deepest level that the code names."""
    return parse(code).level


def make(community: str, kind: Level, serial: int) -> str:
    """The sub-code of the ``serial``-th thing of a kind in a community: ``make("500108106003", GRID, 4)``."""
    letter = LETTER_OF.get(kind)
    if letter is None:
        raise ValueError(f"{kind.name} has no letter: only things below a community have sub-codes")
    return parse(f"{community}-{letter}{serial:0{_LETTERS[letter][1]}d}").text


@lru_cache(maxsize=65536)
def bounds(code: str) -> tuple[str, str]:
    """Half-open range (low, high): exactly the full codes x inside the place have low <= x < high.

    The order is plain byte order (in PostgreSQL: collation "C"). Sub-codes sort directly behind their
    community because "-" comes before every digit.
    """
    parsed = parse(code)
    if parsed.serial is not None:
        return code, code + "!"  # "!" sorts before every character that may follow in a longer number
    if not parsed.prefix:
        return "0", ":"  # ":" follows "9"
    head = parsed.prefix
    after = str(int(head) + 1)
    # 99 has no successor of the same length; ":" stands for "ten" in byte order.
    high = after.ljust(12, "0") if len(after) == len(head) else ":"
    return parsed.base, high


def contains(outer: str, inner: str) -> bool:
    """Whether ``inner`` lies in ``outer`` or is the same place."""
    low, high = bounds(outer)
    return low <= parse(inner).text < high


@lru_cache(maxsize=65536)
def _parents(code: str) -> tuple[str, ...]:
    parsed = parse(code)
    found: list[str] = []
    limit = 13 if parsed.serial is not None else len(parsed.prefix)
    for size in _SIZES:
        if size >= limit:
            break
        full = parsed.base[:size].ljust(12, "0")
        # A city that lends its code to its only district would otherwise come twice.
        if full != code and (not found or found[-1] != full):
            found.append(full)
    return tuple(found)


def parents(code: str) -> list[str]:
    """The divisions that hold the place, from the province down, without the place itself."""
    return list(_parents(code))


def chain(code: str) -> list[str]:
    """From the whole country over all parents down to the place itself."""
    return list(dict.fromkeys([COUNTRY, *_parents(code), code]))


def parent(code: str) -> str | None:
    """The division directly above by digits; None for a province and for the country."""
    above = _parents(code)
    return above[-1] if above else None


def _cut(code: str, size: int) -> str | None:
    parsed = parse(code)
    if parsed.serial is None and len(parsed.prefix) < size:
        return None
    return parsed.base[:size].ljust(12, "0")


def community(code: str) -> str | None:
    """The 12-digit community that holds the place; None when the code names something larger."""
    return _cut(code, 12)


def street(code: str) -> str | None:
    """The street or town that holds the place; None when the code names something larger."""
    return _cut(code, 9)


def district(code: str) -> str | None:
    """The district or county that holds the place; None when the code names something larger."""
    return _cut(code, 6)


def city(code: str) -> str | None:
    """The city that holds the place; None for a province and for the country."""
    return _cut(code, 4)


def province(code: str) -> str | None:
    """The province that holds the place; None for the country."""
    return _cut(code, 2)
