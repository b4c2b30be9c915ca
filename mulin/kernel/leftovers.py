"""What a worker that was killed left behind: jobs that say "running" though nobody runs them.

A worker signs every job that it takes with its host, its process number and the moment it was born. A
worker that starts on the same host sees at once whether that process still lives; the work of a host that
does not come back is given up after a day.
"""

import os
import socket
from datetime import timedelta
from pathlib import Path

from django.utils.translation import gettext as _
from django_tasks_db.compat import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from mulin.kernel.clock import now
from mulin.kernel.models import Job

STRANGE_HOST = timedelta(days=1)
LONGEST_NAME = 64


def _born(pid: int) -> str:
    """When a process began, in ticks since the machine did; empty when there is none or nobody can say."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def my_name() -> str:
    """host/pid/born of this process: no other process ever has the same."""
    pid = os.getpid()
    tail = f"/{pid}/{_born(pid)}"
    return socket.gethostname()[: LONGEST_NAME - len(tail)] + tail


def _is_gone(name: str, since) -> bool:
    host, _slash, rest = name.partition("/")
    pid, _slash, born = rest.partition("/")
    if host != my_name().partition("/")[0] or not pid.isdigit():
        return since is None or since < now() - STRANGE_HOST
    if born:
        return _born(int(pid)) != born
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def sweep() -> int:
    """Call jobs of dead workers failed, so that their people can start them again. Returns how many."""
    swept = 0
    for task in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING):
        worker = task.worker_ids[-1] if task.worker_ids else ""
        if worker == my_name() or not _is_gone(worker, task.started_at):
            continue
        jobs = Job.objects.filter(pk__in=_job_ids(task), finished_at=None)
        jobs.update(
            state="failed", message=_("没有做完。已经完成的部分都保留着，可以再试一次。"), finished_at=now()
        )
        mine = DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.RUNNING)
        swept += mine.update(status=TaskResultStatus.FAILED, finished_at=now())
    return swept


def _job_ids(task: DBTaskResult) -> list[str]:
    """The job that a task runs: its first argument, for the one task that we have."""
    arguments = (task.args_kwargs or {}).get("args", [])
    return [str(arguments[0])] if task.task_path == "mulin.kernel.jobs.run_job" and arguments else []
