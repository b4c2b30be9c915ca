"""`mulin check`: what is unsafe for production, one line each, with what to do."""

import json

from django.core.management.base import BaseCommand

from mulin.site import checks


class Command(BaseCommand):
    help = "Say what is unsafe for production. Exits with 1 when something is."

    def handle(self, *args, **options):
        findings, advice = list(checks.findings()), list(checks.advice())
        for code, text in findings:
            self.stdout.write(f"{code}: {text}")
        for code, text in advice:
            self.stdout.write(f"advice, {code}: {text}")
        answer = {"ok": not findings, "findings": [code for code, _text in findings]}
        self.stdout.write(json.dumps(answer | {"advice": [code for code, _text in advice]}))
        if findings:
            raise SystemExit(1)
