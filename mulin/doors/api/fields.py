"""Types of what comes in. Strict where JSON has a type of its own: "1" is no number and 1 no yes.

Texts lose the characters that no database or XML can hold (NUL, lone surrogates, control characters)
instead of being refused for them.
"""

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, WithJsonSchema

from mulin.kernel import clock

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
UUID_PATTERN = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
PLACE_PATTERN = r"^[0-9]{12}(-[ECGMB][0-9]{2,5})?$"


def printable(text: str) -> str:
    """The text without characters that cannot be stored."""
    return _UNPRINTABLE.sub("", text)


def printable_deep(value: Any) -> Any:
    """The same for every text inside a JSON value."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [printable_deep(v) for v in value]
    if isinstance(value, dict):
        return {printable(k): printable_deep(v) for k, v in value.items()}
    return value


class Body(BaseModel):
    """Base of request bodies: a field that nobody knows is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")


def words(longest: int, shortest: int = 0) -> Any:
    """A text of at most so many characters."""
    return Annotated[str, Field(min_length=shortest, max_length=longest), AfterValidator(printable)]


def _date(value: Any) -> Any:
    if value is None or isinstance(value, date):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("a date is written 2026-01-31")
    return date.fromisoformat(value)


def _moment(value: Any) -> Any:
    if value is None or isinstance(value, datetime):
        return value
    if not isinstance(value, str) or "T" not in value.upper():
        raise ValueError("a moment is written 2026-01-31T08:00:00+08:00")
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.zone())


Day = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
Moment = Annotated[
    datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})
]
YesNo = Annotated[bool, Strict()]
Lon = Annotated[float, Strict(), Field(ge=-180, le=180)]
Lat = Annotated[float, Strict(), Field(ge=-90, le=90)]
Place = Annotated[str, Field(pattern=PLACE_PATTERN, examples=["500108002005"])]
Id = Annotated[str, Field(pattern=UUID_PATTERN)]
