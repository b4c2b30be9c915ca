"""Who leads a session, and whether that person may be with its children on that day.

`require_leader` is the one answer. Every write that makes a session or changes when it is, whom it is for or
who leads it goes through it (`planning.check_teacher`): where children come without their parents somebody is
named, and that person's record check is noted, clear, not withdrawn and not too old on that very day. A
club's leader is no exception: who leads children stands on the list of teachers.
"""

from django.utils.translation import gettext as _

from mulin.academy.sessions.models import Session
from mulin.academy.weeks import checks
from mulin.academy.weeks.models import Teacher
from mulin.kernel import clock
from mulin.kernel.errors import ActionError
from mulin.people.models import Post
from mulin.people.queries import in_force

LEADER = "group_leader"


def needs_leader(session: Session) -> bool:
    """Whether children come without their parents, so that nobody can be left out."""
    return checks.needs_leader(session.ages, place=session.place, on=_day(session))


def needs_check(session: Session) -> bool:
    """Whether whoever is named must have a check that holds."""
    return checks.needs_check(session.ages, place=session.place, on=_day(session))


def may_lead(teacher: Teacher, session: Session) -> bool:
    """Whether somebody may be named for a session; of one that has begun, as things stood then."""
    return not needs_check(session) or _holds(teacher, session)


def name_leader(session: Session) -> None:
    """A club's own session with children: without a teacher it is led by whoever leads the club, and that
    person is named if the list of teachers has a check that holds."""
    if session.teacher is None and session.club is not None and needs_leader(session):
        leaders = Post.objects.filter(in_force(), org=session.club.org_id, role=LEADER)
        known = Teacher.objects.filter(state="ready", account__in=leaders.values("account"))
        known = known.prefetch_related("checks").order_by("id")
        session.teacher = next((one for one in known if _holds(one, session)), None)


def require_leader(session: Session) -> None:
    """Refuse a session with children that nobody checked leads. Inside the caller's transaction: the
    teacher's row is locked, so that no check is withdrawn in between.

    Raises no-leader, no-check, and rule-unset where the rules do not say whom a check is asked for."""
    if session.teacher is None:
        if needs_leader(session):
            text = _(
                "孩子自己来的活动，要有一位记过记录查询的人带。请选一位老师；社团领队自己带的，"
                "先由社区在“老师”里请进来、记下查询。"
            )
            raise ActionError("no-leader", text, field="teacher")
    elif needs_check(session):
        locked = Teacher.objects.select_for_update(of=("self",)).get(pk=session.teacher_id)
        if not _holds(locked, session):
            text = _(
                "%(name)s在那天没有有效的记录查询，不能带孩子。请换一位记过查询的老师，"
                "或者先办查询，在老师的页面记下日期。"
            )
            raise ActionError("no-check", text % {"name": locked.name}, field="teacher")
    session.unled_since = None


def _holds(teacher: Teacher, session: Session) -> bool:
    now = clock.now()
    begun = session.starts_at if session.starts_at <= now else None
    return checks.check_on(teacher, _day(session), place=session.place, at=begun) is not None


def _day(session: Session):
    return clock.day_of(session.starts_at)
