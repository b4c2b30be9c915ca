"""A published vote is counted again from its file, bit for bit."""

import io
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.councils import counting, owners, recounting
from mulin.councils.counting import VoteRule
from mulin.councils.management.commands.recount import Command
from mulin.councils.owners import Paper, Unit
from mulin.councils.recounting import FileError

SECRET = VoteRule(
    body="residents", quorum="heads > 1/2 of roster", consent="heads > 1/2 of present", blank="took_part",
    void="left_out",
)  # fmt: skip
PAPERS = [("yes",)] * 40 + [("no",)] * 11 + [()] * 5 + [None]
AREA = VoteRule(
    body="owners", quorum="area >= 2/3 of roster and heads >= 2/3 of roster", parking="left_out",
    consent="area >= 3/4 of took_part and heads >= 3/4 of took_part", blank="took_part",
    area_order=("registry", "survey", "contract"),
)  # fmt: skip


def secret_file(papers=PAPERS):
    return recounting.export(
        SECRET, number="V-2026-0007", title="院落章程", papers=papers, roster=100, present=60
    )


def area_file():
    units = [Unit(f"u{i}", (f"p{i}",), registry=8_000 + i) for i in range(9)]
    units.append(Unit("P", ("p0",), registry=1_200, kind="parking"))
    totals = owners.tally(AREA, units, [Paper(f"p{i}", ("yes",)) for i in range(7)] + [Paper("x", ("yes",))])
    return recounting.export(AREA, number="V-2026-0008", title="加装电梯", totals=totals)


