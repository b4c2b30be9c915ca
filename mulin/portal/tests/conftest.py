"""What the portal's tests share: a browser that sent a report, matters in public, a picture."""

from io import BytesIO
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from mulin.kernel import rulebook
from mulin.kernel.models import RuleOverride
from mulin.voices import actions
from mulin.voices.models import Matter, Voice

LAMP = "2栋楼道的灯坏了三天，晚上看不见台阶"


@pytest.fixture
def picture():
    """`picture()` is a small JPEG as a browser would send it."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    def make(name: str = "lamp.jpg"):
        out = BytesIO()
        Image.new("RGB", (64, 48), "#775533").save(out, "JPEG")
        return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")

    return make


@pytest.fixture
def say(world):
    """`say(client, text=…)` sends the report form; gives the answer and the voice that came of it."""

    def send(client: Client, follow: bool = False, **fields):
        data = {"text": LAMP, "place": world.home, "idempotency_key": "k" * 22, **fields}
        before = set(Voice.objects.values_list("pk", flat=True))
        answer = client.post(reverse("portal:report"), data, follow=follow)
        voice = Voice.objects.exclude(pk__in=before).first()
        return SimpleNamespace(answer=answer, voice=voice, url=answer.get("Location", ""))

    return send


@pytest.fixture
def sent(say, world):
    """An anonymous browser that reported a lamp: `.client`, `.voice`, `.url` of the receipt."""
    client = Client()
    found = say(client, building=world.building)
    found.client = client
    return found


@pytest.fixture
def shown(world, cast):
    """`shown(kind, text)` is a published matter of the home community."""

    def make(kind: str = "help", text: str = "小区大门外的路灯灭了两盏", **fields) -> Matter:
        place = fields.pop("place", world.home)
        receipt = actions.submit_voice(actor=cast.resident.actor, text=text, place=place, kind=kind, **fields)
        clerk = cast.clerk if place == world.home else cast.other_clerk
        return actions.publish_matter(
            actor=clerk.actor, number=receipt.voice.matter.number, title=text[:30], text=text
        )

    return make


@pytest.fixture
def finish(world, cast):
    """`finish(number)` walks a case to its answer."""
    from mulin.cases import actions as cases

    def run(number: str, reply: str = "2栋三层的灯管换好了，昨晚又去看过一遍，能亮。") -> None:
        clerk = cast.clerk.actor
        cases.accept_case(actor=clerk, number=number)
        cases.start_case(actor=clerk, number=number)
        cases.finish_case(actor=clerk, number=number, done_text="更换灯管", reply=reply, confirm_reply=True)

    return run


@pytest.fixture
def one_an_hour(settings, world, cast) -> None:
    """From one address one report an hour is taken."""
    settings.MULIN_THROTTLE = True
    RuleOverride.objects.create(
        name="portal.report.per_hour", place=world.site, valid_from="2026-01-01", value=1, basis="试",
        certainty="house default", set_by=cast.admin.account,
    )  # fmt: skip
    rulebook.forget()
