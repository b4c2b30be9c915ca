"""Results as pages show them: bars with their share and base, small figures covered where everybody reads."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from mulin.kernel import clock, suppression
from mulin.voices.surveys import queries, tally
from mulin.voices.surveys.fields import word
from mulin.voices.surveys.form import OTHER, Question
from mulin.voices.surveys.models import Survey
from mulin.voices.surveys.states import CHANNEL_WORDS, ROSTER_WORDS


@dataclass(slots=True)
class Bar:
    """`n` is None where the figure is covered; `most` is what a full bar stands for: all who answered."""

    text: str
    n: int | None
    share: str = ""
    most: int = 1


@dataclass(slots=True)
class Group:
    """Bars under one heading: a question's own, or one row of a matrix."""

    title: str
    bars: list[Bar]


@dataclass(slots=True)
class Shown:
    """One question's result. `answered` is None where nothing of it may be shown; `base` words it: people,
    or households where one sheet is a household's."""

    key: str
    kind: str
    text: str
    answered: int | None
    asked: int
    groups: list[Group] = field(default_factory=list)
    figures: list[tuple[str, str]] = field(default_factory=list)
    is_covered: bool = False
    base: str = ""


@dataclass(slots=True)
class Report:
    """All that a page of results says. `rate` is worded, with its base; `waiting` sheets are not counted
    yet."""

    returned: int
    waiting: int
    channels: list[tuple[str, int]]
    rate: str
    uncoded: int
    questions: list[Shown]
    is_covered: bool


def public_results(survey: Survey) -> Report:
    """The published questions, figures under five covered with what would betray them: also what a question
    that only some were asked tells about the question that led to it."""
    return _report(survey, survey.published, cover=True)


def staff_results(survey: Survey) -> Report:
    """All questions, exact: a worker sees totals of the whole survey, never whose they are."""
    return _report(survey, None, cover=False)


def _report(survey: Survey, keys: list[str] | None, *, cover: bool) -> Report:
    found = queries.results(survey)
    wanted = [question for question in found.form if keys is None or question.key in keys]
    questions = []
    for question in wanted:
        one = found.tallies[question.key]
        if cover and _tells_of_few(question, found):
            questions.append(
                Shown(question.key, question.kind, word(question), None, one.asked, is_covered=True)
            )
        else:
            shown = _shown(one, cover=cover)
            shown.base = answered(survey, one.answered)
            questions.append(shown)
    channels = [(str(CHANNEL_WORDS[name]), n) for name, n in sorted(found.by_channel.items())]
    return Report(
        returned=found.returned,
        waiting=found.waiting,
        channels=channels,
        rate=_rate(survey, found),
        uncoded=found.uncoded,
        questions=questions,
        is_covered=any(one.is_covered for one in questions),
    )


def answered(survey: Survey, n: int) -> str:
    """How many answered, in the unit of which one sheet each is counted."""
    if survey.once == "household":
        return ngettext("%(n)s 户答", "%(n)s 户答", n) % {"n": n}
    return ngettext("%(n)s 人答", "%(n)s 人答", n) % {"n": n}


def _tells_of_few(question: Question, found: queries.Results) -> bool:
    """Whether so few were or were not asked, or answered, that any figure would be about persons."""
    one = found.tallies[question.key]
    if 0 < one.answered < suppression.LIMIT:
        return True
    if question.condition is None:
        return False
    source = found.tallies[question.condition.question]
    hidden = _hidden(source.counts, source.question)
    few = any(0 < n < suppression.LIMIT for n in (one.asked, source.answered - one.asked))
    return few or bool(hidden.keys() & set(question.condition.any))


def _hidden(cells: dict[str, int], question: Question) -> dict[str, str]:
    # Choices of a multiple do not add up to how many answered, unless everybody chooses as many.
    adds_up = question.kind != "multiple" or question.most == (question.least or 1)
    return suppression.protect(cells, total_shown=adds_up)


def _rate(survey: Survey, found: queries.Results) -> str:
    if found.rate is None:
        return ""
    if survey.roster:
        base = f"{survey.roster} {ROSTER_WORDS[survey.roster_of]}"
    else:
        base = _("发出%(n)s份") % {"n": survey.issued}
    return _("%(share)s（%(base)s）") % {"share": percent(found.rate), "base": base}


def on_day(day: date | None) -> str:
    """`7月3日`, with the year when it is not this one."""
    if day is None:
        return ""
    style = "n月j日" if day.year == clock.today().year else "Y年n月j日"  # untranslated: the key of a format
    formats = {"n月j日": pgettext("date format", "n月j日"), "Y年n月j日": pgettext("date format", "Y年n月j日")}
    return date_format(day, formats[style])


def percent(share: float) -> str:
    return f"{share * 100:.0f}%" if share >= 0.1 or share == 0 else f"{share * 100:.1f}%"


