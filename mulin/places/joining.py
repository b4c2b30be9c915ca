"""For modules that join their rows when two places become one: which rows will meet."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

AT_ONCE = 500


def meeting(rows: QuerySet, mapping: Mapping[str, str], *columns: str) -> dict[tuple, list[Any]]:
    """Rows of one table that will have one place (column `place`) under `mapping` and are alike in `columns`:
    {(new place, *values): ids}, two or more; what is at the new place already first, then the oldest."""
    moving = {old: new for old, new in mapping.items() if old != new}
    found: dict[tuple, list[tuple]] = defaultdict(list)
    for place, pk, *values in _at(rows, list(moving), columns):
        found[moving[place], *values].append((1, pk))
    for place, pk, *values in _at(rows, sorted({key[0] for key in found} - moving.keys()), columns):
        if (place, *values) in found:
            found[place, *values].append((0, pk))
    return {key: [pk for _, pk in sorted(met)] for key, met in sorted(found.items(), key=str) if len(met) > 1}


def _at(rows: QuerySet, places: list[str], columns: tuple[str, ...]) -> list[tuple]:
    found: list[tuple] = []
    for start in range(0, len(places), AT_ONCE):
        part = rows.filter(place__in=places[start : start + AT_ONCE])
        found += part.order_by("pk").values_list("place", "pk", *columns)
    return found
