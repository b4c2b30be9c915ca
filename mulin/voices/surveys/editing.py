"""Changing the questions of a draft: one is added, changed, moved or removed. Pure, over a form's JSON.

Questions stand in one list; where a section begins is a mark on its first question, as a clerk thinks of it
("from here on: about your household"). Options are typed one a line and keep their keys while their words
stay the same, so that a corrected slip of the pen does not make another option of it.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from mulin.voices.surveys.form import CHOICES

Data = dict[str, Any]


def flat(data: Mapping[str, Any]) -> list[Data]:
    """All questions in order; the first of a section carries its `section` and `section_text`."""
    found = []
    for section in data.get("sections", ()):
        for n, question in enumerate(section.get("questions", ())):
            row = copy.deepcopy(dict(question))
            if n == 0:
                row["section"] = {key: value for key, value in section.items() if key != "questions"}
            found.append(row)
    return found


def nested(rows: list[Data]) -> Data:
    """The form again: a question that carries a section begins a new one."""
    sections: list[Data] = []
    for row in rows:
        question = {key: value for key, value in row.items() if key != "section"}
        words = {key: value for key, value in (row.get("section") or {}).items() if value}
        if words or not sections:
            sections.append({**words, "questions": []})
        sections[-1]["questions"].append(question)
    return {"sections": sections}


def put(data: Mapping[str, Any], question: Mapping[str, Any], key: str = "") -> Data:
    """Change the question of a key, or add one at the end."""
    rows = flat(data)
    made = dict(question)
    for n, row in enumerate(rows):
        if row["key"] == key:
            rows[n] = {**made, "key": key}
            return nested(rows)
    rows.append({**made, "key": _new_key({row["key"] for row in rows}, "q")})
    return nested(rows)


def remove(data: Mapping[str, Any], key: str) -> Data:
    """Take a question out, and conditions that looked at it. Its section stays with the next question."""
    rows = flat(data)
    for n, row in enumerate(rows):
        if row["key"] == key and row.get("section") and n + 1 < len(rows) and not rows[n + 1].get("section"):
            rows[n + 1]["section"] = row["section"]
    left = [row for row in rows if row["key"] != key]
    for row in left:
        if row.get("if", {}).get("question") == key:
            del row["if"]
    return nested(left)


def move(data: Mapping[str, Any], key: str, by: int) -> Data:
    """Put a question one place up (-1) or down (+1). A condition whose question would come later is dropped;
    sections stay where they begin."""
    rows = flat(data)
    at = next((n for n, row in enumerate(rows) if row["key"] == key), -1)
    to = at + by
    if at < 0 or not 0 <= to < len(rows):
        return nested(rows)
    marks = [row.pop("section", None) for row in rows]
    rows[at], rows[to] = rows[to], rows[at]
    earlier: set[str] = set()
    for row, mark in zip(rows, marks, strict=True):
        if mark:
            row["section"] = mark
        if "if" in row and row["if"]["question"] not in earlier:
            del row["if"]
        earlier.add(row["key"])
    return nested(rows)


def lines(options: Any) -> str:
    """Options as they are typed: one a line, the translation behind a bar."""
    return "\n".join(
        one["text"] + (f" | {one['text_en']}" if one.get("text_en") else "") for one in options or ()
    )


def options(text: str, before: Any = ()) -> list[Data]:
    """Options from lines; one whose words were there before keeps its key, else the one at its place does
    when the number of lines did not change."""
    old = list(before or ())
    rows = [line.strip() for line in text.splitlines() if line.strip()]
    known = {one["text"]: one["key"] for one in old}
    words = [line.partition("|") for line in rows]
    texts = [(text.strip(), english.strip()) for text, _bar, english in words]
    used = {known[text] for text, _english in texts if text in known}
    made: list[Data] = []
    for n, (text, english) in enumerate(texts):
        key = known.get(text, "")
        if not key and len(old) == len(texts) and old[n]["key"] not in used:
            key = old[n]["key"]
        if not key or key in {one["key"] for one in made}:
            key = _new_key(used | {one["key"] for one in made} | {one["key"] for one in old}, "o")
        used.add(key)
        made.append({"key": key, "text": text, **({"text_en": english} if english else {})})
    return made


def _new_key(used: set[str], letter: str) -> str:
    n = len(used) + 1
    while f"{letter}{n}" in used:
        n += 1
    return f"{letter}{n}"


def question(given: Mapping[str, Any], before: Mapping[str, Any]) -> Data:
    """A question from the fields of the clerk's form: `kind text help required options rows other least most
    section section_text only_if only_any`. What a kind has no use for is left out."""
    kind = given["kind"]
    made: Data = {"kind": kind, "text": given["text"].strip()}
    for name in ("text_en", "help", "help_en"):
        if words := str(given.get(name) or "").strip():
            made[name] = words
    if given.get("required"):
        made["required"] = True
    made |= _offered(kind, given, before)
    made |= {name: int(given[name]) for name in _bounds(kind) if given.get(name) is not None}
    if kind == "rating":
        made.setdefault("most", 5)
    if given.get("only_if") and given.get("only_any"):
        made["if"] = {"question": given["only_if"], "any": list(given["only_any"])}
    if words := str(given.get("section") or "").strip():
        made["section"] = {**(before.get("section") or {}), "title": words}
        made["section"]["text"] = str(given.get("section_text") or "").strip()
    return made


def _offered(kind: str, given: Mapping[str, Any], before: Mapping[str, Any]) -> Data:
    made: Data = {}
    if kind in CHOICES:
        made["options"] = options(given.get("options") or "", before.get("options"))
        if given.get("other") and kind != "matrix":
            made["other"] = True
    if kind == "matrix":
        made["rows"] = options(given.get("rows") or "", before.get("rows"))
    return made


def _bounds(kind: str) -> tuple[str, ...]:
    return {
        "multiple": ("least", "most"), "ranking": ("least", "most"), "number": ("least", "most"),
        "rating": ("most",), "text": ("most",),
    }.get(kind, ())  # fmt: skip
