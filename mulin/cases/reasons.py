"""Lists that rules and packs hold: reasons for a refusal or an exclusion, checklists for the scene."""

import tomllib
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from mulin.kernel import rulebook
from mulin.kernel.errors import ActionError
from mulin.kernel.language import either

CHECKLISTS = Path(__file__).parent / "packs" / "checklists.toml"


def _word(item: dict) -> str:
    return either(item["zh"], item.get("en", ""))


def choices(name: str, place: str) -> list[tuple[str, str]]:
    """(code, words in the current language) of a rule that is a list of reasons."""
    return [(item["code"], _word(item)) for item in rulebook.value(name, at=place)]


def check_code(name: str, place: str, code: str, field: str) -> None:
    """Refuse a reason that the place's list does not hold."""
    if code not in {known for known, _words in choices(name, place)}:
        raise ActionError("unknown-reason", _("请从列表里选一个原因。"), field=field)


def label(name: str, code: str, place: str = "000000000000") -> str:
    """The words of a reason's code; the code itself when no list knows it any more."""
    try:
        return dict(choices(name, place)).get(code, code)
    except ActionError:
        return code


@cache
def _lists() -> dict[str, list[dict]]:
    data = tomllib.loads(CHECKLISTS.read_text(encoding="utf-8"))
    return {entry["category"]: entry["items"] for entry in data["list"]}


def checklist(category: str) -> list[tuple[str, str]]:
    """(code, words) of what the first person on the scene does, for a category of a major matter."""
    lists = _lists()
    return [(item["code"], _word(item)) for item in lists.get(category, lists["*"])]
