"""`mulin divisions import FILE` and `mulin divisions reorganise FILE --on DATE`."""

import json
from datetime import date

from django.core.management.base import BaseCommand
from django.utils import translation

from mulin.kernel.actors import SYSTEM
from mulin.places.actions import CrosswalkProblems, import_divisions, reorganise_divisions

SHOWN = 20


class Command(BaseCommand):
    help = "Import a list of divisions, or apply a reorganisation. Prints one JSON object as the last line."

    def add_arguments(self, parser):
        verbs = parser.add_subparsers(dest="verb", required=True)
        load = verbs.add_parser("import", help="a CSV file, plain or gzipped, a folder, a zip or tar archive")
        load.add_argument("file")
        load.add_argument("--system", choices=["nbs", "mca"], help="read only the lists of one code system")
        load.add_argument("--on", type=date.fromisoformat, help="the day from which the list holds")
        move = verbs.add_parser("reorganise", help="a crosswalk of streets, old code to new code")
        move.add_argument("file")
        move.add_argument("--on", type=date.fromisoformat, required=True, help="the day of the change")
        move.add_argument(
            "--name", action="append", default=[], metavar="CODE=NAME", help="the name of a new district"
        )

    def handle(self, *args, verb, **options):
        with translation.override("en"):
            if verb == "import":
                return self._import(options)
            return self._reorganise(options)

    def _tell(self, done: int, total: int | None, message: str) -> None:
        share = f"{done * 100 // total:3d} %  " if total else ""
        self.stderr.write(f"{share}{message}")

    def _import(self, options) -> None:
        report = import_divisions(
            actor=SYSTEM,
            path=options["file"],
            system=options["system"],
            on=options["on"],
            progress=self._tell,
        )
        for error in report.errors[:SHOWN]:
            self.stderr.write(error.describe("en"))
        if report.rejected > SHOWN:
            self.stderr.write(f"… and {report.rejected - SHOWN} more rows")
        self.stdout.write(json.dumps(report.summary()))

    def _reorganise(self, options) -> None:
        names = dict(pair.split("=", 1) for pair in options["name"] if "=" in pair)
        try:
            result = reorganise_divisions(
                actor=SYSTEM, path=options["file"], on=options["on"], names=names, progress=self._tell
            )
        except CrosswalkProblems as error:
            for problem in error.problems[:SHOWN]:
                self.stderr.write(problem.describe("en"))
            self.stdout.write(json.dumps({**error.summary, "moved": 0}))
            raise SystemExit(1) from error
        self.stdout.write(json.dumps(result))
