"""Keyset pages: a page never counts or skips, so the last page costs what the first does."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from operator import attrgetter, or_
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet

from mulin.kernel.db import one_of


@dataclass(frozen=True, slots=True)
class Page:
    """`items`, and the cursor of the next page (None at the end)."""

    items: list[Any]
    next: str | None


def encode(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values, default=str).encode()).decode().rstrip("=")


def decode(cursor: str) -> list[Any] | None:
    """None when the cursor is not one of ours: the first page is shown instead of an error."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, list) else None


def page(
    queryset: QuerySet,
    *,
    order: tuple[str, ...],
    size: int = 50,
    cursor: str | None = None,
    branches: Sequence[Q] = (),
    shown: QuerySet | None = None,
) -> Page:
    """One page of a queryset ordered by `order` (a leading '-' descends), whose last field is unique.

    The ordering fields must not be null; they may lie in a related row (`org__name`). A cursor whose values
    do not fit them gives the first page. `branches` are conditions of which every row meets one: where each
    of them has an index in the order of the list, but no index serves their OR, each gives its own first
    rows, and the page is taken from those. `shown` is what the rows are read from, by key:
    so only keys are sorted, not wide rows with all that is joined to them.
    """
    values = decode(cursor) if cursor else None
    fitting = _fitting(queryset.model, order, values) if values else None
    if fitting:
        queryset = queryset.filter(after(order, fitting))
    if branches:
        keys = queryset.order_by(*order).values_list("pk", flat=True)
        first = [one_of("pk", keys.filter(one)[: size + 1]) for one in branches]
        queryset = queryset.filter(reduce(or_, first))
    if shown is not None:
        queryset = shown.filter(pk__in=queryset.order_by(*order).values("pk")[: size + 1])
    rows = list(queryset.order_by(*order)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    last = [attrgetter(name.lstrip("-").replace("__", "."))(rows[-1]) for name in order] if more else None
    return Page(rows, encode(last) if last else None)


def _fitting(model: type[Model], order: tuple[str, ...], values: list[Any]) -> list[Any] | None:
    """The values as their columns hold them; None for those of another list, or made up."""
    try:
        return [_fit(model, name, value) for name, value in zip(order, values, strict=True)]
    except (ValidationError, ValueError, TypeError, AttributeError, OverflowError):
        return None


def _fit(model: Any, name: str, value: Any) -> Any:
    *through, last = name.lstrip("-").split("__")
    for step in through:
        model = model._meta.get_field(step).related_model
    if not isinstance(value, str | int | float) or "\0" in str(value):
        raise ValueError(f"{value!r} is no place in a list")
    try:
        found = model._meta.get_field(last).to_python(value)
    except FieldDoesNotExist:  # computed by the query
        return value
    if isinstance(found, datetime):
        found.astimezone(UTC)  # as the database will: an early or a late year has no such moment
    return found


def after(order: tuple[str, ...], values: list[Any]) -> Q:
    """Rows that come after the given values: (a > x) or (a = x and b > y) …"""
    condition = Q()
    equal: dict[str, Any] = {}
    for field, value in zip(order, values, strict=True):
        name = field.lstrip("-")
        beyond = {f"{name}__{'lt' if field.startswith('-') else 'gt'}": value}
        condition |= Q(**equal, **beyond)
        equal[name] = value
    return condition
