"""Wishes and offers by theme, with how many stand behind each."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from mulin.desk import words
from mulin.desk.reading.publication import FIELDS
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.places.queries import names_of
from mulin.voices import queries
from mulin.voices.categories import catalogue
from mulin.voices.models import Matter
from mulin.voices.states import kind_word
from mulin.voices.understanding import mask_for_staff

MOST = 300
TABS = {
    "open": gettext_lazy("待答复"),
    "accepted": gettext_lazy("接了"),
    "declined": gettext_lazy("暂时做不到"),
}
DECIDED = {"open": "", "accepted": "accepted", "declined": "declined"}


def themes(actor: Actor, tab: str) -> list[dict[str, Any]]:
    """[{name, people, rows}] with the theme most people stand behind first; three statements."""
    allowed = policy.visible(actor, "voices.matter:answer_wish", FIELDS)
    rows = queries.visible_matters(actor).filter(
        allowed, kind__in=("wish", "offer"), decision=DECIDED.get(tab, ""), merged_into=None
    )
    if tab == "open":
        rows = rows.filter(is_open=True)
    matters = list(rows.order_by("-id")[:MOST])
    names = names_of(matter.place for matter in matters)
    known = catalogue()
    found: dict[str, dict[str, Any]] = {}
    for matter in matters:
        group = known.group_of(matter.category) or "community_life"
        theme = found.setdefault(group, {"name": known.name(group), "people": 0, "rows": []})
        theme["people"] += people(matter)
        theme["rows"].append(_row(matter, names))
    for theme in found.values():
        theme["rows"].sort(key=lambda row: -row["people"])
    return sorted(found.values(), key=lambda theme: -theme["people"])


def people(matter: Matter) -> int:
    return matter.voices_count + matter.me_too_count


def _row(matter: Matter, names: dict[str, str]) -> dict[str, Any]:
    return {
        "number": matter.number,
        "title": matter.title,
        "kind": kind_word(matter.kind),
        "is_offer": matter.kind == "offer",
        "people": people(matter),
        "place": names.get(matter.place, ""),
        "when": words.when(matter.created_at),
        "url": reverse("desk:wish", args=[matter.number]),
        "answer": matter.public_answer,
        "decided": words.when(matter.decided_at),
    }


def voices(actor: Actor, matter: Matter) -> list[dict[str, Any]]:
    return [
        {
            "number": voice.number,
            "text": mask_for_staff(voice.text),
            "when": words.when(voice.created_at),
            "is_satisfied": voice.is_satisfied,
            "remark": voice.remark,
        }
        for voice in queries.voices_of(actor, matter)
        if voice.state == "received"
    ]
