"""What happens to one voice afterwards: added to, corrected, withdrawn, rated; its contact read."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from mulin.kernel import journal, registry, search, secrets
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.policy import require
from mulin.people.models import Account, Organisation, SecretRead
from mulin.voices import access, drafts, matters, photos, states, understanding
from mulin.voices.actions.submit import came_in
from mulin.voices.models import Addition, Matter, MeToo, Photo, Voice

PURPOSE_LENGTH = (4, 200)
REMARK_LENGTH = 500


def _received(voice: Voice) -> None:
    if voice.state != "received":
        raise ActionError("voice-withdrawn", _("这条诉求已经撤回了。"))


def add_to_voice(
    *, actor: Actor, number: str, text: str, photos: Iterable[Any] = (), contact: str = ""
) -> Addition:
    """Add words and photos to a voice. Who: the person (account or receipt), or a worker of the place.

    `contact`: how to call the person, from themselves and where they left none. Raises voice-withdrawn,
    text-missing, photos-too-many, contact-known; NotAllowed for somebody else's contact.
    """
    return _add(actor, number, text, list(photos), drafts.clean_contact(contact))


def _add(actor: Actor, number: str, text: str, uploads: list[Any], contact: str) -> Addition:
    seen = access.find_voice(actor, number, Voice.objects.only("id", "place"))
    text = drafts.check_text(text, seen.place)
    already = Photo.objects.filter(voice=seen.pk).count() if uploads else 0
    pictures = photos.prepare(uploads, seen.place, already)
    with photos.stored(pictures), write():
        voice = access.locked_voice(actor, number)
        require(actor, "voices.voice:add", access.target_of_voice(actor, voice))
        _received(voice)
        if contact:
            _leave_contact(actor, voice, contact)
        # Who holds the receipt speaks as its person, logged in or not; an account is named for a worker's.
        by_receipt = voice.pk in actor.receipts and voice.account_id != actor.account
        by = None if by_receipt else actor.account
        addition = Addition(voice=voice, text=text, text_masked=understanding.mask(text), account=by)
        addition.save(force_insert=True)
        photos.rows(pictures, voice.matter, voice, actor.account)
        search.index("matter", voice.first_matter_id, voice.matter.place, matters.text_for_desk(text))
        journal.record(
            "voices.voice.added",
            actor=actor,
            place=voice.place,
            subject=voice.id,
            matter=voice.matter_id,
            data={
                "number": voice.number,
                "addition": str(addition.id),
                "photos": len(pictures),
                **({"contact": True} if contact else {}),
            },
        )
    return addition


def _leave_contact(actor: Actor, voice: Voice, contact: str) -> None:
    is_own = voice.account_id == actor.account if voice.account_id else voice.pk in actor.receipts
    if not is_own:  # a receipt may have been passed on: for an account it is not the person
        raise NotAllowed("not-allowed", _("电话由本人留，工作人员请在登记时写。"))
    if voice.contact_sealed or _phone_of(voice):
        raise ActionError("contact-known", _("您已经留过电话了，不用再留。"))
    voice.contact_sealed = secrets.seal(contact)
    voice.contact_hash, voice.contact_last4 = (
        secrets.fingerprint(contact, "phone"),
        secrets.last_four(contact),
    )
    voice.save(update_fields=["contact_sealed", "contact_hash", "contact_last4"])


def correct_voice(*, actor: Actor, number: str, text: str) -> Voice:
    """Put right what a voice says; the former text is kept beside it. What was published does not change by
    itself. Who: the person, or the desk of the place. Raises voice-withdrawn, nothing-changed.
    """
    with write():
        voice = access.locked_voice(actor, number)
        require(actor, "voices.voice:correct", access.target_of_voice(actor, voice))
        _received(voice)
        text = drafts.check_text(text, voice.place)
        if text == voice.text:
            raise ActionError("nothing-changed", _("内容没有变化。"), field="text")
        Addition(
            voice=voice, text=voice.text, text_masked=voice.text_masked, account=actor.account, is_former=True
        ).save(force_insert=True)
        _retitle(voice, text)
        voice.text, voice.text_masked = text, understanding.mask(text)
        voice.suggestions = understanding.suggest(text, voice.place)
        voice.save(update_fields=["text", "text_masked", "suggestions"])
        matters.reindex(Matter.objects.get(pk=voice.first_matter_id))
        journal.record(
            "voices.voice.corrected",
            actor=actor,
            place=voice.place,
            subject=voice.id,
            matter=voice.matter_id,
            data={"number": voice.number},
        )
    return voice


def _retitle(voice: Voice, text: str) -> None:
    """The matter's title follows while it is still the first words of this voice."""
    if voice.matter.title == drafts.title_of(voice.text):
        voice.matter.title = drafts.title_of(text)
        voice.matter.save(update_fields=["title"])


