"""What colleagues do first, so that a move is asked for where it is possible: else everybody who may do it is
told that it cannot be done now, and the row proves little.

It begins with the published case of the home community, which the department has in hand, or a fresh one.
"""

from datetime import timedelta
from typing import Any

from mulin.cases import moves
from mulin.kernel import clock
from tests.matrix.bodies import REPLY
from tests.matrix.world import Matrix

Step = tuple[str, str, dict[str, Any]]  # who of the cast, which move, with what
# Moves that the case in hand is not the right one for.
ELSEWHERE = {
    "acknowledge": "major", "check": "major", "stop-harm": "major", "refuse": "unpublished",
    "answer-whistle": "unpublished",
}  # fmt: skip
SOON = {"reason": "等配件到货", "review_on": str(clock.today() + timedelta(days=30))}

FINISHED: list[Step] = [
    ("department", "finish", {"done_text": "换了镇流器并试亮", "reply": REPLY, "confirm_reply": True})
]
CONFIRMED: list[Step] = [*FINISHED, ("resident", "confirm", {"is_solved": True, "is_satisfied": True})]
CLOSED: list[Step] = [*CONFIRMED, ("clerk", "close", {})]
REOPENED: list[Step] = [*CLOSED, ("clerk", "reopen", {"reason": "灯又不亮了"})]
SENT: list[Step] = [*REOPENED, ("clerk", "dispatch", {"org": "city_management"})]
WAITING: list[Step] = [("clerk", "exclude", {"reason_code": "illegal", "reason": "要求违反法律规定"})]

STEPS: dict[str, list[Step]] = {
    "accept": REOPENED,
    "find-facts": REOPENED,
    "dispatch": REOPENED,
    "start": SENT,
    "object": SENT,
    "decide-objection": [*SENT, ("department", "object", {"reason": "路灯归电力公司管"})],
    "confirm": FINISHED,
    "rate": FINISHED,
    "close": CONFIRMED,
    "reopen": CLOSED,
    "call-back": FINISHED,
    "resume": [("clerk", "suspend", SOON), ("secretary", "approve", {})],
    "approve": [("district", "suspend", SOON)],
    "decline": [("district", "suspend", SOON)],
    "decide-exclusion": WAITING,
    "unmerge": [("clerk", "merge", {"into": "unpublished"})],
    "answer-whistle": [("clerk", "whistle", {"orgs": ["city_management"], "reason": "请到现场"})],
}


def bring(matrix: Matrix, what: str, *, place: str) -> None:
    """Do the steps before a move; nothing for a move that is possible as things are."""
    side, name = matrix.side(place), ELSEWHERE.get(what, "published")
    for who, move, fields in STEPS.get(what, ()):
        known = {name: _known(matrix, side, value) for name, value in fields.items()}
        number = side.voices[name].number if move == "confirm" else side.numbers[name]
        moves.perform(move, actor=getattr(matrix.cast, who).actor, number=number, **known)


def _known(matrix: Matrix, side: Any, value: Any) -> Any:
    """A unit or a case by its name in the matrix; anything else is itself."""
    if isinstance(value, list):
        return [_known(matrix, side, one) for one in value]
    if value == "city_management":
        return matrix.world.city_management.id
    return side.numbers.get(value, value) if isinstance(value, str) else value
