"""The journal: read, proved, exported; the heads of its chains."""

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.desk import words
from mulin.desk.admin import jobs, pages
from mulin.desk.admin.access import admin
from mulin.desk.admin.reading import journal as reading
from mulin.kernel import paging
from mulin.kernel.context import actor_of
from mulin.kernel.errors import NotVisible

SEE = admin("kernel.journal:view")
SIZE = 60


@require_safe
@SEE
def journal_page(request: HttpRequest) -> HttpResponse:
    """Lines, newest first, narrowed by code, place, person and period."""
    actor, get = actor_of(request), request.GET
    what = reading.wanted(get)
    found = paging.page(reading.lines(actor, what), order=("-id",), size=SIZE, cursor=get.get("cursor"))
    lines = reading.told(found.items)
    for one in lines:
        one["when"] = words.when(one["entry"].at)
    context = {
        "lines": lines,
        **pages.turning(request, found),
        "is_narrow": what.is_narrow,
        "filters": [
            pages.select("code", _("做了什么"), what.code, reading.code_choices()),
            pages.place("place", _("在哪里"), get.get("place", ""), what.place),
            pages.search("person", _("谁：用户名、手机号或全名"), what.person),
            pages.day("since", _("从哪天"), get.get("since", "")),
            pages.day("until", _("到哪天"), get.get("until", "")),
        ],
        "filter_wrong": what.wrong,
        "clear_url": request.path if get else "",
    }
    return pages.show(request, "journal.html", context, room="journal")


@require_safe
@SEE
def journal_line(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """One line with everything that is hashed."""
    entry = reading.visible(actor_of(request)).filter(pk=entry_id).first()
    if entry is None:
        raise NotVisible(str(entry_id))
    context = {
        "line": reading.told([entry])[0],
        "when": words.when(entry.at),
        "data": json.dumps(entry.data, ensure_ascii=False, indent=2, sort_keys=True),
    }
    return pages.show(request, "journal_line.html", context, room="journal")


@require_safe
@SEE
def chains(request: HttpRequest) -> HttpResponse:
    """The heads of the chains, to be written down or posted elsewhere."""
    return pages.show(request, "chains.html", {"heads": reading.heads(actor_of(request))}, room="journal")


@require_POST
@SEE
def verify(request: HttpRequest) -> HttpResponse:
    """Prove the journal as a job with a result."""
    return redirect("desk:desk_admin:job", jobs.start_verify(actor_of(request)).pk)


@require_POST
@SEE
def export(request: HttpRequest) -> HttpResponse:
    """Write the lines of the filter into a file, as a job."""
    job = jobs.start_export(actor_of(request), request.POST.get("query", "")[:1000])
    return redirect("desk:desk_admin:job", job.pk)
