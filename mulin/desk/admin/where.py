"""Places as people type them: a name, a code, or both; and where an administrator looks first."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

from mulin.desk.pages import places_of
from mulin.kernel import codes
from mulin.kernel.actors import Actor
from mulin.places import queries as places

_CODE = re.compile(r"\d{12}(?:-[A-Z]\d{2,5})?")
MOST_NAMED = 5


def said(code: str) -> str:
    """A place as the input shows it: its full name and its code. The whole country has no name on file."""
    if not code:
        return ""
    name = _("全国") if code == codes.COUNTRY else places.full_name(code) or code
    return f"{name} {code}" if name != code else code


def name(code: str) -> str:
    return _("全国") if code == codes.COUNTRY else places.name_of(code) if code else ""


def names(wanted: Any) -> dict[str, str]:
    return {**places.names_of(wanted), codes.COUNTRY: _("全国")}


def found(text: str, within: str = "") -> str:
    """The code of a typed place. ValueError says why there is none, or which ones it could be."""
    text = text.strip()
    if not text:
        return ""
    code = _CODE.search(text)
    if code:
        now = code[0] if code[0] == codes.COUNTRY else places.resolve(code[0])
        if now == codes.COUNTRY or places.exists(now):
            return now
        raise ValueError(_("没有代码为 %(code)s 的地方。") % {"code": code[0]})
    if text == _("全国"):
        return codes.COUNTRY
    rows = places.search_places(text, within=within, limit=40)
    exact = [row for row in rows if text in {row.name, row.official_name}] or [
        row for row in rows if places.full_name(row.code) == text
    ]
    rows = exact or rows
    if len(rows) == 1:
        return rows[0].code
    if not rows:
        raise ValueError(_("没有找到“%(text)s”。请写区划或社区的名称，或 12 位代码。") % {"text": text[:40]})
    listed = "；".join(said(row.code) for row in rows[:MOST_NAMED])
    raise ValueError(_("“%(text)s”有好几处，请写全一些：%(listed)s") % {"text": text[:40], "listed": listed})


class PlaceInput(forms.TextInput):
    """A text field with suggestions from the public search of places when scripts run."""

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__(attrs={"autocomplete": "off", "spellcheck": "false", **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["data-place-search"] = reverse("places:search")
        return context


class PlaceFormField(forms.CharField):
    """Cleans to a place code. `levels`: the levels that are allowed; empty: all."""

    widget = PlaceInput

    def __init__(self, *args: Any, levels: tuple[int, ...] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.levels = levels

    def prepare_value(self, value: Any) -> Any:
        return said(value) if isinstance(value, str) and _CODE.fullmatch(value) else value

    def clean(self, value: Any) -> str:
        try:
            code = found(super().clean(value) or "")
        except ValueError as error:
            raise ValidationError(str(error)) from error
        if code and self.levels and int(codes.level(code)) not in self.levels:
            raise ValidationError(_("这里请填别的层级的地方。"))
        return code


def first(actor: Actor) -> str:
    """Where a page begins: the actor's first post, led down while there is only one place further in."""
    place = next(iter(places_of(actor)), codes.COUNTRY)
    for _step in range(4):
        if "-" in place or place == codes.COUNTRY or codes.level(place) >= codes.Level.STREET:
            break
        below = places.children(place)
        if len(below) != 1:
            break
        place = below[0].code
    return place


def chosen(actor: Actor, text: str, *, fallback: bool = True) -> tuple[str, str]:
    """(code, what is wrong) of a place typed into a filter; without one where the page begins."""
    if not text.strip():
        return (first(actor) if fallback else ""), ""
    try:
        return found(text), ""
    except ValueError as error:
        return (first(actor) if fallback else ""), str(error)


def inside(actor: Actor, code: str) -> bool:
    """Whether a place lies in one of the actor's posts."""
    return bool(code) and any(
        codes.contains(post[:12], code) or codes.contains(post, code) for post in places_of(actor)
    )
