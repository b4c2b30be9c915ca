"""Needs: asked for oneself, entered for somebody, taken over from a voice; consents; the end."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.kernel import clock, journal, registry
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import require
from mulin.mutualaid.matching import access, candidates, states
from mulin.mutualaid.matching.actions import base, helpers
from mulin.mutualaid.matching.catalogue import is_for_child
from mulin.mutualaid.matching.models import AidConsent, AidMatch, AidNeed
from mulin.people.models import Account
from mulin.voices import matters, queries
from mulin.voices.access import locked_matter
from mulin.voices.models import Matter, Voice

ENTERED = ("phone", "counter", "courtyard")
KINDS_OF_VOICES = ("help", "wish", "offer")


def ask_help(*, actor: Actor, place: str, kind: str, has_consent: bool = False, **given: Any) -> AidNeed:
    """A person asks for themselves or their family; nobody but them and those who match reads it.

    `has_consent`: for a child, the parent says in their own account that they agree in writing. Fields as
    for `enter_need`. Who: aid.need:ask, with an account. Raises no-account, and what wrong fields raise.
    """
    access.community(place)
    require(actor, access.ASK, place)
    if actor.account is None:
        raise ActionError(
            "no-account", _("请先登录，这样只有您和社区看得到。没有手机可以打电话，社区帮您登记。")
        )
    account = Account.objects.get(pk=actor.account)
    with write():
        need = _make(place, kind, given, account=account, channel="portal", by=None)
        if need.for_child and has_consent:
            AidConsent.objects.create(
                need=need, given_on=clock.today(), form="online", taken_by=actor.account
            )
        base.line("aid.need.asked", actor, need, kind=need.kind, channel="portal", child=need.for_child)
    return need


def enter_need(
    *, actor: Actor, place: str, kind: str, channel: str = "phone", account: UUID | None = None, **given: Any
) -> AidNeed:
    """A worker writes down what somebody asked for by telephone, at the counter or in the courtyard.

    `given`: name, building, windows, languages, wishes, text, contact, for_child. `account`: whose it is, if
    that person agreed. Who: aid.need:manage. Raises no-kind, no-window, no-phone and the like (422).
    """
    access.community(place)
    require(actor, access.MANAGE_NEED, place)
    if channel not in ENTERED:
        raise ActionError("not-offered", _("请选从哪里来的。"), field="channel", status=422)
    whose = Account.objects.filter(pk=account, erased_at=None).first() if account else None
    with write():
        need = _make(place, kind, given, account=whose, channel=channel, by=actor.account)
        base.line("aid.need.asked", actor, need, kind=need.kind, channel=channel, child=need.for_child)
    return need


def _make(place: str, kind: str, given: dict[str, Any], *, account: Any, channel: str, by: Any) -> AidNeed:
    return AidNeed.objects.create(
        number=new_number(), place=place, account=account, channel=channel, entered_by=by,
        **_fields(place, kind, given),
        contact_sealed=base.sealed_contact(given.get("contact", ""), account),
    )  # fmt: skip


def _fields(place: str, kind: str, given: dict[str, Any]) -> dict[str, Any]:
    kind = base.clean_kind(kind)
    return {
        **base.common(place, given),
        "kind": kind,
        "for_child": is_for_child(kind, bool(given.get("for_child"))),
        "wishes": base.clean_codes(given.get("wishes"), "aid.wishes", place, "wishes"),
        "text": access.clean_text(given.get("text"), "text", base.TEXT),
    }


def _of(actor: Actor, number: str) -> AidNeed:
    """A need, locked, of the actor's own or under their hand."""
    need = access.one(access.visible_needs(actor), number, lock=True)
    if need.account_id is None or need.account_id != actor.account:
        require(actor, access.MANAGE_NEED, access.target_of_need(need))
    return need


def _open(need: AidNeed) -> None:
    if need.state == "closed":
        raise ActionError("need-closed", _("这条求助已经结束。还需要的话，请再提一次。"))


