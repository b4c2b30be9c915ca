"""Objections to a roster: said by a person or entered for one, and answered."""

from django.utils.translation import gettext as _

from mulin.councils.rosters import lines, queries
from mulin.councils.rosters.actions.common import line, managed, refuse
from mulin.councils.rosters.models import Roster, RosterObjection
from mulin.councils.rosters.states import OBJECTION_WORDS
from mulin.kernel import secrets, throttle
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import require

TEXT = (2, 1000)
PER_DAY = 10


def _checked(kind: str, text: str) -> str:
    text = text.strip()
    if kind not in OBJECTION_WORDS:
        raise refuse("no-kind", _("请选是漏了，还是登记有错。"), "kind")
    if not TEXT[0] <= len(text) <= TEXT[1]:
        raise refuse("no-text", _("请写清楚哪里不对，最多1000个字。"), "text")
    return text


def _open(roster: Roster) -> None:
    if not queries.takes_objections(roster):
        raise ActionError("over", _("这份名册提异议的时间已经过了。请打电话给社区。"))


def object_to_roster(*, actor: Actor, number: str, kind: str, text: str) -> RosterObjection:
    """Say what is wrong with a frozen roster. Any account may (councils.roster:check), while the time for
    objections runs. Raises no-kind, no-text, over, too-often; NotVisible."""
    require(actor, "councils.roster:check", "")
    text = _checked(kind, text)
    throttle.check("roster-objection", str(actor.account), limit=PER_DAY, seconds=86400)
    with write():
        roster = queries.get_public(number)
        _open(roster)
        made = RosterObjection.objects.create(
            roster=roster, number=new_number(), kind=kind, text=text, account_id=actor.account
        )
        line("roster.objected", actor, roster, objection=made.number, kind=kind)
    return made


def record_objection(
    *, actor: Actor, number: str, kind: str, text: str, name: str, phone: str = ""
) -> RosterObjection:
    """The same for somebody who came or called; it counts the same.

    Who: councils.roster:manage. Raises no-name, bad-phone and what `object_to_roster` raises.
    """
    text, name = _checked(kind, text), name.strip()[:40]
    if not name:
        raise refuse("no-name", _("请写是谁提的。"), "name")
    with write():
        roster = managed(actor, number)
        _open(roster)
        made = RosterObjection.objects.create(
            roster=roster, number=new_number(), kind=kind, text=text, name=name,
            phone_sealed=secrets.seal(lines.phone(phone)),
        )  # fmt: skip
        line("roster.objected", actor, roster, objection=made.number, kind=kind)
    return made


def answer_objection(
    *, actor: Actor, number: str, objection: str, is_accepted: bool, answer: str
) -> RosterObjection:
    """Answer an objection, with reasons that the person reads. An accepted one asks for a corrected roster:
    the frozen one stays as it is.

    Who: councils.roster:manage. Raises no-answer, answered; NotVisible.
    """
    answer = answer.strip()
    if not TEXT[0] <= len(answer) <= TEXT[1]:
        raise refuse("no-answer", _("请写清楚怎么核实的、怎么办，最多1000个字。"), "answer")
    with write():
        roster = managed(actor, number)
        found = roster.objections.select_for_update(of=("self",)).filter(number=objection).first()
        if found is None:
            raise NotVisible(objection)
        if found.state != "open":
            raise ActionError("answered", _("这条异议已经答复过了。"))
        found.state = "accepted" if is_accepted else "declined"
        found.answer, found.answered_by, found.answered_at = answer, actor.account, now()
        found.save()
        line("roster.objection_answered", actor, roster, objection=found.number, state=found.state)
    return found
