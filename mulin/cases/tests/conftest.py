"""A voice and its case for every test of this module, and short ways to bring a case to a state."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest

from mulin.cases import moves
from mulin.cases.models import Case
from mulin.kernel import clock

REPLY = (
    "您反映的三单元门口路灯不亮，我们昨晚到现场查看，是镇流器烧坏，已经换新并试亮；"
    "旁边两盏灯也一起检查过，都正常。再有问题请打社区电话。"
)
TEXT = "金堰花园三单元门口的路灯坏了一个星期，晚上老人出门看不见路，请尽快修好。"


@pytest.fixture
def speak(world, cast) -> Callable[..., SimpleNamespace]:
    """`speak()` makes a voice with its case: `.voice`, `.secret`, `.number`, `.case()` (read anew)."""
    from mulin.voices.actions import submit_voice

    def make(actor=None, text=TEXT, place=None, **fields) -> SimpleNamespace:
        fields.setdefault("kind", "complaint")
        fields.setdefault("category", "street_lamp")
        if place is None:
            fields.setdefault("building", world.building)
        receipt = submit_voice(
            actor=actor or cast.resident.actor, text=text, place=place or world.home, **fields
        )
        number = receipt.voice.matter.number
        return SimpleNamespace(
            voice=receipt.voice,
            secret=receipt.secret,
            number=number,
            case=lambda: Case.objects.get(number=number),
        )

    return make


@pytest.fixture
def do(cast) -> Callable[..., Case]:
    """`do("accept", "clerk", number, …)`: a move by the name of a part."""

    def act(move: str, part: str, number: str, **fields) -> Case:
        return moves.perform(move, actor=getattr(cast, part).actor, number=number, **fields)

    return act


@pytest.fixture
def bring(world, do) -> Callable[[str, str], None]:
    """`bring(number, "done")` takes a fresh case the usual way to a state."""

    def go(number: str, state: str) -> None:
        if state == "reported":
            return
        do("accept", "clerk", number)
        if state == "accepted":
            return
        do("dispatch", "clerk", number, org=world.city_management.id)
        if state == "dispatched":
            return
        do("start", "department", number)
        if state == "in_hand":
            return
        do("finish", "department", number, done_text="换了镇流器并试亮", reply=REPLY, confirm_reply=True)
        if state == "done":
            return
        do("confirm", "resident", number, is_solved=True, is_satisfied=True)
        if state == "confirmed":
            return
        assert state == "closed"
        do("close", "clerk", number)

    return go


@pytest.fixture
def later() -> Callable[..., object]:
    """`with later(days=8):` runs the block as if that much time had passed."""
    return lambda **gap: clock.at(clock.now() + timedelta(**gap))
