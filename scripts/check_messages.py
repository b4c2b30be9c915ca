"""Is every text that people see marked for translation, and is every marked text translated into English?

    python -m scripts.check_messages

Fails with a list of places when
- a marked Chinese text has no English in its module's catalogue or in the kernel's,
- an English text lost or invented a placeholder,
- two modules give one text (in one context) different English: at run time one of them wins everywhere,
- a template or a script shows Chinese outside a translation tag,
- a room that speaks to people (views, forms, actions, states …) holds a Chinese literal that is not marked.
Not looked at: docstrings, comments, tests, migrations, packs, seeds, and engines, whose word lists are data.
A literal that is data in a speaking room carries the comment `# untranslated: why`.
"""

import re
import sys
from pathlib import Path

from scripts.messages import (
    HAN,
    PACKAGE,
    Message,
    Problem,
    PythonFile,
    apps,
    catalogue_path,
    entries_by_key,
    place_of,
    read_catalogue,
    script_files,
    script_problems,
    template_files,
    template_messages,
    template_problems,
)
from scripts.messages import python_files as sources_of

# Files and folders of a module whose strings reach people.
SPEAKING_ROOMS = {
    "actions", "adapters", "admin", "api", "channels", "context", "errors", "exports", "feeds", "forms",
    "middleware", "models", "module", "notices", "policy", "states", "tasks", "templatetags", "views",
    "widgets",
}  # fmt: skip
# Speaking rooms whose Chinese literals are data: word lists, invented people of the demo.
ALLOWED: set[str] = set()
NAMED = re.compile(r"%\((\w+)\)|(?<!\{)\{(\w*)\}(?!\})")
POSITIONAL = re.compile(r"(?<!%)(?:%%)*%[sd]")


def main(package: Path = PACKAGE) -> int:
    problems = [problem for app in apps(package) for problem in problems_of(app, package)]
    problems += collisions(package)
    for problem in problems:
        print(problem)
    total = sum(len(entries_by_key(read_catalogue(catalogue_path(app)))) for app in apps(package))
    print(f"{total} English texts, {len(problems)} problems")
    return 1 if problems else 0


def problems_of(app: Path, package: Path = PACKAGE) -> list[Problem]:
    """Everything wrong with one module's texts; the kernel's catalogue is shared by all."""
    own = entries_by_key(read_catalogue(catalogue_path(app)))
    shared = entries_by_key(read_catalogue(catalogue_path(package / "kernel")))
    found: list[Problem] = []
    used: list[Message] = []
    for path in sources_of(app):
        source = PythonFile(path)
        used += source.messages
        found += source.problems + literal_problems(source, app)
    for path in template_files(app):
        used += template_messages(path)
        found += template_problems(path)
    for path in script_files(app):
        found += script_problems(path)
    return found + missing_translations(used, {**shared, **own}) + broken_translations(app)


def literal_problems(source: PythonFile, app: Path) -> list[Problem]:
    parts = {part.removesuffix(".py") for part in source.path.relative_to(app).parts}
    name = source.path.relative_to(app.parent).as_posix()
    if not parts & SPEAKING_ROOMS or name in ALLOWED:
        return []
    return [
        Problem(place_of(source.path, line), f"Chinese that is not marked for translation: {text[:40]}")
        for line, text in source.literals
    ]


def missing_translations(used: list[Message], entries: dict) -> list[Problem]:
    found = {}
    for message in used:
        if HAN.search(message.text) and message.key not in found:
            entry = entries.get(message.key)
            if entry is None or not entry.translated():
                found[message.key] = Problem(message.place, f"no English for: {message.text}")
            elif bool(message.plural) != bool(entry.msgid_plural):
                found[message.key] = Problem(message.place, f"plural on one side only: {message.text}")
    return list(found.values())


def broken_translations(app: Path) -> list[Problem]:
    path = catalogue_path(app)
    found = []
    for entry in entries_by_key(read_catalogue(path)).values():
        if not entry.translated():
            continue
        wanted = placeholders(entry.msgid)
        if entry.msgid_plural:
            # The singular may well say "one" instead of the number.
            wrong = any(placeholders(text) - wanted for text in entry.msgstr_plural.values())
        else:
            wrong = placeholders(entry.msgstr) != wanted
        if wrong:
            found.append(Problem(place_of(path, entry.linenum), f"placeholders differ: {entry.msgid}"))
    return found


def collisions(package: Path = PACKAGE) -> list[Problem]:
    """Texts that have other English in another module. Django merges all catalogues into one, so the first
    module in INSTALLED_APPS speaks for all: agree on one English, or tell the meanings apart by a context."""
    said: dict[tuple[str | None, str], dict[str, str]] = {}
    for app in apps(package):
        for key, entry in entries_by_key(read_catalogue(catalogue_path(app))).items():
            if entry.translated():
                forms = [entry.msgstr_plural[n] for n in sorted(entry.msgstr_plural)] or [entry.msgstr]
                said.setdefault(key, {})[app.name] = " / ".join(forms)
    found = []
    for (context, text), english in said.items():
        if len(set(english.values())) > 1:
            name = f"{text} ({context})" if context else text
            each = ", ".join(f"{app} “{words}”" for app, words in english.items())
            place = place_of(catalogue_path(package / next(iter(english))), 1)
            found.append(Problem(place, f"different English for {name}: {each}"))
    return found


def placeholders(text: str) -> set[str]:
    names = {first or second for first, second in NAMED.findall(text)}
    return names | {f"%{number}" for number, _ in enumerate(POSITIONAL.findall(text))}


if __name__ == "__main__":
    sys.exit(main())
