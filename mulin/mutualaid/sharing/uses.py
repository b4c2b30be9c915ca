"""Booking what is shared, cancelling, fetching and bringing back, not coming, damage."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.bookings import slots
from mulin.kernel import clock, days, journal, policy, rulebook, secrets
from mulin.kernel.actors import SYSTEM, Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.ids import new_id
from mulin.kernel.numbers import new_number
from mulin.ledger import posting
from mulin.mutualaid.sharing import access, money, states, windows
from mulin.mutualaid.sharing.models import SharedDamage, SharedOffer, SharedUse
from mulin.mutualaid.sharing.offers import _short

WORDS, NOTE, REASON = 300, 60, 200


def book(
    *, actor: Actor, number: str, starts_at: datetime, ends_at: datetime, note: str = "", who: str = ""
) -> SharedUse:
    """Have it from one moment to another, whole quarters of an hour. The database refuses an overlap.

    `note` (a plate, a telephone number) is for the owner only. `who`: the desk books for somebody who is not
    online. Who: a resident (aid.sharing:book), the desk for others. Raises not-open, own-thing, too-late,
    too-far, too-long, outside-windows, slot-taken, bad-time, paused (by the rule about not coming).
    """
    note, who = _short(note, NOTE, "note"), _short(who, 40, "who")
    with write():
        offer = access.get_offer(actor, number, lock=True)
        if who:
            policy.require(actor, access.MANAGE, offer.place)
        else:
            policy.require(actor, access.BOOK, access.own_target(actor, offer.place))
        _check_offer(actor, offer, who)
        _check_times(offer, starts_at, ends_at)
        account = None if who else actor.account
        made = SharedUse(pk=new_id(), number=new_number(), place=offer.place, offer=offer, who=who)
        made.account_id, made.party = account, account or made.pk
        made.booking = slots.take(
            offer.resource, starts_at, ends_at, subject=made.pk, account=account, title=offer.title,
            what="parking" if offer.kind == "parking" else "loan",
        )  # fmt: skip
        made.starts_at, made.ends_at = starts_at, ends_at
        made.note_sealed = secrets.seal(note)
        made.fee_fen = money.fee_of(offer, int((ends_at - starts_at).total_seconds()) // 60)
        made.split = money.split_of(offer.place, offer.kind, made.fee_fen)
        made.deposit_fen, made.deposit_state = offer.deposit_fen, "due" if offer.deposit_fen else ""
        made.entered_by = actor.account if who else None
        made.save(force_insert=True)
        _line("aid.sharing.booked", actor, made, starts=days.kept(starts_at))
    return made


def _check_offer(actor: Actor, offer: SharedOffer, who: str) -> None:
    if offer.state != "open":
        raise ActionError("not-open", _("现在不能约，换一个看看。"))
    if access.is_owner(actor, offer) and not who:
        raise ActionError("own-thing", _("这是您自己出借的，不用约。"))
    until = None if who else paused_until(actor, offer.place)
    if until:
        said = _(
            "您约了没有来的次数到了当地规则的上限，%(day)s起又可以约。有不同意见，可以在那次预约里提出。"
        )
        raise ActionError("paused", said % {"day": days.day_words(until)})


def paused_until(actor: Actor, place: str):
    """The day from which somebody may book again, by the rule of the place; None when they may now."""
    rule = rulebook.value("aid.sharing.no_show_limit", at=place)
    if not rule["times"] or actor.account is None:
        return None
    since = clock.now() - timedelta(days=rule["days"])
    rows = SharedUse.objects.filter(account_id=actor.account, state="no_show", no_show_at__gte=since)
    counted = list(rows.exclude(objection_state="waiting").order_by("no_show_at"))
    if len(counted) < rule["times"]:
        return None
    until = clock.day_of(counted[-1].no_show_at) + timedelta(days=rule["pause_days"])
    return until if until > clock.today() else None


def _check_times(offer: SharedOffer, starts_at: datetime, ends_at: datetime) -> None:
    now = clock.now()
    if starts_at < slots.whole(now):
        raise ActionError("too-late", _("开始的时间已经过了。"), field="starts_at", status=422)
    ahead = rulebook.value("aid.sharing.days_ahead", at=offer.place)
    if starts_at > now + timedelta(days=ahead):
        said = _("最多提前 %(n)s 天约。") % {"n": ahead}
        raise ActionError("too-far", said, field="starts_at", status=422)
    longest = rulebook.value("aid.sharing.longest_hours", at=offer.place, kind=offer.kind)
    if ends_at - starts_at > timedelta(hours=longest):
        said = _("一次最长 %(n)s 小时。") % {"n": longest}
        raise ActionError("too-long", said, field="ends_at", status=422)
    if ends_at > starts_at and not windows.covers(offer.windows, starts_at, ends_at, clock.zone()):
        said = _("只在这些时候可以用：%(hours)s。")
        hours = _("；").join(states.hours_words(offer.windows))
        raise ActionError("outside-windows", said % {"hours": hours}, field="starts_at", status=422)


def is_late(use: SharedUse) -> bool:
    """Whether it is too late to cancel without a fee, where late cancelling costs something."""
    hours = rulebook.value("aid.sharing.cancel_hours", at=use.place)
    return clock.now() > use.starts_at - timedelta(hours=hours)


def late_fee(use: SharedUse) -> int:
    """What cancelling now would cost the borrower."""
    percent = rulebook.value("aid.sharing.late_cancel_percent", at=use.place)
    return use.fee_fen * percent // 100 if is_late(use) else 0


def cancel(*, actor: Actor, number: str, reason: str = "") -> SharedUse:
    """Give the time free. The borrower until it begins, late at the fee that the rule names; the owner and
    the desk with a reason that the borrower reads, at no fee. Raises not-now, begun, no-reason."""
    reason = _short(reason, REASON, "reason")
    with write():
        use = _locked(actor, number, "cancelled")
        side = access.require_side(actor, use, "borrower", "owner", "desk")
        if side == "borrower" and clock.now() >= use.starts_at:
            raise ActionError("begun", _("已经开始了，不能再取消。用完了请点“用完了”。"))
        if side != "borrower" and not reason:
            raise ActionError("no-reason", _("请写明原因，对方看得到。"), field="reason", status=422)
        fee = late_fee(use) if side == "borrower" else 0
        if fee:
            use.charge = money.charge(use, fee, words=_("晚取消"), actor=actor)
        slots.free(use.booking, reason=reason)
        use.state, use.reason, use.cancelled_by = "cancelled", reason, side
        use.save()
        _line("aid.sharing.cancelled", actor, use, by=side, fen=fee)
    return use


def call_off(pk: Any, *, side_of: UUID) -> None:
    """One of the two deletes their account: what was booked and has not begun does not take place, at no fee.
    Inside that transaction; the other side is told."""
    SharedUse.objects.select_for_update().get(pk=pk)
    use = SharedUse.objects.select_related("offer", "booking").get(pk=pk)
    if use.state != "booked":
        return
    slots.free(use.booking)
    use.state, use.cancelled_by = "cancelled", "borrower" if use.account_id == side_of else "owner"
    use.reason = _("对方不再用这里的账户了。")
    use.save()
    _line("aid.sharing.cancelled", SYSTEM, use, by=use.cancelled_by, fen=0)


def begin(*, actor: Actor, number: str) -> SharedUse:
    """It is fetched, or the car is in. A deposit must be with the community by then. Who: the two sides and
    the desk. Raises not-now, no-deposit, too-early."""
    with write():
        use = _locked(actor, number, "in_use")
        access.require_side(actor, use, "borrower", "owner", "desk")
        if use.deposit_state == "due":
            raise ActionError("no-deposit", _("押金还没有交到社区，交了再取。"))
        if clock.now() < use.starts_at - timedelta(minutes=15):
            raise ActionError("too-early", _("还没有到约好的时间。"))
        use.state, use.began_at = "in_use", clock.now()
        use.save()
        _line("aid.sharing.begun", actor, use)
    return use


def end(*, actor: Actor, number: str) -> SharedUse:
    """It is brought back, or the car is out: the rest of the time is free again, and what was booked is owed.
    Who: the two sides and the desk. Raises not-now, too-early."""
    with write():
        use = _locked(actor, number, "done")
        access.require_side(actor, use, "borrower", "owner", "desk")
        if use.state == "no_show":
            raise ActionError("not-now", _("这一次由社区核实以后再改。"))
        if clock.now() < use.starts_at:
            raise ActionError("too-early", _("还没有到约好的时间；不用了请取消。"))
        _finish(actor, use)
        _line("aid.sharing.ended", actor, use, fen=use.fee_fen)
    return use


def _finish(actor: Actor, use: SharedUse) -> None:
    """Charged once; what is left of the time is given free."""
    now = clock.now()
    free_from = slots.whole(now, up=True)
    if use.starts_at < free_from < use.ends_at:
        slots.move(use.booking, use.starts_at, free_from)
    use.booking.state = "done"
    use.booking.save(update_fields=["state"])
    use.state, use.ended_at = "done", now
    use.charge = use.charge or money.charge(use, use.fee_fen, actor=actor)
    use.save()


def say_no_show(*, actor: Actor, number: str) -> SharedUse:
    """The owner (or the desk) says that nobody came; the borrower is told and may object. Costs what the rule
    says. Raises not-now, too-early, too-late."""
    with write():
        use = _locked(actor, number, "no_show")
        access.require_side(actor, use, "owner", "desk")
        now = clock.now()
        if now < use.starts_at + timedelta(minutes=30):
            raise ActionError("too-early", _("约好的时间过了半小时再说。"))
        grace = rulebook.value("aid.sharing.grace_hours", at=use.place)
        if now > use.ends_at + timedelta(hours=grace):
            raise ActionError("too-late", _("时间过去太久，不能再说没有来。"))
        percent = rulebook.value("aid.sharing.no_show_percent", at=use.place)
        use.charge = money.charge(use, use.fee_fen * percent // 100, words=_("约了没有来"), actor=actor)
        slots.free(use.booking, state="no_show")
        use.state, use.no_show_at = "no_show", now
        use.save()
        _line("aid.sharing.no_show", actor, use)
    return use


def object_to_no_show(*, actor: Actor, number: str, words: str) -> SharedUse:
    """The borrower says that they came; until it is looked into it has no consequence. Raises not-now,
    no-words, too-late."""
    words = _short(words, WORDS, "words")
    if not words:
        raise ActionError("no-words", _("请写当时的情况。"), field="words", status=422)
    with write():
        use = access.get_use(actor, number, lock=True)
        access.require_side(actor, use, "borrower", "desk")
        if use.state != "no_show" or use.objection_state:
            raise ActionError("not-now", _("这一次现在不能提异议。"))
        last = use.no_show_at + timedelta(days=rulebook.value("aid.sharing.objection_days", at=use.place))
        if clock.now() > last:
            raise ActionError("too-late", _("提异议的日子已经过了。"))
        use.objection, use.objection_state = words, "waiting"
        use.save(update_fields=["objection", "objection_state"])
        _line("aid.sharing.objected", actor, use)
    return use


def decide_objection(*, actor: Actor, number: str, upheld: bool, words: str) -> SharedUse:
    """They came after all: it counts as used and the fee for not coming is taken back; or they did not. With
    words that both read. Who: aid.sharing:manage, who is neither of the two. Raises not-now, no-words."""
    words = _short(words, REASON, "words")
    if not words:
        raise ActionError("no-words", _("请写明核实的情况，双方都看得到。"), field="words", status=422)
    with write():
        use = access.get_use(actor, number, lock=True)
        policy.require(actor, access.MANAGE, use.place)
        _not_a_side(actor, use)
        if use.objection_state != "waiting":
            raise ActionError("not-now", _("没有等着核实的异议。"))
        use.objection_state, use.decision = "upheld" if upheld else "dismissed", words
        if upheld:
            if use.charge is not None:
                posting.reverse(use.charge, words=_("核实过，来了"), actor=actor)
            use.charge = None
            use.state, use.ended_at = "done", use.ends_at
            use.charge = money.charge(use, use.fee_fen, actor=actor)
        use.save()
        _line("aid.sharing.objection_decided", actor, use, state=use.objection_state)
    return use


def _not_a_side(actor: Actor, use: SharedUse) -> None:
    if access.side_of(actor, use) != "desk":
        raise ActionError("own-case", _("这和您自己有关，请另一位同事来办。"))


# Damage -----------------------------------------------------------------------------------------------------


def tell_damage(*, actor: Actor, number: str, text: str) -> SharedDamage:
    """The owner says what was found broken, within the days of the rule. Raises not-now, no-words,
    too-late."""
    text = _short(text, WORDS, "text")
    if not text:
        raise ActionError("no-words", _("请写坏了什么。"), field="text", status=422)
    with write():
        use = access.get_use(actor, number, lock=True)
        access.require_side(actor, use, "owner", "desk")
        if use.state not in {"in_use", "done"} or use.damages.exclude(state="settled").exists():
            raise ActionError("not-now", _("现在不能记：还没有用过，或者上一条还没有说好。"))
        limit = timedelta(days=rulebook.value("aid.sharing.damage_days", at=use.place))
        if use.ended_at and clock.now() > use.ended_at + limit:
            raise ActionError("too-late", _("用完已经好几天了，请和社区当面说。"))
        found = SharedDamage.objects.create(use=use, place=use.place, text=text)
        _line("aid.sharing.damage_told", actor, use)
    return found


def answer_damage(*, actor: Actor, number: str, text: str) -> SharedDamage:
    """What the borrower says to it. Raises not-now, no-words."""
    text = _short(text, WORDS, "text")
    if not text:
        raise ActionError("no-words", _("请写您的说法。"), field="text", status=422)
    with write():
        use = access.get_use(actor, number, lock=True)
        access.require_side(actor, use, "borrower", "desk")
        found = access.get_damage(actor, use)
        if found.state != "told":
            raise ActionError("not-now", _("已经回过话了。"))
        found.state, found.answer, found.answered_at = "answered", text, clock.now()
        found.save()
        _line("aid.sharing.damage_answered", actor, use)
    return found


def settle_damage(*, actor: Actor, number: str, text: str, keep_fen: int = 0) -> SharedDamage:
    """How it was settled between the two, written by the desk; so much of the deposit is the owner's. Raises
    not-now, no-words, too-much."""
    text = _short(text, WORDS, "text")
    if not text:
        raise ActionError("no-words", _("请写双方说好了什么。"), field="text", status=422)
    with write():
        use = access.get_use(actor, number, lock=True)
        policy.require(actor, access.MANAGE, use.place)
        _not_a_side(actor, use)
        found = access.get_damage(actor, use)
        if found.state == "settled":
            raise ActionError("not-now", _("已经说好了。"))
        held = use.deposit_fen if use.deposit_state == "held" else 0
        if not 0 <= keep_fen <= held:
            said = _("押金只有 %(n)s 元。") % {"n": f"{held / 100:.2f}"}
            raise ActionError("too-much", said, field="keep", status=422)
        if keep_fen:
            money.return_deposit(use, keep=keep_fen, actor=actor)
            use.deposit_state = "kept"
            use.save(update_fields=["deposit_state"])
        found.state, found.settled, found.settled_at = "settled", text, clock.now()
        found.save()
        _line("aid.sharing.damage_settled", actor, use, fen=keep_fen)
    return found


# The clock --------------------------------------------------------------------------------------------------


def finish_old() -> dict[str, int]:
    """What nobody said anything about: a space counts as used a day after its time, a thing that was not
    fetched costs nothing, and whoever still has a thing is reminded once."""
    counts = {"done": 0, "cancelled": 0, "reminded": 0}
    now = clock.now()
    old = SharedUse.objects.filter(state__in=states.LIVE, ends_at__lte=now).order_by("ends_at", "pk")
    for pk in list(old.values_list("pk", flat=True)[:2000]):
        what = _finish_one(pk, now)
        if what:
            counts[what] += 1
    return counts


def _finish_one(pk: Any, now: datetime) -> str:
    with write():
        SharedUse.objects.select_for_update().get(pk=pk)
        use = SharedUse.objects.select_related("offer", "booking").get(pk=pk)
        if use.state not in states.LIVE:
            return ""
        grace = timedelta(hours=rulebook.value("aid.sharing.grace_hours", at=use.place))
        is_thing = use.offer.kind == "thing"
        if is_thing and use.state == "in_use":
            return _remind(use)
        if now < use.ends_at + grace:
            return ""
        if is_thing:
            slots.free(use.booking)
            use.state, use.cancelled_by = "cancelled", "clock"
            use.save()
            _line("aid.sharing.not_fetched", SYSTEM, use)
            return "cancelled"
        _finish(SYSTEM, use)
        _line("aid.sharing.ended", SYSTEM, use, fen=use.fee_fen)
        return "done"


def _remind(use: SharedUse) -> str:
    if use.is_reminded:
        return ""
    use.is_reminded = True
    use.save(update_fields=["is_reminded"])
    _line("aid.sharing.overdue", SYSTEM, use)
    return "reminded"


def _locked(actor: Actor, number: str, state: str) -> SharedUse:
    use = access.get_use(actor, number, lock=True)
    if state not in states.USE_MOVES[use.state]:
        raise ActionError("not-now", _("现在是“%(state)s”，不能这样做。") % {"state": states.USES[use.state]})
    return use


def _line(code: str, actor: Actor, use: SharedUse, **data: Any) -> None:
    facts = {"number": use.number, "kind": use.offer.kind, **data}
    journal.record(code, actor=actor, place=use.place, subject=use.pk, matter=use.offer.matter, data=facts)
