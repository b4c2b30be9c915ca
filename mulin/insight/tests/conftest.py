"""A way to fill places with cases and their counters without walking every case through its life."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from mulin.cases import counting
from mulin.cases.models import Case
from mulin.kernel import clock, counters
from mulin.kernel.counters import Count
from mulin.kernel.numbers import new_number
from mulin.voices.models import Matter, Voice

NOON = "2025-11-06 12:00"
TODAY = date(2025, 11, 6)


@pytest.fixture(autouse=True)
def _asked_anew():
    """Whether figures are still being counted is remembered for a minute, in tests for one test."""
    from mulin.insight import views

    views._all_counted.clear()


@pytest.fixture
def fill(world, freeze) -> Callable[..., list[Case]]:
    """`fill(place, n, state="closed", outcome="confirmed", …)`: n cases with matter, voice and counters.

    `days_ago` is the day they came in; the other fields are columns of the case. Counters are appended with
    the module's own tally, as an action does.
    """
    freeze(NOON)

    def make(place: str, n: int = 1, *, days_ago: int = 3, grid: str = "", **fields) -> list[Case]:
        made = []
        for _ in range(n):
            number = new_number()
            kind = fields.get("kind", "complaint")
            came = clock.now() - timedelta(days=days_ago)
            matter = Matter.objects.create(
                number=number, place=place, grid=grid, kind=kind, title="路灯不亮",
                category=fields.get("category", "street_lamp"), created_at=came, way="case",
                **{k: fields[k] for k in ("restriction",) if k in fields},
            )  # fmt: skip
            voice = Voice.objects.create(
                number=number, matter=matter, kind=kind, channel="portal", text="路灯不亮", place=place,
                grid=grid, created_at=came,
            )  # fmt: skip
            case = Case(
                **{
                    "number": number, "matter": matter, "place": place, "grid": grid, "kind": kind,
                    "category": "street_lamp", "title": "路灯不亮", "opened_on": clock.day_of(came),
                    "due_at": clock.now() + timedelta(days=5), **fields,
                }
            )  # fmt: skip
            case.is_open = case.state not in {"closed", "confirmed", "merged", "refused"}
            if case.outcome and not case.closed_at:
                case.closed_at = case.done_at = clock.now() - timedelta(days=1)
            case.save()
            came_in = Count("voices.in", voice.place, clock.day_of(came), state=kind, grid=grid)
            counters.append([came_in, *counting.difference({}, counting.tally(case))])
            made.append(case)
        return made

    return make
