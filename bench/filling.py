"""Years of a city in a minute: matters, voices, cases, clocks, journal lines and search rows.

Believable, not real: reports fall on communities as unevenly as people live, on categories as they do in
the field, and three in a hundred cases are open. Of every ten matters one has a second voice, all of its
clocks and a whole timeline (pages are measured on those); the others have one voice, one clock and one line.
Hashes of the journal are filler, since nothing here verifies it.
"""

import time
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bench import databases, rows, texts, worlds

DAYS = 400
BATCH = 50_000
# The first thousand are a young instance: one street, a third of it open, so that every list fills its page.
YOUNG = 1_000
STATES = (
    "reported",
    "found",
    "accepted",
    "dispatched",
    "in_hand",
    "done",
    "returned",
    "suspended",
    "reopened",
)
STATE_WEIGHTS = (0.16, 0.05, 0.1, 0.2, 0.3, 0.12, 0.02, 0.03, 0.02)
KINDS = ("help", "complaint", "consult", "suggestion", "tip_off")
KIND_WEIGHTS = (0.45, 0.3, 0.15, 0.07, 0.03)
OUTCOMES = ("confirmed", "unconfirmed", "refused", "withdrawn")
OUTCOME_WEIGHTS = (0.72, 0.2, 0.06, 0.02)
LIFE = (
    ("cases.case.accepted", "accepted"),
    ("cases.case.dispatched", "dispatched"),
    ("cases.case.started", "in_hand"),
    ("cases.case.done", "done"),
    ("cases.case.closed", "closed"),
)
TABLES = (
    "voices_matter", "voices_voice", "cases_case", "cases_clock", "kernel_entry", "kernel_searchrow",
)  # fmt: skip
TEXTS = 20_000


@dataclass
class Ground:
    """What every batch draws from."""

    seed: int = 20261122

    def __post_init__(self):
        from mulin.voices.categories import catalogue

        self.communities = worlds.communities()
        rng = np.random.default_rng(self.seed)
        weights = rng.lognormal(0, 0.8, len(self.communities))
        weights[self.communities.index(worlds.HOME)] = np.quantile(weights, 0.95)
        self.weights = weights / weights.sum()
        self.categories = [c.code for c in catalogue().active()]
        zipf = 1 / np.arange(1, len(self.categories) + 1)
        self.category_weights = zipf / zipf.sum()
        self.units = worlds.units()

    @cached_property
    def texts(self) -> list[str]:
        return texts.pool(TEXTS)

    @cached_property
    def tokens(self) -> list[str]:
        """The search tokens of every text, as its database wants them."""
        from mulin.kernel import search

        if databases.is_postgres():
            return [" ".join(f"'{word}'" for word in search.tokens(text)) for text in self.texts]
        return [" ".join(search.tokens(text)) for text in self.texts]

    @cached_property
    def scope(self) -> list[str]:
        """The place tokens of every community."""
        from mulin.kernel import search

        quote = "'{}'" if databases.is_postgres() else "{}"
        found = (search._scope_tokens("matter", place) for place in self.communities)
        return [" ".join(quote.format(word) for word in words) for words in found]


def fill(ground: Ground, start: int, end: int) -> None:
    """Add the cases numbered from `start` to `end` to the database this process looks at."""
    if start < YOUNG:
        _fill(ground, start, min(end, YOUNG))
        start = YOUNG
    if start >= end:
        return
    if end - start < BATCH:
        _fill(ground, start, end)
        return
    with rows.without_indexes(*TABLES):
        for first in range(start, end, BATCH):
            _fill(ground, first, min(first + BATCH, end))


def _fill(ground: Ground, start: int, end: int) -> None:
    from bench.batch import Batch

    with rows.loading():
        Batch(ground, start, end, time.time()).write()


def count_cases() -> None:
    """How many cases came in, by level and day, as the folding would have counted them: a map asks how much
    it may draw at once."""
    rows.execute("DELETE FROM kernel_countlevel", [])
    for level in (2, 4, 6, 9, 12, 15):
        node = "grid" if level == 15 else f"substr(place, 1, {level}) || '{'0' * (12 - level)}'"
        rows.execute(
            "INSERT INTO kernel_countlevel (level, node, day, measure, state, n)"
            f" SELECT %s, {node}, opened_on, 'cases.opened', '', COUNT(*) FROM cases_case"
            f" GROUP BY {node}, opened_on",
            [level],
        )
    count_months()


def count_months() -> None:
    """Whole months, as the folding keeps them beside the days. In the order of the key."""
    from mulin.kernel.counters import MONTHS

    month = "date_trunc('month', day)::date" if databases.is_postgres() else "substr(day, 1, 8) || '01'"
    for table, rest in (("kernel_countlevel", "state"), ("kernel_countcategory", "category, state")):
        rows.execute(
            f"INSERT INTO {table} (level, node, measure, day, {rest}, n)"
            f" SELECT level + {MONTHS}, node, measure, {month} AS month, {rest}, SUM(n) FROM {table}"
            f" GROUP BY level, node, measure, month, {rest} ORDER BY level, node, measure, month, {rest}",
            [],
        )
