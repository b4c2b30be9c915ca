"""Rotas: which turns there are. Who takes them: `duties`."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.academy.keeping import access
from mulin.academy.keeping.models import Duty, KeptPlace, Rota
from mulin.academy.keeping.wording import public_words
from mulin.kernel import clock, codes, journal, rulebook
from mulin.kernel.actors import SYSTEM, Actor
from mulin.kernel.clock import today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import require
from mulin.people.queries import group_target

TITLE, NOTE = 60, 200
MOST_HEADS, MOST_MINUTES, MOST_WEEKS = 20, 720, 8
WEEK = 7


def make_rota(
    *,
    actor: Actor,
    org: UUID,
    title: str,
    days: Collection[int],
    starts: time,
    minutes: int = 60,
    heads: int = 1,
    every: int = 1,
    note: str = "",
    begins_on: date | None = None,
    ends_on: date | None = None,
    kept: str = "",
) -> Rota:
    """A rota of a group, for a place it keeps (`kept`, its number) or for anything else it does. The turns of
    the next weeks are laid at once.

    Who: academy.rota:manage for the group. Raises no-title, no-days, bad-time, bad-count, bad-term, not-kept,
    personal-data."""
    fields = _checked(title, note, days, minutes, heads, every)
    begins_on = begins_on or today()
    _check_term(begins_on, ends_on)
    with write():
        group = access.get_group(org)
        require(actor, access.ROTA, group_target(group))
        where = _kept(kept, group.pk)
        place = where.place if where else codes.community(group.place) or group.place
        rota = Rota.objects.create(
            number=new_number(), place=place, org=group, kept=where, starts=starts, begins_on=begins_on,
            ends_on=ends_on, **fields,
        )  # fmt: skip
        n = lay(rota)
        line("academy.rota.made", actor, rota, n=n)
    return rota


def _kept(number: str, org: UUID) -> KeptPlace | None:
    if not number:
        return None
    kept = access.one(access.public_places(), number)
    if org not in access.keepers(kept):
        raise ActionError("not-kept", _("这个小组现在没有照看这里。"), field="kept", status=422)
    return kept


def _checked(
    title: str, note: str, days: Iterable[int], minutes: int, heads: int, every: int
) -> dict[str, Any]:
    title, note = public_words(title, "title", TITLE), public_words(note, "note", NOTE)
    if not title:
        raise ActionError("no-title", _("请写值班做什么，例如“浇水”。"), field="title", status=422)
    found = sorted(set(days))
    if not found or not set(found) <= set(range(1, 8)):
        raise ActionError("no-days", _("请选每周的哪几天。"), field="days", status=422)
    if not 10 <= minutes <= MOST_MINUTES:
        raise ActionError("bad-time", _("一班在10到720分钟之间。"), field="minutes", status=422)
    if not 1 <= heads <= MOST_HEADS:
        raise ActionError("bad-count", _("一班要1到20个人。"), field="heads", status=422)
    if not 1 <= every <= MOST_WEEKS:
        raise ActionError("bad-count", _("隔几周，在1到8之间。"), field="every", status=422)
    return {
        "title": title, "note": note, "days": found, "minutes": minutes, "heads": heads, "every": every,
    }  # fmt: skip


def _check_term(begins_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < max(begins_on, today()):
        raise ActionError("bad-term", _("最后一天不能早于第一天。"), field="ends_on", status=422)


def edit_rota(
    *,
    actor: Actor,
    number: str,
    title: str,
    note: str = "",
    heads: int = 1,
    ends_on: date | None = None,
    days: Collection[int] | None = None,
    starts: time | None = None,
    minutes: int | None = None,
    every: int | None = None,
) -> Rota:
    """Change a rota: its words, how many a turn needs, its days and time, its last day; what is None stays.

    Turns that began stay as they were. A coming turn on a day that the rota no longer has falls away, at
    another time it moves with whoever took it; each of them is told once. Seats that are too many go when
    nobody took them. Who: academy.rota:manage. Raises as make_rota, and over."""
    with write():
        rota = access.locked_rota(actor, number)
        must_run(rota)
        _check_term(rota.begins_on, ends_on)
        kept = {"days": rota.days, "minutes": rota.minutes, "every": rota.every, "starts": rota.starts}
        new = {"days": days, "minutes": minutes, "every": every, "starts": starts}
        kept |= {name: value for name, value in new.items() if value is not None}
        fields = _checked(title, note, kept["days"], kept["minutes"], heads, kept["every"])
        for name, value in {**fields, "starts": kept["starts"], "ends_on": ends_on}.items():
            setattr(rota, name, value)
        rota.save()
        told = _refit(rota)
        lay(rota)
        line("academy.rota.edited", actor, rota, **({"told": told} if told else {}))
    return rota


def _refit(rota: Rota) -> list[str]:
    """Fit the coming turns to the rota as it is now. Returns the accounts whose turns changed: references for
    the notice, for a turn that fell away remembers nobody."""
    coming = rota.duties.filter(starts_at__gt=clock.now())
    coming.filter(account=None, label="", seat__gt=rota.heads).delete()
    rows = list(coming.select_for_update().order_by("pk"))
    last = max((one.on for one in rows), default=today())
    days = set(turns(rota, today(), last))
    gone = [one for one in rows if one.on not in days]
    moved = [one for one in rows if one.on in days and _set_time(one, rota)]
    Duty.objects.filter(pk__in=[one.pk for one in gone]).delete()
    Duty.objects.bulk_update(moved, ["starts_at", "ends_at", "reminded_at"])
    return sorted({str(one.account_id) for one in (*gone, *moved) if one.account_id})


def _set_time(duty: Duty, rota: Rota) -> bool:
    """The rota's time for a turn that has another one; today's keeps its own where the new one is over."""
    starts_at, ends_at = _span(rota, duty.on)
    if (starts_at, ends_at) == (duty.starts_at, duty.ends_at) or starts_at <= clock.now():
        return False
    duty.starts_at, duty.ends_at, duty.reminded_at = starts_at, ends_at, None
    return True


def _span(rota: Rota, day: date) -> tuple[datetime, datetime]:
    starts_at = datetime.combine(day, rota.starts, clock.zone())
    return starts_at, starts_at + timedelta(minutes=rota.minutes)


def end_rota(*, actor: Actor, number: str) -> Rota:
    """No turns from now on. Who: academy.rota:manage. Raises over."""
    with write():
        rota = access.locked_rota(actor, number)
        must_run(rota)
        stop(rota)
        line("academy.rota.ended", actor, rota)
    return rota


def must_run(rota: Rota) -> None:
    if rota.state != "running":
        raise ActionError("over", _("这张值班表已经结束。"))


def stop(rota: Rota) -> None:
    """Inside the caller's transaction, without a line of its own."""
    rota.state, rota.ends_on = "ended", today()
    rota.save(update_fields=["state", "ends_on"])


