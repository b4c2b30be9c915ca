"""Reads of cases: visible ones, one, lists by keyset, search, rows for export.

A list of any size of history costs at most ten statements. Whole districts are walked along the index of
the order and filtered by place; a single community is read straight from its own index.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import DateField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat, NullIf
from django.utils.translation import gettext as _

from mulin.cases import base, classes, clocks, states
from mulin.cases.base import visible_cases
from mulin.cases.models import Case
from mulin.kernel import clock, codes, paging, policy, search
from mulin.kernel.actors import Actor
from mulin.kernel.db import is_postgres, one_of
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import clean_number, is_number
from mulin.people.models import Organisation
from mulin.places.models import Division, Site
from mulin.voices.states import SEVERITY_WORDS, kind_word

ORDERS = {"burning": ("-urgency", "due_at", "id"), "newest": ("-id",)}
PAGE_SIZE = 50
# What a row of a list shows of others.
SHOWN = ("matter", "lead", "handler")
# How many of the newest texts a search walks before it asks the index, in page sizes: where nearly every
# hit is shown, and where a filter or a unit's share leaves most of them out.
WALKED, WALKED_NARROWED = 200, 400
# Up to how many open cases are looked at one by one for a word, instead of all that hold it.
FEW = 1000


def get_case(actor: Actor, number: str, also: tuple[str, ...] = ()) -> Case:
    """One case by its own number or a voice's, or NotVisible (404). `also`: more relations to load."""
    number = clean_number(number)
    rows = visible_cases(actor).select_related(*SHOWN, *also)
    case = rows.filter(number=number).first() or rows.filter(matter__voices__number=number).first()
    if case is None:
        raise NotVisible(number)
    return case


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed by. Empty means everything that the actor may see."""

    place: str = ""
    state: str = ""
    category: str = ""
    severity: str = ""
    kind: str = ""
    overdue: bool | None = None
    suspended: bool | None = None
    is_open: bool | None = None
    mine: bool = False
    elsewhere: bool = False
    org: str | UUID | None = None
    q: str = ""
    since: date | None = None
    until: date | None = None


def list_cases(
    actor: Actor,
    *,
    order: str = "burning",
    cursor: str | None = None,
    size: int = PAGE_SIZE,
    **filters: Any,
) -> paging.Page:
    """A page of cases with everything that a row shows, in at most ten statements.

    Filters as in `Filters`; `place` is a division, grid or building, `state` may hold several joined by
    commas, `category` may be a group, `elsewhere` is what waits for others. `order`: burning (danger to life,
    then overdue, then due soonest, then age) or newest. Without a state, burning lists open cases only.
    Rows are cases with `place_name`, `grid_name`, `category_name`, `state_label`, `state_tone`,
    `kind_label`, `due_words`, `is_overdue`, and lead, handler and matter loaded.
    """
    wanted = Filters(**{key: value for key, value in filters.items() if value is not None})
    size = max(1, min(int(size), 200))
    if wanted.q.strip():
        page = _search(actor, wanted, cursor, size)
    else:
        order = order if order in ORDERS else "burning"
        branches = _branches(actor) if order == "newest" else ()
        rows = _rows(actor, wanted, order, is_branched=bool(branches))
        page = paging.page(
            rows,
            order=ORDERS[order],
            size=size,
            cursor=cursor,
            branches=branches,
            shown=Case.objects.select_related(*SHOWN).annotate(first_limit=clocks.first_limit()),
        )
    return replace(page, items=decorate(page.items))


def _rows(actor: Actor, wanted: Filters, order: str, *, is_branched: bool = False) -> QuerySet[Case]:
    asked = set(wanted.state.split(",")) if wanted.state else set()
    if (order == "burning" and wanted.is_open is None and asked <= states.OPEN) or _is_open(wanted):
        wanted = replace(wanted, is_open=True)
    wanted = replace(wanted, place=wanted.place or _only_community(actor))
    walk = not (wanted.org or wanted.mine) and _is_wide(actor, wanted.place)
    rows = visible_cases(actor, walk=walk, only_open=wanted.is_open is True, is_branched=is_branched)
    if walk and not is_postgres() and wanted.category:
        # A group of categories would be several ranges, sorted together; one category has its own order.
        rows = rows.alias(category_walked=base.Unindexed(F("category")))
    state = "state"
    if is_branched and is_postgres() and wanted.is_open:
        # What a unit leads now is little. PostgreSQL does not see that nearly every case in hand is an open
        # one, expects a few hundred of them in a city, and would read the thousands there are.
        rows, state = rows.alias(state_beside=Concat("state", Value(""))), "state_beside"
    rows = rows.filter(_condition(actor, wanted, walk=walk, state=state))
    if wanted.place:
        rows = _in_place(rows, wanted.place, walk=walk)
    return rows


def _branches(actor: Actor) -> tuple[Q, ...]:
    """For whoever sees cases through units alone: what each of them leads, and what they were called to.
    A unit's whole history would be sorted for one page otherwise."""
    scopes = policy.scopes(actor, "cases.case:view")
    if not scopes or any(scope.kind != "unit" for scope in scopes):
        return ()
    units = sorted({org for scope in scopes for org in scope.ids})
    return (*(Q(lead=org) for org in units), one_of("pk", base.called(units)))


