"""Every write of this part. One transaction, one permission, one line in the journal each."""

from mulin.councils.results.actions.concerns import (
    answer_concern,
    enter_concern,
    hide_concern,
    join_concern,
    part_concern,
    raise_concern,
)
from mulin.councils.results.actions.findings import ask_question, drop_finding, write_finding
from mulin.councils.results.actions.options import decline_option, move_option, propose_option, put_option
from mulin.councils.results.actions.rating import enter_rating, publish_rating
from mulin.councils.results.actions.resolutions import (
    discard_resolution,
    draft_resolution,
    edit_resolution,
    missing_to_publish,
    posting_of,
    publish_resolution,
    refresh_resolution,
    revise_resolution,
    withdraw_resolution,
)
from mulin.councils.results.actions.works import (
    drop_plan,
    edit_work,
    finish_work,
    follow_case,
    hand_to_cases,
    plan_work,
    report_work,
    take_up_again,
)

__all__ = [
    "answer_concern", "ask_question", "decline_option", "discard_resolution", "draft_resolution",
    "drop_finding", "drop_plan", "edit_resolution", "edit_work", "enter_concern", "enter_rating",
    "finish_work", "follow_case", "hand_to_cases", "hide_concern", "join_concern", "missing_to_publish",
    "move_option", "part_concern", "plan_work", "posting_of", "propose_option", "publish_rating",
    "publish_resolution", "put_option", "raise_concern", "refresh_resolution", "report_work",
    "revise_resolution", "take_up_again", "withdraw_resolution", "write_finding",
]  # fmt: skip
