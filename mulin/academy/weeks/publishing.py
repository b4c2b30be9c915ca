"""A plan becomes sessions: rooms and teachers are booked, orders are served, whoever asked is told.

All or nothing: where a room was taken since the plan was made, nothing is published and the refusal says
which. Of a series only the first week must be possible whole; later days that are not are left out and said.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mulin.academy import catalogues
from mulin.academy.clubs.models import Club
from mulin.academy.orders import serving
from mulin.academy.orders.models import Order
from mulin.academy.sessions import planning as sessions
from mulin.academy.sessions import series
from mulin.academy.sessions.models import Session
from mulin.academy.timetable import week as weeks
from mulin.academy.weeks.building import title_of
from mulin.academy.weeks.holding import held, line
from mulin.academy.weeks.models import Teacher, Week
from mulin.bookings import slots as booked
from mulin.kernel import clock, codes, days, journal, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.ids import new_id
from mulin.places.models import Venue

# What may keep one later day of a series from taking place; anything else refuses the whole.
LEFT_OUT = ("slot-taken", "outside-hours", "closed-venue", "no-check", "no-leader", "no-teacher")
MOST_SAID = 4


@dataclass(slots=True)
class Slot:
    """One session of the plan with the records it needs."""

    key: str
    wish: dict[str, Any]
    venue: Venue
    teacher: Teacher | None
    club: Club | None
    orders: list[Order]
    starts_at: datetime
    ends_at: datetime


def publish_week(*, actor: Actor, number: str, until: date | None = None, answer: str = "") -> Week:
    """Make the sessions of this week, or of every week until a day; serve the orders and answer those that
    nobody answered with `answer`.

    Who: academy.week:manage. Raises nothing-planned, bad-until, plan-outdated, answer-missing, not-now."""
    return publish(actor, number, "proposed", until=until, answer=answer)


def publish(actor: Actor, number: str, state: str, *, until: date | None, answer: str) -> Week:
    """The same for a week that is in this state: `proposed`, or `publishing` in the worker's hand."""
    with write():
        week = held(actor, number, state)
        if not week.solution.get("sessions"):
            raise ActionError("nothing-planned", _("还没有排上一门。先排一次，再公布。"))
        later = weeks_after(week, until)
        slots = _slots(week)
        _lock(slots)
        week.made, wrong = {}, []
        for slot in slots:
            first = _try(week, slot, 0, new_id() if later else None)
            if isinstance(first, ActionError):
                wrong.append((slot, first))
            else:
                week.made[slot.key] = [first]
        if wrong:
            raise _outdated(wrong)
        week.skipped = _go_on(week, slots, later)
        served = _serve(actor, week, slots, answer)
        week.state, week.until, week.published_at = "published", until, now()
        week.made = {key: [one.number for one in some] for key, some in week.made.items()}
        week.before = []
        week.save()
        made = sum(len(some) for some in week.made.values())
        line("academy.week.published", actor, week, n=made, wishes=len(slots), served=served)
    return week


def _lock(slots: list[Slot]) -> None:
    """Every room and every teacher at once and in one order, so that two who publish never wait for each
    other: the teachers' rows first, as wherever a session is made. Nobody closes a room meanwhile."""
    rooms = {one.venue.pk for one in slots}
    people = {one.teacher.pk: one.teacher for one in slots if one.teacher is not None}
    list(Teacher.objects.select_for_update(of=("self",)).filter(pk__in=people).order_by("pk"))
    venues = Venue.objects.select_for_update().filter(pk__in=rooms).order_by("pk")
    taken = [booked.of_venue(one) for one in venues]
    booked.lock(taken + [sessions.teacher_resource(one) for one in people.values()])


def weeks_after(week: Week, until: date | None) -> int:
    """How many weeks follow the first one. Raises bad-until."""
    if until is None:
        return 0
    many = (until - week.monday).days // 7
    most = int(rulebook.value("academy.week.series_weeks", at=week.place, on=week.monday))
    if not 0 <= many < most:
        text = _("请选这一周往后、%(most)s 周以内的一天。") % {"most": most}
        raise ActionError("bad-until", text, field="until", status=422)
    return many


