"""This part's share in a person's own data."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from mulin.academy.sessions import signing, states
from mulin.academy.sessions.models import CalendarLink, Signup
from mulin.kernel import clock, days, journal, rulebook
from mulin.kernel.actors import SYSTEM
from mulin.kernel.db import write

NOBODY = "—"  # somebody who came, and whose name is gone


def export(account_id: UUID) -> list[dict[str, Any]]:
    """What a person signed up for, with how many, and whether they came."""
    rows = Signup.objects.filter(account=account_id).select_related("session").order_by("id")
    return [
        {
            "number": one.session.number,
            "title": one.session.title,
            "starts_at": days.kept(one.session.starts_at),
            "heads": one.heads,
            "state": str(states.SIGNUP_WORDS[one.state]),
            "came": one.came,
        }
        for one in rows
    ]


def erase(account_id: UUID) -> int:
    """Take the account off the lists, which still count the heads, and forget the calendar's address. Places
    in what is still to come go to who waits."""
    coming = Signup.objects.filter(
        account=account_id, state__in=("coming", "waiting"), session__state="open",
        session__starts_at__gt=clock.now(),
    )  # fmt: skip
    for pk in list(coming.order_by("session", "pk").values_list("pk", flat=True)):
        signing.let_go(pk)
    CalendarLink.objects.filter(account=account_id).delete()
    return Signup.objects.filter(account=account_id).update(account=None, label=NOBODY)


def forget_names() -> int:
    """Take the names of people without an account off lists of sessions that have been over for as long as
    the rules say; how many they were stays. Returns how many."""
    total = 0
    named = Signup.objects.filter(~Q(label__in=("", NOBODY)), account=None, session__ends_at__lt=clock.now())
    for place in named.order_by().values_list("session__place", flat=True).distinct():
        days = int(rulebook.value("academy.session.names_days", at=place))
        old = named.filter(session__place=place, session__ends_at__lt=clock.now() - timedelta(days=days))
        with write():
            n = old.update(label=NOBODY)
            if n:
                journal.record("academy.session.forgotten", actor=SYSTEM, place=place, data={"n": n})
        total += n
    return total
