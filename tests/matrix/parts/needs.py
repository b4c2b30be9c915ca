"""The list of urgent wishes: a draft, one on the list, one that the department owns."""

from datetime import timedelta

from mulin.kernel import clock
from mulin.voices.needs import actions
from mulin.voices.needs.linking import Source
from tests.matrix.bodies import fixed
from tests.matrix.objects import Thing, both, numbered
from tests.matrix.world import Matrix, Side

NEEDS = ("need_draft", "need_listed", "need_owned")
# What everybody may read, wherever they live.
PUBLISHED = NEEDS[1:]


def settled(state: str, name: str) -> list[Thing]:
    return both(f"{state} {name}", lambda side: {"number": side.numbers[name], "state": state})


def of_need(name: str) -> list[Thing]:
    return both(name, lambda side: {"place": side.place, "number": side.numbers[name]})


def with_source(name: str) -> list[Thing]:
    return both(name, lambda side: {"number": side.numbers[name], "source": side.ids[f"{name}_source"]})


THINGS = {
    "portal:needs": both("community", lambda side: {"place": side.place}),
    "portal:need": [thing for name in NEEDS for thing in of_need(name)],
    "desk:need": numbered(*NEEDS),
    "desk:need-change": numbered("need_draft", "need_listed"),
    "desk:need-list": numbered("need_draft"),
    "desk:need-settle": [
        *settled("in_hand", "need_listed"), *settled("done", "need_owned"), *settled("off", "need_owned"),
    ],
    "desk:need-rank": numbered("need_listed"),
    "desk:need-discard": numbered("need_draft"),
    "desk:need-source": numbered("need_listed"),
    "desk:need-unlink": with_source("need_listed"),
}  # fmt: skip


def _settle(matrix: Matrix, side: Side, params: dict) -> dict:
    day = str(clock.today() + timedelta(days=20))
    return {"owner": str(matrix.world.city_management.pk), "due_on": day, "words": "装六盏灯"}


def _new(matrix: Matrix, side: Side, params: dict) -> dict:
    return {
        "place": side.place, "kind": "visit", "people": 3, "title": "楼道太暗，老人上楼看不见", "urgency": 1,
    }  # fmt: skip


BODIES = {
    "desk:need-new": _new,
    "desk:need-change": fixed(title="三个单元没有路灯", urgency=2),
    "desk:need-settle": _settle,
    "desk:need-rank": fixed(rank=1, reason="材料已经到了"),
    "desk:need-source": fixed(kind="meeting", people=4),
}


def build(matrix: Matrix) -> None:
    """One in each state, in both communities; the department owns the third of each."""
    for side in (matrix.home, matrix.away):
        clerk = side.clerk.actor
        for name in NEEDS:
            need = actions.note_need(
                actor=clerk, place=side.place, title=f"三个单元没有路灯{name[-3:]}",
                source=Source(kind="visit", people=6),
            )  # fmt: skip
            side.numbers[name] = need.number
            side.ids[f"{name}_source"] = need.sources.get().pk
            if name != "need_draft":
                actions.settle_need(actor=clerk, number=need.number, state="listed")
        actions.settle_need(
            actor=clerk, number=side.numbers["need_owned"], state="in_hand",
            owner=matrix.world.city_management.pk, due_on=clock.today() + timedelta(days=20),
        )  # fmt: skip
