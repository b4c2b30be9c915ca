"""The picture in words: plain sentences and rows for the page, the record, the print and the file."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.councils.conversations.models import Picture
from mulin.councils.conversations.states import SIDE_WORDS

WIDTH, HEIGHT, EDGE = 360, 280, 34
MOST_RADIUS = 26


@dataclass(frozen=True)
class Line:
    """A statement and what is said of it. `shares`: (letter, whole percent or None) of the groups."""

    n: int
    text: str
    side: str = ""
    words: str = ""
    percent: int | None = None
    shares: tuple[tuple[str, int | None], ...] = ()


@dataclass(frozen=True)
class Group:
    letter: str
    size: str
    holds: tuple[Line, ...]


@dataclass(frozen=True)
class Dot:
    """A bubble in the drawing: centre, radius, which group (its number, "none" without), how many people."""

    x: float
    y: float
    r: float
    group: str
    people: int


@dataclass(frozen=True)
class Row:
    """One statement of the record: how many answered, whole percents (None: covered), the verdict."""

    n: int
    text: str
    seen: int | None
    agree: int | None
    disagree: int | None
    unsure: int | None
    verdict: str
    minority: str
    side: str = ""

    @property
    def is_covered(self) -> bool:
        return None in (self.agree, self.disagree, self.unsure)

    @property
    def bars(self) -> list[tuple[str, float, float]]:
        """Parts of one bar of a hundred: class, where it begins, how wide it is. Empty when covered."""
        if self.is_covered:
            return []
        found, at = [], 0.0
        for name, wide in (("agree", self.agree), ("unsure", self.unsure), ("disagree", self.disagree)):
            wide = min(wide or 0, 100 - at)
            found.append((name, at, wide))
            at += wide
        return found


@dataclass(frozen=True)
class Report:
    """Everything a page says about a conversation."""

    people: int
    summary: str
    clarity: str
    clarity_words: str
    groups: tuple[Group, ...] = ()
    shared: tuple[Line, ...] = ()
    divided: tuple[Line, ...] = ()
    rows: tuple[Row, ...] = ()
    dots: tuple[Dot, ...] = ()
    labels: tuple[tuple[str, float, float], ...] = ()
    width: int = WIDTH
    height: int = HEIGHT
    made_at: Any = None
    is_covered: bool = field(default=False)

    @property
    def majorities(self) -> list[Row]:
        return [row for row in self.rows if row.verdict]

    @property
    def minorities(self) -> list[Row]:
        return [row for row in self.rows if row.minority]


def report(picture: Picture, texts: dict[int, str]) -> Report:
    """The picture in the current language. `texts`: the statements that are shown now; what was taken down
    since is left out."""
    found = picture.shown
    rows = tuple(_row(one, texts) for one in found["records"] if one["n"] in texts)
    dots = _dots(found["bubbles"])
    return Report(
        people=found["people"],
        summary=_summary(found),
        clarity=found["clarity"],
        clarity_words=_clarity(found),
        groups=tuple(_group(one, texts) for one in found["groups"]),
        shared=tuple(_shared(one, texts, bool(found["groups"])) for one in _of(found, "shared", texts)),
        divided=tuple(_divided(one, texts) for one in _of(found, "divided", texts)),
        rows=tuple(sorted(rows, key=_most_agreed)),
        dots=dots,
        labels=_labels(dots),
        made_at=picture.made_at,
        is_covered=any(row.is_covered for row in rows),
    )


def _of(found: dict[str, Any], what: str, texts: dict[int, str]) -> list[dict[str, Any]]:
    return [one for one in found[what] if one["n"] in texts]


def _summary(found: dict[str, Any]) -> str:
    said = _("%(people)s 人表了态，一共 %(answers)s 次，%(statements)s 句话。") % found
    if found["groups"] and found["placed"] < found["people"]:
        said += _("其中 %(placed)s 人答得够多，看得出和谁想法相近。") % found
    return said


def _clarity(found: dict[str, Any]) -> str:
    n = len(found["groups"])
    if found["clarity"] == "clear":
        return _("看得出 %(n)s 种想法，彼此分得开。") % {"n": n}
    if found["clarity"] == "blurred":
        return _("大致有 %(n)s 种想法，但界线不清：中间也站着不少人。") % {"n": n}
    return _("没有分成几拨：大家的看法各有不同，看不出成群的分歧。")


def _group(one: dict[str, Any], texts: dict[int, str]) -> Group:
    """A group and what it holds: what more than half of it say, and more than elsewhere. (The engine also
    names what sets a group apart where hardly anybody takes the side.)"""
    if one["people"] is None:
        size = _("人数少，不显示")
    else:
        size = ngettext("%(people)s 人，占 %(percent)s%%", "%(people)s 人，占 %(percent)s%%", one["people"])
        size %= {"people": one["people"], "percent": one["percent"]}
    holds = tuple(
        Line(
            held["n"],
            texts[held["n"]],
            side=held["side"],
            words=_("%(percent)s%% %(side)s，其他人里是 %(elsewhere)s%%")
            % {**held, "side": SIDE_WORDS[held["side"]]},
            percent=held["percent"],
        )
        for held in one["holds"]
        if held["n"] in texts and held["percent"] > max(50, held["elsewhere"])
    )
    return Group(one["letter"], size, holds)


def _shared(one: dict[str, Any], texts: dict[int, str], has_groups: bool) -> Line:
    said = {**one, "side": SIDE_WORDS[one["side"]]}
    if one["percent"] is None:
        # So few see it otherwise that the figure would point at them.
        words = _("多数%(side)s") % said
    elif has_groups:
        words = _("%(percent)s%% %(side)s；最少的一组也有 %(lowest)s%%") % said
    else:
        words = _("%(percent)s%% %(side)s") % said
    shares = tuple((letter, percent) for letter, percent in one["shares"])
    return Line(one["n"], texts[one["n"]], one["side"], words, one["percent"], shares)


def _divided(one: dict[str, Any], texts: dict[int, str]) -> Line:
    words = _("%(most)s 组最赞成，%(least)s 组最不赞成，差 %(gap)s 个百分点") % one
    shares = tuple((letter, percent) for letter, percent in one["shares"])
    return Line(one["n"], texts[one["n"]], "agree", words, None, shares)


def _row(one: dict[str, Any], texts: dict[int, str]) -> Row:
    side = one["majority"]
    verdict = minority = ""
    if side:
        share = one[side]
        words = {"side": SIDE_WORDS[side], "percent": share}
        verdict = _("多数%(side)s") % words if share is None else _("多数%(side)s，%(percent)s%%") % words
        other = "disagree" if side == "agree" else "agree"
        minority = _minority(other, one[other], one["against"])
    return Row(
        n=one["n"],
        text=texts[one["n"]],
        seen=one["seen"],
        agree=one["agree"],
        disagree=one["disagree"],
        unsure=one["pass"],
        verdict=verdict,
        minority=minority,
        side=side,
    )


def _most_agreed(row: Row) -> tuple[int, int]:
    """Order of the rows. Where a share is covered, nearly all took the majority's side."""
    covered = {"agree": 100, "disagree": 0}.get(row.side, 50)
    return -(covered if row.agree is None else row.agree), row.n


