"""The catalogue of what people speak about, read from packs/categories.toml. Pure data, no database."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mulin.voices.grams import PACKS

KINDS = ("consult", "help", "complaint", "tip_off", "suggestion", "wish", "offer")
SEVERITIES = ("minor", "major")


@dataclass(frozen=True)
class Group:
    """A class of the first level."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Category:
    """A class of the second level; the fields are explained at the head of the pack."""

    code: str
    group: str
    zh: str
    en: str
    keywords: tuple[str, ...]
    kinds: tuple[str, ...]
    severity: str
    public: bool
    photo: bool
    photo_basis: str
    open311: bool
    advice_zh: str
    advice_en: str
    source: str
    certainty: str


@dataclass(frozen=True)
class Catalogue:
    """Groups and categories in the order of the pack."""

    version: str
    groups: tuple[Group, ...]
    categories: tuple[Category, ...]

    def get(self, code: str) -> Category | None:
        """The category of a code, or None."""
        return next((category for category in self.categories if category.code == code), None)


def read_catalogue(path: Path) -> Catalogue:
    """Read a catalogue file. ValueError when a code repeats, or a group, kind or severity is unknown."""
    with Path(path).open("rb") as file:
        pack = tomllib.load(file)
    defaults = {"advice_zh": "", "advice_en": "", "source": ""} | pack["defaults"]
    groups = tuple(Group(**group) for group in pack["group"])
    categories = []
    for entry in pack["category"]:
        merged = defaults | entry
        merged["keywords"], merged["kinds"] = tuple(merged["keywords"]), tuple(merged["kinds"])
        categories.append(Category(**merged))
    _check(groups, categories)
    return Catalogue(pack["version"], groups, tuple(categories))


def _check(groups: tuple[Group, ...], categories: list[Category]) -> None:
    codes = [item.code for item in (*groups, *categories)]
    repeated = {code for code in codes if codes.count(code) > 1}
    if repeated:
        raise ValueError(f"codes used twice: {sorted(repeated)}")
    known = {group.code for group in groups}
    for category in categories:
        if category.group not in known:
            raise ValueError(f"{category.code}: unknown group {category.group}")
        if not set(category.kinds) <= set(KINDS) or category.severity not in SEVERITIES:
            raise ValueError(f"{category.code}: unknown kind or severity")
        if category.photo and not category.photo_basis:
            raise ValueError(f"{category.code}: a photo may only be required on a legal basis")


@lru_cache(maxsize=1)
def shipped() -> Catalogue:
    """The catalogue that comes with Mulin."""
    return read_catalogue(PACKS / "categories.toml")


def example_rows() -> list[dict[str, str]]:
    """The invented sentences: label, kind and text."""
    with (PACKS / "examples.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def kind_rows() -> list[tuple[str, str]]:
    """(kind, text) of the invented sentences."""
    return [(row["kind"], row["text"]) for row in example_rows()]


def starter_rows() -> list[tuple[str, str]]:
    """(category code, text) rows to learn from before anyone has corrected anything: invented sentences, and
    for every category its name with its keywords."""
    rows = [(row["label"], row["text"]) for row in example_rows()]
    for category in shipped().categories:
        rows.append((category.code, category.zh))
        rows.extend((category.code, word) for word in category.keywords if len(word) > 1)
    return rows
