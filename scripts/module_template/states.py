"""The states of a record and the moves between them, as one table. No state is changed anywhere else."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

OPEN, CLOSED = "open", "closed"

# state: (word, tone of the badge)
STATES = {OPEN: (_("进行中"), "wait"), CLOSED: (_("已结束"), "done")}


@dataclass(frozen=True, slots=True)
class Move:
    """A move of the table: the word on its button, the states it may start from, where it leads."""

    name: str
    title: object
    sources: frozenset[str]
    to: str


MOVES = {
    "close": Move("close", _("结束"), frozenset({OPEN}), CLOSED),
    # Closed by mistake is undone, not written a second time.
    "reopen": Move("reopen", _("重新开始"), frozenset({CLOSED}), OPEN),
}


def moves_from(state: str) -> list[Move]:
    """The moves that a state allows, in the order of the table."""
    return [move for move in MOVES.values() if state in move.sources]
