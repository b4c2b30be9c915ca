"""What the desk's shell says on every page, also on those of other modules."""

from typing import Any

from django.http import HttpRequest

from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.places.queries import name_of


def facts(request: HttpRequest) -> dict[str, Any]:
    """Where one works, and whether a file may be brought in."""
    actor = actor_of(request)
    return {
        "place_name": place_name(actor),
        "can_import": policy.can_somewhere(actor, "voices.import:run"),
    }


def place_name(actor: Actor) -> str:
    """Where the actor's first post is: what they are looking at unless a page says otherwise."""
    place = next((post.place for post in actor.posts if post.place), "")
    return name_of(place) if place else ""


def places_of(actor: Actor) -> list[str]:
    """The places of the actor's posts, each once."""
    return list(dict.fromkeys(post.place for post in actor.posts if post.place))
