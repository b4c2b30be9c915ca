"""Rule packs: values that differ by place and change with the years, each with its legal basis.

A pack is a TOML file; its form is described in docs/rule-packs.md. `RuleBook.rule` answers what applies
at a place on a day: the nearest jurisdiction wins, there an instance's own override before any pack, then
the rule that matches the most facts, then the latest start. Nothing found, or found as ``unset``, raises
`RuleUnset`: an act that needs the value is refused until somebody responsible fills it in.

Pure: no database, no clock. Load once, keep, ask often; answers are cached.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from mulin.kernel import codes

CERTAINTIES = ("law", "official page", "local practice", "to be verified", "house default")

_PACK_KEYS = {"name", "title", "title_en", "version"}
_RULE_KEYS = {
    "name", "place", "from", "to", "value", "unset", "basis", "certainty", "note", "note_en", "match",
    "title", "title_en",
}  # fmt: skip
_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_HEADER = re.compile(r"\s*\[\[\s*rule\s*\]\]")
_CACHE_LIMIT = 50_000


class PackError(ValueError):
    """A pack or an override cannot be used; the message names the file and line, or the entry."""


class RuleUnset(LookupError):
    """No value applies, or the one that applies is unset. `message` and `message_en` say what to fill in."""

    def __init__(self, name: str, at: str, on: date, facts: Mapping[str, Any], because: str = "") -> None:
        self.name, self.at, self.on, self.facts = name, at, on, dict(facts)
        given = "、".join(f"{key}={value}" for key, value in facts.items())
        given_zh = f"（条件：{given}）" if given else ""
        given_en = f" (with {given.replace('、', ', ')})" if given else ""
        because_zh = f"说明：{because}" if because else ""
        because_en = f" Note: {because}" if because else ""
        self.message = (
            f"规则“{name}”在 {at} 于 {on} 没有可用的值{given_zh}。"
            f"请在规则里为这个地方或它的上级填写这一项，并写明依据。{because_zh}"
        )
        self.message_en = (
            f"The rule {name} has no value at {at} on {on}{given_en}. "
            f"Fill it in for this place or one above it, and state its basis.{because_en}"
        )
        super().__init__(self.message)


@dataclass(frozen=True, slots=True)
class Rule:
    """One value with where, when and why it applies. Values are shared: do not change them in place.

    `start` and `end` are the first and the last day; None means open.
    """

    name: str
    value: Any
    pack: str
    version: str
    place: str
    basis: str
    certainty: str
    note: str = ""
    note_en: str = ""
    title: str = ""
    title_en: str = ""
    start: date | None = None
    end: date | None = None
    match: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    unset: bool = False
    override: bool = False
    source: str = ""

    def applies(self, on: date, facts: Mapping[str, Any]) -> bool:
        """Whether the rule is in force on the day and all its conditions are met."""
        if (self.start and on < self.start) or (self.end and on > self.end):
            return False
        return all(facts.get(key) in wanted for key, wanted in self.match.items())

    @property
    def reference(self) -> str:
        """Which pack a decision was made under: "cases@2026.1", kept with the decision."""
        return f"{self.pack}@{self.version}"


@dataclass(frozen=True, slots=True)
class Pack:
    """One file of rules."""

    name: str
    title: str
    title_en: str
    version: str
    rules: tuple[Rule, ...]
    source: str = ""


# --- reading ------------------------------------------------------------------------------------


def _check_keys(entry: Mapping[str, Any], allowed: set[str], where: str) -> None:
    if unknown := sorted(set(entry) - allowed):
        raise PackError(f"{where}: unknown key {', '.join(unknown)}; known: {', '.join(sorted(allowed))}")


def _day(entry: Mapping[str, Any], key: str, where: str) -> date | None:
    value = entry.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    elif isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise PackError(f"{where}: {key} is a day like 2026-01-01, not {value!r}")


def _conditions(entry: Mapping[str, Any], where: str) -> dict[str, tuple[Any, ...]]:
    match = entry.get("match") or {}
    if not isinstance(match, Mapping):
        raise PackError(f'{where}: match is a table like {{category = "lift"}}, not {match!r}')
    found: dict[str, tuple[Any, ...]] = {}
    for key, wanted in match.items():
        options = tuple(wanted) if isinstance(wanted, list | tuple) else (wanted,)
        if not options or not all(isinstance(one, str | int | bool) for one in options):
            raise PackError(f"{where}: match.{key} is a text, a number or a list of them, not {wanted!r}")
        found[key] = options
    return found


def _check_value(entry: Mapping[str, Any], where: str) -> bool:
    """Whether the entry unsets the rule; exactly one of value and unset is needed."""
    unset = entry.get("unset", False)
    if not isinstance(unset, bool):
        raise PackError(f"{where}: unset is true or false, not {unset!r}")
    if unset == ("value" in entry):
        raise PackError(f"{where}: give a value or unset = true, one of the two")
    return unset


def _read_rule(entry: Mapping[str, Any], pack: str, version: str, where: str, override: bool) -> Rule:
    _check_keys(entry, _RULE_KEYS | ({"id"} if override else set()), where)
    name = entry.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise PackError(f"{where}: name looks like module.noun.detail in small letters, not {name!r}")
    where = f"{where} ({name})"
    unset = _check_value(entry, where)
    for key in ("basis", "certainty"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise PackError(f"{where}: {key} is missing")
    if entry["certainty"] not in CERTAINTIES:
        raise PackError(f"{where}: certainty {entry['certainty']!r} is none of: {', '.join(CERTAINTIES)}")
    place = entry.get("place", codes.COUNTRY)
    try:
        if codes.parse(place).serial is not None:
            raise ValueError(f"place {place!r} lies below a community")
    except ValueError as error:
        raise PackError(f"{where}: {error}") from None
    start, end = _day(entry, "from", where), _day(entry, "to", where)
    if start and end and end < start:
        raise PackError(f"{where}: it ends on {end}, before it starts on {start}")
    wanted = ("basis", "certainty", "note", "note_en", "title", "title_en")
    texts = {key: str(entry.get(key) or "") for key in wanted}
    return Rule(
        name, entry.get("value"), pack, version, place, **texts, start=start, end=end,
        match=_conditions(entry, where), unset=unset, override=override, source=where,
    )  # fmt: skip


def _header_lines(text: str) -> list[int]:
    """Line numbers of the [[rule]] headers: the TOML reader does not keep them."""
    return [number for number, line in enumerate(text.splitlines(), 1) if _HEADER.match(line)]


def read_pack(text: str, source: str) -> Pack:
    """Read one pack from its TOML text; PackError names the source and the line."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackError(f"{source}: {error}") from None
    _check_keys(data, {"pack", "rule"}, source)
    head, entries = data.get("pack"), data.get("rule", [])
    if not isinstance(head, Mapping) or not isinstance(entries, list):
        raise PackError(f"{source}: a pack has one [pack] table and [[rule]] tables")
    _check_keys(head, _PACK_KEYS, f"{source}: [pack]")
    for key in ("name", "title", "version"):
        if not head.get(key):
            raise PackError(f"{source}: [pack] needs {key}")
    name, version = str(head["name"]), str(head["version"])
    lines = _header_lines(text)
    rules = []
    for index, entry in enumerate(entries):
        line = f"line {lines[index]}" if len(lines) == len(entries) else f"rule {index + 1}"
        if not isinstance(entry, Mapping):
            raise PackError(f"{source}, {line}: a rule is a [[rule]] table")
        rules.append(_read_rule(entry, name, version, f"{source}, {line}", override=False))
    return Pack(name, str(head["title"]), str(head.get("title_en") or ""), version, tuple(rules), source)


