"""This part's share in a person's own data. Membership itself is a post and belongs to people."""

from typing import Any
from uuid import UUID

from mulin.academy.clubs.models import Club, ClubNotice


def export(account: UUID) -> dict[str, Any]:
    """What one asked for, and what one told a club's members."""
    asked = Club.objects.filter(asked_by=account).select_related("org").order_by("id")
    told = ClubNotice.objects.filter(account=account).order_by("id")
    return {
        "asked": [{"name": one.org.name, "number": one.number, "state": one.state} for one in asked],
        "told": [{"title": one.title, "text": one.text} for one in told],
    }


def erase(account: UUID) -> int:
    """What the club keeps stays, without the person."""
    n = Club.objects.filter(asked_by=account).update(asked_by=None)
    return n + ClubNotice.objects.filter(account=account).update(account=None)
