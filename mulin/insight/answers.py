"""The board as plain data, for the API and the export: codes with their words in both languages."""

from typing import Any

from mulin.insight.definitions import FIGURES, RATES, both
from mulin.insight.figures import Rate

MARKS = {"small": "<5", "cover": "—", "": ""}


def as_json(board: Any) -> dict[str, Any]:
    """A `queries.Board` as JSON types. Hidden figures are null; `hidden` says "<5" or "—" for each."""
    place = board.place
    return {
        "place": place.code,
        "name": place.name,
        "level": place.level,
        "since": board.period.since.isoformat(),
        "until": board.period.until.isoformat(),
        "before": {"since": board.before.since.isoformat(), "until": board.before.until.isoformat()},
        "is_exact": board.is_exact,
        "figures": dict(board.figures),
        "hidden": _marks(board.marks),
        "titles": {key: both(words.title) for key, words in FIGURES.items()},
        "rates": {key: _rate(rate, full=True) for key, rate in board.rates.items()},
        "excluded_reasons": board.reasons,
        "states": board.states,
        "kinds": [_cell(cell) for cell in board.kinds],
        "categories": [_cell(cell) for cell in board.categories],
        "unclassified": board.unclassified,
        "other_categories": board.other_categories,
        "trend": [_step(step) for step in board.trend],
        "children": [_child(child) for child in board.children],
        "remainder": _child(board.remainder) if board.remainder else None,
        "hot": [
            {
                "label": topic.label,
                "count": topic.n,
                "places": list(topic.places),
                "since": topic.since.isoformat(),
            }
            for topic in board.hot
        ],
    }


def _marks(marks: dict[str, str]) -> dict[str, str]:
    return {key: MARKS[why] for key, why in sorted(marks.items())}


def _step(step: Any) -> dict[str, Any]:
    return {
        "since": step.since.isoformat(),
        "until": step.until.isoformat(),
        "in": step.came,
        "closed": step.closed,
        "in_before": step.before,
    }


def _cell(cell: Any) -> dict[str, Any]:
    return {"code": cell.code, "count": cell.n, "hidden": MARKS[cell.mark]}


def _rate(rate: Rate, full: bool = False) -> dict[str, Any]:
    plain = {
        "value": None if rate.value is None else round(rate.value, 4),
        "numerator": rate.numerator,
        "denominator": rate.denominator,
        "is_hidden": rate.hidden,
        "at_least": rate.at_least,
    }
    if full:
        words = RATES[rate.key]
        plain |= {
            "title": both(words.title),
            "definition": both(words.meaning),
            "left_out": rate.left_out,
            "reasons": rate.reasons,
        }
    return plain


def _child(child: Any) -> dict[str, Any]:
    return {
        "place": child.code,
        "name": child.name,
        "figures": child.figures,
        "hidden": _marks(child.marks),
        "rates": {key: _rate(rate) for key, rate in child.rates.items()},
    }
