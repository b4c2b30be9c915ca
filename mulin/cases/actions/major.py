"""Major matters (大事): taken up by name, and a checklist for the first person on the scene."""

from django.utils.translation import gettext as _

from mulin.cases import base, clocks, reasons
from mulin.cases.models import Case
from mulin.kernel import clock
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError


def acknowledge_major(*, actor: Actor, number: str) -> Case:
    """Somebody who is responsible has seen it: the acknowledge clock ends.

    Who: grid worker to district of the place, units involved. Raises not-major, acknowledged-already.
    """
    with write():
        step = base.Step(actor, number, "cases.case:acknowledge")
        case = step.case
        if case.severity != "major":
            raise ActionError("not-major", _("这不是大事，不需要知悉。"))
        if case.acknowledged_at:
            raise ActionError("acknowledged-already", _("已经有人知悉。"))
        case.acknowledged_at = clock.now()
        met = clocks.stop(case, "acknowledge")
        return step.write("cases.case.acknowledged", data={"in_time": met.get("acknowledge")})


def tick_check(*, actor: Actor, number: str, item: str, done: bool = True) -> Case:
    """Tick or untick one item of the scene's checklist: a fact with a time, no duty to report.

    Who: as for acknowledging. Raises unknown-item.
    """
    with write():
        step = base.Step(actor, number, "cases.case:acknowledge")
        case = step.case
        if case.severity != "major" or item not in dict(reasons.checklist(case.category)):
            raise ActionError("unknown-item", _("清单里没有这一项。"), field="item")
        checks = dict(case.checks)
        checks.pop(item, None)
        if done:
            checks[item] = {"by": str(actor.account or ""), "at": clock.now().isoformat()}
        case.checks = checks
        return step.write("cases.case.checked", data={"item": item, "done": done})
