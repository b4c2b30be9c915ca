"""`mulin aid audit`: proves from the data that no unchecked adult was ever offered to a child. A line for
each violation, with numbers of records and no names; the last line is {"offers": n, "violations": 0}; exit 1
when there are any."""

import json

from django.core.management.base import BaseCommand

from mulin.mutualaid.matching.audit import audit


class Command(BaseCommand):
    help = "Prove that no unchecked adult was ever offered to a child."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("what", choices=["audit"])

    def handle(self, *args, **options) -> None:
        found = audit()
        for one in found.violations:
            self.stdout.write(str(one))
        self.stdout.write(
            f"{found.offers} suggestions, {found.to_children} of them for a child;"
            f" {found.matches} matches, {found.visits} visits"
        )
        self.stdout.write(json.dumps({"offers": found.offers, "violations": len(found.violations)}))
        if found.violations:
            raise SystemExit(1)
