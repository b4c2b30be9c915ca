"""What is unsafe for production, for `mulin check`: each finding has a stable code and says what to do."""

import shutil
import stat
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings

from mulin.cases.clocks import calendar
from mulin.kernel import clock, worker
from mulin.kernel.db import is_postgres

Finding = tuple[str, str]

SHORTEST_KEY = 32  # characters; the keys that an instance makes for itself have 64
OLDEST_BACKUP = timedelta(days=2)
SLOWEST_SEAL = timedelta(minutes=5)
SOON = timedelta(days=60)
LEAST_ROOM = 1 << 30
LEAST_SHARE = 0.05
LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "testserver"}


def findings() -> Iterator[Finding]:
    """Everything that should be mended before residents use it, the worst first."""
    yield from _settings()
    yield from _network()
    yield from _keys()
    yield from _people()
    yield from _work()
    yield from _disk()


def advice() -> Iterator[Finding]:
    """What is right for some and wrong for others."""
    if not is_postgres():
        yield "sqlite", "SQLite serves a community or a street; a district needs MULIN_DATABASE_URL."
    unsure = calendar().first_unsure()
    if clock.today() + SOON >= unsure:
        yield (
            "calendar",
            f"Official days off from {unsure} on are not known: plain weekdays are counted then.",
        )


def _settings() -> Iterator[Finding]:
    if settings.DEBUG:
        yield "debug", "MULIN_DEBUG is on: errors show code and settings to everyone. Unset it."
    if not settings.MULIN_THROTTLE:
        yield "throttle", "MULIN_THROTTLE is off: passwords can be guessed without end. Unset it."
    if settings.MULIN_WEBHOOK_ALLOW_PRIVATE or settings.MULIN_WEBHOOK_ALLOW_HTTP:
        yield (
            "webhooks",
            "MULIN_WEBHOOK_ALLOW_HTTP or _PRIVATE is on: for closed networks only.",
        )
    if "Console" in settings.MULIN_SMS_BACKEND:
        yield "sms", "MULIN_SMS_BACKEND prints to the console: no resident can receive a log-in code."


def _network() -> Iterator[Finding]:
    hosts = set(settings.ALLOWED_HOSTS)
    if hosts <= LOOPBACK:
        yield "hosts", "MULIN_ALLOWED_HOSTS names no public host."
    if "*" in hosts:
        yield "any-host", "MULIN_ALLOWED_HOSTS holds *: links can be made to lead elsewhere. Name the hosts."
    if not settings.MULIN_BASE_URL.startswith("https://"):
        yield "https", "MULIN_BASE_URL is not an https:// address: cookies are not marked secure."
    elif not settings.MULIN_TRUSTED_PROXIES:
        yield (
            "proxies",
            "MULIN_TRUSTED_PROXIES is 0, but TLS ends at a proxy: all callers count as one.",
        )


def _keys() -> Iterator[Finding]:
    for name, key in (("MULIN_SECRET_KEY", settings.SECRET_KEY), ("MULIN_DATA_KEY", settings.MULIN_DATA_KEY)):
        if len(key) < SHORTEST_KEY or len(set(key)) < SHORTEST_KEY // 4:
            yield "weak-key", f"{name} is short or simple: use the output of `openssl rand -hex 32`."
    if settings.SECRET_KEY == settings.MULIN_DATA_KEY:
        yield "one-key", "MULIN_SECRET_KEY and MULIN_DATA_KEY are the same: one cannot be changed alone."
    for name in ("secret.key", "data.key"):
        path = settings.MULIN_HOME / name
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield "key-mode", f"{path} can be read by others. Run `chmod 600` on it."
    home = settings.MULIN_HOME
    if home.exists() and stat.S_IMODE(home.stat().st_mode) & 0o007:
        yield "home-mode", f"{home} is open to every user of this machine. Run `chmod 700` on it."


def _people() -> Iterator[Finding]:
    from mulin.people.models import Account, Post
    from mulin.people.queries import in_force, without_second_factor

    if Account.objects.filter(is_demo=True, is_active=True).exists():
        yield "demo-accounts", "Demo accounts with a known password exist. Start from a new MULIN_HOME."
    if not Post.objects.filter(in_force(), role="admin", account__is_active=True).exists():
        yield "admin", "There is no administrator. Run `mulin createadmin`."
    n = without_second_factor().count()
    if n:
        yield (
            "second-factor",
            f"{n} with a working post have no second factor yet: until then they cannot work.",
        )


def _work() -> Iterator[Finding]:
    from mulin.kernel.models import Entry

    made = (
        Entry.objects.filter(code="kernel.backup.made").order_by("-id").values_list("at", flat=True).first()
    )
    if made is None or clock.now() - made > OLDEST_BACKUP:
        last = f"The last backup is of {made:%Y-%m-%d}." if made else "No backup was ever made."
        yield "backup", f"{last} Let `mulin backup FILE` run every day, to another disk."
    oldest = Entry.objects.filter(position=None).order_by("id").values_list("at", flat=True).first()
    if oldest is not None and clock.now() - oldest > SLOWEST_SEAL:
        yield "worker", f"Journal lines wait since {oldest:%Y-%m-%d %H:%M}: the worker does not run."
    for name, n in worker.aside().items():
        yield (
            "put-aside",
            f"{n} journal lines could not be taken by {name}. Mend it and run `mulin journal again`.",
        )


def _disk() -> Iterator[Finding]:
    home = settings.MULIN_HOME
    room = shutil.disk_usage(home if home.exists() else home.parent)
    if room.free < LEAST_ROOM or room.free < room.total * LEAST_SHARE:
        yield "disk", f"{room.free >> 20} MB are left for {home}: reports cannot be kept when it is full."
