"""Who came: ticked on the list by who holds the session, or by a code at the door. Heads are counted; no
place, no device, no ranking."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext as _

from mulin.academy.sessions import planning, queries, signing
from mulin.academy.sessions.changing import held_by
from mulin.academy.sessions.models import Session, Signup
from mulin.kernel import clock, rulebook, secrets
from mulin.kernel.actors import Actor
from mulin.kernel.counters import Count
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.policy import require

SESSIONS, PERSON_TIMES = "academy.sessions", "academy.person_times"
WALK_INS_MOST = 5000
CODE_LENGTH = 12
AFTER = timedelta(hours=1)


def take_attendance(
    *, actor: Actor, number: str, came: Mapping[UUID | str, int], walk_ins: int | None = None
) -> Session:
    """Note how many of each sign-up came (0: nobody), and how many came whom nobody had signed up.

    Who: academy.session:manage. Raises not-now, too-early, bad-count.
    """
    with write():
        session = held_by(actor, number, "open", "held")
        _door_is_open(session)
        rows = {str(one.pk): one for one in session.signups.exclude(state="cancelled")}
        for key, n in came.items():
            one = rows.get(str(key))
            if one is None:
                continue
            most = max(one.heads, _heads_most(session))
            if not 0 <= n <= most:
                text = _("一次报名最多来%(most)s个人，请核对。") % {"most": most}
                raise ActionError("bad-count", text, field="came", status=422)
            if one.came != n:
                one.came, one.how = n, "list"
                one.save(update_fields=["came", "how"])
        if walk_ins is not None:
            session.walk_ins = _walk_ins(walk_ins)
        counts = _recount(session)
        session.save(update_fields=["walk_ins", "came"])
        planning.line("academy.session.attendance", actor, session, n=session.came, counts=counts)
    return session


def count_heads(*, actor: Actor, number: str, walk_ins: int) -> Session:
    """Note how many came whom nobody had signed up. Who: academy.session:manage. Raises as above."""
    return take_attendance(actor=actor, number=number, came={}, walk_ins=walk_ins)


def hold_session(*, actor: Actor, number: str) -> Session:
    """It took place: who came is counted. The list can still be put right afterwards.

    Who: academy.session:manage. Raises not-now, too-early.
    """
    with write():
        session = held_by(actor, number, "open")
        if session.starts_at > clock.now():
            raise ActionError("too-early", _("还没有开始。"))
        _recount(session)
        session.state = "held"
        session.save(update_fields=["state", "came"])
        counts = (_count(session, SESSIONS, 1), _count(session, PERSON_TIMES, session.came))
        planning.line("academy.session.held", actor, session, n=session.came, counts=counts)
    return session


def check_in(*, actor: Actor, number: str, code: str, heads: int = 1) -> Signup:
    """Say "we are here" with the code at the door, from one's own account, with as many heads as came. Who
    did not sign up is counted too and takes nobody's place.

    Who: academy.session:attend. Raises not-now, old-code, bad-heads.
    """
    with write():
        session = queries.get_public(number, lock=True)
        require(actor, queries.ATTEND, queries.target_of(session))
        if session.state != "open" or not is_at_the_door(session):
            raise ActionError("not-now", _("现在不能签到。还没到时间，或者已经结束了。"))
        if not is_door_code(session, code):
            raise ActionError("old-code", _("这个码不是今天的。请扫门口今天的码。"))
        most = _heads_most(session)
        if not 1 <= heads <= most:
            text = _("一次可以签1到%(most)s个人，请改一下人数。") % {"most": most}
            raise ActionError("bad-heads", text, field="heads", status=422)
        signup = queries.signup_of(session, actor.account)
        if signup is None:
            signup = Signup(session=session, account_id=actor.account, heads=heads, state="walked_in")
        if signup.came == heads:
            return signup
        signup.came, signup.how = heads, "code"
        signup.save()
        _recount(session)
        session.save(update_fields=["came"])
        signing.line("academy.session.checked_in", actor, session, heads=heads)
    return signup


def is_at_the_door(session: Session) -> bool:
    """Whether one can sign in now: from some minutes before it begins to an hour after its end."""
    minutes = int(rulebook.value("academy.session.door_minutes", at=session.place))
    return session.starts_at - timedelta(minutes=minutes) <= clock.now() <= session.ends_at + AFTER


def door_code(session: Session) -> str:
    """What the sheet at the door shows on the day: it cannot be guessed and says nothing by itself."""
    day = clock.day_of(session.starts_at).isoformat()
    return secrets.fingerprint(f"{session.pk}:{day}", "session-door")[:CODE_LENGTH]


def is_door_code(session: Session, code: str) -> bool:
    """Whether it is this session's code and its day, or the night after it: a feast may pass midnight."""
    is_its_time = clock.today() == clock.day_of(session.starts_at) or is_at_the_door(session)
    return is_its_time and code == door_code(session)


def _door_is_open(session: Session) -> None:
    minutes = int(rulebook.value("academy.session.door_minutes", at=session.place))
    if clock.now() < session.starts_at - timedelta(minutes=minutes):
        text = _("还太早。开始前%(n)s分钟起可以记到场。") % {"n": minutes}
        raise ActionError("too-early", text)


def _heads_most(session: Session) -> int:
    return int(rulebook.value("academy.session.heads_most", at=session.place))


def _walk_ins(n: int) -> int:
    if not 0 <= n <= WALK_INS_MOST:
        raise ActionError("bad-count", _("请核对人数。"), field="walk_ins", status=422)
    return n


def _recount(session: Session) -> tuple[Count, ...]:
    """Sum who came; for a session that was counted already, what that changes in the counters."""
    known = session.came
    listed = session.signups.exclude(state="cancelled").aggregate(n=Sum("came"))["n"] or 0
    session.came = listed + session.walk_ins
    if session.state != "held" or session.came == known:
        return ()
    return (_count(session, PERSON_TIMES, session.came - known),)


def _count(session: Session, measure: str, n: int) -> Count:
    day = clock.day_of(session.starts_at)
    return Count(measure, session.place, day, n, session.kind, session.theme)
