"""What is typed on a command line, read before anything is done."""

from argparse import ArgumentTypeError
from pathlib import Path


def existing_file(typed: str) -> str:
    """The path of a file that is there: `type=` of an argument."""
    if not Path(typed).is_file():
        raise ArgumentTypeError(f"there is no file {typed}")
    return typed
