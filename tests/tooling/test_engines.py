"""A file that calls itself pure can be tested, timed and replaced alone: no Django below it, at any depth."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent.parent / "mulin"
SAYS_PURE = re.compile(r"\bPure\b")
SKIPPED = {"tests", "migrations", "static"}


def sources() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if not SKIPPED & set(path.parts)]


def engines() -> list[Path]:
    return [path for path in sources() if SAYS_PURE.search(ast.get_docstring(tree(path)) or "")]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported(path: Path) -> frozenset[str]:
    """Everything that the file imports, inside functions too, as dotted names."""
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


def file_of(name: str) -> Path | None:
    path = PACKAGE.parent.joinpath(*name.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.exists():
            return candidate
    return None


def ways_to_django(path: Path, so_far: tuple[str, ...] = (), seen: set[Path] | None = None) -> list[str]:
    seen = set() if seen is None else seen
    seen.add(path)
    trail = (*so_far, path.relative_to(PACKAGE).as_posix())
    found = []
    for name in sorted(imported(path)):
        if name.split(".")[0] in {"django", "ninja", "allauth"}:
            found.append(" -> ".join((*trail, name)))
        elif name.startswith("mulin.") and (below := file_of(name)) and below not in seen:
            found += ways_to_django(below, trail, seen)
    return found


@pytest.mark.parametrize("path", engines(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_an_engine_knows_nothing_of_django(path):
    assert ways_to_django(path) == []


def test_the_walk_finds_django_behind_another_file(tmp_path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.PACKAGE", tmp_path / "mulin")
    (tmp_path / "mulin").mkdir()
    (tmp_path / "mulin/engine.py").write_text("def f():\n    from mulin import helper\n")
    (tmp_path / "mulin/helper.py").write_text("import django.db\n")
    ways = ways_to_django(tmp_path / "mulin/engine.py")
    assert ways == ["engine.py -> helper.py -> django.db"]
