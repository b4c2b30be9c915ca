"""Made conversations: camps that answer alike, and people who answer by chance."""

import numpy as np

from mulin.councils.opinions import Votes, from_rows

Rows = list[tuple[int, int, int]]


def camps(sizes: list[int], statements: int, *, seen: float = 1.0, noise: float = 0.0, seed: int = 1) -> Rows:
    """Every camp has its own answers. `seen`: share of statements that each person saw; `noise`: share of
    votes by chance. People are numbered camp by camp."""
    random = np.random.default_rng(seed)
    answers = random.choice([-1, 1], (len(sizes), statements))
    if len(sizes) == 2:
        answers[1] = -answers[0]
    of = np.repeat(np.arange(len(sizes)), sizes)
    return [
        (person, one, int(random.choice([-1, 0, 1])) if random.random() < noise else int(answers[camp, one]))
        for person, camp in enumerate(of.tolist())
        for one in np.flatnonzero(random.random(statements) < seen).tolist()
    ]


def chance(people: int, statements: int, *, seen: float = 0.6, seed: int = 1) -> Rows:
    """Each statement has its own share of agreement, and nobody has a view of their own."""
    random = np.random.default_rng(seed)
    shares = random.uniform(0.1, 0.9, statements)
    return [
        (person, one, 1 if random.random() < shares[one] else -1)
        for person in range(people)
        for one in np.flatnonzero(random.random(statements) < seen).tolist()
    ]


def votes_of(rows: Rows, **options) -> Votes:
    return from_rows(rows, **options)


def of_camps(sizes: list[int]) -> np.ndarray:
    return np.repeat(np.arange(len(sizes)), sizes)
