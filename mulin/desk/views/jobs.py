"""Long work: its progress, its result, stopping it; and the two that the desk starts: import and export."""

from pathlib import PurePath
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.desk import exporting, jobwords, words
from mulin.desk.pages import places_of
from mulin.desk.reading import imported
from mulin.desk.reading.cases import wanted
from mulin.kernel import clock, jobs
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import desk, needs
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.models import Job
from mulin.kernel.pages import page, posted, refuse
from mulin.places.queries import names_of
from mulin.voices.actions import start_import

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATES = {
    "queued": (gettext_lazy("排队等着"), "", "clock"),
    "running": (gettext_lazy("正在做"), "", "settings"),
    "done": (gettext_lazy("做完了"), "done", "check"),
    "stopped": (gettext_lazy("停下了"), "", "stop"),
    "failed": (gettext_lazy("没有做完"), "wait", "alert"),
}


def own_job(actor: Actor, job_id: UUID) -> Job:
    job = Job.objects.filter(pk=job_id, account_id=actor.account).first()
    if job is None:
        raise NotVisible(str(job_id))
    return job


def progress_text(job: Job) -> str:
    if job.state == "queued":
        return _("排队等着，马上开始。")
    if job.total:
        return _("已做 %(done)s / %(total)s") % {"done": job.done, "total": job.total}
    return _("已做 %(done)s") % {"done": job.done}


@require_safe
@desk
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """How far a job is, and what came of it."""
    actor = actor_of(request)
    found = own_job(actor, job_id)
    label, tone, icon = STATES[found.state]
    context = {
        "brought_in": imported.brought_in(actor, found) if found.finished_at else [],
        "job": found,
        "title": jobwords.title(found),
        "is_over": found.finished_at is not None,
        "state": {"label": label, "tone": tone, "icon": icon, "code": found.state},
        "figures": jobwords.counts(found),
        "file_label": _("下载 Excel") if found.kind == "desk.export" else _("下载用不了的行和原因"),
        "progress": {
            "url": reverse("desk:job-state", args=[found.pk]),
            "label": jobwords.title(found),
            "done": found.done,
            "total": found.total,
            "text": progress_text(found),
            "cancel_url": reverse("desk:job-stop", args=[found.pk]),
        },
        "when": words.when(found.created_at),
        "here": "-",
    }
    return page(request, "desk/job.html", context)


@require_safe
@desk
def job_state(request: HttpRequest, job_id: UUID) -> JsonResponse:
    """For the progress bar: asked once a second."""
    found = own_job(actor_of(request), job_id)
    over = found.finished_at is not None
    return JsonResponse(
        {
            "done": found.done,
            "total": found.total,
            "text": progress_text(found),
            "state": found.state if over else "running",
            "next": reverse("desk:job", args=[found.pk]) if over else None,
        }
    )


@require_POST
@desk
def job_stop(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Ask a job to stop at its next step; what was done stays done."""
    actor = actor_of(request)
    own_job(actor, job_id)
    try:
        jobs.stop(actor, job_id)
        messages.success(request, _("正在停下，做好的部分都留着。"))
    except ActionError as error:
        messages.warning(request, str(error.message))
    return redirect("desk:job", job_id)


@require_safe
@desk
def job_file(request: HttpRequest, job_id: UUID) -> FileResponse:
    """The file that a job made."""
    found = own_job(actor_of(request), job_id)
    if not found.file:
        raise NotVisible(str(job_id))
    name = PurePath(found.file.name).name
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=_file_name(found, name))


def _file_name(found: Job, name: str) -> str:
    suffix = PurePath(name).suffix
    return f"mulin-{found.kind.split('.')[-1]}-{clock.day_of(found.created_at):%Y%m%d}{suffix}"


@require_safe
@desk
def job_list(request: HttpRequest) -> HttpResponse:
    """One's own jobs, newest first."""
    rows = Job.objects.filter(account_id=actor_of(request).account).order_by("-created_at")[:50]
    found = []
    for row in rows:
        label, tone, icon = STATES[row.state]
        badge = {"label": label, "tone": tone, "icon": icon, "code": row.state}
        found.append(
            {
                "job": row,
                "title": jobwords.title(row),
                "state": badge,
                "when": words.when(row.created_at),
                "counts": jobwords.counts(row),
            }
        )
    return page(request, "desk/jobs.html", {"jobs": found, "here": "-"})


@require_safe
@needs("cases.case:view")
def export(request: HttpRequest) -> HttpResponse:
    """The filtered list as Excel: at once up to 2,000 rows, else as a job."""
    actor = actor_of(request)
    what = wanted(request.GET)
    rows, is_all = exporting.start_or_rows(actor, what)
    if not is_all:
        return redirect("desk:job", exporting.start_job(actor, what).pk)
    content, _n = exporting.workbook(rows)
    answer = HttpResponse(content, content_type=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="mulin-cases-{clock.today():%Y%m%d}.xlsx"'
    return answer


class ImportForm(forms.Form):
    """A file of voices and where rows without a place of their own lie."""

    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy("csv、csv.gz 或 xlsx；第一行是列名，要有“内容”或“主题”一列"),
        widget=forms.FileInput(attrs={"accept": ".csv,.gz,.xlsx"}),
    )
    place = forms.ChoiceField(
        label=gettext_lazy("没写地点的行放在哪里"), help_text=gettext_lazy("行里写了社区名或编码的，按行里的")
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        places = [place[:12] for place in places_of(actor)]
        self.fields["place"].choices = list(names_of(places).items())


@require_http_methods(["GET", "HEAD", "POST"])
@needs("voices.import:run")
def import_page(request: HttpRequest) -> HttpResponse:
    """Hand a file of voices to the worker."""
    actor = actor_of(request)
    form = ImportForm(actor, posted(request), request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                upload, place = form.cleaned_data["file"], form.cleaned_data["place"]
                started = start_import(actor=actor, upload=upload, place=place)
                return redirect("desk:job", started.pk)
            except ActionError as error:
                refuse(form, error)
    context = {"form": form, "columns": imported.columns(), "here": "enter"}
    return page(request, "desk/import.html", context, status=status)
