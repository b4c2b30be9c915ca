"""How old the minutes in a book are. Pure.

What leaves a book leaves from its oldest minutes. A line that takes another back gives exactly its minutes
back, with the day they had; where they are gone meanwhile, the oldest others go instead.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Move:
    """One line of a book: `key` of its posting, the amount with its sign, and the key of what it reverses."""

    key: str
    on: date
    amount: int
    reverses: str = ""


@dataclass(slots=True)
class _Lot:
    key: str
    on: date
    left: int


@dataclass(slots=True)
class _Book:
    lots: list[_Lot] = field(default_factory=list)
    taken: dict[str, list[tuple[str, date, int]]] = field(default_factory=dict)

    def put(self, key: str, on: date, amount: int) -> None:
        self.lots.append(_Lot(key, on, amount))
        self.lots.sort(key=lambda lot: lot.on)

    def take(self, key: str, amount: int, first: str = "") -> None:
        wanted = sorted(self.lots, key=lambda lot: lot.key != first) if first else self.lots
        log = self.taken.setdefault(key, [])
        for lot in wanted:
            n = min(lot.left, amount)
            if n:
                lot.left -= n
                amount -= n
                log.append((lot.key, lot.on, n))
        self.lots = [lot for lot in self.lots if lot.left]


def lots(moves: Iterable[Move]) -> list[tuple[date, int]]:
    """What is left in a book by the day it came, the oldest first; the sum is the balance (of a book that is
    never below zero). `moves`: in the order they were posted."""
    book = _Book()
    for move in moves:
        if move.amount < 0:
            book.take(move.key, -move.amount, move.reverses)
            continue
        back = book.taken.pop(move.reverses, []) if move.reverses else []
        rest = move.amount
        for key, on, n in back:
            given = min(n, rest)
            if given:
                book.put(key, on, given)
                rest -= given
        if rest:
            book.put(move.key, move.on, rest)
    days: dict[date, int] = {}
    for lot in book.lots:
        days[lot.on] = days.get(lot.on, 0) + lot.left
    return sorted(days.items())
