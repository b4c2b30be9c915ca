"""The grid worker's day on one page: what burns, and for each thing its one next move."""

from typing import Any

from mulin.cases import moves, queries
from mulin.cases.models import Case, Exclusion, Involvement
from mulin.cases.states import Move
from mulin.desk import bar
from mulin.desk.reading.inbox import _capped, _item_rows, _items
from mulin.kernel.actors import Actor

SHOWN = 20


def today(actor: Actor) -> dict[str, Any]:
    """What waits, in order, with the next move of each case; about six statements."""
    items, waiting = _items(actor)
    rows = _item_rows(items[:SHOWN], "")
    cases = _cases(actor, [row.number for row in rows if row.number])
    found = [{"row": row, "move": _next(actor, cases.get(row.number))} for row in rows]
    return {
        "first": found[0] if found else None,
        "others": found[1:],
        "count": _capped(waiting),
        "waiting": waiting,
    }


def _cases(actor: Actor, numbers: list[str]) -> dict[str, tuple[Case, list[Involvement], Exclusion | None]]:
    cases = list(queries.visible_cases(actor).filter(number__in=numbers).select_related("exclusion"))
    involved: dict[Any, list[Involvement]] = {}
    for one in Involvement.objects.filter(case__in=cases, is_current=True):
        involved.setdefault(one.case_id, []).append(one)
    return {
        case.number: (case, involved.get(case.pk, []), getattr(case, "exclusion", None)) for case in cases
    }


def _next(
    actor: Actor, known: tuple[Case, list[Involvement], Exclusion | None] | None
) -> dict[str, Any] | None:
    """The main move of a case, ready for a thumb; None where there is only looking."""
    if known is None:
        return None
    case, involvements, exclusion = known
    possible: list[Move] = moves.possible(actor, case, involvements, exclusion)
    offered = {move.name: move for move in possible if move.tone == "main"}
    if case.state == "accepted" and case.lead_id is None and "dispatch" in offered:
        return bar.button(case, offered["dispatch"])
    main = next(iter(offered.values()), None)
    return bar.button(case, main) if main else None
