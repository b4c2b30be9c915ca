"""Greedy and equal shares: by hand, against a slow second implementation, and on published elections."""

import io
import json
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.councils import budgets, replays
from mulin.councils.budgets import REASONS, BudgetError, Contest, equal_shares, greedy, tie_order
from mulin.councils.management.commands.budget import Command
from mulin.councils.shares import Exact, Field, _Run
from mulin.councils.tests import slow_shares


def contest(budget, costs, papers, scale=1):
    ids = tuple("ABCDEFGH"[: len(costs)])
    made = tuple(
        {ids.index(one): 1 for one in paper} if isinstance(paper, str) else dict(paper) for paper in papers
    )
    return Contest(budget, ids, tuple(costs), made, scale)


# Two thirds want A and B in the east, one third wants C in the west.
TOWN = contest(300, (100, 100, 100, 200), ["AB"] * 4 + ["ABD"] * 2 + ["C"] * 3)


def test_greedy_takes_what_most_want_and_passes_over_what_does_not_fit():
    outcome = greedy(contest(150, (100, 80, 50), ["AB", "AB", "AC", "B"]))
    assert outcome.winners == ("A", "C")
    assert outcome.reasons["B"].code == "lost_no_room"
    assert outcome.reasons["B"].values == {"score": 3, "votes": 3, "cost": 80, "left": 50, "missing": 30}
    assert (outcome.spent, outcome.left) == (150, 0)


def test_greedy_without_skipping_ends_at_the_first_that_does_not_fit():
    outcome = greedy(contest(150, (100, 80, 50), ["AB", "AB", "AC", "B"]), is_skipping=False)
    assert outcome.winners == ("A",)
    assert outcome.reasons["C"].values["stopped_by"] == "B"


def test_a_tie_is_broken_by_the_printed_order_alone():
    even = contest(100, (100, 90, 90), ["ABC"])
    assert greedy(even).winners == ("A",)
    assert greedy(even, ties=("least_cost", "id")).winners == ("B",)
    assert greedy(even, ties=("most_cost",)).tie_order == ("A", "B", "C")


def test_what_nobody_wants_never_wins():
    outcome = greedy(contest(1000, (100, 100), ["A"]))
    assert outcome.winners == ("A",)
    assert outcome.reasons["B"].code == "lost_no_support"
    assert equal_shares(contest(1000, (100, 100), ["A"])).winners == ("A",)


def test_a_threshold_keeps_small_support_out():
    outcome = greedy(contest(1000, (10, 10), ["A", "A", "B"]), threshold=2)
    assert outcome.winners == ("A",)
    assert outcome.reasons["B"].code == "lost_threshold"


def test_equal_shares_give_a_minority_its_part_where_greedy_does_not():
    assert set(greedy(contest(200, (100, 100, 100), ["AB"] * 6 + ["C"] * 3)).winners) == {"A", "B"}
    outcome = equal_shares(TOWN, completion="none")
    assert set(outcome.winners) == {"A", "B", "C"}


def test_who_has_less_gives_all_and_the_others_share_the_rest():
    # 60 each. A: 3 pay 30. B: 1 has 30 left and gives it, 2 pay 45.
    outcome = equal_shares(
        contest(300, (90, 120), ["AB", "A", "A", "B", "B"]), completion="none", ties=("id",)
    )
    assert outcome.winners == ("A", "B")
    assert outcome.reasons["A"].values["each"] == "30"
    assert outcome.reasons["B"].values | {"each": "45", "gave_all": 1} == outcome.reasons["B"].values
    assert outcome.reasons["B"].values["votes"] == 3


def test_a_loser_is_told_what_its_supporters_still_had():
    outcome = equal_shares(contest(120, (60, 100), ["A", "A", "B"]), completion="none")
    reason = outcome.reasons["B"]
    assert reason.code == "lost_supporters_had_too_little"
    assert reason.values == {"votes": 1, "cost": 100, "had": 40, "missing": 60}


def test_raising_the_shares_spends_what_is_left():
    case = contest(120, (60, 60), ["A", "A", "B"])
    assert equal_shares(case, completion="none").winners == ("A",)
    raised = equal_shares(case, completion="add1")
    assert (raised.winners, raised.raised, raised.stopped) == (("A", "B"), 20, "full")
    assert raised.share == (Fraction(40), Fraction(60))


def test_filling_up_goes_by_points_and_says_so():
    outcome = equal_shares(contest(120, (60, 60), ["A", "A", "B"]), completion="greedy")
    assert outcome.winners == ("A", "B")
    assert outcome.reasons["B"].code == "won_by_filling"


