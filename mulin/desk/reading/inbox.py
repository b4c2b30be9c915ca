"""The inbox: everything that waits for the actor, from all modules, in one order; and what waits for others.

Order: danger to life, then overdue, then due soonest, then age. Three tabs, each in a few statements however
much history there is.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mulin.cases import states
from mulin.cases.models import Case
from mulin.cases.queries import elsewhere, list_cases, visible_cases
from mulin.desk import words
from mulin.kernel import db, registry, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.registry import InboxItem
from mulin.places.queries import names_of
from mulin.voices.categories import catalogue
from mulin.voices.understanding import mask_for_staff

SIZE = 50
MOST_COUNTED = 99
# Of one's own nobody turns further than this: every page reads all before it.
MOST_BEFORE = 1000
TABS = ("mine", "all", "others")
WAIT_ICONS = {
    "acknowledge": "bell",
    "approve": "people",
    "decide-exclusion": "people",
    "decide-objection": "return",
    "answer-whistle": "whistle",
    "accept": "inbox",
    "dispatch": "send",
    "start": "play",
    "finish": "settings",
    "call-back": "phone",
    "close": "check",
    "resume": "calendar",
    "wish": "wish",
    "need": "heart",
    "proposal": "arrow-up",
    "topic": "chat",
    "meeting": "calendar",
    "statements": "voice",
    "vote": "vote",
    "roster": "list",
    "challenge": "question",
    "concern": "question",
    "option": "list",
    "resolution": "document",
    "work": "check",
}

# What comes after the work: nobody is in danger any more.
HARMLESS = frozenset({"call-back", "close"})


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list at the desk, ready for its template."""

    url: str
    number: str
    title: str
    state: dict[str, Any]
    clock: dict[str, Any] | None
    meta: tuple[str, ...] = ()
    danger: bool = False
    current: bool = False


@dataclass(frozen=True, slots=True)
class Inbox:
    """One tab of the inbox: its rows, the cursor of its next page, and how many there are in each tab."""

    tab: str
    rows: list[Row]
    next: str | None
    counts: dict[str, str]
    waiting: int = 0


def inbox(
    actor: Actor, tab: str = "mine", cursor: str | None = None, current: str = "", size: int = SIZE
) -> Inbox:
    """A tab of the actor's inbox. Counts stop at 99, so that they never become a scan. `size`: how many of
    one's own are shown; their cursor is how many stand before the page."""
    tab = tab if tab in TABS else "mine"
    before = min(int(cursor), MOST_BEFORE) if tab == "mine" and cursor and cursor.isdecimal() else 0
    items, waiting = _items(actor, before + size)
    following = None
    if tab == "mine":
        rows = _item_rows(items[before : before + size], current)
        following = str(before + size) if waiting > before + size <= MOST_BEFORE else None
    else:
        page = list_cases(actor, order="burning", cursor=cursor, size=SIZE, elsewhere=tab == "others")
        mine = {item.facts.get("number") for item in items} if tab == "others" else set()
        query = urlencode({"list": f"inbox?tab={tab}"})
        rows = [case_row(case, current, query) for case in page.items if case.number not in mine]
        following = page.next
    counts = {"mine": _capped(waiting)}
    others = _open(actor, items)
    if not cursor and following is None and tab in others:
        del others[tab]  # it stands whole on the page
        counts[tab] = _capped(len(rows))
    up_to = [found.order_by()[: MOST_COUNTED + 1] for found in others.values()]
    counts |= {name: _capped(n) for name, n in zip(others, db.counts(*up_to), strict=True)}
    return Inbox(tab, rows, following, counts, waiting)


def _open(actor: Actor, items: list[InboxItem]) -> dict[str, QuerySet[Case]]:
    """What the other two tabs hold, only for being counted up to 99."""
    cases = visible_cases(actor, only_open=True)
    mine = [item.facts["number"] for item in items if "number" in item.facts]
    return {"all": cases, "others": cases.filter(elsewhere(actor)).exclude(number__in=mine)}


