"""The end: figures stay, everything that says who knows whom, who said what and who went where is erased.

The journal's line carries how many rows of each kind were deleted, so that its chain proves it;
`left_of` counts what is left, which is nothing.
"""

from typing import Any

from mulin.councils.canvasses import access, curves, planning
from mulin.councils.canvasses.models import Canvass, CanvassContact, Canvasser, CanvassHousehold
from mulin.councils.canvasses.setup import line, managed, must_be
from mulin.councils.chains import STANCES
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write

KINDS = ("ties", "visits", "contacts", "households", "canvassers")


def end_canvass(*, actor: Actor, number: str, is_stopped: bool = False) -> Canvass:
    """End the campaign, or give it up, and erase. Cannot be undone.

    Who: its leaders, and councils.canvass:manage. Raises not-now."""
    with write():
        found = access.get_canvass(actor, number, lock=True)
        if not access.may_lead(actor, found):
            found = managed(actor, number)
        must_be(found, "running")
        gone = close(found, is_stopped=is_stopped)
        line("stopped" if is_stopped else "ended", actor, found, **gone, **_sums(found))
    return found


def end_with_topic(*, actor: Actor, found: Canvass, is_stopped: bool) -> None:
    """The same where a topic ends the step or is given up as a whole; also for one that never began. That the
    graph is gone is a fact of its own, with a line of its own: the topic's line could not prove it."""
    with write():
        found = Canvass.objects.select_for_update().get(pk=found.pk)
        if found.state == "ended":
            return
        gone = close(found, is_stopped=is_stopped)
        line("stopped" if is_stopped else "ended", actor, found, **gone, **_sums(found))


def close(found: Canvass, *, is_stopped: bool) -> dict[str, int]:
    """Keep the figures, delete the rest; how many rows of each kind. Inside the caller's transaction."""
    curves.pool_small(found)
    buildings = curves.whole(found)
    reasons: dict[str, int] = {}
    for reason in found.contacts.exclude(reason="").values_list("reason", flat=True):
        reasons[reason] = reasons.get(reason, 0) + 1
    visits = found.contacts.exclude(channel__in=("own", "list")).count()
    found.final = {"buildings": buildings, "reasons": reasons, "visits": visits}
    gone = planning.forget(found)
    gone["contacts"] = CanvassContact.objects.filter(canvass=found).delete()[0]
    gone["households"] = CanvassHousehold.objects.filter(canvass=found).delete()[0]
    gone["canvassers"] = Canvasser.objects.filter(canvass=found, role="canvasser").delete()[0]
    Canvasser.objects.filter(canvass=found).update(home=None)
    found.state, found.ended_at, found.is_stopped = "ended", now(), is_stopped
    found.waiting, found.planned_on = {}, None
    found.save()
    return gone


def _sums(found: Canvass) -> dict[str, Any]:
    rows = found.final["buildings"].values()
    return {"agree": sum(row["agree"] for row in rows), "of": sum(row[s] for row in rows for s in STANCES)}


def left_of(found: Canvass) -> dict[str, int]:
    """How many rows of each kind there are now: all zero after the end."""
    people = found.canvassers.filter(role="canvasser").count()
    counts = {kind: getattr(found, kind).count() for kind in KINDS[:-1]}
    return {**counts, "canvassers": people}
