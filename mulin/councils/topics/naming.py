"""Steps and processes in the journal: kept as codes, read in the language of the page."""

from mulin.councils.stepkinds import kinds
from mulin.councils.topics import library


def step(code: str) -> str:
    """`process/step/kind` as the title of the step; where the process is not here any more, its kind."""
    process, _slash, rest = str(code).partition("/")
    key, _slash, kind = rest.partition("/")
    known = library.processes().get(process)
    found = next((one for one in known.steps if one.key == key), None) if known else None
    if found is not None:
        return library.words(found, "title")
    return str(kinds()[kind].title) if kind in kinds() else key


def process(code: str) -> str:
    """The title of a process; its code where it is not here any more."""
    known = library.processes().get(str(code))
    return library.words(known, "title") if known else str(code)
