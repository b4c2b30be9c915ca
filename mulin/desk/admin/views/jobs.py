"""One's own long work: how far it is, what came of it, stopping it."""

from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.desk import jobwords, words
from mulin.desk.admin import jobs as started
from mulin.desk.admin import pages
from mulin.desk.admin.access import admin
from mulin.desk.views.jobs import STATES, own_job, progress_text
from mulin.kernel import clock, jobs
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.models import Job

OWN = admin()
SHOWN = 50


def _badge(job: Job) -> dict[str, Any]:
    label, tone, icon = STATES[job.state]
    return {"label": label, "tone": tone, "icon": icon, "code": job.state}


def _progress(job: Job) -> dict[str, Any]:
    return {
        "url": reverse("desk:desk_admin:job-state", args=[job.pk]),
        "label": jobwords.title(job),
        "done": job.done,
        "total": job.total,
        "text": job.message or progress_text(job),
        "cancel_url": reverse("desk:desk_admin:job-stop", args=[job.pk]),
    }


@require_safe
@OWN
def job_list(request: HttpRequest) -> HttpResponse:
    """All of one's jobs: those at work with their progress, then the rest, newest first."""
    rows = list(Job.objects.filter(account_id=actor_of(request).account).order_by("-created_at")[:SHOWN])
    running = [_progress(job) for job in rows if job.finished_at is None]
    over = [
        {
            "url": reverse("desk:desk_admin:job", args=[job.pk]),
            "title": jobwords.title(job),
            "state": _badge(job),
            "when": words.when(job.created_at),
            "counts": jobwords.counts(job),
        }
        for job in rows
        if job.finished_at is not None
    ]  # fmt: skip
    return pages.show(request, "jobs.html", {"running": running, "over": over}, room="jobs")


@require_safe
@OWN
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """One job: its progress, or its result with what could not be used."""
    found = own_job(actor_of(request), job_id)
    result = jobwords.result(found)
    context = {
        "job": found,
        "title": jobwords.title(found),
        "state": _badge(found),
        "is_over": found.finished_at is not None,
        "progress": _progress(found),
        "when": words.when(found.created_at),
        "counts": jobwords.counts(found),
        "errors": result.get("errors") or [],
        "is_verdict": found.kind == started.VERIFY and "ok" in result,
        "result": result,
        "is_trained": found.kind == "voices.train" and found.state == "done",
    }
    return pages.show(request, "job.html", context, room="jobs")


@require_safe
@OWN
def job_state(request: HttpRequest, job_id: UUID) -> JsonResponse:
    """For the progress bar: asked once a second."""
    found = own_job(actor_of(request), job_id)
    over = found.finished_at is not None
    return JsonResponse(
        {
            "done": found.done,
            "total": found.total,
            "text": found.message or progress_text(found),
            "state": found.state if over else "running",
            "next": reverse("desk:desk_admin:job", args=[found.pk]) if over else None,
        }
    )


@require_POST
@OWN
def job_stop(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Ask a job to stop at its next step; what was done stays done."""
    actor = actor_of(request)
    own_job(actor, job_id)
    try:
        jobs.stop(actor, job_id)
        messages.success(request, _("正在停下，做好的部分都留着。"))
    except ActionError as error:
        messages.warning(request, str(error.message))
    return redirect("desk:desk_admin:job", job_id)


@require_safe
@OWN
def job_file(request: HttpRequest, job_id: UUID) -> FileResponse:
    """The file that a job made."""
    found = own_job(actor_of(request), job_id)
    if not found.file:
        raise NotVisible(str(job_id))
    suffix = PurePath(found.file.name).suffix
    name = f"mulin-{found.kind.split('.')[-1]}-{clock.day_of(found.created_at):%Y%m%d}{suffix}"
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=name)
