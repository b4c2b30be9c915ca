"""The list of cases: its filters as a query string, its rows, what else the page offers."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from mulin.cases import classes, states
from mulin.cases.queries import list_cases
from mulin.desk import pickers
from mulin.desk.reading.inbox import Row, case_row
from mulin.desk.words import STATE_TONES
from mulin.kernel import clock, codes, paging, search
from mulin.kernel.actors import Actor
from mulin.voices.states import ASKING, KIND_WORDS, SEVERITY_WORDS
from mulin.voices.understanding import mask_for_staff

PERIODS = {
    "today": pgettext_lazy("desk", "今天"),
    "week": gettext_lazy("这一周"),
    "month": gettext_lazy("这个月"),
    "quarter": gettext_lazy("近三个月"),
}
ORDERS = {"burning": gettext_lazy("先急后缓"), "newest": gettext_lazy("新的在前")}
FLAGS = {
    "mine": gettext_lazy("我的"),
    "overdue": gettext_lazy("超期"),
    "suspended": gettext_lazy("挂账"),
    "ended": pgettext_lazy("desk", "已结束"),
}
TEXTS = ("q", "place", "state", "category", "kind", "severity", "org", "period", "order")
MOST_PINS = 500
WORST_FIRST = ("urgent", "wait", "", "done")
MOST_PRINTED = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed by, as it stands in the address."""

    texts: dict[str, str]
    flags: frozenset[str]
    since: date | None = None
    until: date | None = None

    @property
    def order(self) -> str:
        is_newest = self.is_search or self.texts.get("order") == "newest" or "ended" in self.flags
        return "newest" if is_newest else "burning"

    @property
    def is_search(self) -> bool:
        """What was said last comes first, whatever order was chosen before."""
        return bool(self.texts.get("q", "").strip())

    @property
    def is_too_short(self) -> bool:
        return search.is_too_short(self.texts.get("q", ""))

    def query(self, **change: str) -> str:
        """The address's query string again, without the cursor; empty values drop out."""
        kept = {**self.texts, **dict.fromkeys(self.flags, "1")}
        for name in ("since", "until"):
            if getattr(self, name):
                kept[name] = getattr(self, name).isoformat()
        kept |= change
        return urlencode({name: value for name, value in kept.items() if value})

    def filters(self) -> dict[str, Any]:
        """As `list_cases` takes them."""
        found: dict[str, Any] = {
            name: self.texts[name]
            for name in ("q", "place", "state", "category", "kind", "severity", "org")
            if self.texts.get(name)
        }
        for name in ("overdue", "suspended"):
            if name in self.flags:
                found[name] = True
        if "mine" in self.flags:
            found["mine"] = True
        if "ended" in self.flags and not self.texts.get("state"):
            found["is_open"] = False
        since, until = self.since, self.until
        if self.texts.get("period") in PERIODS and not since:
            since = _start(self.texts["period"])
        return {**found, **({"since": since} if since else {}), **({"until": until} if until else {})}

    @property
    def is_narrow(self) -> bool:
        return bool(self.filters())


