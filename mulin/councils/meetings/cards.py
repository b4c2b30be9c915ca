"""What a community's home shows of meetings: what is coming, and the latest minutes."""

from typing import Any

from mulin.councils.meetings import queries, showing
from mulin.kernel.actors import Actor

NEXT, LATEST = 3, 2


def card(actor: Actor, place: str) -> dict[str, Any] | None:
    """None when there is neither a coming meeting nor a published record."""
    coming = [showing.row(one) for one in queries.upcoming(place, NEXT)]
    minutes = [one for one in queries.past(place) if one.state == "published"][:LATEST]
    if not coming and not minutes:
        return None
    return {"coming": coming, "minutes": [showing.row(one) for one in minutes], "place": place}
