"""What other modules ask of the cases of their matters: how far they are, and to send one to a unit."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from mulin.cases import base, moves
from mulin.cases.models import Case
from mulin.cases.states import STATES
from mulin.kernel.actors import Actor


def progress_of(matters: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Matter -> {number, state, word (as a neighbour would say it), is_open, outcome}; one statement.

    A matter without a case is not among them."""
    rows = Case.objects.filter(matter__in=list(matters))
    return {
        matter: {
            "number": number,
            "state": state,
            "word": str(STATES[state][1]),
            "is_open": is_open,
            "outcome": outcome,
        }
        for matter, number, state, is_open, outcome in rows.values_list(
            "matter", "number", "state", "is_open", "outcome"
        )
    }


def send(*, actor: Actor, number: str, org: UUID) -> None:
    """Accept a fresh case and dispatch it to a unit, with all the rights that takes; nothing where the rules
    of its category have sent it somewhere already. Raises what the two moves raise."""
    case = base.find(number)
    if case is None or case.state not in ("reported", "found", "accepted"):
        return
    if case.state != "accepted":
        moves.perform("accept", actor=actor, number=number)
    moves.perform("dispatch", actor=actor, number=number, org=org)
