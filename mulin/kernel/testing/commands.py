"""Commands of the product in tests: what they print and how they end."""

import json
from io import StringIO
from typing import Any

from django.core.management import call_command


def run(*words: str) -> tuple[dict[str, Any], str, int]:
    """Run a command: the object of its last line, all it printed, and its exit code."""
    out, code = StringIO(), 0
    try:
        call_command(*words, stdout=out)
    except SystemExit as error:
        code = int(error.code or 0)
    text = out.getvalue()
    return json.loads(text.strip().splitlines()[-1]), text, code
