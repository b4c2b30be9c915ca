"""The one thing that the desk does by itself: finding what somebody said by their telephone number."""

from django.utils.translation import gettext as _

from mulin.kernel import journal, policy
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.secrets import fingerprint
from mulin.people import phones
from mulin.people.actions import note_secret_read
from mulin.voices import access
from mulin.voices.models import Voice

LEAST_PURPOSE = 4
MOST_FOUND = 50


def search_by_phone(*, actor: Actor, phone: str, purpose: str) -> list[Voice]:
    """Voices whose contact is this number, among those that the actor sees and may read the contact of.

    The number itself is not kept, only its keyed hash is compared. Everybody whose voice was found reads in
    their own records who looked and what for. Needs voices.voice:read_contact. Raises NotAllowed,
    ActionError `phone-wrong`, `purpose-missing`.
    """
    if not policy.can_somewhere(actor, "voices.voice:read_contact"):
        policy.require(actor, "voices.voice:read_contact", policy.Target())
    purpose = purpose.strip()[:200]
    if len(purpose) < LEAST_PURPOSE:
        raise ActionError("purpose-missing", _("请写明为什么查，本人会看到。"), field="purpose", status=422)
    prints = _fingerprints(phone)
    with write():
        rows = Voice.objects.filter(access.voice_q(actor), contact_hash__in=prints).select_related("matter")
        readable = policy.visible(actor, "voices.voice:read_contact", access.VOICE_FIELDS)
        found = list(rows.filter(readable).order_by("-id")[:MOST_FOUND])
        for voice in found:
            note_secret_read(
                actor=actor, account_id=voice.account_id, what="contact", purpose=purpose, voice=voice.id
            )
        place = next((post.place[:12] for post in actor.posts if post.place), "")
        journal.record("desk.phone.searched", actor=actor, place=place, data={"found": len(found)})
    return found


def _fingerprints(phone: str) -> list[str]:
    """The number as contacts are kept, and in the international form that accounts use."""
    bare = "".join(c for c in phone if c.isdigit())
    if not 7 <= len(bare) <= 15:
        raise ActionError("phone-wrong", _("请写完整的电话号码。"), field="phone", status=422)
    forms = {bare, f"+{bare}"}
    try:
        full = phones.normalise(bare)
        forms |= {full, full.removeprefix("+"), full.removeprefix("+86")}
    except ValueError:
        pass
    return [fingerprint(form, "phone") for form in sorted(forms)]
