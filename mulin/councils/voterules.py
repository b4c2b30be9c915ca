"""From the rule book to a `VoteRule`: every value with its legal basis and certainty. Pure.

A process may bring thresholds of its own (`custom`). Where the rule book has a threshold that is law, a
custom one may be stricter and never weaker; where the law's figure still has to be verified, none is
accepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mulin.councils import thresholds
from mulin.councils.chains import Etiquette
from mulin.councils.counting import Amount, BallotError, Source, Step, VoteRule, compared
from mulin.kernel.rules import RuleBook

# Field of a VoteRule -> name of its rule.
NAMES = {
    "quorum": "councils.quorum",
    "consent": "councils.consent",
    "blank": "councils.blank",
    "void": "councils.void",
    "contradiction": "councils.contradiction",
    "absent": "councils.absent",
    "parking": "councils.parking",
    "rank": "councils.rank",
    "area_order": "councils.area_order",
}
LISTS = ("rank", "area_order")


def read(
    book: RuleBook,
    *,
    at: str,
    on: date,
    body: str,
    matter: str,
    kind: str = "yes_no",
    custom: Mapping[str, Any] | None = None,
    **given: Any,
) -> VoteRule:
    """The rule of a vote of `body` (owners, residents, households, …) on `matter` at a place on a day.

    `custom` replaces values of the book (keys as in NAMES, and "basis" for where they come from); `given` are
    the fields that belong to the one vote: options, seats, max_choices, tie_order. What the book leaves unset
    stays None, and counting says so when it needs it. Raises BallotError for a custom threshold below the
    law.
    """
    own = dict(custom or {})
    basis = own.pop("basis", "")
    if unknown := set(own) - set(NAMES):
        raise BallotError(f"no rule of a vote is called {sorted(unknown)[0]!r}")
    fields: dict[str, Any] = {}
    sources = []
    for field, name in NAMES.items():
        found = _source(book, name, at, on, {"body": body, "matter": matter, "kind": kind})
        if field in own and not (found and found.value is None):
            _check(field, own[field], found)
            found = Source(name, own[field], basis or "本次表决自定", "house default")
        if found is not None and found.value is not None:
            fields[field] = tuple(found.value) if field in LISTS else found.value
            sources.append(found)
    return VoteRule(body=body, kind=kind, sources=tuple(sources), **{"absent": None} | fields | given)


def demand(book: RuleBook, *, at: str, on: date, body: str, asking: Amount, roster: Amount) -> list[Step]:
    """Whether those who ask are enough to demand a meeting: one step for each condition, all must be met.
    Raises RuleUnset where nobody has filled in how many are enough."""
    text = book.value("councils.call", at, on, body=body)
    return [compared("demand", one, asking, {"roster": roster}, {}) for one in thresholds.parse(text)]


def matters(book: RuleBook, *, at: str, on: date) -> list[dict[str, Any]]:
    """What owners decide together: code, item of the law, and the name in both languages."""
    return list(book.value("councils.matters", at, on))


def etiquette(book: RuleBook, *, at: str, on: date) -> Etiquette:
    """The limits of knocking on doors. Raises RuleUnset and ValueError: no limit is guessed."""
    return Etiquette.from_rule(book.value("councils.etiquette", at, on))


def _source(book: RuleBook, name: str, at: str, on: date, facts: Mapping[str, str]) -> Source | None:
    """The rule that applies; with the value None where it is unset until somebody has verified a law."""
    rule = next(iter(book.explain(name, at, on, **facts)), None)
    if rule is None:
        return None
    if not rule.unset:
        return Source(name, rule.value, rule.basis, rule.certainty, rule.reference)
    is_law = name in (NAMES["quorum"], NAMES["consent"]) and rule.certainty == "to be verified"
    return Source(name, None, rule.basis, rule.certainty, rule.reference) if is_law else None


def _check(field: str, value: Any, law: Source | None) -> None:
    if field not in ("quorum", "consent"):
        return
    thresholds.parse(value)
    # A figure that still has to be verified is held to be the law until somebody says otherwise.
    is_law = law is not None and law.certainty in ("law", "to be verified")
    if is_law and thresholds.is_below(value, law.value):
        raise BallotError(f"{law.name}: {value!r} is weaker than the law's {law.value!r} ({law.basis})")
