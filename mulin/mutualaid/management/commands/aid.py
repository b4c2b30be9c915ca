"""`mulin aid audit`: proves from the data that no unchecked adult was ever offered to a child. A line for
each violation, with numbers of records and no names; the last line is {"offers": n, "violations": 0} and how
many rows other modules looked at ("sessions": sessions for children); exit 1 when there are any violations.
"""

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
        for name, n in found.elsewhere.items():
            self.stdout.write(f"{n} {name} for children")
        last = {"offers": found.offers, "violations": len(found.violations), **found.elsewhere}
        self.stdout.write(json.dumps(last))
        if found.violations:
            raise SystemExit(1)
