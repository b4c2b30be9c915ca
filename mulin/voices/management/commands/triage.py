"""`mulin triage train|evaluate|hot`: the last line is one JSON object."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mulin.kernel.actors import SYSTEM
from mulin.kernel.errors import ActionError
from mulin.voices import evaluate, triage, understanding
from mulin.voices.actions import train_triage


class Command(BaseCommand):
    help = "Train the triage, measure it, and find hot topics."

    def add_arguments(self, parser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        train = what.add_parser("train", help="learn from labelled files and from the desk's corrections")
        train.add_argument("files", nargs="*", metavar="FILE")
        train.add_argument("--lessons", action="store_true", help="also learn from the desk's corrections")
        measure = what.add_parser("evaluate", help="macro-F1, accuracy and time on a labelled file")
        measure.add_argument("file")
        hot = what.add_parser("hot", help="what many people speak about")
        hot.add_argument("file")
        hot.add_argument("--top", type=int, default=5)

    def handle(self, *args, **options) -> None:
        try:
            answer = getattr(self, options["what"])(options)
        except (ActionError, ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(answer, ensure_ascii=False))

    def train(self, options: dict[str, Any]) -> dict[str, Any]:
        if not options["files"] and not options["lessons"]:
            raise CommandError("give a FILE, --lessons, or both")
        return train_triage(
            actor=SYSTEM, paths=options["files"], lessons=options["lessons"], progress=self.stderr.write
        )

    def evaluate(self, options: dict[str, Any]) -> dict[str, Any]:
        return evaluate.evaluate_triage(
            understanding.trained_model() or triage.starter_model(), options["file"]
        )

    def hot(self, options: dict[str, Any]) -> dict[str, Any]:
        return evaluate.hot_topics(options["file"], options["top"])
