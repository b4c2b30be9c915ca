"""`mulin backup FILE`: database, files and a list of checksums in one archive, made while it runs."""

import json

from django.core.management.base import BaseCommand, CommandError

from mulin.site import archive


class Command(BaseCommand):
    help = "Write a backup of the running instance to FILE (.tar.gz)."

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument(
            "--with-keys", action="store_true", help="put the keys in too: whoever has the file reads all"
        )

    def handle(self, *args, file, with_keys, **options):
        try:
            result = archive.backup(file, with_keys=with_keys, say=self.stderr.write)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror or error}") from error
        if not with_keys:
            self.stderr.write("The keys (data.key, secret.key) are not in it. Keep a copy of them elsewhere.")
        self.stdout.write(json.dumps(result))
