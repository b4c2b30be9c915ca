"""`mulin ledger check`: every book counted again from its postings."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from mulin.kernel import codes
from mulin.kernel.db import is_postgres
from mulin.ledger import queries

SHOWN = 20


class Command(BaseCommand):
    help = "Counts every book again from what was posted; exit 1 if one is wrong."

    def add_arguments(self, parser):
        parser.add_argument("what", choices=["check"])
        parser.add_argument("--place", default="", help="code of a community or of a place above it")

    def handle(self, *args, what: str, place: str, **options):
        if place and not codes.is_valid(place):
            raise CommandError(f"{place} is no place")
        nested = connection.in_atomic_block
        with transaction.atomic():
            if is_postgres() and not nested:  # books and postings as of one moment; SQLite reads so anyway
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            books, wrong = queries.check(place)
        for line in wrong[:SHOWN]:
            self.stderr.write(line)
        self.stdout.write(json.dumps({"books": books, "wrong": len(wrong), "ok": not wrong}))
        if wrong:
            raise SystemExit(1)
