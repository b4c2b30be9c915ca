"""Identifiers made by the application: random, ordered by time, unique across every cell."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUIDv7. No database sequence is used, so rows can move between cells."""
    return uuid7()
