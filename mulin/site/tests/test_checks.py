"""`mulin check` names what is unsafe, and is content when nothing is; `mulin serve` refuses the worst."""

import io
import json
from collections import namedtuple
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from mulin.kernel import clock, journal
from mulin.kernel.actors import SYSTEM
from mulin.kernel.models import Cursor
from mulin.people.models import Account
from mulin.site import checks, serving

pytestmark = pytest.mark.django_db
Room = namedtuple("Room", "total used free")


@pytest.fixture
def safe(settings, cast, tmp_path, monkeypatch):
    """An instance with nothing to find fault with."""
    settings.DEBUG = False
    settings.MULIN_THROTTLE = True
    settings.MULIN_HOME = tmp_path / "home"
    settings.MULIN_HOME.mkdir(mode=0o700)
    settings.ALLOWED_HOSTS = ["mulin.example.org"]
    settings.MULIN_BASE_URL = "https://mulin.example.org"
    settings.MULIN_TRUSTED_PROXIES = 1
    settings.SECRET_KEY, settings.MULIN_DATA_KEY = "0123456789abcdef" * 4, "fedcba9876543210" * 4
    settings.MULIN_SMS_BACKEND = "house.sms.Channel"
    Account.objects.update(is_demo=False)
    for account in Account.objects.all():
        Authenticator.objects.create(user=account, type="totp", data={"secret": ""})
    journal.record("kernel.backup.made", actor=SYSTEM)
    journal.seal_all()
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda path: Room(100 << 30, 50 << 30, 50 << 30))
    return settings


def found() -> set[str]:
    return {code for code, _text in checks.findings()}


def told() -> tuple[bool, dict]:
    """Whether the command ended well, and its last line."""
    out = io.StringIO()
    try:
        call_command("check_production", stdout=out)
        return True, json.loads(out.getvalue().splitlines()[-1])
    except SystemExit:
        return False, json.loads(out.getvalue().splitlines()[-1])


def test_a_safe_instance_passes_and_sqlite_is_advice_only(safe):
    ended_well, last = told()
    assert ended_well and last["ok"] and last["findings"] == []
    assert set(last["advice"]) <= {"sqlite", "calendar"}


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("DEBUG", True, "debug"),
        ("MULIN_THROTTLE", False, "throttle"),
        ("MULIN_WEBHOOK_ALLOW_PRIVATE", True, "webhooks"),
        ("MULIN_SMS_BACKEND", "mulin.kernel.channels.ConsoleChannel", "sms"),
        ("ALLOWED_HOSTS", ["localhost"], "hosts"),
        ("ALLOWED_HOSTS", ["*"], "any-host"),
        ("MULIN_BASE_URL", "http://mulin.example.org", "https"),
        ("MULIN_TRUSTED_PROXIES", 0, "proxies"),
        ("SECRET_KEY", "short", "weak-key"),
        ("MULIN_DATA_KEY", "a" * 64, "weak-key"),
        ("MULIN_DATA_KEY", "0123456789abcdef" * 4, "one-key"),
    ],
)
def test_a_setting_that_is_unsafe_is_named(safe, name, value, code):
    setattr(safe, name, value)
    assert found() == {code}
    assert told()[0] is False


def test_people_who_are_unsafe_are_named(safe, cast):
    Account.objects.filter(pk=cast.clerk.id).update(is_demo=True)
    assert found() == {"demo-accounts"}
    Account.objects.update(is_demo=False)
    Authenticator.objects.filter(user=cast.clerk.account).delete()
    Authenticator.objects.filter(user=cast.group_leader.account).delete()  # a volunteer needs none
    Authenticator.objects.filter(user=cast.resident.account).delete()
    (only,) = checks.findings()
    assert only[0] == "second-factor" and only[1].startswith("1 ")
    Account.objects.filter(pk=cast.admin.id).update(is_active=False)
    assert "admin" in found()


def test_an_old_backup_a_worker_that_stands_and_lines_put_aside_are_named(safe):
    with clock.at(clock.now() + timedelta(days=3)):
        assert found() == {"backup"}
    journal.record("kernel.backup.made", actor=SYSTEM)
    with clock.at(clock.now() + timedelta(minutes=6)):
        assert found() == {"worker"}
    journal.seal_all()
    Cursor.objects.create(name="aside:webhooks", position=2)
    assert found() == {"put-aside"}


def test_a_disk_that_is_nearly_full_and_folders_that_are_open_are_named(safe, monkeypatch):
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda path: Room(100 << 30, 99 << 30, 1 << 29))
    assert found() == {"disk"}
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda path: Room(100 << 30, 97 << 30, 3 << 30))
    assert found() == {"disk"}
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda path: Room(100 << 30, 0, 100 << 30))
    safe.MULIN_HOME.chmod(0o755)
    assert found() == {"home-mode"}
    safe.MULIN_HOME.chmod(0o700)
    (safe.MULIN_HOME / "data.key").write_text("x")
    (safe.MULIN_HOME / "data.key").chmod(0o644)
    assert found() == {"key-mode"}


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "mulin.example.org"])
def test_demo_accounts_are_never_served_beyond_this_machine(cast, host):
    with pytest.raises(CommandError, match="known password"):
        serving.serve(host, 1)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_demo_accounts_are_served_on_this_machine(cast, host):
    serving.refuse_unsafe_binding(host)


def test_without_demo_accounts_any_address_may_be_served(cast):
    Account.objects.update(is_demo=False)
    serving.refuse_unsafe_binding("0.0.0.0")
