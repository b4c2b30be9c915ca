"""New sessions, single and as a series: the record, and the time of the venue and of the teacher."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from mulin.academy import catalogues
from mulin.academy.clubs.models import Club
from mulin.academy.sessions import leading, queries, series, states, wording
from mulin.academy.sessions.models import Session
from mulin.academy.weeks.models import Teacher
from mulin.bookings import slots
from mulin.bookings.models import Booking
from mulin.kernel import clock, codes, days, journal, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.ids import new_id
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import Target, require
from mulin.places.models import Venue
from mulin.voices.models import Matter

TITLE_LENGTH, TEXT_LENGTH, SAFETY_LENGTH = 80, 2000, 400
SHORTEST, LONGEST = timedelta(minutes=15), timedelta(hours=16)
OUTDOOR = ("outdoor", "court")
WHAT = "session"
# What keeps one day of a series from taking place; and what refuses all of it, naming the day.
DAYS_OFF, UNLED = ("slot-taken", "outside-hours"), ("no-leader", "no-check")


def plan_session(
    *,
    actor: Actor,
    place: str,
    title: str,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    club: Club | None = None,
    venue: Venue | None = None,
    teacher: Teacher | None = None,
    places_most: int | None = None,
    matter: Matter | None = None,
    state: str = "open",
    **more: Any,
) -> Session:
    """A new session; the time of its venue and of its teacher is taken. See `make` for `more`.

    Who: academy.session:manage at the place or of the club. Raises what `make` does.
    """
    with write():
        _may(actor, place, club)
        session = make(
            place=place, title=title, kind=kind, starts_at=starts_at, ends_at=ends_at, club=club, venue=venue,
            teacher=teacher, places_most=places_most, matter=matter, state=state, **more,
        )  # fmt: skip
        line("academy.session.planned" if state == "open" else "academy.session.drafted", actor, session)
    return session


def make(
    *,
    place: str,
    title: str,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    club: Club | None = None,
    venue: Venue | None = None,
    teacher: Teacher | None = None,
    places_most: int | None = None,
    matter: Matter | None = None,
    state: str = "open",
    text: str = "",
    theme: str = "",
    ages: list[str] | tuple[str, ...] = (),
    where: str = "",
    is_outdoor: bool | None = None,
    safety: str = "",
    materials: list[dict[str, str]] | None = None,
    series: UUID | None = None,
) -> Session:
    """The record itself with its slots, inside the caller's transaction: no permission, no journal line.

    Without `places_most` the venue's capacity is the limit, if it has one. A club lends its theme, ages and,
    to its children, its leader. Raises no-title, no-kind, bad-time, past, no-where, closed-venue,
    outside-hours, too-many, no-teacher, no-leader, no-check and slot-taken.
    """
    theme = theme or (club.theme if club else "")
    ages = list(ages) or list(club.ages if club else ())
    session = Session(
        number=new_number(), place=place, club=club, venue=venue, teacher=teacher, kind=kind,
        title=_short(title), text=text.strip(), theme=theme, ages=ages, series=series, starts_at=starts_at,
        ends_at=ends_at, places_most=places_most, state=state, where=where.strip()[:80], matter=matter,
        is_outdoor=_outdoor(venue) if is_outdoor is None else is_outdoor, safety=safety.strip(),
        materials=materials or [],
    )  # fmt: skip
    leading.name_leader(session)
    check(session)
    if starts_at <= clock.now():
        raise ActionError("past", _("这个时间已经过了，请改一个。"), field="starts_at", status=422)
    session.save(force_insert=True)
    take_slots(session)
    return session


def check(session: Session) -> None:
    """Refuse what no session may be; fills in the limit of the venue."""
    if session.kind not in states.KINDS:
        raise ActionError("no-kind", _("请选是哪一种活动。"), field="kind", status=422)
    if not codes.is_valid(session.place) or codes.level(session.place) < codes.Level.STREET:
        raise ActionError("no-place", _("请选一个社区或街道。"), field="place", status=422)
    if len(session.text) > TEXT_LENGTH:
        raise ActionError("text-too-long", _("介绍最多2000个字。"), field="text", status=422)
    if len(session.safety) > SAFETY_LENGTH:
        raise ActionError("text-too-long", _("安全提示最多400个字。"), field="safety", status=422)
    if session.theme and session.theme not in catalogues.themes():
        raise ActionError("no-theme", _("请从清单里选一个主题。"), field="theme", status=422)
    if session.places_most is not None and session.places_most < 1:
        raise ActionError("bad-count", _("名额至少是1；不限名额就空着。"), field="places_most", status=422)
    check_time(session.starts_at, session.ends_at)
    check_teacher(session)  # its row is locked before the venue's, as where a week is published
    check_venue(session)


def check_one_of(session: Session) -> None:
    """The same for one of perhaps many of a series: whom nobody may lead is named by its day."""
    try:
        check(session)
    except ActionError as error:
        if error.code not in UNLED or session.series is None:
            raise
        raise _on_day(clock.day_of(session.starts_at), error) from error


def check_time(starts_at: datetime, ends_at: datetime) -> None:
    if not SHORTEST <= ends_at - starts_at <= LONGEST:
        text = _("一场至少一刻钟，最多16小时。请核对开始和结束的时间。")
        raise ActionError("bad-time", text, field="ends_at", status=422)


def hold_venue(session: Session) -> None:
    """The venue as it is now, locked: nobody gives it up or closes it for days while its time is taken."""
    if session.venue_id:
        session.venue = Venue.objects.select_for_update().get(pk=session.venue_id)


def check_venue(session: Session) -> None:
    """The venue is open then, has room, and lies where the session is (or at its street)."""
    hold_venue(session)
    venue = session.venue
    if venue is None:
        if not session.where:
            text = _("请选一个场地，或者写一句在哪里。")
            raise ActionError("no-where", text, field="where", status=422)
        return
    if not (codes.contains(venue.place, session.place) or codes.contains(session.place, venue.place)):
        raise ActionError("closed-venue", _("这个场地不在这里。"), field="venue", status=422)
    if venue.closed_on and venue.closed_on <= clock.day_of(session.starts_at):
        raise ActionError("closed-venue", _("这个场地已经停用了，请换一处。"), field="venue")
    if not slots.inside_hours(venue, session.starts_at, session.ends_at):
        text = _("“%(venue)s”这个时间不开放，请换个时间或场地。") % {"venue": venue.name}
        raise ActionError("outside-hours", text, field="starts_at")
    if venue.capacity is None:
        return
    if session.places_most is None:
        session.places_most = venue.capacity
    elif session.places_most > venue.capacity:
        text = _("“%(venue)s”最多容%(n)s人，请改名额或换一处。")
        raise ActionError("too-many", text % {"venue": venue.name, "n": venue.capacity}, field="places_most")


def check_teacher(session: Session) -> None:
    """A teacher who was asked in; with children only somebody whose record check holds that day."""
    teacher = session.teacher
    if teacher is not None and teacher.state != "ready":
        text = _("%(name)s现在不能安排，请先在“老师”里请进来，或者换一位。")
        raise ActionError("no-teacher", text % {"name": teacher.name}, field="teacher")
    leading.require_leader(session)


# The time of venue and teacher -------------------------------------------------------------------------


def take_slots(session: Session) -> None:
    """Take the time of the venue and of the teacher. ActionError slot-taken says from when it is free."""
    if session.venue_id:
        _take(session, slots.of_venue(session.venue))
    if session.teacher_id:
        _take(session, teacher_resource(session.teacher))


def teacher_resource(teacher: Teacher):
    """What stands for a teacher's time in the calendar of bookings."""
    return slots.resource_for("person", teacher.pk, place=teacher.place, title=teacher.name)


