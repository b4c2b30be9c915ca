"""The public register: published matters and nothing else, the same for everyone who asks.

A row holds what was approved and what follows from the case's dates; it never holds who spoke, who handled
it, a building or a door: the place is the estate or the community.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from mulin.cases import states
from mulin.kernel import clock, codes, paging, search
from mulin.kernel.errors import NotVisible
from mulin.kernel.models import Chain
from mulin.kernel.numbers import clean_number, is_number
from mulin.places.models import Site
from mulin.places.queries import full_names, names_of
from mulin.voices.models import Matter, Photo
from mulin.voices.queries import PUBLIC, catalogue, public_matters
from mulin.voices.states import kind_word

ORDER = ("-published_at", "-id")
PAGE_SIZE = 20
SEARCH_LIMIT = 400
SMALL = 5


@dataclass(frozen=True, slots=True)
class Filters:
    """What the register is narrowed by. `place` is a division or an estate; `category` may be a group;
    `state` is open, suspended or closed; the days are those of publication."""

    place: str = ""
    category: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None
    q: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One published matter as everyone sees it. Times are None where there is no such event."""

    id: UUID
    number: str
    title: str
    text: str
    answer: str
    kind: Any
    category: str
    place: str
    place_name: str
    estate: str
    state: Any
    tone: str
    is_open: bool
    came_on: date
    published_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    # From the day it came in to the first contact, and to what was done.
    response_time: timedelta | None
    done_time: timedelta | None
    people: int
    photos: tuple[UUID, ...] = ()
    # A suspended matter is looked at again on this day; why is in `answer` once that was approved.
    review_on: date | None = None


# The list ------------------------------------------------------------------------------------------


def list_entries(filters: Filters, cursor: str | None = None, size: int = PAGE_SIZE) -> paging.Page:
    """A page of entries, the latest published first, in at most ten statements."""
    page = paging.page(_rows(filters), order=ORDER, size=size, cursor=cursor)
    return replace(page, items=_entries(page.items))


def all_entries(filters: Filters, most: int = 20_000, batch: int = 500) -> Iterator[Entry]:
    """Every entry of a filter, for the export; memory stays flat."""
    cursor, given = None, 0
    while given < most:
        page = list_entries(filters, cursor, min(batch, most - given))
        yield from page.items
        given += len(page.items)
        cursor = page.next
        if cursor is None:
            return


def _rows(filters: Filters) -> QuerySet[Matter]:
    """Published matters of a filter."""
    place = filters.place if codes.is_valid(filters.place) else ""
    rows = public_matters("" if "-" in place else place).order_by()
    if "-" in place:
        inside = Site.objects.filter(estate=place, kind="building").values("code")
        rows = rows.filter(place=place[:12], building__in=inside)
    if filters.category:
        rows = rows.filter(category__in=catalogue().under(filters.category))
    if filters.state in {"open", "closed"}:
        rows = rows.filter(is_open=filters.state == "open")
    if filters.state == "suspended":
        rows = rows.filter(is_open=True, case__state="suspended")
    if filters.since:
        rows = rows.filter(published_at__gte=clock.midnight(filters.since))
    if filters.until:
        rows = rows.filter(published_at__lt=clock.midnight(filters.until) + timedelta(days=1))
    if filters.q.strip():
        rows = _found(rows, filters.q, place)
    return rows.select_related("case")


def _found(rows: QuerySet[Matter], q: str, place: str) -> QuerySet[Matter]:
    """Rows whose published words hold all words of the query, or the one with that number."""
    number = clean_number(q)
    if is_number(number):
        return rows.filter(number=number)
    hits = search.find("public", q, places=[place[:12]] if place else [], limit=SEARCH_LIMIT)
    return rows.filter(pk__in=[matter for _row, matter in hits])


