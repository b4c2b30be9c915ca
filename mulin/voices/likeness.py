"""Others said this too: open matters that a new text may be about, found by index, scored by the engine.

All candidates lie in one community, so that its names, its estates and its buildings stand in most texts and
say nothing about what is wrong: texts are compared without them. And a matter is offered only when it is of
the same category, or when the words themselves are nearly the same.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from mulin.kernel import codes, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.places.coordinates import box_around
from mulin.places.locating import read_address
from mulin.voices import access, duplicates, understanding
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
    named = _names(text, place)
    likely = _likely(text, place, category)
    said = duplicates.Said("", _bare(text[: 2 * COMPARED], named), now(), place, lon, lat, category)
    rows = {str(m.id): m for m in _candidates(place, lon, lat, actor)}
    others = [_said(m, named) for m in rows.values()]
    if likely:
        said = replace(said, category=likely[0])
        # Whichever of the likely subjects it turns out to be, a matter of that subject is of the same one.
        others = [replace(one, category=likely[0]) if one.category in likely else one for one in others]
    least = rulebook.value("voices.similar.min_probability", at=place)
    enough = rulebook.value("voices.similar.text_alone", at=place)
    matches = [
        match
        for match in duplicates.find(said, others, top=len(others), least=least)
        if rows[match.id].category in likely or _text_likeness(match) >= enough
    ]
    return [
        Similar(rows[m.id], round(m.probability, 3), _words(m.reason, rows[m.id].category))
        for m in matches[:limit]
    ]


def _likely(text: str, place: str, category: str) -> list[str]:
    """The subjects that the text may have: the one given, then those that the machine finds likely enough."""
    least = rulebook.value("voices.similar.category_confidence", at=place)
    found = understanding.suggest(text, place)["category"]
    return list(
        dict.fromkeys([*filter(None, [category]), *(c["code"] for c in found if c["confidence"] >= least)])
    )


def _text_likeness(match: duplicates.Match) -> float:
    return float(dict(match.reason).get("text", 0))


# Building, unit, floor and what an estate is usually called: 3栋2单元, 幸福家园, 我们小区门口.
_SPOT = re.compile(
    r"(?:\d{1,5}|[A-Za-z]|[一二三四五六七八九十百]{1,4})(?:号楼|号院|栋|幢|座|单元|期|楼|层|号门|号)"
    r"|[\u4e00-\u9fff]{0,4}(?:小区|家园|公寓|新村|社区|街道)|门口|楼下|楼上|附近|旁边"
)


def _names(text: str, place: str) -> list[str]:
    """Names of places that the text speaks of, as it writes them, the longest first."""
    address = read_address(text[:COMPARED], place)
    found = {
        text[start:end]
        for candidates in address.candidates.values()
        for candidate in candidates
        for start, end in candidate.spans
        if end - start > 1
    }
    return sorted(found, key=len, reverse=True)


def _bare(text: str, named: Iterable[str]) -> str:
    """What is left of a text without the names and spots in it."""
    for name in named:
        text = text.replace(name, " ")
    return _SPOT.sub(" ", text)


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


def _said(matter: Matter, named: Iterable[str] = ()) -> duplicates.Said:
    text = f"{matter.public_title} {matter.public_text}" if matter.publication == "shown" else matter.title
    return duplicates.Said(
        str(matter.id),
        _bare(text[:COMPARED], named),
        matter.created_at,
        matter.place,
        matter.lon,
        matter.lat,
        matter.category,
    )


def _words(reason: tuple[tuple[str, str], ...], category: str) -> str:
    """The engine's reason as a neighbour would say it."""
    said = dict(reason)
    parts = []
    if "metres" in said:
        parts.append(_("离这里约 %s 米") % said["metres"])
    if "category" in said:
        parts.append(_("都是“%s”") % catalogue().name(category))
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
    named, spot = _names(draft.text, place), draft.spot
    text = _bare(draft.text[: 2 * COMPARED], named)
    said = duplicates.Said("", text, now(), place, spot.lon, spot.lat, draft.category)
    enough = rulebook.value("voices.similar.join_text", at=place)
    for match in duplicates.find(said, [_said(m, named) for m in others], top=CANDIDATES, least=least):
        # A calligraphy class and a dancing class are of one category too: here the words must agree.
        if _text_likeness(match) >= enough:
            return UUID(match.id)
    return None
