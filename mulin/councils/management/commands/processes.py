"""`mulin processes check [FILE…]`: what is right and what is wrong with process files; the last line is
{"files": n, "wrong": k}, exit 1 if a file is wrong."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from mulin.councils.topics import library


class Command(BaseCommand):
    help = "Check process files: all that this house has, or the files that are named."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        check = what.add_parser("check", help="say of each file whether it can be used, and what is wrong")
        check.add_argument("files", nargs="*", help="files; without any, the shipped ones and one's own")

    def handle(self, *args, **options) -> None:
        paths = [Path(one) for one in options["files"]] or library.files()
        bad = 0
        for one in library.check(paths):
            if one.process:
                self.stdout.write(f"ok  {one.path.name}  {one.process.code}, {len(one.process.steps)} steps")
                continue
            bad += 1
            self.stdout.write(f"wrong  {one.path}")
            for mistake in one.mistakes:
                self.stdout.write(f"  {mistake}")
        self.stdout.write(json.dumps({"files": len(paths), "wrong": bad}))
        if bad:
            self.stdout.flush()
            raise CommandError(f"{bad} of {len(paths)} files cannot be used")
