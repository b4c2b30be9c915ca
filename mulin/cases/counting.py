"""What one case adds to the counters, derived from its columns alone.

Every action takes the difference of two tallies, and the check recounts with the same function: so
counters and records can only agree. Measures "by voice" carry the day on which the case was opened,
measures "by event" the local day of what happened; `cases.open` is a gauge, how many there are now.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice

from mulin.cases.models import Case
from mulin.kernel import recounting
from mulin.kernel.clock import day_of
from mulin.kernel.counters import GAUGE_DAY, Count

Tally = Counter  # (measure, place, grid, day, state, category) -> n

MEASURES = (
    "cases.now",
    "cases.open",
    "cases.opened",
    "cases.done",
    "cases.closed",
    "cases.reopened",
    "cases.suspended",
    "cases.responded",
    "cases.solved",
    "cases.satisfied",
    "cases.excluded",
    "cases.merged",
)


def tally(case: Case) -> Tally:
    """All that the case counts for at this moment."""
    counted: Tally = Counter()
    for measure, day, state in _facts(case):
        counted[f"cases.{measure}", case.place, case.grid, day, state, case.category] += 1
    return counted


def _facts(case: Case) -> Iterator[tuple[str, date, str]]:
    opened = case.opened_on
    yield "now", opened, case.state
    if case.is_open:
        yield "open", GAUGE_DAY, ""
    yield "opened", opened, ""
    if case.state == "merged":
        # Its voices count with the case that it was merged into.
        yield "merged", opened, ""
        return
    if case.done_at:
        yield "done", day_of(case.done_at), ""
    if case.closed_at:
        yield "closed", day_of(case.closed_at), case.outcome
    for event in ("reopened", "suspended"):
        for day in case.days.get(event, ()):
            yield event, date.fromisoformat(day), ""
    if case.excluded_for:
        yield "excluded", opened, case.excluded_for
    else:
        yield from _rates(case)


def _rates(case: Case) -> Iterator[tuple[str, date, str]]:
    """The numerators of the three rates: only of cases that are neither merged nor excluded."""
    opened = case.opened_on
    if case.responded_in_time is not None:
        yield "responded", opened, "in_time" if case.responded_in_time else "late"
    if case.is_solved is not None:
        yield "solved", opened, "yes" if case.is_solved else "no"
    elif case.outcome == "unconfirmed":
        yield "solved", opened, "unknown"
    if case.is_satisfied is not None:
        yield "satisfied", opened, "yes" if case.is_satisfied else "no"


def difference(before: Tally, after: Tally) -> list[Count]:
    """The counter deltas of an action."""
    change = Counter(after)
    change.subtract(before)
    return [
        Count(measure, place, day, n, state=state, category=category, grid=grid)
        for (measure, place, grid, day, state, category), n in change.items()
        if n
    ]


# Cases whose counts are summed before they are given out: memory stays flat however many there are.
AT_ONCE = 1000


def recount(after: str = "", upto: str | None = None) -> Iterator[tuple]:
    """What the counters should say, for the places behind `after` up to `upto`: (measure, place, grid, day,
    state, category, n), in several rows to be added up."""
    needed = (
        "place", "grid", "category", "state", "is_open", "opened_on", "done_at", "closed_at", "outcome",
        "days", "excluded_for", "responded_in_time", "is_solved", "is_satisfied",
    )  # fmt: skip
    cases = recounting.within(Case.objects.only(*needed), after, upto).iterator(chunk_size=AT_ONCE)
    for several in batched(cases, AT_ONCE):
        total: Tally = Counter()
        for case in several:
            total.update(tally(case))
        for (measure, place, grid, day, state, category), n in total.items():
            yield measure, place, grid, day, state, category, n


def nth_place(after: str, n: int) -> str | None:
    """The place of the n-th case behind a place."""
    return recounting.nth_place(Case.objects.all(), after, n)


def batched(things: Iterable[Case], size: int) -> Iterator[list[Case]]:
    """Lists of `size` at most."""
    rest = iter(things)
    while several := list(islice(rest, size)):
        yield several
