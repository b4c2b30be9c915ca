"""The command line as somebody meets it who only wants to read a file, in a folder of their own."""

import gzip
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command

from mulin.academy.tests.weeks import order, week
from mulin.kernel import env
from mulin.site import cli

BINARY = b"\xa5\x00\xff\xfe binary"
# What is typed, the exit code, and a word of what is said.
TYPED = [
    ("recount picture.png", 1, "picture.png is no text in UTF-8"),
    ("timetable solve week.json --seconds 5", 0, '"wishes": 1'),
    ("processes check", 0, '"wrong": 0'),
    ("opinions evaluate papers", 1, "no folder with votes.csv"),
    ("budget evaluate papers", 0, '"elections": 0'),
    ("triage evaluate labelled.csv", 0, '"accuracy"'),
    ("duplicates evaluate picture.png", 1, "picture.png is no text in UTF-8"),
    ("coverage --help", 0, "--minutes"),
]
# Wrong words: nothing is made before they are read.
WRONG = [
    ("backup --nonsense", 1, "arguments are required: file"),
    ("backup b.tar.gz --nonsense", 1, "unrecognized arguments: --nonsense"),
    ("import voices", 1, "arguments are required: file"),
    ("import voices none.csv", 1, "there is no file none.csv"),
    ("restore none.tar.gz", 1, "there is no file none.tar.gz"),
    ("nonsense", 2, "there is no command 'nonsense'"),
    ("manage nonsense", 1, "Unknown command: 'nonsense'"),
    ("manage migrate --nonsense", 2, "unrecognized arguments: --nonsense"),
]
REFUSED = [
    ("recount vote.json", "no vote file"),
    ("recount picture.png", "picture.png is no text in UTF-8"),
    ("recount none.json", "none.json cannot be read: No such file"),
    ("timetable check week.json picture.png", "is no UTF-8 text"),
    ("processes check picture.png", "cannot be read: no text in UTF-8"),
    ("processes check none.toml", "cannot be read: No such file"),
    ("opinions evaluate pictures", "pictures: a file is no text in UTF-8"),
    ("budget evaluate pictures", "picture.pb is no text in UTF-8"),
    ("triage evaluate picture.png", "picture.png is no text in UTF-8"),
    ("triage evaluate cut.csv.gz", "cut.csv.gz cannot be read"),
    ("duplicates evaluate none.csv", "none.csv cannot be read: No such file"),
]


def folder_of_somebody(folder):
    for name in ("papers", "pictures"):
        (folder / name).mkdir(parents=True)
    for name in ("picture.png", "pictures/votes.csv", "pictures/groups.csv", "pictures/picture.pb"):
        (folder / name).write_bytes(BINARY)
    (folder / "cut.csv.gz").write_bytes(gzip.compress(b"label,text\n")[:-9])
    (folder / "vote.json").write_text("{}", encoding="utf-8")
    (folder / "week.json").write_text(json.dumps(week([order("a")])), encoding="utf-8")
    (folder / "labelled.csv").write_text("label,text\n环境卫生,楼道里堆满垃圾\n", encoding="utf-8")
    return folder


def files_in(folder) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def typed_in(folder, typed: str) -> subprocess.CompletedProcess:
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("MULIN", "DJANGO"))}
    return subprocess.run(
        [sys.executable, "-m", "mulin.site.cli", *typed.split()], cwd=folder, text=True, timeout=300,
        env=outside | {"PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, check=False,
    )  # fmt: skip


def test_a_command_that_only_reads_files_leaves_nothing_behind(tmp_path):
    folders = [folder_of_somebody(tmp_path / str(n)) for n in range(len(TYPED))]
    before = files_in(folders[0])
    with ThreadPoolExecutor(4) as hands:
        done = list(hands.map(typed_in, folders, [typed for typed, _code, _said in TYPED]))
    for folder, one, (typed, code, said) in zip(folders, done, TYPED, strict=True):
        both = one.stdout + one.stderr
        assert one.returncode == code, (typed, both)
        assert said in both and "Traceback" not in both, (typed, both)
        assert files_in(folder) == before, typed


def test_a_command_with_wrong_words_makes_no_instance(tmp_path):
    folders = [tmp_path / str(n) for n in range(len(WRONG))]
    for folder in folders:
        folder.mkdir()
    with ThreadPoolExecutor(2) as hands:
        done = list(hands.map(typed_in, folders, [typed for typed, _code, _said in WRONG]))
    for folder, one, (typed, code, said) in zip(folders, done, WRONG, strict=True):
        both = one.stdout + one.stderr
        assert one.returncode == code and said in both and "Traceback" not in both, (typed, both)
        assert files_in(folder) == [], typed


def test_a_key_made_while_words_are_read_is_written_once_they_make_sense(tmp_path, monkeypatch):
    monkeypatch.setattr(env, "_unwritten", None)
    home = tmp_path / "home"
    env.write_keys_later()
    made = env.instance_key(home, "data.key")
    assert not home.exists() and env.instance_key(home, "data.key") == made
    assert env.write_keys() == {"data.key": made} and env.instance_key(home, "data.key") == made
    env.write_keys_later()
    ours = env.instance_key(tmp_path / "other", "data.key")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "data.key").write_text("of a process that was first")
    assert env.write_keys() == {"data.key": "of a process that was first"} != {"data.key": ours}


@pytest.mark.parametrize(("typed", "said"), REFUSED)
def test_what_is_wrong_with_a_file_is_said_in_words(tmp_path, monkeypatch, capsys, typed, said):
    monkeypatch.chdir(folder_of_somebody(tmp_path / "somebody"))
    with pytest.raises(CommandError) as refused:
        call_command(*typed.split())
    told = capsys.readouterr().out + str(refused.value)
    assert said in told and "codec" not in told and "Errno" not in told


@pytest.mark.parametrize(
    ("typed", "needs"),
    [
        ("serve", True), ("coverage --place 1", True), ("triage train a.csv", True), ("triage", True),
        ("import voices -- --help", True), ("import voices --help", False), ("triage hot a.csv", False),
        ("recount vote.json", False),
    ],
)  # fmt: skip
def test_only_what_reads_files_alone_goes_without_an_instance(typed, needs):
    command, *arguments = typed.split()
    assert cli.needs_instance(command, arguments) is needs


def test_without_an_instance_a_key_is_of_this_moment_and_is_not_written_down(tmp_path, monkeypatch):
    monkeypatch.setattr(env, "_has_instance", True)
    kept = env.instance_key(tmp_path / "home", "secret.key")
    env.without_instance()
    one, other = (env.instance_key(tmp_path / "none", "secret.key") for _ in range(2))
    assert len(one) == 64 and one != other and not (tmp_path / "none").exists()
    assert env.instance_key(tmp_path / "home", "secret.key") != kept
