"""What is done to rosters, their letters, proxies and objections."""

from mulin.councils.rosters.actions.drafts import (
    correct_roster,
    discard_roster,
    draft_roster,
    edit_roster,
    fill_from_people,
)
from mulin.councils.rosters.actions.freezing import forget_phones, freeze_roster
from mulin.councils.rosters.actions.importing import Imported, import_entries
from mulin.councils.rosters.actions.letters import Letter, make_letters, unlink, use_code
from mulin.councils.rosters.actions.lines import add_entry, edit_entry, read_phone, remove_entry
from mulin.councils.rosters.actions.objections import answer_objection, object_to_roster, record_objection
from mulin.councils.rosters.actions.proxies import SCAN_BYTES, record_proxy, withdraw_proxy

__all__ = [
    "SCAN_BYTES",
    "Imported",
    "Letter",
    "add_entry",
    "answer_objection",
    "correct_roster",
    "discard_roster",
    "draft_roster",
    "edit_entry",
    "edit_roster",
    "fill_from_people",
    "forget_phones",
    "freeze_roster",
    "import_entries",
    "make_letters",
    "object_to_roster",
    "read_phone",
    "record_objection",
    "record_proxy",
    "remove_entry",
    "unlink",
    "use_code",
    "withdraw_proxy",
]
