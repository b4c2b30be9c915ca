"""Everything that may be done to clubs. Each writes exactly one line."""

from mulin.academy.clubs.actions.founding import admit_club, ask_club, decline_club, found_club, serve_orders
from mulin.academy.clubs.actions.gatherings import cancel_gathering, hold_gathering, plan_gathering
from mulin.academy.clubs.actions.life import close_club, edit_club, rest_club, resume_club
from mulin.academy.clubs.actions.members import (
    appoint_leader,
    join_club,
    leave_club,
    list_member,
    release_leader,
    take_out,
    unlist_member,
)
from mulin.academy.clubs.actions.telling import tell_members

__all__ = [
    "admit_club", "appoint_leader", "ask_club", "cancel_gathering", "close_club", "decline_club", "edit_club",
    "found_club", "hold_gathering", "join_club", "leave_club", "list_member", "plan_gathering",
    "release_leader", "rest_club", "resume_club", "serve_orders", "take_out", "tell_members", "unlist_member",
]  # fmt: skip
