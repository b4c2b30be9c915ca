"""A process as data: a TOML file that chains typed steps. Pure; docs/processes.md describes the form.

Read once and checked as a whole: every mistake is told with its file, its step and its key, so that whoever
writes a process can mend all of them at one go. What a kind of step wants of its own keys the kind says
(`steps.StepKind.settings`).
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mulin.councils.steps import SettingError, StepKind
from mulin.kernel.workingtime import Limit

BODIES = ("residents", "owners", "households", "courtyard", "delegates")
TAKES_PART = ("anyone", "residents", "households", "owners", "delegates")
LEVELS = ("community", "street")
SITES = ("building", "estate", "courtyard")
SHOWS = ("always", "after", "never")
ENDS = ("options", "winners", "remark")
CERTAINTIES = ("law", "source", "house default", "to be verified")
ROLES = ("group_leader", "clerk", "secretary", "street_officer", "district_officer")
UNITS = ("d", "wd", "mo")
MOST_STEPS, TITLE, ABOUT = 30, 80, 600
_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}")
NOTHING, WEEK = Limit(0, "d"), Limit(7, "d")
# How long one step may last at most: beyond it no calendar knows the days.
LONGEST = {"d": 1100, "wd": 750, "mo": 36}


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong where. `step` and `key` are empty where it is the file itself."""

    file: str
    step: str
    key: str
    text: str

    def __str__(self) -> str:
        where = f"step {self.step!r}: " if self.step else ""
        return f"{self.file}: {where}{self.key + ': ' if self.key else ''}{self.text}"


class DefinitionError(ValueError):
    """A process that cannot be used. `mistakes` names all of them."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class StepSpec:
    """One step as the file says it.

    `who`: posts that begin and end it, empty: whoever runs the topic. `takes_part`: for whom it is. `needs`:
    steps that must be over before it begins. `days`: its planned length. `notice`: time between the end of
    what it needs and its beginning, so that everybody can know. `at_least`: it cannot end earlier.
    `ends`: what must have come out (`options`: at least two, `winners`: one that was chosen, `remark`: the
    outcome in words). `shows`: whether residents see its record `always`, `after` it is over, or `never`.
    """

    key: str
    kind: str
    title: str
    title_en: str = ""
    text: str = ""
    text_en: str = ""
    who: tuple[str, ...] = ()
    takes_part: str = "residents"
    needs: tuple[str, ...] = ()
    days: Limit = WEEK
    notice: Limit = NOTHING
    at_least: Limit = NOTHING
    ends: tuple[str, ...] = ()
    is_optional: bool = False
    shows: str = "always"
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Process:
    """A whole process. `site`: kinds of places below the community that one topic can be about; `needs_site`:
    it must name one."""

    code: str
    title: str
    title_en: str
    about: str
    about_en: str
    body: str
    places: tuple[str, ...]
    site: tuple[str, ...]
    needs_site: bool
    basis: str
    basis_en: str
    certainty: str
    source: str
    steps: tuple[StepSpec, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON, as a topic keeps it."""
        found = asdict(self)
        for step in found["steps"]:
            for name in ("days", "notice", "at_least"):
                step[name] = str(Limit(**step[name]) if isinstance(step[name], dict) else step[name])
        return found

    def step(self, key: str) -> StepSpec:
        """KeyError for a step that it does not have."""
        return next((one for one in self.steps if one.key == key), None) or _absent(key)


def _absent(key: str) -> StepSpec:
    raise KeyError(key)


def from_json(data: Mapping[str, Any]) -> Process:
    """A process as a topic keeps it."""
    steps = tuple(_spec(one) for one in data["steps"])
    plain = {name: value for name, value in data.items() if name != "steps"}
    return Process(**{**plain, "places": tuple(plain["places"]), "site": tuple(plain["site"])}, steps=steps)


def _spec(data: Mapping[str, Any]) -> StepSpec:
    lists = {name: tuple(data[name]) for name in ("who", "needs", "ends")}
    limits = {name: Limit.parse(data[name]) for name in ("days", "notice", "at_least")}
    return StepSpec(**{**data, **lists, **limits})


def spec_of(data: Mapping[str, Any], key: str) -> StepSpec:
    """One step of a process as a topic keeps it. KeyError where it has none of that key."""
    return _spec(next((one for one in data["steps"] if one["key"] == key), None) or _absent(key))


# Reading --------------------------------------------------------------------------------------------------


