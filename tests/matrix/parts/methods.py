"""Methods: a draft, one of a group, a published one with evidence, one in pilot, one taken over elsewhere."""

from datetime import timedelta

from mulin.academy.methods import actions, adopting, piloting
from mulin.academy.methods.piloting import Measure
from mulin.kernel import clock
from mulin.kernel.actors import SYSTEM
from mulin.kernel.codes import street
from tests.matrix.bodies import fixed
from tests.matrix.objects import Thing, both, numbered
from tests.matrix.world import Matrix, Side

METHODS = ("method_draft", "method_out", "method_pilot", "method_taken")
# What everybody may read, wherever they live.
PUBLISHED = METHODS[1:]
# What is out is there for every desk to take over.
OF_BOTH = PUBLISHED
WORDS = {
    "title": "小圆桌议事", "problem": "开会没有人说话", "steps": "围一张小桌\n每人先写一句",
    "people": "一个牵头的",
}  # fmt: skip


def evidence(name: str) -> list[Thing]:
    return both(name, lambda side: {"number": side.numbers[name], "evidence": side.ids[f"{name}_evidence"]})


def of(name: str) -> list[Thing]:
    return both(name, lambda side: {"number": side.numbers[name]})


THINGS = {
    "academy:methods-of": both("community", lambda side: {"place": side.place}),
    "academy:method": numbered(*METHODS),
    "academy:method-print": numbered(*METHODS),
    "academy_desk:method": numbered(*METHODS),
    "academy_desk:method-edit": numbered("method_draft", "method_out"),
    "academy_desk:method-evidence": numbered("method_draft", "method_out"),
    "academy_desk:method-evidence-remove": evidence("method_out"),
    "academy_desk:method-publish": numbered("method_draft"),
    "academy_desk:method-discard": numbered("method_draft"),
    "academy_desk:method-retire": numbered("method_out"),
    "academy_desk:method-pilot": numbered("method_out"),
    "academy_desk:method-spread": numbered("method_out"),
    "academy_desk:method-take": numbered("method_out"),
    "academy_desk:method-pilot-end": of("pilot"),
    "academy_desk:method-pilot-stop": of("pilot"),
    "academy_desk:method-adoption": of("adoption"),
    "academy_desk:method-adoption-drop": of("adoption"),
}


def _new(matrix: Matrix, side: Side, params: dict) -> dict:
    return {**WORDS, "maker": f"{side.place}|"}


def _pilot(matrix: Matrix, side: Side, params: dict) -> dict:
    today = clock.today()
    return {
        "place": street(side.place), "sites": [side.place], "starts_on": str(today),
        "ends_on": str(today + timedelta(days=60)), "words_1": "开了几次", "direction_1": "least",
        "target_1": "6",
    }  # fmt: skip


def _spread(matrix: Matrix, side: Side, params: dict) -> dict:
    return {"place": street(side.place), "words": "桌椅由街道出。"}


def _take(matrix: Matrix, side: Side, params: dict) -> dict:
    other = matrix.away if side is matrix.home else matrix.home
    return {"maker": f"{other.place}|"}


BODIES = {
    "academy_desk:method-new": _new,
    "academy_desk:method-edit": fixed(**WORDS),
    "academy_desk:method-evidence": fixed(words="商量成的事", figure="27", unit="件"),
    "academy_desk:method-retire": fixed(why="有了更省事的做法"),
    "academy_desk:method-pilot": _pilot,
    "academy_desk:method-pilot-end": fixed(found_1="8", remark_1="", conclusion="值得学。"),
    "academy_desk:method-pilot-stop": fixed(why="场地没了"),
    "academy_desk:method-spread": _spread,
    "academy_desk:method-take": _take,
    "academy_desk:method-adoption": fixed(state="kept", result="成了两件"),
}


def build(matrix: Matrix) -> None:
    """One in each state, in both communities; the pilot is decided by the street above each, and the other
    community takes one over."""
    today = clock.today()
    for side in (matrix.home, matrix.away):
        clerk = side.clerk.actor
        for name in METHODS:
            words = WORDS | {"steps": WORDS["steps"].splitlines()}
            made = actions.draft_method(actor=clerk, place=side.place, **words)
            side.numbers[name] = made.number
            given = actions.add_evidence(actor=clerk, number=made.number, words="商量成的事", figure=27)
            side.ids[f"{name}_evidence"] = given.pk
            if name != "method_draft":
                actions.publish_method(actor=clerk, number=made.number)
        side.numbers["pilot"] = piloting.decide_pilot(
            actor=SYSTEM, number=side.numbers["method_pilot"], place=street(side.place), sites=[side.place],
            starts_on=today, ends_on=today + timedelta(days=60), criteria=[Measure("开了几次", "least", 6)],
        ).number  # fmt: skip
    for side, other in ((matrix.home, matrix.away), (matrix.away, matrix.home)):
        side.numbers["adoption"] = adopting.take_over(
            actor=side.clerk.actor, number=other.numbers["method_taken"], place=side.place
        ).number
