"""The table: one row a route, method, object and community; one column a role.

Cells: `ok` a page or a redirect: it was shown or done; `told` a refusal that helps (400, 409, 422): the
person may, but not now or not like this; `login` a way to log in, or 401; `403`, `404`, `405`. `home` is
where the resident and the group leader live and the clerk works; the neighbour lives, and the outsider works,
in the other community, `away`.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from tests.matrix.world import ROLES

FOLDER = Path(__file__).parent / "table"
KEYS = ("route", "method", "object", "place")
CELLS = {"ok", "told", "login", "403", "404", "405"}
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Row:
    """What is expected of each role, and the file that says so."""

    key: Key
    cells: dict[str, str]
    table: str


def read(is_strict: bool = True) -> dict[Key, Row]:
    """All rows of all files; `is_strict`: a row that is there twice, or a word that is no cell, raises."""
    found: dict[Key, Row] = {}
    for path in sorted(FOLDER.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                key: Key = tuple(line[name] for name in KEYS)
                cells = {role: line.get(role) or "" for role in ROLES}
                if is_strict and (key in found or set(cells.values()) - CELLS):
                    raise ValueError(f"{path.name}: {key}: there twice, or with a cell that means nothing")
                found[key] = Row(key, cells, path.stem)
    return found


def line(row: Row) -> str:
    """A row as it is written in its file."""
    return ",".join([*(f'"{part}"' if "," in part else part for part in row.key), *row.cells.values()])


def write(rows: list[Row]) -> None:
    """Replace the files, rows in the order given."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.csv"):
        old.unlink()
    for table in dict.fromkeys(row.table for row in rows):
        lines = [",".join([*KEYS, *ROLES]), *(line(row) for row in rows if row.table == table)]
        (FOLDER / f"{table}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
