"""The sealed journal, line by line, for auditors: what a copy outside needs to verify the chains itself."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _n
from ninja import Router

from mulin.doors.api import schemas
from mulin.doors.api.answers import answer
from mulin.doors.api.common import Limit, Next, is_count, own_cursor
from mulin.doors.api.openapi import documented
from mulin.kernel import paging, registry
from mulin.kernel.models import Entry
from mulin.kernel.policy import Fields, can_somewhere, require, visible
from mulin.voices.models import Matter

router = Router(tags=["journal"])
VIEW = "kernel.journal:view"


@router.get(
    "/journal",
    url_name="journal",
    operation_id="read-journal",
    summary=_n("按封存顺序读日志"),
    response=documented(schemas.Listing[schemas.EntryOut], 400, 403, 422),
)
def listing(request: HttpRequest, limit: Limit = 50, cursor: Next = None) -> HttpResponse:
    if not can_somewhere(request.actor, VIEW):
        require(request.actor, VIEW, "")
    hidden = [code for code, s in registry.sentences().items() if s.audience == registry.RESTRICTED]
    rows = Entry.objects.filter(visible(request.actor, VIEW, Fields()), position__isnull=False)
    rows = rows.exclude(code__in=hidden)
    restricted = Matter.objects.exclude(restriction="").values("pk")
    rows = rows.filter(Q(matter=None) | ~Q(matter__in=restricted))
    page = paging.page(rows, order=("position",), size=limit, cursor=own_cursor(cursor, is_count))
    return answer({"items": [line(entry) for entry in page.items], "next": page.next})


def line(entry: Entry) -> dict[str, object]:
    names = (
        "id", "position", "at", "code", "actor", "actor_kind", "org", "place", "subject", "matter", "data",
        "chain", "seq", "hash",
    )  # fmt: skip
    return {name: getattr(entry, name) for name in names} | {
        "at": entry.at.isoformat(timespec="microseconds")
    }
