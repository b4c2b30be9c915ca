"""The manifest: what each part of this module brings, as one."""

from dataclasses import fields
from typing import Any

from django.utils.translation import gettext_lazy as _

from mulin.councils import doors
from mulin.councils.canvasses import manifest as canvasses
from mulin.councils.conversations import manifest as conversations
from mulin.councils.meetings import manifest as meetings
from mulin.councils.results import manifest as results
from mulin.councils.rosters import manifest as rosters
from mulin.councils.topics import manifest as topics
from mulin.councils.upward import manifest as upward
from mulin.councils.votes import manifest as votes
from mulin.kernel.registry import Module

PARTS = (topics, results, upward, meetings, conversations, rosters, votes, canvasses)
STEP_KINDS = tuple(kind for part in PARTS for kind in part.STEP_KINDS)


def _together() -> dict[str, Any]:
    """Tuples one after the other, dictionaries joined; a key that two parts use is a mistake."""
    found: dict[str, Any] = {}
    for field in fields(Module):
        # What is open at a place is read for all parts at once: see `doors`.
        if field.name in ("name", "title", "doors"):
            continue
        values = [getattr(part.PART, field.name) for part in PARTS]
        if isinstance(values[0], dict):
            found[field.name] = {}
            for value in values:
                if twice := found[field.name].keys() & value.keys():
                    raise ValueError(f"{field.name} {sorted(twice)[0]!r} is in two parts")
                found[field.name] |= value
        else:
            found[field.name] = tuple(one for value in values for one in value)
    return found


MODULE = Module(name="councils", title=_("议事"), doors=doors.SOURCES, **_together())
