"""Planning a reorganisation: which codes move where when districts are merged, split or renamed.

The crosswalk is a table of streets: new_street_code, name, old_street_code, old_area_code, villages, and
optionally communities (which of the old street's communities go there, by 12 digits or the last three) and
new_area_name. Communities move with their street and keep their last three digits where these are free.
Several old streets may go into one new street; a street that is split needs its communities named.

Pure: the plan is only a list; an action applies it under one journal line and its date.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from mulin.places.divisions import (
    WHAT,
    Division,
    DivisionFileError,
    RowError,
    kind_of,
    placeholder,
    short_name,
)

COLUMNS = ("new_street_code", "name", "old_street_code", "old_area_code", "villages")

WHAT.update(
    {
        "old-street": ("原街道不在区划表里", "the old street is not in the list"),
        "new-street": ("新街道代码应为 9 位数字", "the code of the new street has 9 digits"),
        "old-area": ("原区县代码与原街道代码不一致", "the old district does not fit the old street"),
        "villages": ("村社区数与区划表不一致", "the number of communities differs from the list"),
        "community": ("原街道没有这个村社区，或已分给别处", "the old street has no such community left"),
        "split": ("街道拆分须写明各村社区去向", "a street that is split needs its communities named"),
        "full": ("新街道下没有空余的代码", "the new street has no code left"),
        "twice": ("两个单位分到同一个代码", "two moves end at one code"),
        "reused": ("这个代码同一天才空出来，请换一天或换一个代码", "the code is given up on that very day"),
    }
)


class Move(NamedTuple):
    """One code that becomes another. `provisional`: no file gives the new code, only its street is known."""

    old: str
    new: str
    level: int
    name: str
    provisional: bool = False


@dataclass(slots=True)
class Plan:
    """What a reorganisation does from the day `on`; apply it only when `problems` is empty.

    `moves` hold districts that are used up, streets and communities, the old code before the new one;
    `created` the divisions to add, parents first; `closed` the old codes that end the day before.
    """

    on: date
    moves: list[Move] = field(default_factory=list)
    created: list[Division] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    problems: list[RowError] = field(default_factory=list)
    streets: int = 0
    unresolved: int = 0

    @property
    def summary(self) -> dict[str, int]:
        """Rows of streets that were resolved, communities moved, and what found no place."""
        moved = sum(move.level == 12 for move in self.moves)
        return {"streets": self.streets, "moved": moved, "unresolved": self.unresolved}


def read_crosswalk(path: str | Path) -> list[dict[str, str]]:
    """Rows of a crosswalk file; DivisionFileError when it is none. The line number is kept as ``_line``."""
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = set(COLUMNS) - {name.strip() for name in reader.fieldnames or []}
            if missing:
                raise DivisionFileError(f"{path}: columns are missing: {', '.join(sorted(missing))}")
            return [
                {"_line": str(reader.line_num), "_file": Path(path).name}
                | {key.strip(): (value or "").strip() for key, value in row.items() if key}
                for row in reader
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DivisionFileError(f"{path} cannot be read: {error}") from error


class _Known:
    """What the division list says about the codes that matter here."""

    def __init__(self, divisions: Iterable[Any], streets: set[str]) -> None:
        self.names: dict[tuple[str, str], str] = {}
        self.communities: dict[str, dict[str, Any]] = {}
        self.streets_of: dict[str, set[str]] = {}
        for row in divisions:
            if row.level == 12:
                if row.code[:9] in streets and row.system == "nbs":
                    self.communities.setdefault(row.code[:9], {})[row.code] = row
                continue
            self.names[row.system, row.code] = row.name
            if row.level == 9 and row.system == "nbs":
                self.streets_of.setdefault(row.code[:6], set()).add(row.code[:9])

    def name(self, code: str, systems: tuple[str, ...]) -> str | None:
        return next((self.names[system, code] for system in systems if (system, code) in self.names), None)


def plan_reorganisation(
    crosswalk_rows: Iterable[Mapping[str, str]],
    divisions: Iterable[Any],
    on: date,
    *,
    system: str = "mca",
    names: Mapping[str, str] | None = None,
    new_codes: Mapping[str, str] | None = None,
) -> Plan:
    """Plan the moves of a crosswalk over the divisions valid the day before.

    `divisions` are rows with code, name, level, kind and system (as `read_divisions` yields, or records);
    old codes are looked up among the statistical ones. `system` is the one of the new codes: the lists of
    the ministry come first. `names` gives names of new districts by 6 digits, `new_codes` official new
    community codes by old ones, which are then not provisional.
    """
    return _Planner(list(crosswalk_rows), divisions, on, system, names or {}, new_codes or {}).plan()


class _Planner:
    def __init__(
        self,
        rows: list[Mapping[str, str]],
        divisions: Iterable[Any],
        on: date,
        system: str,
        names: Mapping[str, str],
        new_codes: Mapping[str, str],
    ) -> None:
        self.rows, self.system, self.area_names, self.new_codes = rows, system, dict(names), new_codes
        self.result = Plan(on)
        wanted = {row.get(key, "") for row in rows for key in ("new_street_code", "old_street_code")}
        self.known = _Known(divisions, wanted)
        self.shares = Counter(row.get("old_street_code", "") for row in rows)
        self.left = {street: dict(found) for street, found in self.known.communities.items()}
        # (row, old community) in the order of the file: numbers are given out afterwards.
        self.assigned: list[tuple[Mapping[str, str], Any]] = []
        self.street_moves: dict[tuple[str, str], Mapping[str, str]] = {}

    def plan(self) -> Plan:
        # A row that takes what is left of a split street must come after those that name their share.
        for row in sorted(self.rows, key=lambda row: not row.get("communities")):
            self._row(row)
        self._districts()
        self._streets()
        self._communities()
        self._check_targets()
        return self.result

    def _problem(self, row: Mapping[str, str], column: str, what: str, value: str, count: int = 1) -> None:
        self.result.unresolved += count
        where = (row.get("_file", "crosswalk"), int(row.get("_line", 0) or self.rows.index(row) + 2))
        self.result.problems.append(RowError(*where, column, what, value))

    def _row(self, row: Mapping[str, str]) -> None:
        new, old, villages = (row.get(key, "") for key in ("new_street_code", "old_street_code", "villages"))
        expected = int(villages) if villages.isdecimal() else None
        if not (len(new) == 9 and new.isascii() and new.isdigit()):
            return self._problem(row, "new_street_code", "new-street", new)
        if ("nbs", old.ljust(12, "0")) not in self.known.names or len(old) != 9:
            return self._problem(row, "old_street_code", "old-street", old, 1 + (expected or 0))
        if row.get("old_area_code") not in (None, "", old[:6]):
            return self._problem(row, "old_area_code", "old-area", row["old_area_code"], 1 + (expected or 0))
        taken = self._share(row, old)
        if villages and len(taken) != expected:
            self._problem(
                row, "villages", "villages", f"{villages} / {len(taken)}", abs((expected or 0) - len(taken))
            )
        self.assigned += [(row, community) for community in taken]
        self.street_moves[old, new] = row
        self.result.streets += 1
        return None

    def _share(self, row: Mapping[str, str], old: str) -> list[Any]:
        """The communities of the old street that this row takes."""
        left = self.left.get(old, {})
        listed = [part for part in re.split(r"[\s;,、；，|]+", row.get("communities", "")) if part]
        if not listed:
            others = [
                other for other in self.rows if other.get("old_street_code") == old and other is not row
            ]
            if any(not other.get("communities") for other in others):
                self._problem(row, "communities", "split", old)
                return []
            taken = list(left.values())
            left.clear()
            return taken
        taken = []
        for part in listed:
            found = left.pop(part if len(part) == 12 else old + part, None)
            if found is None:
                self._problem(row, "communities", "community", part)
            else:
                taken.append(found)
        return taken

    def _create(self, code: str, level: int, name: str, kind: str, *, invented: bool = False) -> None:
        up = {6: 4, 9: 6, 12: 9}[level]
        parent = code[:up].ljust(12, "0")
        self.result.created.append(
            Division(code, name, level, kind, parent, self.system, short_name(name, level), invented)
        )

    def _districts(self) -> None:
        """New districts, and old ones that the crosswalk uses up: they are followed by where they went."""
        went: dict[str, dict[str, None]] = {}
        for (old, new), row in self.street_moves.items():
            went.setdefault(old[:6], {})[new[:6]] = None
            if row.get("new_area_name"):
                self.area_names.setdefault(new[:6], row["new_area_name"])
        for area in dict.fromkeys(new[:6] for _, new in self.street_moves):
            code = area.ljust(12, "0")
            if self.known.name(code, (self.system,)) is None and not self._is_kept(area):
                name = self.area_names.get(area) or self.known.name(code, ("mca", "nbs"))
                self._create(
                    code, 6, name or placeholder(area), kind_of(name or "", 6), invented=name is None
                )
        moved = {old for old, _ in self.street_moves}
        for area, targets in went.items():
            if self.known.streets_of.get(area, set()) - moved or area in targets:
                continue
            code = area.ljust(12, "0")
            name = self.known.name(code, ("nbs",)) or placeholder(area)
            self.result.closed.append(code)
            self.result.moves += [Move(code, target.ljust(12, "0"), 6, name) for target in targets]

    def _is_kept(self, area: str) -> bool:
        """District codes are the same in both systems: a living statistical one is not made twice."""
        return ("nbs", area.ljust(12, "0")) in self.known.names

    def _streets(self) -> None:
        made: set[str] = set()
        for (old, new), row in self.street_moves.items():
            old_code, new_code = old.ljust(12, "0"), new.ljust(12, "0")
            old_name = self.known.names["nbs", old_code]
            name = row.get("name") or self.known.name(new_code, (self.system,)) or old_name
            if old != new:
                self.result.moves.append(Move(old_code, new_code, 9, old_name))
            if (self.system, new_code) not in self.known.names and new not in made and old != new:
                made.add(new)
                self._create(new_code, 9, name, kind_of(name, 9))
        stays = {new for _, new in self.street_moves}
        for old in dict.fromkeys(old for old, _ in self.street_moves):
            if not self.left.get(old) and old not in stays:
                self.result.closed.append(old.ljust(12, "0"))

    def _communities(self) -> None:
        """Give out numbers: first to those that keep theirs, then the next free ones to the others."""
        leaving = {community.code for _, community in self.assigned}
        used = {
            code for found in self.known.communities.values() for code in found if code not in leaving
        } | set(self.new_codes.values())  # fmt: skip
        targets: dict[str, str] = {}
        waiting = []
        for row, community in self.assigned:
            wish = self.new_codes.get(community.code) or row["new_street_code"] + community.code[9:]
            if wish in used and community.code not in self.new_codes:
                waiting.append((row, community))
            else:
                used.add(wish)
                targets[community.code] = wish
        for row, community in waiting:
            if free := _next_free(row["new_street_code"], int(community.code[9:]), used):
                used.add(free)
                targets[community.code] = free
            else:
                self._problem(row, "new_street_code", "full", community.code)
        for _, community in self.assigned:
            new = targets.get(community.code)
            if new is None or new == community.code:
                continue
            given = community.code in self.new_codes
            self.result.moves.append(Move(community.code, new, 12, community.name, not given))
            self.result.closed.append(community.code)
            self._create(new, 12, community.name, community.kind, invented=not given)

    def _check_targets(self) -> None:
        """No two communities at one code; streets may be merged. No code that is given up on that day either:
        records follow in rounds, and would follow twice."""
        given_up = {move.old for move in self.result.moves}
        for move in self.result.moves:
            if move.new in given_up:
                self.result.problems.append(
                    RowError("crosswalk", 0, "new_codes", "reused", f"{move.old} -> {move.new}")
                )
                self.result.unresolved += 1
        counts = Counter(move.new for move in self.result.moves if move.level == 12)
        for move in self.result.moves:
            if move.level == 12 and counts[move.new] > 1:
                self.result.problems.append(
                    RowError("crosswalk", 0, "new_codes", "twice", f"{move.old} -> {move.new}")
                )
                self.result.unresolved += 1


def _next_free(street: str, number: int, used: set[str]) -> str | None:
    """The next free community code behind a number, from 999 on to 001."""
    for step in range(1, 1000):
        code = f"{street}{(number + step - 1) % 999 + 1:03d}"
        if code not in used:
            return code
    return None