def _entries(matters: list[Matter]) -> list[Entry]:
    """Entries with names and photos, in five statements for any number of matters."""
    buildings = {m.building for m in matters if m.building}
    estates = dict(Site.objects.filter(code__in=buildings).exclude(estate="").values_list("code", "estate"))
    names = names_of({m.place for m in matters} | set(estates.values()))
    photos: dict[UUID, list[UUID]] = {}
    approved = Photo.objects.filter(matter__in=[m.id for m in matters], is_approved=True).order_by("id")
    for matter, photo in approved.values_list("matter_id", "id"):
        photos.setdefault(matter, []).append(photo)
    return [_entry(m, names, estates.get(m.building, ""), photos.get(m.id, [])) for m in matters]


def _entry(matter: Matter, names: dict[str, str], estate: str, photos: list[UUID]) -> Entry:
    case = getattr(matter, "case", None)
    state, tone = _state(matter, case)
    came = matter.created_at
    responded, done = (case.responded_at, case.done_at) if case else (matter.decided_at, matter.decided_at)
    return Entry(
        id=matter.id,
        number=matter.number,
        title=matter.public_title,
        text=matter.public_text,
        answer=matter.public_answer,
        kind=kind_word(matter.kind),
        category=catalogue().name(matter.category) if matter.category else "",
        place=matter.place,
        place_name=names.get(matter.place, matter.place),
        estate=names.get(estate, "") if estate else "",
        state=state,
        tone=tone,
        is_open=matter.is_open,
        came_on=clock.day_of(came),
        published_at=matter.published_at,
        answered_at=done if matter.public_answer else None,
        closed_at=matter.closed_at,
        response_time=responded - came if responded else None,
        done_time=done - came if done else None,
        people=matter.voices_count + matter.me_too_count,
        photos=tuple(photos),
        review_on=case.review_on if case and case.state == "suspended" else None,
    )


# Ordinary states carry no colour: only what is held up, what comes back and what is done.
STATE_TONES = {
    "suspended": "wait", "reopened": "wait", "done": "done", "confirmed": "done", "closed": "done",
}  # fmt: skip


def _state(matter: Matter, case: Any) -> tuple[Any, str]:
    """The state as a neighbour would say it, with the tone of its badge."""
    if case is not None:
        return case_word(case.state), STATE_TONES.get(case.state, "")
    if matter.decision:
        return (_("接了"), "done") if matter.decision == "accepted" else (_("暂时做不到，已说明原因"), "")
    return (_("已收到"), "") if matter.is_open else (_("办结"), "done")


def case_word(state: str) -> Any:
    """The state of a case as everyone reads it: "请您确认" is said to the one who asked, and what cannot be
    done for now is not called work in hand."""
    return {
        "done": _("办完了，等反映的人确认"),
        "confirmed": _("反映的人说解决了"),
        "suspended": _("挂账，暂时办不了"),
    }.get(state) or states.neighbour_label(state)


# One matter ----------------------------------------------------------------------------------------


def get_entry(number: str) -> Entry:
    """One published matter, or NotVisible (404): the same answer for what is not published as for what never
    was."""
    rows = Matter.objects.filter(PUBLIC).select_related("case")
    matter = rows.filter(number=clean_number(number)).first()
    if matter is None:
        raise NotVisible(number)
    return _entries([matter])[0]


# Where ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spot:
    """How many published matters lie in an estate or, without one, in a community. WGS-84."""

    code: str
    name: str
    n: int
    lon: float | None
    lat: float | None


def spots(filters: Filters, most: int = 1000) -> list[Spot]:
    """The matters of a filter gathered by estate or community, in at most six statements."""
    counted = _rows(filters).select_related(None).values("place", "building").annotate(n=Count("id"))
    rows = list(counted.order_by("-n", "place", "building")[: most * 4])
    buildings = {row["building"] for row in rows if row["building"]}
    estates = dict(Site.objects.filter(code__in=buildings).exclude(estate="").values_list("code", "estate"))
    total: Counter[str] = Counter()
    for row in rows:
        total[estates.get(row["building"], row["place"])] += row["n"]
    chosen = [code for code, _n in total.most_common(most)]
    names, where = names_of(chosen), _positions(chosen)
    return [Spot(code, names[code], total[code], *where.get(code, (None, None))) for code in chosen]


