"""A person's own data in this module: what they wrote at work, and their saved views."""

from typing import Any
from uuid import UUID

from mulin.cases.models import CallBack, Case, CaseText, SavedView


def export(account_id: UUID) -> dict[str, Any]:
    """Everything kept here that the account wrote or set."""
    return {
        "saved_views": list(SavedView.objects.filter(account=account_id).values("name", "query")),
        "texts": list(CaseText.objects.filter(by=account_id).values("created_at", "move", "kind", "text")),
        "call_backs": list(
            CallBack.objects.filter(by=account_id).values("created_at", "how", "result", "note")
        ),
        "handled_cases": list(Case.objects.filter(handler=account_id).values_list("number", flat=True)),
    }


def erase(account_id: UUID) -> int:
    """Forget what is theirs alone. What a worker wrote officially stays with the case, without their name."""
    gone, _rows = SavedView.objects.filter(account=account_id).delete()
    gone += Case.objects.filter(handler=account_id).update(handler=None)
    gone += CaseText.objects.filter(by=account_id).update(by=None)
    return gone
