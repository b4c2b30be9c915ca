"""The background loop: seals the journal, folds counters, feeds subscribers, runs periodic work."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import close_old_connections
from django.db.models import F, QuerySet

from mulin.kernel import counters, journal, notices, outage, registry
from mulin.kernel.actors import SYSTEM
from mulin.kernel.db import write
from mulin.kernel.models import Cursor, Entry

log = logging.getLogger("mulin.worker")


# A line that a subscriber cannot take is tried so often, ever more slowly (about two minutes in all), then it
# is put aside, so that the lines behind it go on.
TRIES = 8
FIRST_WAIT = 1.0
ASIDE = "kernel.subscriber.put_aside"
AGAIN = "kernel.subscriber.taken_up"
ASIDE_CURSOR = "aside:"  # before a subscriber's name: how many of its lines wait


@dataclass
class Trial:
    """The line that a subscriber could not take, how often it was tried, and when it is tried again."""

    entry: UUID
    tries: int = 0
    next_at: float = 0.0


# In memory: a worker that starts anew tries anew.
_trials: dict[str, Trial] = {}


def feed(subscriber: registry.Subscriber, limit: int = 500) -> int:
    """Hand the next sealed lines to one subscriber; gives how many it is done with.

    A line that it cannot take is tried again later and put aside in the end: recorded in the journal, shown
    to the administration and by `mulin check`, and handed over once more by `mulin journal again`.
    """
    trial = _trials.get(subscriber.name)
    if trial and time.monotonic() < trial.next_at:
        return 0
    done, last = 0, None
    for entry in journal.read_on(subscriber.name, limit):
        try:
            subscriber.handle(entry)
        except Exception as error:
            if outage.is_outage(error):
                raise
            _remember(subscriber.name, last)
            last = None
            if not _is_hopeless(subscriber.name, entry):
                break
            if not put_aside(subscriber.name, entry, error):
                # Another worker was faster: what was read here is old, the next round reads anew.
                del _trials[subscriber.name]
                return done + 1
        else:
            last = entry
        _trials.pop(subscriber.name, None)
        done += 1
    _remember(subscriber.name, last)
    return done


def _remember(name: str, last: Entry | None) -> None:
    """Write down how far a subscriber is: once for many lines, each of which it must bear twice anyway."""
    if last is not None:
        journal.advance(name, last)


def _is_hopeless(name: str, entry: Entry) -> bool:
    """Count a failure; whether it was the last try. To be called where the error is caught."""
    trial = _trials.get(name)
    if trial is None or trial.entry != entry.id:
        trial = _trials[name] = Trial(entry.id)
    trial.tries += 1
    trial.next_at = time.monotonic() + FIRST_WAIT * 2 ** (trial.tries - 1)
    log.exception("subscriber %s failed at line %s, try %d of %d", name, entry.id, trial.tries, TRIES)
    return trial.tries >= TRIES


def put_aside(name: str, entry: Entry, error: Exception) -> bool:
    """Go on behind a line that a subscriber cannot take, and keep which one it was.

    Gives False, and does nothing, when another worker has gone on behind it meanwhile: each counts its tries
    for itself, but a line is put aside once.
    """
    with write():
        if Cursor.objects.select_for_update().get(name=name).position >= entry.position:
            return False
        # A line about a line that failed: were it put aside as well, there would be no end.
        if entry.code != ASIDE:
            data = {"subscriber": name, "code": entry.code, "error": type(error).__name__}
            journal.record(ASIDE, actor=SYSTEM, subject=entry.id, data=data)
            cursor, _made = Cursor.objects.get_or_create(name=ASIDE_CURSOR + name)
            Cursor.objects.filter(pk=cursor.pk).update(position=F("position") + 1)
        journal.advance(name, entry)
    return True


def aside() -> dict[str, int]:
    """Subscriber -> how many lines wait aside; empty when all is well."""
    rows = Cursor.objects.filter(name__startswith=ASIDE_CURSOR, position__gt=0)
    return {row.name.removeprefix(ASIDE_CURSOR): row.position for row in rows}


def take_up(name: str) -> tuple[int, int]:
    """Hand a subscriber the lines that were put aside for it once more. Gives (taken, still failing).

    They come after later lines: a subscriber must bear that, as it must bear a line twice.
    """
    subscriber = next(one for one in registry.collect("subscribers") if one.name == name)
    taken = 0
    for entry in Entry.objects.filter(pk__in=_waiting(name)).order_by("position"):
        try:
            subscriber.handle(entry)
        except Exception as error:
            if outage.is_outage(error):
                raise
            log.exception("subscriber %s failed at line %s once more", name, entry.id)
            continue
        _took(name, entry)
        taken += 1
    return taken, _count_again(name)


def _waiting(name: str) -> set[UUID]:
    """The lines that were put aside for a subscriber and not taken up since."""
    mine = Entry.objects.filter(data__subscriber=name)
    put, taken = (set(mine.filter(code=code).values_list("subject", flat=True)) for code in (ASIDE, AGAIN))
    return put - taken


def _lock_aside(name: str) -> QuerySet:
    """The count of what waits aside, locked for this transaction."""
    cursor = Cursor.objects.filter(name=ASIDE_CURSOR + name)
    cursor.select_for_update().first()
    return cursor


def _took(name: str, entry: Entry) -> None:
    """Keep that a line was taken up; once, should two take up at the same moment."""
    with write():
        cursor = _lock_aside(name)
        if Entry.objects.filter(code=AGAIN, subject=entry.id, data__subscriber=name).exists():
            return
        data = {"subscriber": name, "code": entry.code}
        journal.record(AGAIN, actor=SYSTEM, subject=entry.id, data=data)
        cursor.update(position=F("position") - 1)


def _count_again(name: str) -> int:
    """Set the count of what waits aside to what the journal says, and give it."""
    with write():
        cursor = _lock_aside(name)
        left = len(_waiting(name))
        cursor.update(position=left)
    return left


def tick() -> int:
    """One round of what follows every action. Tests call it instead of waiting."""
    work = journal.seal()
    work += counters.fold()
    work += notices.make()
    for subscriber in registry.collect("subscribers"):
        try:
            work += feed(subscriber)
        except Exception as error:
            if outage.is_outage(error):
                raise
            log.exception("subscriber %s cannot be fed; it will be tried again", subscriber.name)
    return work


def settle() -> None:
    """Rounds until nothing is left to do."""
    while tick():
        pass


def run(should_stop: Callable[[], bool], interval: float = 1.0) -> None:
    """The worker's main loop, until told to stop. A database that goes away is waited for."""
    due = {job.name: 0.0 for job in registry.collect("periodic")}
    while not should_stop():
        started = time.monotonic()
        try:
            close_old_connections()
            while tick() >= journal.SEAL_BATCH and not should_stop():
                pass
            for job in registry.collect("periodic"):
                if time.monotonic() >= due[job.name]:
                    due[job.name] = time.monotonic() + job.every_seconds
                    _run_one(job)
        except Exception as error:
            if outage.is_outage(error):
                outage.log_it(error)
            else:
                log.exception("the worker met an error and goes on")
        time.sleep(max(0.05, interval - (time.monotonic() - started)))


def _run_one(job: registry.Periodic) -> None:
    try:
        job.run()
    except Exception as error:
        if outage.is_outage(error):
            raise
        log.exception("periodic work %s failed; it will be tried again", job.name)
