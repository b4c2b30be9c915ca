"""`mulin journal verify`: prove that no line of the journal was changed or removed."""

import json

from django.core.management.base import BaseCommand

from mulin.kernel import journal


class Command(BaseCommand):
    help = "Seal the journal, or verify all of it."

    def add_arguments(self, parser):
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser(
            "verify", help="seal, then check every hash and every gap; exit 1 at the first bad line"
        )
        verbs.add_parser("seal", help="number and hash what was committed")

    def handle(self, *args, verb, **options):
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
