"""A voice comes in."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import F, Q
from django.utils.translation import gettext as _

from mulin.kernel import clock, journal, registry, rulebook, search, secrets
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.counters import Count
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.inserting import insert
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import require
from mulin.voices import access, drafts, likeness, locations, matters, photos, states
from mulin.voices.drafts import Draft
from mulin.voices.models import Matter, Voice
from mulin.voices.photos import Picture

log = logging.getLogger("mulin.voices")
ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the person takes home. `secret` opens the voice without an account; only its hash is kept."""

    voice: Voice
    secret: str


def submit_voice(
    *,
    actor: Actor,
    text: str,
    place: str,
    kind: str = "",
    category: str = "",
    severity: str = "",
    lon: float | None = None,
    lat: float | None = None,
    crs: str = "wgs84",
    address: str = "",
    building: str = "",
    channel: str = "portal",
    contact: str = "",
    photos: Iterable[Any] = (),
    idempotency: str = "",
    entered_for: bool = False,
    happened_at: datetime | None = None,
    join: str = "",
    located_by: str = "",
    for_account: UUID | None = None,
    least_level: int = 0,
) -> Receipt:
    """Record what somebody said, open its matter (or join one) and start the way that the rules name.

    Anyone may, at any place, without an account. `entered_for`: a worker (voices.voice:submit_for) writes
    down what another person said; it is linked to `for_account` only when that person agreed. `join` is the
    number of an open matter. The same `idempotency` key by the same owner gives the first voice again.
    `least_level`: a page that can ask again takes no place larger than this, where perhaps nobody looks.
    Raises ActionError (422 for what was given wrongly, `idempotency-mismatch`, 409 `matter-closed`),
    NotAllowed, NotVisible (`join`).
    """
    uploads = list(photos)
    require(actor, "voices.voice:submit", place)
    if entered_for:
        require(actor, "voices.voice:submit_for", place)
    draft = drafts.prepare(
        actor, text=text, place=place, kind=kind, category=category, severity=severity, lon=lon, lat=lat,
        crs=crs, address=address, building=building, channel=channel, contact=contact,
        idempotency=idempotency,
        entered_for=entered_for, happened_at=happened_at, located_by=located_by, for_account=for_account,
        photos=len(uploads), join=join,
    )  # fmt: skip
    if not join:
        locations.check_size(draft.spot.place, least_level)
    voice = earlier(draft) or _enter_safely(actor, draft, uploads, join)
    return Receipt(voice, draft.secret)


def earlier(draft: Draft) -> Voice | None:
    """The voice that the same request made before; ActionError (422) if the key was used for another one."""
    if draft.idempotency is None:
        return None
    # Two columns, since nearly always there is none: reading the whole row costs a third of a millisecond.
    found = Voice.objects.filter(idempotency=draft.idempotency).values_list("pk", "digest")[:1]
    for pk, digest in found:
        if digest != draft.digest:
            raise ActionError("idempotency-mismatch", _("这个幂等键已经用于另一条内容。"), status=422)
        return Voice.objects.select_related("matter").get(pk=pk)
    return None


def _enter_safely(actor: Actor, draft: Draft, uploads: list[Any], join: str) -> Voice:
    """Enter it; a number that is taken is drawn again, and a twin request that won gives its voice."""
    pictures = photos.prepare(uploads, draft.spot.place)
    beside = likeness.wish_to_join(draft) if draft.kind in states.WISHES and not join else None
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with photos.stored(pictures), write():
                return enter(actor, draft, pictures, join, beside)
        except IntegrityError:
            twin = earlier(draft)
            if twin:
                return twin
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def enter(
    actor: Actor, draft: Draft, pictures: list[Picture] = (), join: str = "", beside: UUID | None = None
) -> Voice:
    """Write one voice and its line inside the caller's transaction. For `submit_voice` and the import."""
    number = new_number()
    matter = _matter_to_join(actor, draft, join, beside)
    joined = matter is not None
    if matter is None:
        matter = _new_matter(draft, number)
    voice = _new_voice(draft, matter, number)
    if pictures:
        photos.rows(pictures, matter, voice, actor.account)
    search.index("matter", matter.id, matter.place, matters.text_for_desk(draft.text, draft.address))
    result = attach_way(actor, matter, voice, joined)
    journal.record(
        "voices.voice.submitted",
        actor=actor,
        place=voice.place,
        subject=voice.id,
        matter=matter.id,
        data={
            "number": voice.number,
            "kind": voice.kind,
            "channel": voice.channel,
            "category": matter.category,
            "severity": matter.severity,
            "joined": joined,
            "way": matter.way,
            **({"photos": len(pictures)} if pictures else {}),
            **({"for": True} if draft.entered_by else {}),
            **result.data,
        },
        counts=[came_in(voice), *result.counts],
    )
    return voice


