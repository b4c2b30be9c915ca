"""What several routers share: the idempotency header, cursors, numbers and places."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from ninja import Header, Query
from pydantic import Field

from mulin.kernel import codes, numbers, paging
from mulin.kernel.errors import ActionError, NotVisible

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


def own_cursor(cursor: str | None, *checks: Callable[[Any], bool]) -> str | None:
    """A cursor of ours, whose values pass these checks in turn; None when none was given.

    One that was changed or belongs to another list is refused (400): whoever got the first page instead
    would read it for ever.
    """
    if not cursor:
        return None
    values = paging.decode(cursor)
    try:
        is_ours = values is not None and all(check(v) for check, v in zip(checks, values, strict=True))
    except (ValueError, TypeError, AttributeError, OverflowError):
        is_ours = False
    if not is_ours:
        text = _("这个 cursor 不是这份清单上一页给的。请从第一页读起。")
        raise ActionError("bad-cursor", text, field="cursor", status=400)
    return cursor


def is_id(value: Any) -> bool:
    return isinstance(value, str) and bool(UUID(value))


def is_count(value: Any) -> bool:
    """A whole number that both databases can hold."""
    return type(value) is int and 0 <= value < 2**62


def is_small(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**15


def is_moment(value: Any) -> bool:
    if not isinstance(value, str) or (moment := datetime.fromisoformat(value)).tzinfo is None:
        return False
    return bool(moment.astimezone(UTC))


def known_number(number: str) -> str:
    """The number as it is stored; what cannot be a number does not exist."""
    clean = numbers.clean_number(number) if len(number) <= 20 else ""
    if not numbers.is_number(clean):
        raise NotVisible
    return clean
