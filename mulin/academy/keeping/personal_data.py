"""This part's share in a person's own data."""

from typing import Any
from uuid import UUID

from django.db.models import Q

from mulin.academy.keeping.models import Duty, DutySwap


def export(account_id: UUID) -> dict[str, Any]:
    """One's turns as long as names stay on them, and the swaps one asked for or was asked."""
    turns = Duty.objects.filter(account=account_id).select_related("rota").order_by("starts_at")
    swaps = DutySwap.objects.filter(Q(asked_by=account_id) | Q(asked_of=account_id))
    return {
        "turns": [{"rota": one.rota.title, "on": one.on.isoformat(), "done": one.is_done} for one in turns],
        "swaps": [
            {"mine": one.mine.on.isoformat(), "other": one.other.on.isoformat(), "state": one.state}
            for one in swaps.select_related("mine", "other").order_by("id")
        ],
    }


def erase(account_id: UUID) -> int:
    """Take the name off every turn; coming ones are free again."""
    n = DutySwap.objects.filter(Q(asked_by=account_id) | Q(asked_of=account_id)).delete()[0]
    return n + Duty.objects.filter(account=account_id).update(account=None)