def _take(session: Session, resource: Any) -> None:
    slots.take(
        resource, session.starts_at, session.ends_at, what=WHAT, subject=session.pk, title=session.title,
        org=session.club.org_id if session.club else None,
    )  # fmt: skip


def bookings_of(session: Session, kind: str = "") -> list[Booking]:
    """The bookings that hold the session's time; `kind`: venue or person."""
    found = Booking.objects.filter(subject=session.pk, what=WHAT, state__in=slots.HOLDING)
    if kind:
        found = found.filter(resource__kind=kind)
    return list(found.select_related("resource"))


def free_slots(session: Session, kind: str = "", reason: str = "") -> None:
    for one in bookings_of(session, kind):
        slots.free(one, reason=reason)


# Series ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Series:
    """What came of planning a series: its sessions, and the days that were left out, each with why."""

    id: UUID
    sessions: list[Session] = field(default_factory=list)
    left_out: list[tuple[date, str]] = field(default_factory=list)


def plan_series(
    *,
    actor: Actor,
    place: str,
    starts_at: datetime,
    ends_at: datetime,
    until: date,
    every: int = 1,
    skip_holidays: bool = True,
    skip_taken: bool = False,
    **more: Any,
) -> Series:
    """The same session every so many weeks until a day, public holidays left out. `more` as for
    `plan_session`. A day on which venue or teacher is not free refuses the whole series, or is left out
    with `skip_taken`.

    Who: academy.session:manage at the place or of the club. Raises bad-until, too-many-days and what
    `make` does.
    """
    found = Series(new_id())
    wanted = _wanted_days(place, starts_at, until, every)
    times = {"starts_at": starts_at, "ends_at": ends_at}
    with write():
        _may(actor, place, more.get("club"))
        for one in wanted:
            if skip_holidays and one.is_holiday:
                found.left_out.append((one.day, one.holiday))
                continue
            shift = one.day - clock.day_of(starts_at)
            try:
                with transaction.atomic():
                    found.sessions.append(make(place=place, series=found.id, **_moved(times, shift), **more))
            except ActionError as error:
                if error.code not in DAYS_OFF and error.code not in UNLED:
                    raise
                if error.code in UNLED or not skip_taken:
                    raise _on_day(one.day, error) from error
                found.left_out.append((one.day, str(error.message)))
        if not found.sessions:
            text = _("这段时间里没有一天能办，请换个时间或场地。")
            raise ActionError("bad-until", text, field="until", status=422)
        line("academy.session.series_planned", actor, found.sessions[0], n=len(found.sessions))
    return found


