"""Everything that changes help between neighbours; one journal line each."""

from mulin.mutualaid.matching.actions.givebacks import note_give_back, publish_give_back
from mulin.mutualaid.matching.actions.helpers import (
    decline_helper,
    edit_helper,
    end_helper,
    enter_helper,
    give_training,
    insure_helper,
    offer_help,
    put_on_duty,
    record_check,
    rest_helper,
    screen_helper,
    withdraw_check,
)
from mulin.mutualaid.matching.actions.incidents import close_incident, report_incident
from mulin.mutualaid.matching.actions.matches import (
    agree_match,
    close_match,
    decline_match,
    hold_talk,
    pause_expired,
    pause_match,
    propose_match,
    resume_match,
)
from mulin.mutualaid.matching.actions.needs import (
    ask_help,
    close_need,
    edit_need,
    enter_need,
    give_consent,
    take_consent,
    take_matter,
    withdraw_consent,
)
from mulin.mutualaid.matching.actions.suggesting import plan_needs, suggest_helpers
from mulin.mutualaid.matching.actions.visits import confirm_visit, dispute_visit, note_visit, settle_visit

__all__ = [
    "agree_match", "ask_help", "close_incident", "close_match", "close_need", "confirm_visit",
    "decline_helper", "decline_match", "dispute_visit", "edit_helper", "edit_need", "end_helper",
    "enter_helper", "enter_need", "give_consent", "give_training", "hold_talk", "insure_helper",
    "note_give_back", "note_visit", "offer_help", "pause_expired", "pause_match", "plan_needs",
    "propose_match", "publish_give_back", "put_on_duty", "record_check", "report_incident", "rest_helper",
    "resume_match", "screen_helper", "settle_visit", "suggest_helpers", "take_consent", "take_matter",
    "withdraw_check", "withdraw_consent",
]  # fmt: skip
