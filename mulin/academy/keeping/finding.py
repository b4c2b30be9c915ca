"""What a group notices while it keeps a place becomes a voice, and so a case; the group is its finder."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from mulin.academy.keeping import access
from mulin.academy.keeping.actions import KIND, MATTER
from mulin.academy.keeping.models import KeptPlace, PlaceFinding
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.models import ThreadLink
from mulin.people.models import Organisation
from mulin.voices.actions import submit_voice
from mulin.voices.actions.submit import Receipt


def report_from_place(
    *, actor: Actor, number: str, text: str, photos: Iterable[Any] = (), category: str = "",
    idempotency: str = "",
) -> Receipt:  # fmt: skip
    """Say what was noticed at a kept place; where it lies and which group found it are known.

    Who: academy.keeping:help at the place. Writes the voice's own line. Raises nobody-keeps, and what
    `submit_voice` raises."""
    with write():
        kept = access.locked_place(actor, number, access.HELP)
        group = access.acting_group(actor, access.HELP, kept)
        if group is None:
            raise ActionError("nobody-keeps", _("现在没有小组照看这里。请用“说一件事”。"))
        site = kept.site
        building = site.code if site is not None and site.kind == "building" else ""
        receipt = submit_voice(
            actor=actor, text=text, place=kept.place, channel="patrol", category=category, photos=photos,
            lon=kept.lon, lat=kept.lat, building=building, address=kept.spot or kept.name,
            idempotency=idempotency,
        )  # fmt: skip
        _found(receipt, kept, group)
    return receipt


def _found(receipt: Receipt, kept: KeptPlace, group: Organisation) -> None:
    """The group as its finder, once; the thread from the place to the matter, which names the group."""
    fields = {"kept": kept, "org": group, "place": kept.place}
    PlaceFinding.objects.get_or_create(voice=receipt.voice, defaults=fields)
    known = {"child_kind": MATTER, "parent_kind": KIND, "note": group.name}
    ThreadLink.objects.get_or_create(child=receipt.voice.matter_id, parent=kept.pk, defaults=known)