def _minority(side: str, percent: int | None, groups: list[str]) -> str:
    """Who sees it differently: how many, and the groups in which the other side prevails."""
    words = {"side": SIDE_WORDS[side], "percent": percent, "groups": _("、").join(groups)}
    if percent and groups:
        return _("%(percent)s%% %(side)s，%(groups)s 组里这样看的更多") % words
    if percent:
        return _("%(percent)s%% %(side)s") % words
    return _("%(groups)s 组里%(side)s的更多") % words if groups else ""


def _dots(bubbles: list[list[float]]) -> tuple[Dot, ...]:
    """Bubbles on paper: both axes to one scale, up is up, the area of a bubble is its people."""
    if not bubbles:
        return ()
    xs, ys = [one[0] for one in bubbles], [one[1] for one in bubbles]
    wide, high = max(xs) - min(xs) or 1.0, max(ys) - min(ys) or 1.0
    scale = min((WIDTH - 2 * EDGE) / wide, (HEIGHT - 2 * EDGE) / high)
    middle = ((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2)
    most = max(one[2] for one in bubbles)
    found = [
        Dot(
            x=round(WIDTH / 2 + (x - middle[0]) * scale, 1),
            y=round(HEIGHT / 2 - (y - middle[1]) * scale, 1),
            r=round(max(6.0, MOST_RADIUS * (people / most) ** 0.5), 1),
            group=str(int(group)) if group >= 0 else "none",
            people=int(people),
        )
        for x, y, people, group in bubbles
    ]
    return tuple(sorted(found, key=lambda dot: -dot.r))


def _labels(dots: tuple[Dot, ...]) -> tuple[tuple[str, float, float], ...]:
    """The letter of each group, on its largest bubble."""
    first: dict[str, Dot] = {}
    for dot in dots:
        if dot.group != "none":
            first.setdefault(dot.group, dot)
    return tuple((chr(ord("A") + int(group)), dot.x, dot.y) for group, dot in sorted(first.items()))


def own_group(picture: Picture | None, participant: int | None) -> str:
    """The letter of the group in which this participant stands, for their own eyes; empty without."""
    if picture is None or participant is None:
        return ""
    group = dict(picture.memory.get("groups", ())).get(participant, -1)
    return chr(ord("A") + group) if group >= 0 else ""


def outcome(found: Report, conclusion: str = "") -> str:
    """The result for the record: the conclusion, what most hold, and what a minority holds against it. Beside
    a conclusion one sentence of each is enough: the report has them all."""
    most = 1 if conclusion else 3
    parts = [conclusion, found.summary] if conclusion else [found.summary, found.clarity_words]
    for title, pairs in (
        (_("大家都认的：%(said)s"), [(one.text, one.words) for one in found.shared]),
        (_("多数人的看法：%(said)s"), [(row.text, row.verdict) for row in found.majorities]),
        (_("少数人的看法：%(said)s"), [(row.text, row.minority) for row in found.minorities]),
    ):
        if pairs:
            parts.append(title % {"said": " · ".join(f"“{text}” {words}" for text, words in pairs[:most])})
    return "\n".join(parts)


def result(found: Report) -> dict[str, Any]:
    """The same for the steps behind it, as plain JSON."""
    return {
        "people": found.people,
        "clarity": found.clarity,
        "groups": len(found.groups),
        "shared": [{"text": one.text, "side": one.side, "percent": one.percent} for one in found.shared],
        "divided": [{"text": one.text, "words": one.words} for one in found.divided],
        "majority": [{"text": row.text, "words": row.verdict} for row in found.majorities],
        "minority": [{"text": row.text, "words": row.minority} for row in found.minorities],
    }
