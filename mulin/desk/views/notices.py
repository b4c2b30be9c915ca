"""What one should know: one's own notices, newest first."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.desk import words
from mulin.desk.reading.inbox import _capped
from mulin.desk.turning import turning
from mulin.kernel import notices as kernel
from mulin.kernel import paging
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import desk
from mulin.kernel.errors import NotVisible
from mulin.kernel.models import Notice
from mulin.kernel.pages import page
from mulin.voices.queries import visible_matters


@require_safe
@desk
def notices(request: HttpRequest) -> HttpResponse:
    """Newest first; unread ones are marked, and one tap leaves only those."""
    actor = actor_of(request)
    is_unread = request.GET.get("unread") == "1"
    rows = Notice.objects.filter(account_id=actor.account, **({"read_at": None} if is_unread else {}))
    found = paging.page(rows, order=("-id",), size=50, cursor=request.GET.get("cursor"))
    titles = dict(
        visible_matters(actor).filter(pk__in={one.matter for one in found.items}).values_list("pk", "title")
    )
    shown = [
        {
            "notice": one,
            "text": kernel.say(one, titles.get(one.matter, "")),
            "icon": words.LINE_ICONS.get(one.code, "circle"),
            "when": words.when(one.created_at),
        }
        for one in found.items
    ]
    context = {
        "notices": shown,
        "turning": turning(request.GET, "unread=1" if is_unread else "", found.next),
        "is_unread": is_unread,
        "tabs": _tabs(actor, is_unread),
        "here": "-",
    }
    return page(request, "desk/notices.html", context)


def _tabs(actor: Actor, is_unread: bool) -> list[dict[str, Any]]:
    url = reverse("desk:notices")
    n = _capped(kernel.unread_count(actor))
    return [
        {"label": _("全部"), "url": url, "current": not is_unread, "count": None},
        {"label": _("未读"), "url": f"{url}?unread=1", "current": is_unread, "count": n},
    ]


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
    messages.success(request, _("都标为已读了，消息还在“全部”里。"))
    return redirect("desk:notices")
