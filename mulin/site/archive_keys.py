"""Which keys a backup was made with, and what nobody could read if it were restored under others."""

import hashlib
import hmac
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import QuerySet

from mulin.kernel import secrets

# The file of each key, and the setting that it fills.
KEYS = {"data.key": "MULIN_DATA_KEY", "secret.key": "SECRET_KEY"}
# The variables that come before the files: with one of them a restored file changes nothing.
VARIABLES = {"data.key": "MULIN_DATA_KEY", "secret.key": "MULIN_SECRET_KEY"}
SEALED = "_sealed"  # how columns that hold an encrypted text end
CHECK_LENGTH = 16


def in_use() -> dict[str, str]:
    """The keys that this process works with, by the names of their files, wherever they came from."""
    return {name: getattr(settings, setting) for name, setting in KEYS.items()}


def check_of(key: str) -> str:
    """A few digits that tell one key from another and do not lead to it."""
    return hmac.new(key.encode(), b"mulin backup", hashlib.sha256).hexdigest()[:CHECK_LENGTH]


def _sealed() -> Iterator[QuerySet]:
    """The encrypted texts of the database, column by column."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.name.endswith(SEALED):
                rows = model._base_manager.exclude(**{field.name: ""})
                yield rows.values_list(field.name, flat=True)


def sealed_values() -> int:
    """How many texts in the database are encrypted."""
    return sum(texts.count() for texts in _sealed())


def facts() -> dict[str, Any]:
    """What a backup says of the keys it was made with."""
    checks = {name: check_of(key) for name, key in in_use().items()}
    return {"keys": checks, "sealed": sealed_values()}


def data_key_fits() -> bool:
    """Whether this process's data key opens the newest text of each sealed column: a shell may see another
    key than the server does."""
    for texts in _sealed():
        one = texts.order_by("-pk").first()
        try:
            secrets.unseal(one or "")
        except ValueError:
            return False
    return True


@dataclass(frozen=True, slots=True)
class Fit:
    """How a backup and the keys of this instance go together.

    `is_other`: the data key is another one, so that nothing sealed or looked up by it works afterwards.
    `unreadable`: encrypted texts among that; None where an older backup does not say. `warnings`: what is
    said before the restore and after it. `changed`: key files that the restore replaces, so that what runs
    must start anew.
    """

    is_other: bool
    unreadable: int | None
    warnings: tuple[str, ...]
    changed: tuple[str, ...]


def fit(manifest: dict[str, Any], folder: Path) -> Fit:
    """Compare an unpacked backup with the keys that would be in use once it is restored."""
    after = {name: _after(name, folder) for name in KEYS}
    said = manifest.get("keys")
    carried = [name for name in KEYS if _carried(name, folder)]
    changed = tuple(n for n in carried if not _is_given(n) and after[n] != in_use()[n])
    if not said:
        if len(carried) == len(KEYS) and not any(map(_is_given, KEYS)):
            return Fit(False, 0, (), changed)
        return Fit(False, None, (UNKNOWN.format(home=settings.MULIN_HOME),), changed)
    others = [name for name in KEYS if check_of(after[name]) != said[name]]
    unreadable = manifest.get("sealed", 0) if "data.key" in others else 0
    return Fit("data.key" in others, unreadable, tuple(_warnings(others, unreadable, said)), changed)


UNKNOWN = (
    "This backup is of an older version and does not say with which keys it was made. Unless {home} has the"
    " data.key of that time, telephone numbers cannot be read and the links of receipts do not open."
)


def _warnings(others: list[str], unreadable: int, said: dict[str, str]) -> Iterator[str]:
    if "data.key" in others:
        yield (
            "The backup was made with another data key than this instance uses."
            f" {unreadable} sealed texts (telephone numbers, secrets of webhooks) cannot be read, second"
            " factors do not work, nobody is found by their number, and links of receipts, printed codes"
            " and calendar addresses do not open any more."
        )
        yield f"What helps: {_remedy('data.key')}"
    olds = map(check_of, settings.SECRET_KEY_FALLBACKS)
    if "secret.key" in others and said["secret.key"] not in olds:
        yield (
            "The backup was made with another secret key: everybody has to log in again, and telephones"
            " forget which receipts were kept on them."
        )


def _remedy(name: str) -> str:
    if _is_given(name):
        return f"set {VARIABLES[name]} to the key of that time; it comes before any {name}."
    return (
        f"put the {name} of that time into {settings.MULIN_HOME}, or restore a backup made with --with-keys."
    )


def takes_file(name: str) -> bool:
    """Whether a key file of that name would count: where a variable is set, none does."""
    return not _is_given(name)


def _is_given(name: str) -> bool:
    return any(os.environ.get(f"{VARIABLES[name]}{end}") for end in ("", "_FILE"))


def _carried(name: str, folder: Path) -> str:
    path = folder / name
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


def _after(name: str, folder: Path) -> str:
    """The key in use after the restore: a variable's, else the backup's own, else the one of now."""
    return in_use()[name] if _is_given(name) else _carried(name, folder) or in_use()[name]
