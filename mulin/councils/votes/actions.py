"""All that can be done to a vote. Each function writes one line in the journal."""

from mulin.councils.votes.casting import (
    begin_paper,
    cast,
    enter_named,
    mark_came,
    unmark_came,
    untype_papers,
    withdraw_named,
)
from mulin.councils.votes.challenges import answer_challenge, challenge, record_challenge
from mulin.councils.votes.drafting import discard_vote, draft_vote, edit_vote, set_officers
from mulin.councils.votes.keys import make_key, show_key
from mulin.councils.votes.result import archive_vote, certify_vote, count_again, count_vote
from mulin.councils.votes.running import close_vote, extend_vote, give_notice, open_vote, stop_vote

__all__ = [
    "answer_challenge",
    "archive_vote",
    "begin_paper",
    "cast",
    "certify_vote",
    "challenge",
    "close_vote",
    "count_again",
    "count_vote",
    "discard_vote",
    "draft_vote",
    "edit_vote",
    "enter_named",
    "extend_vote",
    "give_notice",
    "make_key",
    "mark_came",
    "open_vote",
    "record_challenge",
    "set_officers",
    "show_key",
    "stop_vote",
    "unmark_came",
    "untype_papers",
    "withdraw_named",
]
