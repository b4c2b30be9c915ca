"""Reading addresses: which district, street, community, estate and building a text speaks of.

"重庆市南岸区花园路街道金堰社区 XX小区3栋2单元" and "金堰社区8栋" alike are compared with a gazetteer of
names. Names are indexed by their core (金堰 for 金堰社区居民委员会), so that every usual ending and none at
all find the same place; what stands before and behind decides between places of one name. One wrong
character is forgiven where the place is otherwise clear. Every answer has a confidence and the spans of text
that it rests on: a suggestion for a person, not a decision. Pure.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from mulin.kernel import codes
from mulin.places.housenumbers import BUILDING, arabic, read_numbers

Span = tuple[int, int]

# Endings by level, in the order in which they are taken off (one of each group).
_ENDINGS: dict[str, tuple[str, ...]] = {
    "province": ("壮族自治区|回族自治区|维吾尔自治区|自治区|省|市",),
    "city": ("地区|市|盟",),
    "district": ("区|县|市|旗",),
    "street": ("街道办事处|街道|镇|乡",),
    "community": ("居民委员会|居委会|村民委员会|村委会|工作站", "社区|村"),
    "estate": ("小区",),
    "courtyard": ("院落|大院",),
}
_STRIP = {
    level: [re.compile(f"(?:{group})$") for group in groups] for level, groups in _ENDINGS.items()
}  # fmt: skip
# What may follow a core in a text, by level; longer endings first.
_FOLLOW = {
    level: re.compile("|".join(groups))
    for level, groups in (_ENDINGS | {
        "community": ("(?:社区|村)?(?:居民委员会|居委会|村民委员会|村委会|工作站)|社区|村(?!路|口|街)",),
        "street": ("街道办事处|街道办|街道|镇|乡",),
    }).items()
}  # fmt: skip
_ANY_ENDING = re.compile("街道|社区|小区|镇|乡|村(?!路|口|街)|居委会|居民委员会|村委会|区|县")
# How much a name without its ending says, by level: 花园路 may be a street, a community or a road.
_BARE = {"province": 0.8, "city": 0.7, "district": 0.6, "street": 0.5, "community": 0.5}
_BARE_OTHER = 0.85
_SIZE = {"province": 2, "city": 4, "district": 6, "street": 9, "community": 12}
_ORDER = ("province", "city", "district", "street", "community", "road", "estate", "courtyard", "grid",
          "micro_grid", "venue", "building")  # fmt: skip
_MANY = 48

_TYPO = re.compile(r"社区|街道|小区|镇|乡|村(?!路|口|街)|居委会|居民委员会|村委会")
_TYPO_LEVELS = {"街道": "street", "镇": "street", "乡": "street", "小区": "estate"}


class Entry(NamedTuple):
    """One name of the gazetteer. `level` is one of `codes.Level` or a word such as "estate" or "road"."""

    code: str
    name: str
    level: Any
    aliases: tuple[str, ...] = ()
    parent: str = ""


class Candidate(NamedTuple):
    """A place that the text may mean. No spans: known only because something inside it was named."""

    code: str
    name: str
    level: str
    confidence: float
    spans: tuple[Span, ...] = ()


@dataclass(slots=True)
class Address:
    """What was read. Lists are sorted, the most likely first; numbers are text, empty where none is given."""

    text: str
    candidates: dict[str, list[Candidate]] = field(default_factory=dict)
    building_no: str = ""
    unit: str = ""
    room: str = ""
    house_no: str = ""

    def best(self, level: str) -> Candidate | None:
        """The most likely place of a level ("district", "street", "community", "estate", "building")."""
        found = self.candidates.get(level)
        return found[0] if found else None

    @property
    def place(self) -> Candidate | None:
        """The most likely place of all, the smallest that is at least about as likely as what holds it."""
        chosen: Candidate | None = None
        for level in _ORDER:
            found = self.best(level)
            if found and (chosen is None or found.confidence >= chosen.confidence - 0.35):
                chosen = found
        return chosen


class _Hit(NamedTuple):
    """A name found in the text: one place that it may stand for."""

    number: int
    start: int
    end: int
    strength: float


class _Scored(NamedTuple):
    """A hit with its score, the hits above it that bear it out, and how many names contradict it."""

    hit: _Hit
    score: float
    support: list[_Hit]
    against: int


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).replace(" ", "").lower()


def _normalise(text: str) -> tuple[str, list[int]]:
    """The text without spaces and in half-width digits, with the place of each character in the original."""
    chars, places = [], []
    for place, char in enumerate(text):
        for one in unicodedata.normalize("NFKC", char).lower():
            if not one.isspace():
                chars.append(one)
                places.append(place)
    places.append(len(text))
    return "".join(chars), places


def _core(name: str, level: str) -> str:
    """The name without its usual ending, unless hardly anything would be left."""
    for pattern in _STRIP.get(level, ()):
        shorter = pattern.sub("", name)
        if len(shorter) >= 2:
            name = shorter
    return name


def _level_name(level: Any) -> str:
    return level.name.lower() if isinstance(level, codes.Level) else str(level).lower()


class Gazetteer:
    """An index of names. Building it takes a few seconds for the whole country; keep it in the process."""

    def __init__(self, entries: Iterable[Entry | tuple[Any, ...]]) -> None:
        self._codes: list[str] = []
        self._names: list[str] = []
        self._levels: list[str] = []
        self._parents: dict[str, str] = {}
        self._number_of: dict[str, int] = {}
        # Streets and larger are kept apart: their names say in which of many communities to look.
        self._upper: dict[str, int | list[int]] = {}
        self._index: dict[str, int | list[int]] = {}
        self._numbered: dict[tuple[str, str], list[int]] = {}
        self._longest = 0
        level_names: dict[Any, str] = {}
        for row in entries:
            code, name, raw_level, aliases, parent = Entry(*row)
            level = level_names.get(raw_level) or level_names.setdefault(raw_level, _level_name(raw_level))
            number = len(self._codes)
            self._codes.append(code)
            self._names.append(name)
            self._levels.append(level)
            self._number_of.setdefault(code, number)
            if parent and (len(code) > 12 or level not in _SIZE):
                self._parents[code] = parent
            for one in (name, *aliases) if aliases else (name,):
                self._add(_plain(one), level, number)
        for found in self._index.values():
            if isinstance(found, list) and len(found) > _MANY:
                found.sort(key=self._codes.__getitem__)
        self._sorted: list[int] | None = None

    def __len__(self) -> int:
        return len(self._codes)

    def _add(self, name: str, level: str, number: int) -> None:
        if level == "building" and (match := BUILDING.search(name)):
            token = arabic(match["no"])
            code = self._codes[number]
            for holder in {self._parents.get(code, ""), codes.community(code) or ""} - {""}:
                known = self._numbered.setdefault((holder, token), [])
                if number not in known[-1:]:  # once, whatever aliases repeat the number
                    known.append(number)
            if match.span() == (0, len(name)):
                return  # "8栋" alone names no place
        core = _core(name, level)
        if len(core) < 2 or _ANY_ENDING.fullmatch(core):
            return
        self._longest = max(self._longest, len(core))
        index = self._upper if level in _BARE and level != "community" else self._index
        found = index.setdefault(core, number)
        if isinstance(found, list):
            if found[-1] != number:
                found.append(number)
        elif found != number:
            index[core] = [found, number]

    # --- finding names ------------------------------------------------------------------------------

    def _strength(self, number: int, text: str, end: int) -> tuple[float, int]:
        """How surely the name that ends there means this place, and where its ending stops."""
        level, name = self._levels[number], self._names[number]
        follow = _FOLLOW.get(level)
        match = follow.match(text, end) if follow else None
        if match:
            if level == "community" and ("村" in match[0]) != ("村" in name[-5:]):
                return 0.55, match.end()
            return 1.0, match.end()
        if level in _SIZE and _ANY_ENDING.match(text, end):
            return 0.0, end  # the ending of another kind of place
        if (level == "community" or level not in _SIZE) and len(name) > 2 and _core(name, level) == name:
            return 1.0, end  # a name that has no ending to lose
        return _BARE.get(level, _BARE_OTHER), end

    def _hits(self, text: str, ranges: list[tuple[str, str]]) -> list[_Hit]:
        hits: list[_Hit] = []
        large: list[tuple[int, int, list[int]]] = []
        for start in range(len(text) - 1):
            for end in range(min(len(text), start + self._longest), start + 1, -1):
                name = text[start:end]
                for index in (self._upper, self._index):
                    found = index.get(name)
                    if found is None:
                        continue
                    numbers = [found] if isinstance(found, int) else found
                    if index is self._index and len(numbers) > _MANY:
                        large.append((start, end, numbers))
                        continue
                    for number in numbers:
                        self._append(hits, number, text, start, end)
        self._add_large(hits, large, text, self._scope(hits) or ranges)
        return _without_inner(hits)

    def _add_large(
        self,
        hits: list[_Hit],
        large: list[tuple[int, int, list[int]]],
        text: str,
        scope: list[tuple[str, str]],
    ) -> None:
        """A name that very many places bear is looked up only inside what the rest of the text says."""
        for start, end, numbers in large:
            for low, high in scope or [("0", ":")]:
                first = bisect_left(numbers, low, key=self._codes.__getitem__)
                last = bisect_left(numbers, high, key=self._codes.__getitem__)
                for number in numbers[first : min(last, first + 4 * _MANY)]:
                    self._append(hits, number, text, start, end)

    def _append(self, hits: list[_Hit], number: int, text: str, start: int, end: int) -> None:
        strength, stop = self._strength(number, text, end)
        if strength:
            hits.append(_Hit(number, start, stop, strength))

    def _scope(self, hits: list[_Hit]) -> list[tuple[str, str]]:
        """Ranges of codes of the smallest divisions above the community that the text surely names."""
        scope: list[tuple[str, str]] = []
        for level in ("province", "city", "district", "street"):
            named = {
                self._codes[hit.number]
                for hit in hits
                if hit.strength >= 0.6 and self._levels[hit.number] == level
            }
            inside = sorted(code for code in named if any(low <= code < high for low, high in scope))
            # 200 towns are called 城关镇: alone they say less than the county before them.
            chosen = inside or sorted(named)
            if chosen and (len(chosen) <= 8 or not scope):
                scope = [codes.bounds(code) for code in chosen[:8]]
        return scope

    def _above(self, code: str) -> list[str]:
        """Everything that holds a place, the nearest first."""
        found: list[str] = []
        while parent := self._parents.get(code):
            if parent in found or len(found) > 6:
                break
            found.append(parent)
            code = parent
        return list(dict.fromkeys([*found, *reversed(codes.parents(code))]))

    # --- weighing ---------------------------------------------------------------------------------

    def parse(self, text: str, within: str | None = None, limit: int = 5) -> Address:
        """Read an address, with at most `limit` candidates a level.

        `within` is the place where the reader works: it decides between places of one name, but what the
        text itself says counts more.
        """
        address = Address(text)
        plain, places = _normalise(text[:200])
        ranges = [codes.bounds(within)] if within else []
        hits = self._hits(plain, ranges)
        hits += self._forgiven(plain, hits, ranges)
        scored = self._weigh(hits, ranges)
        self._collect(address, scored, places, limit)
        numbers = read_numbers(plain)
        address.building_no, address.unit, address.room, address.house_no = numbers
        self._buildings(address, limit)
        return address

    def _weigh(self, hits: list[_Hit], ranges: list[tuple[str, str]]) -> list[_Scored]:
        """Weigh each hit by what else the text names."""
        by_code: dict[str, list[_Hit]] = {}
        for hit in hits:
            by_code.setdefault(self._codes[hit.number], []).append(hit)
        # Spans that name a division for sure: who lies in none of its places contradicts the text.
        sure: dict[Span, set[str]] = {}
        for hit in hits:
            if hit.strength >= 1 and self._levels[hit.number] in _SIZE:
                sure.setdefault((hit.start, hit.end), set()).add(self._codes[hit.number])
        scored = []
        for hit in hits:
            code = self._codes[hit.number]
            above = self._above(code)
            support = []
            for holder in above:
                best = max(
                    (one for one in by_code.get(holder, ()) if one.end <= hit.start or hit.end <= one.start),
                    key=lambda one: one.strength, default=None,
                )  # fmt: skip
                if best:
                    support.append(best)
            family = {code, *above}
            against = sum(
                1 for span, named in sure.items()
                if span[1] <= hit.start and not named & family
            )  # fmt: skip
            score = hit.strength + 0.5 * sum(one.strength for one in support) - 0.8 * against
            if ranges and ranges[0][0] <= code < ranges[0][1]:
                score += 0.4
            scored.append(_Scored(hit, score, support, against))
        return scored

    def _collect(self, address: Address, scored: list[_Scored], places: list[int], limit: int) -> None:
        """Turn scores into confidences, and give every candidate's divisions a share of it."""
        found: dict[str, dict[str, Candidate]] = {}
        groups: dict[str, list[_Scored]] = {}
        for item in scored:
            groups.setdefault(self._levels[item.hit.number], []).append(item)
        for level, items in groups.items():
            weights = _best_by_place(items, self._codes)
            total = sum(math.exp(5 * score) for _, score, _, _ in weights.values())
            for code, (hit, score, support, against) in weights.items():
                own = 1 - (1 - min(hit.strength, 0.98)) * 0.5 ** sum(one.strength for one in support)
                confidence = round(own * 0.4**against * math.exp(5 * score) / total, 3)
                spans = tuple((places[one.start], places[one.end - 1] + 1) for one in [*support, hit])
                self._put(found, code, level, confidence, spans[-1:])
                for one, span in zip(support, spans, strict=False):
                    self._put(found, self._codes[one.number], "", confidence, (span,))
                for holder in self._above(code):
                    self._put(found, holder, "", confidence, ())
        for level, candidates in found.items():
            best = sorted(candidates.values(), key=lambda one: (-one.confidence, one.code))
            address.candidates[level] = best[:limit]

    def _put(
        self, found: dict[str, dict[str, Candidate]], code: str, level: str, confidence: float, spans: Any
    ) -> None:
        number = self._number_of.get(code)
        if number is None:
            return
        level = level or self._levels[number]
        known = found.setdefault(level, {}).get(code)
        merged = tuple(sorted({*(known.spans if known else ()), *spans}))
        best = max(confidence, known.confidence if known else 0.0)
        found[level][code] = Candidate(code, self._names[number], level, best, merged)

    def _buildings(self, address: Address, limit: int) -> None:
        """Buildings by number under the estates, courtyards and communities that were found."""
        if not address.building_no:
            return
        for level in ("courtyard", "estate", "community"):
            best: dict[str, Candidate] = {}
            for holder in address.candidates.get(level, ()):
                numbers = self._numbered.get((holder.code, address.building_no), [])
                for number in numbers:
                    code = self._codes[number]
                    confidence = round(0.95 * holder.confidence / len(numbers), 3)
                    if code not in best or best[code].confidence < confidence:
                        best[code] = Candidate(
                            code, self._names[number], "building", confidence, holder.spans
                        )  # fmt: skip
            if best:
                known = {one.code: one for one in address.candidates.get("building", ())}
                merged = (best | known).values()
                ordered = sorted(merged, key=lambda one: (-one.confidence, one.code))
                address.candidates["building"] = ordered[:limit]
                return

    # --- typing errors ----------------------------------------------------------------------------

    def _in_range(self, low: str, high: str) -> list[int]:
        if self._sorted is None:
            self._sorted = sorted(range(len(self._codes)), key=self._codes.__getitem__)
        first = bisect_left(self._sorted, low, key=self._codes.__getitem__)
        last = bisect_left(self._sorted, high, key=self._codes.__getitem__)
        return self._sorted[first:last]

    def _forgiven(self, text: str, hits: list[_Hit], ranges: list[tuple[str, str]]) -> list[_Hit]:
        """Names with one wrong, missing or extra character before an ending that no name explains."""
        scope = self._scope(hits) or ranges
        found: list[_Hit] = []
        if not scope:
            return found
        for match in _TYPO.finditer(text):
            if any(hit.start < match.end() and match.start() < hit.end for hit in hits):
                continue
            level = _TYPO_LEVELS.get(match[0], "community")
            cores: dict[int, str] = {}
            for low, high in scope[:2]:
                inside = self._in_range(low, high)
                if len(inside) <= 1500:
                    cores |= {number: _core(_plain(self._names[number]), level)
                              for number in inside if self._levels[number] == level}  # fmt: skip
            found += _nearly(text, match, cores)
        return found