def _only_community(actor: Actor) -> str:
    """The one community that all of an actor's posts let them see, if it is like that: then its own index
    is read. Empty otherwise, also for whoever sees more through a unit."""
    scopes = policy.scopes(actor, "cases.case:view")
    found = {scope.low for scope in scopes if scope.kind == "range" and codes.level(scope.low) >= 12}
    return found.pop() if len(found) == 1 and all(scope.kind == "range" for scope in scopes) else ""


def _is_wide(actor: Actor, place: str) -> bool:
    """Whether a list spans many communities: below that, the index of the place is the better one."""
    if place:
        return codes.is_valid(place) and codes.level(place) < codes.Level.COMMUNITY
    return any(
        scope.kind == "all" or (scope.kind == "range" and codes.level(scope.low) < codes.Level.COMMUNITY)
        for scope in policy.scopes(actor, "cases.case:view")
    )


def _in_place(rows: QuerySet[Case], place: str, *, walk: bool) -> QuerySet[Case]:
    if not codes.is_valid(place):
        return rows.none()
    code = codes.parse(place)
    if code.serial is not None:
        letter = place[13:14]
        if letter == "E":
            return rows.filter(building__in=Site.objects.filter(estate=place, kind="building").values("code"))
        return rows.filter(**{"building" if letter == "B" else "grid": place})
    low, high = codes.bounds(place)
    if code.level >= 12:
        return rows.filter(place=place)
    if walk and not is_postgres():
        return rows.filter(place_walked__gte=low, place_walked__lt=high)
    return rows.filter(place__gte=low, place__lt=high)


def _condition(actor: Actor, wanted: Filters, *, walk: bool = False, state: str = "state") -> Q:
    found = Q()
    if wanted.state:
        asked = wanted.state.split(",")
        found &= Q(**{state: asked[0]}) if len(asked) == 1 else Q(**{f"{state}__in": asked})
    if wanted.category:
        found &= _in_category(wanted.category, walk=walk)
    for name in ("severity", "kind"):
        if getattr(wanted, name):
            found &= Q(**{name: getattr(wanted, name)})
    if wanted.is_open is not None:
        found &= Q(is_open=wanted.is_open)
    if wanted.overdue is not None:
        found &= overdue(clock.now()) if wanted.overdue else ~overdue(clock.now())
    if wanted.suspended is not None:
        found &= Q(state="suspended") if wanted.suspended else ~Q(state="suspended")
    return found & _of_whom(actor, wanted) & _between(wanted)


def _of_whom(actor: Actor, wanted: Filters) -> Q:
    found = _mine(actor) if wanted.mine else Q()
    if wanted.elsewhere:
        found &= elsewhere(actor)
    return found & _of_org(wanted.org) if wanted.org else found


