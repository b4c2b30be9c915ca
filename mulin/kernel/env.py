"""Reading settings from the environment. Every reader fails loudly on a value it cannot understand."""

import contextlib
import os
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

# What of a database's address is not simply handed on to the driver.
NOT_HANDED_ON = frozenset({"host", "options"})
_has_instance = True
_unwritten: dict[Path, str] | None = None  # keys made while what was typed is still being read


def env_str(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def env_bool(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is not a yes or a no")


def env_int(name: str, default: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number") from error


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def env_secret(name: str, default: str = "") -> str:
    """The value of NAME, or the content of the file that NAME_FILE points to (container secrets)."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE: cannot read {path}: {error}") from error
    return os.environ.get(name, default)


def without_instance() -> None:
    """For a command that only reads files, before the settings are read: from now on every key is a new one
    that this process forgets, and no folder is made. Not in the environment: no server can be set so."""
    global _has_instance
    _has_instance = False


def write_keys_later() -> None:
    """For a command line whose words are not read yet: a key that is missing is made and not written, so that
    a wrong word leaves no folder behind. See `write_keys`."""
    global _unwritten
    _unwritten = {}


def write_keys() -> dict[str, str]:
    """Write those keys, and from now on each at once. Returns the key that counts for each file: another
    process may have been first."""
    global _unwritten
    made, _unwritten = _unwritten or {}, None
    return {path.name: _write_key(path, key) for path, key in made.items()}


def instance_key(home: Path, filename: str) -> str:
    """The instance's own random key, made on first use and readable only by its owner."""
    if not _has_instance:
        return os.urandom(32).hex()
    path = home / filename
    if not path.exists():
        key = os.urandom(32).hex()
        if _unwritten is not None:
            return _unwritten.setdefault(path, key)
        return _write_key(path, key)
    return path.read_text(encoding="ascii").strip()


def _write_key(path: Path, key: str) -> str:
    """Write a key unless there is one; the one that counts.

    It appears whole or not at all: a process that dies while it makes one, a full disk, or two processes that
    start at once must not leave an empty key or two different ones.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # all that people said will be in it
    fd, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # only its owner may read it
    try:
        with os.fdopen(fd, "w", encoding="ascii") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.unlink(draft)
    return path.read_text(encoding="ascii").strip()


def database_from_url(url: str) -> dict[str, object]:
    """`postgresql://user:password@host:port/name?sslmode=…` or `sqlite:////path` as Django's dictionary."""
    from urllib.parse import parse_qsl, unquote, urlsplit

    parts = urlsplit(url)
    if parts.scheme in {"postgres", "postgresql"}:
        given = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or "") or given.get("host", ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": _server_options(parts.query)
            | {k: v for k, v in given.items() if k not in NOT_HANDED_ON},
        }
    if parts.scheme == "sqlite":
        return sqlite(Path(parts.path))
    raise ImproperlyConfigured(f"MULIN_DATABASE_URL: {parts.scheme!r} is neither postgresql nor sqlite")


def _server_options(query: str) -> dict[str, str]:
    """What the server is told at log-in: not to compile statements, as ours are many and short and compiling
    one takes longer than it saves (measured: 7 ms of a search's 14). One's own `options` come after it; with
    `options=` nothing is said, for poolers that refuse it."""
    from urllib.parse import parse_qsl

    own = dict(parse_qsl(query, keep_blank_values=True)).get("options")
    return {} if own == "" else {"options": f"-c jit=off {own or ''}".strip()}


def sqlite(path: Path) -> dict[str, object]:
    # FULL: an acknowledged write survives a power cut. IMMEDIATE: a transaction that will write
    # takes the write lock at its start instead of failing half way.
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-64000;"
                " PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456"
            ),
        },
    }
