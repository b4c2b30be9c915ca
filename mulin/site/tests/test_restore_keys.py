"""A backup under other keys: said before and after, and refused where nobody could read what is sealed."""

import json
import stat

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from mulin.people.models import Account
from mulin.site import archive

pytestmark = pytest.mark.django_db
OURS, THEIRS = "1" * 64, "2" * 64


@pytest.fixture(autouse=True)
def _no_keys_from_outside(monkeypatch):
    for name in ("MULIN_DATA_KEY", "MULIN_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


@pytest.fixture
def home(monkeypatch, tmp_path, settings):
    """An instance with keys of its own; the database is neither dumped nor loaded."""
    settings.MULIN_HOME = tmp_path / "home"
    settings.MULIN_HOME.mkdir()
    settings.MULIN_DATA_KEY, settings.SECRET_KEY = OURS, OURS[::-1] + "s"
    monkeypatch.setattr(archive, "_dump", lambda target: target.write_bytes(b"dump"))
    monkeypatch.setattr(archive.connection, "close", lambda: None)
    monkeypatch.setattr(archive.instance, "ensure_database", lambda: None)
    loaded = []
    monkeypatch.setattr(archive, "_load", lambda dump: loaded.append(dump))
    settings.LOADED = loaded
    return settings


@pytest.fixture
def resident():
    person = Account(username="resident")
    person.set_phone("13800000001")
    person.save()
    return person


def restore(file, *more):
    call_command("restore", str(file), "--yes", *more)


def test_under_the_same_keys_a_restore_warns_of_nothing(home, resident, tmp_path, capsys):
    archive.backup(tmp_path / "b.tar.gz")
    restore(tmp_path / "b.tar.gz")
    told = capsys.readouterr()
    assert "WARNING" not in told.err and json.loads(told.out)["unreadable"] == 0
    assert home.LOADED


def test_where_a_residents_number_could_not_be_read_nothing_is_changed(home, resident, tmp_path, capsys):
    archive.backup(tmp_path / "b.tar.gz")
    home.MULIN_DATA_KEY = THEIRS
    with pytest.raises(CommandError, match=r"Nothing was changed\..*--without-data-key"):
        restore(tmp_path / "b.tar.gz")
    told = capsys.readouterr().err
    assert "another data key" in told and "put the data.key of that time into" in told
    assert not home.LOADED and not list(home.MULIN_HOME.glob("before-restore*"))


def test_who_says_so_restores_all_the_same_and_is_told_again_afterwards(home, resident, tmp_path, capsys):
    archive.backup(tmp_path / "b.tar.gz")
    home.MULIN_DATA_KEY = THEIRS
    restore(tmp_path / "b.tar.gz", "--without-data-key")
    told = capsys.readouterr()
    assert told.err.count("another data key") == 2 and home.LOADED
    assert json.loads(told.out)["unreadable"] >= 1


def test_a_backup_that_carries_its_keys_brings_them(home, resident, tmp_path, capsys):
    archive.backup(tmp_path / "b.tar.gz", with_keys=True)
    home.MULIN_DATA_KEY, home.SECRET_KEY = THEIRS, THEIRS + "s"
    restore(tmp_path / "b.tar.gz")
    told = capsys.readouterr().err
    file = home.MULIN_HOME / "data.key"
    assert file.read_text() == OURS and stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "WARNING" not in told and "Start `mulin serve` and workers anew" in told


def test_a_key_from_the_environment_comes_before_the_one_in_the_backup(
    home, resident, tmp_path, capsys, monkeypatch
):
    archive.backup(tmp_path / "b.tar.gz", with_keys=True)
    home.MULIN_DATA_KEY = THEIRS
    monkeypatch.setenv("MULIN_DATA_KEY", THEIRS)
    with pytest.raises(CommandError, match="Nothing was changed"):
        restore(tmp_path / "b.tar.gz")
    assert "set MULIN_DATA_KEY to the key of that time" in capsys.readouterr().err


def test_another_secret_key_is_told_and_refuses_nothing(home, resident, tmp_path, capsys):
    archive.backup(tmp_path / "b.tar.gz")
    earlier, home.SECRET_KEY = home.SECRET_KEY, THEIRS + "s"
    restore(tmp_path / "b.tar.gz")
    assert capsys.readouterr().err.count("everybody has to log in again") == 2
    home.SECRET_KEY_FALLBACKS = [earlier]
    restore(tmp_path / "b.tar.gz")
    assert "log in again" not in capsys.readouterr().err


def test_a_backup_of_an_older_version_says_that_it_does_not_know(
    home, resident, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(archive.archive_keys, "facts", dict)
    archive.backup(tmp_path / "b.tar.gz")
    restore(tmp_path / "b.tar.gz")
    assert capsys.readouterr().err.count("does not say with which keys") == 2


def test_a_backup_under_a_key_that_opens_nothing_is_refused(home, resident, tmp_path):
    """The shell sees another key than the server."""
    home.MULIN_DATA_KEY = THEIRS
    with pytest.raises(CommandError, match="does not open what is sealed"):
        archive.backup(tmp_path / "b.tar.gz", with_keys=True)
    assert not (tmp_path / "b.tar.gz").exists()


def test_another_data_key_refuses_also_where_nothing_is_sealed(home, tmp_path):
    """Receipts and second factors hang on it too."""
    archive.backup(tmp_path / "b.tar.gz")
    home.MULIN_DATA_KEY = THEIRS
    with pytest.raises(CommandError, match="Nothing was changed"):
        restore(tmp_path / "b.tar.gz")


def test_a_key_file_that_is_replaced_keeps_a_second_name(home, resident, tmp_path):
    archive.backup(tmp_path / "b.tar.gz", with_keys=True)
    (home.MULIN_HOME / "data.key").write_text(THEIRS)
    restore(tmp_path / "b.tar.gz")
    assert (home.MULIN_HOME / "data.key").read_text() == OURS
    assert [one.read_text() for one in home.MULIN_HOME.glob("data.key.before-*")] == [THEIRS]


def test_a_disk_that_is_full_stops_a_restore_before_anything_is_replaced(
    home, resident, tmp_path, monkeypatch
):
    archive.backup(tmp_path / "b.tar.gz", with_keys=True)

    def full(*_files):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive.shutil, "copyfileobj", full)
    with pytest.raises(OSError, match="No space"):
        restore(tmp_path / "b.tar.gz")
    assert not home.LOADED and not list(home.MULIN_HOME.glob("*.key"))
