"""Are files and functions small enough for one person to hold in the head? In `make lint` and `make check`.

A file has at most 500 lines, a function at most 40 (its docstring apart). Migrations are generated.
"""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE_LINES = 500
FUNCTION_LINES = 40


def main() -> int:
    problems = []
    for folder in ("mulin", "scripts", "tests", "bench"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts and "module_template" not in path.parts:
                problems += oversized(path)
    print("\n".join(problems) or "all files and functions are small enough")
    return 1 if problems else 0


def oversized(path: Path) -> list[str]:
    source = path.read_text(encoding="utf-8")
    shown = path.relative_to(ROOT)
    lines = source.count("\n")
    problems = [f"{shown}: {lines} lines, at most {FILE_LINES}"] if lines > FILE_LINES else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > FUNCTION_LINES:
            problems.append(
                f"{shown}:{node.lineno}: {node.name} has {length(node)} lines, at most {FUNCTION_LINES}"
            )
    return problems


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    skipped = first.end_lineno - first.lineno + 1 if docstring else 0
    return function.end_lineno - function.lineno + 1 - skipped


if __name__ == "__main__":
    sys.exit(main())
