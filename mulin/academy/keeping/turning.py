"""参与转化: how many groups of a place do more than meet. Groups are counted, never persons.

What everybody can count on public lists anyway (clubs, kept places) is said exactly; what cannot be counted
there is hidden where it is small (`kernel.suppression`)."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.academy.clubs.models import Club
from mulin.academy.keeping.models import Delegation, Keeping, PlaceFinding
from mulin.kernel import codes, registry
from mulin.kernel.suppression import protect
from mulin.people.models import Organisation
from mulin.places.queries import children, name_of

FIGURES = {
    "groups": _("小组一共"),
    "clubs": _("办着社团"),
    "keeps": _("照看着地方"),
    "found": _("发现过问题"),
    "tasks": _("领过任务"),
    "sent": _("派过代表"),
    "turned": _("社团里，还做了后面任何一样的"),
}
OPEN = ("groups", "clubs", "keeps")
HIDDEN = ("found", "tasks", "sent", "turned")


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one community, or of the whole place (`place` empty)."""

    place: str
    name: str
    n: dict[str, int]


def figures(place: str) -> list[Line]:
    """One line for each community of a street and one for the whole; for a community only the whole."""
    low, high = codes.bounds(place)
    rows = Organisation.objects.filter(
        kind__in=Organisation.GROUPS, closed_on=None, is_public=True, place__gte=low, place__lt=high
    )
    groups = {pk: codes.community(code) or code for pk, code in rows.values_list("pk", "place")}
    sets = _sets(groups)
    whole = Line("", name_of(place), {name: len(ids) for name, ids in sets.items()})
    if codes.level(place) >= codes.Level.COMMUNITY:
        return [whole]
    counted = {name: Counter(groups[pk] for pk in ids) for name, ids in sets.items()}
    lines = [
        Line(one.code, one.name, {name: counted[name][one.code] for name in FIGURES})
        for one in children(place)
    ]
    return [*(line for line in lines if line.n["groups"]), whole]


def _sets(groups: dict[UUID, str]) -> dict[str, set[UUID]]:
    """Which groups do what."""
    known = set(groups)

    def of(rows: QuerySet) -> set[UUID]:
        return set(rows.filter(org__in=known).values_list("org", flat=True)) if known else set()

    provider = registry.providers().get("cases.units_at_work")
    found = {
        "groups": known,
        "clubs": of(Club.objects.filter(state__in=("running", "resting"))),
        "keeps": of(Keeping.objects.filter(state="kept")),
        "found": of(PlaceFinding.objects.all()),
        "tasks": set(provider(known)) & known if provider and known else set(),
        "sent": of(Delegation.objects.all()),
    }
    found["turned"] = found["clubs"] & (found["keeps"] | found["found"] | found["tasks"] | found["sent"])
    return found


def shown(place: str, *, exact: bool = False) -> dict[str, Any]:
    """The table as a page shows it; `exact`: for who works there and sees every group anyway."""
    lines = figures(place)
    hidden = {} if exact else _hidden(lines)
    return {
        "columns": [str(word) for word in FIGURES.values()],
        "rows": [
            {
                "name": line.name,
                "place": line.place,
                "cells": [
                    {
                        "label": str(FIGURES[name]),
                        "n": line.n[name],
                        "is_hidden": (line.place, name) in hidden,
                    }
                    for name in FIGURES
                ],
            }
            for line in lines
        ],
        "whole": lines[-1].n,
        "has_hidden": bool(hidden),
        "is_empty": not lines[-1].n["groups"],
    }


def _hidden(lines: list[Line]) -> set[tuple[str, str]]:
    """(place, figure) of what must not be shown: small ones, and what would give them away."""
    found: set[tuple[str, str]] = set()
    *parts, whole = lines
    for name in HIDDEN:
        total = protect({"": whole.n[name]}, total_shown=False)
        marks = protect({line.place: line.n[name] for line in parts}, total_shown=not total)
        found |= {(place, name) for place in (*total, *marks)}
    return found
