"""What changes after a session was planned: its text, time, place, teacher; that it does not take place."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.academy.sessions import planning, queries, signing, states
from mulin.academy.sessions.models import Session, TeamResult
from mulin.academy.sessions.planning import line
from mulin.academy.weeks.models import Teacher
from mulin.bookings import slots
from mulin.kernel import clock, codes, days, journal
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.policy import Target, require
from mulin.people.models import Organisation
from mulin.places.models import Venue
from mulin.places.queries import exists

REASON_LENGTH, WORDS_LENGTH, MATERIALS_MOST = 200, 80, 8
ONLY_TEXT = ("title", "text", "theme", "ages", "safety", "materials")
KEEP: Any = object()
GROUP_KINDS = Organisation.GROUPS


def edit_session(
    *,
    actor: Actor,
    number: str,
    title: str,
    text: str = "",
    theme: str = "",
    ages: Iterable[str] = (),
    places_most: int | None = None,
    safety: str = "",
    materials: Iterable[dict[str, str]] = (),
    is_outdoor: bool = False,
    following: bool = False,
) -> Session:
    """Change what a session says and how many places it has, of one or of all that follow in its series.
    More places go to who waits longest. Without ages it is for those of its club, as when it was made.

    Who: academy.session:manage. Raises not-now, taken-already and what `planning.check` does.
    """
    values = {
        "title": planning._short(title), "text": text.strip(), "theme": theme, "ages": list(ages),
        "safety": safety.strip(), "materials": _materials(materials), "is_outdoor": is_outdoor,
    }  # fmt: skip
    with write():
        session = held_by(actor, number, "draft", "open", "held")
        some = _those(session, following)
        moved = [_edit(one, values, places_most) for one in some]
        line("academy.session.edited", actor, some[0], n=len(some), moved=moved[0])
        # Whoever moves up in a later one is told of that one, not of the first of the series.
        for one, ids in zip(some[1:], moved[1:], strict=True):
            if ids:
                line("academy.session.moved_up", actor, one, n=len(ids), moved=ids)
    return some[0]


def _edit(one: Session, values: dict[str, Any], places_most: int | None) -> list[str]:
    """One session with these values. Returns the ids of the sign-ups that moved up."""
    for name, value in values.items():
        setattr(one, name, value)
    one.ages = one.ages or list(one.club.ages if one.club else ())
    one.places_most = places_most
    planning.check_one_of(one)
    if one.places_most is not None and one.places_most < one.taken:
        words = {"n": one.taken, "day": days.day_words(one.starts_at)}
        text = _("%(day)s已经报了%(n)s人，名额不能更少。") % words
        raise ActionError("taken-already", text, field="places_most", status=422)
    moved = signing.promote(one)
    one.save()
    return moved


def move_session(
    *,
    actor: Actor,
    number: str,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    venue: Venue | None = KEEP,
    where: str = "",
    following: bool = False,
) -> Session:
    """Another time or place, for one or, by as many days and hours, for all that follow in the series. Who
    signed up is told and keeps the place. Where something is not free, nothing changes.

    Who: academy.session:manage. Raises not-now, begun, past, no-reason, nothing-changed, slot-taken,
    and what `planning.check` does.
    """
    reason = _reason(reason, _("请写一句为什么改，报了名的人会看到。"))
    with write():
        session = held_by(actor, number, "draft", "open")
        _not_begun(session)
        if starts_at <= clock.now():
            raise ActionError("past", _("这个时间已经过了，请改一个。"), field="starts_at", status=422)
        goes_to = session.venue if venue is KEEP else venue
        where = where.strip() or session.where
        same_place = (goes_to and goes_to.pk) == session.venue_id and where == session.where
        if same_place and (starts_at, ends_at) == (session.starts_at, session.ends_at):
            text = _("时间和地点都没有变。")
            raise ActionError("nothing-changed", text, field="starts_at", status=422)
        shift = starts_at - session.starts_at
        some = _those(session, following)
        if shift > timedelta():
            some.reverse()  # the last first: so each finds its new time already left by the next
        for one in some:
            _shift(one, shift, ends_at - starts_at, goes_to, where.strip(), reason)
        line("academy.session.moved", actor, _found(some, session), n=len(some))
    return _found(some, session)


def _found(some: list[Session], session: Session) -> Session:
    return next(one for one in some if one.pk == session.pk)


def _shift(
    one: Session, shift: timedelta, lasts: timedelta, venue: Venue | None, where: str, reason: str
) -> None:
    one.starts_at += shift
    one.ends_at = one.starts_at + lasts
    changes_place = (venue and venue.pk) != one.venue_id
    one.venue = venue
    if where or changes_place:
        one.where = where
    if venue and venue.capacity is not None and one.taken <= venue.capacity < (one.places_most or 0):
        one.places_most = venue.capacity
    planning.check_one_of(one)
    if one.places_most is not None and one.places_most < one.taken:
        text = _("已经报了%(n)s人，新的场地坐不下，请换一处。") % {"n": one.taken}
        raise ActionError("too-many", text, field="venue", status=422)
    try:
        if changes_place:
            planning.free_slots(one, "venue", reason)
        for booking in planning.bookings_of(one):
            slots.move(booking, one.starts_at, one.ends_at)
        if changes_place and venue is not None:
            planning._take(one, slots.of_venue(venue))
    except ActionError as error:
        raise planning._on_day(clock.day_of(one.starts_at), error) from error
    one.reason, one.changes, one.reminded_at = reason, one.changes + 1, None
    one.save()


def substitute_teacher(*, actor: Actor, number: str, teacher: Teacher | None, reason: str = "") -> Session:
    """Somebody else teaches this once; with the first teacher again, all is as it was. Who signed up is told.

    Who: academy.session:manage. Raises not-now, begun, nothing-changed, no-teacher, no-leader, no-check,
    slot-taken.
    """
    with write():
        session = held_by(actor, number, "draft", "open")
        _not_begun(session)
        if (teacher and teacher.pk) == session.teacher_id and session.unled_since is None:
            raise ActionError("nothing-changed", _("还是原来那位老师。"), field="teacher", status=422)
        first = session.instead_of or session.teacher
        planning.free_slots(session, "person", reason)
        session.teacher = teacher
        session.instead_of = None if first is None or (teacher and teacher.pk == first.pk) else first
        planning.check_teacher(session)
        if teacher is not None:
            planning._take(session, planning.teacher_resource(teacher))
        session.reason = reason.strip()[:REASON_LENGTH] or session.reason
        session.changes += 1
        session.save()
        line("academy.session.substituted", actor, session)
    return session


def open_session(*, actor: Actor, number: str, following: bool = False) -> Session:
    """Show a draft to everybody and take sign-ups; with `following` all drafts of the series from here on.

    Who: academy.session:manage. Raises not-now, past, no-teacher, no-leader, no-check.
    """
    with write():
        session = held_by(actor, number, "draft")
        if session.starts_at <= clock.now():
            raise ActionError("past", _("这个时间已经过了，请改一个。"))
        some = [one for one in _those(session, following) if one.state == "draft"]
        for one in some:
            planning.check_teacher(one)
            one.state = "open"
            one.save(update_fields=["state", "unled_since"])
        line("academy.session.planned", actor, some[0], n=len(some))
    return some[0]


def discard_session(*, actor: Actor, number: str) -> None:
    """Delete a draft that nobody saw; its time is free again. Who: academy.session:manage. Raises not-now."""
    with write():
        session = held_by(actor, number, "draft")
        planning.free_slots(session)
        line("academy.session.discarded", actor, session)
        Session.objects.filter(pk=session.pk).delete()


def cancel_session(*, actor: Actor, number: str, reason: str, following: bool = False) -> Session:
    """It does not take place, or nothing of the series from here on; who signed up is told why.

    Who: academy.session:manage. Raises not-now, no-reason.
    """
    reason = _reason(reason, _("请写一句为什么取消，报了名的人会看到。"))
    with write():
        session = held_by(actor, number, "draft", "open")
        some = _those(session, following)
        for one in some:
            _call_off(one, reason)
        line("academy.session.cancelled", actor, some[0], n=len(some))
    return some[0]


def call_off_outdoor(*, actor: Actor, place: str, day: date, reason: str) -> list[Session]:
    """Bad weather: everything in the open on a day that has not begun is called off at once, in a community
    or in all of a street. Who signed up is told.

    Who: academy.session:manage at the place. Raises no-reason, none-outdoor.
    """
    reason = _reason(reason, _("请写一句为什么取消，报了名的人会看到。"))
    with write():
        require(actor, queries.MANAGE, Target(place=place))
        some = list(outdoor(place, day).select_for_update(of=("self",)))
        if not some:
            raise ActionError("none-outdoor", _("这一天没有还没开始的户外活动，不用取消。"))
        for one in some:
            _call_off(one, reason)
        journal.record(
            "academy.session.weather", actor=actor, place=place,
            data={"day": day.isoformat(), "n": len(some), "sessions": [str(one.pk) for one in some]},
        )  # fmt: skip
    return some


def outdoor(place: str, day: date):
    """Open sessions in the open air on a day that have not begun, in a community or in all of a street."""
    low, high = codes.bounds(place)
    return Session.objects.filter(
        queries.between(day, day), place__gte=low, place__lt=high, state="open", is_outdoor=True,
        starts_at__gt=clock.now(),
    ).order_by("starts_at", "id")  # fmt: skip


def set_results(
    *, actor: Actor, number: str, rows: Iterable[tuple[UUID | None, str, str]]
) -> list[TeamResult]:
    """What each team of a contest reached: rows of (group or None, site code or "", words). Teams are groups,
    or the people of a building, grid or estate; never persons.

    Who: academy.session:manage. Raises not-now, no-contest, no-team, no-words.
    """
    with write():
        session = held_by(actor, number, "open", "held")
        if session.kind != "contest":
            raise ActionError("no-contest", _("只有比赛才登记成绩。"))
        if session.starts_at > clock.now():
            raise ActionError("not-now", _("还没有开始，赛完再登记。"))
        found = [_result(session, *row) for row in rows]
        session.results.all().delete()
        TeamResult.objects.bulk_create(found)
        line("academy.session.results", actor, session, n=len(found))
    return found


def _result(session: Session, org: UUID | None, site: str, words: str) -> TeamResult:
    words = words.strip()
    if not words or len(words) > WORDS_LENGTH:
        text = _("请给每一队写成绩，最多80个字，例如“一等奖”。")
        raise ActionError("no-words", text, field="words", status=422)
    is_group = org and not site and Organisation.objects.filter(pk=org, kind__in=GROUP_KINDS).exists()
    is_site = site and not org and "-" in site and exists(site)
    if not (is_group or is_site):
        text = _("成绩记给队伍：请选一个小组、楼栋或网格，不记个人。")
        raise ActionError("no-team", text, field="team", status=422)
    return TeamResult(session=session, org_id=org, site=site, words=words)


# Shared ------------------------------------------------------------------------------------------------


def held_by(actor: Actor, number: str, *allowed: str) -> Session:
    """The session, locked, if the actor prepares it and it is in one of these states."""
    session = queries.locked(actor, number)
    require(actor, queries.MANAGE, queries.target_of(session))
    if session.state not in allowed:
        word = states.STATE_WORDS[session.state]
        raise ActionError("not-now", _("这一场现在是“%(state)s”，不能这样做。") % {"state": word})
    return session


def _those(session: Session, following: bool) -> list[Session]:
    """The session, or it and all that follow in its series and have not begun, locked, in order of time."""
    if not following or session.series is None:
        return [session]
    rows = queries.following(session).filter(starts_at__gt=clock.now()).select_related(*queries.ROW)
    rows = rows.select_for_update(of=("self",)).order_by("starts_at", "id")
    return list(rows) or [session]


def _not_begun(session: Session) -> None:
    if session.starts_at <= clock.now():
        raise ActionError("begun", _("这一场已经开始了，不能再改。"))


def _reason(reason: str, message: str) -> str:
    if not reason.strip():
        raise ActionError("no-reason", message, field="reason", status=422)
    return reason.strip()[:REASON_LENGTH]


def _call_off(one: Session, reason: str) -> None:
    planning.free_slots(one, reason=reason)
    one.state, one.reason, one.changes = "cancelled", reason, one.changes + 1
    one.save(update_fields=["state", "reason", "changes"])


def _materials(rows: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    found = []
    for row in list(rows)[:MATERIALS_MOST]:
        title, url = row.get("title", "").strip()[:80], row.get("url", "").strip()[:300]
        if url and not url.startswith(("https://", "http://")):
            text = _("资料的网址要以 https:// 开头。")
            raise ActionError("bad-link", text, field="materials", status=422)
        if title or url:
            found.append({"title": title or url, "url": url})
    return found
