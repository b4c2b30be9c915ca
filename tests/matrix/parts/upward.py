"""Proposals on their way up: a draft, one at the street, one at the department, one with its answer."""

from mulin.councils.upward import actions
from mulin.kernel.actors import SYSTEM
from tests.matrix.bodies import fixed
from tests.matrix.objects import both, numbered
from tests.matrix.world import Matrix, Side

PROPOSALS = ("proposal_draft", "proposal_street", "proposal_unit", "proposal_answered")
# What everybody may read, wherever they live.
PUBLISHED = PROPOSALS[1:]
REASONED = "经研究，本片管网年限已到，列入明年第一批改造，三月进场。"
WORDS = {
    "title": "老旧小区自来水改成一户一表", "text": "三百户共用一块总表，水费收不齐。",
    "request": "请把本片列入改造计划。",
}  # fmt: skip

THINGS = {
    "councils:proposals-of": both("community", lambda side: {"place": side.place}),
    "councils:proposal": numbered(*PROPOSALS),
    "councils_desk:proposal": numbered(*PROPOSALS),
    "councils_desk:proposal-edit": numbered("proposal_draft"),
    "councils_desk:proposal-print": numbered("proposal_draft", "proposal_street"),
    "councils_desk:proposal-discard": numbered("proposal_draft"),
    "councils_desk:proposal-send": numbered("proposal_draft"),
    "councils_desk:proposal-withdraw": numbered("proposal_street"),
    "councils_desk:proposal-result": numbered("proposal_answered"),
    "councils_desk:proposal-receive": numbered("proposal_street"),
    "councils_desk:proposal-study": numbered("proposal_street", "proposal_unit"),
    "councils_desk:proposal-answer": numbered("proposal_street", "proposal_unit"),
    "councils_desk:proposal-up": numbered("proposal_street"),
    "councils_desk:proposal-return": numbered("proposal_street"),
}


def _new(matrix: Matrix, side: Side, params: dict) -> dict:
    return {**WORDS, "maker": side.place}


BODIES = {
    "councils_desk:proposal-new": _new,
    "councils_desk:proposal-edit": fixed(**WORDS),
    "councils_desk:proposal-withdraw": fixed(reason="已经解决了"),
    "councils_desk:proposal-result": fixed(result="三百户都换了表"),
    "councils_desk:proposal-study": fixed(org=""),
    "councils_desk:proposal-answer": fixed(decision="adopted", answer=REASONED),
    "councils_desk:proposal-up": fixed(answer=REASONED),
    "councils_desk:proposal-return": fixed(answer=REASONED),
}


def build(matrix: Matrix) -> None:
    """One in each state, in both communities. The street of the other community has no officer in the cast:
    its proposals are moved on by the house itself."""
    for side in (matrix.home, matrix.away):
        clerk = side.clerk.actor
        for name in PROPOSALS:
            made = actions.draft_proposal(actor=clerk, place=side.place, **WORDS)
            side.numbers[name] = made.number
            if name != "proposal_draft":
                actions.send_proposal(actor=clerk, number=made.number)
        passed = {"actor": SYSTEM, "number": side.numbers["proposal_unit"]}
        actions.pass_proposal_up(answer=REASONED, **passed)
        actions.study_proposal(org=matrix.world.city_management.pk, **passed)
        actions.answer_proposal(
            actor=SYSTEM, number=side.numbers["proposal_answered"], decision="adopted", answer=REASONED
        )
