"""Published matters for the tests of the register, made by the product's own actions."""

from collections.abc import Callable

import pytest

from mulin.voices.actions import publish_matter, submit_voice
from mulin.voices.models import Matter

TEXT = "金堰花园三单元门口的路灯坏了一个星期，晚上老人出门看不见路。"


@pytest.fixture
def speak(world, cast) -> Callable[..., Matter]:
    """`speak(text, actor=…, kind=…)` is a matter that somebody spoke about and nobody decided on yet."""

    def make(text: str = TEXT, actor=None, **fields) -> Matter:
        fields = {"kind": "complaint", "category": "street_lamp", "building": world.building} | fields
        if fields.get("place"):
            fields["building"] = ""
        place = fields.pop("place", world.home)
        receipt = submit_voice(actor=actor or cast.resident.actor, text=text, place=place, **fields)
        return Matter.objects.get(pk=receipt.voice.matter_id)

    return make


@pytest.fixture
def publish(speak, cast) -> Callable[..., Matter]:
    """`publish(title, text)` is a published matter; the other fields as in `speak`."""

    def make(title="路灯不亮", text="门口的路灯坏了一周。", *, answer="", **fields) -> Matter:
        matter = speak(**fields)
        actor = cast.district.actor
        publish_matter(actor=actor, number=matter.number, title=title, text=text, answer=answer)
        matter.refresh_from_db()
        return matter

    return make
