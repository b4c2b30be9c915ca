"""What every action on a roster needs: the line in the journal, the state it must be in."""

from typing import Any

from django.utils.translation import gettext as _

from mulin.councils.rosters import queries
from mulin.councils.rosters.models import Roster
from mulin.kernel import journal
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError
from mulin.kernel.models import Entry
from mulin.kernel.policy import require


def line(code: str, actor: Actor, roster: Roster, **data: Any) -> Entry:
    """Write the action's one line: the roster's number, codes and counts; never whom it is about."""
    return journal.record(
        f"councils.{code}",
        actor=actor,
        place=roster.place,
        subject=roster.pk,
        matter=roster.topic.thread if roster.topic_id else None,
        org=roster.org_id,
        data={"number": roster.number, **data},
    )


def managed(actor: Actor, number: str) -> Roster:
    """The roster, locked, for who may make and freeze it there; NotVisible, NotAllowed."""
    roster = queries.locked(actor, number)
    require(actor, queries.MANAGE, queries.target_of(roster))
    return roster


def draft(actor: Actor, number: str) -> Roster:
    """The same, still a draft; raises `frozen`."""
    roster = managed(actor, number)
    if roster.is_frozen:
        raise ActionError("frozen", _("名册已经定稿，不能再改。有错请出一份更正的名册。"))
    return roster


def frozen(roster: Roster) -> None:
    """Raise `not-frozen` for a draft."""
    if not roster.is_frozen:
        raise ActionError("not-frozen", _("名册还是草稿，请先定稿。"))


def refuse(code: str, message: str, field: str = "") -> ActionError:
    """A mistake in what was typed."""
    return ActionError(code, message, field=field, status=422)
