"""Python reads this before everything else where this folder stands on PYTHONPATH: the product's only clock
is then as many days ahead as the file MULIN_TEST_DAYS says. No browser can wait out the notice of a vote."""

import importlib.abc
import importlib.util
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

CLOCK = "mulin.kernel.clock"


class Later(datetime):
    """What `clock.now` asks for the time."""

    @classmethod
    def now(cls, tz=None):
        days = Path(os.environ["MULIN_TEST_DAYS"]).read_text(encoding="ascii")
        return datetime.now(tz) + timedelta(days=float(days))


class Finder(importlib.abc.MetaPathFinder):
    """Gives the clock another `datetime` once it is imported."""

    def find_spec(self, name, path=None, target=None):
        if name != CLOCK:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        run = spec.loader.exec_module

        def exec_module(module):
            run(module)
            module.datetime = Later

        spec.loader.exec_module = exec_module
        return spec


if "MULIN_TEST_DAYS" in os.environ:
    sys.meta_path.insert(0, Finder())
