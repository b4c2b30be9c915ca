"""My things: what I said, where I stand beside, what I was told."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.kernel import notices as kernel_notices
from mulin.kernel.context import actor_of
from mulin.portal import mine as things
from mulin.portal import places, receipts, taking_part
from mulin.portal.views.common import in_place, me, private


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What I said with its state, and where I pressed 我也遇到; with no account what this browser holds."""
    actor = receipts.acting(request)
    context = {
        **in_place(request, places.chosen(request)),
        "rows": things.rows(actor),
        "beside": things.beside(me(request)),
        "parts": taking_part.parts(actor_of(request)),
        "news": things.told(actor, unread=True, limit=5),
        "kept": len(receipts.kept(request)),
    }
    return private(render(request, "portal/mine.html", context))


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """What I was told, all of it or only what is new."""
    only_new = request.GET.get("show") == "new"
    actor = actor_of(request)
    context = {
        **in_place(request, places.chosen(request)),
        "notices": things.told(actor, unread=only_new),
        "only_new": only_new,
        "new": kernel_notices.unread_count(actor),
    }
    return private(render(request, "portal/notices.html", context))


@require_POST
def notice_open(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Mark one notice as read and go where it leads."""
    url = things.open_notice(actor_of(request), notice_id)
    if not url:
        raise Http404
    safe = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()})
    return redirect(url if safe else "portal:mine")


@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark all my notices as read."""
    kernel_notices.mark_read(actor_of(request))
    messages.success(request, _("都标为已读了。"))
    return redirect("portal:notices")


@require_POST
def forget_all(request: HttpRequest) -> HttpResponse:
    """Let this browser forget every receipt: on a telephone that is not one's own."""
    response = redirect("portal:mine")
    receipts.forget(request, response)
    messages.success(request, _("这部手机上的回执都忘掉了。您说的事还在，凭回执链接或编号照样能查。"))
    return response
