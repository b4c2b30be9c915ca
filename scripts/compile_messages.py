"""Compile every translation (`.po`) that is newer than its binary (`.mo`); needs no gettext tools.

python -m scripts.compile_messages
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def compile_all(root: Path = ROOT) -> list[Path]:
    """Write the binaries that are missing or old; return them. Fuzzy entries are left out."""
    written = []
    for source in sorted((root / "mulin").glob("*/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
            continue
        compile_one(source, target)
        written.append(target)
    return written


def compile_one(source: Path, target: Path) -> None:
    # Only when something is to do: importing polib would be most of the cost of a second start.
    import polib

    catalogue = polib.pofile(str(source))
    # Written aside and moved over, so that a server that reads at this moment sees a whole file.
    partial = target.with_suffix(f".mo.{os.getpid()}")
    catalogue.save_as_mofile(str(partial))
    partial.replace(target)


if __name__ == "__main__":
    try:
        for path in compile_all():
            print(f"compiled {path.relative_to(ROOT)}")
    except (OSError, ValueError) as error:
        sys.exit(f"compile_messages: {error}")
