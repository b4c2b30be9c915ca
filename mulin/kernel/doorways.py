"""What a place says of deciding together: what one can take part in today, and what came of it.

Whatever module it comes from, in two statements: for a community's home and for the list of topics."""

from typing import Any

from mulin.kernel import registry, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.registry import Door

OPEN, OVER = 5, 3
# Read beyond what is shown: several lines of one affair become one.
READ_TIMES = 6


def doors(actor: Actor, place: str, *, most_open: int = OPEN, most_over: int = OVER) -> dict[str, Any]:
    """`now`: what is open, what ends first on top, then what is under way without anything to do; `over`:
    the latest results, one of each affair."""
    sources = registry.collect("doors")
    found = _read([one for one in sources if not one.is_over], actor, place, READ_TIMES * most_open)
    now = [one for one in found if one.takes_part]
    invited = {one.affair for one in now if one.affair}
    now += [one for one in found if not one.takes_part and one.affair not in invited]
    over: dict[str, Door] = {}
    for one in _read(
        [one for one in sources if one.is_over], actor, place, READ_TIMES * most_over, latest=True
    ):
        over.setdefault(one.affair or one.url, one)
    return {"now": now[:most_open], "over": _mixed(list(over.values()), most_over)}


def _mixed(found: list[Door], most: int) -> list[Door]:
    """The latest of each kind before a second of one: three surveys must not hide a resolution."""
    first = {str(one.kind): one for one in reversed(found)}
    chosen = [one for one in found if one in first.values()]
    chosen += [one for one in found if one not in chosen]
    return sorted(chosen[:most], key=found.index)


def _read(sources: list, actor: Actor, place: str, most: int, *, latest: bool = False) -> list[Door]:
    rows = waiting.first([one.rows(actor, place) for one in sources], most, latest=latest)
    said = (sources[row.source].item(row) for row in rows)
    return [one for one in said if one is not None]
