"""What rosters know about one person: given out, and what of it is erased.

A frozen roster is the record of who could decide what; its names stay. What leads from a line to an account,
the telephone numbers of these lines and what the person wrote in an objection go.
"""

from typing import Any
from uuid import UUID

from mulin.councils.rosters.models import OwnerPerson, Proxy, RosterEntry, RosterObjection
from mulin.kernel import secrets
from mulin.kernel.db import write


def export(account_id: UUID) -> dict[str, Any]:
    """Lines, units owned, proxies held and objections of an account, as plain values."""
    lines = RosterEntry.objects.filter(account=account_id).select_related("roster").order_by("id")
    people = OwnerPerson.objects.filter(account=account_id).select_related("roster").order_by("id")
    return {
        "lines": [{"roster": one.roster.title, "line": one.label} for one in lines],
        "units": [
            {"roster": one.roster.title, "units": [unit.label for unit in one.units.order_by("position")]}
            for one in people
        ],
        "proxies": [
            {"roster": one.roster.title, "until": one.until.isoformat(), "lines": one.entries.count()}
            for one in Proxy.objects.filter(holder=account_id).select_related("roster").order_by("id")
        ],
        "views": [
            {"roster": one.roster.title, "view": secrets.unseal(one.view_sealed)}
            for one in Proxy.objects.filter(giver__account=account_id).exclude(view_sealed="").order_by("id")
        ],
        "objections": [
            {"roster": one.roster.title, "kind": one.kind, "text": one.text, "answer": one.answer}
            for one in RosterObjection.objects.filter(account=account_id)
            .select_related("roster")
            .order_by("id")
        ],
    }


def erase(account_id: UUID) -> int:
    """Forget that lines were this account's, its telephone numbers and what it wrote; how many rows."""
    with write():
        n = RosterObjection.objects.filter(account=account_id).update(account=None, text="—")
        for model in (RosterEntry, OwnerPerson):
            rows = model.objects.filter(account=account_id)
            n += rows.update(account=None, phone_sealed="", phone_last4="")
        n += Proxy.objects.filter(holder=account_id).update(holder=None, holder_phone_sealed="")
    return n
