"""Among plans that serve equally many, which is fairer among ages and themes? Pure.

Every age and every theme is a class of wishes. The first tenth of a class that is served counts ten times
the class's weight a wish, the next tenth nine times, and so on: the next wish helps most where the smallest
share is served.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mulin.academy.timetable.instance import Instance

STEPS = 10


@dataclass(frozen=True, slots=True)
class Class:
    """`kind` is "age" or "theme"; `orders` are positions in the instance."""

    kind: str
    name: str
    weight: int
    orders: tuple[int, ...]

    def steps(self, served: int = 0) -> list[tuple[int, int]]:
        """(how many wishes, worth of each) beyond so many that are served, falling."""
        found, before, total = [], 0, len(self.orders)
        for step in range(STEPS):
            until = -(-total * (step + 1) // STEPS)
            many = until - max(before, served)
            if many > 0:
                found.append((many, (STEPS - step) * self.weight))
            before = until
        return found

    def worth(self, served: int) -> int:
        found = 0
        for many, worth in self.steps():
            part = min(many, served)
            found, served = found + part * worth, served - part
        return found


def classes_of(instance: Instance) -> list[Class]:
    found: dict[tuple[str, str], list[int]] = {}
    for at, order in enumerate(instance.orders):
        found.setdefault(("age", order.age), []).append(at)
        found.setdefault(("theme", order.theme), []).append(at)
    weights = {"age": instance.age_weights, "theme": instance.theme_weights}
    return [
        Class(kind, name, weights[kind].get(name, 1), tuple(orders))
        for (kind, name), orders in sorted(found.items())
    ]


def fairness(classes: list[Class], served: Iterable[int]) -> int:
    """The worth of what is served, all classes together."""
    there = set(served)
    return sum(one.worth(len(there.intersection(one.orders))) for one in classes)
