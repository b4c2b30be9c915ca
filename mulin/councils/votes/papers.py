"""What a paper says, as people fill it in and as it lies in the box.

A choice is a list of keys of options: one, several, the best first, none for an abstention; None is a
spoiled paper. In the box lies a text of it with the receipt beside it; both have one form, so that all papers
of a vote fit into the same room.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.councils.votes import box, ruling
from mulin.councils.votes.models import Vote
from mulin.kernel.errors import ActionError

Choice = list[str] | None
# Without letters and digits that one takes for another when reading from a telephone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RECEIPT = 16


def new_receipt() -> str:
    return "".join(secrets.choice(ALPHABET) for _n in range(RECEIPT))


def shown_receipt(receipt: str) -> str:
    """`ABCDEFGH…` as `ABCD EFGH …`."""
    return " ".join(receipt[n : n + 4] for n in range(0, len(receipt), 4))


def clean_receipt(text: str) -> str:
    return "".join(one for one in text.upper() if one in ALPHABET)


def packed(choice: Choice, receipt: str) -> bytes:
    return json.dumps([receipt, choice], separators=(",", ":")).encode()


def unpacked(plain: bytes) -> tuple[str, Choice]:
    receipt, choice = json.loads(plain)
    return receipt, choice


def room(vote: Vote) -> int:
    """How many bytes every paper of the vote is given: enough for one that names all options."""
    return box.room_for(len(packed(list(ruling.keys_of(vote)), "X" * RECEIPT)))


def most(vote: Vote) -> int:
    """How many options a paper may name."""
    keys = len(ruling.keys_of(vote))
    return 1 if vote.kind in ("yes_no", "choose_one") else min(vote.max_choices or keys, keys)


def check(vote: Vote, choice: Sequence[str]) -> list[str]:
    """A paper that somebody fills in says something that counts. A budget's paper may be dearer than the
    budget: it only says what one supports. Raises not-offered, too-many, twice."""
    keys = ruling.keys_of(vote)
    if set(choice) - set(keys):
        raise ActionError("not-offered", _("请从给出的选项里选。"), field="choice", status=422)
    if len(set(choice)) != len(choice):
        raise ActionError("twice", _("同一个选项只能排一个位置。"), field="choice", status=422)
    if len(choice) > most(vote):
        text = ngettext("最多选 %(n)s 个。", "最多选 %(n)s 个。", most(vote)) % {"n": most(vote)}
        raise ActionError("too-many", text, field="choice", status=422)
    return list(choice)


def posted(vote: Vote, data: Any) -> list[str] | None:
    """The choice in a form: `choice` (one or several values; "blank" for an abstention), or for ranks
    `rank_<key>` = 1, 2 …; None when nothing was chosen. Raises ActionError for a rank given twice."""
    if vote.kind == "rank":
        return _ranked(vote, data)
    given = [one for one in data.getlist("choice") if one]
    if "blank" in given:
        if len(given) > 1:
            text = _("选了弃权，就不能再选别的。")
            raise ActionError("blank-and-more", text, field="choice", status=422)
        return []
    return given or None


def _ranked(vote: Vote, data: Any) -> list[str] | None:
    if data.get("choice") == "blank":
        return []
    places: dict[int, str] = {}
    for key in ruling.keys_of(vote):
        text = data.get(f"rank_{key}", "")[:6]
        if not text.isdecimal() or not int(text):
            continue
        if int(text) in places:
            said = _("有两个选项都排在第 %(n)s，请改一个。") % {"n": int(text)}
            raise ActionError("twice", said, field="choice", status=422)
        places[int(text)] = key
    return [places[n] for n in sorted(places)] or None


def said(vote: Vote, choice: Choice, words: Mapping[str, str], blank: str) -> list[str]:
    """The choice in words, one line an option."""
    if choice is None:
        return [_("废票")]
    if vote.kind == "rank" and choice:
        return [_("第 %(n)s：%(what)s") % {"n": n, "what": words[one]} for n, one in enumerate(choice, 1)]
    return [words[one] for one in choice] or [blank]
