"""`mulin timetable solve` and `check`, as an administrator types them."""

import json

import pytest
from django.core.management import CommandError, call_command

from mulin.academy.tests.weeks import order, week


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "week.json"
    path.write_text(json.dumps(week([order("a"), order("b", size=31)])), encoding="utf-8")
    return path


def test_the_last_line_has_exactly_the_promised_figures(file, capsys):
    call_command("timetable", "solve", str(file), "--seconds", "10")
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert list(last) == ["served", "wishes", "clashes", "bound", "seconds"]
    assert (last["served"], last["wishes"], last["clashes"], last["bound"]) == (1, 2, 0, 1)


def test_a_written_plan_passes_the_check_and_a_spoiled_one_ends_with_1(file, tmp_path, capsys):
    out = tmp_path / "plan.json"
    call_command("timetable", "solve", str(file), "--seconds", "10", "--out", str(out))
    call_command("timetable", "check", str(file), str(out))
    *_, words, last = capsys.readouterr().out.splitlines()
    assert words == "no rule is broken: 1 sessions"
    assert json.loads(last) == {"sessions": 1, "broken": 0}
    plan = json.loads(out.read_text(encoding="utf-8"))
    plan["sessions"][0]["day"] = 2
    out.write_text(json.dumps(plan), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        call_command("timetable", "check", str(file), str(out))
    assert ended.value.code == 1
    *said, last = capsys.readouterr().out.splitlines()
    assert json.loads(last) == {"sessions": 1, "broken": 2}
    assert [line.split()[0] for line in said] == ["outside_slots", "venue_closed"]


def test_a_plan_is_solved_again_from_the_last_one(file, tmp_path, capsys):
    out = tmp_path / "plan.json"
    for more in ([], ["--last", str(out)]):
        call_command("timetable", "solve", str(file), "--seconds", "10", "--out", str(out), *more)
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["served"] == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"{", "line 1"), (b"\xff\xfe", "UTF-8"), (b'{"format": "mulin-timetable/1"}', "venues: is missing")],
)
def test_a_file_that_cannot_be_used_is_named_with_what_is_wrong(file, content, said):
    file.write_bytes(content)
    with pytest.raises(CommandError, match=f"week.json: .*{said}"):
        call_command("timetable", "solve", str(file))


def test_what_is_not_there_and_what_cannot_be_meant_is_refused(file, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("timetable", "solve", str(tmp_path / "none.json"))
    with pytest.raises(CommandError, match="the folder does not exist"):
        call_command("timetable", "solve", str(file), "--out", str(tmp_path / "none" / "plan.json"))
    for wrong in ("0", "-1", "nan", "soon"):
        with pytest.raises(CommandError, match="no number of seconds"):
            call_command("timetable", "solve", str(file), f"--seconds={wrong}")
    with pytest.raises(CommandError, match="format"):
        call_command("timetable", "check", str(file), str(file))