def test_raising_ends_when_everything_wanted_is_bought():
    outcome = equal_shares(contest(10**6, (10, 20, 30), ["A", "B"]), completion="add1")
    assert set(outcome.winners) == {"A", "B"}
    assert outcome.stopped == "all_bought"


def test_cardinality_prefers_many_small_projects():
    case = contest(100, (100, 40, 40), ["ABC"] * 5 + ["A"] * 2)
    assert set(equal_shares(case, satisfaction="cost", completion="greedy").winners) == {"A"}
    assert set(equal_shares(case, satisfaction="cardinality", completion="greedy").winners) == {"B", "C"}


def test_projects_that_cost_nothing_and_contests_without_papers_end_well():
    assert equal_shares(contest(10, (0, 10), ["AB"])).winners == ("A", "B")
    assert equal_shares(contest(10, (5, 5), [])).winners == ()
    assert greedy(contest(0, (5, 0), ["AB"]), order="score_per_cost").winners == ("B",)


def test_every_project_gets_a_reason_with_the_numbers_that_are_declared():
    outcomes = [
        greedy(TOWN), greedy(TOWN, is_skipping=False), greedy(TOWN, threshold=4),
        equal_shares(TOWN, completion="none"), equal_shares(TOWN), equal_shares(TOWN, completion="greedy"),
        greedy(contest(50, (60, 40, 1), ["AB", "A"]), is_skipping=False),
        equal_shares(contest(120, (60, 60), ["A", "A", "B"]), completion="greedy"),
        equal_shares(contest(120, (60, 100), ["A", "A", "B"]), completion="none"),
    ]  # fmt: skip
    seen = set()
    for outcome in outcomes:
        assert set(outcome.reasons) == set(outcome.tie_order)
        won = {name for name, reason in outcome.reasons.items() if reason.code.startswith("won")}
        assert won == set(outcome.winners)
        for reason in outcome.reasons.values():
            assert set(reason.values) == set(REASONS[reason.code])
            seen.add(reason.code)
        json.dumps(outcome.as_json())
    assert seen == set(REASONS)


@pytest.mark.parametrize("bad", [{"satisfaction": "joy"}, {"completion": "luck"}, {"increment": 0}])
def test_a_rule_that_does_not_exist_is_refused(bad):
    with pytest.raises(BudgetError):
        equal_shares(TOWN, **bad)


def test_two_projects_of_one_name_and_points_below_zero_are_refused():
    with pytest.raises(BudgetError):
        Contest(10, ("A", "A"), (1, 1), ())
    with pytest.raises(BudgetError):
        Contest(10, ("A",), (1,), ({0: -1},))


# --- a second implementation ------------------------------------------------------------------------------

# Few different numbers, so that exact ties and exactly spent purses are common.
COSTS = st.lists(st.sampled_from([1, 2, 3, 4, 6, 12, 13, 20, 97]), min_size=1, max_size=6)
POINTS = st.sampled_from([1, 1, 1, 2, 3])


@st.composite
def contests(draw, with_points):
    costs = draw(COSTS)
    one = POINTS if with_points else st.just(1)
    paper = st.dictionaries(st.integers(0, len(costs) - 1), one, max_size=len(costs))
    papers = draw(st.lists(paper, min_size=1, max_size=7))
    return contest(draw(st.integers(0, 150)), costs, papers)


@settings(max_examples=150, deadline=None)
@given(contests(with_points=True), st.sampled_from(budgets.SATISFACTION))
def test_equal_shares_are_those_of_the_slow_count(case, satisfaction):
    order = tie_order(case)
    worth = [
        budgets._worth(satisfaction, cost, votes)
        for cost, votes in zip(case.costs, case.votes(), strict=True)
    ]
    share = Fraction(case.budget, len(case.papers))
    slow = slow_shares.equal_shares(share, case.costs, case.papers, worth, order)
    fast = equal_shares(case, satisfaction=satisfaction, completion="none")
    assert fast.winners == tuple(case.ids[one] for one in slow)


@settings(max_examples=80, deadline=None)
@given(contests(with_points=False), st.sampled_from(("cost", "cardinality")))
def test_raised_shares_are_those_of_raising_one_by_one(case, satisfaction):
    order = tie_order(case)
    worth = [
        budgets._worth(satisfaction, cost, votes)
        for cost, votes in zip(case.costs, case.votes(), strict=True)
    ]
    slow, raised = slow_shares.add_one(case.budget, case.costs, case.papers, worth, order)
    fast = equal_shares(case, satisfaction=satisfaction, completion="add1")
    assert fast.winners == tuple(case.ids[one] for one in slow)
    assert fast.raised == raised


