"""`mulin counters verify`: every counter against a recount of the records; `fold` folds what is waiting;
`rebuild` counts everything again."""

import json
import sys

from django.core.management.base import BaseCommand

from mulin.kernel import counters, recounting

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Checks the counters against a recount of the records (verify), folds waiting deltas (fold), or"
        " counts everything again from the records (rebuild)."
    )

    def add_arguments(self, parser):
        parser.add_argument("what", choices=["verify", "fold", "rebuild"])

    def handle(self, *args, what: str, **options):
        if what == "fold":
            self.stdout.write(json.dumps({"folded": counters.fold_all()}))
            return
        if what == "rebuild":
            self.stdout.write(json.dumps({"counted": recounting.rebuild()}))
            return
        if recounting.is_going_on():
            self.stderr.write("The worker is still counting older figures; verify again when it is done.")
        figures, wrong = recounting.compare_at_once()
        for line in wrong[:SHOWN]:
            self.stderr.write(line)
        if wrong:
            self.stderr.write("`mulin counters rebuild` counts them again from the records.")
        self.stdout.write(json.dumps({"figures": figures, "wrong": len(wrong), "ok": not wrong}))
        if wrong:
            sys.exit(1)
