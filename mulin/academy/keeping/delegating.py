"""Which group sends delegates to which topic or meeting: how many, never who.

Councils stand beside this module: `councils.gatherings(place)` says to what one can send delegates there,
`councils.gatherings_told(pairs)` what they are called later on."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.academy.keeping import access
from mulin.academy.keeping.models import Delegation
from mulin.academy.keeping.wording import public_words
from mulin.kernel import codes, journal, registry
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.policy import require
from mulin.people.queries import group_target

MOST_HEADS, WORDS = 50, 120


def gatherings(place: str) -> list[dict[str, Any]]:
    """Running topics and coming meetings of a place: [{kind, id, number, title, url, when}]."""
    provider = registry.providers().get("councils.gatherings")
    return provider(place) if provider else []


def told(pairs: Iterable[tuple[str, UUID]]) -> dict[UUID, dict[str, Any]]:
    """What those that everybody may read are called: id -> {title, url, outcome}."""
    provider = registry.providers().get("councils.gatherings_told")
    pairs = list(pairs)
    return provider(pairs) if provider and pairs else {}


def send_delegates(
    *, actor: Actor, group_id: UUID, gathering: str, heads: int = 1, words: str = ""
) -> Delegation:
    """A group sends so many delegates to a topic or a meeting (`gathering`: its number). Sent again: the new
    number counts. Who: academy.keeping:tend for the group. Raises no-gathering, bad-count, personal-data."""
    words = public_words(words, "words", WORDS)
    if not 1 <= heads <= MOST_HEADS:
        raise ActionError("bad-count", _("代表在1到50人之间。"), field="heads", status=422)
    with write():
        group = access.get_group(group_id)
        require(actor, access.TEND, group_target(group))
        place = codes.community(group.place) or group.place
        found = next((one for one in gatherings(place) if one["number"] == gathering), None)
        if found is None:
            text = _("请选一个正在议的题目或要开的会。")
            raise ActionError("no-gathering", text, field="gathering", status=422)
        fields = {
            "place": place, "number": found["number"], "heads": heads, "words": words,
            "sent_by": actor.account,
        }  # fmt: skip
        sent, _made = Delegation.objects.update_or_create(
            org=group, kind=found["kind"], ref=found["id"], state="sent", defaults=fields
        )
        _line("academy.keeping.delegated", actor, sent, found.get("thread"), n=heads)
    return sent


def recall_delegates(*, actor: Actor, delegation: UUID) -> Delegation:
    """A group sends them no longer. Who: academy.keeping:tend for the group."""
    with write():
        rows = Delegation.objects.select_for_update(of=("self",)).select_related("org")
        sent = access.by_id(rows.filter(state="sent"), delegation)
        access.see_group(actor, sent.org_id)
        require(actor, access.TEND, group_target(sent.org))
        sent.state = "recalled"
        sent.save(update_fields=["state"])
        _line("academy.keeping.recalled", actor, sent, None)
    return sent


def _line(code: str, actor: Actor, sent: Delegation, thread: UUID | None, **data: Any) -> None:
    """The one line; it stands on the topic's timeline too, where it has one."""
    journal.record(
        code, actor=actor, place=sent.place, subject=sent.pk, org=sent.org_id, matter=thread,
        data={"kind": sent.kind, "to": sent.number, **data},
    )  # fmt: skip