@settings(max_examples=80, deadline=None)
@given(contests(with_points=True), st.integers(0, 60), st.integers(1, 9))
def test_what_is_said_of_a_range_is_true_everywhere_inside(case, low, width):
    worth = [
        budgets._worth("cost", cost, votes) for cost, votes in zip(case.costs, case.votes(), strict=True)
    ]
    field = Field(case.costs, case.papers, worth, tie_order(case))
    seen = field.explore(Fraction(low), Fraction(low + width))
    for share in range(low, low + width + 1):
        bought = field.run(Fraction(share), Fraction(share))
        if seen.bought is not None:
            assert bought == seen.bought
        else:
            assert sum(case.costs[one] for one in bought) <= seen.most
            assert set(bought) <= seen.possible


@settings(max_examples=100, deadline=None)
@given(contests(with_points=True))
def test_bounds_of_money_hold_the_true_money(case):
    worth = [
        budgets._worth("cost", cost, votes) for cost, votes in zip(case.costs, case.votes(), strict=True)
    ]
    field = Field(case.costs, case.papers, worth, tie_order(case))
    share = Fraction(case.budget, len(case.papers))
    run = _Run(field, share, share)
    run.play()
    exact = Exact(field, share)
    for place in run.bought:
        exact.buy(place)
    lacking = 0
    sizes = {}
    for supporters in field.exact_supporters:
        sizes |= {one: times for one, times, _ in supporters}
    for one, times in sizes.items():
        true = Fraction(exact.purse[one], exact.bottom)
        assert Fraction(float(run.money[one])) <= true
        lacking += times * (true - Fraction(float(run.money[one])))
    assert lacking <= Fraction(run.short)


@pytest.mark.parametrize("seed", range(2))
def test_a_larger_contest_is_that_of_the_slow_count(seed):
    random = Random(seed)
    costs = tuple(random.randrange(500, 9_000) for _ in range(14))
    papers = tuple({random.randrange(14): 1 for _ in range(random.randint(1, 6))} for _ in range(50))
    case = Contest(20_000, tuple("ABCDEFGHIJKLMN"), costs, papers)
    order = tie_order(case)
    worth = [Fraction(cost) for cost in costs]
    slow, raised = slow_shares.add_one(case.budget, costs, papers, worth, order)
    fast = equal_shares(case, completion="add1")
    assert (fast.winners, fast.raised) == (tuple(case.ids[one] for one in slow), raised)


# --- published elections -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def replayed(data_dir):
    folder = data_dir / "budgets"
    if not folder.is_dir():
        pytest.fail(f"{folder} is missing")
    return list(replays.evaluate(folder))


def test_every_published_greedy_election_is_exact(replayed):
    found = [one for one in replayed if one.rule == "greedy"]
    assert len(found) == 120
    assert [one.path.name for one in found if not one.is_exact] == []


def test_every_published_equal_shares_election_is_exact(replayed):
    found = [one for one in replayed if one.rule.startswith("equalshares")]
    assert found
    assert [one.path.name for one in found if not one.is_exact] == []


def test_the_reference_programs_find_the_same_winners(replayed):
    found = [one for one in replayed if one.rule == "reference"]
    assert [one.note for one in found] == ["11 of 11 reference cases", "12 of 12 reference cases"]


def test_the_command_replays_a_folder_and_ends_with_one_json_line(tmp_path):
    text = (
        "META\nkey;value\nbudget;100\nvote_type;approval\nrule;{rule}\n"
        "PROJECTS\nproject_id;cost;selected\n1;60;1\n2;60;0\nVOTES\nvoter_id;vote\n7;1,2\n8;1\n"
    )
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.pb").write_text(text.format(rule="greedy"), encoding="utf-8")
    (tmp_path / "b.pb").write_text(text.format(rule="equalshares/add1"), encoding="utf-8")
    (tmp_path / "c.pb").write_text(text.format(rule="unknown"), encoding="utf-8")
    wrong = text.format(rule="greedy").replace("1;60;1\n2;60;0", "1;60;0\n2;60;1")
    (tmp_path / "d.pb").write_text(wrong, encoding="utf-8")
    out = io.StringIO()
    Command(stdout=out).execute(
        what="evaluate", folder=str(tmp_path), force_color=False, no_color=True, skip_checks=True
    )
    lines = out.getvalue().splitlines()
    assert json.loads(lines[-1]).items() >= {"elections": 3, "exact": 2}.items()
    assert [line.split()[0] for line in lines[:-1]] == ["exact", "not", "different", "exact"]


def test_a_folder_without_elections_says_so(tmp_path):
    out, wrong = io.StringIO(), io.StringIO()
    Command(stdout=out, stderr=wrong).execute(
        what="evaluate", folder=str(tmp_path), force_color=False, no_color=True, skip_checks=True
    )
    assert json.loads(out.getvalue())["elections"] == 0 and "no .pb file" in wrong.getvalue()