def _slots(week: Week) -> list[Slot]:
    planned = week.solution["sessions"]
    venues = {one.number: one for one in Venue.objects.filter(number__in={s["venue"] for s in planned})}
    people = {one.number: one for one in Teacher.objects.filter(
        number__in={one["teacher"] for one in planned if one.get("teacher")}
    )}  # fmt: skip
    wishes = {one["order"]: week.wishes[one["order"]] for one in planned}
    clubs = Club.objects.select_related("org").in_bulk(
        {one["club"] for one in wishes.values() if one["club"]}, field_name="number"
    )
    orders = Order.objects.select_related("matter").in_bulk(
        {number for one in wishes.values() for number in one["orders"]}, field_name="number"
    )
    found = []
    for one in planned:
        wish = wishes[one["order"]]
        starts_at = at(week.monday, one["day"], one["from"])
        ends_at = starts_at + timedelta(minutes=wish["minutes"])
        found.append(
            Slot(
                one["order"], wish, venues[one["venue"]], people.get(one.get("teacher", "")),
                clubs.get(wish["club"]), [orders[n] for n in wish["orders"] if n in orders], starts_at,
                ends_at,
            )
        )  # fmt: skip
    return found


def at(monday: date, day: int, time: str) -> datetime:
    """A moment of the week by the clock of the place."""
    midnight = datetime(monday.year, monday.month, monday.day, tzinfo=clock.zone())
    return midnight + timedelta(days=day - 1, minutes=weeks.minute_of(time) or 0)


def _try(week: Week, slot: Slot, later: int, together: Any) -> Session | ActionError:
    """The session of one day, so many weeks later, or why it cannot be."""
    shift = timedelta(weeks=later)
    theme = catalogues.themes().get(slot.wish["theme"])
    try:
        with transaction.atomic():
            return sessions.make(
                place=_place(week, slot), title=title_of(slot.wish)[:80], club=slot.club, venue=slot.venue,
                kind="rehearsal" if slot.key.startswith("g") else "tea" if theme and theme.free else "lesson",
                starts_at=slot.starts_at + shift, ends_at=slot.ends_at + shift, teacher=slot.teacher,
                places_most=_places_most(week, slot), theme=slot.wish["theme"], ages=slot.wish["ages"],
                matter=slot.orders[0].matter if slot.orders else None, series=together,
            )  # fmt: skip
    except ActionError as error:
        return error


def _place(week: Week, slot: Slot) -> str:
    """Where the session belongs: to whoever asked, or to the street when it is held elsewhere."""
    own = slot.wish["place"]
    near = codes.contains(slot.venue.place, own) or codes.contains(own, slot.venue.place)
    return own if near else codes.pad(own[:9])


def _places_most(week: Week, slot: Slot) -> int | None:
    """As many as a course holds and the room lets in, never fewer than asked; a club says it itself."""
    if slot.key.startswith("g"):
        return None
    most = int(rulebook.value("academy.week.class_most", at=week.place, on=week.monday))
    return min(max(most, slot.wish["people"]), max(slot.venue.capacity or most, 1))


def _outdated(wrong: list[tuple[Slot, ActionError]]) -> ActionError:
    said = "；".join(
        _("“%(title)s”：%(why)s") % {"title": title_of(slot.wish), "why": str(error.message).rstrip("。.")}
        for slot, error in wrong[:MOST_SAID]
    )
    text = _("排好以后情况变了，现在公布不了。%(said)s。请重新读一次点单和场地，再排一次。")
    return ActionError("plan-outdated", text % {"said": said})


def _go_on(week: Week, slots: list[Slot], weeks: int) -> list[dict[str, str]]:
    """The later weeks of a series; returns the days that were left out."""
    skipped = []
    for later in range(1, weeks + 1):
        for slot in slots:
            day = clock.day_of(slot.starts_at) + timedelta(weeks=later)
            known = series.days(day, day)[0]
            found: Session | ActionError | None = None
            if not known.is_holiday:
                found = _try(week, slot, later, week.made[slot.key][0].series)
            if isinstance(found, Session):
                week.made[slot.key].append(found)
                continue
            if isinstance(found, ActionError) and found.code not in LEFT_OUT:
                raise found
            why = known.holiday if found is None else str(found.message)
            skipped.append({"wish": slot.key, "day": day.isoformat(), "why": why})
    return skipped


def _serve(actor: Actor, week: Week, slots: list[Slot], answer: str) -> int:
    """Orders that have a session now: answered where nobody did, served, each with its matter's line."""
    first: dict[str, Session] = {}
    for slot in slots:
        for order in slot.orders:
            first.setdefault(order.number, week.made[slot.key][0])
    open_ones = Order.objects.filter(number__in=first, state__in=("gathered", "accepted"))
    numbers = sorted(open_ones.values_list("number", flat=True))
    orders = serving.take_on(actor, numbers, answer, week.place) if numbers else []
    many = serving.served([one.pk for one in orders])
    for order in orders:
        session = first[order.number]
        journal.record(
            "academy.week.served", actor=actor, place=order.place, subject=session.pk, matter=order.matter_id,
            data={
                "number": session.number,
                "when": days.kept(session.starts_at),
            },
        )  # fmt: skip
    return many
