"""A measured figure, its goal, and how the table shows it."""

import unicodedata
from dataclasses import asdict, dataclass
from typing import Any

PARTS = {
    "create": "A report over HTTP, against raw SQL doing the same writes",
    "lists": "Lists, search and pages of cases as history grows",
    "boards": "Boards as history grows",
    "journal": "Journal and counters",
    "divisions": "Import of divisions",
    "triage": "Understanding a message",
    "deciding": "Budgets, owners' votes and acquaintance chains",
    "opinions": "Opinions: the map, the arithmetic and what is said of them",
    "surveys": "Pages of a survey with thousands of sheets",
    "timetable": "A week from residents' orders",
    "matching": "Families and helpers",
    "signups": "Thousands sign up for a few places at once",
    "pages": "Weight of phone pages on first load",
}
# Pure engines: no database takes part.
NO_DATABASE = "memory"
# The second database would measure the same: pure engines, and the weight of pages.
ONCE = {"deciding", "opinions", "timetable", "matching", "pages"}


def parts_on(parts: tuple[str, ...], *, is_first: bool) -> tuple[str, ...]:
    """What is measured on a database."""
    return tuple(part for part in parts if is_first or part not in ONCE)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `value` is a median in `unit`, `low` and `high` its spread over rounds; `ratio`
    compares it with `against`, measured in the same run. `ok` is None where nothing was promised."""

    part: str
    name: str
    database: str
    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    ratio: float | None = None
    against: str = ""
    goal: str = ""
    ok: bool | None = None
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def at_most(value: float, limit: float, unit: str = "") -> dict[str, Any]:
    """The two fields of a goal that a value must not pass."""
    return {"goal": f"≤ {limit:g}{unit}", "ok": value <= limit}


def at_least(value: float, limit: float, unit: str = "") -> dict[str, Any]:
    return {"goal": f"≥ {limit:g}{unit}", "ok": value >= limit}


def number(value: float | None) -> str:
    """Three significant digits, thousands apart."""
    if value is None:
        return ""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def table(figures: list[Figure]) -> str:
    """All figures as text, a block for each part."""
    blocks = []
    for part, title in PARTS.items():
        rows = [row(figure) for figure in figures if figure.part == part]
        if rows:
            head = ("", "on", "median", "spread", "ratio", "goal", "")
            blocks.append(f"{title}\n{columns([head, *rows])}")
    return "\n\n".join(blocks)


def row(figure: Figure) -> tuple[str, ...]:
    spread = ""
    if figure.low is not None and figure.high is not None:
        spread = f"{number(figure.low)} to {number(figure.high)}"
    ratio = f"{number(figure.ratio)} × {figure.against}" if figure.ratio is not None else ""
    mark = {True: "✓", False: "✗", None: ""}[figure.ok]
    value = f"{number(figure.value)} {figure.unit}".strip()
    return (figure.name, figure.database, value, spread, ratio, figure.goal, mark)


def columns(rows: list[tuple[str, ...]]) -> str:
    widths = [max(width(one[i]) for one in rows) for i in range(len(rows[0]))]
    lines = []
    for one in rows:
        cells = [cell + " " * (widths[i] - width(cell)) for i, cell in enumerate(one)]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


def width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
