"""Every route that the site answers, read from Django's own resolver so that none can be forgotten."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

# First word of an address, or of the namespace, to the table that holds it.
TABLES = {
    "portal": "portal", "people": "account", "desk": "desk", "desk_admin": "admin", "insight": "board",
    "disclosure": "register", "places": "places", "api": "api", "doors": "open311",
    "councils": "council", "councils_desk": "council_desk",
    "academy": "academy", "academy_desk": "academy_desk", "aid": "aid", "aid_desk": "aid_desk",
    "bookings": "venues", "bookings_desk": "venues_desk",
}  # fmt: skip


@dataclass(frozen=True)
class Route:
    """`path` is its pattern as written, the key of the table; `name` is how code refers to it."""

    path: str
    name: str
    view: Callable[..., Any]
    params: tuple[str, ...]

    @property
    def table(self) -> str:
        """The file of the table that this route belongs to."""
        spaces = self.name.split(":")[:-1]
        if not spaces:
            return "account" if self.path.startswith("account/") else "house"
        return TABLES[spaces[-1]]


def all_routes() -> list[Route]:
    """Each route once, in the order in which the site tries them."""
    found = {(route.path, route.name): route for route in _walk(get_resolver().url_patterns, "", ())}
    return list(found.values())


def _walk(patterns: list[Any], prefix: str, spaces: tuple[str, ...]) -> Iterator[Route]:
    for one in patterns:
        path = f"{prefix}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, path, (*spaces, one.namespace) if one.namespace else spaces)
        elif isinstance(one, URLPattern):
            name = ":".join((*spaces, one.name or ""))
            yield Route(path, name, one.callback, _params(one))


def _params(pattern: URLPattern) -> tuple[str, ...]:
    kind = pattern.pattern
    return tuple(kind.regex.groupindex) if hasattr(kind, "regex") else tuple(kind.converters)
