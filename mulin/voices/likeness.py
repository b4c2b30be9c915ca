"""Others said this too: open matters that a new text may be about, found by index, scored by the engine."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from mulin.kernel import codes, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.places.coordinates import box_around
from mulin.voices import access, duplicates
from mulin.voices.categories import catalogue
from mulin.voices.drafts import Draft
from mulin.voices.models import Matter

CANDIDATES = 120
# What a matter is about stands at its beginning; more text costs time and adds noise.
COMPARED = 300
COLUMNS = (
    "id", "number", "place", "kind", "category", "title", "public_title", "public_text", "publication", "lon",
    "lat", "created_at", "voices_count", "me_too_count", "address",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Similar:
    """An open matter, how likely the new text is about it (0 to 1), and why in words."""

    matter: Matter
    probability: float
    reason: str


def similar(
    text: str,
    place: str,
    category: str = "",
    lon: float | None = None,
    lat: float | None = None,
    limit: int = 3,
    actor: Actor | None = None,
) -> list[Similar]:
    """Open matters of the same community that speak of the same thing, likeliest first.

    For everyone the published ones; for staff (`actor`) also those they see. Never a tip-off or a major
    matter. One statement; coordinates in WGS-84.
    """
    place = place[:12]
    least = rulebook.value("voices.similar.min_probability", at=place)
    said = duplicates.Said("", text[: 2 * COMPARED], now(), place, lon, lat, category)
    rows = {str(m.id): m for m in _candidates(place, lon, lat, actor)}
    matches = duplicates.find(said, [_said(m) for m in rows.values()], top=limit, least=least)
    return [Similar(rows[m.id], round(m.probability, 3), _words(m.reason)) for m in matches]


def _candidates(place: str, lon: float | None, lat: float | None, actor: Actor | None) -> list[Matter]:
    """The newest open matters nearby. A walk along one index, bounded by days and by CANDIDATES."""
    since = now() - timedelta(days=rulebook.value("voices.similar.days", at=place))
    inside = codes.community(place) or place
    low, high = codes.bounds(inside)
    open_here = Q(is_open=True, restriction="", place__gte=low, place__lt=high)
    if inside == place and codes.level(place) == codes.Level.COMMUNITY:
        open_here = Q(is_open=True, restriction="", place=place)
    if lon is not None and lat is not None:
        box = box_around(lon, lat, rulebook.value("voices.similar.radius_m", at=place))
        near = Q(lon__gte=box.west, lon__lte=box.east, lat__gte=box.south, lat__lte=box.north)
        open_here &= near | Q(lon=None)
    found = Matter.objects.filter(open_here).only(*COLUMNS)
    if actor is not None and actor.is_staff:
        return list(
            found.filter(access.matter_q(actor) | Q(publication="shown"), created_at__gte=since).order_by(
                "-id"
            )[:CANDIDATES]
        )
    return list(
        found.filter(publication="shown", published_at__gte=since).order_by("-published_at")[:CANDIDATES]
    )


def _said(matter: Matter) -> duplicates.Said:
    text = f"{matter.public_title} {matter.public_text}" if matter.publication == "shown" else matter.title
    return duplicates.Said(
        str(matter.id),
        text[:COMPARED],
        matter.created_at,
        matter.place,
        matter.lon,
        matter.lat,
        matter.category,
    )


def _words(reason: tuple[tuple[str, str], ...]) -> str:
    """The engine's reason as a neighbour would say it."""
    said = dict(reason)
    parts = []
    if "metres" in said:
        parts.append(_("离这里约 %s 米") % said["metres"])
    if "category" in said:
        parts.append(_("都是“%s”") % catalogue().name(said["category"]))
    if "text" in said:
        parts.append(_("说法相近"))
    return " · ".join(parts)


def wish_to_join(draft: Draft) -> UUID | None:
    """The open wish (or offer) of the same category here that says nearly the same: they are gathered without
    asking, since every voice is answered all the same."""
    if not draft.category:
        return None
    place = draft.spot.place
    least = rulebook.value("voices.similar.join_probability", at=place)
    others = Matter.objects.filter(
        place=place, kind=draft.kind, category=draft.category, is_open=True, restriction=""
    ).order_by("-id")[:CANDIDATES]
    said = duplicates.Said("", draft.text, now(), place, draft.spot.lon, draft.spot.lat, draft.category)
    matches = duplicates.find(said, [_said(m) for m in others], top=1, least=least)
    return UUID(matches[0].id) if matches else None
