"""A person's own data in this part: what they objected to or asked, and the options they proposed."""

from typing import Any
from uuid import UUID

from mulin.councils.results.models import Concern, TopicOption


def export(account_id: UUID) -> dict[str, Any]:
    """Everything kept here that leads to the account."""
    concerns = Concern.objects.filter(account=account_id).order_by("id")
    options = TopicOption.objects.filter(account=account_id).order_by("id")
    return {
        "concerns": list(concerns.values("created_at", "number", "kind", "text", "state", "answer")),
        "options": list(options.values("created_at", "title", "text", "state", "reason")),
    }


def erase(account_id: UUID) -> int:
    """The words stay, without a person and with what could tell of one covered. How many rows."""
    n = 0
    for concern in Concern.objects.filter(account=account_id):
        concern.account, concern.text = None, concern.public_text
        concern.save(update_fields=["account", "text"])
        n += 1
    return n + TopicOption.objects.filter(account=account_id).update(account=None)
