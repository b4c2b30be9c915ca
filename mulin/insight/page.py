"""The board in words: what the template shows, made from a `queries.Board`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.cases import reasons
from mulin.cases import states as case_states
from mulin.insight.answers import MARKS
from mulin.insight.definitions import FIGURES, PERIODS, RATES
from mulin.insight.figures import Rate
from mulin.insight.links import Lists, url
from mulin.insight.periods import PRESETS, Period, is_unfinished
from mulin.insight.queries import OF_CHILDREN, Board, Cell, Child
from mulin.kernel import clock
from mulin.kernel.actors import Actor
from mulin.kernel.suppression import COVER
from mulin.places.queries import names_of
from mulin.voices import states as voice_states
from mulin.voices.queries import catalogue

FIRST = ("in", "closed", "open", "overdue")
BARS = 12
SECOND = ("suspended", "reopened", "refused", "merged", "excluded", "done", "voices")


def query_of(period: Period, wall: bool = False) -> str:
    """The period as the query of an address, to keep it from page to page."""
    if period.name in PRESETS:
        query = {"period": period.name}
    else:
        query = {"since": period.since.isoformat(), "until": period.until.isoformat()}
    return "?" + urlencode(query | ({"wall": "1"} if wall else {}))


def count_text(n: int | None, mark: str = "cover") -> str:
    """A count, or the mark of a hidden one."""
    return str(n) if n is not None else MARKS[mark or "cover"]


def rate_text(rate: Rate) -> str:
    if rate.value is not None:
        return f"{rate.value:.1%}"
    if rate.at_least is not None:
        return _("%(rate)s 以上") % {"rate": f"{rate.at_least:.0%}"}
    return MARKS["cover"]


@dataclass(frozen=True, slots=True)
class Page:
    """Context of the board's template."""

    board: Board
    query: str
    periods: list[dict[str, Any]]
    figures: list[dict[str, Any]]
    more_figures: list[dict[str, Any]]
    unshown: str
    rates: list[dict[str, Any]]
    columns: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    kinds: list[dict[str, Any]]
    categories: list[dict[str, Any]]
    more_categories: list[dict[str, Any]]
    trend: list[dict[str, Any]]
    unfinished: str
    states: list[dict[str, Any]]
    hot: list[dict[str, Any]]
    trail: list[dict[str, str]]

    @property
    def category_names(self) -> str:
        return _together(bar["name"] for bar in self.categories)

    @property
    def kind_names(self) -> str:
        return _together(bar["name"] for bar in self.kinds)


def page(board: Board, actor: Actor, wall: bool = False) -> Page:
    lists = Lists(actor, board.place.code, board.period)
    query = query_of(board.period, wall)
    categories = _categories(board, lists)
    trend = _trend(board)
    return Page(
        board=board,
        query=query,
        periods=_periods(board.period, wall),
        figures=[_figure(board, key, lists) for key in FIRST],
        more_figures=[_figure(board, key, lists) for key in SECOND if board.marks.get(key) != COVER],
        unshown=_together(FIGURES[key].title for key in SECOND if board.marks.get(key) == COVER),
        rates=[_rate(rate, board.marks) for rate in board.rates.values()],
        columns=_columns(),
        rows=[_row(child, query) for child in _all_children(board)],
        kinds=_bars(board.kinds, voice_states.kind_word, lambda code: _of_kind(lists, code)),
        categories=categories if len(categories) <= BARS + 1 else categories[:BARS],
        more_categories=[] if len(categories) <= BARS + 1 else categories[BARS:],
        trend=trend,
        unfinished=next((step["label"] for step in trend if step["is_unfinished"]), ""),
        states=_states(board, lists),
        hot=_hot(board, actor, lists),
        trail=_trail(board, query),
    )


def _trail(board: Board, query: str) -> list[dict[str, str]]:
    """The places above."""
    return [
        {"name": place.name, "url": reverse("insight:board", args=[place.code]) + query}
        for place in board.above
    ]


def _periods(period: Period, wall: bool) -> list[dict[str, Any]]:
    names = [(name, PERIODS[name]) for name in PRESETS]
    extra = {"wall": "1"} if wall else {}
    return [
        {"label": label, "url": "?" + urlencode({"period": name} | extra), "current": period.name == name}
        for name, label in names
    ]


def _figure(board: Board, key: str, lists: Lists) -> dict[str, Any]:
    n, words = board.figures[key], FIGURES[key]
    return {
        "label": words.title,
        "value": count_text(n, board.marks.get(key, "")),
        "unit": words.unit,
        "tone": "urgent" if key == "overdue" and n else "",
        "url": lists.figure(key),
        "behind": _("另有 %(n)s 条诉求说同样的事") % {"n": board.figures["voices"] - n}
        if key == "in" and board.is_exact and board.figures["voices"] > n
        else "",
        "rule": words.meaning,
    }


