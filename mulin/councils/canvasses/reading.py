"""A canvass as pages show it: support, its curve, the same by building.

What everybody may see says nothing about a single door: shares by building come in steps of five percent, and
where fewer than five households of a building agree, or fewer than five do not, only that is said: the one
door that has not agreed must not be found by its neighbours.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from mulin.councils.canvasses import curves, states
from mulin.councils.canvasses.models import Canvass, CanvassHousehold
from mulin.councils.chains import STANCES
from mulin.kernel import clock
from mulin.kernel.suppression import COVER, LIMIT, SMALL, protect, protect_lines
from mulin.places.queries import names_of, natural

WIDTH, HEIGHT = 120, 32
STEP = 5


@dataclass(frozen=True, slots=True)
class Row:
    """A building. `label`: its share in words; `meter`: 0 to 100 for the bar, None where nothing is shown;
    `line`: points of a small curve, empty where there is none; `said`: the same for who cannot see it."""

    name: str
    households: int
    label: str
    meter: int | None
    line: str = ""
    said: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    code: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """All figures of a campaign. `curve`: (day, percent, target percent)."""

    households: int
    agree: int | None
    label: str
    target: str
    target_percent: int
    is_reached: bool
    counts: dict[str, int]
    rows: list[Row]
    curve: list[tuple[date, int, int]]
    since: date | None
    is_covered: bool = False


def target_of(canvass: Canvass) -> Fraction:
    return Fraction(canvass.target)


def target_words(canvass: Canvass) -> str:
    """`90%`, or the fraction where it is no whole number of percent."""
    percent = target_of(canvass) * 100
    return f"{percent}%" if percent.denominator == 1 else canvass.target


def support(canvass: Canvass) -> tuple[int, int]:
    """(households that agree, all households) as it is now. One statement."""
    rows = curves.standing(canvass).values()
    return sum(row["agree"] for row in rows), sum(row[s] for row in rows for s in STANCES)


def support_of(canvasses: Iterable[Canvass]) -> dict[UUID, tuple[int, int]]:
    """The same for many, by canvass. One statement."""
    every = list(canvasses)
    alive = [one for one in every if one.state != "ended"]
    rows = CanvassHousehold.objects.filter(canvass__in=alive).order_by().values_list("canvass")
    counted = rows.annotate(agree=Count("pk", filter=Q(stance="agree")), of=Count("pk"))
    found = {canvass: (agree, of) for canvass, agree, of in counted} if alive else {}
    return {one.pk: support(one) if one.state == "ended" else found.get(one.pk, (0, 0)) for one in every}


def reached(canvass: Canvass, agree: int, of: int) -> bool:
    return of > 0 and Fraction(agree, of) >= target_of(canvass)


def board(canvass: Canvass, *, is_public: bool) -> Board:
    """Everything the pages show. Four statements."""
    now = curves.standing(canvass)
    history = curves.steps(canvass)
    days = curves.days_of(history)
    counts = {stance: sum(row[stance] for row in now.values()) for stance in STANCES}
    households = sum(counts.values())
    covers = _covers(now) if is_public else set()
    names = names_of(now)
    order = sorted(now, key=lambda code: natural(names.get(code, "")))
    rows = [_row(code, names, now[code], history.get(code, {}), days, is_public, covers) for code in order]
    agree = counts["agree"]
    is_small = is_public and _is_small(agree, households)
    goal = target_of(canvass)
    return Board(
        households=households,
        agree=None if is_small else agree,
        label=_band(agree, households) if is_small else states.share_text(agree, households),
        target=target_words(canvass),
        target_percent=int(goal * 100),
        is_reached=reached(canvass, agree, households),
        counts=counts,
        rows=rows,
        curve=_curve(history, days, goal, is_public),
        since=clock.day_of(canvass.started_at) if canvass.started_at else None,
        is_covered=is_public and (is_small or any(row.meter is None for row in rows)),
    )


def share_words(agree: int, households: int, *, is_public: bool) -> str:
    """The support of a whole campaign in words, as `board` says it."""
    is_small = is_public and households > 0 and _is_small(agree, households)
    return _band(agree, households) if is_small else states.share_text(agree, households)


def _is_small(agree: int, households: int) -> bool:
    return agree < LIMIT or households - agree < LIMIT


def _covers(now: dict[str, dict[str, int]]) -> set[str]:
    """Buildings that must be hidden because a total would betray a small figure of another."""
    cells = {}
    for code, row in now.items():
        whole = sum(row.values())
        cells[code, "yes"], cells[code, "no"] = row["agree"], whole - row["agree"]
    lines = [[(code, side) for code in now] for side in ("yes", "no")]
    hidden = protect_lines(cells, lines)
    return {code for (code, _side), why in hidden.items() if why == COVER and not _is_small(
        cells[code, "yes"], cells[code, "yes"] + cells[code, "no"])}  # fmt: skip


def _rounded(agree: int, households: int) -> int:
    """A share in steps of five percent, downwards; small figures at the limit of what is said."""
    if households <= 2 * LIMIT:
        return 0
    agree = min(max(agree, 0), households - LIMIT + 1)
    return 0 if agree < LIMIT else agree * 100 // households // STEP * STEP


def _band(agree: int, households: int) -> str:
    """What is said where the exact figure would point at single doors."""
    if households <= 2 * LIMIT:
        return _("户数太少，不显示")
    if agree < LIMIT:
        return _("不到%(n)s户") % {"n": LIMIT}
    return _("%(n)s%%以上") % {"n": _rounded(agree, households)}


def _row(
    code: str,
    names: dict[str, str],
    counts: dict[str, int],
    by_day: dict[date, dict[str, int]],
    days: list[date],
    is_public: bool,
    covers: set[str],
) -> Row:
    households, agree = sum(counts.values()), counts["agree"]
    name = names.get(code) or _("其他：户数少，或没有写楼栋")
    if is_public:
        if code in covers or households <= 2 * LIMIT:
            label = _("不显示") if code in covers else _("户数太少，不显示")
            return Row(name, households, label, None, code=code)
        label = _band(agree, households) if _is_small(agree, households) else _("约%(n)s%%") % {
            "n": _rounded(agree, households)}  # fmt: skip
        meter = _rounded(agree, households)
    else:
        label, meter = states.share_text(agree, households), agree * 100 // households if households else 0
    line, said = _spark(by_day, days, is_public)
    return Row(name, households, label, meter, line, said, {} if is_public else counts, code)


def _spark(by_day: dict[date, dict[str, int]], days: list[date], is_public: bool) -> tuple[str, str]:
    """A small curve from zero to a hundred percent, and what it says."""
    shares = []
    for day in days:
        then = curves.at(by_day, day)
        if then is None:
            continue
        agree, whole = then["agree"], sum(then.values())
        if whole:
            shares.append(_rounded(agree, whole) if is_public else agree * 100 // whole)
    if len(shares) < 2:
        return "", ""
    step = WIDTH / (len(shares) - 1)
    points = " ".join(
        f"{i * step:.1f},{HEIGHT - 1 - share * (HEIGHT - 2) / 100:.1f}" for i, share in enumerate(shares)
    )
    return points, _("从%(a)s%%到%(b)s%%") % {"a": shares[0], "b": shares[-1]}


def _curve(
    history: dict[str, dict[date, dict[str, int]]], days: list[date], goal: Fraction, is_public: bool
) -> list[tuple[date, int, int]]:
    found = []
    for day in days:
        rows = [row for by_day in history.values() if (row := curves.at(by_day, day))]
        whole, agree = sum(sum(row.values()) for row in rows), sum(row["agree"] for row in rows)
        if not whole:
            continue
        share = _rounded(agree, whole) if is_public and _is_small(agree, whole) else agree * 100 // whole
        found.append((day, share, int(goal * 100)))
    return found


def _told(counts: dict[str, int], *, total_shown: bool) -> dict[str, str]:
    """Counts as a report may carry them: nothing under five, nor what would betray it."""
    hidden = protect(counts, total_shown=total_shown)
    words = {SMALL: _("不到%(n)s户") % {"n": LIMIT}, COVER: _("不显示")}
    return {key: words[hidden[key]] if key in hidden else str(n) for key, n in counts.items()}


def report(canvass: Canvass) -> dict[str, Any]:
    """What came of it, for print and Excel, which are handed round: no door, no name, no small figure."""
    shown = board(canvass, is_public=True)
    if canvass.state == "ended":
        visits, reasons = canvass.final.get("visits", 0), canvass.final.get("reasons", {})
    else:
        visits = canvass.contacts.exclude(channel__in=("own", "list")).count()
        reasons = Counter(canvass.contacts.exclude(reason="").values_list("reason", flat=True))
    words = dict(states.reasons(canvass.place))
    order = sorted(reasons, key=lambda code: -reasons[code])
    told, said = _told(dict(reasons), total_shown=False), _told(shown.counts, total_shown=True)
    return {
        "board": shown,
        "visits": visits,
        "reasons": [(words.get(code, code), told[code]) for code in order],
        "stances": [(str(states.STANCE_WORDS[s][0]), said[s]) for s in STANCES],
        "answered": list(canvass.questions.filter(state="answered").order_by("answered_at")),
    }
