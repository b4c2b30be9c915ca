"""`mulin worker`: seals the journal, folds counters, sends notices, runs long jobs."""

import logging
import signal
import threading

from django.core.management.base import BaseCommand
from django.db import connections

from mulin.kernel import leftovers, outage, worker

log = logging.getLogger("mulin.worker")
AGAIN_SECONDS = 2


class Command(BaseCommand):
    help = "Run the background worker until told to stop."
    requires_system_checks = []  # they would load every page twice; `mulin check` and the tests run them

    def handle(self, *args, **options):
        stop = threading.Event()
        jobs = _job_worker()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda signum, frame: (stop.set(), setattr(jobs, "running", False)))
        thread = threading.Thread(target=run_jobs, args=(jobs, stop), name="jobs", daemon=True)
        thread.start()
        worker.run(stop.is_set)
        thread.join(timeout=5)


def run_jobs(jobs, stop: threading.Event) -> None:
    """Run the queue's worker until told to stop: it ends when the database goes away, and begins anew."""
    while not stop.is_set():
        try:
            leftovers.sweep()
            jobs.run()
        except Exception as error:
            if outage.is_outage(error):
                outage.log_it(error)
            else:
                log.exception("the worker of long jobs met an error and goes on")
            # What a broken session left half way must not be met by the next attempt.
            connections.close_all()
        stop.wait(AGAIN_SECONDS)


def _job_worker():
    """The task queue's own worker, in a thread beside the loop."""
    from django_tasks_db.management.commands.db_worker import Worker

    return Worker(
        queue_names=["default"],
        interval=1,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=leftovers.my_name(),
        excluded_queue_names=[],
    )
