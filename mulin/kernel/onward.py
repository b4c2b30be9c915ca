"""Lists that go on: the rows of one page, and the addresses of the next page and of the first.

The place in the list stands in the address beside whatever narrows it, so that filters stay while pages turn.
`kernel/parts/onward.html` shows the two buttons.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from mulin.kernel import paging

SIZE = 100


@dataclass(frozen=True, slots=True)
class Onward:
    """`rows` of one page; addresses (query strings) of the next page and of the first one, "" where there is
    none or where it is this one."""

    rows: list[Any]
    next: str = ""
    first: str = ""


def onward(
    request: HttpRequest,
    found: QuerySet,
    *,
    order: tuple[str, ...],
    size: int = SIZE,
    name: str = "after",
    **more: Any,
) -> Onward:
    """The page of a list that the address asks for; `order` and `more` as for `paging.page`. `name`: the key
    of the address, another one for each list of a page. What is no place in this list is its beginning."""
    cursor = request.GET.get(name, "")
    try:
        page = paging.page(found, order=order, size=size, cursor=cursor or None, **more)
    except (ValidationError, ValueError, TypeError):  # of another list, or typed
        cursor, page = "", paging.page(found, order=order, size=size, **more)
    return Onward(page.items, _address(request, name, page.next or ""), _first(request, name, cursor))


def sliced(request: HttpRequest, rows: Sequence[Any], *, size: int = SIZE, name: str = "after") -> Onward:
    """The same for rows that stand in memory in an order that no database knows."""
    typed = request.GET.get(name, "")
    start = int(typed) if typed.isdecimal() and len(typed) < 7 else 0
    rest = rows[start : start + size + 1]
    following = _address(request, name, str(start + size)) if len(rest) > size else ""
    return Onward(list(rest[:size]), following, _first(request, name, str(start) if start else ""))


def _first(request: HttpRequest, name: str, cursor: str) -> str:
    if not cursor:
        return ""
    query = request.GET.copy()
    query.pop(name, None)
    return f"?{query.urlencode()}"


def _address(request: HttpRequest, name: str, cursor: str) -> str:
    if not cursor:
        return ""
    query = request.GET.copy()
    query[name] = cursor
    return f"?{query.urlencode()}"