def _rate(rate: Rate, marks: dict[str, str]) -> dict[str, Any]:
    words = RATES[rate.key]
    behind = ""
    if rate.denominator is not None:
        behind = _("%(above)s / %(below)s 件") % {"above": rate.numerator, "below": rate.denominator}
        if not rate.denominator:
            behind = _("还没有可以计算的事")
    elif rate.hidden:
        behind = _("分项有小于 5 的，不显示")
        if rate.at_least is not None:
            behind = _("分项有小于 5 的，只按百分之五一档说")
    out = [_counted(FIGURES[name].title, n, marks.get(name, "")) for name, n in rate.left_out.items()]
    named = {code: reasons.label("cases.exclusion.reasons", code) for code in rate.reasons}
    why = [_counted(named[code], n) for code, n in sorted(rate.reasons.items())]
    return {
        "label": words.title,
        "value": rate_text(rate),
        "behind": behind,
        "left_out": _together(out),
        "reasons": _together(why),
        "meaning": words.meaning,
    }


def _counted(title: Any, n: int | None, mark: str = "") -> str:
    return f"{title} {count_text(n, mark)}"


def _together(items: Iterable[Any]) -> str:
    return pgettext("between items", "、").join(str(item) for item in items)


def _columns() -> list[dict[str, Any]]:
    columns: list[dict[str, Any]] = [{"label": _("地方")}]
    columns += [{"label": FIGURES[key].title, "num": True} for key in OF_CHILDREN]
    return columns + [{"label": words.title, "num": True} for words in RATES.values()]


def _all_children(board: Board) -> list[Child]:
    return [*board.children, *([board.remainder] if board.remainder else [])]


def _row(child: Child, query: str) -> dict[str, Any]:
    cells = [{"text": child.name or _("没有分到下级的"), "label": _("地方")}]
    for key in OF_CHILDREN:
        text = count_text(child.figures[key], child.marks.get(key, ""))
        cells.append({"text": text, "num": True, "label": FIGURES[key].title})
    for key, rate in child.rates.items():
        text = rate_text(rate)
        if rate.denominator:
            text = f"{text} ({rate.numerator}/{rate.denominator})"
        cells.append({"text": text, "num": True, "label": RATES[key].title})
    return {"url": reverse("insight:board", args=[child.code]) + query if child.code else "", "cells": cells}


def _bars(cells: tuple[Cell, ...], name_of, link) -> list[dict[str, Any]]:
    most = max((cell.n or 0 for cell in cells), default=0)
    return [
        {
            "name": name_of(cell.code),
            "n": cell.n,
            "text": count_text(cell.n, cell.mark),
            "most": most or 1,
            "url": link(cell.code),
        }
        for cell in cells
    ]


def _of_kind(lists: Lists, kind: str) -> str:
    """Wishes and offers have no cases."""
    return "" if kind in voice_states.WISHES else lists.of(dated=True, kind=kind)


def _categories(board: Board, lists: Lists) -> list[dict[str, Any]]:
    """Every category that may be shown, then what has none yet and what is not listed: together all that
    came in."""
    cells = list(board.categories)
    names = {cell.code: catalogue().name(cell.code) for cell in cells}
    for code, name, n in (
        ("unclassified", _("还没有分类的"), board.unclassified),
        ("other", _("数字小、不单列的"), board.other_categories),
    ):
        if n:
            cells.append(Cell(code, n))
            names[code] = name
    listed = {cell.code for cell in board.categories}
    return _bars(
        tuple(cells),
        names.__getitem__,
        lambda code: lists.of(dated=True, category=code) if code in listed else "",
    )


def _trend(board: Board) -> list[dict[str, Any]]:
    today = clock.today()
    return [
        {
            "label": date_format(step.since, "m-d")
            if board.period.days < 366
            else date_format(step.since, "y-m"),
            "came": count_text(step.came),
            "closed": count_text(step.closed),
            "before": count_text(step.before),
            "is_unfinished": is_unfinished(
                board.period, (step.since, step.until), today, coarser=not board.is_exact
            ),
        }
        for step in board.trend
    ]


def _states(board: Board, lists: Lists) -> list[dict[str, Any]]:
    """Where what came in stands now, in the order of a usual life."""
    return [
        {
            "name": case_states.label(state),
            "n": board.states[state],
            "text": str(board.states[state]),
            "most": max(board.states.values()),
            "url": lists.of(dated=True, state=state),
        }
        for state in case_states.STATES
        if state in board.states
    ]


def _hot(board: Board, actor: Actor, lists: Lists) -> list[dict[str, Any]]:
    names = names_of({place for topic in board.hot for place in topic.places[:3]}) if board.hot else {}
    found, here = [], board.place.code
    for topic in board.hot:
        head = topic.label.partition("：")[0]  # untranslated: it stands between the place and the matter
        inside = next((code for code in topic.places if names.get(code) == head), "")
        words = "" if inside else head
        found.append(
            {
                "label": topic.label,
                "n": topic.n,
                "since": topic.since,
                "places": _together(names[place] for place in topic.places[:3]),
                "url": lists.of(dated=True, q=words, place=inside)
                or url("disclosure:register", q=words, place=inside or here),
            }
        )
    return found
