"""What journal lines say about a session: codes and numbers, never a name or a text."""

from datetime import datetime
from typing import Any

from mulin.academy.sessions.models import Session
from mulin.kernel import clock


def moment(at: datetime) -> str:
    """A moment as journal lines keep it: the clock of the place."""
    return at.astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M")


def facts(session: Session) -> dict[str, Any]:
    return {"number": session.number, "kind": session.kind, "when": moment(session.starts_at)}
