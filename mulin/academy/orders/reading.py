"""What a wish or an offer is about, guessed from its words: theme, age, hours, how many.

Only suggestions: whoever asked, or the desk, puts them right. Cues stand in packs/themes.toml and ages.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mulin.academy.catalogues import Part, Word, ages, parts, themes

Window = dict[str, Any]
DAYS = range(1, 8)
MOST_PEOPLE = 500
_CHINESE = "一二三四五六日"
_DAY = re.compile(
    r"(?:周|星期|礼拜)([一二三四五六日天])(?:(?:到|至|—|-)(?:周|星期|礼拜)?([一二三四五六日天]))?"
)
_PEOPLE = re.compile(r"(\d{1,3}|十几|二十|十|两|[三四五六七八九])(?:来|多)?(?:个人|位|人|名|口人|个老)")
_NUMBERS = {"两": 2, "十": 10, "十几": 12, "二十": 20, **{c: n for n, c in enumerate("三四五六七八九", 3)}}
_TEAM = ("我们队", "舞蹈队", "合唱队", "合唱团", "太极队", "我们团", "乐队", "棋社", "的队伍", "纳入社区学院")
_TEACH = ("可以教", "能教", "教大家", "愿意教", "当老师", "教孩子", "可以上课", "辅导")


@dataclass(frozen=True, slots=True)
class Guess:
    """Codes of theme and age (empty where nothing was recognised), windows of the week, how many people,
    and what an offer gives (`teach`, `team`, `time`)."""

    theme: str = ""
    age: str = ""
    slots: list[Window] = field(default_factory=list)
    people: int = 1
    gives: str = ""


def guess(text: str, kind: str = "wish") -> Guess:
    """What the words of a wish or an offer say."""
    return Guess(
        theme=_longest(text, themes().values()),
        age=_longest(text, ages().values()),
        slots=slots_in(text),
        people=_people(text),
        gives=_gives(text) if kind == "offer" else "",
    )


def _longest(text: str, words: Iterable[Word]) -> str:
    """The code whose cue is the longest that occurs; among equals the one said first."""
    best, found = (0, 0), ""
    for one in words:
        for cue in one.words:
            at = text.find(cue)
            if at >= 0 and (len(cue), -at) > best:
                best, found = (len(cue), -at), one.code
    return found


def slots_in(text: str) -> list[Window]:
    """The windows of the week that a text names. A day alone means its every part, a part alone every day."""
    days = _days(text)
    named = [part for part in parts().values() if any(cue in text for cue in part.words)]
    if not days and not named:
        return []
    return [window(day, part) for day in days or DAYS for part in named or parts().values()]


def window(day: int, part: Part) -> Window:
    return {"day": day, "from": part.begin, "to": part.end}


def _days(text: str) -> list[int]:
    found: set[int] = set()
    for first, last in _DAY.findall(text):
        begin = _day(first)
        end = _day(last) if last else begin
        found |= set(range(begin, end + 1)) if begin <= end else {begin, end}
    if "周末" in text or "双休日" in text:
        found |= {6, 7}
    if "工作日" in text or "平时" in text:
        found |= {1, 2, 3, 4, 5}
    return sorted(found)


def _day(sign: str) -> int:
    return _CHINESE.index("日" if sign == "天" else sign) + 1


def _people(text: str) -> int:
    found = _PEOPLE.search(text)
    if found is None:
        return 1
    many = _NUMBERS.get(found[1]) or int(found[1])
    return min(max(many, 1), MOST_PEOPLE)


def _gives(text: str) -> str:
    if any(cue in text for cue in _TEAM):
        return "team"
    return "teach" if any(cue in text for cue in _TEACH) else "time"


# A choice such as "2-afternoon" and the window that it stands for ------------------------------------


def choice_of(day: int, part: str) -> str:
    return f"{day}-{part}"


def windows(choices: Iterable[str]) -> list[Window]:
    """The windows of choices, in the order of the week; what is no choice is left out."""
    wanted = set(choices)
    return [
        window(day, part) for day in DAYS for part in parts().values() if choice_of(day, part.code) in wanted
    ]


def choices(slots: Iterable[Window]) -> list[str]:
    """The choices whose windows touch these ones, in the order of the week."""
    found = {(one["day"], part.code) for one in slots for part in parts().values() if _touch(one, part)}
    return [choice_of(day, part) for day in DAYS for part in parts() if (day, part) in found]


def _touch(one: Window, part: Part) -> bool:
    return one["from"] < part.end and part.begin < one["to"]
