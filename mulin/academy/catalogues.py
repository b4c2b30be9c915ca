"""Themes, ages, unions and parts of the day: read from packs/*.toml, in the language of whoever looks."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

PACKS = Path(__file__).resolve().parent / "packs"
# How the steps of the friendly ladder follow each other, from one stairwell to the whole street.
LEVELS = ("building", "grid", "community", "street")


class CatalogueError(ValueError):
    """A file cannot be read; the message names the file, the entry and what is wrong."""


@dataclass(frozen=True, slots=True)
class Word:
    """A code with its words; prints in the current language."""

    code: str
    title: str
    title_en: str
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.title_en if get_language() == "en" else self.title


@dataclass(frozen=True, slots=True)
class Theme(Word):
    """What people do together. `minutes` of one meeting; `free`: it needs no syllabus."""

    union: str = ""
    minutes: int = 60
    loud: bool = False
    free: bool = False


@dataclass(frozen=True, slots=True)
class Part(Word):
    """A part of the day, as the window that it stands for."""

    begin: str = ""
    end: str = ""


def _read(name: str, key: str, make: type) -> dict[str, Word]:
    found: dict[str, Word] = {}
    for raw in tomllib.loads((PACKS / name).read_text(encoding="utf-8")).get(key, ()):
        given = {"begin" if k == "from" else "end" if k == "to" else k: v for k, v in raw.items()}
        code = str(given.get("code", "?"))
        if code in found:
            raise CatalogueError(f"{name}: {code} is listed twice")
        try:
            found[code] = make(**{**given, "words": tuple(given.get("words", ()))})
        except TypeError as error:
            raise CatalogueError(f"{name}: {code}: {error}") from error
    return found


@cache
def themes() -> dict[str, Theme]:
    """The themes by code, in the order of the file. Raises CatalogueError."""
    found = _read("themes.toml", "theme", Theme)
    for one in found.values():
        if one.union not in unions():
            raise CatalogueError(f"themes.toml: {one.code}: there is no union {one.union!r}")
    return found


@cache
def unions() -> dict[str, Word]:
    return _read("unions.toml", "union", Word)


@cache
def ages() -> dict[str, Word]:
    return _read("ages.toml", "age", Word)


@cache
def parts() -> dict[str, Part]:
    """Parts of the day: what a resident chooses from, with the window that each stands for."""
    return _read("ages.toml", "part", Part)


def theme_name(code: str) -> str:
    """The theme in words; what was taken out of the file keeps its code. Empty for none."""
    return str(themes().get(code, code))


def age_name(code: str) -> str:
    return str(ages().get(code, code))


def union_name(code: str) -> str:
    return str(unions().get(code, code))


def ages_line(codes: list[str]) -> str:
    """For whom, in words: the names of the ages one after the other; empty means everybody."""
    comma = ", " if get_language() == "en" else "、"
    return comma.join(age_name(code) for code in codes)


def union_of(theme: str) -> str:
    """The union that a theme belongs to; the first of the file for an unknown one."""
    known = themes().get(theme)
    return known.union if known else next(iter(unions()))


def theme_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """For a form: themes grouped by their union."""
    return [
        (str(union), [(one.code, str(one)) for one in themes().values() if one.union == code])
        for code, union in unions().items()
    ]
