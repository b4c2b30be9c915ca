"""A group can also be closed where groups are looked after: its club is over then too."""

from typing import Any

from mulin.academy.clubs.actions.life import record
from mulin.academy.clubs.models import Club
from mulin.kernel.actors import SYSTEM
from mulin.kernel.clock import today
from mulin.kernel.db import write


def follow(entry: Any) -> None:
    """Close the club of a group that was closed; a line seen twice changes nothing."""
    if entry.code != "people.group.closed":
        return
    with write():
        club = Club.objects.select_for_update().filter(org=entry.subject).exclude(state="closed").first()
        if club is None:
            return
        club.state, club.closed_on = "closed", today()
        club.save(update_fields=["state", "closed_on"])
        club.orders.filter(state="served").update(state="accepted", accepted_on=today(), club=None)
        record(SYSTEM, club, "academy.club.closed")
