"""What cases need of the catalogue of voices: a category's group and name, whether it wants a photo, and
whether it is more than a guess."""

from typing import Any

from mulin.kernel import rulebook
from mulin.voices.categories import catalogue
from mulin.voices.models import Voice

UNCLASSIFIED = "unclassified"


def group_of(category: str) -> str:
    """The group of a category (a group stands for itself); empty for what the catalogue does not know."""
    return catalogue().group_of(category)


def name(code: str) -> str:
    """The name in the current language; empty for no category."""
    return catalogue().name(code) if code else ""


def under(code: str) -> list[str]:
    """The codes that a filter by this code means: a group stands for its categories and itself, and
    `unclassified` for what nobody has put anywhere yet."""
    if code == UNCLASSIFIED:
        return [""]
    return list(dict.fromkeys([*catalogue().under(code), code]))


def needs_photo(category: str) -> tuple[bool, str]:
    """Whether "done" needs a photo, and the rule that asks for one. Photos are optional otherwise."""
    found = catalogue().get(category)
    return (found.photo, found.photo_basis) if found else (False, "")


def relied_on(case: Any, voice: Any = None) -> str:
    """The category by which limits and danger are decided; empty while it is only a guess.

    It was said, or the desk worked with it, or the machine was as sure as the rule
    `cases.guess.min_confidence` asks. `voice`: the one that opened the matter, where it is at hand.
    """
    matter = case.matter
    if not case.category or matter.category_by != "guess":
        return case.category
    known = case.__dict__.setdefault("_relied_on", {})
    key = (case.category, case.place)
    if key not in known:
        least = rulebook.value("cases.guess.min_confidence", at=case.place)
        known[key] = case.category if _confidence(case, voice) >= least else ""
    return known[key]


def _confidence(case: Any, voice: Any) -> float:
    """How sure the machine was of the category when the matter was opened."""
    if voice is not None:
        suggestions = voice.suggestions
    else:
        first = Voice.objects.filter(first_matter_id=case.matter_id).order_by("id")
        suggestions = first.values_list("suggestions", flat=True).first()
    found = (suggestions or {}).get("category") or []
    return max(
        (float(c.get("confidence") or 0) for c in found if c.get("code") == case.category), default=0.0
    )
