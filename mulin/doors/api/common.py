"""What several routers share: the idempotency header, cursors, numbers and places."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext_noop as _n
from ninja import Header, Query
from pydantic import Field

from mulin.kernel import clock, codes, numbers, paging
from mulin.kernel.errors import NotVisible

KeyText = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[!-~]+$")]
Key = Annotated[
    KeyText | None,
    Header(
        alias="Idempotency-Key",
        description=_n("自己取的一次性编号。同一编号再发一次，得到同一个回答，不会重复登记；一天内有效"),
    ),
]
Limit = Annotated[int, Query(ge=1, le=200, description=_n("每页条数"))]
Next = Annotated[str | None, Query(alias="cursor", max_length=400, description=_n("上一页回答里的 next"))]


def bounds(place: str) -> tuple[str, str]:
    """The range of codes inside a place; what only looks like a code is a place that does not exist."""
    if not codes.is_valid(place):
        raise NotVisible
    return codes.bounds(place)


def day_start(day: date) -> datetime:
    """Midnight of a day in the product's zone. Days before or after all records stand at their edges."""
    day = min(max(day, date(1990, 1, 1)), date(2990, 1, 1))
    return datetime(day.year, day.month, day.day, tzinfo=clock.zone())


def id_cursor(cursor: str | None) -> str | None:
    """A cursor of one id, or None for one that is not ours: the first page is shown then."""
    values = paging.decode(cursor) if cursor else None
    try:
        return cursor if values and len(values) == 1 and UUID(values[0]) else None
    except (ValueError, TypeError, AttributeError):
        return None


def known_number(number: str) -> str:
    """The number as it is stored; what cannot be a number does not exist."""
    clean = numbers.clean_number(number) if len(number) <= 20 else ""
    if not numbers.is_number(clean):
        raise NotVisible
    return clean
