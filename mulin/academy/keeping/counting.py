"""What is counted at a place, and each round of counting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.academy.keeping import access
from mulin.academy.keeping.actions import place_line
from mulin.academy.keeping.models import CountItem, CountLine, KeptPlace, PlaceCount
from mulin.academy.keeping.wording import public_words
from mulin.kernel.actors import Actor
from mulin.kernel.clock import today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError

NAME, UNIT, NOTE = 40, 8, 300
MOST_ITEMS, MOST = 40, 1_000_000


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to count, as it is written down: what, in which unit, how many there should be."""

    name: str
    unit: str = ""
    wanted: int | None = None


def set_items(*, actor: Actor, number: str, items: Sequence[Item]) -> KeptPlace:
    """What is counted from now on, in this order. What falls away keeps its history.

    Who: academy.keeping:tend. Raises no-items, too-many, twice, bad-count, text-too-long, personal-data."""
    rows = [_checked(one) for one in items]
    if not rows:
        raise ActionError("no-items", _("请写上要清点什么，一样一行。"), field="items", status=422)
    if len(rows) > MOST_ITEMS:
        raise ActionError("too-many", _("最多 %d 样。") % MOST_ITEMS, field="items", status=422)
    if len({one.name for one in rows}) < len(rows):
        raise ActionError("twice", _("有一样写了两次。"), field="items", status=422)
    with write():
        kept = access.locked_place(actor, number, access.TEND)
        kept.items.update(is_active=False)
        for position, one in enumerate(rows, 1):
            fields = {"unit": one.unit, "wanted": one.wanted, "position": position, "is_active": True}
            CountItem.objects.update_or_create(kept=kept, name=one.name, defaults=fields)
        place_line("academy.keeping.items_set", actor, kept, n=len(rows))
    return kept


def _checked(one: Item) -> Item:
    name = public_words(one.name, "items", NAME)
    if not name:
        raise ActionError("no-items", _("请写上要清点什么，一样一行。"), field="items", status=422)
    if one.wanted is not None and not 0 <= one.wanted <= MOST:
        raise ActionError("bad-count", _("请核对个数。"), field="items", status=422)
    return Item(name, public_words(one.unit, "items", UNIT), one.wanted)


def count_place(
    *, actor: Actor, number: str, found: Mapping[UUID | str, int | None], on: date | None = None,
    note: str = "",
) -> PlaceCount:  # fmt: skip
    """Write down one round: how many of each thing there were (`found`: id of the item -> number; what nobody
    counted is left out).

    Who: academy.keeping:help at the place. Raises no-items, no-count, bad-count, bad-day, personal-data."""
    on = on or today()
    if on > today():
        raise ActionError("bad-day", _("这一天还没有到，请核对。"), field="on", status=422)
    note = public_words(note, "note", NOTE)
    with write():
        kept = access.locked_place(actor, number, access.HELP)
        group = access.acting_group(actor, access.HELP, kept)
        rows = _lines(kept, found)
        made = PlaceCount.objects.create(kept=kept, org=group, on=on, note=note, counted_by=actor.account)
        CountLine.objects.bulk_create(CountLine(count=made, item=item, n=n) for item, n in rows)
        org = group.pk if group else None
        place_line("academy.keeping.counted", actor, kept, org=org, n=len(rows), on=on.isoformat())
    return made


def _lines(kept: KeptPlace, found: Mapping[UUID | str, int | None]) -> list[tuple[CountItem, int]]:
    items = {str(item.pk): item for item in kept.items.filter(is_active=True)}
    if not items:
        raise ActionError("no-items", _("还没有定要清点什么，请小组负责人先写上。"))
    rows: list[tuple[CountItem, int]] = []
    for key, n in found.items():
        item = items.get(str(key))
        if item is None or n is None:
            continue
        if not 0 <= n <= MOST:
            raise ActionError("bad-count", _("请核对个数。"), field=f"n_{item.pk}", status=422)
        rows.append((item, n))
    if not rows:
        raise ActionError("no-count", _("至少填一样。"), status=422)
    return rows


def table(kept: KeptPlace, rounds: int = 12) -> dict[str, Any]:
    """The latest rounds as a table, oldest first: `items` and `rows` of (day, cells, note), a cell for each
    item, None where it was not counted. Two statements."""
    counts = list(kept.counts.order_by("-on", "-id").prefetch_related("lines")[:rounds])[::-1]
    items = list(kept.items.order_by("-is_active", "position", "name"))
    seen = {line.item_id for count in counts for line in count.lines.all()}
    items = [item for item in items if item.is_active or item.pk in seen]
    rows = []
    for count in counts:
        n = {line.item_id: line.n for line in count.lines.all()}
        rows.append({"on": count.on, "cells": [n.get(item.pk) for item in items], "note": count.note})
    return {"items": items, "rows": rows, "latest": rows[-1] if rows else None}
