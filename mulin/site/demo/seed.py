"""Three months in a street: every record of the demo is made by the same actions that people use."""

import heapq
import itertools
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from mulin.kernel import clock, registry, worker
from mulin.kernel.models import Notice
from mulin.people.models import Account
from mulin.site.demo import content, life, people, places

DAYS = 92


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


def run(
    say: Callable[[str], Any] = print, *, days: int = DAYS, per_day: float = 5.0, seed: int = 20261122
) -> None:
    """Make the demo's street and let `days` days pass in it. The same seed gives the same story."""
    rng = random.Random(seed)
    say("Making 花园路街道: places, people, three months of history …")
    end = clock.now()
    start = (end - timedelta(days=days)).replace(hour=8, minute=0, second=0, microsecond=0)
    timeline = Timeline(start, end)
    with clock.at(start):
        places.make()
        cast = people.make(rng)
    street = life.Street(rng, timeline, cast)
    with clock.at(start):
        street.set_up()
    for day in range(days + 1):
        morning = start + timedelta(days=day)
        timeline.plan(morning.replace(hour=18), _evening)
        weekend = morning.weekday() >= 5
        for _ in range(rng.randint(0, 3) if weekend else round(rng.uniform(per_day * 0.6, per_day * 1.4))):
            moment = morning + timedelta(minutes=rng.randint(-30, 760))
            timeline.plan(moment, street.someone_speaks)
    street.plan_stories(content)
    timeline.run(say)
    worker.settle()
    Notice.objects.filter(created_at__lt=end - timedelta(days=2)).update(read_at=end, sent_at=end)
    say(f"  {Account.objects.count()} people, log in as resident, clerk, street … with {people.PASSWORD}")


def _evening(when: datetime) -> None:
    """What the worker does every day: reminders, overdue cases rise, confirmed ones close."""
    for job in registry.collect("periodic"):
        if job.name.startswith("cases"):
            job.run()
    worker.settle()
