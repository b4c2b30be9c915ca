"""On to the next one: from a case that is done with to what stands after it in the list one came from."""

from collections.abc import Callable
from urllib.parse import parse_qsl
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mulin.cases.queries import ORDERS, get_case
from mulin.desk.reading.cases import listed, wanted
from mulin.desk.reading.inbox import Row, inbox
from mulin.kernel import paging, policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import desk
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import clean_number

# As far as one's own inbox is followed: it has no pages, what is done leaves it.
MOST_OWN = 400
# Pages of a list that are looked through: hits of a search have no place that a case could be found at.
MOST_PAGES = 10
Page = tuple[list[Row], str | None]


@require_safe
@desk
def following(request: HttpRequest) -> HttpResponse:
    """The case that stands after `after` in the inbox, or in the filtered list `list`, also on its later
    pages; where that case has left the list, what burns most. At the end it is said, and the list comes."""
    actor = actor_of(request)
    after = clean_number(request.GET.get("after", ""))
    kept = request.GET.get("list", "")
    query = kept.partition("?")[2]
    if kept.startswith("cases") and policy.can_somewhere(actor, "cases.case:view"):
        what = wanted(QueryDict(query))
        home = reverse("desk:cases") + (f"?{what.query()}" if what.query() else "")
        rows = _of_list(actor, query, after)
    else:
        tab = dict(parse_qsl(query)).get("tab", "mine")
        home = reverse("desk:inbox") + (f"?tab={tab}" if tab in ("all", "others") else "")
        rows = _of_tab(actor, tab, after) if tab in ("all", "others") else _of_mine(actor, after)
    left = [row for row in rows if row.number != after]
    if left:
        return redirect(left[0].url)
    messages.info(request, _("这张单子看到底了。") if rows else _("这张单子上没有别的了。"))
    return redirect(home)


def _of_list(actor: Actor, query: str, after: str) -> list[Row]:
    what = wanted(QueryDict(query))

    def pages(cursor: str | None) -> Page:
        found = listed(actor, what, cursor)
        return found.rows, found.next

    return _go_on(pages, after, "" if what.texts.get("q") else _before(actor, what.order, after))


def _of_tab(actor: Actor, tab: str, after: str) -> list[Row]:
    def pages(cursor: str | None) -> Page:
        found = inbox(actor, tab, cursor)
        return found.rows, found.next

    return _go_on(pages, after, _before(actor, "burning", after))


def _of_mine(actor: Actor, after: str) -> list[Row]:
    found = inbox(actor)
    rows = _from(found.rows, after)
    if len(rows) < 2 and found.waiting > len(found.rows):
        rows = _from(inbox(actor, size=MOST_OWN).rows, after)
    return rows or found.rows


def _go_on(pages: Callable[[str | None], Page], after: str, before: str) -> list[Row]:
    """The rows from the case on: from its place in the list, which `before` leads to. Without a place every
    page is looked through. The first page where the case has left the list."""
    first, more = pages(None)
    found = _from(first, after)
    if not found and more and before:
        rows, more = pages(before)
        found = _from(rows, after)
    looked = 1
    while len(found) < 2 and more and (found or not before) and looked < MOST_PAGES:
        rows, more = pages(more)
        found = found + rows if found else _from(rows, after)
        looked += 1
    return found or first


def _from(rows: list[Row], after: str) -> list[Row]:
    """The rows from that case on; none where it does not stand among them."""
    numbers = [row.number for row in rows]
    return rows[numbers.index(after) :] if after in numbers else []


def _before(actor: Actor, order: str, number: str) -> str:
    """The cursor right before a case in a list of that order: a page from there begins with it if it is in
    the list. Before everything where the actor does not see it."""
    try:
        case = get_case(actor, number)
    except NotVisible:
        return paging.encode([])
    beside = UUID(int=case.pk.int + (1 if order == "newest" else -1))
    values = [getattr(case, name.lstrip("-")) for name in ORDERS[order][:-1]]
    return paging.encode([*values, beside])