def _moved(times: dict[str, datetime], shift: timedelta) -> dict[str, datetime]:
    return {name: at + shift for name, at in times.items()}


def _wanted_days(place: str, starts_at: datetime, until: date, every: int) -> list[series.Day]:
    first = clock.day_of(starts_at)
    if until <= first or every < 1:
        text = _("请选一个晚于第一次的日子。")
        raise ActionError("bad-until", text, field="until", status=422)
    wanted = series.days(first, until, every)
    most = int(rulebook.value("academy.session.series_most", at=place))
    if len(wanted) > most:
        text = _("一次最多排%(most)s次，请把最后一天提前。") % {"most": most}
        raise ActionError("too-many-days", text, field="until", status=422)
    return wanted


def _on_day(day: date, error: ActionError) -> ActionError:
    text = _("%(day)s：%(why)s") % {"day": days.day_words(day), "why": error.message}
    return ActionError(error.code, text, field=error.field)


# Shared ------------------------------------------------------------------------------------------------


def line(code: str, actor: Actor, session: Session, **data: Any) -> None:
    """The one line of an action; what grew out of a wish shows on its timeline."""
    counts = data.pop("counts", ())
    data = {key: value for key, value in data.items() if value not in ([], "")}
    journal.record(
        code, actor=actor, place=session.place, subject=session.pk, matter=session.matter_id,
        org=session.club.org_id if session.club else None,
        data={**wording.facts(session), **data}, counts=counts,
    )  # fmt: skip


def _may(actor: Actor, place: str, club: Club | None) -> None:
    orgs = frozenset({club.org_id} if club else ())
    require(actor, queries.MANAGE, Target(place=place, orgs=orgs))


def _short(title: str) -> str:
    title = title.strip()
    if not title or len(title) > TITLE_LENGTH:
        raise ActionError("no-title", _("请写一个标题，最多80个字。"), field="title", status=422)
    return title


def _outdoor(venue: Venue | None) -> bool:
    return venue is not None and venue.kind in OUTDOOR
