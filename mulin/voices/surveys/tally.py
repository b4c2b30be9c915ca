"""Counting the answers to a survey. Pure.

Every figure stands beside its base: how many were asked the question and how many answered it. A choice
that was offered and that nobody took is counted as zero. Cross-tables and small figures of a published
result go through `kernel.suppression` in the page that shows them, not here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

from mulin.voices.surveys.form import OTHER, Form, Question, asked, choices

BANDS = 8


@dataclass(slots=True)
class Tally:
    """One question. `counts`: choice -> answers (for a matrix "row/choice"); numbers and ranks apart.

    `ranks`: choice -> [times first, times second, …]; `points`: Borda points, n for the first of n choices
    down to 1, none for what was left out. `texts`: what was written, in the order it came.
    """

    question: Question
    asked: int = 0
    answered: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    ranks: dict[str, list[int]] = field(default_factory=dict)
    points: dict[str, int] = field(default_factory=dict)
    numbers: list[float] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    places: list[tuple[float, float]] = field(default_factory=list)

    def share(self, choice: str) -> float | None:
        """Of those who answered; None when nobody did. Choices of a multiple add up to more than one."""
        return self.counts.get(choice, 0) / self.answered if self.answered else None

    @property
    def mean(self) -> float | None:
        return sum(self.numbers) / len(self.numbers) if self.numbers else None

    @property
    def spread(self) -> tuple[float, float, float] | None:
        """Lower quartile, median, upper quartile."""
        if len(self.numbers) < 2:
            return (self.numbers[0],) * 3 if self.numbers else None
        low, _middle, high = quantiles(self.numbers, n=4, method="inclusive")
        return low, median(self.numbers), high


def tally(form: Form, sheets: Iterable[Mapping[str, Any]]) -> dict[str, Tally]:
    """All questions of a form over all sheets of answers."""
    found = {question.key: _empty(question) for question in form}
    everything = list(form)
    is_plain = not any(question.condition for question in everything)
    for answers in sheets:
        for question in everything if is_plain else asked(form, answers):
            one = found[question.key]
            one.asked += 1
            if question.key in answers:
                one.answered += 1
                _count(one, answers[question.key], answers)
    return found


def _empty(question: Question) -> Tally:
    one = Tally(question)
    keys = [option.key for option in question.options] + ([OTHER] if question.other else [])
    if question.kind in {"single", "multiple"}:
        one.counts = dict.fromkeys(keys, 0)
    elif question.kind == "matrix":
        one.counts = {f"{row.key}/{key}": 0 for row in question.rows for key in keys}
    elif question.kind == "rating":
        one.counts = {str(step): 0 for step in range(1, (question.most or 1) + 1)}
    elif question.kind == "ranking":
        one.ranks = {key: [0] * len(keys) for key in keys}
        one.points = dict.fromkeys(keys, 0)
    return one


def _count(one: Tally, value: Any, answers: Mapping[str, Any]) -> None:
    kind = one.question.kind
    if kind == "ranking":
        for position, choice in enumerate(value):
            one.ranks[choice][position] += 1
            one.points[choice] += len(one.ranks) - position
    elif kind == "text":
        one.texts.append(value)
    elif kind == "place":
        one.places.append((value[0], value[1]))
    elif kind == "number":
        one.numbers.append(value)
    else:
        if kind == "rating":
            one.numbers.append(value)
        for key in taken(value):
            one.counts[key] += 1
    if words := answers.get(f"{one.question.key}.{OTHER}"):
        one.texts.append(words)


def taken(value: Any) -> list[str]:
    """The keys under which one answer is counted: a choice, several, a step, or "row/choice" of a matrix."""
    if isinstance(value, Mapping):
        return [f"{row}/{choice}" for row, choice in value.items()]
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


@dataclass(frozen=True, slots=True)
class CrossTable:
    """How the answers to one question fall apart by those to another: cells[(column, row)]."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[tuple[str, str], int]
    bases: Mapping[str, int]

    def column(self, key: str) -> dict[str, int]:
        return {row: self.cells[key, row] for row in self.rows}


def cross(form: Form, sheets: Iterable[Mapping[str, Any]], of: str, by: str) -> CrossTable:
    """Question `of` by the choices of question `by` (single, multiple or rating both).

    `bases`: how many of each column answered `of`. ValueError for other kinds.
    """
    rows, columns = _keys(form, of), _keys(form, by)
    cells: Counter[tuple[str, str]] = Counter()
    bases: Counter[str] = Counter()
    for answers in sheets:
        if of in answers and by in answers:
            for column in taken(answers[by]):
                bases[column] += 1
                for row in taken(answers[of]):
                    cells[column, row] += 1
    full = {(column, row): cells[column, row] for column in columns for row in rows}
    return CrossTable(rows, columns, full, {column: bases[column] for column in columns})


def _keys(form: Form, key: str) -> tuple[str, ...]:
    question = form.get(key)
    if question is None or question.kind not in {"single", "multiple", "rating"}:
        raise ValueError(f"{key} cannot stand in a cross-table")
    if question.kind == "rating":
        return tuple(str(step) for step in range(1, (question.most or 1) + 1))
    known = choices(question)
    order = [option.key for option in question.options]
    return tuple(order + ([OTHER] if OTHER in known else []))


def bands(numbers: Sequence[float], most: int = BANDS) -> list[tuple[float, float, int]]:
    """Numbers in equal bands: (from, to, how many); whole values apart when they are few."""
    if not numbers:
        return []
    distinct = sorted(set(numbers))
    if len(distinct) <= most:
        return [(value, value, sum(one == value for one in numbers)) for value in distinct]
    low, high = distinct[0], distinct[-1]
    width = (high - low) / most
    counts = Counter(min(int((one - low) / width), most - 1) for one in numbers)
    return [(low + n * width, low + (n + 1) * width, counts[n]) for n in range(most)]


def response_rate(returned: int, issued: int) -> float | None:
    """Sheets that came back over those that went out or people on the roster; None without a roster.

    More than one (a household answered twice, the roster is too short) is shown as it is: it is a question
    to whoever keeps the roster, not a figure to be cut off.
    """
    return returned / issued if issued > 0 else None
