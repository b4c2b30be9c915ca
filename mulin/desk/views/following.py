"""On to the next one: from a case that is done with to what stands after it in the list one came from."""

from urllib.parse import parse_qsl

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mulin.desk.access import desk
from mulin.desk.reading.cases import listed, wanted
from mulin.desk.reading.inbox import Row, inbox
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.numbers import clean_number


@require_safe
@desk
def following(request: HttpRequest) -> HttpResponse:
    """The case that stands after `after` in the inbox, or in the filtered list `list`; where that case has
    left the list, what burns most. With nothing left, the list itself."""
    actor = actor_of(request)
    after = clean_number(request.GET.get("after", ""))
    kept = request.GET.get("list", "")
    if kept.startswith("cases") and policy.can_somewhere(actor, "cases.case:view"):
        rows, home = _of_list(actor, kept)
    else:
        tab = dict(parse_qsl(kept.partition("?")[2])).get("tab", "")
        rows, home = inbox(actor, tab).rows, reverse("desk:inbox")
    if found := _next(rows, after):
        return redirect(found.url)
    messages.info(request, _("这张单子上没有别的了。"))
    return redirect(home)


def _of_list(actor: Actor, kept: str) -> tuple[list[Row], str]:
    what = wanted(QueryDict(kept.partition("?")[2]))
    cursor = dict(parse_qsl(kept.partition("?")[2])).get("cursor")
    home = reverse("desk:cases") + (f"?{what.query()}" if what.query() else "")
    return listed(actor, what, cursor).rows, home


def _next(rows: list[Row], after: str) -> Row | None:
    numbers = [row.number for row in rows]
    at = numbers.index(after) + 1 if after in numbers else 0
    left = [row for row in (*rows[at:], *rows[:at]) if row.number != after]
    return left[0] if left else None
