"""One's own things: what one said, where one stands beside, what one was told."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from mulin.cases.models import Case
from mulin.kernel import notices
from mulin.kernel.actors import Actor
from mulin.kernel.models import Notice
from mulin.kernel.numbers import show_number
from mulin.places.queries import names_of
from mulin.portal import words
from mulin.portal.community import Me, card
from mulin.portal.follow import Badge, state_of
from mulin.voices.models import Matter, Voice
from mulin.voices.queries import my_voices

MOST = 60
SHOWN_ON_HOME = 2
# What needs the person comes first, then what is under way, then what is over.
ORDER = {"done": 0, "reopened": 1, "suspended": 1, "closed": 3, "withdrawn": 4, "refused": 3, "merged": 3}


@dataclass(frozen=True, slots=True)
class Row:
    """One of my voices in a list."""

    number: str
    shown_number: str
    url: str
    title: str
    state: Badge
    place: str
    when: str
    kind: Any
    waits: bool
    order: int


def rows(actor: Actor, limit: int = MOST) -> list[Row]:
    """My voices, those that wait for my word first. Three statements."""
    voices = list(my_voices(actor)[:limit]) if actor.account or actor.receipts else []
    cases = (
        {one.matter_id: one for one in Case.objects.filter(matter__in={v.matter_id for v in voices})}
        if voices
        else {}
    )
    names = names_of({voice.place for voice in voices})
    found = [_row(voice, cases.get(voice.matter_id), names) for voice in voices]
    return sorted(found, key=lambda row: row.order)


def _row(voice: Voice, case: Case | None, names: dict[str, str]) -> Row:
    state = state_of(voice, case)
    waits = voice.state == "received" and case is not None and case.state == "done" and voice.rated_at is None
    text = " ".join(voice.text.split())
    return Row(
        number=voice.number,
        shown_number=show_number(voice.number),
        url=reverse("portal:voice", args=[voice.number]),
        title=text if len(text) <= 60 else f"{text[:59]}…",
        state=state,
        place=names.get(voice.place, ""),
        when=words.day(voice.created_at),
        kind=words.kind(voice.kind),
        waits=waits,
        order=ORDER.get(state.code, 2) if not waits else -1,
    )


def latest(actor: Actor) -> dict[str, Any]:
    """For the home page: the few that matter most now, and how many there are."""
    found = rows(actor)
    return {"rows": found[:SHOWN_ON_HOME], "total": len(found), "waiting": sum(row.waits for row in found)}


def beside(me: Me) -> list[dict[str, Any]]:
    """Matters where I pressed 我也遇到 or 我也想, as everyone sees them."""
    if not (me.account or me.device):
        return []
    mine = Q(me_toos__account=me.account) if me.account else Q(me_toos__device_hash=me.device)
    found = Matter.objects.filter(mine, publication="shown", restriction="").order_by("-me_toos__id")[:MOST]
    return [card(matter, {matter.pk}) for matter in found]


def told(actor: Actor, *, unread: bool, limit: int = MOST) -> list[dict[str, Any]]:
    """My notices, latest first, as sentences."""
    found = (
        Notice.objects.filter(account_id=actor.account).order_by("-id")
        if actor.account
        else Notice.objects.none()
    )
    if unread:
        found = found.filter(read_at=None)
    shown = list(found[:limit])
    titles = notices.titles(shown)
    return [
        {
            "id": one.pk,
            "text": notices.say(one, titles.get(one.pk, "")),
            "url": one.url,
            "when": words.when(one.created_at),
            "at": one.created_at,
            "is_new": one.read_at is None,
            "is_urgent": one.is_urgent,
        }
        for one in shown
    ]


def open_notice(actor: Actor, notice_id: UUID) -> str:
    """Mark one of my notices as read; where it leads, or empty when it is not mine."""
    one = Notice.objects.filter(account_id=actor.account, pk=notice_id).first() if actor.account else None
    if one is None:
        return ""
    notices.mark_read(actor, notice_id)
    return one.url or reverse("portal:mine")