def load_packs(paths: Iterable[str | Path]) -> tuple[Pack, ...]:
    """Read pack files; a folder stands for every .toml file in it. Overlaps are found by `RuleBook`."""
    files: list[Path] = []
    for path in map(Path, paths):
        files.extend(sorted(path.glob("*.toml")) if path.is_dir() else [path])
    packs: list[Pack] = []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise PackError(f"{file}: cannot be read: {error}") from None
        packs.append(read_pack(text, str(file)))
    return tuple(packs)


# --- checking -----------------------------------------------------------------------------------


def _together(one: Rule, two: Rule) -> bool:
    """Whether there are facts that meet the conditions of both."""
    shared = one.match.keys() & two.match.keys()
    return all(set(one.match[key]) & set(two.match[key]) for key in shared)


def _in_conflict(one: Rule, two: Rule) -> bool:
    """Whether the order of precedence leaves two rules of one name and place undecided."""
    if len(one.match) != len(two.match) or not _together(one, two):
        return False
    early, late = sorted((one, two), key=lambda rule: rule.start or date.min)
    if early.start == late.start:
        return True
    # A rule without an end is followed by the next one; an end behind the next start contradicts it.
    return early.end is not None and late.start is not None and early.end >= late.start


def _check_overlaps(rules: Sequence[Rule]) -> None:
    groups: dict[tuple[str, str, int], list[Rule]] = {}
    for rule in rules:
        groups.setdefault((rule.name, rule.place, len(rule.match)), []).append(rule)
    for group in groups.values():
        for one, two in combinations(group, 2):
            if _in_conflict(one, two):
                raise PackError(
                    f"{two.source}: overlaps with {one.source}; "
                    "give one of them an end, a later start or one more condition"
                )