def withdraw_voice(*, actor: Actor, number: str, reason: str) -> Voice:
    """Take a voice back. `reason`: a code of states.WITHDRAW_REASONS, or words of one's own.

    It no longer counts. With the last voice the matter closes, and its way is told. Who: the person, or the
    desk of the place; of the last one of a case under way only the person. Raises voice-withdrawn,
    reason-missing, under-way.
    """
    with write():
        voice = access.locked_voice(actor, number)
        require(actor, "voices.voice:withdraw", access.target_of_voice(actor, voice))
        _received(voice)
        code, remark = _reason(reason)
        voice.state, voice.remark = "withdrawn", remark or voice.remark
        voice.save(update_fields=["state", "remark"])
        matter = voice.matter
        matters.recount(matter.pk)
        matter.refresh_from_db()
        result = withdraw_from_way(actor, matter, voice)
        is_last = not matter.voices_count
        if is_last:
            _end(matter)
        matters.reindex(Matter.objects.get(pk=voice.first_matter_id))
        journal.record(
            "voices.voice.withdrawn",
            actor=actor,
            place=voice.place,
            subject=voice.id,
            matter=matter.id,
            data={"number": voice.number, "reason": code, "last": is_last, **result.data},
            counts=[came_in(voice, -1), *result.counts],
        )
    return voice


def _end(matter: Matter) -> None:
    """Nobody stands behind the matter any more: it closes, and what was public of it is public no longer."""
    matters.close_matter(matter)
    if matter.publication == "shown":
        matter.publication, matter.published_at = "hidden", None
        matter.hidden_reason = _("反映的人撤回了诉求")
        matter.save(update_fields=["publication", "hidden_reason", "published_at"])
        Photo.objects.filter(matter=matter).update(is_approved=False)
        matters.reindex(matter)


def _reason(reason: str) -> tuple[str, str]:
    reason = reason.strip()
    if not reason:
        raise ActionError("reason-missing", _("请选一个撤回的原因。"), field="reason", status=422)
    return (reason, "") if reason in states.WITHDRAW_REASONS else ("other", reason[:REMARK_LENGTH])


def withdraw_from_way(actor: Actor, matter: Matter, voice: Voice) -> registry.WayResult:
    for way in registry.ways(matter.kind):
        if way.code == matter.way and way.withdraw:
            return way.withdraw(actor=actor, matter=matter, voice=voice)
    return registry.WayResult()


def rate_wish(
    *, actor: Actor, number: str, is_satisfied: bool, remark: str = "", is_solved: bool | None = None
) -> Voice:
    """Say what one thinks of the answer to a wish or an offer. Who: the person. Raises not-a-wish,
    not-answered. (A case's answer is confirmed through its own move.)
    """
    with write():
        voice = access.locked_voice(actor, number)
        require(actor, "voices.voice:rate", access.target_of_voice(actor, voice))
        _received(voice)
        if voice.kind not in states.WISHES:
            raise ActionError("not-a-wish", _("这件事请在“确认”里说是否解决了。"))
        if voice.answered_at is None:
            raise ActionError("not-answered", _("还没有答复，等有了答复再评价。"))
        voice.is_satisfied, voice.is_solved = is_satisfied, is_solved
        voice.remark, voice.rated_at = remark.strip()[:REMARK_LENGTH], now()
        voice.save(update_fields=["is_satisfied", "is_solved", "remark", "rated_at"])
        journal.record(
            "voices.wish.rated",
            actor=actor,
            place=voice.place,
            subject=voice.id,
            matter=voice.matter_id,
            data={"number": voice.number, "satisfied": is_satisfied},
        )
    return voice


