"""Templates of surveys: files of packs/surveys/, and an empty one. A template is only a start: the form that
is sent out is a copy, and keeps the template's key so that years can be compared."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mulin.voices.surveys.form import Form, FormError, read

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
    return Template(key=str(data["key"]), **words, order=int(data.get("order", 50)), form=form)
