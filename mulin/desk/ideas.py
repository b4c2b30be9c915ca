"""Which of the machine's guesses are worth a worker's glance: nothing below the floor of the rule."""

from typing import Any

from mulin.kernel import rulebook
from mulin.voices.categories import catalogue

FLOOR = "voices.suggest.show_from"
MOST = 3


def worth_showing(guesses: list[dict[str, Any]], place: str, most: int = MOST) -> list[dict[str, Any]]:
    """The likeliest guesses of `[{code, confidence, reason}]` that reach the place's floor."""
    least = rulebook.value(FLOOR, at=place)
    return [one for one in guesses if one["confidence"] >= least][:most]


def categories(guesses: list[dict[str, Any]], place: str) -> list[dict[str, Any]]:
    """Those of categories with name, share in per cent and the words that they come from."""
    known = catalogue()
    return [
        {
            "code": one["code"],
            "name": known.name(one["code"]),
            "percent": round(one["confidence"] * 100),
            "why": "、".join(one.get("reason", [])[:3]),
        }
        for one in worth_showing(guesses, place)
    ]
