"""Import of official division lists: as sets, with flat memory; the same file twice changes nothing."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mulin.kernel import codes, jobs, journal
from mulin.kernel.actors import SYSTEM, Actor
from mulin.kernel.clock import now, today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.ids import new_id
from mulin.kernel.models import Job
from mulin.kernel.policy import require
from mulin.places import caching, staging
from mulin.places.divisions import DivisionFileError, DivisionReader, RowError
from mulin.places.models import Division, Succession

CHUNK = 30_000  # rows moved in one short write transaction
_DATE = re.compile(r"(?<!\d)(20\d\d)(?:[-_.]?([01]\d)[-_.]?([0-3]\d))?(?!\d)")
Progress = Callable[[int, int | None, str], Any]


@dataclass(slots=True)
class ImportReport:
    """What an import did. `errors` are the first bad rows, `rejected` counts all of them.

    `by_level` counts the good rows of the file by level. `created` includes parents that no file names.
    """

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    by_level: dict[str, int] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        return {
            "created": self.created,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "by_level": self.by_level,
        }


def date_in(name: str) -> date | None:
    """The day of a list by its file name; a year alone means its 30 June, when the statistical list is
    drawn up. None when the name says nothing: then the rows are valid since ever."""
    match = _DATE.search(name)
    if not match:
        return None
    try:
        return date(int(match[1]), int(match[2] or 6), int(match[3] or 30))
    except ValueError:
        return None


def import_divisions(
    *,
    actor: Actor,
    path: str | Path,
    system: str | None = None,
    on: date | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Add the divisions of a list (file, folder or archive) and take over names that changed.

    Needs `places.division:manage`. `on` is the day from which the list holds (else the day in the file's
    name). A name that changed closes the old row the day before and adds a new one; a placeholder is filled
    in place. Bad rows are reported and left out. Rows move in short transactions, so that others can write
    meanwhile; an import that broke off is simply run again. One journal line at the end. ActionError when
    the file holds no list.
    """
    require(actor, "places.division:manage", settings.MULIN_SITE_PLACE)
    path = Path(path)
    since = on or date_in(path.name)
    told = progress or (lambda done, total, message: None)
    reader = DivisionReader(path, system)
    report = ImportReport()
    try:
        with staging.table():
            _move_all(reader, report, since, told)
    except DivisionFileError as error:
        raise ActionError(
            "not-a-list",
            _("这个文件不是区划表：%(why)s。请选择含 code 和 name 两列的 CSV 文件。") % {"why": error},
            field="file",
            status=422,
        ) from error
    report.rejected, report.errors = reader.error_count, reader.errors
    levels: Counter[int] = Counter()
    for (_system, level), n in reader.counts.items():
        levels[level] += n
    report.by_level = {str(level): levels[level] for level in sorted(levels)}
    with write():
        _one_tree(reader)
        caching.bump()
        journal.record(
            "places.divisions.imported",
            actor=actor,
            data={"created": report.created, "changed": report.changed, "rejected": report.rejected},
        )
    return report


def _move_all(reader: DivisionReader, report: ImportReport, since: date | None, told: Progress) -> None:
    """A part of the list after the other: into the temporary table, compared there, then moved over."""
    moment = now()
    rows = staging.rows_of(reader)
    total = 0
    while n := staging.fill(islice(rows, CHUNK)):
        total += n
        with write():
            report.created += staging.insert_new(moment, since)
            report.changed += _take_over(staging.changed(), since)
        told(int(reader.fraction * 1000), 1000, _("已导入 %(n)s 行") % {"n": total})
    report.unchanged = total - report.created - report.changed


def _take_over(rows: list[tuple], since: date | None) -> int:
    """Names that differ from the list. A list older than what is known changes nothing."""
    found = Division.objects.in_bulk([row[0] for row in rows])
    fresh: list[Division] = []
    old: list[Division] = []
    day = since or today()
    for key, name, short, kind in rows:
        known = found[key]
        renamed = known.name != name and not known.is_placeholder
        if renamed and known.valid_from and known.valid_from > day:
            continue
        if renamed and known.valid_from != day:
            fresh.append(_copy(known, name, short, kind, day))
            known.valid_to = day - timedelta(days=1)
        else:
            known.name, known.short_name, known.kind = name, short, kind
            known.is_placeholder = known.is_provisional = False
        old.append(known)
    Division.objects.bulk_update(
        old,
        ["name", "short_name", "kind", "is_placeholder", "is_provisional", "valid_to"],
        batch_size=500,
    )
    Division.objects.bulk_create(fresh, batch_size=500)
    return len(old)


def _copy(known: Division, name: str, short: str, kind: str, day: date) -> Division:
    """The same division under its new name, with the outline and telephone it has."""
    return Division(
        code=known.code, system=known.system, name=name, short_name=short, level=known.level, kind=kind,
        parent=known.parent, valid_from=day, in_use=known.in_use, shape=known.shape, phone=known.phone,
    )  # fmt: skip


def _one_tree(reader: DivisionReader) -> None:
    """Where the statistical list is known, the ministry's is for reference, except what a reorganisation
    took into use."""
    if not any(system == "nbs" for system, _level in reader.counts):
        return
    taken = Succession.objects.values("new")
    leading = Division.objects.filter(system="nbs", level=2, in_use=True).values_list("code", flat=True)
    for province in leading:
        low, high = codes.bounds(province)
        rows = Division.objects.filter(system="mca", in_use=True, code__gte=low, code__lt=high)
        rows.exclude(code__in=taken).update(in_use=False)
    _leave_one_of_twins(taken)


def _leave_one_of_twins(taken: QuerySet) -> None:
    """A reorganisation made divisions before any list gave them. Once the statistical list does, its row is
    the one in use; a parent that it does not name stays as it was made."""
    made = {
        (division.code, division.level): division
        for division in Division.objects.filter(system="mca", in_use=True, valid_to=None, code__in=taken)
    }
    named = {code for code, _level in made}
    listed = Division.objects.filter(system="nbs", in_use=True, valid_to=None, code__in=named)
    changed = []
    for division in listed:
        twin = made.get((division.code, division.level))
        if twin is None:
            continue
        if division.is_placeholder:
            division.in_use = False
        else:
            twin.in_use = False
            division.shape, division.phone = division.shape or twin.shape, division.phone or twin.phone
        changed += [division, twin]
    Division.objects.bulk_update(changed, ["in_use", "shape", "phone"], batch_size=200)


def start_import(*, actor: Actor, file: Any, system: str | None = None, on: date | None = None) -> Job:
    """Keep an uploaded list and import it in the background with progress. Needs `places.division:manage`.

    `file` is an uploaded file. The job's result is the summary with the first bad rows as sentences.
    """
    require(actor, "places.division:manage", settings.MULIN_SITE_PLACE)
    stored = default_storage.save(f"imports/{new_id().hex}/{Path(file.name).name}", file)
    return jobs.start(actor, "places.import", stored=stored, system=system, on=on.isoformat() if on else None)


def run_import(job: Job, progress: jobs.Progress, *, stored: str, system: str | None, on: str | None):
    """The job behind `start_import`; the right to do it was checked when it was started."""
    actor = replace(SYSTEM, account=job.account_id)
    try:
        report = import_divisions(
            actor=actor,
            path=default_storage.path(stored),
            system=system,
            on=date.fromisoformat(on) if on else None,
            progress=progress.step,
        )
    finally:
        default_storage.delete(stored)
    language = get_language() or "zh-hans"
    return report.summary() | {"errors": [error.describe(language) for error in report.errors[:50]]}
