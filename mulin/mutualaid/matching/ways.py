"""The way "aid": a call for help, a wish or an offer becomes a need, or an application to help."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mulin.kernel import clock
from mulin.kernel.actors import Actor
from mulin.kernel.registry import Way, WayResult
from mulin.mutualaid.matching import states
from mulin.mutualaid.matching.actions.needs import from_voice
from mulin.mutualaid.matching.models import AidNeed


def attach(*, actor: Actor, matter: Any, voice: Any, joined: bool) -> WayResult:
    """Each voice becomes a need of its own: two families in one matter are still two. What it lacks (kind,
    times) is asked for at the desk before anybody is looked for."""
    made = from_voice(matter, voice)
    return WayResult(record=made.pk, data={"aid": made.number})


def withdraw(*, actor: Actor, matter: Any, voice: Any) -> WayResult:
    """Who took the voice back asks no more, unless somebody helps already."""
    rows = AidNeed.objects.filter(voice=voice, state="asked").exclude(matches__state__in=states.LIVE)
    rows.update(state="closed", reason=gettext("撤回了"), closed_at=clock.now())
    return WayResult()


WAY = Way("aid", _("邻里互助"), frozenset({"help", "wish", "offer"}), attach, withdraw=withdraw)
