"""The four shifts and the goals, read from packs/methods.toml, in the language of whoever looks."""

import tomllib
from collections.abc import Iterable
from functools import cache
from typing import Any

from mulin.academy.catalogues import PACKS
from mulin.kernel.language import either

FILE = PACKS / "methods.toml"


@cache
def _read() -> dict[str, dict[str, dict[str, Any]]]:
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {kind: {row["code"]: row for row in data[kind]} for kind in ("shift", "goal")}


def codes(kind: str) -> list[str]:
    """The codes of the shifts or of the goals, in the order of the file."""
    return list(_read()[kind])


def name(kind: str, code: str) -> str:
    """A shift or goal in words; what was taken out of the file keeps its code."""
    row = _read()[kind].get(code)
    return either(row["title"], row["title_en"]) if row else code


def names(kind: str, chosen: Iterable[str]) -> list[str]:
    """Chosen ones in words, in the order of the file."""
    chosen = list(chosen)
    known = [code for code in codes(kind) if code in chosen]
    return [name(kind, code) for code in [*known, *(one for one in chosen if one not in known)]]


def choices(kind: str) -> list[tuple[str, str]]:
    return [(code, name(kind, code)) for code in codes(kind)]
