"""What a community's home shows of topics: what one can take part in now, and what was decided."""

from typing import Any

from django.urls import reverse

from mulin.councils.topics import queries, reading
from mulin.kernel.actors import Actor

MOST, LATEST = 20, 2


def card(actor: Actor, place: str) -> dict[str, Any] | None:
    """Open doors first, then what is under way, then the latest results; None when there is none of it."""
    # One statement where there is nothing: every visit of a home pays for it.
    found = queries.public_topics(place).filter(state__in=("running", "done"))
    recent = list(queries.running_steps(found)[:MOST])
    running = [one for one in recent if one.state == "running"]
    over = sorted((one for one in recent if one.state == "done"), key=lambda one: one.ended_at, reverse=True)
    done = reading.cards(over[:LATEST]) if over else []
    if not running and not done:
        return None
    doors = reading.open_doors(running)
    invited = {one["topic_url"] for one in doors}
    under_way = [one for one in reading.cards(running) if one["url"] not in invited]
    return {
        "doors": doors,
        "running": under_way,
        "done": done,
        "all_url": reverse("councils:topics-here", args=[place]),
    }
