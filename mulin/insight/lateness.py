"""How many cases are overdue: counted from the index of open cases, since time passes without an action.

A district or a larger place may have tens of thousands of them, and its board would count them all for each
viewer. So the worker counts them every half minute, street by street (`count_late`), and boards of such
places read its figures as long as they are fresh; else, and for streets and communities, the index is asked.
"""

from collections import defaultdict
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Concat, Substr

from mulin.cases.base import Unindexed
from mulin.cases.models import Case
from mulin.cases.queries import overdue
from mulin.insight.models import LateCount
from mulin.kernel import clock, codes, counters
from mulin.kernel.db import is_postgres, write

ZEROS = "000000000000"
EVERY = 30
# Older figures are not shown: the worker is away, and the board counts for itself.
FRESH_SECONDS = 90
ALL = ""  # the row that says when the worker counted, also where nothing is overdue


class Overdue:
    """How many cases are overdue in a place, read in one statement and summed for whatever lies inside.

    Overdue means the same as in the desk's list. `finest` is the deepest level that will be asked for.
    """

    def __init__(self, place: str, finest: int):
        self.rows = _counted(place, finest)
        if self.rows is None:
            self.rows = dict(_grouped(_late(place), finest))

    def inside(self, place: str, child_level: int = 0) -> dict[str, int]:
        """{"": in the place, code: in a child}. A case that lies in none of the children counts for the place
        only."""
        found: dict[str, int] = defaultdict(int)
        low, high = codes.bounds(place)
        for node, n in self.rows.items():
            if not low <= node < high and node:
                continue
            found[""] += n
            child = _child(node, child_level)
            if child not in {"", place}:
                found[child] += n
        return found


def count_late() -> int:
    """What the worker does: count what is overdue now in every street; returns how many streets there are."""
    moment = clock.now()
    rows = dict(_grouped(Case.objects.filter(overdue(moment)), codes.Level.STREET))
    made = [LateCount(place=place, n=n, counted_at=moment) for place, n in rows.items()]
    with write():
        LateCount.objects.all().delete()
        LateCount.objects.bulk_create(
            [*made, LateCount(place=ALL, n=sum(rows.values()), counted_at=moment)], batch_size=500
        )
    return len(rows)


def _counted(place: str, finest: int) -> dict[str, int] | None:
    """The worker's figures by street; None where they do not serve or are not fresh."""
    if "-" in place or codes.level(place) > codes.Level.DISTRICT or finest > codes.Level.STREET:
        return None
    low, high = codes.bounds(place)
    fresh = LateCount.objects.filter(counted_at__gte=clock.ago(seconds=FRESH_SECONDS))
    inside = Q(place__gte=low, place__lt=high)
    rows = dict(fresh.filter(inside | Q(place=ALL)).values_list("place", "n"))
    if not rows:
        return None
    rows.pop(ALL, None)
    return rows


def _grouped(rows: QuerySet[Case], finest: int) -> QuerySet:
    """(node, how many) at a level. Rows are counted, not ids: those stand in the index."""
    return rows.annotate(node=_node(finest)).order_by().values("node").annotate(n=Count("*")).values_list(
        "node", "n"
    )  # fmt: skip


def _late(place: str) -> QuerySet[Case]:
    """Overdue cases in a place, by the index that is the shorter one: of what is overdue anywhere for a
    district and larger places, of what is open there for smaller ones."""
    rows = Case.objects.filter(overdue(clock.now()))
    if "-" in place:
        return rows.filter(grid=place)
    low, high = codes.bounds(place)
    if codes.level(place) > codes.Level.DISTRICT or is_postgres():
        return rows.filter(place__gte=low, place__lt=high)
    # SQLite takes any range for a short one; hidden from its planner, the place is filtered behind the clock.
    return rows.alias(inside=Unindexed(F("place"))).filter(inside__gte=low, inside__lt=high)


def _node(level: int) -> Any:
    if level == counters.GRID_LEVEL:
        return F("grid")
    return Concat(Substr("place", 1, level), Value(ZEROS[level:]))


def _child(node: str, level: int) -> str:
    if level == counters.GRID_LEVEL:
        return node
    return node[:level] + ZEROS[level:] if level else ""
