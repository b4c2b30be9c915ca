"""`mulin restore FILE`: put a backup back, also under a running instance; what was there is saved first."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from mulin.site import archive


class Command(BaseCommand):
    help = "Restore a backup made by `mulin backup`. The present state is saved beside MULIN_HOME first."

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args, file, yes, **options):
        if not Path(file).is_file():
            raise CommandError(f"there is no file {file}")
        if not yes and not self._agreed():
            raise CommandError("Nothing was changed. (A script says --yes.)")
        self.stdout.write(json.dumps(archive.restore(file, say=self.stderr.write)))

    def _agreed(self) -> bool:
        try:
            answer = input("Everything in this instance is replaced by the backup. Type yes: ")
        except EOFError:  # nobody is there to answer
            return False
        return answer.strip() == "yes"
