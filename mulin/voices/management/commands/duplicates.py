"""`mulin duplicates evaluate FILE`: the last line is {"precision": x, "recall": x, "f1": x}."""

import json

from django.core.management.base import BaseCommand, CommandError

from mulin.voices import evaluate


class Command(BaseCommand):
    help = "Measure the finding of duplicates on a file of requests."

    def add_arguments(self, parser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        measure = what.add_parser("evaluate", help="precision, recall and F1 of the duplicate mark")
        measure.add_argument("file")

    def handle(self, *args, **options) -> None:
        try:
            answer = evaluate.evaluate_duplicates(options["file"])
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(answer))
