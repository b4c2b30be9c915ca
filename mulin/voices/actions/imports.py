"""Voices from a file: each row is a voice of its own with its own line, many rows a transaction."""

import csv
import hashlib
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.utils.translation import gettext as _

from mulin.kernel import clock, codes, jobs
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.ids import new_id
from mulin.kernel.models import Job
from mulin.kernel.policy import require
from mulin.people.queries import actor_by_id
from mulin.places.queries import locate_text
from mulin.voices import drafts, files, locations, states
from mulin.voices.actions.submit import ATTEMPTS, enter
from mulin.voices.categories import catalogue
from mulin.voices.drafts import Draft
from mulin.voices.models import Voice

BATCH = 200
TEXT_MAX = 20_000
REPORTED = 500
SUFFIXES = {".csv", ".gz", ".xlsx"}


@dataclass(slots=True)
class Imported:
    """What came of a file. `problems`: (line, reason) of the rows that were rejected, the first 500."""

    created: int = 0
    skipped: int = 0
    rejected: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)

    def reject(self, line: int, reason: str) -> None:
        self.rejected += 1
        if len(self.problems) < REPORTED:
            self.problems.append((line, reason))

    def counts(self) -> dict[str, int]:
        return {"created": self.created, "skipped": self.skipped, "rejected": self.rejected}


def import_voices(
    *,
    actor: Actor,
    path: Path | str,
    place: str = "",
    progress: Callable[[int, Imported], None] = lambda done, result: None,
) -> Imported:
    """Make a voice of every row of a file (csv, csv.gz, xlsx). The same row again is skipped, a row that
    cannot be used is reported with its line and the others are kept.

    `place`: where rows without a place of their own lie; the instance's place if empty. Who:
    voices.import:run at that place. Raises file-unreadable, place-unknown.
    """
    place = locations.check_division(place or settings.MULIN_SITE_PLACE)
    require(actor, "voices.import:run", place)
    result = Imported()
    done = 0
    try:
        for batch in _batches(files.read(path)):
            _enter_batch(actor, _prepared(actor, batch, place, result), result)
            done += len(batch)
            progress(done, result)
    except files.FileError as error:
        raise _file_error(error) from error
    return result


def _file_error(error: files.FileError) -> ActionError:
    words = {
        "no-file": _("找不到这个文件：%s"),
        "no-text-column": _("第一行里没有“主题”或“内容”这样的列：%s"),
        "unreadable": _("这个文件打不开，请用 csv、csv.gz 或 xlsx：%s"),
    }
    return ActionError("file-unreadable", words[error.code] % error.detail, field="file", status=422)


def _batches(rows: Iterable[files.Row]) -> Iterator[list[files.Row]]:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _prepared(
    actor: Actor, batch: list[files.Row], place: str, result: Imported
) -> dict[str, tuple[int, Draft]]:
    """Drafts by key, of the rows that are new and usable; everything slow happens here, without a lock."""
    keyed = {}
    for line, row in batch:
        key = _key(row)
        if key in keyed:
            result.skipped += 1
        keyed.setdefault(key, (line, row))
    known = set(Voice.objects.filter(idempotency__in=keyed).values_list("idempotency", flat=True))
    result.skipped += len(known)
    found = {}
    for key, (line, row) in keyed.items():
        if key in known:
            continue
        try:
            found[key] = (line, _draft(actor, key, row, place))
        except (ActionError, ValueError) as error:
            result.reject(line, str(error))
    return found


def _key(row: dict[str, str]) -> str:
    """The same id and content are the same voice, whichever file they come in."""
    content = "\x1f".join(row.get(name, "") for name in ("id", "user", "subject", "time", "body"))
    return f"file:{hashlib.sha256(content.encode()).hexdigest()[:48]}"


def _enter_batch(actor: Actor, found: dict[str, tuple[int, Draft]], result: Imported) -> None:
    """One transaction for all; if one row stops it, each row gets its own and only that one is rejected."""
    if not found:
        return
    for _attempt in range(ATTEMPTS):
        try:
            with write():
                for _line, draft in found.values():
                    enter(actor, draft)
            result.created += len(found)
            return
        except IntegrityError:
            # A number was taken, or somebody imports the same rows at this moment.
            known = Voice.objects.filter(idempotency__in=found).values_list("idempotency", flat=True)
            for key in list(known):
                del found[key]
                result.skipped += 1
        except ActionError:
            break
    for line, draft in found.values():
        try:
            with write():
                enter(actor, draft)
            result.created += 1
        except (ActionError, IntegrityError) as error:
            result.reject(line, str(error))


