"""What whoever just reported a 大事 can still put right: where it is, or that it was pressed by mistake."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from mulin.cases.pages import CasePage
from mulin.kernel import clock, policy
from mulin.voices import access
from mulin.voices.models import Voice

MISTAKE = timedelta(minutes=1)


def reported(page: CasePage) -> dict[str, Any] | None:
    """The first voice, if it is the actor's own, and whether taking it back in one tap is still offered:
    for a minute, while it is a slip of the finger. Afterwards it goes like any other, with its reason."""
    voice = page.voices[0].voice if page.voices else None
    if voice is None or voice.account_id != page.actor.account or voice.state == "withdrawn":
        return None
    return {"number": voice.number, "where": _where(page), "can_undo": _can_undo(page, voice)}


def _where(page: CasePage) -> str:
    case, address = page.case, page.matter.address
    near = case.building_name or case.grid_name or case.place_name
    return "·".join(filter(None, [near, address if address != near else ""])) or _("没有填")


def _can_undo(page: CasePage, voice: Voice) -> bool:
    if clock.now() - voice.created_at > MISTAKE or page.case.state != "reported":
        return False
    return policy.can(page.actor, "voices.voice:withdraw", access.target_of_voice(page.actor, voice))
