"""Every write on cases. One function a move; `mulin.cases.moves.perform` calls them by the move's name."""

from mulin.cases.actions.ending import (
    close_case,
    close_confirmed,
    confirm_case,
    record_call_back,
    reopen_case,
)
from mulin.cases.actions.intake import (
    accept_case,
    decide_objection,
    dispatch_case,
    find_facts,
    object_to_dispatch,
    refuse_case,
)
from mulin.cases.actions.joining import answer_whistle, merge_cases, unmerge_case, whistle
from mulin.cases.actions.major import acknowledge_major, tick_check
from mulin.cases.actions.second import approve_pending, decide_exclusion, decline_pending, exclude_case
from mulin.cases.actions.settings import (
    delete_reply_template,
    delete_route,
    delete_view,
    save_view,
    set_reply_template,
    set_route,
)
from mulin.cases.actions.work import (
    add_note,
    assign_case,
    claim_case,
    escalate_case,
    escalate_overdue,
    extend_case,
    finish_case,
    resume_case,
    start_case,
    stop_harm,
    suspend_case,
)

__all__ = [
    "accept_case",
    "acknowledge_major",
    "add_note",
    "answer_whistle",
    "approve_pending",
    "assign_case",
    "claim_case",
    "close_case",
    "close_confirmed",
    "confirm_case",
    "decide_exclusion",
    "decide_objection",
    "decline_pending",
    "delete_reply_template",
    "delete_route",
    "delete_view",
    "dispatch_case",
    "escalate_case",
    "escalate_overdue",
    "exclude_case",
    "extend_case",
    "find_facts",
    "finish_case",
    "merge_cases",
    "object_to_dispatch",
    "record_call_back",
    "refuse_case",
    "reopen_case",
    "resume_case",
    "save_view",
    "set_reply_template",
    "set_route",
    "start_case",
    "stop_harm",
    "suspend_case",
    "tick_check",
    "unmerge_case",
    "whistle",
]
