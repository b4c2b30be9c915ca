"""What is said about the groups: what each holds, what all share, where they differ, who is in the
minority."""

import json
import os
from pathlib import Path
from random import Random

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from mulin.councils.opinions import find, from_rows, make_map, statement_weights
from mulin.councils.opinions.evaluate import adjusted_rand, evaluate_one
from mulin.councils.opinions.findings import percent
from mulin.councils.opinions.votes import read_csv
from mulin.councils.tests.opinion_worlds import chance

HEAD = "participant,statement,vote\n"


def lift_world():
    """30 upstairs and 20 downstairs: all want a rail, nobody the noise, upstairs alone wants the lift; about
    paint everybody has a taste of their own."""
    random, rows = Random(3), []
    for person in range(50):
        upstairs = person < 30
        said = {"rail": 1, "noise": 1 if person % 10 == 0 else -1}
        for n in range(8):
            said[f"lift {n}"] = (1 if upstairs else -1) * (1 if (person + n) % 9 else -1)
            said[f"paint {n}"] = random.choice([1, -1])
        rows += [(person, one, vote) for one, vote in said.items()]
    votes = from_rows(rows)
    return votes, find(votes, make_map(votes))


def test_each_group_has_its_letter_its_people_and_what_it_holds():
    _, said = lift_world()
    first, second = said.groups
    assert (first.letter, first.people, first.percent_of_all) == ("A", 30, 60)
    assert (second.letter, second.people, second.percent_of_all) == ("B", 20, 40)
    assert all(one.statement.startswith("lift") and one.side == "agree" for one in first.holds)
    assert all(one.percent > 80 and one.percent_elsewhere < 20 for one in first.holds)
    assert {one.side for one in second.holds if one.statement.startswith("lift")} == {"disagree"}


def test_what_all_share_is_held_by_every_group():
    _, said = lift_world()
    shared = {one.statement: one for one in said.shared}
    assert set(shared) == {"rail", "noise"}
    assert (shared["rail"].side, shared["rail"].percent, shared["rail"].lowest) == ("agree", 100, 100)
    assert shared["noise"].side == "disagree"
    assert [share.letter for share in shared["rail"].shares] == ["A", "B"]


def test_where_groups_differ_and_by_how_much():
    _, said = lift_world()
    assert said.divided
    for one in said.divided:
        assert one.statement.startswith("lift")
        assert (one.most, one.least) == ("A", "B")
        by_letter = {share.letter: share.percent for share in one.shares}
        assert one.gap == by_letter["A"] - by_letter["B"] > 70


def test_majority_and_minority_both_go_into_the_record():
    votes, said = lift_world()
    records = {one.statement: one for one in said.records}
    assert set(records) == set(votes.statements.tolist())
    assert {records[f"paint {n}"].majority for n in range(8)} >= {""}
    lift = records["lift 0"]
    assert (lift.majority, lift.minority_groups) in (("agree", ("B",)), ("", ()))
    noise = records["noise"]
    assert (noise.majority, noise.majority_percent, noise.minority_percent) == ("disagree", 90, 10)
    assert noise.minority_groups == ()
    assert (noise.agrees, noise.disagrees, noise.passes, noise.seen) == (5, 45, 0, 50)
    assert said.majorities[0].statement == "rail"


def test_a_group_against_the_majority_is_named():
    rows = [(person, one, 1 if person < 40 else -1) for person in range(52) for one in range(10)]
    votes = from_rows(rows)
    said = find(votes, make_map(votes))
    assert {one.minority_groups for one in said.minorities} == {("B",)}
    assert said.minorities[0].minority_percent == 23


def test_answers_of_fewer_than_five_are_not_shown_nor_to_be_worked_out():
    rows = [(person, one, 1 if person < 30 else -1) for person in range(60) for one in range(12)]
    rows = [row for row in rows if row[1] != 3 or row[0] < 30 or row[0] >= 57]
    votes = from_rows(rows)
    found = make_map(votes)
    said = find(votes, found)
    assert found.count == 2
    assert 3 not in [one.statement for one in said.divided]
    assert 3 not in [held.statement for group in said.groups for held in group.holds]
    for one in (*said.shared, *said.divided):
        assert all(share.seen is None or share.seen >= 5 for share in one.shares)


