"""The database goes away and comes back: people are told, nothing is lost, nobody restarts anything."""

import time
from collections.abc import Callable
from typing import Any

from tests.chaos.databases import Postgres
from tests.chaos.disk import PAGES, Report, twice, until_taken
from tests.chaos.instance import Instance, crowded
from tests.chaos.kills import check

AWAY_SECONDS = 6
# A job of a kind that nobody knows: the worker takes it and calls it failed, which is all we want to see.
JOB = """
import time, django; django.setup()
from mulin.kernel.jobs import run_job
from mulin.kernel.models import Job
job = Job.objects.create(kind="chaos.nothing")
run_job.enqueue(str(job.id))
for _second in range(30):
    time.sleep(1)
    if Job.objects.get(pk=job.pk).finished_at:
        raise SystemExit(0)
raise SystemExit("nobody took the job")
"""


def away(instance: Instance, times: int = 3, say: Callable[[str], Any] = lambda text: None) -> dict[str, Any]:
    """Stop PostgreSQL so many times under load, look at what people see, and start it again."""
    database = instance.database
    assert isinstance(database, Postgres)
    waits = []
    texts = []
    with crowded(instance) as crowd:
        for _time in range(times):
            time.sleep(1.5)
            pids = {(seen.pid, seen.role) for seen in instance.server.look()}
            reports = [Report(instance, language) for language in PAGES] if not texts else []
            refused = crowd.ledger.unavailable
            database.stop()
            began = time.monotonic()
            while time.monotonic() - began < AWAY_SECONDS:
                time.sleep(0.2)
            assert crowd.ledger.unavailable > refused, "the database was away and nobody was told"
            assert not instance.server.answers(), "/healthz is well without a database"
            for report in reports:
                report.is_refused()
            database.start()
            waits.append(until_taken(crowd))
            for report in reports:
                report.is_taken()
                texts.append(report.text)
            assert {(seen.pid, seen.role) for seen in instance.server.look()} == pids, "something restarted"
    taken = instance.run("-c", JOB)
    assert taken.returncode == 0, f"the worker takes no jobs any more: {taken.stderr[-500:]}"
    answer = check(instance, crowd)
    problems = crowd.replay() + twice(instance, texts)
    assert not problems, problems
    say(f"  away {times} times: {crowd.ledger.unavailable} told so, taken again {max(waits):.1f} s later")
    return {
        "times": times, "refused_503": crowd.ledger.unavailable, "broken": crowd.ledger.broken,
        "seconds_until_taken": round(max(waits), 1), **answer,
    }  # fmt: skip
