"""This module's share in "my data": what it gives out, what it erases, and what it forgets by itself."""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from mulin.kernel import codes, journal, registry, rulebook, secrets
from mulin.kernel.actors import SYSTEM
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.voices import matters, photos
from mulin.voices.models import Addition, Matter, MeToo, Photo, Voice

log = logging.getLogger("mulin.voices")
FORGET_BATCH = 500
_NO_CONTACT = {"contact_sealed": "", "contact_hash": "", "contact_last4": ""}


def export(account_id: UUID) -> dict[str, Any]:
    """Everything the person said, added, stood beside and rated, as plain values."""
    voices = Voice.objects.filter(account=account_id).order_by("id").select_related("matter")
    voices = voices.prefetch_related("additions", "photos")
    beside = MeToo.objects.filter(account=account_id).select_related("matter").order_by("id")
    return {
        "voices": [_voice(voice) for voice in voices],
        "me_too": [{"matter": row.matter.number, "at": _moment(row.created_at)} for row in beside],
    }


def _voice(voice: Voice) -> dict[str, Any]:
    return {
        "number": voice.number,
        "said_at": _moment(voice.created_at),
        "happened_at": _moment(voice.happened_at),
        "kind": voice.kind,
        "category": voice.matter.category,
        "channel": voice.channel,
        "state": voice.state,
        "text": voice.text,
        "place": voice.place,
        "building": voice.building,
        "address": voice.address,
        "lon": voice.lon,
        "lat": voice.lat,
        "contact": secrets.unseal(voice.contact_sealed),
        "suggestions": voice.suggestions,
        "answer": voice.answer,
        "answered_at": _moment(voice.answered_at),
        "is_solved": voice.is_solved,
        "is_satisfied": voice.is_satisfied,
        "rated_at": _moment(voice.rated_at),
        # Of the answer, or of why it was taken back.
        "remark": voice.remark,
        "additions": [
            {"text": a.text, "at": _moment(a.created_at), "is_former_text": a.is_former}
            for a in voice.additions.all()
        ],
        "photos": [{"id": str(p.id), "width": p.width, "height": p.height} for p in voice.photos.all()],
    }


def _moment(value: Any) -> str | None:
    return value.isoformat() if value else None


def erase(account_id: UUID) -> int:
    """Cut every tie between the person and what they said. The matter and its answer stay, as a record of
    what was done, with personal data covered; contacts, positions, photos that nobody published, receipts
    and what the machine made of the text go. Returns how many records were touched."""
    touched = 0
    pictures: list[Photo] = []
    with write():
        # Matters before voices, as every action locks them.
        spoken = Voice.objects.filter(account=account_id).values_list("matter_id", "first_matter_id")
        about = {pk for pair in spoken for pk in pair if pk}
        list(Matter.objects.select_for_update().filter(pk__in=about).order_by("pk"))
        mine = list(Voice.objects.select_for_update().filter(account=account_id).order_by("pk"))
        # What the person wrote on the way's record is found by the voice, so before the tie is cut.
        forget_words = registry.providers().get("voices.forget_words")
        touched += forget_words([voice.pk for voice in mine]) if forget_words else 0
        for voice in mine:
            pictures += _erase_voice(voice)
            touched += 1
        touched += Addition.objects.filter(account=account_id).update(account=None)
        touched += MeToo.objects.filter(account=account_id).update(account=None)
        touched += Photo.objects.filter(added_by=account_id).update(added_by=None)
        # Not before it is final: another module's share in the same erasure may still fail.
        transaction.on_commit(lambda: photos.delete_files(pictures))
    return touched


def _erase_voice(voice: Voice) -> list[Photo]:
    """Cover one voice; gives the photos whose files are to be deleted once this is committed."""
    voice.text, voice.remark = voice.text_masked, ""
    voice.account_id, voice.secret_hash, voice.idempotency, voice.digest = None, "", None, ""
    voice.suggestions, voice.lon, voice.lat, voice.building, voice.address = {}, None, None, "", ""
    for name, value in _NO_CONTACT.items():
        setattr(voice, name, value)
    voice.save()
    for addition in voice.additions.all():
        addition.text = addition.text_masked
        addition.save(update_fields=["text"])
    unpublished = list(Photo.objects.filter(voice=voice, is_approved=False))
    Photo.objects.filter(pk__in=[photo.pk for photo in unpublished]).delete()
    matter = Matter.objects.select_for_update().get(pk=voice.first_matter_id)
    if matter.voices_count <= 1 and not matter.merged_into_id:
        # Nobody else needs the exact spot.
        matter.lon, matter.lat, matter.address = None, None, ""
        matter.save(update_fields=["lon", "lat", "address"])
    matters.reindex(matter)
    return unpublished


def forget_contacts(limit: int = FORGET_BATCH) -> int:
    """Delete the contacts of voices whose matter was closed longer ago than the rule of its place keeps them,
    with one line in the journal for each place. A place whose rule is unset keeps them, which is logged; it
    and places that keep contacts longer never hold up the others. Returns how many were deleted."""
    kept = Voice.objects.filter(matter__is_open=False, matter__merged_into=None).exclude(contact_hash="")
    done = 0
    for place in kept.order_by("place").values_list("place", flat=True).distinct():
        try:
            days = rulebook.value("voices.retention.contact_days", at=place)
        except ActionError as error:
            log.warning("contacts of %s stay: %s", place, error)
            continue
        due = kept.filter(place=place, matter__closed_at__lt=now() - timedelta(days=days))
        ids = list(due.order_by("matter__closed_at").values_list("id", flat=True)[: limit - done])
        # Nothing due is the rule, and a write transaction would make every other writer wait for nothing.
        done += _forget(due, ids, place) if ids else 0
        if done >= limit:
            break
    return done


def _forget(due: QuerySet[Voice], ids: list[UUID], place: str) -> int:
    with write():
        # Asked again: a matter may have been opened again meanwhile.
        n = Voice.objects.filter(pk__in=due.filter(pk__in=ids).values("pk")).update(**_NO_CONTACT)
        if n:
            community = codes.community(place) or place
            journal.record("voices.contact.forgotten", actor=SYSTEM, place=community, data={"n": n})
    return n
