"""bench.json as tables for docs/performance.md.

python -m bench.report bench.json                           prints them
python -m bench.report bench.json --into docs/performance.md    puts them between the document's marks
"""

import argparse
import json
import sys
from pathlib import Path

from bench.figures import NO_DATABASE, PARTS, Figure, number

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
DATABASES = ("SQLite", "PostgreSQL", NO_DATABASE)
MARKS = {True: " ✓", False: " ✗", None: ""}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.report", description=__doc__.splitlines()[0])
    parser.add_argument("report", help="bench.json of a run")
    parser.add_argument("--into", help="a document with marks for the tables")
    given = parser.parse_args()
    report = json.loads(Path(given.report).read_text(encoding="utf-8"))
    text = document(report)
    if given.into:
        path = Path(given.into)
        path.write_text(placed(path.read_text(encoding="utf-8"), text), encoding="utf-8")
    else:
        print(text)
    return 0


def placed(whole: str, text: str) -> str:
    """The document with the tables between its marks."""
    before, begin, rest = whole.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"bench.report: the document has no {BEGIN} … {END}")
    return f"{before}{BEGIN}\n{text}\n{END}{after}"


def document(report: dict) -> str:
    """Heading and one table a part, a line a question, a column a database."""
    known = report["facts"]
    versions = ", ".join(f"{name} {one['server_version']}" for name, one in known["databases"].items())
    figures = [Figure(**one) for one in report["figures"]]
    met, missed = (sum(f.ok is wanted for f in figures) for wanted in (True, False))
    lines = [
        f"{known['date']}, commit `{known['commit']}`, {known['cores']} cores ({known['processor']}),"
        f" {known['memory_gb']} GB, Python {known['python']}, Django {known['django']}, {versions};"
        f" load at the start {known['load']:.1f}, one fdatasync {known['fdatasync_ms']:.2f} ms;"
        f" {known['seconds'] / 60:.0f} minutes. {met} goals met, {missed} missed.",
    ]
    for part, title in PARTS.items():
        some = [figure for figure in figures if figure.part == part]
        if some:
            lines += ["", f"### {title}", "", *_table(some)]
    return "\n".join(lines)


def _table(figures: list[Figure]) -> list[str]:
    shown = [name for name in DATABASES if any(figure.database == name for figure in figures)]
    cells: dict[str, dict[str, list[Figure]]] = {}
    for database in shown:
        head = ""
        for figure in figures:
            if figure.database != database:
                continue
            # A question at several sizes: one line.
            if not (figure.name.startswith("  ") and figure.name.endswith(" cases, p95")):
                head = figure.name.strip()
            cells.setdefault(head, {}).setdefault(database, []).append(figure)
    lines = [f"| | {' | '.join(shown)} | goal |", f"|---|{'---|' * len(shown)}---|"]
    for name, by_database in cells.items():
        goals = {figure.goal for some in by_database.values() for figure in some if figure.goal}
        values = " | ".join(_cell(by_database.get(database, [])) for database in shown)
        lines.append(f"| {_question(name, by_database)} | {values} | {'; '.join(sorted(goals))} |")
    return lines


def _question(name: str, by_database: dict[str, list[Figure]]) -> str:
    """The question with the sizes at which it was put."""
    several = max(by_database.values(), key=len)
    if len(several) == 1:
        return name
    sizes = [one.name.removesuffix(" cases, p95").rpartition("  ")[2].rpartition(", ")[2] for one in several]
    base = name.removesuffix(f", {sizes[0]} cases, p95") if sizes else name
    sizes[0] = name.removesuffix(" cases, p95").removeprefix(f"{base}, ")
    return f"{base}: p95 at {' / '.join(_short(size) for size in sizes)} cases"


def _short(size: str) -> str:
    return size.replace(",000,000", " M").replace(",000", " k")


def _cell(figures: list[Figure]) -> str:
    if not figures:
        return ""
    last = figures[-1]
    value = f"{' / '.join(number(figure.value) for figure in figures)} {last.unit}".strip()
    ratio = f" ({number(last.ratio)} ×)" if last.ratio is not None else ""
    return f"{value}{ratio}{MARKS[last.ok]}"


if __name__ == "__main__":
    sys.exit(main())
