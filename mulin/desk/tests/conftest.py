"""A voice with its case at the desk, people in their browsers, and short ways to bring a case to a state."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.urls import reverse

from mulin.cases import moves
from mulin.cases.models import Case

REPLY = (
    "您反映的三单元门口路灯不亮，我们昨晚到现场查看，是镇流器烧坏，已经换新并试亮；"
    "旁边两盏灯也一起检查过，都正常。再有问题请打社区电话。"
)
TEXT = "金堰花园三单元门口的路灯坏了一个星期，晚上老人出门看不见路，请尽快修好，我电话13912345678。"
STATES = ("reported", "accepted", "dispatched", "in_hand", "done", "confirmed", "closed")


def undo_of(page: str) -> tuple[str, dict[str, list[str]]]:
    """The address and the fields of the way back that a page offers."""
    form = re.search(r'<form method="post" action="([^"]+)" class="undo">(.*?)</form>', page, re.S)
    assert form, "no way back is offered"
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form[2]):
        fields.setdefault(name, []).append(value)
    return form[1], fields


@pytest.fixture
def speak(world, cast) -> Callable[..., SimpleNamespace]:
    """`speak()`: a voice with its case. `.voice`, `.secret`, `.number`, `.url`, `.case()` read anew."""
    from mulin.voices.actions import submit_voice

    def make(actor=None, text=TEXT, place=None, **fields) -> SimpleNamespace:
        fields.setdefault("kind", "complaint")
        fields.setdefault("category", "street_lamp")
        fields.setdefault("building", world.building if place is None else "")
        receipt = submit_voice(
            actor=actor or cast.resident.actor, text=text, place=place or world.home, **fields
        )
        number = receipt.voice.matter.number
        return SimpleNamespace(
            voice=receipt.voice,
            secret=receipt.secret,
            number=number,
            url=f"/desk/cases/{number}/",
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
        steps = {
            "accepted": ("accept", "clerk", {}),
            "dispatched": ("dispatch", "clerk", {"org": world.city_management.id}),
            "in_hand": ("start", "department", {}),
            "done": ("finish", "department", {"done_text": "换了镇流器并试亮", "reply": REPLY}),
            "confirmed": ("confirm", "resident", {"is_solved": True, "is_satisfied": True}),
            "closed": ("close", "clerk", {}),
        }
        for step in STATES[1 : STATES.index(state) + 1]:
            move, part, fields = steps[step]
            do(move, part, number, **fields)

    return go


@pytest.fixture
def browser(client_for, cast) -> Callable[[str], object]:
    """`browser("clerk")`: a browser in which this part is signed in; scripts are off, as always in tests."""
    return lambda part: client_for(getattr(cast, part))


@pytest.fixture
def clerk(browser):
    return browser("clerk")


@pytest.fixture
def url() -> Callable[..., str]:
    return lambda name, *args: reverse(f"desk:{name}", args=args)


@pytest.fixture
def page_of() -> Callable[..., str]:
    """`page_of(client, url)`: the text of a page that must answer 200."""

    def read(client, address: str, **data) -> str:
        answer = client.get(address, data)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.content.decode()

    return read
