"""Making an instance ready to serve: migrations and static files, skipped when nothing changed."""

import hashlib
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from mulin.kernel import recounting

PACKAGE = Path(__file__).resolve().parent.parent


def _stamp_of(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        stat = path.stat()
        digest.update(f"{path}:{stat.st_size}:{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _changed(name: str, stamp: str) -> bool:
    path = settings.MULIN_HOME / f".{name}"
    return not path.exists() or path.read_text(encoding="ascii") != stamp


def _remember(name: str, stamp: str) -> None:
    settings.MULIN_HOME.mkdir(parents=True, exist_ok=True)
    (settings.MULIN_HOME / f".{name}").write_text(stamp, encoding="ascii")


def ensure_database() -> bool:
    """Migrate when a migration file changed or the database is new, and write down what an older version did
    not count (the worker will count it). Returns whether it migrated."""
    done = _ensure_tables()
    recounting.note()
    return done


def _ensure_tables() -> bool:
    files = [p for config in apps.get_app_configs() for p in Path(config.path).glob("migrations/[0-9]*.py")]
    stamp = _stamp_of(files) + connection.vendor
    if not _changed("migrations", stamp) and connection.introspection.table_names():
        return False
    call_command("migrate", verbosity=0, interactive=False)
    _remember("migrations", stamp)
    return True


def ensure_static() -> bool:
    """Collect and compress static files when one of them changed."""
    files = [p for p in PACKAGE.glob("*/static/**/*") if p.is_file()]
    stamp = _stamp_of(files)
    if not _changed("static-files", stamp) and settings.STATIC_ROOT.exists():
        return False
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    _remember("static-files", stamp)
    return True


def ensure() -> None:
    ensure_database()
    ensure_static()
