"""The block of a community's home: where one can go, and whether it is open now."""

from typing import Any

from django.urls import reverse

from mulin.kernel.actors import Actor
from mulin.places.venues import catalogue, queries, words


def venues(actor: Actor, place: str) -> dict[str, Any] | None:
    """The centre of a community and whether it is open; None where there is nothing to go to."""
    found = list(queries.venues_of(place))
    if not found:
        return None
    order = ("centre", "station")
    known = sorted((one for one in found if one.kind in order), key=lambda one: order.index(one.kind))
    first = (
        {"kind": str(catalogue.kinds()[known[0].kind]), "now": words.open_now(known[0])} if known else None
    )
    return {"first": first, "url": reverse("bookings:venues", args=[place]), "n": len(found)}
