"""What one should know: one's own notices, newest first."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from mulin.desk import words
from mulin.desk.access import desk
from mulin.desk.pages import page
from mulin.kernel import notices as kernel
from mulin.kernel import paging
from mulin.kernel.context import actor_of
from mulin.kernel.errors import NotVisible
from mulin.kernel.models import Notice
from mulin.voices.queries import visible_matters


@require_safe
@desk
def notices(request: HttpRequest) -> HttpResponse:
    """Newest first; unread ones are marked."""
    actor = actor_of(request)
    rows = Notice.objects.filter(account_id=actor.account)
    found = paging.page(rows, order=("-id",), size=50, cursor=request.GET.get("cursor"))
    titles = dict(
        visible_matters(actor).filter(pk__in={one.matter for one in found.items}).values_list("pk", "title")
    )
    shown = [
        {
            "notice": one,
            "text": kernel.say(one),
            "title": titles.get(one.matter, ""),
            "when": words.when(one.created_at),
        }
        for one in found.items
    ]
    return page(request, "desk/notices.html", {"notices": shown, "next": found.next, "here": "-"})


@require_POST
@desk
def notice_open(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Mark a notice as read and go to what it is about."""
    actor = actor_of(request)
    found = Notice.objects.filter(pk=notice_id, account_id=actor.account).first()
    if found is None:
        raise NotVisible(str(notice_id))
    kernel.mark_read(actor, notice_id)
    if found.url and url_has_allowed_host_and_scheme(found.url, allowed_hosts=None):
        return redirect(found.url)
    return redirect("desk:notices")


@require_POST
@desk
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    kernel.mark_read(actor_of(request))
    return redirect("desk:notices")
