"""Lines from a spreadsheet: the good ones are kept, each bad one is reported with its row."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from mulin.councils.rosters import lines, tables
from mulin.councils.rosters.actions.common import draft, line, refuse
from mulin.councils.rosters.bodies import LINES, PERSON, UNIT
from mulin.councils.rosters.models import Roster
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError

MOST_ROWS = 20_000
REPORTED = 200


@dataclass(slots=True)
class Imported:
    """What came of a file: lines added, rows refused, and why: (row as a person counts it, reason), the first
    200."""

    added: int = 0
    refused: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)

    def refuse(self, row: int, reason: str) -> None:
        self.refused += 1
        if len(self.problems) < REPORTED:
            self.problems.append((row, reason))


def import_entries(*, actor: Actor, number: str, path: Path | str) -> Imported:
    """Add the rows of a file (xlsx, csv) to a draft. Columns as in `tables.columns_of`; areas are read
    exactly.

    Who: councils.roster:manage. Raises frozen, file-unreadable, file-no-columns, file-too-many.
    """
    try:
        rows = tables.read(path)
    except tables.TableError as error:
        raise refuse(
            "file-unreadable", _("打不开这个文件。请用模板另存为 Excel 或 CSV 再试。"), "file"
        ) from error
    if len(rows) > MOST_ROWS:
        text = _("一次最多%(most)s行，请拆成几个文件。") % {"most": MOST_ROWS}
        raise refuse("file-too-many", text, "file")
    result = Imported()
    with write():
        roster = draft(actor, number)
        if missing := tables.missing(roster.body, rows):
            text = _("表格里没有“%(column)s”这一列。请用模板。") % {"column": missing}
            raise refuse("file-no-columns", text, "file")
        _take(roster, rows, result)
        line("roster.imported", actor, roster, n=result.added, refused=result.refused)
    return result


def _take(roster: Roster, rows: list[tables.Row], result: Imported) -> None:
    writer = lines.Writer(roster, lines.finder(_numbers(rows)))
    buildings = lines.buildings_by_name(roster)
    homes = {} if LINES[roster.body] == UNIT else lines.households_of(roster)
    for row, cells in rows:
        try:
            writer.take(_line(roster, cells, buildings, homes))
        except ActionError as error:
            result.refuse(row, str(error.message))
    result.added = writer.flush()
    if result.added and roster.source == "hand":
        roster.source = "file"
        roster.save(update_fields=["source"])


def _numbers(rows: list[tables.Row]) -> Iterator[str]:
    """Every telephone in a file, as far as it can be read; the rest is refused with its row."""
    for _row, cells in rows:
        for text in (cells.get("phone", ""), *lines.split(cells.get("phones", ""))):
            with suppress(ActionError):
                yield lines.phone(text)


def _line(
    roster: Roster, cells: dict[str, str], buildings: Mapping[str, Any], homes: Mapping[tuple[str, str], Any]
) -> lines.Line:
    """A row as a line. Raises ActionError for what cannot be read."""
    building = buildings.get(lines.clean_door(cells.get("building", "")))
    found = lines.Line(
        label=cells.get("label", ""),
        building=building.code if building else "",
        building_name=building.name if building else cells.get("building", "").strip()[:40],
        stair=lines.stair_of(cells.get("stair", "")) if cells.get("stair") else "",
        door=cells.get("door", ""),
        note=cells.get("note", ""),
    )
    if LINES[roster.body] == UNIT:
        _read_unit(found, cells)
    else:
        found.phone = lines.phone(cells.get("phone", ""))
        found.household = homes.get((found.building, lines.clean_door(f"{found.stair}{found.door}")))
        if LINES[roster.body] == PERSON and cells.get("building") and building is None:
            found.building_name = cells["building"].strip()[:40]
    if roster.stair and found.stair != roster.stair and LINES[roster.body] != PERSON:
        text = _("这份名册只列%(stair)s，这一行不是。") % {"stair": roster.stair}
        raise refuse("other-stair", text, "stair")
    return found


def _read_unit(found: lines.Line, cells: dict[str, str]) -> None:
    found.kind = tables.kind_of(cells.get("kind", ""))
    found.is_developers = tables.is_yes(cells.get("developer", ""))
    found.registry = lines.area(cells.get("registry", ""), "registry")
    found.survey = lines.area(cells.get("survey", ""), "survey")
    found.contract = lines.area(cells.get("contract", ""), "contract")
    found.owners = lines.owners_of(
        cells.get("owners", ""), cells.get("owner_codes", ""), cells.get("phones", "")
    )
