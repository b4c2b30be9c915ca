"""This part's share in a person's own data: what they asked for more exactly. The words belong to voices."""

from typing import Any
from uuid import UUID

from mulin.academy.orders.models import Asking


def export(account: UUID) -> list[dict[str, Any]]:
    rows = Asking.objects.filter(voice__account=account).select_related("voice", "order").order_by("id")
    return [
        {
            "number": one.voice.number,
            "theme": one.order.theme,
            "age": one.age,
            "people": one.people,
            "times": one.slots,
        }
        for one in rows
    ]


def erase(account: UUID) -> int:
    """Nothing to do: an asking names nobody, and its voice lets go of the account."""
    return 0
