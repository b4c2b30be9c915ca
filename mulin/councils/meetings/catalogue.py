"""The catalogue of meetings, read from packs/meetings.toml, in the language of whoever looks."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

FILE = Path(__file__).resolve().parent.parent / "packs" / "meetings.toml"
MEMBERS = ("list", "group", "units", "open")
DECIDES = ("hands", "talk", "vote")


class CatalogueError(ValueError):
    """The file cannot be read; the message names the entry and what is wrong."""


@dataclass(frozen=True, slots=True)
class Word:
    """A code of the catalogue with its words. `by_hand`: the software cannot do it (a duty to tell)."""

    key: str
    title: str
    title_en: str
    by_hand: bool = False

    def __str__(self) -> str:
        return self.title_en if get_language() == "en" else self.title


@dataclass(frozen=True, slots=True)
class MeetingType:
    """One type; the keys are explained at the top of the file."""

    key: str
    title: str
    title_en: str
    about: str
    about_en: str
    body: str
    members: str
    decides: str
    tell: tuple[Word, ...]
    linked: tuple[str, ...]
    fields: tuple[Word, ...]
    basis: str
    certainty: str
    solemn: bool = False

    def __str__(self) -> str:
        return self.title_en if get_language() == "en" else self.title

    @property
    def description(self) -> str:
        return self.about_en if get_language() == "en" else self.about

    @property
    def by_hand(self) -> tuple[Word, ...]:
        """Whom somebody has to tell, because the notice on the page does not reach them."""
        return tuple(one for one in self.tell if one.by_hand)


def read(text: str) -> dict[str, MeetingType]:
    """The types of a catalogue by key, in their order. Raises CatalogueError."""
    data = tomllib.loads(text)
    duties = {one["key"]: Word(**one) for one in data.get("duty", ())}
    fields = {one["key"]: Word(**one) for one in data.get("field", ())}
    found: dict[str, MeetingType] = {}
    for raw in data.get("type", ()):
        key = raw.get("key", "?")
        if key in found:
            raise CatalogueError(f"{key}: listed twice")
        found[key] = _type(key, raw, duties, fields)
    for one in found.values():
        if unknown := [key for key in one.linked if key not in found or key == one.key]:
            raise CatalogueError(f"{one.key}: linked knows no other type {unknown[0]!r}")
    return found


def _type(key: str, raw: dict[str, Any], duties: dict[str, Word], fields: dict[str, Word]) -> MeetingType:
    for name, allowed in (("members", MEMBERS), ("decides", DECIDES)):
        if raw.get(name) not in allowed:
            raise CatalogueError(f"{key}: {name} is one of {', '.join(allowed)}, not {raw.get(name)!r}")
    for name, known in (("tell", duties), ("fields", fields)):
        if unknown := [one for one in raw.get(name, ()) if one not in known]:
            raise CatalogueError(f"{key}: {name} knows no {unknown[0]!r}")
    if raw["decides"] == "hands" and not raw.get("body"):
        raise CatalogueError(f"{key}: who decides by hands needs a body, whose rule counts them")
    if raw["decides"] == "hands" and raw["members"] == "open":
        raise CatalogueError(f"{key}: where hands are counted, somebody must know whose")
    try:
        return MeetingType(
            **{
                **raw,
                "tell": tuple(duties[one] for one in raw["tell"]),
                "linked": tuple(raw["linked"]),
                "fields": tuple(fields[one] for one in raw["fields"]),
            }
        )
    except (TypeError, KeyError) as error:
        raise CatalogueError(f"{key}: {error}") from error


@cache
def types() -> dict[str, MeetingType]:
    """The catalogue of this house."""
    return read(FILE.read_text(encoding="utf-8"))


def type_of(key: str) -> MeetingType:
    """One type; what was taken out of the file keeps its key as its name."""
    found = types().get(key)
    return found or MeetingType(key, key, key, "", "", "", "open", "talk", (), (), (), "", "")


def word(key: str) -> str:
    return str(type_of(key))
