"""Everything that one can do with sessions, in one place for other parts."""

from mulin.academy.sessions.attending import check_in, count_heads, hold_session, take_attendance
from mulin.academy.sessions.changing import (
    call_off_outdoor,
    cancel_session,
    discard_session,
    edit_session,
    move_session,
    open_session,
    set_results,
    substitute_teacher,
)
from mulin.academy.sessions.planning import Series, make, plan_series, plan_session
from mulin.academy.sessions.signing import change_heads, leave, sign_up, sign_up_for, take_off

__all__ = [
    "Series",
    "call_off_outdoor",
    "cancel_session",
    "change_heads",
    "check_in",
    "count_heads",
    "discard_session",
    "edit_session",
    "hold_session",
    "leave",
    "make",
    "move_session",
    "open_session",
    "plan_series",
    "plan_session",
    "set_results",
    "sign_up",
    "sign_up_for",
    "substitute_teacher",
    "take_attendance",
    "take_off",
]
