"""Reads about orders: what is asked for, by theme, age and time; how many were answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from mulin.academy.catalogues import parts, themes
from mulin.academy.orders import access
from mulin.academy.orders.models import Order
from mulin.academy.orders.reading import choices
from mulin.academy.orders.states import LIVE
from mulin.kernel.actors import Actor
from mulin.voices.models import Voice

# How many stand behind an order: those the asking speak for, and who stood beside it.
BEHIND = F("people") + F("matter__me_too_count")


@dataclass(slots=True)
class Line:
    """What is asked for of one theme and one age: orders and people, wishes and offers apart. `times`: how
    many people could come, by (weekday 1 to 7, part of the day); one person may name many."""

    theme: str
    age: str
    wishes: int = 0
    wishing: int = 0
    offers: int = 0
    offering: int = 0
    answered: int = 0
    times: Counter[tuple[int, str]] = field(default_factory=Counter)
    numbers: list[str] = field(default_factory=list)


def gathered(place: str, states: Iterable[str] = ("gathered", "accepted")) -> list[Line]:
    """The list of orders of a place by theme and age, most asked for first. One statement; no persons."""
    rows = Order.objects.filter(place=place, state__in=list(states)).order_by("id")
    columns = rows.values_list("number", "theme", "age", "kind", "state", "slots", BEHIND)
    found: dict[tuple[str, str], Line] = {}
    for number, theme, age, kind, state, slots, behind in columns:
        line = found.setdefault((theme, age), Line(theme, age))
        if kind == "wish":
            line.wishes += 1
            line.wishing += behind
        else:
            line.offers += 1
            line.offering += behind
        line.answered += state != "gathered"
        for choice in choices(slots):
            day, part = choice.split("-", 1)
            line.times[int(day), part] += behind
        line.numbers.append(number)
    return sorted(found.values(), key=lambda line: (-line.wishing, -line.offering, line.theme, line.age))


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """All ages of one theme together, as the public list shows them."""

    theme: str
    wishing: int
    wishes: int
    offering: int
    offers: int
    ages: list[tuple[str, int]]
    times: Counter[tuple[int, str]]


def by_theme(lines: Iterable[Line]) -> list[ThemeLine]:
    """The lines of `gathered` joined by theme, most wished for first; those without a theme at the end."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.theme, []).append(line)
    joined = []
    for theme, some in found.items():
        times: Counter[tuple[int, str]] = Counter()
        for line in some:
            times += line.times
        ages = sorted(((line.age, line.wishing) for line in some if line.wishing), key=lambda one: -one[1])
        joined.append(
            ThemeLine(
                theme,
                sum(line.wishing for line in some),
                sum(line.wishes for line in some),
                sum(line.offering for line in some),
                sum(line.offers for line in some),
                ages,
                times,
            )
        )
    return sorted(joined, key=lambda one: (not one.theme, -one.wishing, -one.offering))


def best_times(times: Counter[tuple[int, str]], most: int = 3) -> list[tuple[tuple[int, str], int]]:
    """The times that suit most, the earliest first among equals."""
    order = list(parts())
    ranked = sorted(times.items(), key=lambda one: (-one[1], one[0][0], order.index(one[0][1])))
    return ranked[:most]


@dataclass(frozen=True, slots=True)
class Answered:
    """How many of what was asked was answered: orders, and the voices behind them. `share` in whole per cent,
    never 100 while one waits; None where nobody asked."""

    orders: int
    decided: int
    voices: int
    told: int

    @property
    def share(self) -> int | None:
        return int(100 * self.told / self.voices) if self.voices else None


def answered(place: str) -> Answered:
    """The figure of a community, from its first day. Two statements."""
    asked = Order.objects.filter(place=place).exclude(state="withdrawn")
    orders = asked.aggregate(n=Count("id"), waiting=Count("id", filter=Q(state="gathered")))
    voices = Voice.objects.filter(matter__order__place=place, state="received").exclude(
        matter__order__state="withdrawn"
    )
    heard = voices.aggregate(n=Count("id"), told=Count("id", filter=Q(answered_at__isnull=False)))
    return Answered(orders["n"], orders["n"] - orders["waiting"], heard["n"], heard["told"])


def visible_orders(actor: Actor) -> QuerySet[Order]:
    """Orders that the actor sees at the desk."""
    return Order.objects.filter(access.visible_q(actor))


def listed(
    actor: Actor, *, state: str = "gathered", theme: str = "", age: str = "", kind: str = "", place: str = "",
    day: int = 0, part: str = "", q: str = "",
) -> QuerySet[Order]:  # fmt: skip
    """Orders for the desk's list, most asked for first. `theme` "-": without one. `day` and `part` are
    asked of the loaded rows by `suits`, since windows are JSON."""
    rows = visible_orders(actor).select_related("matter", "club__org").annotate(behind=BEHIND)
    if state:
        rows = rows.filter(state=state)
    if theme:
        rows = rows.filter(theme="" if theme == "-" else theme)
    if age:
        rows = rows.filter(age="" if age == "-" else age)
    if kind:
        rows = rows.filter(kind=kind)
    if place:
        rows = rows.filter(place=place)
    if q:
        rows = rows.filter(matter__title__icontains=q)
    return rows.order_by("-behind", "id")


def suits(order: Order, day: int, part: str) -> bool:
    """Whether an order can take place on that day and part of it; 0 and empty ask for nothing."""
    if not day and not part:
        return True
    for choice in choices(order.slots):
        on, at = choice.split("-", 1)
        if (not day or int(on) == day) and (not part or at == part):
            return True
    return False


def counts_by_state(actor: Actor, place: str = "") -> dict[str, int]:
    rows = visible_orders(actor)
    if place:
        rows = rows.filter(place=place)
    return dict(rows.order_by().values_list("state").annotate(n=Count("id")))


def demand(place: str) -> dict[str, int]:
    """Theme -> how many people wish for it and wait, for suggestions elsewhere."""
    rows = Order.objects.filter(place=place, kind="wish", state__in=("gathered", "accepted")).order_by()
    return {theme: n for theme, n in rows.values_list("theme").annotate(n=Sum(BEHIND)) if theme in themes()}


def total_people(place: str) -> int:
    """People behind everything asked for at a place that was not given up."""
    rows = Order.objects.filter(place=place, state__in=LIVE)
    return rows.aggregate(n=Sum(BEHIND))["n"] or 0


def facts_of(order: Order) -> dict[str, Any]:
    """An order as other parts need it for a plan: codes and windows, as docs/timetable.md."""
    return {
        "id": order.number,
        "place": order.place,
        "size": order.people + order.matter.me_too_count,
        "minutes": order.minutes,
        "slots": order.slots,
        "age": order.age,
        "theme": order.theme,
    }
