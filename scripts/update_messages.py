"""Bring the English catalogues up to date with the sources: `make messages`.

    python -m scripts.update_messages

New texts are added with an empty translation, texts that nobody uses any more become obsolete entries
(so that a translation is not lost with a passing change), and existing translations stay as they are.
A text that the kernel has translated is not asked for again by another module.
"""

import sys
from pathlib import Path

import polib

from scripts.messages import (
    HAN,
    PACKAGE,
    Message,
    apps,
    catalogue_path,
    entries_by_key,
    messages_of,
    read_catalogue,
)


def main(package: Path = PACKAGE) -> int:
    shared = entries_by_key(read_catalogue(catalogue_path(package / "kernel")))
    used = {app: messages_of(app) for app in apps(package)}
    # What another module takes from the kernel's catalogue is in use there.
    everywhere = {message.key for messages in used.values() for message in messages}
    for app, messages in used.items():
        is_kernel = app.name == "kernel"
        wanted = [m for m in messages if HAN.search(m.text) and (is_kernel or m.key not in shared)]
        still_used = everywhere if is_kernel else {message.key for message in messages}
        update(app, wanted, still_used)
    return 0


def update(app: Path, wanted: list[Message], still_used: set[tuple[str | None, str]]) -> None:
    path = catalogue_path(app)
    catalogue = read_catalogue(path)
    before = str(catalogue)
    entries = entries_by_key(catalogue)
    for key, entry in entries.items():
        if key not in still_used:
            entry.obsolete = True
    old = {(entry.msgctxt, entry.msgid): entry for entry in catalogue if entry.obsolete}
    for message in wanted:
        if message.key in entries and not entries[message.key].obsolete:
            continue
        entry = old.get(message.key)
        if entry is not None:
            entry.obsolete = False
        else:
            entry = new_entry(message)
            catalogue.append(entry)
        entries[message.key] = entry
    if str(catalogue) != before:
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(path))
        report(app, catalogue)


def new_entry(message: Message) -> polib.POEntry:
    if message.plural is None:
        return polib.POEntry(msgctxt=message.context, msgid=message.text, msgstr="")
    return polib.POEntry(
        msgctxt=message.context,
        msgid=message.text,
        msgid_plural=message.plural,
        msgstr_plural={0: "", 1: ""},
    )


def report(app: Path, catalogue: polib.POFile) -> None:
    empty = [entry for entry in catalogue.untranslated_entries() if not entry.obsolete]
    print(f"{app.name}: {len(catalogue)} texts, {len(empty)} to translate")


if __name__ == "__main__":
    sys.exit(main())
