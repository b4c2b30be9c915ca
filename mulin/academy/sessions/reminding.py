"""The day before: who signed up is reminded, once a session, by a notice."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from mulin.academy.sessions import planning, queries
from mulin.academy.sessions.models import Session
from mulin.kernel import clock, rulebook
from mulin.kernel.actors import SYSTEM
from mulin.kernel.db import write

AT_ONCE = 200


def remind() -> int:
    """Note for each session of tomorrow that its people are to be reminded. Returns how many sessions.

    A session that is moved is reminded of anew. One short transaction each, so nobody waits."""
    tomorrow = clock.today() + timedelta(days=1)
    due = Session.objects.filter(
        queries.between(tomorrow, tomorrow), state="open", reminded_at=None, taken__gt=0
    ).order_by("starts_at", "id")
    hour, done = clock.now().astimezone(clock.zone()).hour, 0
    for session in due[:AT_ONCE]:
        if hour >= int(rulebook.value("academy.session.remind_from", at=session.place)):
            done += _remind(session.pk)
    return done


def _remind(key: UUID) -> int:
    with write():
        session = Session.objects.select_for_update().filter(pk=key, state="open", reminded_at=None).first()
        if session is None:
            return 0
        session.reminded_at = clock.now()
        session.save(update_fields=["reminded_at"])
        planning.line("academy.session.reminded", SYSTEM, session, n=session.taken)
    return 1


def reminded(entry: Any) -> Iterable[UUID]:
    """Who comes; whoever waits is not told to come."""
    return queries.accounts_of([entry.subject], ("coming",))