def came_in(voice: Voice, n: int = 1) -> Count:
    """The count of one voice: by the day of the voice, at its place, by kind. The day is read from the row,
    as the recount does: the clock may have passed midnight since."""
    day = clock.day_of(voice.happened_at or voice.created_at)
    return Count("voices.in", voice.place, day, n, state=voice.kind, grid=voice.grid)


def _new_matter(draft: Draft, number: str) -> Matter:
    """The first voice and its matter share one number, so that a person has one to keep."""
    spot, restriction = draft.spot, draft.restriction
    matter = Matter(
        number=number,
        place=spot.place,
        grid=spot.grid,
        building=spot.building,
        address=draft.address,
        lon=spot.lon,
        lat=spot.lat,
        kind=draft.kind,
        category=draft.category,
        category_by=draft.category_by,
        title=draft.title,
        severity=draft.severity,
        restriction=restriction,
        publication=drafts.publication_of(spot.place, draft.kind, draft.category, restriction),
        way=rulebook.value("voices.way", at=spot.place, kind=draft.kind),
        voices_count=1,
    )
    insert([matter])
    return matter


def _new_voice(draft: Draft, matter: Matter, number: str) -> Voice:
    spot = draft.spot
    voice = Voice(
        number=number,
        matter=matter,
        first_matter=matter,
        kind=draft.kind,
        channel=draft.channel,
        text=draft.text,
        text_masked=draft.masked,
        place=spot.place,
        grid=spot.grid,
        building=spot.building,
        address=draft.address,
        lon=spot.lon,
        lat=spot.lat,
        located_by=spot.how,
        account_id=draft.account,
        contact_sealed=secrets.seal(draft.contact),
        contact_hash=secrets.fingerprint(draft.contact, "phone"),
        contact_last4=secrets.last_four(draft.contact),
        entered_by=draft.entered_by,
        secret_hash=secrets.fingerprint(draft.secret, "receipt"),
        idempotency=draft.idempotency,
        digest=draft.digest,
        suggestions=draft.suggestions,
        happened_at=draft.happened_at,
    )
    if matter.decision == "accepted":  # a wish that was answered already answers whoever joins it
        voice.answer, voice.answered_at = matter.public_answer, now()
    insert([voice])
    return voice


def _matter_to_join(actor: Actor, draft: Draft, join: str, beside: UUID | None) -> Matter | None:
    """The open matter that the person chose, or the like wish that was found; locked and one voice richer.

    A tip-off or a danger to life is never put into a matter that more people read, or that nobody hurries
    for: it opens its own, and the desk may still merge the two.
    """
    if join:
        matter = _chosen(actor, join)
        if draft.restriction and draft.restriction != matter.restriction:
            return None
    elif beside:
        matter = Matter.objects.select_for_update().filter(pk=beside, is_open=True).first()
        if matter is None:
            return None
    else:
        return None
    Matter.objects.filter(pk=matter.pk).update(voices_count=F("voices_count") + 1)
    matter.voices_count += 1
    return matter


def _chosen(actor: Actor, number: str) -> Matter:
    """A public matter may be joined by anyone, another by whoever sees it. A merged one leads on."""
    public = Q(publication="shown", restriction="")
    matter = access.locked_matter(actor, number, extra=public | access.own_matters(actor))
    while matter.merged_into_id:
        matter = Matter.objects.select_for_update().get(pk=matter.merged_into_id)
        if matter.restriction and not Matter.objects.filter(access.matter_q(actor), pk=matter.pk).exists():
            raise NotVisible(number)
    if not matter.is_open:
        raise ActionError(
            "matter-closed", _("这件事已经办结。如果又出现了，请另说一件，我们会看到前后的联系。")
        )
    return matter


def attach_way(actor: Actor, matter: Matter, voice: Voice, joined: bool) -> registry.WayResult:
    """Let the way that the rules named open its record, or join the one it has."""
    if not matter.way:
        return registry.WayResult()
    for way in registry.ways(matter.kind):
        if way.code == matter.way:
            return way.attach(actor=actor, matter=matter, voice=voice, joined=joined)
    # The voice is kept all the same: losing it would be worse than a way that is not installed.
    log.error(
        "no module offers the way %r for kind %r; matter %s waits", matter.way, matter.kind, matter.number
    )
    return registry.WayResult()
