"""This part's share in "my data": what it gives out, and what it erases."""

from typing import Any
from uuid import UUID

from mulin.councils.canvasses.models import CanvassContact, Canvasser, CanvassHousehold, CanvassTie
from mulin.kernel.db import write
from mulin.people.models import Residence


def _own(account: UUID) -> list[CanvassHousehold]:
    homes = Residence.objects.filter(account=account, state="confirmed").values("household")
    return list(CanvassHousehold.objects.filter(household__in=homes).select_related("canvass"))


def export(account: UUID) -> dict[str, Any]:
    """In which campaigns one takes part; what one's own household said, and whom it allowed to be told it
    knows. What one recorded about others is theirs, and counted only."""
    parts = Canvasser.objects.filter(account=account).select_related("canvass")
    return {
        "taking_part": [
            {"canvass": one.canvass.number, "role": one.role, "contacts_recorded": one.contacts.count()}
            for one in parts
        ],
        "own_household": [_household(row) for row in _own(account)],
    }


def _household(row: CanvassHousehold) -> dict[str, Any]:
    history = row.history.order_by("id")
    ties = CanvassTie.objects.filter(canvass=row.canvass_id, who=row.n)
    return {
        "canvass": row.canvass.number,
        "label": row.label,
        "history": [
            {"on": one.on.isoformat(), "said": one.outcome, "channel": one.channel, "reason": one.reason,
             "words": one.words}
            for one in history
        ],
        "consents": [
            {"on": tie.consented_on.isoformat(), "how": tie.how, "trust": tie.trust} for tie in ties
        ],
    }  # fmt: skip


def erase(account: UUID) -> int:
    """Leave every campaign; whatever consent one put down oneself ends with the account. What a household
    said at the door stays with the household until the campaign ends, without who asked."""
    with write():
        mine = CanvassTie.objects.filter(recorded_by=account)
        # Residences may be gone by now: a consent is one's own where one wrote it down without knocking on
        # doors there, or for the household that one knocks from.
        others = {}
        for one in Canvasser.objects.filter(account=account):
            others[one.canvass_id] = one.home
        gone = mine.exclude(canvass__in=others).delete()[0]
        for canvass, home in others.items():
            gone += mine.filter(canvass=canvass, who=home).delete()[0] if home is not None else 0
        # Consents of others stay theirs; who wrote them down is forgotten.
        mine.update(recorded_by=None)
        by_me = CanvassContact.objects.filter(by__account=account, canvass__state="running")
        gone += by_me.update(by=None)
        return gone + Canvasser.objects.filter(account=account).delete()[0]