def test_without_groups_what_most_hold_is_still_said():
    rows = [*chance(60, 12, seed=5), *((person, 50, 1 if person % 8 else 0) for person in range(60))]
    votes = from_rows(rows)
    said = find(votes, make_map(votes))
    assert (said.clarity, said.groups, said.divided, said.minorities) == ("none", (), (), ())
    assert [one.percent for one in said.shared if one.statement == 50] == [87]
    assert said.majorities and {one.seen for one in said.records if one.statement == 50} == {60}


@pytest.mark.parametrize(
    "part, whole, expected", [(1, 2, 50), (1, 3, 33), (2, 3, 67), (1, 200, 1), (0, 0, 0)]
)
def test_percents_are_whole_and_half_goes_up(part, whole, expected):
    assert percent(part, whole) == expected


def test_the_rand_index_by_hand():
    assert adjusted_rand(np.array([0, 0, 1, 1]), np.array(["b", "b", "a", "a"])) == 1.0
    assert adjusted_rand(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])) == pytest.approx(-0.5)


# The command


def conversation(folder: Path) -> Path:
    folder.mkdir(parents=True)
    rows = [
        (person, one, 1 if (person < 12) == (one % 2 == 0) else -1)
        for person in range(24)
        for one in range(9)
    ]
    (folder / "votes.csv").write_text(
        HEAD + "".join(f"{person},{one},{vote}\n" for person, one, vote in rows), encoding="utf-8"
    )
    groups = "".join(f"{person},{'' if person == 5 else int(person < 12)}\n" for person in range(24))
    (folder / "groups.csv").write_text("participant,published_group\n" + groups, encoding="utf-8")
    return folder


def test_the_command_ends_with_one_json_object(tmp_path, capsys):
    conversation(tmp_path / "deep" / "er")
    conversation(tmp_path / "near")
    call_command("opinions", "evaluate", str(tmp_path))
    *lines, last = capsys.readouterr().out.splitlines()
    answer = json.loads(last)
    assert len(lines) == 2
    assert lines[0].startswith("deep/er: 24 people, 9 statements, 2 groups")
    assert (answer["mean_ari"], answer["conversations"], answer["max_abs_error"]) == (1.0, 2, None)
    assert answer["seconds"] > 0


def test_rejected_statements_are_left_out(tmp_path):
    folder = conversation(tmp_path / "one")
    (folder / "statements.csv").write_text("statement,moderated\n0,1\n1,-1\n2,0\n", encoding="utf-8")
    assert evaluate_one(folder, "one").statements == 8


def test_a_folder_without_conversations_is_refused(tmp_path):
    with pytest.raises(CommandError, match="no folder"):
        call_command("opinions", "evaluate", str(tmp_path))


# Real conversations


def real(*parts: str) -> Path:
    folder = os.environ.get("MULIN_DATA")
    if not folder:
        pytest.skip("MULIN_DATA is not set: real conversations cannot be measured")
    path = Path(folder, "opinions", *parts)
    assert path.exists(), f"{path} is missing"
    return path


def test_published_groups_and_published_arithmetic_are_found_again(capsys):
    call_command("opinions", "evaluate", str(real()))
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert answer["conversations"] == 9
    assert answer["mean_ari"] >= 0.9
    assert answer["max_abs_error"] <= 1e-6


@pytest.mark.parametrize("name", ["150ptpt-3gp-no-strict-no-meta", "below-100-ptpts"])
def test_routing_weights_are_those_of_the_server(name):
    folder = real("server_results", name)
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    votes = read_csv(folder / "votes.csv", left_out=expected["moderated_out"])
    found = make_map(votes)
    placed = np.flatnonzero(np.isin(votes.participants, expected["in_conversation"]))
    weights = statement_weights(votes, found, placed=placed)
    theirs = {int(one): value for one, value in expected["comment_priorities"].items()}
    assert weights == pytest.approx({one: theirs[one] for one in weights}, rel=1e-9)