def _shown(one: tally.Tally, *, cover: bool) -> Shown:
    question = one.question
    made = Shown(question.key, question.kind, word(question), one.answered, one.asked)
    if question.kind == "matrix":
        for row in question.rows:
            cells = {choice: one.counts[f"{row.key}/{choice}"] for choice in _words(question)}
            made.groups.append(_group(word(row), cells, question, sum(cells.values()), cover, made))
    elif question.kind == "ranking":
        cells = dict(sorted(one.points.items(), key=lambda pair: -pair[1]))
        hidden = suppression.protect({key: sum(ranks) for key, ranks in one.ranks.items()}) if cover else {}
        made.is_covered = bool(hidden)
        made.groups.append(
            Group(
                _("得分：排第一得 %(n)s 分，往后每位少 1 分") % {"n": len(one.ranks)},
                # Full is what everybody puts first.
                _bars(cells, _words(question), 0, hidden, most=one.answered * len(one.ranks)),
            )
        )
    elif one.counts:
        made.groups.append(_group("", one.counts, question, one.answered, cover, made))
    # A mean beside the figures that are shown is one equation more for those that are not.
    if one.numbers and not made.is_covered:
        _add_figures(made, one)
    if question.kind == "number" and not cover:
        bars = [Bar(_band(low, high), n) for low, high, n in tally.bands(one.numbers)]
        made.groups.append(Group("", [Bar(bar.text, bar.n, most=one.answered or 1) for bar in bars]))
    return made


def _group(
    title: str, cells: dict[str, int], question: Question, base: int, cover: bool, made: Shown
) -> Group:
    hidden = _hidden(cells, question) if cover else {}
    made.is_covered = made.is_covered or bool(hidden)
    return Group(title, _bars(cells, _words(question), base, hidden))


def _bars(
    cells: dict[str, int], names: dict[str, str], base: int, hidden: dict, *, most: int = 0
) -> list[Bar]:
    # Never the largest answer: beside "40%" it would fill its bar.
    most = most or base or 1
    made = []
    for key, n in cells.items():
        share = percent(n / base) if base else ""
        name = names.get(key, key)
        made.append(Bar(name, None, most=most) if key in hidden else Bar(name, n, share, most))
    return made


def _words(question: Question) -> dict[str, str]:
    names = {one.key: word(one) for one in question.options}
    return {**names, OTHER: pgettext("survey", "其他")} if question.other else names


def _add_figures(made: Shown, one: tally.Tally) -> None:
    made.figures.append((_("平均"), f"{one.mean:.2f}"))
    if one.question.kind == "number" and one.spread:
        low, middle, high = one.spread
        made.figures.append((_("中位数"), f"{middle:g}"))
        made.figures.append((_("中间一半在"), _("%(low)g 到 %(high)g") % {"low": low, "high": high}))


def _band(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:.4g}–{high:.4g}"


@dataclass(slots=True)
class Crossed:
    """One question by another: heads with their bases, and rows of worded cells ("—" where covered)."""

    of: str
    by: str
    heads: list[tuple[str, int]]
    rows: list[tuple[str, list[str]]]
    is_covered: bool


def crossed(survey: Survey, of: str, by: str) -> Crossed:
    """A cross-table; small cells are covered for workers too: few sheets of one house are somebody's."""
    form = queries.form_of(survey)
    table, hidden = queries.cross_table(survey, of, by)
    down, across = form.get(of), form.get(by)
    rows = []
    for row in table.rows:
        cells = []
        for column in table.columns:
            n, base = table.cells[column, row], table.bases[column]
            cells.append("—" if (column, row) in hidden else f"{n} · {percent(n / base)}" if base else "0")
        rows.append((_words(down).get(row, row), cells))
    heads = [(_words(across).get(column, column), table.bases[column]) for column in table.columns]
    return Crossed(word(down), word(across), heads, rows, bool(hidden))


@dataclass(slots=True)
class Years:
    """A question over the rounds: the shares of each choice or the mean, the latest round first."""

    text: str
    heads: list[str]
    rows: list[tuple[str, list[str]]]


def compared(survey: Survey, earlier: list[Survey]) -> list[Years]:
    """Questions that were asked the same way before, side by side. Empty when it is the first round."""
    if not earlier:
        return []
    rounds = [survey, *earlier]
    counted = [queries.results(one).tallies for one in rounds]
    heads = [f"{(one.closed_at or one.created_at):%Y-%m}" for one in rounds]
    found = []
    for question in queries.form_of(survey):
        tallies = [one.get(question.key) for one in counted]
        if any(one is None or one.question.kind != question.kind for one in tallies):
            continue
        if question.kind in {"rating", "number"}:
            means = [f"{one.mean:.2f}" if one.mean is not None else "—" for one in tallies]
            found.append(Years(word(question), heads, [(_("平均"), means)]))
        elif question.kind in {"single", "multiple"}:
            rows = [
                (name, [percent(share) if (share := one.share(key)) is not None else "—" for one in tallies])
                for key, name in _words(question).items()
            ]
            found.append(Years(word(question), heads, rows))
    return found