def edit_need(*, actor: Actor, number: str, kind: str, **given: Any) -> AidNeed:
    """Change a need while nobody was found. Who: its person; aid.need:manage. Raises need-closed, matched,
    and what wrong fields raise. That a child takes part cannot be taken back after a consent, nor be said of
    a need for which others were shown (shown-already): nobody is to have been named for it unchecked."""
    with write():
        need = _of(actor, number)
        _open(need)
        if need.state != "asked" or need.matches.filter(state__in=states.LIVE).exists():
            raise ActionError("matched", _("已经在和一位邻居商量，先和社区说一声再改。"))
        fields = _fields(need.place, kind, given)
        if need.consents.exists():
            fields["for_child"] = True
        if fields["for_child"] and need.offers.filter(for_child=False).exists():
            text = _("这条求助按没有孩子参加找过人。有孩子参加的，请结束这一条，另提一条。")
            raise ActionError("shown-already", text, field="for_child", status=422)
        for name, value in fields.items():
            setattr(need, name, value)
        need.contact_sealed = base.sealed_contact(given.get("contact", ""), before=need.contact_sealed)
        need.save()
        # Whoever was shown for the old need was not shown for this one.
        need.offers.filter(state="shown").update(state="passed")
        base.line("aid.need.edited", actor, need, kind=need.kind, child=need.for_child)
    return need


def close_need(*, actor: Actor, number: str, why: str, reason: str = "") -> AidNeed:
    """Nothing more is needed, or nobody can be found; a match that runs ends with it.

    Who: its person; aid.need:manage. Raises need-closed, no-reason (422).
    """
    if why not in states.ENDS:
        raise ActionError("no-reason", _("请选为什么结束。"), field="why", status=422)
    reason = access.clean_text(reason, "reason", base.REASON)
    with write():
        need = _of(actor, number)
        _open(need)
        live = AidMatch.objects.filter(need=need, state__in=states.LIVE)
        now = clock.now()
        live.update(state="closed", why=why, reason=reason, closed_at=now)
        _close(need, str(reason or states.ENDS[why]), now)
        base.line("aid.need.closed", actor, need, matter=need.matter_id, why=why)
    return need


def _close(need: AidNeed, reason: str, now: datetime) -> None:
    need.state, need.reason, need.closed_at = "closed", reason, now
    need.save(update_fields=["state", "reason", "closed_at"])
    if need.matter_id:
        matters.close_matter(need.matter)


# Consent of a parent ----------------------------------------------------------------------------------


def give_consent(*, actor: Actor, number: str) -> AidConsent:
    """The parent agrees in their own account. Who: the need's own person. Raises not-for-child,
    has-consent."""
    return _consent(actor, number, clock.today(), "online")


def take_consent(*, actor: Actor, number: str, given_on: date) -> AidConsent:
    """A worker records the signed paper. Who: aid.need:manage. Raises bad-day, not-for-child, has-consent."""
    return _consent(actor, number, given_on, "paper")


def _consent(actor: Actor, number: str, given_on: date, form: str) -> AidConsent:
    if given_on > clock.today():
        raise ActionError("bad-day", _("这一天还没有到，请核对。"), field="given_on", status=422)
    with write():
        need = access.one(access.visible_needs(actor), number, lock=True)
        if form == "paper" or need.account_id is None or need.account_id != actor.account:
            require(actor, access.MANAGE_NEED, access.target_of_need(need))
            form = "paper"
        _open(need)
        if not candidates.with_child(need):
            raise ActionError("not-for-child", _("这条求助没有孩子参加，不用家长同意书。"))
        if candidates.consent_of(need):
            raise ActionError("has-consent", _("家长的同意已经在了。"))
        made = AidConsent.objects.create(need=need, given_on=given_on, form=form, taken_by=actor.account)
        base.line("aid.consent.given", actor, need, matter=need.matter_id, form=form)
    return made


