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
    takes.

    A telephone is lent and a counter's is shared: of somebody else's voices, with an account or without,
    none counts. Photos are not compared, so whoever adds any says something new.
    """
    actor, sent_here = actor_of(request), receipts.kept(request)
    if said.get("photos") or (actor.account is None and not sent_here):
        return None
    for voice in sent_here:
        actor = actor.with_receipt(voice)
    text = drafts.check_text(said["text"], said["place"] or settings.MULIN_SITE_PLACE)
    since = clock.now() - max(_within(said, urgent=urgent) for urgent in (True, False))
    mine = my_voices(actor).filter(account_id=actor.account, created_at__gte=since, text=text)
    for voice in mine.filter(idempotency__isnull=False)[:MOST]:
        is_urgent = "major" in {said.get("severity"), voice.matter.severity}
        if voice.created_at < clock.now() - _within(said, urgent=is_urgent):
            continue
        receipt = _receipt(voice)
        if receipt and is_same(voice, said):
            return Sent(receipt, is_again=True)
    return None


def _within(said: dict[str, Any], *, urgent: bool) -> timedelta:
    """How long the same words are the same again: of an emergency one too many is better than one too few."""
    place = said["place"] or settings.MULIN_SITE_PLACE
    return timedelta(minutes=rulebook.value(RULE, at=place, urgent=urgent))


def is_received(request: HttpRequest, said: dict[str, Any]) -> bool:
    """Whether the very same sending has arrived, though its answer may have been lost."""
    key = said["idempotency"]
    return bool(key) and Voice.objects.filter(idempotency=drafts.owned_key(actor_of(request), key)).exists()


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
        receipt, has_arrived = _receipt(first), first.pk in sent_here
        if receipt and is_same(first, said) and not (has_arrived and said.get("photos")):
            return Sent(receipt, has_arrived)
        if not has_arrived:
            raise
    # The first one's receipt arrived, so the person knows of it: this is another voice. Its key follows from
    # the first and from what is said, so that it too is taken once.
    receipt = actions.submit_voice(actor=actor, **{**said, "idempotency": _next_key(said)})
    return Sent(receipt, receipt.voice.pk in sent_here)


def is_same(voice: Voice, said: dict[str, Any]) -> bool:
    """Whether nothing is said now that the voice does not hold. A page that was left and opened again has
    lost its photos and its point on the map, perhaps the address: what is missing now makes no difference,
    what is new does."""
    if voice.state != "received" or not voice.matter.is_open:
        return False  # taken back, or done and there again
    contact = drafts.clean_contact(said.get("contact") or "")
    place, address = said["place"], " ".join((said.get("address") or "").split())
    point = said.get("lon"), said.get("lat")
    return (
        voice.text == drafts.check_text(said["text"], place)
        and codes.contains(place, voice.place)
        and (address[: drafts.ADDRESS_LENGTH] or voice.address) == voice.address
        and (said.get("building") or voice.building) == voice.building
        and (None in point or point == (voice.lon, voice.lat))
        and (said.get("kind") or voice.kind) == voice.kind
        and voice.contact_hash == (secrets.fingerprint(contact, "phone") if contact else "")
        and (said.get("join") or "") == _joined(voice)
        and len(said.get("photos") or ()) <= voice.photos.count()
    )


def _joined(voice: Voice) -> str:
    """The number of the matter of somebody else that the voice joined; "" when it began its own."""
    begun = voice.matter.voices.order_by("created_at", "id").values_list("pk", flat=True).first()
    return "" if begun == voice.pk else voice.matter.number


def _receipt(voice: Voice) -> actions.Receipt | None:
    """The receipt follows from the key that the voice was sent with."""
    secret = drafts.secret_for(voice.idempotency)
    if secrets.fingerprint(secret, "receipt") != voice.secret_hash:
        return None
    return actions.Receipt(voice, secret)


def _next_key(said: dict[str, Any]) -> str:
    content = {**said, "photos": len(said.get("photos") or ())}
    return f"{said['idempotency']}+{drafts.digest_of(**content)}"
