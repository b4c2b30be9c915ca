"""Orders: the list of a community, one theme of it, one order at the desk."""

from typing import Any

from mulin.voices.actions import submit_voice
from tests.matrix.bodies import fixed
from tests.matrix.objects import Thing, both, numbered
from tests.matrix.world import Matrix, Side

PUBLISHED = ("order_wish",)

THINGS: dict[str, list[Thing]] = {
    "academy:orders": both("community", lambda side: {"place": side.place}),
    "academy:order-theme": both("community", lambda side: {"place": side.place, "theme": "calligraphy"}),
    "academy_desk:order": numbered("order_wish"),
}


def _answer(matrix: Matrix, side: Side, params: dict[str, Any]) -> dict[str, Any]:
    return {"orders": [side.numbers["order_wish"]], "decision": "accepted", "text": "十二月开班"}


BODIES = {
    "academy_desk:orders-answer": _answer,
    "academy_desk:orders-enter": lambda m, s, p: {
        "place": s.place, "channel": "courtyard", "r0-kind": "wish", "r0-theme": "choir",
    },
    "academy_desk:order": fixed(theme="yoga", age="adult", people=2, minutes=45),
}  # fmt: skip


def build(matrix: Matrix) -> None:
    """A wish of a resident in both communities."""
    for side in (matrix.home, matrix.away):
        receipt = submit_voice(
            actor=side.resident.actor, text="想学书法，周二晚上有空", place=side.place, kind="wish"
        )
        side.numbers["order_wish"] = receipt.voice.matter.number
