"""`mulin opinions evaluate DIR`: a line for each conversation; the last line is
{"mean_ari": x, "conversations": n, "max_abs_error": e, "seconds": s}."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from mulin.councils.opinions import evaluate


class Command(BaseCommand):
    help = "Measure the opinion map and its arithmetic on published conversations."

    def add_arguments(self, parser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        measure = what.add_parser(
            "evaluate", help="adjusted Rand index of the groups, error of the arithmetic"
        )
        measure.add_argument("folder", metavar="DIR")

    def handle(self, *args, **options) -> None:
        outcomes = []
        try:
            for outcome in evaluate.evaluate(Path(options["folder"])):
                outcomes.append(outcome)
                self.stdout.write(outcome.line())
        except (ValueError, KeyError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(evaluate.summary(outcomes)))
