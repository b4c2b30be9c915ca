"""What journal lines say about a session: codes and numbers, never a name or a text."""

from typing import Any

from mulin.academy.sessions.models import Session
from mulin.kernel import days


def facts(session: Session) -> dict[str, Any]:
    return {"number": session.number, "kind": session.kind, "when": days.kept(session.starts_at)}