def run(path):
    """(exit code, last line, what was said besides)."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        Command(stdout=out, stderr=err).execute(
            file=str(path), force_color=False, no_color=True, skip_checks=True
        )
    except SystemExit as stop:
        code = stop.code
    return code, out.getvalue().splitlines()[-1], err.getvalue()


def put(tmp_path, file):
    path = tmp_path / "vote.json"
    path.write_text(json.dumps(file, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.mark.parametrize("file", [secret_file(), area_file()], ids=["secret ballots", "totals by area"])
def test_an_honest_file_is_confirmed_and_the_result_is_the_last_line(file, tmp_path):
    code, last, said = run(put(tmp_path, file))
    assert (code, said) == (0, "")
    assert json.loads(last) == file["result"]
    assert file["result"]["status"] == "passed"


def test_a_result_that_was_changed_is_found(tmp_path):
    file = secret_file()
    file["result"]["status"] = "rejected"
    code, last, said = run(put(tmp_path, file))
    assert code == 1
    assert json.loads(last)["status"] == "passed"
    assert 'result.status: published "rejected", counted "passed"' in said


def test_a_changed_paper_a_changed_rule_and_a_changed_total_are_found(tmp_path):
    one = secret_file()
    one["papers"][-2] = ["no"]
    two = secret_file()
    two["rule"]["consent"] = "heads >= 3/4 of present"
    three = area_file()
    three["totals"]["options"]["yes"]["area"] += 1
    four = area_file()
    four["totals"]["roster"]["area"] -= 1
    for file in (one, two, three, four):
        assert run(put(tmp_path, file))[0] == 1


def test_a_file_without_a_result_is_counted_and_not_confirmed(tmp_path):
    file = secret_file()
    del file["result"]
    code, last, said = run(put(tmp_path, file))
    assert code == 1
    assert json.loads(last)["status"] == "passed"
    assert "publishes no result" in said


def test_a_rule_that_nobody_filled_in_stays_refused(tmp_path):
    file = secret_file()
    file["rule"]["quorum"] = None
    _, last, _ = run(put(tmp_path, file))
    assert json.loads(last)["status"] == "refused"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([("a",), ("b", "a"), ("c", "a", "b"), (), None, ("zz",)]), max_size=12),
    st.randoms(),
)
def test_neither_the_order_of_the_papers_nor_of_the_keys_changes_a_byte(papers, random):
    rule = VoteRule(
        body="residents", kind="rank", options=("a", "b", "c"), quorum="none", blank="took_part",
        void="left_out", rank=("condorcet", "irv"), tie_order=("c", "a", "b"),
    )  # fmt: skip
    file = recounting.export(rule, number="1", title="t", papers=papers, roster=20)
    text = recounting.written(recounting.recount(file).as_json())
    random.shuffle(papers)
    again = recounting.export(rule, number="1", title="t", papers=papers, roster=20)
    assert recounting.written(again) == recounting.written(file)
    keys = list(file)
    random.shuffle(keys)
    mixed = recounting.read(json.dumps({key: file[key] for key in keys}))
    assert recounting.written(recounting.recount(mixed).as_json()) == text
    assert text == recounting.written(file["result"])


def test_the_file_says_where_every_threshold_comes_from():
    source = counting.Source("councils.quorum", SECRET.quorum, "院落章程第3条", "local practice", "own@1")
    file = recounting.export(
        replace(SECRET, sources=(source,)), number="1", title="t", papers=PAPERS, roster=100, present=60
    )
    assert file["rule"]["sources"][0]["basis"] == "院落章程第3条"
    assert recounting.recount(file).status == "passed"


@pytest.mark.parametrize(
    "broken",
    [
        "[]",
        "{",
        '{"format": "other/1"}',
        json.dumps(secret_file() | {"roster": {}}),
        json.dumps(secret_file() | {"roster": {"heads": True}}),
        json.dumps(secret_file() | {"totals": {}}),
        json.dumps(secret_file() | {"papers": 7}),
        json.dumps(secret_file() | {"rule": {"body": "residents", "luck": 1}}),
        json.dumps(secret_file() | {"rule": {"body": "residents", "quorum": "most of us"}}),
        json.dumps(secret_file()).replace('"heads": 100', '"heads": 100.0'),
        json.dumps(secret_file()).replace('"heads": 100', '"heads": NaN'),
    ],
)
def test_what_is_no_vote_file_is_refused(broken):
    with pytest.raises(FileError):
        recounting.recount(recounting.read(broken))


def test_totals_that_were_refused_are_not_exported():
    totals = owners.tally(AREA, [Unit("u", ("p",))], [])
    with pytest.raises(FileError):
        recounting.export(AREA, number="1", title="t", totals=totals)


def test_the_order_of_the_keys_of_totals_does_not_matter():
    file = area_file()
    again = recounting.recount(recounting.read(recounting.written(file)))  # its keys are sorted: no, yes
    assert recounting.written(again.as_json()) == recounting.written(file["result"])


@pytest.mark.django_db
def test_a_budgets_paper_that_was_added_taken_out_or_changed_is_found_also_where_nobody_wins_by_it(tmp_path):
    from mulin.councils.votes import money
    from mulin.councils.votes.models import Vote

    rows = [("o1", "凉亭", 400_00), ("o2", "路灯", 300_00)]
    options = [{"key": key, "title": title, "text": "", "cost": cost} for key, title, cost in rows]
    vote = Vote(number="1", title="花在哪里", place="500108002005", kind="budget", method="greedy",
                money=400_00, options=options)  # fmt: skip
    text = money.counted(vote, [["o1"]] * 9 + [["o2"]] * 3)["pb"]
    path = tmp_path / "vote.pb"
    path.write_text(text, encoding="utf-8")
    assert run(path)[0] == 0
    for changed in (
        text.replace("12;o2\n", ""),
        text + "13;o2\n",
        text.replace("12;o2\n", '12;"o1,o2"\n'),
        text.replace("12;o2\n", "12;\n"),
    ):
        assert changed != text
        path.write_text(changed, encoding="utf-8")
        code, last, said = run(path)
        assert (code, json.loads(last)["winners"]) == (1, ["o1"])
        assert "counted" in said
