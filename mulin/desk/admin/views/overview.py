"""The first page: what needs attention, whether the machine runs, and where to go."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mulin.desk.admin.access import admin
from mulin.desk.admin.pages import show
from mulin.desk.admin.reading import attention
from mulin.kernel import policy
from mulin.kernel.context import actor_of


@require_safe
@admin()
def overview(request: HttpRequest) -> HttpResponse:
    """Everything that waits for who opens it; the figures of the worker for who reads the journal."""
    actor = actor_of(request)
    context = {
        "attention": attention.things(actor),
        "health": attention.health() if policy.can_somewhere(actor, "kernel.journal:view") else [],
    }
    return show(request, "overview.html", context)
