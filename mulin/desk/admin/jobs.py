"""The long work that the administration starts: proving the journal, exporting it, a reorganisation."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.core.files.storage import default_storage
from django.http import QueryDict
from django.utils import translation

from mulin.desk import leftovers
from mulin.desk.admin.reading import journal as reading
from mulin.kernel import journal
from mulin.kernel.actors import SYSTEM, Actor
from mulin.kernel.jobs import Progress
from mulin.kernel.jobs import start as start_job
from mulin.kernel.models import Entry, Job
from mulin.people.queries import actor_by_id
from mulin.places.actions import reorganise_divisions

VERIFY, EXPORT, REORGANISE = "desk.journal_verify", "desk.journal_export", "desk.reorganise"


def start_verify(actor: Actor) -> Job:
    """Prove the whole journal in the background. Who: `kernel.journal:view` anywhere."""
    reading.require(actor)
    return start_job(actor, VERIFY)


def start_export(actor: Actor, query: str) -> Job:
    """Write the lines of a filter into a file. Who: `kernel.journal:view`; only lines in one's reach."""
    reading.require(actor)
    return start_job(actor, EXPORT, query=query, language=translation.get_language())


def verify_job(job: Job, progress: Progress) -> dict[str, Any]:
    """What the worker does: seal, then read every line and every chain."""
    total = Entry.objects.count()
    found = journal.verify(lambda done: progress.step(done, total))
    return {
        "ok": found.ok,
        "entries": found.entries,
        "chains": found.chains,
        "bad": found.bad,
        "why": found.why,
    }


def export_job(job: Job, progress: Progress, *, query: str, language: str) -> dict[str, Any]:
    """What the worker does, with the right that the person has now."""
    with translation.override(language):
        actor = actor_by_id(job.account_id)
        rows = reading.lines(actor, reading.wanted(QueryDict(query)))
        total, n, parts = rows.count(), 0, ["\ufeff"]

        def counted():
            nonlocal n
            for n, entry in enumerate(rows.order_by("id").iterator(chunk_size=2000), 1):
                if n % 1000 == 0:
                    progress.step(n, total)
                yield entry

        parts += reading.as_csv(counted())
        progress.attach("journal.csv", "".join(parts).encode())
        return {"rows": n}


def reorganise_job(
    job: Job, progress: Progress, *, stored: str, on: str, names: dict[str, str]
) -> dict[str, Any]:
    """What the worker does with a crosswalk that was checked and confirmed. The file is kept when it was
    stopped, so that the same table can be sent again."""
    actor = replace(SYSTEM, account=job.account_id)
    found = reorganise_divisions(
        actor=actor,
        path=default_storage.path(stored),
        on=date.fromisoformat(on),
        names=names,
        progress=progress.step,
    )
    leftovers.drop(stored)
    return found


JOBS = {VERIFY: verify_job, EXPORT: export_job, REORGANISE: reorganise_job}
