"""What is pinned is used and explained; what is used is pinned."""

import ast
import re
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OURS = {"mulin", "scripts", "bench", "tests"}
# The name under which a package is imported, where it is another one.
IMPORTED_AS = {
    "Pillow": "PIL", "django-allauth": "allauth", "django-htmx": "django_htmx", "django-ninja": "ninja",
    "django-tasks": "django_tasks", "django-tasks-db": "django_tasks_db",
    "prometheus-client": "prometheus_client", "python-calamine": "python_calamine",
    "python-dateutil": "dateutil", "python-docx": "docx",
    "python-stdnum": "stdnum",
    "scikit-learn": "sklearn", "uuid-utils": "uuid_utils",
}  # fmt: skip
# Used without being imported: started as a program, read by Python.
NOT_IMPORTED = {"granian", "tzdata"}
# Imported, and brought in the fitting version by what names it.
BROUGHT = {"pydantic": "django-ninja"}


def names(specs: list[str]) -> list[str]:
    return [re.split(r"[\[=]", spec, maxsplit=1)[0] for spec in specs]


RUNTIME = names(PROJECT["dependencies"])
DEV = names(PROJECT["optional-dependencies"]["dev"])


@cache
def imports(*roots: str) -> frozenset[str]:
    """Top names of the packages of others that the sources import; tests of the product are left out."""
    found: set[str] = set()
    for path in (path for root in roots for path in (ROOT / root).rglob("*.py")):
        if "tests" in path.parts or "testing" in path.parts or "module_template" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return frozenset(found - OURS - set(sys.stdlib_module_names))


def named_in_settings() -> set[str]:
    """What settings name in texts, as `"whitenoise.middleware.WhiteNoiseMiddleware"`."""
    text = (ROOT / "mulin/site/settings.py").read_text(encoding="utf-8")
    return set(re.findall(r"\"([a-z_]+)[.\"]", text))


def module(package: str) -> str:
    return IMPORTED_AS.get(package, package.lower())


@pytest.mark.parametrize("package", [name for name in RUNTIME if name not in NOT_IMPORTED])
def test_each_package_of_the_product_is_used_by_it_or_by_its_set_up(package):
    used = imports("mulin", "scripts") | named_in_settings()
    assert module(package) in used, f"{package} is pinned, and nothing uses it"


def test_the_product_imports_nothing_that_is_not_pinned():
    assert imports("mulin") <= {module(name) for name in RUNTIME} | set(BROUGHT)


@pytest.mark.parametrize("package", [*RUNTIME, *DEV])
def test_each_pinned_package_is_explained(package):
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8").split("## Decided against")[0]
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")]
    assert any(re.search(rf"(?<![\w-]){re.escape(package)}(?![\w-])", row, re.I) for row in rows), package


def test_nothing_is_explained_that_is_not_there():
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8").split("## Front-end files")[0]
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")]
    bare = [re.sub(r"`.*?`", "", row) for row in rows]
    written = {name.strip().lower() for row in bare for name in row.split(",")} - {"package"}
    written = {name.removesuffix(" 5.2") for name in written}
    assert written <= {name.lower() for name in RUNTIME}
