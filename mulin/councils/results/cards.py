"""What a community's home shows: what was decided lately, and how far what follows from it is."""

from collections import Counter
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from mulin.councils.results import queries
from mulin.councils.results.models import Work
from mulin.councils.results.words import on_day
from mulin.kernel import codes
from mulin.kernel.actors import Actor

LATEST = 3


def card(actor: Actor, place: str) -> dict[str, Any] | None:
    """The latest resolutions of the community and of its street; None when there are none."""
    here = Q(place__in=[place, *codes.parents(place)])
    rows = list(queries.published().filter(here)[:LATEST])
    if not rows:
        return None
    counted: dict[Any, Counter[str]] = {one.pk: Counter() for one in rows}
    for resolution, state in Work.objects.filter(resolution__in=rows).values_list("resolution", "state"):
        counted[resolution][state] += 1
    shown = [
        {
            "title": one.title,
            "url": reverse("councils:resolution", args=[one.number]),
            "day": on_day(one.posted_from),
            "works": _said(counted[one.pk]),
        }
        for one in rows
    ]
    return {"resolutions": shown, "all_url": reverse("councils:resolutions-of", args=[place])}


def _said(states: Counter[str]) -> str:
    """`要办 3 件，办完 1 件`; what was given up is not counted."""
    n = sum(states.values()) - states["dropped"]
    return _("要办 %(all)s 件，办完 %(done)s 件") % {"all": n, "done": states["done"]} if n else ""