def me_too(*, actor: Actor, number: str, device: str = "") -> Matter:
    """Stand beside an open matter instead of reporting it again. Who: anyone, at a public matter; one person
    or one device counts once, and a second tap changes nothing. Raises matter-closed, own-matter,
    device-missing.
    """
    with write():
        matter = access.locked_matter(actor, number, extra=Q(publication="shown", restriction=""))
        require(actor, "voices.matter:me_too", access.target_of_matter(actor, matter))
        if matter.publication != "shown" or matter.restriction:
            # A worker sees more than the public does, but nobody stands beside what is not public.
            raise NotVisible(number)
        if not matter.is_open:
            raise ActionError("matter-closed", _("这件事已经办结。如果又出现了，请另说一件。"))
        device_hash = "" if actor.account else secrets.fingerprint(device, "device")
        if not actor.account and not device_hash:
            raise ActionError(
                "device-missing", _("请先登录，或允许浏览器保存一个标记，免得重复计数。"), status=422
            )
        if (
            actor.account
            and Voice.objects.filter(matter=matter, account=actor.account, state="received").exists()
        ):
            raise ActionError("own-matter", _("这件事您已经说过了，不用再点。"))
        row, is_new = MeToo.objects.get_or_create(
            matter=matter, account_id=actor.account, device_hash=device_hash
        )
        if not is_new:
            return matter
        matter.me_too_count += 1
        matter.save(update_fields=["me_too_count"])
        journal.record(
            "voices.matter.me_too",
            actor=actor,
            place=matter.place,
            subject=row.id,
            matter=matter.id,
            data={"number": matter.number, "n": matter.me_too_count},
        )
    return matter


def read_contact(*, actor: Actor, number: str, purpose: str) -> str:
    """Read how to reach the person of a voice, for a stated purpose; the person sees who looked and why.

    Who: voices.voice:read_contact. Raises purpose-missing, no-contact.
    """
    purpose = purpose.strip()[: PURPOSE_LENGTH[1]]
    with write():
        voice = access.locked_voice(actor, number)
        require(actor, "voices.voice:read_contact", access.target_of_voice(actor, voice))
        if len(purpose) < PURPOSE_LENGTH[0]:
            raise ActionError(
                "purpose-missing", _("请写明为什么要联系，本人会看到。"), field="purpose", status=422
            )
        contact = secrets.unseal(voice.contact_sealed) or _phone_of(voice)
        if not contact:
            raise ActionError("no-contact", _("这条诉求没有留联系方式。"))
        SecretRead.objects.create(
            account_id=voice.account_id,
            voice=voice.id,
            reader=actor.account,
            reader_org=_org_name(actor),
            what="contact",
            purpose=purpose,
        )
        journal.record(
            "voices.contact.read",
            actor=actor,
            place=voice.place,
            subject=voice.id,
            matter=voice.matter_id,
            org=next(iter(sorted(actor.orgs)), None),
            data={"number": voice.number},
        )
    return contact


def _phone_of(voice: Voice) -> str:
    """The telephone of the account, for someone who was logged in and left no other contact."""
    if voice.account_id is None:
        return ""
    sealed = Account.objects.filter(pk=voice.account_id).values_list("phone_sealed", flat=True).first()
    return secrets.unseal(sealed or "")


def _org_name(actor: Actor) -> str:
    first = next((post.org for post in actor.posts if post.org), None)
    return Organisation.objects.filter(pk=first).values_list("name", flat=True).first() or "" if first else ""


def keep_voice(*, actor: Actor, number: str) -> Voice:
    """Put a voice that was said without an account among one's own things. Who: someone logged in who holds
    the receipt. Raises voice-taken when it belongs to another account.
    """
    with write():
        voice = access.locked_voice(actor, number)
        if actor.account is None or voice.id not in actor.receipts:
            raise NotVisible(number)
        if voice.account_id == actor.account:
            return voice
        if voice.account_id is not None:
            raise ActionError("voice-taken", _("这条诉求已经在另一个账户里。"))
        voice.account_id = actor.account
        voice.save(update_fields=["account"])
        journal.record(
            "voices.voice.kept",
            actor=actor,
            place=voice.place,
            subject=voice.id,
            matter=voice.matter_id,
            data={"number": voice.number},
        )
    return voice
