"""`mulin restore FILE`: put a backup back, also under a running instance; what was there is saved first."""

import json

from django.core.management.base import BaseCommand, CommandError

from mulin.kernel.typed import existing_file
from mulin.site import archive


class Command(BaseCommand):
    help = "Restore a backup made by `mulin backup`. The present state is saved beside MULIN_HOME first."

    def add_arguments(self, parser):
        parser.add_argument("file", type=existing_file)
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument(
            "--without-data-key",
            action="store_true",
            help="restore although telephone numbers and other sealed texts cannot be read afterwards",
        )

    def handle(self, *args, file, yes, without_data_key, **options):
        if not yes and not self._agreed():
            raise CommandError("Nothing was changed. (A script says --yes.)")
        self.stdout.write(
            json.dumps(archive.restore(file, say=self.stderr.write, may_stay_sealed=without_data_key))
        )

    def _agreed(self) -> bool:
        try:
            answer = input("Everything in this instance is replaced by the backup. Type yes: ")
        except EOFError:  # nobody is there to answer
            return False
        return answer.strip() == "yes"