# --- asking -------------------------------------------------------------------------------------


class RuleBook:
    """All packs and an instance's overrides, ready to be asked.

    `overrides` are mappings with the keys of a [[rule]] (and an optional ``id``), usually from the database.
    Raises PackError for a bad override and for rules between which no order decides.
    """

    def __init__(self, packs: Iterable[Pack] = (), overrides: Iterable[Mapping[str, Any]] = ()) -> None:
        self.packs = tuple(packs)
        own = [
            _read_rule(row, "instance", str(row.get("id", number)), f"override {row.get('id', number)}", True)
            for number, row in enumerate(overrides, 1)
        ]
        shipped = [rule for pack in self.packs for rule in pack.rules]
        _check_overlaps(shipped)
        _check_overlaps(own)
        self._by_name: dict[str, dict[str, list[Rule]]] = {}
        for rule in own + shipped:
            self._by_name.setdefault(rule.name, {}).setdefault(rule.place, []).append(rule)
        for places in self._by_name.values():
            for found in places.values():
                found.sort(key=_precedence, reverse=True)
        self._cache: dict[Any, Rule | None] = {}

    @classmethod
    def load(cls, paths: Iterable[str | Path], overrides: Iterable[Mapping[str, Any]] = ()) -> RuleBook:
        """Read the packs and make the book."""
        return cls(load_packs(paths), overrides)

    def with_overrides(self, overrides: Iterable[Mapping[str, Any]]) -> RuleBook:
        """A new book over the same packs with other overrides."""
        return RuleBook(self.packs, overrides)

    def find(self, name: str, at: str, on: date, **facts: Any) -> Rule | None:
        """The rule in force at a place on a day for the facts, None when no value applies: for what may be
        missing without harm."""
        found = self._lookup(name, at, on, facts)
        return None if found is None or found.unset else found

    def rule(self, name: str, at: str, on: date, **facts: Any) -> Rule:
        """The rule in force at a place on a day for the facts; RuleUnset when there is no value."""
        found = self._lookup(name, at, on, facts)
        if found is None or found.unset:
            raise RuleUnset(name, at, on, facts, found.note if found else "")
        return found

    def _lookup(self, name: str, at: str, on: date, facts: Mapping[str, Any]) -> Rule | None:
        key = (name, at, on, tuple(sorted(facts.items()))) if facts else (name, at, on)
        try:
            return self._cache[key]
        except KeyError:
            if len(self._cache) >= _CACHE_LIMIT:
                self._cache.clear()
            found = self._cache[key] = next(iter(self.explain(name, at, on, **facts)), None)
            return found

    def value(self, name: str, at: str, on: date, **facts: Any) -> Any:
        """Only the value of `rule`."""
        return self.rule(name, at, on, **facts).value

    def explain(self, name: str, at: str, on: date, **facts: Any) -> list[Rule]:
        """Every rule that applies, the winner first: what a page shows as "why is this so"."""
        if isinstance(on, datetime) or not isinstance(on, date):
            raise TypeError("a rule is asked for a day of the place's calendar, not for a moment")
        places = self._by_name.get(name, {})
        return [
            rule
            for place in reversed(codes.chain(at or codes.COUNTRY))
            for rule in places.get(place, ())
            if rule.applies(on, facts)
        ]

    def names(self) -> list[str]:
        """All names of rules, in order."""
        return sorted(self._by_name)

    def title(self, name: str, english: bool = False) -> str:
        """What people call a rule: the title at its most general value; its name where none is written."""
        rules = sorted(self.rules(name), key=lambda rule: (rule.override, len(rule.match)))
        for rule in rules:
            if rule.title:
                return (rule.title_en if english else "") or rule.title
        return name

    def rules(self, name: str | None = None, certainty: str | None = None) -> list[Rule]:
        """All rules, or those of a name or of a certainty: for the page that lists what to verify."""
        return [
            rule
            for one in ([name] if name else self.names())
            for _, found in sorted(self._by_name.get(one, {}).items())
            for rule in found
            if certainty in (None, rule.certainty)
        ]


def _precedence(rule: Rule) -> tuple[bool, int, date]:
    return rule.override, len(rule.match), rule.start or date.min
