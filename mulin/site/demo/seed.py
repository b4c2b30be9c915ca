"""Three months in a street. What is said, done, decided and answered is made by the actions that people use.

Only divisions, buildings, units, accounts and posts are laid down at once, as an import would.
"""

import heapq
import itertools
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from mulin.kernel import clock, registry, worker
from mulin.kernel.models import Notice
from mulin.people.models import Account
from mulin.site.demo import (
    college_told,
    councils_open,
    councils_renewal,
    councils_trees,
    garden_told,
    grandma_told,
    groundwork,
    homes,
    life,
    methods_told,
    people,
    places,
    sessions_told,
    sharing_told,
    stories,
    surveys,
    venues_told,
    weeks_told,
)
from mulin.site.demo.places import BUSY, HOME

DAYS = 92
# A demo of so few days is for a test that looks at something else: it has no renewals, which take a while.
SHORT = 7


def is_needed() -> bool:
    return not Account.objects.exists()


class Timeline:
    """Things that happen, in order of time; each may plan what follows."""

    def __init__(self, start: datetime, end: datetime):
        self.start, self.end = start, end
        self._heap: list[tuple[datetime, int, Callable[..., Any], tuple]] = []
        self._order = itertools.count()

    def plan(self, when: datetime, what: Callable[..., Any], *args: Any) -> None:
        """Keep what would happen later than now out: the demo ends in the present."""
        if when < self.end:
            heapq.heappush(self._heap, (when, next(self._order), what, args))

    def run(self, say: Callable[[str], Any]) -> None:
        shown = 0
        while self._heap:
            when, _, what, args = heapq.heappop(self._heap)
            with clock.at(when):
                what(when, *args)
            weeks = (when - self.start).days // 14
            if weeks > shown:
                shown = weeks
                say(f"  … {when:%Y-%m-%d}")


@contextmanager
def quickly() -> Iterator[None]:
    """Without waiting for the disk after each of some ten thousand small transactions: three months are told
    at once, and a demo that the power cuts off is made again. Once at the end, all is on the disk."""
    if connection.vendor != "sqlite" or connection.in_atomic_block or connection.is_in_memory_db():
        yield
        return
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA synchronous").fetchone()[0]
        cursor.execute("PRAGMA synchronous = OFF")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA synchronous = {before}")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def run(
    say: Callable[[str], Any] = print, *, days: int = DAYS, per_day: float = 5.0, seed: int = 20261122
) -> None:
    """Make the demo's street and let `days` days pass in it. The same seed gives the same story.

    `per_day`: everyday voices on a working day of the last month, most of them at the home community.
    """
    with quickly():
        _tell(say, days, per_day, seed)


def _tell(say: Callable[[str], Any], days: int, per_day: float, seed: int) -> None:
    rng = random.Random(seed)
    say("Making 花园路街道: places, people, three months of history …")
    end = clock.now()
    start = (end - timedelta(days=days)).replace(hour=8, minute=0, second=0, microsecond=0)
    timeline = Timeline(start, end)
    with clock.at(min(start, end - timedelta(days=DAYS))):
        places.make()
        cast = people.make(rng)
        street = life.Street(rng, timeline, cast)
        groundwork.lay(street)
        homes.settle(street)
        venues_told.lay(street)
    for day in range(days + 1):
        _plan_day(rng, timeline, street, start + timedelta(days=day), per_day)
    stories.plan(street)
    surveys.plan(timeline, street.actor)
    venues_told.plan(street)
    weeks_told.plan(street)
    garden_told.plan(street)
    grandma_told.plan(street)
    college_told.plan(street)
    sessions_told.plan(street)
    sharing_told.plan(street)
    councils_trees.plan(street)
    councils_open.plan(street)
    if days > SHORT:
        councils_renewal.plan(street)
    methods_told.plan(street)
    timeline.run(say)
    worker.settle()
    Notice.objects.filter(created_at__lt=end - timedelta(days=2)).update(read_at=end, sent_at=end)
    say(f"  {Account.objects.count()} people, log in as resident, clerk, street … with {people.PASSWORD}")
    say(f"  the officers' keys of the vote that is open: {settings.MULIN_HOME / councils_open.KEYS_FOLDER}")


def _plan_day(rng: random.Random, timeline: Timeline, street: life.Street, morning: datetime, per_day: float):
    """The everyday voices of a day, and its evening. What is said elsewhere is said in office hours."""
    timeline.plan(morning.replace(hour=18), _evening)
    quiet = (0.4 if morning.weekday() >= 5 else 1.0) * per_day
    share = 0.72 if street.is_lately(morning) else 0.36
    for _ in range(round(rng.uniform(0.7, 1.3) * share * quiet)):
        timeline.plan(morning + timedelta(minutes=rng.randint(-30, 680)), street.someone_speaks, HOME)
    for _ in range(round(rng.uniform(0.5, 1.5) * 0.28 * quiet)):
        _plan_elsewhere(rng, timeline, street, morning, "")
    if morning > timeline.end - timedelta(days=8):
        for place in BUSY * 2:
            _plan_elsewhere(rng, timeline, street, morning, place)


def _plan_elsewhere(rng, timeline: Timeline, street: life.Street, morning: datetime, place: str) -> None:
    moment = morning + timedelta(minutes=rng.randint(60, 480))
    if moment < timeline.end - timedelta(hours=3):
        timeline.plan(moment, street.someone_speaks, place)


def _evening(when: datetime) -> None:
    """What the worker does every day: reminders, overdue cases rise, confirmed ones close."""
    for job in registry.collect("periodic"):
        if job.name.startswith("cases"):
            job.run()
    worker.settle()