def _capped(n: int) -> str:
    return f"{MOST_COUNTED}+" if n > MOST_COUNTED else str(n)


def _items(actor: Actor, size: int = SIZE) -> tuple[list[InboxItem], int]:
    """What all modules say waits for the actor, in order, and how many things that is."""
    found, total = waiting.items(registry.collect("inbox"), actor, size)
    return sorted(found, key=_burning), total


def _burning(item: InboxItem) -> tuple:
    due = item.due_at.timestamp() if item.due_at else float("inf")
    danger = 0 if item.facts.get("waits") in HARMLESS else item.danger
    return -danger, due, item.since.timestamp() if item.since else float("inf"), item.key


def _item_rows(items: list[InboxItem], current: str) -> list[Row]:
    names = names_of(code for item in items for code in (item.facts.get("site"), item.place) if code)
    known = catalogue()
    language = get_language() or "zh-hans"
    rows = []
    for item in items:
        danger = item.danger >= 2 and item.facts.get("waits") not in HARMLESS
        waits = item.facts.get("waits", "")
        back_again = waits == "accept" and item.facts.get("state") == "reopened"
        state = {
            # The same word as on the case's own page: it was here before.
            "label": states.label("reopened") if back_again else item.kind,
            "icon": "flame" if danger else "refresh" if back_again else WAIT_ICONS.get(waits, "circle"),
            "tone": "urgent" if danger else "",
            "seal": danger,
            "code": waits,
        }
        number = item.facts.get("number", "")
        rows.append(
            Row(
                url=item.url,
                number=number,
                title=_title(item, names),
                state=state,
                clock=words.item_clock(item, language),
                meta=_item_meta(item, names, known),
                danger=danger,
                current=bool(number) and number == current,
            )
        )
    return rows


def _title(item: InboxItem, names: dict[str, str]) -> str:
    """A door says little without its building."""
    building = names.get(item.facts.get("site", ""), "") if item.facts.get("is_door") else ""
    return f"{building} {item.title}".strip()


def _item_meta(item: InboxItem, names: dict[str, str], known: Any) -> tuple[str, ...]:
    """Where exactly and what of: the community alone would be the same on every line."""
    category = item.facts.get("category", "")
    near = names.get(item.facts.get("site", ""), "") or names.get(item.place, "")
    return (
        _spot(near, item.facts.get("address", "")),
        known.name(category) if category else "",
        "" if item.due_at else words.when(item.since),
    )


def _spot(near: str, address: str) -> str:
    """A door on the rounds is found by what its people wrote, where that says more than the building."""
    if not address or address in near:
        return near
    said = mask_for_staff(address)
    return said if near in said else f"{near} {said}"


def case_row(case: Any, current: str = "", query: str = "") -> Row:
    """A decorated case as a line of a list; `query` keeps the list beside the case."""
    danger = case.urgency >= 2 and case.is_open and case.state != "done"
    state = words.state_badge(case.state, case.state_label)
    if danger:
        state = {**state, "icon": "flame", "tone": "urgent", "seal": True}
    return Row(
        url=reverse("desk:case", args=[case.number]) + (f"?{query}" if query else ""),
        number=case.number,
        title=case.title,
        state=state,
        clock=words.due_clock(case),
        meta=(
            case.building_name or case.grid_name or case.place_name,
            case.category_name,
            case.lead.name if case.lead else "",
        ),
        danger=danger,
        current=case.number == current,
    )


def tabs(found: Inbox) -> list[dict[str, Any]]:
    """The three tabs with their counts, for the part of that name."""
    titles = {"mine": _("我的待办"), "all": _("大家的"), "others": _("等别人")}
    url = reverse("desk:inbox")
    return [
        {
            "label": title,
            "url": url if name == "mine" else f"{url}?tab={name}",
            "current": name == found.tab,
            "count": found.counts[name],
        }
        for name, title in titles.items()
    ]
