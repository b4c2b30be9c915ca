"""The file format of participatory budgets: all vote types in and out, and every published file."""

from fractions import Fraction

import pytest

from mulin.councils import pabulib, replays
from mulin.councils.pabulib import PabulibError

HEAD = "META\nkey;value\nbudget;1000\nvote_type;{kind}\nrule;greedy\n{more}"
PROJECTS = 'PROJECTS\nproject_id;cost;name;selected\na;10;"Bench; shade";1\nb;20,50;Lamp;0\nc;30;Tree;\n'


def file(kind, votes, more=""):
    return HEAD.format(kind=kind, more=more) + PROJECTS + "VOTES\n" + votes


@pytest.mark.parametrize(
    ("kind", "votes", "more", "weights"),
    [
        ("approval", "voter_id;vote\n1;a,b\n2;\n", "", [(1, 1), ()]),
        ("ordinal", "voter_id;vote\n1;b,a\n2;c\n", "max_length;3\n", [(3, 2), (3,)]),
        ("ordinal", "voter_id;vote\n1;b,a\n2;c\n", "", [(2, 1), (2,)]),
        ("cumulative", "voter_id;points;vote\n1;7,3;a,c\n2;10;b\n", "", [(7, 3), (10,)]),
        ("scoring", "voter_id;vote;points\n1;a,b;5,0\n", "", [(5, 0)]),
    ],
)
def test_every_kind_of_vote_is_read_and_written(kind, votes, more, weights):
    election = pabulib.parse(file(kind, votes, more))
    assert [ballot.weights for ballot in election.ballots] == weights
    assert pabulib.parse(pabulib.write(election)) == election


def test_line_ends_byte_order_marks_quotes_and_decimal_commas_are_read():
    election = pabulib.parse("\ufeff" + file("approval", "voter_id;vote\n1;a\n").replace("\n", "\r\n"))
    assert election.projects[0].fields["name"] == "Bench; shade"
    assert election.projects[1].cost == Fraction(41, 2)
    assert replays.contest_of(election).scale == 2
    assert pabulib.amount_text(Fraction(41, 2)) == "20.50"


def test_winners_are_known_only_when_every_project_is_marked():
    election = pabulib.parse(file("approval", "voter_id;vote\n1;a\n"))
    assert election.winners is None
    marked = pabulib.parse(file("approval", "voter_id;vote\n1;a\n").replace("Tree;", "Tree;0"))
    assert marked.winners == {"a"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("PROJECTS\nproject_id;cost\n", "META is missing"),
        (file("approval", "voter_id;vote\n1;a,zz\n"), "'zz'"),
        (file("approval", "voter_id;vote\n1;a,a\n"), "twice"),
        (file("cumulative", "voter_id;vote;points\n1;a,b;1\n"), "1 points to 2"),
        (file("applause", "voter_id;vote\n1;a\n"), "vote_type"),
        (file("approval", "voter_id;choice\n1;a\n"), "column vote"),
        (file("approval", "voter_id;vote\n1;a\n").replace("a;10", "a;ten"), "ten"),
        (file("approval", "voter_id;vote\n1;a\n").replace("b;20", "a;20"), "one id"),
        (file("approval", "voter_id;vote\n1;a\n").replace("budget;1000\n", ""), "no budget"),
    ],
)
def test_a_broken_file_is_refused_and_the_message_says_why(text, said):
    with pytest.raises(PabulibError, match=said):
        pabulib.parse(text)


def test_our_own_election_is_exported_with_its_points():
    made = pabulib.make(
        {"budget": "100", "vote_type": "cumulative", "rule": "greedy", "unit": "金堰社区"},
        [
            {"project_id": "1", "cost": "60", "name": "长椅；遮阳"},
            {"project_id": "2", "cost": "60.50", "name": "灯"},
        ],
        [("x", ("2", "1"), (6, 4)), ("y", ("1",), (10,))],
    )
    assert made.meta["num_votes"] == "2"
    assert replays.contest_of(made).scores() == [14, 6]
    assert replays.replay(made).winners == ("1",)
    assert pabulib.parse(pabulib.write(made, "\r\n")) == made


def test_every_published_file_survives_reading_and_writing(data_dir):
    files = sorted((data_dir / "budgets").rglob("*.pb"))
    assert len(files) >= 121
    for path in files[::4]:
        election = pabulib.parse(path.read_bytes().decode("utf-8-sig"))
        assert pabulib.parse(pabulib.write(election)) == election, path.name
        assert int(election.meta["num_votes"]) == len(election.ballots), path.name
