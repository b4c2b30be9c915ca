"""`mulin budget evaluate DIR`: the last line is {"elections": n, "exact": k, "seconds": s}."""

import json
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from mulin.councils import replays


class Command(BaseCommand):
    help = "Decide published participatory budgets again, by the rule that each file names."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        measure = what.add_parser("evaluate", help="how many .pb files below a folder give the same winners")
        measure.add_argument("folder")

    def handle(self, *args, **options) -> None:
        folder = Path(options["folder"])
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder")
        started, elections, exact = time.perf_counter(), 0, 0
        try:
            for one in replays.evaluate(folder):
                mark = {True: "exact", False: "different", None: "not replayed"}[one.is_exact]
                name = one.path.relative_to(folder)
                self.stdout.write(f"{mark}  {one.rule}  {name}{f'  {one.note}' if one.note else ''}")
                elections += one.is_exact is not None
                exact += one.is_exact is True
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        if not elections:
            self.stderr.write(f"no .pb file below {folder} could be replayed")
        seconds = round(time.perf_counter() - started, 3)
        self.stdout.write(json.dumps({"elections": elections, "exact": exact, "seconds": seconds}))
