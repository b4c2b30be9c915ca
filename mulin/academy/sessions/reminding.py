"""The day before: who signed up is reminded, once a session, by a notice. Whoever signs up after that is told
a few minutes later, once; `reminded_at` is the moment up to which everybody was told."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from mulin.academy.sessions import planning, queries
from mulin.academy.sessions.models import Session, Signup
from mulin.kernel import clock, rulebook
from mulin.kernel.actors import SYSTEM
from mulin.kernel.db import write

AT_ONCE = 200
AWAKE = range(7, 23)  # hours in which those who came late are told


def remind() -> int:
    """Note for each session of tomorrow that its people are to be reminded, then those who came late to this
    and other sessions. Returns how many sessions.

    A session that is moved is reminded of anew. One short transaction each, so nobody waits."""
    tomorrow = clock.today() + timedelta(days=1)
    due = Session.objects.filter(
        queries.between(tomorrow, tomorrow), state="open", reminded_at=None, taken__gt=0
    ).order_by("starts_at", "id")
    hour, done = clock.now().astimezone(clock.zone()).hour, 0
    for session in due[:AT_ONCE]:
        if hour >= int(rulebook.value("academy.session.remind_from", at=session.place)):
            done += _remind(session.pk)
    return done + (_remind_late() if hour in AWAKE else 0)


def _remind(key: UUID) -> int:
    with write():
        session = Session.objects.select_for_update().filter(pk=key, state="open", reminded_at=None).first()
        if session is None:
            return 0
        session.reminded_at = clock.now()
        session.save(update_fields=["reminded_at"])
        planning.line("academy.session.reminded", SYSTEM, session, n=session.taken)
    return 1


def _remind_late() -> int:
    """Today's sessions and tomorrow's with somebody who was not told yet and will not be."""
    today = clock.today()
    came = Signup.objects.filter(_NEW, session=OuterRef("pk"), created_at__gt=OuterRef("reminded_at"))
    untold = Q(reminded_at__isnull=False) & Exists(came)
    untold |= queries.between(today, today) & Q(reminded_at=None, taken__gt=0)
    soon = queries.between(today, today + timedelta(days=1))
    due = Session.objects.filter(soon, untold, state="open", starts_at__gt=clock.now())
    keys = due.order_by("starts_at", "id").values_list("pk", flat=True)
    return sum(_tell_late(key) for key in keys[:AT_ONCE])


def _tell_late(key: UUID) -> int:
    with write():
        session = Session.objects.select_for_update().filter(pk=key, state="open").first()
        rows = new_since(session, session.reminded_at) if session else Signup.objects.none()
        n = rows.aggregate(n=Sum("heads"))["n"]
        if session is None or not n:
            return 0
        since, session.reminded_at = session.reminded_at, clock.now()
        session.save(update_fields=["reminded_at"])
        data = {"since": since.isoformat()} if since else {}
        planning.line("academy.session.reminded_late", SYSTEM, session, n=n, **data)
    return 1


# Who comes and did not wait for it: whoever moved up was told when.
_NEW = Q(state="coming", moved_up_at=None)


def new_since(session: Session | UUID, since: datetime | None) -> QuerySet[Signup]:
    """Who signed up since; all of them where nobody was told yet."""
    rows = Signup.objects.filter(_NEW, session=session)
    return rows.filter(created_at__gt=since) if since else rows


def is_late(session: Session) -> bool:
    """Whether who signs up now comes after the reminder of the day before."""
    return session.reminded_at is not None or clock.day_of(session.starts_at) <= clock.today()


def reminded(entry: Any) -> Iterable[UUID]:
    """Who comes; whoever waits is not told to come, and whoever signed up since is told by `late`."""
    return queries.accounts_of([entry.subject], ("coming",)).filter(created_at__lte=entry.at)


def late(entry: Any) -> Iterable[UUID]:
    """Who signed up between two reminders."""
    since = entry.data.get("since")
    rows = new_since(entry.subject, datetime.fromisoformat(since) if since else None)
    rows = rows.filter(created_at__lte=entry.at, account__isnull=False)
    return rows.values_list("account_id", flat=True)
