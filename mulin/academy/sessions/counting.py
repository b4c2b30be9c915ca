"""What the counters should say, counted from the sessions."""

from collections.abc import Iterator

from mulin.academy.sessions.attending import PERSON_TIMES, SESSIONS
from mulin.academy.sessions.models import Session
from mulin.kernel import clock, recounting

MEASURES = (SESSIONS, PERSON_TIMES)


def recount(after: str = "", upto: str | None = None) -> Iterator[tuple]:
    """(measure, place, grid, day, state, category, n) of every session that took place."""
    rows = recounting.within(Session.objects.filter(state="held"), after, upto)
    columns = ("place", "starts_at", "kind", "theme", "came")
    for place, starts_at, kind, theme, came in rows.values_list(*columns).iterator():
        day = clock.day_of(starts_at)
        yield SESSIONS, place, "", day, kind, theme, 1
        if came:
            yield PERSON_TIMES, place, "", day, kind, theme, came


def nth_place(after: str, n: int) -> str | None:
    return recounting.nth_place(Session.objects.filter(state="held"), after, n)
