"""A week in the hand of an action: seen, allowed, locked, in the right state; and its line."""

from typing import Any

from django.utils.translation import gettext as _

from mulin.academy.weeks import queries, states
from mulin.academy.weeks.models import Week
from mulin.kernel import journal
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError
from mulin.kernel.policy import require


def held(actor: Actor, number: str, *allowed: str) -> Week:
    """NotVisible (404), NotAllowed (403), not-now for a week that is in another state."""
    week = queries.get_week(actor, number, lock=True)
    require(actor, queries.WEEKS, queries.target_of(week))
    if week.state not in allowed:
        word = states.WEEK_STATES[week.state][0]
        raise ActionError("not-now", _("这一周现在是“%(state)s”，不能这样做。") % {"state": word})
    return week


def line(code: str, actor: Actor, week: Week, **data: Any) -> None:
    """The one line of an action."""
    journal.record(
        code, actor=actor, place=week.place, subject=week.pk,
        data={"number": week.number, "monday": week.monday.isoformat(), **data},
    )  # fmt: skip
