"""A voice for every test of this module, and a picture as a phone takes it."""

from collections.abc import Callable
from io import BytesIO

import pytest

LAMP = "金堰花园三单元门口的路灯坏了一个星期，晚上老人出门看不见路，请尽快修好。"
WISH = "我想要一个周末的书法班，孩子和老人都能来学。"


@pytest.fixture(autouse=True)
def _fresh_catalogue():
    from mulin.voices import categories

    categories.forget()
    yield
    categories.forget()


@pytest.fixture
def speak(world, cast) -> Callable:
    """`speak(actor, text, place, …)` gives the receipt; by default the resident speaks of a lamp at home."""
    from mulin.voices.actions import submit_voice

    def make(actor=None, text=LAMP, place=None, **fields):
        return submit_voice(
            actor=actor or cast.resident.actor, text=text, place=place or world.home, **fields
        )

    return make


@pytest.fixture
def published(speak, cast) -> Callable:
    """`published()` makes a matter that everyone may see."""
    from mulin.voices.actions import publish_matter

    def make(text=LAMP, **fields):
        fields.setdefault("kind", "complaint")
        number = speak(text=text, **fields).voice.matter.number
        return publish_matter(
            actor=cast.secretary.actor, number=number, title="路灯不亮", text="三单元门口的路灯坏了一个星期。"
        )

    return make


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """`picture(…)` is a JPEG with a position and the maker of the camera in its EXIF."""
    from PIL import Image

    def make(size=(2400, 1200), orientation=1, kind="JPEG") -> bytes:
        image = Image.new("RGB", size, "#808080")
        image.paste("#ff0000", (0, 0, size[0] // 4, size[1] // 4))
        exif = Image.Exif()
        exif[0x0112] = orientation
        exif[0x010F] = "SECRET-CAMERA"
        exif.get_ifd(0x8825)[1] = "N"
        exif.get_ifd(0x8825)[2] = (29.0, 30.0, 36.0)
        out = BytesIO()
        image.save(out, kind, exif=exif)
        return out.getvalue()

    return make


@pytest.fixture
def lines(db) -> Callable[..., list]:
    """`lines("voices.voice.submitted")`: the journal's lines of a code, oldest first; all without a code."""
    from mulin.kernel.models import Entry

    def read(code: str = "") -> list:
        rows = Entry.objects.order_by("id")
        return list(rows.filter(code=code) if code else rows)

    return read


@pytest.fixture
def figure(db) -> Callable[..., int]:
    """`figure(place, kind)`: how many voices came in, as the board reads it."""
    from datetime import date

    from mulin.kernel import counters

    def read(place: str, kind: str = "") -> int:
        rows = counters.read(place, ["voices.in"], date(2015, 1, 1), date(2100, 1, 1))
        return sum(n for _measure, state, n in rows if kind in {"", state})

    return read
