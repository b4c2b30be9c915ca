"""What a survey asks and what counts as an answer to it. Pure.

A form is a tree of sections and questions, kept as JSON with the survey and read from a template pack:

    {"sections": [{"title": "…", "text": "…", "questions": [{"key": "q1", "kind": "single", "text": "…",
      "options": [{"key": "a", "text": "…"}], "other": true, "required": true,
      "if": {"question": "q0", "any": ["b"]}}]}]}

Kinds: single, multiple, matrix (one choice a row), rating, ranking, number, text, place (a point on a map).
An answer is a mapping from question key to a value: single "a"; multiple ["a", "b"]; matrix {"row": "a"};
rating and number 3; ranking ["b", "a"] best first; text "…"; place [lon, lat]. What somebody writes beside
"other" stands under `<key>.other`. A question whose condition is not met has no answer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS = ("single", "multiple", "matrix", "rating", "ranking", "number", "text", "place")
CHOICES = frozenset({"single", "multiple", "matrix", "ranking"})
OTHER = "other"
LARGEST = 10**12
MOST_QUESTIONS, MOST_OPTIONS, MOST_TEXT, LONGEST_LABEL = 120, 40, 2000, 200
_KEY = re.compile(r"[a-z][a-z0-9_]{0,23}")


class FormError(ValueError):
    """A form cannot be used; `code` names the mistake and `where` the question it stands in."""

    def __init__(self, code: str, where: str = "") -> None:
        self.code, self.where = code, where
        super().__init__(f"{code} {where}".strip())


@dataclass(frozen=True, slots=True)
class Option:
    key: str
    text: str
    text_en: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """Met when the answer to an earlier question holds one of `any`."""

    question: str
    any: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """`least` and `most`: choices of a multiple, bounds of a number, steps of a rating (1 to most)."""

    key: str
    kind: str
    text: str
    text_en: str = ""
    help: str = ""
    help_en: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    rows: tuple[Option, ...] = ()
    other: bool = False
    least: int | None = None
    most: int | None = None
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Section:
    title: str = ""
    title_en: str = ""
    text: str = ""
    text_en: str = ""
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    sections: tuple[Section, ...] = ()

    def __iter__(self) -> Iterator[Question]:
        return (question for section in self.sections for question in section.questions)

    def get(self, key: str) -> Question | None:
        return next((question for question in self if question.key == key), None)


@dataclass(slots=True)
class Checked:
    """Answers that may be kept, and what is wrong with the others: question key -> code of the mistake."""

    answers: dict[str, Any] = field(default_factory=dict)
    mistakes: dict[str, str] = field(default_factory=dict)


# Reading a form ----------------------------------------------------------------------------------


def read(data: Mapping[str, Any]) -> Form:
    """A form from JSON or TOML. FormError when it could not be filled in or counted."""
    form = Form(tuple(_section(raw) for raw in data.get("sections", ())))
    seen: dict[str, Question] = {}
    for question in form:
        if question.key in seen:
            raise FormError("key-twice", question.key)
        _check_question(question, seen)
        seen[question.key] = question
    if len(seen) > MOST_QUESTIONS:
        raise FormError("too-many-questions")
    return form


def _section(raw: Mapping[str, Any]) -> Section:
    words = {name: str(raw.get(name, "")) for name in ("title", "title_en", "text", "text_en")}
    return Section(**words, questions=tuple(_question(one) for one in raw.get("questions", ())))


def _question(raw: Mapping[str, Any]) -> Question:
    condition = raw.get("if")
    return Question(
        key=str(raw.get("key", "")),
        kind=str(raw.get("kind", "")),
        text=str(raw.get("text", "")).strip(),
        text_en=str(raw.get("text_en", "")).strip(),
        help=str(raw.get("help", "")),
        help_en=str(raw.get("help_en", "")),
        required=bool(raw.get("required", False)),
        options=_options(raw.get("options", ())),
        rows=_options(raw.get("rows", ())),
        other=bool(raw.get("other", False)),
        least=raw.get("least"),
        most=raw.get("most"),
        condition=Condition(str(condition["question"]), tuple(condition["any"])) if condition else None,
    )


def _options(raw: Any) -> tuple[Option, ...]:
    words = ((str(one["key"]), str(one["text"]).strip(), str(one.get("text_en", ""))) for one in raw)
    return tuple(Option(*three) for three in words)


def _check_question(question: Question, earlier: Mapping[str, Question]) -> None:
    def must(holds: bool, code: str) -> None:
        if not holds:
            raise FormError(code, question.key)

    must(bool(_KEY.fullmatch(question.key)), "bad-key")
    must(question.kind in KINDS, "bad-kind")
    must(bool(question.text) and len(question.text) <= LONGEST_LABEL, "no-text")
    for group in (question.options, question.rows):
        must(len(group) <= MOST_OPTIONS, "too-many-options")
        must(len({one.key for one in group}) == len(group), "key-twice")
        must(all(_KEY.fullmatch(one.key) and one.text and one.key != OTHER for one in group), "bad-option")
    if question.kind in CHOICES:
        must(len(question.options) + question.other >= 2, "too-few-options")
    if question.kind == "matrix":
        must(bool(question.rows), "no-rows")
    if question.kind == "rating":
        must(question.most is not None and 2 <= question.most <= 10, "bad-steps")
    if question.least is not None and question.most is not None:
        must(question.least <= question.most, "bad-bounds")
    if question.condition:
        source = earlier.get(question.condition.question)
        must(source is not None and source.kind in {"single", "multiple"}, "bad-condition")
        must(set(question.condition.any) <= choices(source), "bad-condition")


def choices(question: Question) -> set[str]:
    """The keys that may be chosen."""
    return {one.key for one in question.options} | ({OTHER} if question.other else set())


def as_data(form: Form) -> dict[str, Any]:
    """The form as JSON again: `read(as_data(form)) == form`."""
    return {"sections": [_section_data(section) for section in form.sections]}


def _section_data(section: Section) -> dict[str, Any]:
    words = {name: getattr(section, name) for name in ("title", "title_en", "text", "text_en")}
    return {**_filled(words), "questions": [_question_data(one) for one in section.questions]}


def _question_data(question: Question) -> dict[str, Any]:
    names = ("key", "kind", "text", "text_en", "help", "help_en", "required", "other", "least", "most")
    data = _filled({name: getattr(question, name) for name in names})
    for name in ("options", "rows"):
        if found := getattr(question, name):
            data[name] = [_filled({"key": o.key, "text": o.text, "text_en": o.text_en}) for o in found]
    if question.condition:
        data["if"] = {"question": question.condition.question, "any": list(question.condition.any)}
    return data


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None and value not in ("", False)}


# Answers -----------------------------------------------------------------------------------------


def asked(form: Form, answers: Mapping[str, Any]) -> list[Question]:
    """The questions that are put to somebody who answered so far as given."""
    found: list[Question] = []
    reached: set[str] = set()
    for question in form:
        if _is_met(question.condition, answers, reached):
            found.append(question)
            reached.add(question.key)
    return found


def _is_met(condition: Condition | None, answers: Mapping[str, Any], reached: set[str]) -> bool:
    if condition is None:
        return True
    # An answer to a question that is not put any more does not open others.
    given = answers.get(condition.question) if condition.question in reached else None
    chosen = set(given) if isinstance(given, list) else {given}
    return bool(chosen & set(condition.any))


def check(form: Form, given: Mapping[str, Any], *, partial: bool = False) -> Checked:
    """Keep what may be kept. `partial`: nothing is missing yet, somebody is still filling it in.

    Mistakes: missing, not-offered, too-few, too-many, not-a-number, too-small, too-large, too-long,
    not-a-place, row-missing. What answers no question that is put is dropped without a word.
    """
    checked = Checked()
    for question in form:
        if question not in asked(form, checked.answers):
            continue
        value = given.get(question.key)
        if _is_empty(value):
            if question.required and not partial:
                checked.mistakes[question.key] = "missing"
            continue
        mistake, clean = _READERS[question.kind](question, value)
        if partial and mistake in {"too-few", "row-missing"}:
            mistake = ""
        if not mistake and _is_empty(clean):
            mistake = "not-offered"
        if mistake:
            checked.mistakes[question.key] = mistake
            continue
        checked.answers[question.key] = clean
        _keep_other(question, given, checked)
    return checked


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {}) or (isinstance(value, str) and not value.strip())


def _keep_other(question: Question, given: Mapping[str, Any], checked: Checked) -> None:
    value = checked.answers[question.key]
    if question.other and (value == OTHER or (isinstance(value, list) and OTHER in value)):
        name = f"{question.key}.{OTHER}"
        if words := _plain(given.get(name) or "")[:LONGEST_LABEL]:
            checked.answers[name] = words


def _plain(value: Any) -> str:
    # PostgreSQL's JSON takes no NUL, and nobody types one.
    return str(value).replace("\x00", "").replace("\r\n", "\n").strip()


Read = tuple[str, Any]


def _single(question: Question, value: Any) -> Read:
    return ("", value) if _offered(question, [value]) else ("not-offered", None)


def _offered(question: Question, chosen: list[Any]) -> bool:
    return all(isinstance(one, str) for one in chosen) and set(chosen) <= choices(question)


def _many(question: Question, value: Any) -> Read:
    given = value if isinstance(value, list) else [value]
    if not _offered(question, given):
        return "not-offered", None
    chosen = list(dict.fromkeys(given))
    if question.most is not None and len(chosen) > question.most:
        return "too-many", None
    if question.least is not None and len(chosen) < question.least:
        return "too-few", chosen
    order = [one.key for one in question.options] + [OTHER]
    return "", sorted(chosen, key=order.index)


def _matrix(question: Question, value: Any) -> Read:
    if not isinstance(value, Mapping):
        return "not-offered", None
    rows = {one.key for one in question.rows}
    chosen = {row: choice for row, choice in value.items() if row in rows and choice}
    if not _offered(question, list(chosen.values())):
        return "not-offered", None
    return ("row-missing" if question.required and set(chosen) != rows else ""), chosen


def _ranking(question: Question, value: Any) -> Read:
    ranked = value if isinstance(value, list) else [value]
    if not _offered(question, ranked) or len(set(ranked)) != len(ranked):
        return "not-offered", None
    if question.most is not None and len(ranked) > question.most:
        return "too-many", None
    if question.least is not None and len(ranked) < question.least:
        return "too-few", ranked
    return "", ranked


def _number(question: Question, value: Any) -> Read:
    try:
        number = float(str(value).strip())
    except ValueError:
        return "not-a-number", None
    if not math.isfinite(number):
        return "not-a-number", None
    low = 1 if question.kind == "rating" else question.least
    if low is not None and number < low:
        return "too-small", None
    if abs(number) > LARGEST or (question.most is not None and number > question.most):
        return "too-large", None
    if question.kind == "rating" and number != int(number):
        return "not-a-number", None
    return "", int(number) if number == int(number) else number


def _text(question: Question, value: Any) -> Read:
    words = _plain(value)
    return ("too-long", None) if len(words) > (question.most or MOST_TEXT) else ("", words)


def _place(question: Question, value: Any) -> Read:
    try:
        lon, lat = (float(part) for part in (value.split(",") if isinstance(value, str) else value))
    except (TypeError, ValueError):
        return "not-a-place", None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return "not-a-place", None
    return "", [round(lon, 6), round(lat, 6)]


_READERS: dict[str, Callable[[Question, Any], Read]] = {
    "single": _single,
    "multiple": _many,
    "matrix": _matrix,
    "ranking": _ranking,
    "rating": _number,
    "number": _number,
    "text": _text,
    "place": _place,
}
