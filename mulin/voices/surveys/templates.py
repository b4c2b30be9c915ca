"""Templates of surveys: files of packs/surveys/, and an empty one. A template is only a start: the form that
is sent out is a copy, and keeps the template's key so that years can be compared."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mulin.voices.surveys.form import Form, FormError, read
from mulin.voices.surveys.models import ONCE
from mulin.voices.surveys.states import ROSTER_WORDS

FOLDER = Path(__file__).resolve().parent.parent / "packs" / "surveys"
EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Template:
    key: str
    title: str
    title_en: str
    about: str
    about_en: str
    order: int
    form: Form
    # How it is usually asked: of whoever has the link, or once a household. A draft starts with it.
    once: str = "device"
    roster_of: str = "people"


@cache
def templates() -> dict[str, Template]:
    """All templates by key, in the order they are offered. FormError names a file's mistake."""
    found = [_template(path) for path in FOLDER.glob("*.toml")]
    return {one.key: one for one in sorted(found, key=lambda one: (one.order, one.key))}


def _template(path: Path) -> Template:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    words = {name: str(data.get(name, "")) for name in ("title", "title_en", "about", "about_en")}
    try:
        form = read(data)
    except FormError as error:
        raise FormError(f"{path.name}: {error.code}", error.where) from error
    return Template(
        key=str(data["key"]),
        **words,
        order=int(data.get("order", 50)),
        form=form,
        once=_one_of(path, data, "once", ONCE),
        roster_of=_one_of(path, data, "roster_of", tuple(ROSTER_WORDS)),
    )


def _one_of(path: Path, data: dict[str, Any], name: str, known: tuple[str, ...]) -> str:
    """A word of the file's head, the first of what is known where it says nothing."""
    found = str(data.get(name, known[0]))
    if found not in known:
        raise FormError(f"{path.name}: bad-{name.replace('_', '-')}", found)
    return found
