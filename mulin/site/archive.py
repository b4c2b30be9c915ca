"""Backups while the instance runs: SQLite's online backup or pg_dump, the files, and checksums of all."""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection

from mulin.kernel import journal
from mulin.kernel.actors import SYSTEM
from mulin.kernel.clock import now
from mulin.kernel.db import is_postgres, write
from mulin.site import archive_keys, instance
from mulin.site.archive_keys import KEYS

FORMAT = 1
# Photos and files, what was learnt, processes of one's own.
FOLDERS = ("media", "models", "processes")
Say = Callable[[str], Any]


def _quiet(text: str) -> None:
    pass


def backup(
    target: str | Path, *, with_keys: bool = False, say: Say = _quiet, may_not_fit: bool = False
) -> dict[str, Any]:
    """Write one archive; it appears under its name only when it is whole. Returns counts and its checksum.

    Refused under a data key that does not open what is sealed: it would name, or carry, a wrong key.
    `may_not_fit`: the state of now is saved whatever it is.
    """
    if not may_not_fit and not archive_keys.data_key_fits():
        raise CommandError(
            "the data key that this command sees does not open what is sealed in the database. Nothing was"
            " written. (Give it the key of the server: data.key in MULIN_HOME, or MULIN_DATA_KEY.)"
        )
    with write():
        journal.record("kernel.backup.made", actor=SYSTEM)
    journal.seal_all()
    target = Path(target)
    partial = target.with_name(target.name + ".part")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)  # what everybody said is in it, and perhaps the keys
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / ("database.dump" if is_postgres() else "database.sqlite3")
        say("database …")
        _dump(dump)
        say("files …")
        sums: dict[str, str] = {}
        with tarfile.open(partial, "w:gz", compresslevel=3) as tar:
            keys = _keys(Path(folder)) if with_keys else ()
            for path, name in [(dump, dump.name), *keys, *_files()]:
                if found := _add(tar, path, name):
                    sums[name] = found
            manifest = {
                "format": FORMAT,
                "made": now().isoformat(),
                "vendor": connection.vendor,
                "sums": sums,
                **archive_keys.facts(),
            }
            content = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
            info = tarfile.TarInfo("manifest.json")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    partial.rename(target)
    return {"file": str(target), "files": len(sums), "sha256": _sum(target)}


def _keys(folder: Path) -> Iterator[tuple[Path, str]]:
    """The keys in use, also those that come from the environment and lie in no file."""
    for name, key in archive_keys.in_use().items():
        path = folder / name
        path.touch(mode=0o600)
        path.write_text(key, encoding="utf-8")
        yield path, name


def _files() -> Iterator[tuple[Path, str]]:
    home = settings.MULIN_HOME
    for folder in FOLDERS:
        for path in sorted((home / folder).rglob("*")):
            if path.is_file():
                yield path, str(path.relative_to(home))


