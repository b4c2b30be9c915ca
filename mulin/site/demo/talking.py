"""People in a conversation of the demo: what they say of each statement, and what they write."""

import random
from collections.abc import Callable, Iterable, Sequence

from mulin.councils.conversations import answering
from mulin.kernel.actors import ANONYMOUS

PASSES = 0.06
FEWEST, LEFT_OUT = 7, 4  # statements that one goes through, at least and short of all

Views = Iterable[tuple[int, Sequence[float]]]


def people(rng: random.Random, groups: Views) -> list[list[tuple[int, int]]]:
    """For each person of each group what they say of the statements they saw: (statement, 1, -1 or 0).
    `groups`: how many people, and how likely they agree with each statement."""
    found = []
    for size, chances in groups:
        least = min(max(len(chances) - LEFT_OUT, FEWEST), len(chances))
        for _ in range(size):
            seen = sorted(rng.sample(range(len(chances)), rng.randint(least, len(chances))))
            found.append([(n + 1, _says(rng, chances[n])) for n in seen])
    rng.shuffle(found)
    return found


def _says(rng: random.Random, chance: float) -> int:
    if rng.random() < PASSES:
        return 0
    return 1 if rng.random() < chance else -1


def answers(number: str, n: int, row: list[tuple[int, int]]) -> Callable[[], None]:
    """One person goes through the statements on the phone."""

    def act() -> None:
        for statement, value in row:
            answering.answer(actor=ANONYMOUS, number=number, key=browser(number, n), n=statement, value=value)

    return act


def write(number: str, n: int, text: str) -> Callable[[], None]:
    """One person writes a sentence."""

    def act() -> None:
        answering.write_statement(
            actor=ANONYMOUS, number=number, key=browser(number, n), text=text, anyway=True
        )

    return act


def browser(number: str, n: int) -> str:
    """What the n-th person's browser keeps."""
    return f"{number}-a-browser-{n:04}"
