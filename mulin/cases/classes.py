"""What cases need of the catalogue of voices: a category's group and name, and whether it wants a photo."""

from mulin.voices.categories import catalogue

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