def _in_category(category: str, *, walk: bool) -> Q:
    inside = classes.under(category)
    if len(inside) == 1:
        return Q(category=inside[0])
    return Q(category_walked__in=inside) if walk and not is_postgres() else Q(category__in=inside)


def _mine(actor: Actor) -> Q:
    """What I handle, and what my units lead or were called to."""
    units = list(actor.orgs)
    return Q(handler=actor.account) | Q(lead__in=units) | one_of("pk", base.called(units))


def elsewhere(actor: Actor) -> Q:
    """Whose next word is somebody else's: another unit's, the resident's, a second person's."""
    at_unit = Q(state__in=states.AT_UNIT) & ~Q(handler=actor.account)
    if actor.orgs:
        at_unit &= Q(lead=None) | ~Q(lead__in=list(actor.orgs))
    return at_unit | Q(state__in=("done", "suspended", "returned")) | Q(pending__by=str(actor.account))


def _of_org(org: str | UUID) -> Q:
    try:
        org = UUID(str(org))
    except ValueError:
        return Q(pk__in=[])
    return Q(lead=org) | one_of("pk", base.called([org]))


def _between(wanted: Filters) -> Q:
    found = Q()
    if wanted.since:
        found &= Q(opened_on__gte=wanted.since)
    if wanted.until:
        found &= Q(opened_on__lte=wanted.until)
    return found


def overdue(moment: datetime) -> Q:
    """Open cases whose first clock is over. Waiting for the resident or suspended is not overdue."""
    return Q(is_open=True, due_at__lt=moment) & ~Q(state__in=("done", "suspended"))


def _search(actor: Actor, wanted: Filters, cursor: str | None, size: int) -> paging.Page:
    """Cases whose matter holds all the words, newest first; a number finds its case at once."""
    words, number = wanted.q, clean_number(wanted.q)
    branches = _branches(actor)
    is_branched = bool(branches)
    wanted = replace(wanted, q="")
    rows = _rows(actor, wanted, "newest", is_branched=is_branched).select_related(*SHOWN)
    if is_number(number):
        hit = rows.filter(Q(number=number) | Q(matter__voices__number=number)).distinct()
        return paging.Page(list(hit.annotate(first_limit=clocks.first_limit())[:size]), None)
    values = paging.decode(cursor) if cursor else None
    before = values[0] if values and type(values[0]) is int and 0 < values[0] < 2**62 else None
    is_narrowed = is_branched or replace(wanted, place="") != Filters()
    where = {
        "few": FEW if _is_open(wanted) else 0,
        "branches": branches,
        "places": _searched(actor, wanted.place),
        "before": before,
        "window": size * (WALKED_NARROWED if is_narrowed else WALKED),
    }
    found, older = search.among(rows.values("matter_id"), "matter", words, size=size, **where)
    rows = rows.filter(matter_id__in=found).annotate(first_limit=clocks.first_limit())
    cases = {case.matter_id: case for case in rows}
    items = [cases[matter] for matter in found if matter in cases]
    return paging.Page(items, paging.encode([older]) if older else None)


def _is_open(wanted: Filters) -> bool:
    """Whether only open cases are asked for, by whatever filter."""
    if wanted.is_open is not None:
        return wanted.is_open
    asked = set(wanted.state.split(",")) if wanted.state else set()
    return bool(wanted.overdue or wanted.suspended or (asked and asked <= states.OPEN))


def _searched(actor: Actor, place: str) -> list[str]:
    """Places that hold every case of a search, or none for anywhere: what the actor sees of the place asked
    for, so that a search in a city is narrowed by the index itself. Where the two have nothing in common the
    rows are none."""
    seen = _seen_places(actor)
    if not codes.is_valid(place):
        return seen
    if not seen or any(codes.contains(one, place) for one in seen):
        return [place]
    return [one for one in seen if codes.contains(place, one)] or [place]


