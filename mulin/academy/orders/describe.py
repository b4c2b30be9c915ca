"""The fields of an order on the one page where residents say things: shown for wishes and offers, all of them
optional, kept with the order right after the voice."""

from typing import Any

from mulin.academy.catalogues import themes
from mulin.academy.orders.actions import describe_order
from mulin.academy.orders.forms import Want
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError
from mulin.voices.models import Voice
from mulin.voices.states import WISHES

PREFIX = "want"


def form(data: Any, theme: str = "") -> Want:
    """The fields as they were sent, or to be filled in; `theme`: what the person comes from."""
    return Want(data, prefix=PREFIX, initial={"theme": theme if theme in themes() else ""})


def of_voice(actor: Actor, voice: Voice, want: Want) -> None:
    """Keep what was filled in with the voice that has just been received. It is no reason to lose the voice:
    what cannot be kept is left as the text was understood."""
    given = want.given()
    if voice.kind not in WISHES or not given:
        return
    if voice.kind != "offer":
        given.pop("gives", None)
    try:
        describe_order(actor=actor.with_receipt(voice.pk), number=voice.number, **given)
    except ActionError:
        return
