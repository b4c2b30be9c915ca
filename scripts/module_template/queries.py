"""Every read that is more than a look-up. The same condition serves lists and single records."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.policy import Fields, visible
from mulin.samples import states
from mulin.samples.models import Sample

CARD_SIZE = 3


def visible_to(actor: Actor) -> QuerySet[Sample]:
    """The records that the actor may see."""
    return Sample.objects.filter(visible(actor, "samples.sample:view", Fields(place="place")))


def get_sample(actor: Actor, sample: UUID, *, lock: bool = False) -> Sample:
    """One record. Raises NotVisible when there is none or the actor may not see it: the same answer."""
    rows = visible_to(actor)
    found = (rows.select_for_update() if lock else rows).filter(id=sample).first()
    if found is None:
        raise NotVisible
    return found


def card(actor: Actor, place: str) -> dict[str, Any] | None:
    """What the community's home shows: the newest that are open; nothing when there are none."""
    newest = visible_to(actor).filter(place=place, state=states.OPEN).order_by("-id")[:CARD_SIZE]
    samples = list(newest)
    return {"samples": samples} if samples else None
