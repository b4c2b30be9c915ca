"""How support grew: a row for each building and day on which something changed. Figures only."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.db.models import Count

from mulin.councils.canvasses.models import Canvass, CanvassDay
from mulin.councils.chains import STANCES
from mulin.kernel import suppression
from mulin.kernel.clock import today


def standing(canvass: Canvass, buildings: Collection[str] | None = None) -> dict[str, dict[str, int]]:
    """building -> stance -> households, as it is now; of a canvass that has ended, as it was then."""
    if canvass.state == "ended":
        return canvass.final.get("buildings", {})
    rows = canvass.households.order_by()
    if buildings is not None:
        rows = rows.filter(building__in=buildings)
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(STANCES, 0))
    for building, stance, n in rows.values_list("building", "stance").annotate(n=Count("id")):
        found[building][stance] = n
    return dict(found)


def snapshot(canvass: Canvass, buildings: Collection[str] | None = None) -> None:
    """Keep how these buildings (or all) stand today. Runs inside the action that changed something, with the
    canvass locked, so that two at once do not count past each other."""
    rows = [
        CanvassDay(canvass=canvass, building=building, on=today(), **counts)
        for building, counts in standing(canvass, buildings).items()
    ]
    CanvassDay.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["canvass", "building", "on"], update_fields=list(STANCES),
        batch_size=1_000,
    )  # fmt: skip


def steps(canvass: Canvass) -> dict[str, dict[date, dict[str, int]]]:
    """building -> day -> stance -> households, on the days on which something changed. One statement."""
    found: dict[str, dict[date, dict[str, int]]] = defaultdict(dict)
    rows = canvass.days.order_by("on").values_list("building", "on", *STANCES)
    for building, on, *counts in rows:
        found[building][on] = dict(zip(STANCES, counts, strict=True))
    return dict(found)


def days_of(found: dict[str, dict[date, dict[str, int]]], most: int = 24) -> list[date]:
    """The days at which a curve is drawn: all, or so many spread evenly, always the first and the last."""
    days = sorted({day for by_day in found.values() for day in by_day})
    if len(days) <= most:
        return days
    return [days[round(i * (len(days) - 1) / (most - 1))] for i in range(most)]


def at(by_day: dict[date, dict[str, int]], day: date) -> dict[str, int] | None:
    """How a building stood at the end of a day; None before it was on the list."""
    known = [one for one in by_day if one <= day]
    return by_day[max(known)] if known else None


def whole(canvass: Canvass) -> dict[str, dict[str, int]]:
    """building -> stance -> households by the figures that are kept: the last day of each building."""
    found = {}
    for building, by_day in steps(canvass).items():
        found[building] = by_day[max(by_day)]
    return found


def pool_small(canvass: Canvass) -> None:
    """At the end, when households are erased: the figures of a house with one door would still say what that
    door said. Buildings with few households become one row without a name, large enough to hide them."""
    snapshot(canvass)
    history = steps(canvass)
    sizes = {code: sum(by_day[max(by_day)].values()) for code, by_day in history.items()}
    pool = {code for code, n in sizes.items() if n < suppression.LIMIT}
    if not pool:
        return
    pool |= {""} & sizes.keys()
    for code in sorted(sizes.keys() - pool, key=lambda code: sizes[code]):
        if sum(sizes[one] for one in pool) >= suppression.LIMIT:
            break
        pool.add(code)
    days = sorted({day for code in pool for day in history[code]})
    rows = []
    for day in days:
        then = [row for code in pool if (row := at(history[code], day))]
        counts = {stance: sum(row[stance] for row in then) for stance in STANCES}
        rows.append(CanvassDay(canvass=canvass, building="", on=day, **counts))
    canvass.days.filter(building__in=pool).delete()
    CanvassDay.objects.bulk_create(rows, batch_size=1_000)
