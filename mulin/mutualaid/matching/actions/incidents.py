"""Something went wrong: said at once to the community and the street, and the match is paused."""

from datetime import date

from django.utils.translation import gettext as _

from mulin.kernel import clock
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import require
from mulin.mutualaid.matching import access, states
from mulin.mutualaid.matching.actions import base
from mulin.mutualaid.matching.models import AidIncident

TEXT = 2000


def report_incident(*, actor: Actor, number: str, what: str, text: str, happened_on: date) -> AidIncident:
    """Write down an incident of a match; whatever runs is paused in the same moment.

    Who: aid.incident:report (both sides and workers). Only workers of the community and the street read it.
    Raises not-offered, text-missing, bad-day (422).
    """
    if what not in states.INCIDENTS:
        raise ActionError("not-offered", _("请选是什么情况。"), field="what", status=422)
    text = access.clean_text(text, "text", TEXT, _("请写发生了什么，现在人怎么样。"))
    if happened_on > clock.today():
        raise ActionError("bad-day", _("这一天还没有到，请核对。"), field="happened_on", status=422)
    with write():
        match = access.one(access.visible_matches(actor), number, lock=True)
        require(actor, access.REPORT, access.target_of_match(match))
        made = AidIncident.objects.create(
            number=new_number(), place=match.place, match=match, what=what, text=text,
            happened_on=happened_on, said_by=actor.account,
        )  # fmt: skip
        paused = match.state in states.GOING
        if paused:
            match.was, match.state, match.why = match.state, "paused", "incident"
            match.save(update_fields=["was", "state", "why"])
        base.line("aid.incident.reported", actor, made, what=what, paused=paused, match=match.number)
    return made


def close_incident(*, actor: Actor, number: str, outcome: str) -> AidIncident:
    """What was found and done. The match stays paused until somebody resumes or closes it.

    Who: aid.incident:view. Raises not-now, text-missing.
    """
    outcome = access.clean_text(outcome, "outcome", TEXT, _("请写查清了什么、怎么处理的。"))
    with write():
        found = access.one(access.visible_incidents(actor), number, lock=True)
        require(actor, access.SEE_INCIDENT, found.place)
        if found.state == "closed":
            raise ActionError("not-now", _("已经处理完了。"))
        found.state, found.outcome, found.closed_at = "closed", outcome, clock.now()
        found.save()
        base.line("aid.incident.closed", actor, found, what=found.what)
    return found
