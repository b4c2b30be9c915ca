"""`mulin import voices FILE [--place CODE]`: the last line is {"created": n, "skipped": n, "rejected": n}."""

import json

from django.core.management.base import BaseCommand, CommandError

from mulin.kernel.actors import SYSTEM
from mulin.kernel.errors import ActionError
from mulin.kernel.typed import existing_file
from mulin.voices import files
from mulin.voices.actions import import_voices


class Command(BaseCommand):
    help = "Import voices from a csv, csv.gz or xlsx file."

    def add_arguments(self, parser) -> None:
        what = parser.add_subparsers(dest="what", required=True, metavar="voices")
        voices = what.add_parser("voices", help="one voice a row; the same file again creates none")
        voices.add_argument("file", type=existing_file)
        voices.add_argument("--place", default="", help="12-digit code where rows without a place lie")

    def handle(self, *args, **options) -> None:
        try:
            total = files.count(options["file"])
            result = import_voices(
                actor=SYSTEM,
                path=options["file"],
                place=options["place"],
                progress=lambda done, so_far: self.stderr.write(f"{done} / {total}"),
            )
        except (ActionError, files.FileError) as error:
            raise CommandError(str(error)) from error
        for line, reason in result.problems:
            self.stderr.write(f"line {line}: {reason}")
        if result.rejected > len(result.problems):
            self.stderr.write(f"and {result.rejected - len(result.problems)} more")
        self.stdout.write(json.dumps(result.counts()))