def _seen_places(actor: Actor) -> list[str]:
    """Places that hold every case the actor may see, or none for anywhere. A unit's cases lie in its own
    district."""
    scopes = [scope for need in base.VIEW.values() for scope in policy.scopes(actor, need)]
    if any(scope.kind in {"all", "building"} for scope in scopes):
        return []
    found = {scope.low[:12] for scope in scopes if scope.kind in {"range", "grid"}}
    units = {org for scope in scopes if scope.kind == "unit" for org in scope.ids}
    if units:
        homes = Organisation.objects.filter(pk__in=units).values_list("place", flat=True)
        found |= {codes.district(home) or home[:12] for home in homes}
    return sorted(found)


def place_names(wanted: set[str]) -> dict[str, str]:
    """Short names of divisions and sites, in one statement."""
    wanted = {code for code in wanted if code}
    if not wanted:
        return {}
    divisions = Division.objects.filter(code__in=wanted, system="nbs").annotate(
        shown=Coalesce(NullIf(F("short_name"), Value("")), F("name")), rank=F("valid_from")
    )
    never = Value(None, output_field=DateField())
    sites = Site.objects.filter(code__in=wanted).annotate(shown=F("name"), rank=never)
    columns = ("code", "shown", "rank")
    rows = divisions.values_list(*columns).union(sites.values_list(*columns), all=True)
    # A code that was given out again: the name of its latest holder.
    return {code: shown for code, shown, _rank in sorted(rows, key=lambda row: str(row[2] or ""))}


def decorate(cases: list[Case]) -> list[Case]:
    """Give rows their words, in two statements for all of them."""
    wanted = {code for case in cases for code in (case.place, case.grid, case.building)}
    names = place_names(wanted)
    moment = clock.now()
    for case in cases:
        case.place_name = names.get(case.place, case.place)
        case.grid_name = names.get(case.grid, "")
        case.building_name = names.get(case.building, "")
        case.category_name = classes.name(case.category)
        case.kind_label = kind_word(case.kind)
        case.state_label = states.label(case.state)
        case.state_tone = states.tone(case.state)
        case.due_words = clocks.due_words(case)
        case.is_overdue = case.is_open and case.due_at < moment and case.state not in {"done", "suspended"}
    return cases


def export_head() -> tuple[str, ...]:
    """The header of an export in the current language."""
    return (
        _("编号"),
        _("标题"),
        _("类型"),
        _("类别"),
        _("大小事"),
        _("社区"),
        _("网格"),
        _("状态"),
        _("办结情况"),
        _("牵头单位"),
        _("经办人"),
        _("受理日期"),
        _("到期"),
        _("完成日期"),
        _("办结日期"),
        _("重新办理次数"),
        _("几条诉求"),
    )


def export_rows(actor: Actor, **filters: Any) -> Iterator[tuple]:
    """Every row of a list for Excel, header first; flat in memory. No contact, no text of a resident."""
    yield export_head()
    cursor: str | None = None
    while True:
        page = list_cases(actor, order="newest", cursor=cursor, size=200, **filters)
        for case in page.items:
            yield _export_row(case)
        cursor = page.next
        if cursor is None:
            return


def _export_row(case: Case) -> tuple:
    return (
        case.number,
        case.title,
        str(case.kind_label),
        case.category_name,
        str(SEVERITY_WORDS[case.severity]),
        case.place_name,
        case.grid_name,
        str(case.state_label),
        str(states.OUTCOMES.get(case.outcome, "")),
        case.lead.name if case.lead else "",
        str(case.handler) if case.handler else "",
        case.opened_on,
        _moment(case.due_at) if case.is_open and case.due_at < clocks.NEVER else None,
        _moment(case.done_at),
        _moment(case.closed_at),
        case.reopened_count,
        case.matter.voices_count,
    )


def _moment(value: datetime | None) -> datetime | None:
    """Local and without a zone, as spreadsheets want it."""
    return value.astimezone(clock.zone()).replace(tzinfo=None, microsecond=0) if value else None