def _draft(actor: Actor, key: str, row: dict[str, str], default_place: str) -> Draft:
    place, address = _place(row.get("place", ""), row.get("address", ""), default_place)
    spot = locations.resolve(
        place, lon=_number(row, "lon"), lat=_number(row, "lat"), crs="wgs84", address=address, building=""
    )
    subject, body = row.get("subject", ""), row.get("body", "")
    text = drafts.check_text("\n".join(part for part in (subject, body) if part), spot.place, most=TEXT_MAX)
    draft = drafts.understood(
        text,
        spot,
        _coded(row.get("kind", ""), {code: words[0] for code, words in states.KIND_WORDS.items()}, "kind"),
        _category(row.get("category", "")),
        "",
        _time(row.get("time", "")),
        subject,
    )
    draft.address = address[: drafts.ADDRESS_LENGTH]
    draft.channel = _coded(row.get("channel", ""), states.CHANNEL_WORDS, "channel") or "file"
    draft.contact = drafts.clean_contact(row.get("contact", ""))
    draft.entered_by, draft.idempotency = actor.account, key
    return draft


def _place(given: str, address: str, default_place: str) -> tuple[str, str]:
    """A code is taken as it is; a name is looked for inside the default place, with the address behind it."""
    if not given:
        return default_place, address
    if codes.is_valid(given):
        if not codes.contains(default_place, given):
            raise ActionError("place-outside", _("地点 %s 不在导入的范围里。") % given)
        return given, address
    located = locate_text(given, within=default_place)
    if located is None:
        raise ActionError("place-unknown", _("找不到地点“%s”。") % given)
    return located.place, address or given


def _number(row: dict[str, str], name: str) -> float | None:
    try:
        return float(row[name]) if row.get(name) else None
    except ValueError:
        raise ActionError("point-wrong", _("坐标“%s”不是数字。") % row[name]) from None


def _coded(given: str, words: dict[str, Any], name: str) -> str:
    """A code, or the Chinese word for it."""
    if not given or given in words:
        return given
    for code, word in words.items():
        if given == str(word):
            return code
    raise ActionError(f"{name}-unknown", _("不认识“%s”。") % given)


def _category(given: str) -> str:
    known = catalogue()
    if not given or known.get(given):
        return given
    for category in known:
        if given == category.zh:
            return category.code
    raise ActionError("category-unknown", _("没有“%s”这个类别。") % given)


def _time(given: str) -> datetime | None:
    try:
        moment = files.parse_time(given)
    except ValueError:
        raise ActionError("time-wrong", _("时间“%s”看不懂，请写成 2026-01-31 15:20。") % given) from None
    if moment is None:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=clock.zone())
    if moment.year < drafts.EARLIEST:
        raise ActionError("time-wrong", _("时间“%s”看不懂，请写成 2026-01-31 15:20。") % given)
    if moment > clock.now() + timedelta(days=1):
        raise ActionError("time-wrong", _("时间“%s”还没有到。") % given)
    return moment


# From the desk: the file is kept until the worker has read it -----------------------------------------


def start_import(*, actor: Actor, upload: Any, place: str) -> Job:
    """Hand a file to the worker; the job shows progress, can be stopped, and ends with the same counts and a
    list of rejected rows. Who: voices.import:run. Raises file-unreadable, place-unknown."""
    place = locations.check_division(place)
    require(actor, "voices.import:run", place)
    suffix = Path(upload.name).suffix.lower()
    if suffix not in SUFFIXES:
        raise _file_error(files.FileError("unreadable", upload.name))
    name = default_storage.save(f"imports/{new_id()}{suffix}", upload)
    return jobs.start(actor, "voices.import", file=name, place=place)


def import_job(job: Job, progress: jobs.Progress, *, file: str, place: str) -> dict[str, int]:
    """What the worker does with the file; it is deleted afterwards, whatever happens."""
    if not file.startswith("imports/"):
        raise ValueError(f"{file!r} is not an uploaded file")
    try:
        with tempfile.TemporaryDirectory() as folder:
            local = Path(folder) / Path(file).name
            with default_storage.open(file, "rb") as source, local.open("wb") as target:
                while part := source.read(1 << 20):
                    target.write(part)
            try:
                total = files.count(local)
            except files.FileError as error:
                raise _file_error(error) from error
            result = import_voices(
                actor=actor_by_id(job.account_id),
                path=local,
                place=place,
                progress=lambda done, so_far: progress.step(done, total),
            )
        if result.problems:
            progress.attach("rejected.csv", _problem_file(result.problems))
        return result.counts()
    finally:
        default_storage.delete(file)


def _problem_file(problems: list[tuple[int, str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([(_("行"), _("原因")), *problems])
    return out.getvalue().encode("utf-8-sig")
