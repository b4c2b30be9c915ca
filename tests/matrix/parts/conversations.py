"""Conversations: a draft, an open one with a sentence that waits, a closed one and a published one, in both
communities."""

from datetime import timedelta

from mulin.councils.conversations import actions, answering, moderating
from mulin.kernel import clock
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.secrets import new_secret
from tests.matrix.objects import Thing, both, numbered
from tests.matrix.world import Matrix, Side

PUBLISHED = ("conversation_open", "conversation_closed", "conversation_published")

SEEDS = ["院门口应该划停车位", "消防通道上不能停车", "先来先停，不要固定车位"]
WAITING = len(SEEDS) + 1
STATES = ("draft", "open", "closed", "published")


def _names(*states: str) -> list[str]:
    return [f"conversation_{state}" for state in states]


def _moved(state: str, **more: object) -> list[Thing]:
    name = f"conversation_{state}"
    label = " ".join(str(one) for one in (*more.values(), name))
    return both(label, lambda side: {"number": side.numbers[name], **more})


MOVES = {"open": "draft", "discard": "draft", "close": "open", "renew": "open", "reopen": "closed"}
THINGS = {
    "councils:conversation": numbered(*_names(*STATES)),
    "councils:conversation-map": numbered(*_names(*STATES)),
    "councils:conversation-answer": numbered(*_names("draft", "open", "published")),
    "councils:conversation-say": numbered(*_names("draft", "open")),
    "councils:conversation-mine": numbered(*_names("draft", "open")),
    "councils:conversation-print": numbered(*_names("draft", "published")),
    "councils_desk:conversation": numbered(*_names(*STATES)),
    "councils_desk:conversation-edit": numbered(*_names("draft")),
    "councils_desk:conversation-seeds": numbered(*_names("draft")),
    "councils_desk:conversation-statement": _moved("open", n=WAITING),
    "councils_desk:conversation-map": numbered(*_names("open")),
    "councils_desk:conversation-print": numbered(*_names("open")),
    "councils_desk:conversation-publish": numbered(*_names("closed")),
    "councils_desk:conversation-export": numbered(*_names("closed")),
    "councils_desk:conversation-votes": numbered(*_names("closed")),
    "councils_desk:conversation-move": [
        thing for move, state in MOVES.items() for thing in _moved(state, move=move)
    ],
}
FRAME = {
    "title": "院子里的车怎么停", "closes_on": "2099-01-01", "open_to": "anyone", "results": "during",
    "least": 20, "writes": "on",
}  # fmt: skip
BODIES = {
    "councils:conversation-answer": lambda m, s, p: {"n": "1", "value": "1"},
    "councils:conversation-say": lambda m, s, p: {"text": "晚上十点以后别按喇叭"},
    "councils_desk:conversation-new": lambda m, s, p: {**FRAME, "place": s.place},
    "councils_desk:conversation-edit": lambda m, s, p: FRAME,
    "councils_desk:conversation-seeds": lambda m, s, p: {"seeds": "\n".join(SEEDS)},
    "councils_desk:conversation-statement": lambda m, s, p: {"do": "show"},
    "councils_desk:conversation-publish": lambda m, s, p: {"conclusion": "先划六个车位。"},
}


def build(matrix: Matrix) -> None:
    for side in (matrix.home, matrix.away):
        for state in STATES:
            side.numbers[f"conversation_{state}"] = _make(side, state)


def _make(side: Side, state: str) -> str:
    actor = side.clerk.actor
    made = actions.draft_conversation(
        actor=actor, place=side.place, title="院子里的车怎么停", closes_on=clock.today() + timedelta(days=30)
    )
    moderating.set_seeds(actor=actor, number=made.number, texts=SEEDS)
    if state == "draft":
        return made.number
    actions.open_conversation(actor=actor, number=made.number)
    answering.answer(actor=ANONYMOUS, number=made.number, key=new_secret(), n=1, value=1)
    if state == "open":
        answering.write_statement(
            actor=ANONYMOUS, number=made.number, key=new_secret(), text="装两个充电桩，别拉线上楼"
        )
        return made.number
    actions.close_conversation(actor=actor, number=made.number)
    if state == "published":
        actions.publish_conversation(actor=actor, number=made.number, conclusion="先划六个车位。")
    return made.number
