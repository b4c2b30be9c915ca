"""Turns: taken with one tap, given back, swapped with somebody who agrees, filled by the leader.

A turn that began and that nobody has done is free for others: whoever takes it over is simply the one who was
there. Nothing remembers who was not."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from mulin.academy.keeping import access
from mulin.academy.keeping.models import Duty, DutySwap
from mulin.academy.keeping.rotas import must_run
from mulin.kernel import clock, journal, rulebook
from mulin.kernel.actors import SYSTEM, Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotAllowed
from mulin.kernel.policy import require

LABEL = 40
REMIND_FROM = 16  # o'clock on the day before


def line(code: str, actor: Actor, duty: Duty, **data: Any) -> None:
    """The one line of an action: which turn, never whose."""
    journal.record(
        code, actor=actor, place=duty.place, subject=duty.pk, org=duty.rota.org_id,
        data={"number": duty.rota.number, "on": duty.on.isoformat(), **data},
    )  # fmt: skip


def is_open(duty: Duty) -> bool:
    """Whether somebody may take it: it is free, or it began and nobody has done it; until its day is over."""
    if duty.is_done or duty.on < clock.today():
        return False
    return (not duty.account_id and not duty.label) or duty.starts_at <= now()


def take_duty(*, actor: Actor, duty: UUID) -> Duty:
    """Take a free turn, or one that began without the person who had taken it.

    Who: academy.rota:take in the group. Raises over, taken, past, yours, overlaps."""
    with write():
        found = access.locked_duty(actor, duty)
        require(actor, access.TAKE, access.target_of_rota(found.rota))
        must_run(found.rota)
        if found.account_id == actor.account:
            raise ActionError("yours", _("这一班已经是您的。"))
        if found.on < clock.today() or found.is_done:
            raise ActionError("past", _("这一班已经过去了。"))
        if not is_open(found):
            raise ActionError("taken", _("刚刚有人认领了这一班。请看看别的日子。"))
        _check_free(actor.account, found)
        _give(found, actor.account)
        line("academy.duty.taken", actor, found)
    return found


def _check_free(account: UUID | None, duty: Duty, *, besides: tuple[UUID, ...] = ()) -> None:
    """Nobody is in two places at once."""
    mine = Duty.objects.filter(account=account, starts_at__lt=duty.ends_at, ends_at__gt=duty.starts_at)
    if mine.filter(rota__state="running").exclude(pk__in=(duty.pk, *besides)).exists():
        raise ActionError("overlaps", _("这个时间您已经有一班了。"))


def _give(duty: Duty, account: UUID | None, label: str = "") -> None:
    duty.account_id, duty.label, duty.reminded_at = account, label, None
    duty.save(update_fields=["account", "label", "reminded_at"])
    DutySwap.objects.filter(Q(mine=duty) | Q(other=duty), state="asked").update(
        state="withdrawn", decided_at=now()
    )


def give_back(*, actor: Actor, duty: UUID) -> Duty:
    """Somebody cannot come after all: the turn is free again. No reason is asked.

    Who: the person whose it is. Raises not-yours, past."""
    with write():
        found = _own(actor, access.locked_duty(actor, duty))
        if found.is_done or found.on < clock.today():
            raise ActionError("past", _("这一班已经过去了。"))
        _give(found, None)
        line("academy.duty.given_back", actor, found)
    return found


def _own(actor: Actor, duty: Duty) -> Duty:
    if actor.account is None or duty.account_id != actor.account:
        raise NotAllowed("not-yours", _("这一班不是您的。"))
    return duty


def finish_duty(*, actor: Actor, duty: UUID) -> Duty:
    """It was done. Nobody has to say so; it only tells the others that all is well.

    Who: the person whose it is, or academy.rota:manage. Raises too-early, free, not-yours."""
    with write():
        found = access.locked_duty(actor, duty)
        if not access.manages(actor, found.rota):
            _own(actor, found)
        if found.starts_at > now():
            raise ActionError("too-early", _("还没有到时间。"))
        if not found.account_id and not found.label:
            raise ActionError("free", _("这一班还没有人认领。"))
        found.is_done = True
        found.save(update_fields=["is_done"])
        line("academy.duty.done", actor, found)
    return found


def fill_duty(*, actor: Actor, duty: UUID, label: str) -> Duty:
    """The leader writes down a name for somebody without a telephone; an empty one makes the turn free again.

    Who: academy.rota:manage. Raises taken, past, text-too-long."""
    label = " ".join(label.split())
    if len(label) > LABEL:
        raise ActionError("text-too-long", _("最多写 %d 个字。") % LABEL, field="label", status=422)
    with write():
        found = access.locked_duty(actor, duty)
        require(actor, access.ROTA, access.target_of_rota(found.rota))
        must_run(found.rota)
        if found.on < clock.today() or found.is_done:
            raise ActionError("past", _("这一班已经过去了。"))
        if label and found.account_id:
            raise ActionError("taken", _("这一班有人认领了，先请他放回来。"), field="label")
        _give(found, None, label)
        line("academy.duty.filled" if label else "academy.duty.cleared", actor, found)
    return found


# Swaps ---------------------------------------------------------------------------------------------------


def ask_swap(*, actor: Actor, mine: UUID, other: UUID) -> DutySwap:
    """Ask somebody to swap turns. Who: the person whose `mine` is, in the same group.

    Raises not-yours, not-theirs, past, asked-already."""
    with write():
        own, wanted = _both(actor, mine, other)
        _own(actor, own)
        _check_swap(own, wanted)
        if DutySwap.objects.filter(mine=own, other=wanted, state="asked").exists():
            raise ActionError("asked-already", _("已经问过了，等对方答应。"))
        swap = DutySwap.objects.create(
            mine=own, other=wanted, asked_by_id=actor.account, asked_of_id=wanted.account_id
        )
        _swap_line("academy.swap.asked", actor, swap)
    return swap


def _both(actor: Actor, mine: UUID, other: UUID) -> tuple[Duty, Duty]:
    """Two turns, locked in one order, so that two swaps never wait for each other."""
    pair = {str(one): access.locked_duty(actor, one) for one in sorted((str(mine), str(other)))}
    return pair[str(mine)], pair[str(other)]


def _check_swap(own: Duty, wanted: Duty) -> None:
    if own.rota.org_id != wanted.rota.org_id or not wanted.account_id or wanted.account_id == own.account_id:
        raise ActionError("not-theirs", _("请选同组别人的一班。"), field="other", status=422)
    for one in (own, wanted):
        if one.is_done or one.starts_at <= now():
            raise ActionError("past", _("这一班已经开始，不能换了。"))


def answer_swap(*, actor: Actor, swap: UUID, agrees: bool) -> DutySwap:
    """Agree, and both turns change hands at once; or say that it does not suit. No reason is asked.

    Who: the person who was asked. Raises decided, changed, past, overlaps."""
    with write():
        found = _asked(actor, swap)
        if found.asked_of_id != actor.account:
            raise NotAllowed("not-yours", _("这不是问您的。"))
        if agrees:
            _exchange(actor, found)
        found.state, found.decided_at = ("agreed" if agrees else "declined"), now()
        found.save(update_fields=["state", "decided_at"])
        _swap_line(f"academy.swap.{found.state}", actor, found)
    return found


def _exchange(actor: Actor, swap: DutySwap) -> None:
    own, wanted = _both(actor, swap.mine_id, swap.other_id)
    if own.account_id != swap.asked_by_id or wanted.account_id != swap.asked_of_id:
        raise ActionError("changed", _("这两班中有一班已经换了人，请重新问。"))
    _check_swap(own, wanted)
    both = (own.pk, wanted.pk)
    _check_free(swap.asked_by_id, wanted, besides=both)
    _check_free(swap.asked_of_id, own, besides=both)
    _give(own, swap.asked_of_id)
    _give(wanted, swap.asked_by_id)


def _asked(actor: Actor, swap: UUID) -> DutySwap:
    """A swap that waits, its two turns and itself locked: the turns come first, as when one is taken."""
    mine = Q(asked_by=actor.account) | Q(asked_of=actor.account)
    rows = DutySwap.objects.filter(mine) if actor.account else DutySwap.objects.none()
    seen = access.by_id(rows, swap)
    _both(actor, seen.mine_id, seen.other_id)
    locked = rows.select_for_update(of=("self",)).select_related("mine__rota", "other__rota")
    found = access.by_id(locked, swap)
    if found.state != "asked":
        raise ActionError("decided", _("这次换班已经有结果了。"))
    return found


def withdraw_swap(*, actor: Actor, swap: UUID) -> DutySwap:
    """Ask no longer. Who: the person who asked. Raises decided."""
    with write():
        found = _asked(actor, swap)
        if found.asked_by_id != actor.account:
            raise NotAllowed("not-yours", _("这不是您问的。"))
        found.state, found.decided_at = "withdrawn", now()
        found.save(update_fields=["state", "decided_at"])
        _swap_line("academy.swap.withdrawn", actor, found)
    return found


def _swap_line(code: str, actor: Actor, swap: DutySwap) -> None:
    journal.record(
        code, actor=actor, place=swap.mine.place, subject=swap.pk, org=swap.mine.rota.org_id,
        data={
            "number": swap.mine.rota.number, "on": swap.mine.on.isoformat(),
            "other": swap.other.on.isoformat(),
        },
    )  # fmt: skip


# What the worker does --------------------------------------------------------------------------------------


def remind() -> int:
    """Tell people of their turns of tomorrow, in the afternoon; one line a turn. Returns how many."""
    moment = now().astimezone(clock.zone())
    if moment.hour < REMIND_FROM:
        return 0
    tomorrow = clock.today() + timedelta(days=1)
    due = Duty.objects.filter(on=tomorrow, account__isnull=False, reminded_at=None, rota__state="running")
    total = 0
    for pk in due.values_list("pk", flat=True):
        with write():
            rows = Duty.objects.select_for_update(of=("self",)).select_related("rota")
            duty = rows.filter(pk=pk, account__isnull=False, reminded_at=None).first()
            if duty is None:
                continue
            duty.reminded_at = now()
            duty.save(update_fields=["reminded_at"])
            line("academy.duty.tomorrow", SYSTEM, duty, at=f"{duty.rota.starts:%H:%M}")
            total += 1
    return total


def forget_names() -> int:
    """Take the names off turns that have been over for as long as the rules say. Returns how many."""
    total = 0
    places = Duty.objects.filter(Q(account__isnull=False) | ~Q(label=""), on__lt=clock.today())
    for place in places.order_by().values_list("place", flat=True).distinct():
        days = int(rulebook.value("academy.rota.names_days", at=place))
        before = clock.today() - timedelta(days=days)
        with write():
            n = places.filter(place=place, on__lt=before).update(account=None, label="")
            if n:
                journal.record("academy.duty.forgotten", actor=SYSTEM, place=place, data={"n": n})
        total += n
    return total
