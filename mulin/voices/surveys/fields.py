"""A form of a survey as fields on a page, and what came back from them. Shared by the resident's page and the
desk's typing page; works without scripts.

Names of the inputs: single, rating, number, text: the question's key; multiple: the key, several times;
matrix: `key.row`; ranking: `key.choice` holds the rank; place: `key.lon` and `key.lat`; what stands beside
"other": `key.other`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from mulin.voices.surveys.form import OTHER, Form, Option, Question


@dataclass(slots=True)
class Choice:
    """One thing to tick; `name` and `value` of its input, `rank` where the question asks for an order."""

    key: str
    text: str
    id: str
    name: str
    value: str
    is_chosen: bool = False
    rank: int | None = None


@dataclass(slots=True)
class Row:
    key: str
    text: str
    choices: list[Choice]


@dataclass(slots=True)
class Field:
    """One question as the page shows it."""

    key: str
    kind: str
    text: str
    help: str
    required: bool
    number: int
    value: Any = ""
    error: str = ""
    choices: list[Choice] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    ranks: list[int] = field(default_factory=list)
    other: str = ""
    has_other: bool = False
    least: int | None = None
    most: int | None = None
    only_if: str = ""
    only_any: str = ""
    only_text: str = ""
    lon: str = ""
    lat: str = ""

    @property
    def id(self) -> str:
        return f"q_{self.key}"


@dataclass(slots=True)
class Part:
    title: str
    text: str
    fields: list[Field]


def word(thing: Any, name: str = "text") -> str:
    """A text of a form in the reader's language; Chinese where there is no translation."""
    english = getattr(thing, f"{name}_en", "") if get_language() == "en" else ""
    return english or getattr(thing, name)


def parts(form: Form, answers: Mapping[str, Any], mistakes: Mapping[str, str] | None = None) -> list[Part]:
    """Sections with their fields, filled with what was answered and said so far."""
    found, number = [], 0
    for section in form.sections:
        made = []
        for question in section.questions:
            number += 1
            made.append(_field(form, question, number, answers, (mistakes or {}).get(question.key, "")))
        found.append(Part(word(section, "title"), word(section), made))
    return found


def _field(form: Form, question: Question, number: int, answers: Mapping[str, Any], error: str) -> Field:
    value = answers.get(question.key, "")
    made = Field(
        key=question.key,
        kind=question.kind,
        text=word(question),
        help=word(question, "help") or _usual_help(question),
        required=question.required,
        number=number,
        value=value,
        error=error,
        has_other=question.other,
        other=answers.get(f"{question.key}.{OTHER}", ""),
        least=question.least,
        most=question.most,
    )
    _add_choices(made, question, value)
    if question.condition and (source := form.get(question.condition.question)):
        names = [choice.text for choice in _labels(source) if choice.key in question.condition.any]
        made.only_if, made.only_any = source.key, " ".join(question.condition.any)
        made.only_text = _("上面选了“%(what)s”的，请答这一题。") % {"what": "”“".join(names)}
    if question.kind == "place" and value:
        made.lon, made.lat = str(value[0]), str(value[1])
    return made


def _usual_help(question: Question) -> str:
    if question.kind == "multiple" and question.most:
        return _("最多选%(n)s个") % {"n": question.most}
    if question.kind == "ranking":
        return _("最合适的写1，其次写2，最多排%(n)s个") % {"n": _ranks(question)}
    return ""


def _ranks(question: Question) -> int:
    return question.most or len(question.options) + question.other


def _labels(question: Question) -> list[Option]:
    options = [Option(one.key, word(one)) for one in question.options]
    return [*options, Option(OTHER, pgettext("survey", "其他"))] if question.other else options


def _add_choices(made: Field, question: Question, value: Any) -> None:
    labels = _labels(question)
    if question.kind == "rating":
        labels = [Option(str(step), str(step)) for step in range(1, (question.most or 5) + 1)]
    if question.kind == "matrix":
        given = value if isinstance(value, Mapping) else {}
        for row in question.rows:
            name = f"{question.key}.{row.key}"
            made.rows.append(Row(row.key, word(row), _choices(name, labels, {given.get(row.key)})))
    elif question.kind == "ranking":
        order = list(value) if isinstance(value, list) else []
        made.ranks = list(range(1, _ranks(question) + 1))
        for one in labels:
            name = f"{question.key}.{one.key}"
            rank = order.index(one.key) + 1 if one.key in order else None
            made.choices.append(Choice(one.key, one.text, f"q_{name}", name, "", rank=rank))
    elif labels:
        chosen = {str(one) for one in value} if isinstance(value, list) else {str(value)}
        made.choices = _choices(question.key, labels, chosen)


def _choices(name: str, labels: list[Option], chosen: set[Any]) -> list[Choice]:
    return [
        Choice(one.key, one.text, f"q_{name}_{one.key}", name, one.key, one.key in chosen) for one in labels
    ]


def posted(form: Form, data: QueryDict) -> dict[str, Any]:
    """What came back, as `form.check` takes it. Nothing is judged here."""
    answers: dict[str, Any] = {}
    for question in form:
        value = _value(question, data)
        if value not in ("", None, [], {}):
            answers[question.key] = value
        if (
            question.other
            and (words := data.get(f"{question.key}.{OTHER}", ""))
            and question.kind != "ranking"
        ):
            answers[f"{question.key}.{OTHER}"] = words
    return answers


def _value(question: Question, data: QueryDict) -> Any:
    key = question.key
    if question.kind == "multiple":
        return data.getlist(key)
    if question.kind == "matrix":
        return {row.key: data[f"{key}.{row.key}"] for row in question.rows if data.get(f"{key}.{row.key}")}
    if question.kind == "ranking":
        return _ranking(question, data)
    if question.kind == "place":
        lon, lat = data.get(f"{key}.lon", ""), data.get(f"{key}.lat", "")
        return [lon, lat] if lon or lat else ""
    return data.get(key, "")


def _ranking(question: Question, data: QueryDict) -> list[str]:
    """Choices in the order of the ranks that were written beside them; a rank given twice keeps both, and a
    choice without a rank is left out."""
    ranked = []
    for place, one in enumerate([*(option.key for option in question.options), OTHER]):
        rank = data.get(f"{question.key}.{one}", "").strip()[:6]
        if rank.isdecimal():
            ranked.append((int(rank), place, one))
    return [one for _rank, _place, one in sorted(ranked)]
