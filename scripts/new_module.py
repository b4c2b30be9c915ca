"""Start a module with all its rooms: `make new-module NAME=gardens [ARGS="--noun garden --title 花园"]`.

    python -m scripts.new_module gardens [--noun garden] [--title 花园] [--title-en Gardens]

Copies scripts/module_template (a small module that works) under new names, enters it where the house must
know of it, and makes its first migration. Nothing is written unless every place can be found:

- mulin/site/settings.py   INSTALLED_APPS
- mulin/site/urls.py       its pages under /NAME/
- mulin/kernel/packs/policy.csv   who may view, open and close
- pyproject.toml           its floor (3, beside cases)

What to do next is in docs/add-a-module.md.
"""

import argparse
import csv
import io
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = Path(__file__).resolve().parent / "module_template"
# Posts that look after a place, from the grid up; the table's other columns stay empty.
KEEPERS = {"grid_worker", "clerk", "secretary", "street_officer", "district_officer"}


class CannotStart(Exception):
    """The module cannot be made; nothing was written."""


@dataclass(frozen=True)
class Names:
    """What the template's words become."""

    module: str
    noun: str
    title: str
    title_en: str

    def apply(self, text: str) -> str:
        """Plural before singular: `samples` holds `sample`."""
        model = "".join(part.capitalize() for part in self.noun.split("_"))
        pairs = {
            "SamplesConfig": "".join(part.capitalize() for part in self.module.split("_")) + "Config",
            "Samples": self.title_en,
            "samples": self.module,
            "Sample": model,
            "sample": self.noun,
            "样例": self.title,
        }
        return re.sub("|".join(pairs), lambda match: pairs[match.group(0)], text)


def main(arguments: list[str]) -> int:
    try:
        names = read_names(arguments)
        changes = entries(names)
    except CannotStart as error:
        print(f"new_module: {error}", file=sys.stderr)
        return 1
    folder = copy_template(names)
    for path, text in changes.items():
        path.write_text(text, encoding="utf-8")
    finish(names, folder)
    print(f"made {folder.relative_to(ROOT)}/ and entered it in:")
    for path in changes:
        print(f"  {path.relative_to(ROOT)}")
    print("next: docs/add-a-module.md")
    return 0


def read_names(arguments: list[str]) -> Names:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("module", help="one plain English noun, usually in the plural")
    parser.add_argument("--noun", help="one of its records (default: the name without its s)")
    parser.add_argument("--title", help="its Chinese title (default: the name)")
    parser.add_argument("--title-en", help="its English title (default: the name)")
    given = parser.parse_args(arguments)
    noun = given.noun or re.sub(r"(?<=[a-z]{2})s$", "", given.module)
    for word in (given.module, noun):
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", word):
            raise CannotStart(f"{word!r}: names are small English letters, such as gardens or work_orders")
    if (ROOT / "mulin" / given.module).exists():
        raise CannotStart(f"mulin/{given.module} exists already")
    readable = given.module.replace("_", " ").capitalize()
    return Names(given.module, noun, given.title or readable, given.title_en or readable)


def entries(names: Names) -> dict[Path, str]:
    """The four files that must know of a module, with the module in them."""
    settings = ROOT / "mulin/site/settings.py"
    urls = ROOT / "mulin/site/urls.py"
    policy = ROOT / "mulin/kernel/packs/policy.csv"
    project = ROOT / "pyproject.toml"
    return {
        settings: put_after(settings, r'^    "mulin\.cases",\n', f'    "mulin.{names.module}",\n'),
        urls: put_after(
            urls,
            r"^urlpatterns = \[\n",
            f'    path("{names.module}/", include("mulin.{names.module}.urls")),\n',
        ),
        policy: policy_with(policy, names),
        project: put_after(project, r'^    "(?:\w+ \| )*cases(?= \||")', f" | {names.module}"),
    }


def put_after(path: Path, pattern: str, text: str) -> str:
    source = path.read_text(encoding="utf-8")
    match = re.search(pattern, source, re.MULTILINE)
    if match is None:
        raise CannotStart(f"{path.relative_to(ROOT)}: no line like {pattern!r} to put the module after")
    return source[: match.end()] + text + source[match.end() :]


def policy_with(path: Path, names: Names) -> str:
    source = path.read_text(encoding="utf-8")
    header = next(csv.reader(line for line in source.splitlines() if not line.startswith("#")))
    keepers = KEEPERS & set(header)
    if not keepers or "anyone" not in header:
        raise CannotStart(f"{path.relative_to(ROOT)}: none of the columns {', '.join(sorted(KEEPERS))}")
    output = io.StringIO()
    writer = csv.DictWriter(output, header, restval="", lineterminator="\n")
    if not source.endswith("\n"):
        output.write("\n")
    for verb, zh, en in (("view", "看", "see"), ("open", "开", "open"), ("close", "结束", "end and reopen")):
        grants = {"anyone": "all"} if verb == "view" else dict.fromkeys(keepers, "place")
        words = {"zh": f"{zh}{names.title}", "en": f"{en} {names.title_en.lower()}"}
        writer.writerow({"permission": f"{names.module}.{names.noun}:{verb}", **words, **grants})
    return source + output.getvalue()


def copy_template(names: Names) -> Path:
    target = ROOT / "mulin" / names.module
    for source in sorted(TEMPLATE.rglob("*")):
        if source.is_dir() or "__pycache__" in source.parts:
            continue
        path = target / names.apply(source.relative_to(TEMPLATE).as_posix())
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(names.apply(source.read_text(encoding="utf-8")), encoding="utf-8")
    return target


def finish(names: Names, folder: Path) -> None:
    """Put imports into the new alphabetical order, make the first migration, compile the English."""
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or "ruff"
    quiet = {"cwd": ROOT, "check": True, "stdout": subprocess.DEVNULL}
    subprocess.run([ruff, "check", "--quiet", "--select", "I", "--fix", folder], **quiet)
    subprocess.run([ruff, "format", "--quiet", folder], **quiet)
    migrate = [sys.executable, "-m", "django", "makemigrations", names.module]
    subprocess.run(migrate, **quiet, env=django_environment())
    subprocess.run([sys.executable, "-m", "scripts.compile_messages"], **quiet)


def django_environment() -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "mulin.site.settings", "PYTHONPATH": str(ROOT)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
