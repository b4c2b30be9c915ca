"""The board as an Excel file: what the page shows, hidden figures hidden here too."""

from io import BytesIO

import xlsxwriter
from django.utils.translation import gettext as _

from mulin.insight.answers import MARKS
from mulin.insight.definitions import FIGURES, NOTE_HIDDEN, NOTE_NO_RANKING, RATES
from mulin.insight.figures import BEHIND, SHOWN, Rate
from mulin.insight.page import rate_text
from mulin.insight.queries import OF_CHILDREN, Board
from mulin.voices import states
from mulin.voices.queries import catalogue

WIDTHS = (28, 14, 14, 14, 14, 14, 14, 14)


def workbook(board: Board) -> bytes:
    """An .xlsx with sheets for figures, places below, categories and kinds, trend, hot topics."""
    file = BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    for title, columns, rows in _sheets(board):
        sheet = book.add_worksheet(title)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        for at, width in enumerate(WIDTHS):
            sheet.set_column(at, at, width)
        sheet.write_row(0, 0, columns, head)
        sheet.freeze_panes(1, 0)
        for at, row in enumerate(rows, 1):
            sheet.write_row(at, 0, row)
    book.close()
    return file.getvalue()


def _sheets(board: Board):
    yield _("数字"), [str(board.place.name), _("数字"), _("怎么算")], list(_figures(board))
    if board.children:
        columns = [_("地方"), *(str(FIGURES[key].title) for key in OF_CHILDREN)]
        columns += [str(RATES[key].title) for key in RATES]
        yield _("下级"), columns, list(_children(board))
    words = catalogue()
    yield (
        _("类别"),
        [_("类别"), _("收到")],
        [*([words.name(c.code), _count(c.n, c.mark)] for c in board.categories), *_rest(board)],
    )
    kinds = [[str(states.kind_word(c.code)), _count(c.n, c.mark)] for c in board.kinds]
    yield _("种类"), [_("种类"), _("条数")], kinds
    if board.trend:
        columns = [_("从"), _("到"), _("收到"), _("办结"), _("上一段收到")]
        yield (
            _("趋势"),
            columns,
            [
                [s.since.isoformat(), s.until.isoformat(), *map(_count, (s.came, s.closed, s.before))]
                for s in board.trend
            ],
        )
    if board.hot:
        yield (
            _("热点"),
            [_("说什么"), _("条数"), _("从")],
            [[t.label, t.n, t.since.isoformat()] for t in board.hot],
        )


def _rest(board: Board):
    """What the categories do not name, so that the column adds up to all that came in."""
    for name, n in (
        (_("还没有分类的"), board.unclassified),
        (_("数字小、不单列的"), board.other_categories),
    ):
        if n:
            yield [name, n]


def _figures(board: Board):
    yield [_("从"), board.period.since.isoformat(), ""]
    yield [_("到"), board.period.until.isoformat(), ""]
    for key in (*SHOWN, *BEHIND):
        words = FIGURES[key]
        yield [
            str(words.title),
            _count(board.figures[key], board.marks.get(key, "cover")),
            str(words.meaning),
        ]
    for key, rate in board.rates.items():
        yield [str(RATES[key].title), _rate(rate), str(RATES[key].meaning)]
    yield [str(NOTE_NO_RANKING)]
    if not board.is_exact:
        yield [str(NOTE_HIDDEN)]


def _children(board: Board):
    rest = [board.remainder] if board.remainder else []
    for child in [*board.children, *rest]:
        counts = [_count(child.figures[key], child.marks.get(key, "cover")) for key in OF_CHILDREN]
        yield [child.name or _("没有分到下级的"), *counts, *map(_rate, child.rates.values())]


def _count(n: int | None, mark: str = "cover") -> int | str:
    return n if n is not None else MARKS[mark or "cover"]


def _rate(rate: Rate) -> str:
    return rate_text(rate)
