"""Every write of this module. One transaction, one permission, one journal line each."""

from mulin.voices.actions.catalogue import change_category
from mulin.voices.actions.imports import import_voices, start_import
from mulin.voices.actions.matter import (
    edit_facts,
    hide_matter,
    keep_answer,
    publish_matter,
    recategorise_matter,
    relocate_matter,
)
from mulin.voices.actions.submit import Receipt, submit_voice
from mulin.voices.actions.thread import cut_from, grow_out_of
from mulin.voices.actions.training import start_training, train_triage
from mulin.voices.actions.voice import (
    add_to_voice,
    correct_voice,
    keep_voice,
    me_too,
    rate_wish,
    read_contact,
    withdraw_voice,
)
from mulin.voices.actions.wish import answer_wish

__all__ = [
    "Receipt", "add_to_voice", "answer_wish", "change_category", "correct_voice", "cut_from", "edit_facts",
    "grow_out_of", "hide_matter", "import_voices", "keep_answer", "keep_voice", "me_too", "publish_matter",
    "rate_wish", "read_contact", "recategorise_matter", "relocate_matter", "start_import", "start_training",
    "submit_voice", "train_triage", "withdraw_voice",
]  # fmt: skip
