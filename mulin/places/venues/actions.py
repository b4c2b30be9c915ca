"""Registering venues, changing them, closed days, what an idle room becomes, giving one up.

Needs `places.venue:manage` at the place of the venue, or to be of the unit that owns it. Each action writes
one journal line with the venue's number; names of tenants and reasons stay in the record.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from mulin.kernel import clock, codes, days, journal, registry
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import Target, require
from mulin.places.models import Site, Venue
from mulin.places.queries import exists
from mulin.places.venues import catalogue, queries
from mulin.places.venues.checking import clean, refuse

REASON_LENGTH = 200
# bookings tells how many come from a moment on: (venue ids, since, until) -> [(starts, ends, venue id)]
AHEAD = "bookings.ahead"


def open_venue(*, actor: Actor, place: str, name: str, kind: str, **facts: Any) -> Venue:
    """Register a venue. `facts`: any of `checking.FIELDS` (hours, capacity, equipment, rules, services,
    traits, is_bookable, booking …), and `site` (code) and `within` (number of its centre).

    Raises ActionError (422) that names the field.
    """
    if not codes.is_valid(place) or codes.level(place) < codes.Level.STREET or not exists(place):
        raise refuse("place", _("请选一个社区或街道。"))
    with write():
        require(actor, queries.MANAGE, Target(place=place, orgs=frozenset({facts.get("owner")} - {None})))
        venue = Venue(number=new_number(), place=place)
        _apply(venue, {"name": name, "kind": kind, **facts})
        venue.save()
        _line("places.venue.opened", actor, venue)
    return venue


def edit_venue(*, actor: Actor, number: str, **facts: Any) -> Venue:
    """Change what is given, leave the rest. Nothing changed: no line. Raises ActionError (422), closed."""
    with write():
        venue = _managed(actor, number)
        changed = _apply(venue, facts)
        if changed:
            venue.save()
            _line("places.venue.changed", actor, venue, fields=sorted(changed))
    return venue


def close_venue(*, actor: Actor, number: str, reason: str, on: date | None = None) -> Venue:
    """Give a venue up from a day on (today); what was booked before stays. Raises no-reason, has-bookings
    while something is booked behind that day, has-rooms while rooms lie within."""
    reason = _reason(reason)
    with write():
        venue = _managed(actor, number)
        on = on or clock.today()
        if on < clock.today():
            raise refuse("on", _("请选今天或以后的一天。"))
        if n := venue.rooms.filter(queries.in_use(on)).count():
            raise ActionError("has-rooms", _("里面还有 %(n)s 个房间或板块，请先停用它们。") % {"n": n})
        _refuse_booked(venue, on, None)
        venue.closed_on, venue.close_reason, venue.is_bookable = on, reason, False
        venue.save(update_fields=["closed_on", "close_reason", "is_bookable"])
        _line("places.venue.closed", actor, venue, on=on.isoformat())
    return venue


def reopen_venue(*, actor: Actor, number: str) -> Venue:
    """Take a venue up again that was given up by mistake or for a time. Raises not-closed."""
    with write():
        venue = queries.managed(actor, number, lock=True)
        require(actor, queries.MANAGE, queries.target_of(venue))
        if venue.closed_on is None:
            raise ActionError("not-closed", _("这个场地没有停用。"))
        venue.closed_on, venue.close_reason = None, ""
        venue.save(update_fields=["closed_on", "close_reason"])
        _line("places.venue.reopened", actor, venue)
    return venue


def add_closure(*, actor: Actor, number: str, first: date, last: date, reason: str) -> Venue:
    """Days on which it stays closed, with why, shown to everybody. Raises no-reason, bad-days, has-bookings:
    whoever booked is to be told first."""
    reason = _reason(reason)
    if last < first or first < clock.today() or (last - first).days > 366:
        raise refuse("last", _("请核对起止日期：从今天起，最长一年。"), code="bad-days")
    with write():
        venue = _managed(actor, number)
        _refuse_booked(venue, first, last)
        kept = [row for row in venue.closures if row["to"] >= clock.today().isoformat()]
        row = {"from": first.isoformat(), "to": last.isoformat(), "reason": reason}
        venue.closures = sorted([*kept, row], key=lambda one: (one["from"], one["to"]))
        venue.save(update_fields=["closures"])
        _line("places.venue.closed_days", actor, venue, first=first.isoformat(), last=last.isoformat())
    return venue


def drop_closure(*, actor: Actor, number: str, first: str, last: str) -> Venue:
    """Open on these days after all. Raises no-closure."""
    with write():
        venue = _managed(actor, number)
        kept = [row for row in venue.closures if (row["from"], row["to"]) != (first, last)]
        if len(kept) == len(venue.closures):
            raise ActionError("no-closure", _("没有这段闭馆日期。"))
        venue.closures = kept
        venue.save(update_fields=["closures"])
        _line("places.venue.opened_days", actor, venue, first=first, last=last)
    return venue


def put_to_use(
    *, actor: Actor, number: str, use: str, who: str, first: date, last: date | None = None, terms: str = ""
) -> Venue:
    """An idle room becomes one of the three spaces: for whom, from when to when, on which terms. Raises
    not-idle, ActionError (422)."""
    who, terms = who.strip(), terms.strip()
    if use not in catalogue.uses():
        raise refuse("use", _("请选用来做什么。"))
    if not who or len(who) > 80:
        raise refuse("who", _("请写给谁用，最多80个字。"))
    if last and last < first:
        raise refuse("last", _("结束的日子要在开始之后。"))
    with write():
        venue = _managed(actor, number)
        if not venue.is_idle:
            raise ActionError("not-idle", _("只有标为闲置的房间可以这样盘活。请先在资料里标为闲置。"))
        venue.use, venue.is_idle = use, False
        venue.tenancy = {
            "who": who, "from": first.isoformat(), "to": last.isoformat() if last else "",
            "terms": terms[:500], "past": venue.tenancy.get("past", []),
        }  # fmt: skip
        venue.save(update_fields=["use", "is_idle", "tenancy"])
        _line("places.venue.put_to_use", actor, venue, use=use)
    return venue


def end_use(*, actor: Actor, number: str, outcome: str) -> Venue:
    """That use is over; what came of it is kept, the room stands empty again. Raises no-use, no-reason."""
    outcome = outcome.strip()
    if not outcome:
        raise refuse("outcome", _("请写一句结果怎样。"))
    with write():
        venue = _managed(actor, number)
        if not venue.use:
            raise ActionError("no-use", _("这个房间没有盘活的记录。"))
        past = venue.tenancy.get("past", [])
        over = {key: value for key, value in venue.tenancy.items() if key != "past"}
        over |= {"outcome": outcome[:500], "use": venue.use, "to": clock.today().isoformat()}
        use, venue.use, venue.is_idle, venue.tenancy = venue.use, "", True, {"past": [*past, over]}
        venue.save(update_fields=["use", "is_idle", "tenancy"])
        _line("places.venue.use_ended", actor, venue, use=use)
    return venue


def _managed(actor: Actor, number: str) -> Venue:
    """The venue, locked, if the actor looks after it and it was not given up."""
    venue = queries.managed(actor, number, lock=True)
    require(actor, queries.MANAGE, queries.target_of(venue))
    if venue.closed_on and venue.closed_on <= clock.today():
        raise ActionError("closed", _("这个场地已经停用。要再用，请先恢复。"))
    return venue


def _apply(venue: Venue, facts: dict[str, Any]) -> list[str]:
    """Put the facts on the venue; the names of what changed."""
    values = clean(facts)
    if "site" in values:
        values["site"] = _site(venue.place, values["site"])
    if "within" in values:
        values["within"] = _within(venue, values["within"])
    changed = []
    for key, value in values.items():
        if getattr(venue, key) != value:
            setattr(venue, key, value)
            changed.append(key)
    if venue.use and venue.is_idle:
        raise refuse("is_idle", _("这个房间正在使用，先结束使用再标为闲置。"))
    return changed


def _site(place: str, code: str) -> Site | None:
    if not code:
        return None
    found = Site.objects.filter(code=code, community=place, valid_to=None).first()
    if found is None:
        raise refuse("site", _("请从本社区的列表里选择。"))
    return found


def _within(venue: Venue, number: str) -> Venue | None:
    if not number:
        return None
    found = queries.venues_of(venue.place).filter(number=number).first()
    if found is None or found.pk == venue.pk or not catalogue.kinds()[found.kind].holds:
        raise refuse("within", _("请选本社区的一个中心或服务站。"))
    return found


def _refuse_booked(venue: Venue, first: date, last: date | None) -> None:
    """Nobody stands before a locked door: refuse while something is booked in those days."""
    ahead: Callable[..., list] | None = registry.providers().get(AHEAD)
    if ahead is None:
        return
    since = max(datetime.combine(first, time(), clock.zone()), clock.now())
    until = datetime.combine(last + timedelta(days=1), time(), clock.zone()) if last else None
    found = ahead([venue.pk], since, until)
    if found:
        words = {"n": len(found), "when": days.moment_words(found[0][0])}
        text = _("这段时间还有 %(n)s 个预约，最早的在 %(when)s。请先在日历里改期或取消，再来关。")
        raise ActionError("has-bookings", text % words)


def _reason(text: str) -> str:
    text = text.strip()
    if not text:
        raise refuse("reason", _("请写一句为什么，大家会看到。"), code="no-reason")
    return text[:REASON_LENGTH]


def _line(code: str, actor: Actor, venue: Venue, **data: Any) -> None:
    journal.record(
        code, actor=actor, place=venue.place, subject=venue.pk, org=venue.owner,
        data={"number": venue.number, "kind": venue.kind, **data},
    )  # fmt: skip
