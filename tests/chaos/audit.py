"""`python -m tests.chaos.audit LEDGER.json`: does the database hold exactly what was acknowledged?

Runs in a process of its own with the instance's environment, while the server runs and nobody sends
anything. Prints one JSON object with the figures and every problem found; exit 1 if there is one.
"""

import contextlib
import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SHOWN = 20
WORKING = ("accepted", "dispatched", "in_hand", "reopened", "reported", "found", "returned")
# Written by the worker, not by a person: they may stand anywhere among the moves.
BY_ITSELF = frozenset({"cases.case.overdue", "cases.case.closed", "cases.case.reminded"})


def main(path: str) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mulin.site.settings")
    import django

    django.setup()
    from mulin.kernel import journal
    from mulin.kernel.recounting import compare_at_once

    ledger = json.loads(Path(path).read_text(encoding="utf-8"))
    verdict = journal.verify()
    figures, wrong = compare_at_once()
    found = {"journal": [] if verdict.ok else [f"{verdict.bad}: {verdict.why}"], "counters": wrong}
    with one_moment():
        found |= {
            "voices": list(voices(ledger["voices"])),
            "moves": list(moves(ledger["moves"])),
            "half moves": list(states()),
            "clocks": list(clocks()),
        }
    found |= {"files": list(files()), "database": list(database())}
    answer = {
        "entries": verdict.entries, "chains": verdict.chains, "figures": figures,
        "voices": len(ledger["voices"]), "moves": len(ledger["moves"]), "orphan_files": len(orphans()),
        "problems": {name: lines[:SHOWN] for name, lines in found.items() if lines},
    }  # fmt: skip
    print(json.dumps(answer, ensure_ascii=False))
    return 1 if answer["problems"] else 0


@contextlib.contextmanager
def one_moment() -> Iterator[None]:
    """Read all as of the same moment: people rest, but the worker closes and raises cases by itself."""
    from django.db import connection, transaction

    with transaction.atomic():
        if connection.vendor != "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def voices(made: list[dict[str, Any]]) -> Iterator[str]:
    """Every acknowledged voice is there once, whole, with one line in the journal."""
    from mulin.kernel.models import Entry
    from mulin.voices.models import Photo, Voice

    by_text = Counter(Voice.objects.values_list("text", flat=True))
    rows = {voice.number: voice for voice in Voice.objects.select_related("matter")}
    lines = Counter(Entry.objects.filter(code="voices.voice.submitted").values_list("subject", flat=True))
    photos = Counter(Photo.objects.exclude(voice=None).values_list("voice_id", flat=True))
    for one in made:
        voice = rows.get(one["number"])
        if voice is None or voice.text != one["text"]:
            yield f"voice {one['number']} was acknowledged and is lost"
            continue
        if by_text[one["text"]] != 1:
            yield f"voice {one['number']} is there {by_text[one['text']]} times"
        if lines[voice.pk] != 1:
            yield f"voice {one['number']} has {lines[voice.pk]} lines in the journal"
        if photos[voice.pk] != one["photos"]:
            yield f"voice {one['number']} has {photos[voice.pk]} photos of {one['photos']}"
    # Also what nobody was told of: a voice is whole or absent.
    for voice in rows.values():
        if lines[voice.pk] != 1:
            yield f"voice {voice.number} (not acknowledged) has {lines[voice.pk]} lines in the journal"
        if voice.matter.way == "case" and not hasattr(voice.matter, "case"):
            yield f"voice {voice.number} has a matter without its case"


