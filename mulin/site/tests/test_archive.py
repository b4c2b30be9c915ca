"""A backup holds everything that people said: it is for its owner, and no password shows on the way."""

import stat
import subprocess
import tarfile
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from mulin.site import archive

pytestmark = pytest.mark.django_db


@pytest.fixture
def dumped(monkeypatch):
    """Backups without a real dump of the database."""
    monkeypatch.setattr(archive, "_dump", lambda target: target.write_bytes(b"dump"))


def test_only_its_owner_can_read_a_backup(dumped, tmp_path):
    target = tmp_path / "backup.tar.gz"
    archive.backup(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_processes_of_ones_own_are_in_a_backup(dumped, tmp_path, settings):
    settings.MULIN_HOME = tmp_path / "home"
    (settings.MULIN_HOME / "processes").mkdir(parents=True)
    (settings.MULIN_HOME / "processes" / "garden.toml").write_text("[process]\n", encoding="utf-8")
    archive.backup(tmp_path / "backup.tar.gz")
    with tarfile.open(tmp_path / "backup.tar.gz") as tar:
        assert "processes/garden.toml" in tar.getnames()


def test_the_rest_of_an_earlier_backup_that_broke_off_is_not_reused(dumped, tmp_path):
    target = tmp_path / "backup.tar.gz"
    rest = tmp_path / "backup.tar.gz.part"
    rest.write_bytes(b"half")
    rest.chmod(0o644)
    archive.backup(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_the_password_of_the_database_is_not_among_the_arguments(monkeypatch, settings):
    """Every user of the machine can read the arguments of a process."""
    seen = {}

    def run(command, **given):
        seen.update(given, command=command)
        return SimpleNamespace(returncode=0, stderr="")

    monkeypatch.setattr(subprocess, "run", run)
    database = {
        "NAME": "mulin", "USER": "clerk", "PASSWORD": "s3cr'et \\x", "HOST": "db", "PORT": "5432",
        "OPTIONS": {"sslmode": "verify-full"},
    }  # fmt: skip
    monkeypatch.setattr(archive, "_database", lambda: database)
    archive._postgres("pg_dump", "--format=custom")
    assert not any("s3cr" in one for one in seen["command"])
    assert seen["env"]["PGPASSWORD"] == "s3cr'et \\x"
    assert any("sslmode=verify-full" in one for one in seen["command"])


def test_a_restore_that_nobody_agrees_to_changes_nothing_and_has_failed(monkeypatch, tmp_path):
    def nobody(question):
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    monkeypatch.setattr(archive, "restore", lambda *given, **more: pytest.fail("it was restored"))
    file = tmp_path / "backup.tar.gz"
    with pytest.raises(CommandError, match="no file"):
        call_command("restore", str(file))
    file.write_bytes(b"a backup")
    with pytest.raises(CommandError, match="--yes"):
        call_command("restore", str(file))


@pytest.mark.parametrize("cut", ["half", "text", "hole"])
def test_a_damaged_backup_is_refused_in_one_sentence(dumped, tmp_path, settings, cut):
    settings.MULIN_HOME = tmp_path / "home"
    settings.MULIN_HOME.mkdir()
    file = tmp_path / "backup.tar.gz"
    archive.backup(file)
    whole = file.read_bytes()
    middle = len(whole) // 2
    hole = whole[:middle] + b"\0" * 40 + whole[middle + 40 :]
    file.write_bytes({"half": whole[:middle], "text": b"no archive at all", "hole": hole}[cut])
    with pytest.raises(CommandError) as refused:
        archive.restore(file)
    assert "\n" not in str(refused.value) and "Errno" not in str(refused.value)


def test_a_backup_that_cannot_be_written_says_so(dumped, tmp_path):
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("backup", str(tmp_path / "no folder" / "b.tar.gz"))


def test_a_file_that_goes_while_the_backup_runs_does_not_end_it(dumped, tmp_path, settings, monkeypatch):
    settings.MULIN_HOME = tmp_path / "home"
    media = settings.MULIN_HOME / "media"
    media.mkdir(parents=True)
    for name in ("gone", "kept"):
        (media / name).write_bytes(name.encode())
    found = archive._files

    def and_then_swept():
        for path, name in list(found()):
            if path.name == "gone":
                path.unlink()
            yield path, name

    monkeypatch.setattr(archive, "_files", and_then_swept)
    archive.backup(tmp_path / "backup.tar.gz")
    (tmp_path / "unpacked").mkdir()
    sums = archive._unpack(tmp_path / "backup.tar.gz", tmp_path / "unpacked")["sums"]
    assert "media/kept" in sums and "media/gone" not in sums


def test_a_file_that_is_replaced_while_the_backup_runs_fits_its_checksum(
    dumped, tmp_path, settings, monkeypatch
):
    settings.MULIN_HOME = tmp_path / "home"
    model = settings.MULIN_HOME / "models" / "triage.npz"
    model.parent.mkdir(parents=True)
    model.write_bytes(b"old")
    digest = archive.hashlib.file_digest

    def and_then_replaced(file, name):
        found = digest(file, name)
        if file.name == str(model):
            (model.parent / "new").write_bytes(b"newer")
            (model.parent / "new").replace(model)
        return found

    monkeypatch.setattr(archive.hashlib, "file_digest", and_then_replaced)
    archive.backup(tmp_path / "backup.tar.gz")
    monkeypatch.undo()
    (tmp_path / "unpacked").mkdir()
    assert "models/triage.npz" in archive._unpack(tmp_path / "backup.tar.gz", tmp_path / "unpacked")["sums"]


def test_a_restored_backup_of_an_older_version_gets_the_tables_of_this_one(
    dumped, tmp_path, settings, monkeypatch
):
    settings.MULIN_HOME = tmp_path / "home"
    settings.MULIN_HOME.mkdir()
    archive.backup(tmp_path / "backup.tar.gz")
    stamp = settings.MULIN_HOME / ".migrations"
    stamp.write_text("as it was")
    seen = []
    monkeypatch.setattr(archive, "_load", lambda dump: seen.append("loaded"))
    monkeypatch.setattr(archive.connection, "close", lambda: None)
    monkeypatch.setattr(archive.instance, "ensure_database", lambda: seen.append(f"stamp: {stamp.exists()}"))
    archive.restore(tmp_path / "backup.tar.gz")
    assert seen == ["loaded", "stamp: False"]