def _positions(chosen: list[str]) -> dict[str, tuple[float, float]]:
    """Where estates stand; a community is put amid its estates and buildings."""
    found = {}
    estates = [code for code in chosen if "-" in code]
    rows = Site.objects.filter(
        Q(code__in=estates) | Q(estate__in=estates), lon__isnull=False, lat__isnull=False
    )
    points: dict[str, list[tuple[float, float]]] = {}
    for code, estate, lon, lat in rows.values_list("code", "estate", "lon", "lat"):
        if code in estates:
            found[code] = (lon, lat)
        else:
            points.setdefault(estate, []).append((lon, lat))
    divisions = [code for code in chosen if "-" not in code]
    there = Site.objects.filter(community__in=divisions, lon__isnull=False, lat__isnull=False)
    for community, lon, lat in there.values_list("community", "lon", "lat"):
        points.setdefault(community, []).append((lon, lat))
    for code, known in points.items():
        if code not in found:
            found[code] = tuple(round(sum(axis) / len(known), 6) for axis in zip(*known, strict=True))
    return found


# What is not in the register -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unshown:
    """Matters that are not in the register, for one reason or for several counted together. `n` is None where
    there are one to four in all."""

    reasons: tuple[str, ...]
    n: int | None


# The order in which reasons are told.
REASONS = ("waiting", "hidden", "tip_off", "major", "by_rule")


def unshown(place: str) -> list[Unshown] | None:
    """How many matters of a community are not in the register, by reason. None for larger places: with the
    figures of a street, those of its last community could be worked out by subtraction."""
    if not codes.is_valid(place) or codes.level(place) < codes.Level.COMMUNITY:
        return None
    rows = Matter.objects.filter(place=place[:12], merged_into=None).order_by()
    counted: Counter[str] = Counter()
    by_column = rows.values_list("publication", "restriction").annotate(n=Count("id"))
    names = {"asked": "waiting", "hidden": "hidden", "never": "by_rule"}
    for publication, restriction, n in by_column:
        reason = restriction if restriction in REASONS else names.get(publication, "")
        if reason:
            counted[reason] += n
    return together({reason: counted[reason] for reason in REASONS if counted[reason]})


def together(counted: dict[str, int], least: int = SMALL) -> list[Unshown]:
    """Figures of which none is small, even for somebody who knows their sum: reasons with fewer than `least`
    are counted together with the next larger ones, and which share is whose is not told."""
    small = [reason for reason, n in counted.items() if n < least]
    large = sorted((n, reason) for reason, n in counted.items() if n >= least)
    while small and large and (len(small) < 2 or sum(counted[one] for one in small) < least):
        small.append(large.pop(0)[1])
    alone = {reason for _n, reason in large}
    shown = [Unshown((reason,), counted[reason]) for reason in counted if reason in alone]
    if small:
        total = sum(counted[one] for one in small)
        ordered = tuple(reason for reason in counted if reason in small)
        shown.append(Unshown(ordered, total if total >= least and len(ordered) > 1 else None))
    return shown


# The heads of the journal --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Head:
    """The last hash of a chain: who keeps it can prove later that nothing before it was changed."""

    key: str
    name: str
    seq: int
    head: str
    algorithm: str


def heads(cursor: str | None = None, size: int = 200, place: str = "") -> paging.Page:
    """A page of chain heads by key; with a place, of the chains in it."""
    rows = Chain.objects.all()
    if codes.is_valid(place):
        low, high = codes.bounds(place)
        rows = rows.filter(key__gte=low, key__lt=high)
    page = paging.page(rows, order=("key",), size=size, cursor=cursor)
    return replace(page, items=_heads(page.items))


def _heads(chains: list[Chain]) -> list[Head]:
    from mulin.people.models import Organisation

    units = [key[4:] for key in (c.key for c in chains) if key.startswith("org:")]
    names = {
        f"org:{pk}": name for pk, name in Organisation.objects.filter(pk__in=units).values_list("pk", "name")
    }
    names |= full_names(c.key for c in chains if codes.is_valid(c.key))
    names["system"] = _("全站")
    return [Head(c.key, names.get(c.key, c.key), c.seq, c.head, c.algorithm) for c in chains]
