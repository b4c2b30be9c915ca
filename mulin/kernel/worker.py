"""The background loop: seals the journal, folds counters, feeds subscribers, runs periodic work."""

import logging
import time
from collections.abc import Callable

from django.db import close_old_connections

from mulin.kernel import counters, journal, notices, outage, registry

log = logging.getLogger("mulin.worker")


def feed(subscriber: registry.Subscriber, limit: int = 500) -> int:
    """Hand the next sealed lines to one subscriber. A line that fails is tried again at the next round."""
    entries = journal.read_on(subscriber.name, limit)
    for entry in entries:
        subscriber.handle(entry)
        journal.advance(subscriber.name, entry)
    return len(entries)


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
            log.exception("subscriber %s failed; it will be tried again", subscriber.name)
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
