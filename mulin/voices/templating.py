"""Does an answer look like a template? Flagged before it is sent; the writer decides.

An answer to a person says something about what the person asked. Signs of the opposite: it is short, it holds
none of the words of the question, it is mostly stock phrases (packs/stock_phrases.toml), or it repeats what
was lately answered to other people. The score is a plain logistic sum of these four, with a reason for each.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable
from functools import lru_cache

from mulin.voices import grams

FLAG_AT = 0.5
_BASE, _SHORT, _UNRELATED, _STOCK, _COPIED = -4.2, 4.6, 2.2, 2.4, 4.0
SHORT_FROM, SHORT_TO = 30, 160
COPIED_FROM = 0.6


@lru_cache(maxsize=1)
def _phrases() -> tuple[str, ...]:
    with (grams.PACKS / "stock_phrases.toml").open("rb") as file:
        pack = tomllib.load(file)
    return tuple(sorted((grams.squeeze(p) for p in pack["phrases"]), key=len, reverse=True))


def without_phrases(answer: str) -> str:
    """The answer without punctuation and without stock phrases: what it really says."""
    text = grams.squeeze(answer)
    for phrase in _phrases():
        text = text.replace(phrase, "")
    return text


def _shortness(length: int) -> float:
    """1 up to 30 characters, 0 from 160, on a logarithmic line between."""
    line = math.log(SHORT_TO / max(length, 1)) / math.log(SHORT_TO / SHORT_FROM)
    return min(1.0, max(0.0, line))


def template_likeness(
    answer: str, question: str, recent_answers: Iterable[str] = ()
) -> tuple[float, tuple[tuple[str, str], ...]]:
    """How much `answer` looks like a template, 0 to 1 (`FLAG_AT` and above is flagged), and why.

    Reasons are (code, value) pairs: "short" with the characters left, "unrelated" with the share of the
    answer's word pieces found in the question, "stock" with the share of stock phrases, "copied" with the
    likeness to the nearest of `recent_answers`, which must be answers to other people.
    """
    own = without_phrases(answer)
    whole = grams.squeeze(answer)
    said = grams.gram_set(grams.normalise(own))
    shared = len(said & grams.gram_set(grams.normalise(question)))
    unrelated = math.exp(-shared / 4)
    stock = 1 - len(own) / len(whole) if whole else 1.0
    mine = grams.gram_set(whole, 3)
    copied = max(
        (grams.jaccard(mine, grams.gram_set(grams.squeeze(a), 3)) for a in recent_answers), default=0.0
    )
    over = max(0.0, (copied - COPIED_FROM) / (1 - COPIED_FROM))
    shortness = _shortness(len(own))
    logit = _BASE + _SHORT * shortness + _UNRELATED * unrelated + _STOCK * stock + _COPIED * over
    reasons = []
    if shortness >= 0.4:
        reasons.append(("short", str(len(own))))
    if unrelated >= 0.5:
        reasons.append(("unrelated", str(shared)))
    if stock >= 0.35:
        reasons.append(("stock", f"{stock:.2f}"))
    if over > 0:
        reasons.append(("copied", f"{copied:.2f}"))
    return 1 / (1 + math.exp(-logit)), tuple(reasons)
