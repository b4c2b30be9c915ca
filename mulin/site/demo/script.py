"""Stories told as scripts: a generator that does things and yields the moment at which it goes on.

Inside a script `clock.now()` is the story's time. What would happen after the present is not told any more:
the demo ends in the middle of it.
"""

import random
from collections.abc import Callable, Generator, Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from mulin.kernel import clock
from mulin.kernel.errors import ActionError

Script = Generator[datetime, None, Any]
Result = TypeVar("Result")
NOT_YET = {"not-yet", "too-early"}


def play(timeline: Any, begins: datetime, script: Script) -> None:
    """Put a script on the timeline."""
    timeline.plan(begins, _go_on, timeline, script)


def _go_on(_when: datetime, timeline: Any, script: Script) -> None:
    following = next(script, None)
    if following is not None:
        timeline.plan(following, _go_on, timeline, script)


def after(days: int, hour: int, minute: int = 0) -> datetime:
    """The story's day, so many days on, at an hour."""
    day = clock.now().astimezone(clock.zone()) + timedelta(days=days)
    return max(day.replace(hour=hour, minute=minute, second=0, microsecond=0), soon())


def soon(minutes: int = 7) -> datetime:
    return clock.now() + timedelta(minutes=minutes)


def on_day_of(moment: datetime, hour: int) -> datetime:
    """An hour of the day of a moment, or soon if that has passed."""
    day = moment.astimezone(clock.zone()).replace(hour=hour, minute=0, second=0, microsecond=0)
    return max(day, soon())


def as_soon_as_may(act: Callable[[], Result]) -> Generator[datetime, None, Result]:
    """Do something once its time has come: periods that end on holidays end later, and each day is tried."""
    while True:
        try:
            return act()
        except ActionError as error:
            if error.code not in NOT_YET:
                raise
        yield after(1, 9, 10)


def spread(
    rng: random.Random, until: datetime, acts: Iterable[Callable[[], Any]]
) -> Generator[datetime, None, None]:
    """Do things one after the other, by day, in a random rhythm from now until a moment."""
    begins, acts = clock.now(), list(acts)
    moments = sorted(_by_day(rng, begins + (until - begins) * rng.random() ** 1.3) for _ in acts)
    for moment, act in zip(moments, acts, strict=True):
        yield min(max(moment, soon(1)), until)
        act()


def _by_day(rng: random.Random, moment: datetime) -> datetime:
    hour = rng.choice((8, 9, 12, 13, 17, 18, 19, 20))
    return moment.astimezone(clock.zone()).replace(hour=hour, minute=rng.randrange(60))
