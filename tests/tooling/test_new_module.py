"""`make new-module` gives a module that works, in both languages, on its floor, with tests that pass."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the sources, so that the module is made somewhere else."""
    copy = tmp_path_factory.mktemp("house")
    for name in ("mulin", "scripts"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "vendor"))
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy(ROOT / name, copy / name)
    return copy


def run(house: Path, *command: object) -> subprocess.CompletedProcess:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MULIN_", "PYTEST_"))}
    # The copy comes before the installed package.
    surroundings = {**own, "MULIN_HOME": str(house / "instance"), "PYTHONPATH": str(house)}
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=house, env=surroundings, capture_output=True, text=True)


def make(house: Path, *words: str) -> subprocess.CompletedProcess:
    return run(house, sys.executable, "-m", "scripts.new_module", *words)


@pytest.fixture(scope="module")
def made(house):
    result = make(house, "gardens", "--title", "社区花园", "--title-en", "Community gardens")
    assert result.returncode == 0, result.stderr
    return house


@pytest.mark.slow
def test_its_own_tests_pass(made):
    result = run(made, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "mulin/gardens")
    assert result.returncode == 0, result.stdout
    assert " passed" in result.stdout


@pytest.mark.slow
def test_it_keeps_to_its_floor_and_to_the_style(made):
    floors = run(made, BIN / "lint-imports", "--no-cache")
    assert floors.returncode == 0, floors.stdout
    style = run(made, BIN / "ruff", "check", "mulin/gardens")
    assert style.returncode == 0, style.stdout
    above = made / "mulin/gardens/queries.py"
    source = above.read_text(encoding="utf-8")
    above.write_text(f"import mulin.cases\n{source}", encoding="utf-8")
    assert run(made, BIN / "lint-imports", "--no-cache").returncode != 0
    above.write_text(source, encoding="utf-8")


def test_every_text_of_it_is_in_both_languages(made):
    result = run(made, sys.executable, "-m", "scripts.check_messages")
    assert "mulin/gardens" not in result.stdout
    assert "Community gardens" in (made / "mulin/gardens/locale/en/LC_MESSAGES/django.po").read_text("utf-8")


def test_no_word_of_the_pattern_is_left(made):
    for path in (made / "mulin/gardens").rglob("*"):
        assert "sample" not in path.name
        if path.suffix in {".py", ".html", ".po", ".toml", ".md"}:
            assert "sample" not in path.read_text(encoding="utf-8").lower(), path


def test_a_name_is_taken_only_once_and_must_be_a_plain_noun(made):
    assert "exists already" in make(made, "gardens").stderr
    assert "small English letters" in make(made, "花园").stderr
    assert "small English letters" in make(made, "my-gardens").stderr
    assert make(made, "Gardens2").returncode == 1
