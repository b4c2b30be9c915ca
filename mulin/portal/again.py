"""The same words sent again: after the browser's Back, from a page made anew, on a bad line. They lead to the
receipt there is. Changed words are a voice of their own."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from mulin.kernel import clock, codes, rulebook, secrets
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError
from mulin.portal import receipts
from mulin.voices import actions, drafts
from mulin.voices.models import Voice
from mulin.voices.queries import my_voices

RULE = "portal.report.same_within_minutes"
# Whoever looks further back than this looks in their own list.
MOST = 20


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a sending. `is_again`: this browser was given the receipt before."""

    receipt: actions.Receipt
    is_again: bool = False


def earlier(request: HttpRequest, said: dict[str, Any]) -> Sent | None:
    """The voice that this person sent in these words a short while ago, whatever key the page carries now: a
    browser that asks for the page again on the way back gets a fresh one. `said`: what `submit_voice`
    takes."""
    actor, sent_here = actor_of(request), receipts.kept(request)
    if actor.account is None and not sent_here:
        return None
    for voice in sent_here:
        actor = actor.with_receipt(voice)
    text = drafts.check_text(said["text"], said["place"] or settings.MULIN_SITE_PLACE)
    minutes = rulebook.value(RULE, at=settings.MULIN_SITE_PLACE, urgent=said.get("severity") == "major")
    since = clock.now() - timedelta(minutes=minutes)
    like = my_voices(actor).filter(created_at__gte=since, text=text, idempotency__isnull=False)
    for voice in like[:MOST]:
        receipt = _receipt(voice)
        if receipt and is_same(voice, said):
            return Sent(receipt, is_again=True)
    return None


def send(request: HttpRequest, said: dict[str, Any]) -> Sent:
    """Record it, or give the receipt that its key already led to. Raises ActionError, among others
    `idempotency-mismatch` when the first answer may have been lost and the words were changed since."""
    actor, sent_here = actor_of(request), receipts.kept(request)
    try:
        receipt = actions.submit_voice(actor=actor, **said)
        return Sent(receipt, receipt.voice.pk in sent_here)
    except ActionError as error:
        if error.code != "idempotency-mismatch":
            raise
        first = Voice.objects.select_related("matter").get(
            idempotency=drafts.owned_key(actor, said["idempotency"])
        )
        receipt = _receipt(first)
        if receipt and is_same(first, said):
            return Sent(receipt, first.pk in sent_here)
        if first.pk not in sent_here:
            raise
    # The first one's receipt arrived, so the person knows of it: this is another voice. Its key follows from
    # the first and from what is said, so that it too is taken once.
    receipt = actions.submit_voice(actor=actor, **{**said, "idempotency": _next_key(said)})
    return Sent(receipt, receipt.voice.pk in sent_here)


def is_same(voice: Voice, said: dict[str, Any]) -> bool:
    """Whether nothing is said now that the voice does not hold. A page that was left and opened again has
    lost its photos and its point on the map: what is missing now makes no difference, what is new does."""
    if voice.state != "received" or not voice.matter.is_open:
        return False  # taken back, or done and there again
    contact = drafts.clean_contact(said.get("contact") or "")
    place, address = said["place"], " ".join((said.get("address") or "").split())
    point = said.get("lon"), said.get("lat")
    return (
        voice.text == drafts.check_text(said["text"], place)
        and codes.contains(place, voice.place)
        and address[: drafts.ADDRESS_LENGTH] == voice.address
        and (said.get("building") or voice.building) == voice.building
        and (None in point or point == (voice.lon, voice.lat))
        and (said.get("kind") or voice.kind) == voice.kind
        and (not contact or secrets.fingerprint(contact, "phone") == voice.contact_hash)
        and (not said.get("join") or said["join"] == voice.matter.number)
        and len(said.get("photos") or ()) <= voice.photos.count()
    )


def _receipt(voice: Voice) -> actions.Receipt | None:
    """The receipt follows from the key that the voice was sent with."""
    secret = drafts.secret_for(voice.idempotency)
    if secrets.fingerprint(secret, "receipt") != voice.secret_hash:
        return None
    return actions.Receipt(voice, secret)


def _next_key(said: dict[str, Any]) -> str:
    content = {**said, "photos": len(said.get("photos") or ())}
    return f"{said['idempotency']}+{drafts.digest_of(**content)}"
