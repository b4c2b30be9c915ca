"""Budget votes: chosen by equal shares or by votes, every project told why, and the .pb decided again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.councils import pabulib, replays
from mulin.councils.votes import money, reading
from mulin.councils.votes.models import Vote
from mulin.councils.votes.tests import worlds
from mulin.kernel.errors import ActionError

PROJECTS = [("o1", "凉亭", 400_00), ("o2", "路灯", 300_00), ("o3", "滑梯", 500_00), ("o4", "长椅", 100_00)]


def vote(method="equal_shares", total=800_00):
    options = [{"key": key, "title": title, "text": "", "cost": cost} for key, title, cost in PROJECTS]
    return Vote(
        number="1234567897", title="花在哪里", place="500108002005", kind="budget", method=method,
        money=total, options=options,
    )  # fmt: skip


papers = st.lists(
    st.one_of(st.none(), st.lists(st.sampled_from([key for key, *_ in PROJECTS]), unique=True)), max_size=30
)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(said=papers, method=st.sampled_from(["equal_shares", "greedy"]), total=st.integers(1, 200_000))
def test_the_pb_file_decided_again_gives_what_was_published(said, method, total):
    one = vote(method, total)
    file = money.counted(one, said)
    election = pabulib.parse(file["pb"])
    again = money.outcome_again(file["pb"])
    assert election.winners == set(file["result"]["winners"]) == set(again.winners)
    assert again.as_json() | {"status": "decided"} == file["result"]
    cost = {key: cents for key, _title, cents in PROJECTS}
    spent = sum(cost[key] for key in file["result"]["winners"])
    assert spent == file["result"]["spent"] * 100 // file["scale"] <= total
    assert file["papers"] + file["void"] == len(said)
    titles = {key: title for key, title, _cost in PROJECTS}
    for key, reason in file["result"]["reasons"].items():
        sentence = money.why(reason, titles, file["scale"])
        assert sentence.startswith("选上" if key in file["result"]["winners"] else "没选上"), sentence


@pytest.mark.django_db
def test_the_order_of_the_papers_changes_nothing():
    said = [["o1"], ["o1", "o2"], ["o3"], [], None, ["o4", "o2"]]
    assert money.counted(vote(), said) == money.counted(vote(), said[::-1])


@pytest.mark.django_db
def test_the_file_is_one_that_mulin_budget_evaluate_replays(tmp_path):
    (tmp_path / "ours.pb").write_text(
        money.counted(vote(), [["o1"], ["o2"], ["o1", "o4"]])["pb"], encoding="utf-8"
    )
    (found,) = replays.evaluate(tmp_path)
    assert (found.rule, found.is_exact) == ("equalshares/add1u", True)


@pytest.mark.django_db
def test_a_budget_vote_is_held_and_its_result_says_what_was_spent(cast, world, freeze):
    people = worlds.voters(6, world.home)
    roster = worlds.residents(cast, world.home, people)
    options = [{"title": title, "text": "", "cost": cost} for _key, title, cost in PROJECTS]
    running, keys = worlds.opened(
        cast, roster, freeze, kind="budget", options=options, money=800_00, method="greedy", max_choices=2
    )
    one, two, three, _four = [row["key"] for row in running.options]
    for account, choice in zip(people, [(one, two), (one,), (three,), (two, one), (), (three,)], strict=True):
        worlds.says(running, account, *choice)
    with pytest.raises(ActionError):
        worlds.says(running, people[0], one, two, three)
    done = worlds.published(cast, running, keys, freeze)
    shown = reading.shown_result(done)
    assert [row["title"] for row in shown["projects"] if row["has_won"]] == ["凉亭", "路灯"]
    assert (shown["spent"], shown["left"]) == ("700 元", "100 元")
    assert all(row["why"] for row in shown["projects"])


@pytest.mark.django_db
def test_a_budget_needs_its_money_and_costs_before_the_notice(cast, world):
    from mulin.councils.votes import running

    roster = worlds.residents(cast, world.home, worlds.voters(2, world.home))
    draft = worlds.drafted(cast, roster, kind="budget", options=[{"title": "凉亭", "text": "", "cost": None}])
    text = " ".join(running.lacks(draft))
    assert "预算" in text
    assert "费用" in text


def test_a_file_that_is_no_pb_is_refused():
    with pytest.raises(ActionError) as found:
        money.read_projects("hello")
    assert found.value.code == "bad-file"
