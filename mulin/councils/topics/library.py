"""The processes of this house: those that are shipped, and the files of its own folder beside them.

Adding a process needs no code: a TOML file in the folder that MULIN_PROCESSES names (by default `processes`
in the instance's own folder) is offered from the next page on. A file of one's own with the code of a shipped
process takes its place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from mulin.councils.stepkinds import kinds
from mulin.councils.topics.definition import DefinitionError, Mistake, Process, read_file
from mulin.kernel.errors import ActionError
from mulin.kernel.language import either

SHIPPED = Path(__file__).resolve().parent.parent / "packs" / "processes"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A file and what became of it: a process, or what is wrong with it."""

    path: Path
    process: Process | None
    mistakes: tuple[Mistake, ...] = ()


def own_folder() -> Path:
    """Where this house keeps processes of its own."""
    return Path(settings.MULIN_PROCESSES) if settings.MULIN_PROCESSES else settings.MULIN_HOME / "processes"


def files() -> list[Path]:
    """All process files, the shipped ones first."""
    own = own_folder()
    mine = sorted(own.glob("*.toml")) if own.is_dir() else []
    return [*sorted(SHIPPED.glob("*.toml")), *mine]


def check(paths: Iterable[Path]) -> list[Verdict]:
    """What is to be said of each file."""
    found = []
    for path in paths:
        try:
            found.append(Verdict(path, read_file(path, kinds())))
        except DefinitionError as error:
            found.append(Verdict(path, None, tuple(error.mistakes)))
    return found


def verdicts() -> list[Verdict]:
    """The same for all files of this house; read again when one of them changed."""
    stamps = []
    for path in files():
        try:
            stat = path.stat()
        except OSError:
            continue  # taken away this very moment
        stamps.append((str(path), stat.st_mtime_ns, stat.st_size))
    return list(_read(tuple(stamps), tuple(kinds())))


@lru_cache(maxsize=4)
def _read(stamps: tuple[tuple[str, int, int], ...], _kinds: tuple[str, ...]) -> tuple[Verdict, ...]:
    return tuple(check(Path(path) for path, _changed, _size in stamps))


def processes() -> dict[str, Process]:
    """Every process that can be started, by code, in the order of the files."""
    return {one.process.code: one.process for one in verdicts() if one.process}


def broken() -> list[Verdict]:
    """Files that cannot be used: whoever starts a topic must be told why one is missing."""
    return [one for one in verdicts() if one.process is None]


def get_process(code: str) -> Process:
    """One of them. ActionError no-process."""
    found = processes().get(code)
    if found is None:
        raise ActionError("no-process", _("请选一个流程。"), field="process", status=422)
    return found


def words(thing: object, name: str) -> str:
    """A text of a process or a step in the language of the page: `title`, `about`, `text` or `outcome`."""
    return either(getattr(thing, name), getattr(thing, f"{name}_en"))