def _start(period: str) -> date:
    today = clock.today()
    return {
        "today": today,
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
        "quarter": today - timedelta(days=91),
    }[period]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def wanted(query: QueryDict) -> Wanted:
    """Read the filters from an address; what makes no sense is left out."""
    texts = {name: query.get(name, "").strip()[:200] for name in TEXTS}
    if texts["state"] and not set(texts["state"].split(",")) <= set(states.STATES):
        texts["state"] = ""
    if texts["place"] and not codes.is_valid(texts["place"]):
        texts["place"] = ""
    flags = frozenset(name for name in FLAGS if query.get(name) == "1")
    return Wanted(
        {name: text for name, text in texts.items() if text},
        flags,
        _day(query.get("since", "")),
        _day(query.get("until", "")),
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list."""

    wanted: Wanted
    rows: list[Row]
    cases: list[Any]
    next: str | None
    names: dict[str, str] = field(default_factory=dict)


def listed(actor: Actor, what: Wanted, cursor: str | None, *, size: int = 50, current: str = "") -> Listed:
    """A page of cases as rows; each row's address keeps the list beside the case."""
    page: paging.Page = list_cases(actor, order=what.order, cursor=cursor, size=size, **what.filters())
    query = urlencode({"list": f"cases?{what.query()}"})
    rows = [case_row(case, current, query) for case in page.items]
    return Listed(what, rows, page.items, page.next)


def filter_fields(actor: Actor, what: Wanted) -> list[dict[str, Any]]:
    """The lists of the filter bar."""
    state_choices = [(code, words[0]) for code, words in states.STATES.items()]
    return [
        _field("place", pgettext("desk", "地点"), pickers.drill(actor, what.texts.get("place", "")), what),
        _field("state", _("状态"), state_choices, what),
        _field("category", _("类别"), _categories(), what),
        _field("kind", _("类型"), [(kind, KIND_WORDS[kind][0]) for kind in ASKING], what),
        _field("severity", _("大小"), list(SEVERITY_WORDS.items()), what),
        _field("org", _("单位"), pickers.units(actor), what),
        _field("period", _("时间"), list(PERIODS.items()), what),
    ]


def _categories() -> list[tuple[str, Any]]:
    """Groups can be chosen whole: they stand for all that is in them."""
    from mulin.voices.categories import catalogue

    found: list[tuple[str, Any]] = [(classes.UNCLASSIFIED, _("还没有分类的"))]
    for group, inside in catalogue().grouped():
        found.append((group.code, group.name))
        found += [(one.code, f"　{one.name}") for one in inside]
    return found


def _field(name: str, label: str, choices: list[tuple[str, Any]], what: Wanted) -> dict[str, Any]:
    value = what.texts.get(name, "")
    options = [{"value": code, "label": text, "selected": code == value} for code, text in choices]
    return {"name": name, "label": label, "value": value, "options": options}


def flags(what: Wanted) -> list[dict[str, Any]]:
    """Filters of one tap."""
    url = reverse("desk:cases")
    return [
        {
            "label": label,
            "on": name in what.flags,
            "url": f"{url}?{what.query(**{name: '' if name in what.flags else '1'})}",
        }
        for name, label in FLAGS.items()
    ]


def pins(actor: Actor, what: Wanted) -> dict[str, Any]:
    """The list as points for the map, at most 500 cases. What lies at one building is one point: its tone is
    the worst of its cases, which it lists, the worst first."""
    points: dict[tuple[float, float], list[dict[str, str]]] = {}
    total, cursor = 0, None
    while total < MOST_PINS:
        page = list_cases(actor, order=what.order, cursor=cursor, size=200, **what.filters())
        for case in page.items[: MOST_PINS - total]:
            matter = case.matter
            if matter.lon is None or matter.lat is None:
                continue
            total += 1
            # Five digits are a metre: whatever is nearer would lie on top of each other at any zoom.
            points.setdefault((round(matter.lon, 5), round(matter.lat, 5)), []).append(_pinned(case))
        cursor = page.next
        if cursor is None:
            break
    features = [_point(at, found) for at, found in points.items()]
    return {"type": "FeatureCollection", "features": features, "total": total}


def _pinned(case: Any) -> dict[str, str]:
    tone = "urgent" if case.is_overdue or case.urgency >= 2 else STATE_TONES.get(case.state, "")
    where = case.matter.address or case.grid_name or case.place_name
    return {
        "name": case.title,
        "state": str(case.state_label),
        "tone": tone,
        "where": mask_for_staff(str(where)),
        "url": reverse("desk:case", args=[case.number]),
    }


def _point(at: tuple[float, float], found: list[dict[str, str]]) -> dict[str, Any]:
    found = sorted(found, key=lambda one: WORST_FIRST.index(one["tone"]))
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": list(at)},
        "properties": {
            "n": len(found),
            "tone": found[0]["tone"],
            "where": found[0]["where"],
            "cases": found,
        },
    }
