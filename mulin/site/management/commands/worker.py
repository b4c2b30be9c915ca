"""`mulin worker`: seals the journal, folds counters, sends notices, runs long jobs."""

import signal
import threading

from django.core.management.base import BaseCommand

from mulin.kernel import worker


class Command(BaseCommand):
    help = "Run the background worker until told to stop."

    def handle(self, *args, **options):
        stop = threading.Event()
        jobs = _job_worker()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda signum, frame: (stop.set(), setattr(jobs, "running", False)))
        thread = threading.Thread(target=jobs.run, name="jobs", daemon=True)
        thread.start()
        worker.run(stop.is_set)
        thread.join(timeout=5)


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
        worker_id="mulin",
        excluded_queue_names=[],
    )