def moves(made: list[dict[str, Any]]) -> Iterator[str]:
    """The journal of every case holds the acknowledged moves, each once, in their order, and no other."""
    from mulin.cases.models import Case
    from mulin.kernel.models import Entry, IdempotentAnswer

    wanted: dict[str, list[str]] = defaultdict(list)
    for one in made:
        wanted[one["number"]].append(one["code"])
    ids = dict(Case.objects.filter(number__in=wanted).values_list("pk", "number"))
    there: dict[str, list[str]] = defaultdict(list)
    for subject, code in Entry.objects.filter(subject__in=ids).order_by("id").values_list("subject", "code"):
        if code not in BY_ITSELF:
            there[ids[subject]].append(code)
    for number, codes in wanted.items():
        if there[number] != codes:
            yield f"case {number}: acknowledged {codes}, journal {there[number]}"
    answers = IdempotentAnswer.objects.count()
    if answers != len(made):
        yield f"{answers} answers are kept for {len(made)} acknowledged moves"


def states() -> Iterator[str]:
    """Every line starts where the one before it ended, and the case stands where the last one left it."""
    from mulin.cases.models import Case
    from mulin.kernel.models import Entry

    last: dict[Any, str] = {}
    for line in Entry.objects.filter(code__startswith="cases.case.").order_by("at", "id").iterator():
        before, after = line.data.get("from"), line.data.get("to")
        if before is None or after is None:
            continue
        if line.subject in last and last[line.subject] != before:
            yield f"line {line.id} starts at {before}, the one before it ended at {last[line.subject]}"
        last[line.subject] = after
    for case in Case.objects.iterator():
        if last.get(case.pk, "reported") != case.state and case.state != "merged":
            yield f"case {case.number} is {case.state}, its last line says {last.get(case.pk, 'reported')}"


def clocks() -> Iterator[str]:
    """A working case has a running solve clock, a done one none; the first to burn is the one it shows."""
    from mulin.cases import clocks as timing
    from mulin.cases.models import Case

    for case in Case.objects.prefetch_related("clocks").iterator(chunk_size=500):
        running = [one for one in case.clocks.all() if one.stopped_at is None]
        kinds = Counter(one.kind for one in running)
        if case.state in WORKING and "solve" in case.rules and kinds["solve"] != 1:
            yield f"case {case.number} is {case.state} with {kinds['solve']} solve clocks"
        if case.state == "done" and (kinds["solve"] or kinds["stop"]):
            yield f"case {case.number} is done and its clock runs"
        if case.state in WORKING and any(one.paused_at for one in running):
            yield f"case {case.number} is {case.state} and a clock stands still"
        if case.is_open and timing.first_due(case, running) != case.due_at:
            yield f"case {case.number} shows {case.due_at}, its clocks say {timing.first_due(case, running)}"


def files() -> Iterator[str]:
    """Every photo has both its files, and they can be opened."""
    from django.core.files.storage import default_storage
    from PIL import Image

    from mulin.voices.models import Photo

    for photo in Photo.objects.iterator():
        for name in (photo.file.name, photo.thumb.name):
            try:
                with default_storage.open(name) as file, Image.open(file) as image:
                    image.load()
            except OSError as error:
                yield f"photo {photo.pk}: {name}: {error}"


def orphans() -> list[str]:
    """Photo files that no row names: left by a process that died between the file and the row."""
    from django.conf import settings

    from mulin.voices.models import Photo

    media = settings.MULIN_HOME / "media"
    known = {name for row in Photo.objects.values_list("file", "thumb") for name in row}
    return [
        str(path.relative_to(media))
        for path in media.glob("photos/**/*.jpg")
        if str(path.relative_to(media)) not in known
    ]


def database() -> Iterator[str]:
    """The database's own opinion of itself, and nothing left hanging in it."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA integrity_check")
            answer = cursor.fetchone()[0]
            if answer != "ok":
                yield f"integrity_check: {answer}"
            cursor.execute("PRAGMA foreign_key_check")
            yield from (f"foreign key: {row}" for row in cursor.fetchall())
        else:
            cursor.execute(
                "SELECT pid, state FROM pg_stat_activity WHERE datname = current_database()"
                " AND state LIKE 'idle in transaction%%' AND xact_start < now() - interval '30 seconds'"
            )
            yield from (f"session {pid} hangs in a transaction ({state})" for pid, state in cursor.fetchall())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