def read_file(path: Path, kinds: Mapping[str, StepKind]) -> Process:
    """The process of a file. Raises DefinitionError with everything that is wrong."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        said = error.strerror or str(error)
        raise DefinitionError([Mistake(path.name, "", "", f"cannot be read: {said}")]) from None
    except UnicodeDecodeError:
        raise DefinitionError([Mistake(path.name, "", "", "cannot be read: no text in UTF-8")]) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DefinitionError([Mistake(path.name, "", "", f"this is no TOML: {error}")]) from None
    return read(data, path.name, kinds)


def read(data: Mapping[str, Any], file: str, kinds: Mapping[str, StepKind]) -> Process:
    """The process of what a TOML file says. Raises DefinitionError with everything that is wrong."""
    reader = _Reader(file, kinds)
    made = reader.process(data)
    if reader.mistakes:
        raise DefinitionError(reader.mistakes)
    return made


class _Reader:
    """Reads key by key and notes every mistake."""

    def __init__(self, file: str, kinds: Mapping[str, StepKind]) -> None:
        self.file, self.kinds, self.step_key = file, kinds, ""
        self.mistakes: list[Mistake] = []
        self.seen: list[str] = []

    def wrong(self, key: str, text: str) -> None:
        self.mistakes.append(Mistake(self.file, self.step_key, key, text))

    def process(self, data: Mapping[str, Any]) -> Process:
        self.known(data, {"process", "step"}, "a file")
        head = data.get("process")
        if not isinstance(head, Mapping):
            self.wrong("process", "a table [process] with code, title, about, body and basis is missing")
            head = {}
        made = self.head(head)
        steps = data.get("step")
        if not isinstance(steps, list) or not steps:
            self.wrong("step", "at least one [[step]] is needed")
            steps = []
        if len(steps) > MOST_STEPS:
            self.wrong("step", f"at most {MOST_STEPS} steps")
        return Process(**made, steps=tuple(self.step(one, n) for n, one in enumerate(steps, 1)))

    def head(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        names = {
            "code", "title", "title_en", "about", "about_en", "body", "places", "site", "needs_site",
            "basis", "basis_en", "certainty", "source",
        }  # fmt: skip
        self.known(raw, names, "[process]")
        code = self.text(raw, "code", 32, is_needed=True)
        if code and not _KEY.fullmatch(code):
            self.wrong("code", f"{code!r}: small letters, digits and _ only, at most 32, a letter first")
        return {
            "code": code,
            "title": self.text(raw, "title", TITLE, is_needed=True),
            "title_en": self.text(raw, "title_en", TITLE),
            "about": self.text(raw, "about", ABOUT, is_needed=True),
            "about_en": self.text(raw, "about_en", ABOUT),
            "body": self.word(raw, "body", BODIES, "residents"),
            "places": self.words(raw, "places", LEVELS, ("community",)),
            "site": self.words(raw, "site", SITES, ()),
            "needs_site": self.yes_no(raw, "needs_site"),
            "basis": self.text(raw, "basis", ABOUT, is_needed=True),
            "basis_en": self.text(raw, "basis_en", ABOUT),
            "certainty": self.word(raw, "certainty", CERTAINTIES, "to be verified"),
            "source": self.text(raw, "source", ABOUT),
        }

    def step(self, raw: Any, n: int) -> StepSpec:
        self.step_key = f"no. {n}"
        if not isinstance(raw, Mapping):
            self.wrong("", "is no table")
            return StepSpec("", "", "")
        key = self.text(raw, "key", 32, is_needed=True)
        if key and not _KEY.fullmatch(key):
            self.wrong("key", f"{key!r}: small letters, digits and _ only, at most 32, a letter first")
        if key in self.seen:
            self.wrong("key", f"{key!r} is used by two steps")
        self.step_key = key or self.step_key
        names = {
            "key", "kind", "title", "title_en", "text", "text_en", "who", "takes_part", "needs", "days",
            "notice", "at_least", "ends", "optional", "shows", "settings",
        }  # fmt: skip
        self.known(raw, names, "a step")
        made = self.step_fields(raw, key)
        self.seen.append(key)
        self.step_key = ""
        return made

    def step_fields(self, raw: Mapping[str, Any], key: str) -> StepSpec:
        kind = self.text(raw, "kind", 16, is_needed=True)
        if kind and kind not in self.kinds:
            self.wrong("kind", f"{kind!r} is none of {', '.join(sorted(self.kinds))}")
        return StepSpec(
            key=key,
            kind=kind,
            title=self.text(raw, "title", TITLE, is_needed=True),
            title_en=self.text(raw, "title_en", TITLE),
            text=self.text(raw, "text", ABOUT),
            text_en=self.text(raw, "text_en", ABOUT),
            who=self.words(raw, "who", ROLES, ()),
            takes_part=self.word(raw, "takes_part", TAKES_PART, "residents"),
            needs=self.needs(raw),
            days=self.limit(raw, "days", WEEK),
            notice=self.limit(raw, "notice", NOTHING),
            at_least=self.limit(raw, "at_least", NOTHING),
            ends=self.words(raw, "ends", ENDS, ()),
            is_optional=self.yes_no(raw, "optional"),
            shows=self.word(raw, "shows", SHOWS, "always"),
            settings=self.settings(raw, kind),
        )

    def needs(self, raw: Mapping[str, Any]) -> tuple[str, ...]:
        """The keys of earlier steps; without the key the step before. A chain that looks only back has no
        circles."""
        if "needs" not in raw:
            return tuple(self.seen[-1:])
        wanted = raw["needs"]
        if not isinstance(wanted, list) or not all(isinstance(one, str) for one in wanted):
            self.wrong("needs", "a list of the keys of earlier steps is expected")
            return ()
        for one in wanted:
            if one not in self.seen:
                self.wrong("needs", f"{one!r} is no earlier step")
        return tuple(wanted)

    def settings(self, raw: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
        given = raw.get("settings", {})
        if not isinstance(given, Mapping):
            self.wrong("settings", "a table is expected")
            return {}
        wanted = given.get("options_from")
        if isinstance(wanted, str) and wanted and wanted not in self.seen:
            self.wrong("settings.options_from", f"{wanted!r} is no earlier step")
        if "\\u0000" in json.dumps(given, default=str):
            self.wrong("settings", "a text without \\u0000 is expected")
            return {}
        if kind not in self.kinds:
            return dict(given)
        try:
            return dict(self.kinds[kind].settings(given))
        except SettingError as error:
            self.wrong("settings", str(error))
            return {}

    def known(self, raw: Mapping[str, Any], names: set[str], where: str) -> None:
        for key in sorted(set(raw) - names):
            self.wrong(key, f"{where} knows {', '.join(sorted(names))}")

    def text(self, raw: Mapping[str, Any], key: str, most: int, *, is_needed: bool = False) -> str:
        value = raw.get(key, "")
        if not isinstance(value, str):
            self.wrong(key, f"a text is expected, not {value!r}")
            return ""
        value = value.strip()
        if is_needed and not value:
            self.wrong(key, "is missing")
        if len(value) > most:
            self.wrong(key, f"at most {most} characters, not {len(value)}")
        if "\0" in value:
            self.wrong(key, "a text without \\u0000 is expected")
        return value

    def word(self, raw: Mapping[str, Any], key: str, offered: tuple[str, ...], default: str) -> str:
        value = raw.get(key, default)
        if value not in offered:
            self.wrong(key, f"{value!r} is none of {', '.join(offered)}")
            return default
        return value

    def words(
        self, raw: Mapping[str, Any], key: str, offered: tuple[str, ...], default: tuple[str, ...]
    ) -> tuple[str, ...]:
        value = raw.get(key, list(default))
        if not isinstance(value, list):
            self.wrong(key, f"a list of {', '.join(offered)} is expected")
            return default
        for one in value:
            if one not in offered:
                self.wrong(key, f"{one!r} is none of {', '.join(offered)}")
        return tuple(one for one in value if one in offered)

    def yes_no(self, raw: Mapping[str, Any], key: str) -> bool:
        value = raw.get(key, False)
        if not isinstance(value, bool):
            self.wrong(key, f"true or false is expected, not {value!r}")
        return value is True

    def limit(self, raw: Mapping[str, Any], key: str, default: Limit) -> Limit:
        """A number of days, or a text such as "5 wd", "15 d", "1 mo"."""
        value = raw.get(key, str(default))
        if isinstance(value, int) and not isinstance(value, bool):
            value = f"{value} d"
        try:
            found = Limit.parse(value) if isinstance(value, str) else None
        except (ValueError, OverflowError):
            found = None
        if found is None or found.unit not in UNITS:
            self.wrong(key, f'a number of days or a text such as "5 wd", "15 d", "1 mo", not {value!r}')
            return default
        if found.amount > LONGEST[found.unit]:
            self.wrong(key, f"at most three years ({LONGEST[found.unit]} {found.unit}), not {value!r}")
            return default
        return found
