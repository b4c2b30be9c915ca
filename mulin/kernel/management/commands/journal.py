"""`mulin journal verify`: prove that no line of the journal was changed or removed."""

import json

from django.core.management.base import BaseCommand

from mulin.kernel import journal, worker


class Command(BaseCommand):
    help = "Seal the journal, verify all of it, or hand over again what was put aside."

    def add_arguments(self, parser):
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser(
            "verify", help="seal, then check every hash and every gap; exit 1 at the first bad line"
        )
        verbs.add_parser("seal", help="number and hash what was committed")
        verbs.add_parser("again", help="hand over what was put aside; exit 1 if any is left")

    def handle(self, *args, verb, **options):
        if verb == "again":
            self._again()
            return
        if verb == "seal":
            self.stdout.write(json.dumps({"sealed": journal.seal_all()}))
            return
        verdict = journal.verify(progress=lambda n: self.stderr.write(f"{n} lines"))
        answer = {"entries": verdict.entries, "chains": verdict.chains, "ok": verdict.ok}
        if not verdict.ok:
            answer |= {"bad": verdict.bad, "why": verdict.why}
        self.stdout.write(json.dumps(answer))
        if not verdict.ok:
            raise SystemExit(1)

    def _again(self) -> None:
        taken = failing = 0
        for name in worker.aside():
            done, left = worker.take_up(name)
            taken, failing = taken + done, failing + left
        self.stdout.write(json.dumps({"taken": taken, "failing": failing}))
        if failing:
            raise SystemExit(1)