def line(code: str, actor: Actor, rota: Rota, **data: Any) -> None:
    journal.record(
        code, actor=actor, place=rota.place, subject=rota.pk, org=rota.org_id,
        matter=rota.kept.thread if rota.kept_id else None, data={"number": rota.number, **data},
    )  # fmt: skip


# Turns ---------------------------------------------------------------------------------------------------


def turns(rota: Rota, since: date, until: date) -> list[date]:
    """The days of a rota's turns between two days, both included."""
    first = rota.begins_on - timedelta(days=rota.begins_on.weekday())
    last = min(until, rota.ends_on) if rota.ends_on else until
    day, found = max(since, rota.begins_on), []
    while day <= last:
        week = (day - first).days // WEEK
        if day.isoweekday() in rota.days and week % rota.every == 0:
            found.append(day)
        day += timedelta(days=1)
    return found


def lay(rota: Rota) -> int:
    """Make the missing seats of the coming turns, inside the caller's transaction; how many."""
    weeks = int(rulebook.value("academy.rota.weeks_ahead", at=rota.place))
    until = today() + timedelta(days=weeks * WEEK)
    there = set(rota.duties.filter(on__gte=today()).values_list("on", "seat"))
    rows = []
    for day in turns(rota, today(), until):
        starts_at, ends_at = _span(rota, day)
        if ends_at <= clock.now():
            continue
        rows += [
            Duty(rota=rota, place=rota.place, on=day, seat=seat, starts_at=starts_at, ends_at=ends_at)
            for seat in range(1, rota.heads + 1)
            if (day, seat) not in there
        ]
    Duty.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def lay_all() -> int:
    """What the worker does every few hours: the turns of the coming weeks, one line for each rota that got
    new ones."""
    total = 0
    for pk in Rota.objects.filter(state="running").values_list("pk", flat=True):
        with write():
            rows = Rota.objects.select_for_update(of=("self",)).select_related("kept")
            rota = rows.filter(pk=pk, state="running").first()
            if rota is None:
                continue
            if rota.ends_on and rota.ends_on < today():
                rota.state = "ended"
                rota.save(update_fields=["state"])
                line("academy.rota.ended", SYSTEM, rota)
            elif n := lay(rota):
                line("academy.rota.laid", SYSTEM, rota, n=n)
                total += n
    return total
