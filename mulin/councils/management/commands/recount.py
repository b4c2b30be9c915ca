"""`mulin recount FILE`: the last line is the result; exit 1 if it is not the one that the file publishes."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from mulin.councils import recounting


class Command(BaseCommand):
    help = "Count a published vote again, from its own ballots or totals."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", help="the published file; its form is in docs/recount.md")

    def handle(self, *args, **options) -> None:
        try:
            file = recounting.read(Path(options["file"]).read_text(encoding="utf-8-sig"))
            counted = recounting.recount(file).as_json()
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        if "result" not in file:
            self.stderr.write("the file publishes no result")
        different = recounting.differences(file.get("result"), counted)
        for line in different:
            self.stderr.write(line)
        self.stdout.write(recounting.written(counted))
        if different:
            self.stdout.flush()
            raise SystemExit(1)
