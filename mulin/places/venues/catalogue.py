"""The words of venues, read from packs/venues.toml, in the language of whoever looks."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

FILE = Path(__file__).resolve().parent.parent / "packs" / "venues.toml"


@dataclass(frozen=True, slots=True)
class Word:
    """One code with its words. `holds`: of kinds only, other venues may lie within."""

    key: str
    title: str
    title_en: str
    holds: bool = False

    def __str__(self) -> str:
        return self.title_en if get_language() == "en" else self.title


@cache
def _lists() -> dict[str, dict[str, Word]]:
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {name: {row["key"]: Word(**row) for row in rows} for name, rows in data.items()}


def kinds() -> dict[str, Word]:
    """What a venue can be: centre, station, board, room, hall, court, outdoor."""
    return _lists()["kind"]


def uses() -> dict[str, Word]:
    """What an idle room can become: startup, incubation, neighbours."""
    return _lists()["use"]


def traits() -> dict[str, Word]:
    return _lists()["trait"]


def equipment() -> dict[str, Word]:
    return _lists()["equipment"]


def services() -> dict[str, Word]:
    return _lists()["service"]


def said(words: dict[str, Word], codes: Iterable[str]) -> list[str]:
    """Codes in words, in the catalogue's order; a code that left the catalogue stands as it is."""
    codes = list(codes)
    known = [str(word) for key, word in words.items() if key in codes]
    return known + [one for one in codes if one not in words]
