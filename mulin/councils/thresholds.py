"""Thresholds as data: "area >= 2/3 of roster and heads >= 2/3 of roster".

A threshold is a text in a rule pack, so that a city or an estate can set its own and a resident can read it:

    condition   MEASURE >= SHARE of BASE     at least ("以上" includes the number, 民法典第1259条)
                MEASURE > SHARE of BASE      more than ("过半数", "超过" exclude it)
    measure     heads, or area in integer hundredths of a square metre
    share       2/3, 3/4, 1, 60%
    base        roster      all who may vote
                present     all who came to the meeting
                took_part   all whose paper counts as taking part
                decided     all whose paper chooses something
    "none"      no condition

Several conditions are joined by "and"; all must be met. Shares are exact fractions and are compared by
multiplying integers: no division, no float. Nothing is a share of nobody: on an empty base no condition is
met.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

MEASURES = ("heads", "area")
BASES = ("roster", "present", "took_part", "decided")
NONE = "none"

_CONDITION = re.compile(
    r"(?P<measure>[a-z_]+)\s*(?P<sign>>=|>)\s*"
    r"(?P<top>\d{1,9})\s*(?:/\s*(?P<bottom>\d{1,9})|(?P<percent>%))?\s+of\s+(?P<base>[a-z_]+)"
)


class ThresholdError(ValueError):
    """A threshold that cannot be read; the message says what a readable one looks like."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. `is_strict`: more than the share, not only as much."""

    measure: str
    share: Fraction
    base: str
    is_strict: bool

    def is_met(self, part: int, whole: int) -> bool:
        """Whether `part` of `whole` reaches the share, exactly."""
        left, right = part * self.share.denominator, whole * self.share.numerator
        return whole > 0 and (left > right if self.is_strict else left >= right)

    def needed(self, whole: int) -> int:
        """The smallest integer that meets the condition."""
        exact = whole * self.share.numerator
        down = exact // self.share.denominator
        return down + 1 if self.is_strict or down * self.share.denominator != exact else down

    def is_as_strict_as(self, other: Condition) -> bool:
        """Whether meeting this one always meets the other."""
        same = (self.measure, self.base) == (other.measure, other.base)
        return same and (self.share, self.is_strict) >= (other.share, other.is_strict)

    def __str__(self) -> str:
        return f"{self.measure} {'>' if self.is_strict else '>='} {self.share} of {self.base}"


def parse(text: str) -> tuple[Condition, ...]:
    """The conditions of a threshold; () for "none". Raises ThresholdError."""
    if text.strip() == NONE:
        return ()
    return tuple(_condition(part.strip()) for part in text.split(" and "))


def _condition(text: str) -> Condition:
    found = _CONDITION.fullmatch(text)
    if not found or found["measure"] not in MEASURES or found["base"] not in BASES:
        raise ThresholdError(f"{text!r} is no threshold; write one like 'heads > 1/2 of took_part'")
    bottom = 100 if found["percent"] else int(found["bottom"] or 1)
    if not bottom or not int(found["top"]) or int(found["top"]) > bottom:
        raise ThresholdError(f"{text!r}: a share lies above 0 and is at most 1")
    strict = found["sign"] == ">"
    if strict and int(found["top"]) == bottom:
        raise ThresholdError(f"{text!r}: nothing is more than all")
    return Condition(found["measure"], Fraction(int(found["top"]), bottom), found["base"], strict)


def written(conditions: Iterable[Condition]) -> str:
    """The text of conditions, in the form that `parse` reads."""
    return " and ".join(map(str, conditions)) or NONE


def is_below(given: str, law: str) -> bool:
    """Whether a custom threshold would accept what the law's does not: each of the law's conditions must be
    met by one that is as strict, of the same measure and base."""
    own = parse(given)
    return not all(any(mine.is_as_strict_as(theirs) for mine in own) for theirs in parse(law))
