"""Long work with progress: a job runs in the worker, tells how far it is, and can be stopped."""

from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from django_tasks import task

from mulin.kernel import registry
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.errors import ActionError
from mulin.kernel.models import Job


class Stopped(Exception):
    """The person asked to stop; what was done stays done."""


class Progress:
    """Handed to a job function: `step(done, total, message)` saves progress at most every half second."""

    def __init__(self, job: Job):
        self.job = job
        self._saved = now()

    def step(self, done: int, total: int | None = None, message: str = "") -> None:
        moment = now()
        if (moment - self._saved).total_seconds() < 0.5:
            return
        self._saved = moment
        Job.objects.filter(pk=self.job.pk).update(done=done, total=total, message=message[:300])
        if Job.objects.filter(pk=self.job.pk, stop_asked=True).exists():
            raise Stopped

    def attach(self, name: str, content: bytes) -> None:
        self.job.file.save(name, ContentFile(content), save=True)


def start(actor: Actor, kind: str, **params: Any) -> Job:
    """Queue a registered kind of job for the worker."""
    if kind not in registry.jobs():
        raise ValueError(f"job kind {kind!r} is not registered")
    job = Job.objects.create(kind=kind, account_id=actor.account, params=params)
    run_job.enqueue(str(job.id))
    return job


def stop(actor: Actor, job_id: UUID) -> None:
    """Ask one's own job to stop at its next step."""
    if not Job.objects.filter(pk=job_id, account_id=actor.account, finished_at=None).update(stop_asked=True):
        raise ActionError("job-over", _("这项工作已经结束。"))


@task()
def run_job(job_id: str) -> None:
    job = Job.objects.get(pk=job_id)
    if job.finished_at:
        return
    job.state = "running"
    job.save(update_fields=["state"])
    try:
        result = registry.jobs()[job.kind](job, Progress(job), **job.params)
        state, message = "done", ""
    except Stopped:
        result, state, message = None, "stopped", ""
    except ActionError as error:
        result, state, message = None, "failed", str(error.message)
    except Exception:
        Job.objects.filter(pk=job.pk).update(
            state="failed", message=_("没有做完。已经完成的部分都保留着，可以再试一次。"), finished_at=now()
        )
        raise
    Job.objects.filter(pk=job.pk).update(state=state, message=message[:300], result=result, finished_at=now())
