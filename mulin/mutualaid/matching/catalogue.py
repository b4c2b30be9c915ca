"""The kinds of help, from packs/kinds.toml: pure but for the language that titles are read in."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

FILE = Path(__file__).resolve().parent.parent / "packs" / "kinds.toml"
GROUPS = ("service", "things", "skills", "households")
CHILD, MODES = ("always", "ask", "never"), ("all", "any")


class CatalogueError(ValueError):
    """What is wrong with a file of kinds."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind; its fields are explained at the head of the file."""

    code: str
    title: str
    title_en: str
    about: str
    about_en: str
    icon: str
    group: str
    child: str
    mode: str
    minutes: int
    risky: bool

    def __str__(self) -> str:
        return self.title_en if _english() else self.title

    @property
    def description(self) -> str:
        return self.about_en if _english() else self.about


def _english() -> bool:
    return (get_language() or "").startswith("en")


def read(text: str) -> dict[str, Kind]:
    """The kinds of a file by code, in their order. Raises CatalogueError."""
    found: dict[str, Kind] = {}
    for raw in tomllib.loads(text).get("kind", ()):
        code = raw.get("code", "?")
        if code in found:
            raise CatalogueError(f"{code}: listed twice")
        for name, allowed in (("group", GROUPS), ("child", CHILD), ("mode", MODES)):
            if raw.get(name) not in allowed:
                raise CatalogueError(f"{code}: {name} is one of {', '.join(allowed)}, not {raw.get(name)!r}")
        try:
            found[code] = Kind(**raw)
        except TypeError as error:
            raise CatalogueError(f"{code}: {error}") from error
    return found


@cache
def kinds() -> dict[str, Kind]:
    """The kinds of this house."""
    return read(FILE.read_text(encoding="utf-8"))


def kind_of(code: str) -> Kind:
    """One kind. What was taken out of the file keeps its code as its name, and is treated as help with
    children: whoever removes a kind must not loosen what guards the needs that were asked under it."""
    found = kinds().get(code)
    return found or Kind(code, code, code, "", "", "help", "service", "ask", "any", 60, False)


def word(code: str) -> str:
    return str(kind_of(code)) if code else "—"


def is_for_child(code: str, said: bool) -> bool:
    """Whether a child takes part: by the kind, or because the family says so."""
    child = kind_of(code).child
    return child == "always" or (child == "ask" and said)


def child_kinds() -> set[str]:
    """Kinds that are always with a child."""
    return {code for code, one in kinds().items() if one.child == "always"}