def _nearly(text: str, ending: re.Match[str], cores: dict[int, str]) -> list[_Hit]:
    """The one core that differs by one character from what stands before the ending."""
    close: dict[int, tuple[int, int]] = {}
    for size in range(2, 9):
        start = ending.start() - size
        if start < 0:
            break
        piece = text[start : ending.start()]
        same = {number: core for number, core in cores.items() if abs(len(core) - size) <= 1}
        for core, distance, number in process.extract(
            piece, same, scorer=Levenshtein.distance, score_cutoff=1, limit=4
        ):
            # Of two characters one must be right and in its place, of more most of them.
            if len(core) == size and (piece[0] == core[0] or piece[-1] == core[-1]):
                close.setdefault(number, (start, distance))
            elif len(core) >= 3 and size >= 3 and piece[0] == core[0]:
                close.setdefault(number, (start, distance))
    if len(close) != 1:
        return []  # two names are equally near: better none than the wrong one
    (number, (start, _)), = close.items()  # fmt: skip
    return [_Hit(number, start, ending.end(), 0.45 if len(cores[number]) == 2 else 0.65)]


def _without_inner(hits: list[_Hit]) -> list[_Hit]:
    """Leave out names that lie inside a longer one: 花园 in 花园路街道."""
    spans = sorted({(hit.start, hit.end) for hit in hits if hit.strength >= 0.55})
    return [
        hit for hit in hits
        if not any(
            start <= hit.start and hit.end <= end and end - start > hit.end - hit.start
            for start, end in spans
        )
    ]  # fmt: skip


def _best_by_place(items: list[_Scored], code_of: list[str]) -> dict[str, _Scored]:
    best: dict[str, _Scored] = {}
    for item in items:
        code = code_of[item.hit.number]
        if code not in best or best[code].score < item.score:
            best[code] = item
    return best
