"""The catalogue in force: the shipped file plus what an administrator added or changed, in both languages.

Level 1 are groups, level 2 the categories that a matter carries. Codes are stored for ever; a category
that is no longer used is switched off, never deleted, so that old records keep their name.
"""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from functools import cache
from typing import Any

from mulin.kernel.language import either
from mulin.voices.catalogue import shipped

# What an administrator may set of a category besides its name and group.
EDITABLE = (
    "keywords", "kinds", "severity", "public", "photo", "photo_basis", "open311", "advice_zh", "advice_en",
)  # fmt: skip
# What the ways to raise an alarm show for each major category.
MAJOR_ICONS = {
    "gas_leak": "gas",
    "fire": "flame",
    "building_danger": "building",
    "person_in_danger": "person",
    "violent_crime": "alert",
    "crowd": "people",
    "natural_hazard": "drop",
}
_NEW = {"kinds": ("consult", "help", "complaint", "suggestion"), "certainty": "local practice"}
_TTL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Group:
    """Level 1. `name` is in the current language."""

    code: str
    zh: str
    en: str = ""

    @property
    def name(self) -> str:
        return either(self.zh, self.en)


@dataclass(frozen=True, slots=True)
class Category:
    """Level 2. `kinds` of voice that fit; `public`: may be published; `photo`: done needs a photo (and why);
    `open311`: offered at that door; `advice`: for emergencies and for what belongs elsewhere."""

    code: str
    group: str
    zh: str
    en: str = ""
    keywords: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    severity: str = "minor"
    public: bool = True
    photo: bool = False
    photo_basis: str = ""
    open311: bool = False
    advice_zh: str = ""
    advice_en: str = ""
    source: str = ""
    certainty: str = ""
    is_active: bool = True

    @property
    def name(self) -> str:
        return either(self.zh, self.en)

    @property
    def advice(self) -> str:
        return either(self.advice_zh, self.advice_en)


@dataclass(frozen=True)
class Catalogue:
    """All groups and categories by code, in the order of the file."""

    groups: dict[str, Group]
    categories: dict[str, Category]

    def get(self, code: str) -> Category | None:
        return self.categories.get(code)

    def name(self, code: str) -> str:
        """The name of a category or a group; the code itself when it is not known."""
        known = self.categories.get(code) or self.groups.get(code)
        return known.name if known else code

    def group_of(self, code: str) -> str:
        known = self.categories.get(code)
        return known.group if known else code if code in self.groups else ""

    def active(self, kind: str = "") -> list[Category]:
        """The categories offered now, for a kind of voice if one is given."""
        return [c for c in self if c.is_active and (not kind or kind in c.kinds)]

    def grouped(self, kind: str = "") -> list[tuple[Group, list[Category]]]:
        """(group, its categories) for lists to choose from; empty groups are left out."""
        offered = self.active(kind)
        found = [(group, [c for c in offered if c.group == group.code]) for group in self.groups.values()]
        return [(group, inside) for group, inside in found if inside]

    def under(self, code: str) -> list[str]:
        """The codes that a filter by this code means: a group stands for its categories."""
        return [c.code for c in self if c.group == code] if code in self.groups else [code]

    def __iter__(self) -> Iterator[Category]:
        return iter(self.categories.values())


@cache
def _shipped() -> Catalogue:
    pack = shipped()
    known = {f.name for f in fields(Category)}
    return Catalogue(
        {g.code: Group(g.code, g.zh, g.en) for g in pack.groups},
        {c.code: Category(**{k: v for k, v in asdict(c).items() if k in known}) for c in pack.categories},
    )


def with_changes(rows: list[dict[str, Any]]) -> Catalogue:
    """The shipped catalogue with the rows of the table laid over it. A row without a parent is a group."""
    base = _shipped()
    groups, categories = dict(base.groups), dict(base.categories)
    for row in rows:
        code = row["code"]
        if not row["parent"]:
            groups[code] = Group(code, row["name"], row["name_en"])
            continue
        old = asdict(categories[code]) if code in categories else {"code": code, **_NEW}
        changed = {
            k: tuple(v) if isinstance(v, list) else v for k, v in row["fields"].items() if k in EDITABLE
        }
        own = {"group": row["parent"], "zh": row["name"], "en": row["name_en"], "is_active": row["is_active"]}
        categories[code] = Category(**{**old, **changed, **own})
    return Catalogue(groups, categories)


_current: tuple[float, list[dict[str, Any]], Catalogue] | None = None


def catalogue() -> Catalogue:
    """The catalogue in force. Changes are read again every few seconds, so that all processes follow."""
    from mulin.voices.models import Category as Row

    global _current
    moment = time.monotonic()
    if _current is None or moment - _current[0] > _TTL_SECONDS:
        rows = list(
            Row.objects.order_by("id").values("code", "parent", "name", "name_en", "fields", "is_active")
        )
        same = _current is not None and _current[1] == rows
        _current = (moment, rows, _current[2] if same else with_changes(rows))
    return _current[2]


def forget() -> None:
    """Read the table again at the next call."""
    global _current
    _current = None


def category_name(code: str) -> str:
    """The name of a category in the current language: for labels of journal sentences."""
    return catalogue().name(code) if code else "—"