def withdraw_consent(*, actor: Actor, number: str) -> int:
    """The parent takes the consent back, no reason asked; what runs is paused at once. Returns how many
    consents ended. Who: the need's own person; aid.need:manage. Raises no-consent."""
    with write():
        need = _of(actor, number)
        ended = need.consents.filter(withdrawn_at=None).update(withdrawn_at=clock.now())
        if not ended:
            raise ActionError("no-consent", _("没有需要收回的同意。"))
        need.offers.filter(state="shown").update(state="passed")
        going = list(need.matches.select_for_update().filter(state__in=states.GOING))
        for one in going:
            one.was, one.state, one.why = one.state, "paused", "consent"
            one.save(update_fields=["was", "state", "why"])
        proposed = need.matches.filter(state="proposed")
        proposed.update(state="closed", why="no", closed_at=clock.now())
        base.line("aid.consent.withdrawn", actor, need, matter=need.matter_id, paused=len(going))
    return ended


# Out of a voice -----------------------------------------------------------------------------------------


def from_voice(matter: Matter, voice: Voice) -> Any:
    """A need (or, out of an offer, a helper's application) that a voice becomes; inside the caller's
    transaction, without a line. What it lacks (kind, times) is asked for before anybody is looked for."""
    account = voice.account
    name = (account.name if account else "")[: base.NAME] or _("一位邻居")
    shared = {
        "number": new_number(), "place": voice.place[:12], "building": voice.building, "account": account,
        "name": name, "matter": matter,
        "contact_sealed": voice.contact_sealed or base.sealed_contact("", account),
    }  # fmt: skip
    if matter.kind == "offer":
        return helpers.active(account, shared["place"]) or helpers.made(
            **shared, about=voice.text_masked[: helpers.ABOUT]
        )
    return AidNeed.objects.create(**shared, voice=voice, channel="voice", text=voice.text[: base.TEXT])


def take_matter(*, actor: Actor, number: str, text: str) -> list[Any]:
    """A desk sends a wish, an offer or a call for help this way: each voice of the matter becomes a need (an
    offer: an application to help), and each person hears what happens next. A matter that went this way is
    not published: a need is private.

    An answer stands: what was accepted or declined as a wish is not answered a second time in another way.
    Who: aid.need:manage at the matter, which the actor sees. Raises not-this-way, taken-already,
    answered-already, matter-closed, text-missing.
    """
    text = access.clean_text(text, "text", base.TEXT, _("请写一句给本人的答复。"))
    with write():
        matter = locked_matter(actor, number)
        require(actor, access.MANAGE_NEED, matter.place)
        if matter.kind not in KINDS_OF_VOICES or matter.restriction:
            raise ActionError("not-this-way", _("只有求助、心愿和“我能”可以转到互助。"))
        if not matter.is_open:
            raise ActionError("matter-closed", _("这件事已经结束了。"))
        if matter.aid_needs.exists() or matter.aid_helpers.exists():
            raise ActionError("taken-already", _("这件事已经转到互助了。"))
        if matter.decision:
            said = _("这条已经答复过了，不能再转。还要邻居帮忙的，在互助里另登记一条求助。")
            raise ActionError("answered-already", said)
        made = [from_voice(matter, one) for one in _voices(matter)]
        if matter.kind in ("wish", "offer"):
            _leave_way(actor, matter)
            matter.way, matter.decision, matter.decided_at = "aid", "accepted", clock.now()
        if matter.publication == "asked":
            matter.publication = "never"
        matter.save()
        matters.answer_voices(matter, text)
        journal.record(
            "aid.matter.taken", actor=actor, place=matter.place, subject=matter.pk, matter=matter.pk,
            data={"number": matter.number, "kind": matter.kind, "n": len(made)},
        )  # fmt: skip
    return made


def _leave_way(actor: Actor, matter: Matter) -> None:
    """The way that it went so far lets it go, so that nobody answers it there once more."""
    leave = next((one.leave for one in registry.collect("ways") if one.code == matter.way), None)
    if leave is not None:
        leave(actor=actor, matter=matter)


def _voices(matter: Matter) -> Iterable[Voice]:
    return Voice.objects.filter(matter=matter, state="received").select_related("account").order_by("id")


def get_matter(actor: Actor, number: str) -> Matter:
    """A matter that could be taken, for the page that asks."""
    return queries.get_matter(actor, number)
