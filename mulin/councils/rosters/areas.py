"""Areas as people write them, in integers of 0.01 m². Pure: no float is ever made of one."""

import re
import unicodedata

_AREA = re.compile(r"(\d+)(?:\.(\d*))?")
_UNIT = re.compile(r"(平方米|平米|㎡|m2|m²|m\^2)$", re.IGNORECASE)
MOST = 100_000_000  # a million square metres


class AreaError(ValueError):
    """What was written is no area; `code` says why: not-a-number, too-fine, not-positive, too-large."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def parse(text: str) -> int | None:
    """`89.34`, `１０８９.３ ㎡` or `1,089.3` in 0.01 m²; None where nothing was written. AreaError for the
    rest: a third decimal that is not zero is refused, not rounded."""
    plain = "".join(unicodedata.normalize("NFKC", text or "").split()).replace(",", "")
    plain = _UNIT.sub("", plain)
    if not plain:
        return None
    found = _AREA.fullmatch(plain)
    if not found:
        raise AreaError("not-a-number")
    whole, rest = found[1], (found[2] or "").rstrip("0")
    if len(rest) > 2:
        raise AreaError("too-fine")
    area = int(whole) * 100 + int(rest.ljust(2, "0"))
    if area <= 0:
        raise AreaError("not-positive")
    if area > MOST:
        raise AreaError("too-large")
    return area


def show(area: int | None) -> str:
    """`8934` as `89.34`; an empty text for None."""
    return "" if area is None else f"{area // 100}.{area % 100:02d}"


def cell(value: object) -> str:
    """A spreadsheet's cell as text. A number that Excel keeps as 89.34000000000001 is the 89.34 that was
    typed; one that differs by more keeps its digits and is refused by `parse`."""
    if isinstance(value, float):
        if value.is_integer():
            return str(int(value))
        return f"{value:.2f}" if abs(round(value, 2) - value) < 1e-9 else repr(value)
    return "" if value is None else str(value)
