"""Booking a room: by residents and groups themselves, by a worker for them; decided, moved, cancelled.

The time is taken in `slots`; the rules of the owner stand in `terms`. Each action writes one journal line
with the number of the booking and of the venue, never with what somebody wrote.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.bookings import queries, slots, states, terms
from mulin.bookings.models import Booking, Resource
from mulin.kernel import clock, days, journal, secrets
from mulin.kernel.actors import SYSTEM, Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.policy import Target, require
from mulin.people.models import Organisation
from mulin.places.models import Venue
from mulin.places.venues import opening
from mulin.places.venues import queries as venues
from mulin.places.venues import words as said

NOTE_LENGTH = 200
NO_SHOW_DAYS = 7


def book_room(
    *,
    actor: Actor,
    number: str,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    org: UUID | None = None,
    title: str = "",
) -> Booking:
    """Book a venue for oneself, or for a group that one leads (`org`). `reason`: for what, read by those who
    look after the room; `title`: words that everybody may read, for something open to all.

    Where the owner's rules say so a worker decides: the time is held meanwhile. Who: bookings.room:book, or
    bookings.room:book_as_group for the group. Raises not-bookable, groups-only, verified-only, no-reason,
    closed, too-soon, too-far, too-long, too-often, slot-taken.
    """
    reason = _reason(reason)
    with write():
        venue = _bookable(number)
        rules = terms.terms_of(venue)
        _require_who(actor, venue, rules, org)
        terms.check_time(rules, starts_at, ends_at)
        _require_open(venue, starts_at, ends_at)
        resource = slots.of_venue(venue)
        slots.lock([resource])
        _require_not_often(resource, rules, actor, org, starts_at)
        asks = rules.decide == "worker"
        booking = slots.take(
            resource, starts_at, ends_at, what="room", account=actor.account, org=org, title=title.strip(),
            note=reason, state="asked" if asks else "booked",
        )  # fmt: skip
        _line("bookings.room.asked" if asks else "bookings.room.booked", actor, booking, venue)
    return booking


def book_for(
    *,
    actor: Actor,
    number: str,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    who: str = "",
    phone: str = "",
    org: UUID | None = None,
    title: str = "",
    weeks: int = 1,
    despite_hours: bool = False,
) -> list[Booking]:
    """Book for somebody who came, called or wrote, or for a group; `weeks`: the same time in so many weeks,
    all or none. The owner's rules for residents do not bind the desk; outside the hours only with
    `despite_hours`.

    Who: bookings.room:manage. Raises no-who, no-reason, no-group, closed, too-soon, bad-weeks, slot-taken.
    """
    reason, who, phone = _reason(reason), who.strip(), phone.strip()
    _check_who(who, phone, org, weeks)
    with write():
        venue = venues.get_venue(number, lock=True)
        require(actor, queries.MANAGE, venues.target_of(venue))
        if org is not None:
            _group(org, venue)
        if ends_at <= clock.now():
            raise ActionError("too-soon", _("这个时间已经过了，请选晚一点的。"), field="starts_at")
        resource = slots.of_venue(venue)
        slots.lock([resource])
        made = []
        for week in range(weeks):
            starts, ends = starts_at + timedelta(weeks=week), ends_at + timedelta(weeks=week)
            _require_open(venue, starts, ends, despite_hours=despite_hours)
            booking = slots.take(
                resource, starts, ends, what="room", org=org, title=title.strip(), note=reason
            )
            booking.who, booking.phone_sealed = who, secrets.seal(phone) if phone else ""
            booking.save(update_fields=["who", "phone_sealed"])
            made.append(booking)
        _line("bookings.room.booked_for", actor, made[0], venue, n=weeks)
    return made


def _check_who(who: str, phone: str, org: UUID | None, weeks: int) -> None:
    if not who and org is None:
        raise ActionError("no-who", _("请写给谁订的，或者选一个小组。"), field="who", status=422)
    if len(who) > 40 or len(phone) > 40:
        raise ActionError("bad-who", _("称呼和电话各最多40个字。"), field="who", status=422)
    if not 1 <= weeks <= 26:
        raise ActionError("bad-weeks", _("最多连订26周。"), field="weeks", status=422)


def approve_booking(*, actor: Actor, number: str) -> Booking:
    """Say yes to what was asked; who asked is told. Who: bookings.room:manage. Raises not-asked."""
    with write():
        booking = _managed(actor, number)
        _must_be(booking, "asked")
        booking.state = "booked"
        booking.save(update_fields=["state"])
        _line("bookings.room.approved", actor, booking)
    return booking


def decline_booking(*, actor: Actor, number: str, reason: str) -> Booking:
    """Say no with a reason that who asked reads. Who: bookings.room:manage. Raises not-asked, no-reason."""
    reason = _said_why(reason)
    with write():
        booking = _managed(actor, number)
        _must_be(booking, "asked")
        slots.free(booking, state="declined", reason=reason)
        _line("bookings.room.declined", actor, booking)
    return booking


def cancel_booking(*, actor: Actor, number: str, reason: str = "") -> Booking:
    """Give one's own booking, or one's group's, back before it is over. Who: bookings.room:cancel. Raises
    not-booked, over, not-here."""
    with write():
        booking = queries.own(actor, number, lock=True)
        _must_be(booking, "asked", "booked")
        if booking.ends_at <= clock.now():
            raise ActionError("over", _("这个时间已经过了，不用再取消。"))
        slots.free(booking, reason=reason.strip())
        _line("bookings.room.cancelled", actor, booking)
    return booking


def call_off_booking(*, actor: Actor, number: str, reason: str) -> Booking:
    """Cancel somebody's booking at the desk, with a reason that they read. Who: bookings.room:manage. Raises
    not-booked, over, no-reason."""
    reason = _said_why(reason)
    with write():
        booking = _managed(actor, number)
        _must_be(booking, "asked", "booked")
        if booking.ends_at <= clock.now():
            raise ActionError("over", _("这个时间已经过了，不用再取消。"))
        slots.free(booking, reason=reason)
        _line("bookings.room.called_off", actor, booking)
    return booking


def move_booking(
    *,
    actor: Actor,
    number: str,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    despite_hours: bool = False,
) -> Booking:
    """Another time; who booked is told, the reason stands on their page. Who: bookings.room:manage. Raises
    not-booked, no-reason, too-soon, closed, slot-taken."""
    reason = _said_why(reason)
    with write():
        booking = _managed(actor, number)
        _must_be(booking, "asked", "booked")
        if starts_at <= clock.now():
            raise ActionError("too-soon", _("这个时间已经过了，请选晚一点的。"), field="starts_at")
        venue = Venue.objects.select_for_update().get(pk=booking.resource.ref)
        _require_open(venue, starts_at, ends_at, despite_hours=despite_hours)
        slots.move(booking, starts_at, ends_at)
        booking.reason = reason
        booking.save(update_fields=["reason"])
        _line("bookings.room.moved", actor, booking, venue)
    return booking


def mark_no_show(*, actor: Actor, number: str) -> Booking:
    """Nobody came: what is left of the time is free. It is a fact about the room; nothing follows from it for
    anybody. Who: bookings.room:manage. Raises not-booked, not-begun, long-ago."""
    with write():
        booking = _managed(actor, number)
        _must_be(booking, "booked")
        if booking.starts_at > clock.now():
            raise ActionError("not-begun", _("时间还没到。"))
        if booking.ends_at < clock.now() - timedelta(days=NO_SHOW_DAYS):
            raise ActionError("long-ago", _("过了七天，不再改。"))
        slots.free(booking, state="no_show")
        _line("bookings.room.no_show", actor, booking)
    return booking


def restore_booking(*, actor: Actor, number: str) -> Booking:
    """Take back a cancellation or a no-show that was a mistake, as long as the time is still free. Who:
    bookings.room:manage. Raises not-ended, slot-taken, long-ago."""
    with write():
        booking = _managed(actor, number)
        _must_be(booking, "cancelled", "no_show", "declined")
        if booking.ends_at < clock.now() - timedelta(days=NO_SHOW_DAYS):
            raise ActionError("long-ago", _("过了七天，不再改。"))
        slots.restore(booking)
        _line("bookings.room.restored", actor, booking)
    return booking


def lapse_asked() -> int:
    """What was asked for and not answered until it began is given free; who asked is told. For the worker."""
    n = 0
    due = Booking.objects.filter(state="asked", what="room", starts_at__lte=clock.now())
    for key in list(due.order_by("id").values_list("pk", flat=True)[:500]):
        with write():
            booking = Booking.objects.select_for_update().filter(pk=key, state="asked").first()
            if booking is None or booking.starts_at > clock.now():
                continue
            slots.free(booking, state="declined", reason=_("没有来得及答复，很抱歉。请换个时间再约。"))
            _line("bookings.room.lapsed", SYSTEM, booking)
            n += 1
    return n


# What the actions share ----------------------------------------------------------------------------------


def _bookable(number: str) -> Venue:
    """The venue, locked: it is not closed for days while somebody books them."""
    venue = venues.get_venue(number, lock=True)
    if not venue.is_bookable:
        phone = venue.phone
        text = _("这里不在网上预约。") + (_("请打电话 %(phone)s。") % {"phone": phone} if phone else "")
        raise ActionError("not-bookable", text)
    return venue


def _require_who(actor: Actor, venue: Venue, rules: terms.Terms, org: UUID | None) -> None:
    if org is not None:
        _group(org, venue)
        require(actor, queries.AS_GROUP, Target(place=venue.place, orgs=frozenset({org})))
        return
    require(actor, queries.BOOK, Target(place=venue.place))
    if rules.who == "group":
        raise ActionError("groups-only", _("这里只给小组预约，请由小组负责人来约。"), field="org")
    if rules.who == "verified" and not actor.is_verified:
        text = _("这里要住址核实过才能约。请先在“我的”里登记住址。")
        raise ActionError("verified-only", text)


def _group(org: UUID, venue: Venue) -> None:
    low, high = venue.place[:6], f"{venue.place[:6]}:"
    if not Organisation.objects.filter(pk=org, closed_on=None, place__gte=low, place__lt=high).exists():
        raise ActionError("no-group", _("请从列表里选一个小组。"), field="org", status=422)


def _require_open(
    venue: Venue, starts_at: datetime, ends_at: datetime, *, despite_hours: bool = False
) -> None:
    """Raise closed with when it opens; a venue that was given up is never booked."""
    day = clock.day_of(starts_at)
    shut = opening.closed(venue, day)
    if shut and shut.code == "given_up":
        raise ActionError("closed", said.closed_text(shut), field="day")
    if despite_hours or opening.inside(venue, starts_at, ends_at):
        return
    if shut:
        raise ActionError("closed", said.closed_text(shut), field="day")
    hours = said.spans_text(opening.spans(venue, day))
    text = _("这天的开放时间是 %(hours)s，请选在里面。") % {"hours": hours}
    raise ActionError("closed", text, field="starts_at")


def _require_not_often(
    resource: Resource, rules: terms.Terms, actor: Actor, org: UUID | None, starts_at: datetime
) -> None:
    """Raise too-often. The resource is locked, so that two bookings at once are both counted."""
    day = clock.day_of(starts_at)
    monday = queries.midnight(day - timedelta(days=day.weekday()))
    same = Booking.objects.filter(
        resource=resource, what="room", state__in=slots.HOLDING, starts_at__gte=monday,
        starts_at__lt=monday + timedelta(weeks=1),
    )  # fmt: skip
    same = same.filter(org=org) if org else same.filter(account=actor.account, org=None)
    if same.count() >= rules.week_most:
        text = ngettext(
            "这里一周最多约 %(n)s 次，这一周已经约满了。请选别的一周，或者取消一个。",
            "这里一周最多约 %(n)s 次，这一周已经约满了。请选别的一周，或者取消一个。",
            rules.week_most,
        )
        raise ActionError("too-often", text % {"n": rules.week_most}, field="day")


def _managed(actor: Actor, number: str) -> Booking:
    booking = queries.managed(actor, number, lock=True)
    require(actor, queries.MANAGE, queries.target_of(booking))
    if booking.what != "room":
        word = states.WHAT_WORDS.get(booking.what, booking.what)
        raise ActionError("not-here", _("这是“%(what)s”的安排，请到那里去改。") % {"what": word})
    return booking


def _must_be(booking: Booking, *allowed: str) -> None:
    if booking.what != "room":
        raise ActionError("not-here", _("这不是房间的预约，请到原来的页面去改。"))
    if booking.state not in allowed:
        word = states.STATE_WORDS[booking.state]
        raise ActionError("not-now", _("这个预约现在是“%(state)s”，不能这样做。") % {"state": word})


def _reason(text: str) -> str:
    text = text.strip()
    if not text:
        raise ActionError("no-reason", _("请写一句用来做什么。"), field="reason", status=422)
    return text[:NOTE_LENGTH]


def _said_why(text: str) -> str:
    text = text.strip()
    if not text:
        raise ActionError("no-reason", _("请写一句为什么，约的人会看到。"), field="reason", status=422)
    return text[:NOTE_LENGTH]


def _line(code: str, actor: Actor, booking: Booking, venue: Venue | None = None, **data: Any) -> None:
    venue = venue or Venue.objects.filter(pk=booking.resource.ref).first()
    journal.record(
        code, actor=actor, place=booking.place, subject=booking.pk, org=booking.org_id,
        data={
            "number": booking.number, "venue": venue.number if venue else "",
            "when": days.kept(booking.starts_at), **data,
        },
    )  # fmt: skip
