"""The inbox, and the same list beside a case."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mulin.desk.reading.inbox import Inbox, inbox, tabs
from mulin.desk.turning import turning
from mulin.kernel.context import actor_of
from mulin.kernel.door import desk
from mulin.kernel.pages import page


def _context(request: HttpRequest, found: Inbox) -> dict:
    return {
        "found": found,
        "tabs": tabs(found),
        "turning": turning(request.GET, f"tab={found.tab}", found.next),
        "grid_worker": "grid_worker" in actor_of(request).roles,
        "rail": {"inbox": found.waiting},
    }


@require_safe
@desk
def inbox_page(request: HttpRequest) -> HttpResponse:
    """What waits for me, what is open at my place, what others have to do."""
    found = inbox(actor_of(request), request.GET.get("tab", ""), request.GET.get("cursor"))
    context = {**_context(request, found), "is_done": "done" in request.GET}
    return page(request, "desk/inbox.html", context)


@require_safe
@desk
def inbox_pane(request: HttpRequest) -> HttpResponse:
    """The list alone, for the left side of a case."""
    found = inbox(actor_of(request), request.GET.get("tab", ""), current=request.GET.get("current", ""))
    context = {**_context(request, found), "beside": True}
    return render(request, "desk/parts/inbox_list.html", context)
