"""Health, metrics and the error pages."""

import secrets as token_compare
import sys
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mulin.kernel import outage
from mulin.kernel.context import error_shell
from mulin.kernel.models import CountDelta, Entry, Job


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, 503 when it does not. Open to everyone, tells nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return JsonResponse({"ok": True})
    except Error:
        return JsonResponse({"ok": False}, status=503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text for a scraper on loopback, or one that shows MULIN_METRICS_TOKEN. Else 404."""
    from mulin.kernel.env import env_secret

    token = env_secret("MULIN_METRICS_TOKEN")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    local = not settings.MULIN_TRUSTED_PROXIES and request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}
    if not (token and token_compare.compare_digest(given.encode(), token.encode())) and not local:
        return not_found(request)
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    collector = CollectorRegistry()
    for name, text, figure in (
        (
            "mulin_journal_unsealed",
            "Journal lines that wait for the sealer",
            Entry.objects.filter(position=None).count(),
        ),
        ("mulin_counter_deltas", "Counter changes that wait to be folded", CountDelta.objects.count()),
        (
            "mulin_jobs_waiting",
            "Long jobs that wait for the worker",
            Job.objects.filter(state="queued").count(),
        ),
    ):
        Gauge(name, text, registry=collector).set(figure)
    return HttpResponse(generate_latest(collector), content_type="text/plain; version=0.0.4")


def _error(request: HttpRequest, status: int, message: str = "", **facts: Any) -> HttpResponse:
    if request.path.startswith("/api/"):
        code, title = {
            400: ("bad-request", _("请求不对。")),
            403: ("not-allowed", _("您不能做这一步。")),
            404: ("no-such-address", _("没有这个地址。")),
            500: ("broken", _("我们这边出了错。")),
        }[status]
        # The shape of every problem of the API, here for what no path of it answers.
        kind = f"urn:mulin:problem:{code}"
        body = {"type": kind, "title": message or title, "status": status, "code": code}
        return JsonResponse(body, status=status, content_type="application/problem+json")
    # No place name: looking it up would ask the database, which may be what is broken.
    context = {
        "message": message,
        "place_name": "",
        **facts,
        **(error_shell(request) if status < 500 else {}),
    }
    return render(request, f"{status}.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 403, str(exception) if exception else "")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _error(request, 403, is_stale=True)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 404)


def not_allowed(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """For whoever opens an address that only takes forms, from the history or a bookmark."""
    shown = _error(request, 405)
    shown.headers["Allow"] = answer.headers["Allow"]
    return shown


def server_error(request: HttpRequest) -> HttpResponse:
    # Middleware and lazy objects meet a database that is away too, outside of every view.
    error = sys.exc_info()[1]
    if error is not None and outage.is_outage(error):
        return outage.page(request, error)
    return _error(request, 500)
