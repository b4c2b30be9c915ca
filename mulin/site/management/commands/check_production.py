"""`mulin check`: what is unsafe for production, one line each, with what to do."""

import json
import stat
from collections.abc import Iterator

from django.conf import settings
from django.core.management.base import BaseCommand

from mulin.kernel.db import is_postgres


class Command(BaseCommand):
    help = "Say what is unsafe for production. Exits with 1 when something is."

    def handle(self, *args, **options):
        findings = list(_findings())
        for code, text in findings:
            self.stdout.write(f"{code}: {text}")
        self.stdout.write(json.dumps({"ok": not findings, "findings": [code for code, _ in findings]}))
        if findings:
            raise SystemExit(1)


def _findings() -> Iterator[tuple[str, str]]:
    from mulin.people.models import Account, Post

    if settings.DEBUG:
        yield "debug", "MULIN_DEBUG is on: errors show code and settings to everyone. Unset it."
    if Account.objects.filter(is_demo=True, is_active=True).exists():
        yield "demo-accounts", "Demo accounts with a known password exist. Start from a new MULIN_HOME."
    if not settings.MULIN_BASE_URL.startswith("https://"):
        yield "https", "MULIN_BASE_URL is not an https:// address: cookies are not marked secure."
    if set(settings.ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]", "testserver"}:
        yield "hosts", "MULIN_ALLOWED_HOSTS names no public host."
    if "Console" in settings.MULIN_SMS_BACKEND:
        yield "sms", "MULIN_SMS_BACKEND prints to the console: no resident can receive a log-in code."
    if not Post.objects.filter(role="admin").exists():
        yield "admin", "There is no administrator. Run `mulin createadmin`."
    yield from _key_findings()
    if not is_postgres():
        yield (
            "sqlite",
            "SQLite serves a community or a street; a district needs MULIN_DATABASE_URL=postgresql://…",
        )


def _key_findings() -> Iterator[tuple[str, str]]:
    for name in ("secret.key", "data.key"):
        path = settings.MULIN_HOME / name
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield "key-mode", f"{path} can be read by others. Run `chmod 600` on it."