def _add(tar: tarfile.TarFile, path: Path, name: str) -> str:
    """Put a file into the archive and return its checksum. Sum and content are read from one opened file: the
    instance goes on, and may meanwhile put another one in its place. "" for one that is gone by now."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return ""
    with file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        tar.addfile(tar.gettarinfo(arcname=name, fileobj=file), file)
    return found


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _dump(target: Path) -> None:
    if is_postgres():
        _postgres("pg_dump", "--format=custom", f"--file={target}")
        return
    source = sqlite3.connect(settings.DATABASES["default"]["NAME"])
    copy = sqlite3.connect(target)
    try:
        # In one step: in several, every write of another process would make it begin anew, for ever on a
        # busy instance. In WAL mode nobody waits for the reader.
        source.backup(copy)
    finally:
        copy.close()
        source.close()


def _database() -> dict[str, Any]:
    return settings.DATABASES["default"]


def _postgres(program: str, *arguments: str) -> None:
    """Run a client program. The password goes through its environment: arguments are for all to read."""
    from psycopg.conninfo import make_conninfo

    database = _database()
    pairs = {"host": "HOST", "port": "PORT", "user": "USER", "dbname": "NAME"}
    given = {key: database[name] for key, name in pairs.items() if database.get(name)}
    dsn = make_conninfo(**given, **database.get("OPTIONS", {}))
    secret = {"PGPASSWORD": database["PASSWORD"]} if database.get("PASSWORD") else {}
    try:
        done = subprocess.run(
            [program, f"--dbname={dsn}", *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **secret},
        )
    except FileNotFoundError as error:
        raise CommandError(f"{program} is needed for PostgreSQL backups and is not installed") from error
    if done.returncode:
        raise CommandError(f"{program}: {done.stderr.strip()[:500]}")


def restore(source: str | Path, *, say: Say = _quiet, may_stay_sealed: bool = False) -> dict[str, Any]:
    """Check the archive as a whole, save the present state, then replace database and files.

    Refused where encrypted texts could not be read afterwards, unless `may_stay_sealed`.
    """
    source = Path(source)
    with tempfile.TemporaryDirectory() as folder:
        manifest = _unpack(source, Path(folder))
        if manifest["vendor"] != connection.vendor:
            raise CommandError(
                f"the backup is of {manifest['vendor']}, this instance uses {connection.vendor}"
            )
        fit = archive_keys.fit(manifest, Path(folder))
        for warning in fit.warnings:
            say(f"WARNING: {warning}")
        if fit.is_other and not may_stay_sealed:
            raise CommandError(
                "What is sealed could not be read afterwards. Nothing was changed."
                " (To restore all the same say --without-data-key.)"
            )
        saved = settings.MULIN_HOME / f"before-restore-{now():%Y%m%d-%H%M%S}.tar.gz"
        say(f"saving the present state to {saved.name} …")
        backup(saved, with_keys=True, may_not_fit=True)
        # All files lie ready on their own disk before the database is replaced: a full disk stops it here.
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.MULIN_HOME) as ready:
            names = _lay_ready(Path(folder), Path(ready), manifest["sums"])
            say("database …")
            _load(Path(folder) / ("database.dump" if is_postgres() else "database.sqlite3"))
            _put_back(Path(ready), names)
    connection.close()
    # The backup of an older version has its tables, whatever those of the instance were a moment ago.
    (settings.MULIN_HOME / ".migrations").unlink(missing_ok=True)
    instance.ensure_database()
    with write():
        journal.record("kernel.backup.restored", actor=SYSTEM)
    verdict = journal.verify()
    for warning in fit.warnings:
        say(f"WARNING: {warning}")
    if fit.changed:
        say(f"New keys from the backup: {', '.join(fit.changed)}. Start `mulin serve` and workers anew.")
    return {
        "files": len(manifest["sums"]), "journal_ok": verdict.ok, "saved": str(saved),
        "unreadable": fit.unreadable,
    }  # fmt: skip


def _lay_ready(folder: Path, ready: Path, names: Iterable[str]) -> list[str]:
    """Copy what goes back into the instance to where it needs only a new name; the names. A key file that a
    variable overrules stays out."""
    found = [n for n in names if n.split("/")[0] in FOLDERS or (n in KEYS and archive_keys.takes_file(n))]
    for name in found:
        path = ready / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name in KEYS:
            path.touch(mode=0o600)
        with (folder / name).open("rb") as source, path.open("wb") as target:
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())
    return found


def _put_back(ready: Path, names: Iterable[str]) -> None:
    """Give each file its name. A key that is another one keeps a second name."""
    home = settings.MULIN_HOME
    for name in names:
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name in KEYS and path.exists() and path.read_bytes() != (ready / name).read_bytes():
            os.link(path, home / f"{name}.before-{now():%Y%m%d-%H%M%S}")
        os.replace(ready / name, path)


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    try:
        with tarfile.open(source) as tar:
            tar.extractall(folder, filter="data")
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, EOFError, zlib.error, tarfile.TarError, ValueError) as error:
        raise CommandError(f"{source} is not a whole backup, nothing was changed") from error
    if manifest.get("format") != FORMAT:
        raise CommandError(f"{source} has format {manifest.get('format')}, this version reads {FORMAT}")
    for name, expected in manifest["sums"].items():
        if not (folder / name).is_file() or _sum(folder / name) != expected:
            raise CommandError(f"{source} is damaged: {name} does not match its checksum")
    return manifest


def _load(dump: Path) -> None:
    if is_postgres():
        connection.close()
        _postgres("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(dump))
        return
    connection.close()
    source = sqlite3.connect(dump)
    live = sqlite3.connect(settings.DATABASES["default"]["NAME"], timeout=30)
    try:
        source.backup(
            live
        )  # takes the live database's write lock: running readers wait, none sees a half state
    finally:
        live.close()
        source.close()
