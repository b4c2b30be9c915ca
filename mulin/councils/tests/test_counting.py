"""Residents' votes, every kind of paper, refusing what is unset, and what a result says."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.councils import counting, owners, thresholds, voterules
from mulin.councils.counting import STEPS, Amount, BallotError
from mulin.councils.owners import Paper, Unit
from mulin.councils.tests.votes import (
    BOOK,
    HOME,
    NO,
    PACK,
    SPOILED,
    TODAY,
    YES,
    choice_rule,
    flats,
    owners_rule,
    residents_rule,
    said,
    step,
    totals,
)
from mulin.kernel.rules import RuleUnset

# --- residents ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["residents", "households", "group_delegates"])
@pytest.mark.parametrize(
    ("present", "yes", "status"),
    [(51, 26, "passed"), (50, 50, "no_quorum"), (60, 30, "rejected"), (60, 31, "passed")],
)
def test_under_the_old_law_more_than_half_come_and_more_than_half_of_them_agree(body, present, yes, status):
    papers = [YES] * yes + [NO] * (present - yes)
    assert counting.count(residents_rule(body=body), papers, 100, present).status == status


def test_who_came_and_did_not_vote_is_there_and_does_not_agree():
    result = counting.count(residents_rule(), [YES] * 30, 100, 60)
    assert step(result, "quorum")["part"] == 60
    assert result.status == "rejected"


@pytest.mark.parametrize("body", ["residents", "households", "group_delegates", "delegates", "courtyard"])
def test_since_2026_nothing_is_certified_before_somebody_fills_in_the_law(body):
    rule = residents_rule(on=TODAY, body=body)
    result = counting.count(rule, [YES] * 90, 100, 90)
    assert not result.is_certified
    assert {gap.rule for gap in result.gaps} == {"councils.quorum", "councils.consent"}


def test_what_an_administrator_fills_in_is_used():
    entry = {"place": HOME, "match": {"body": "residents"}, "basis": "新法第四章", "certainty": "law"}
    book = BOOK.with_overrides(
        [
            entry | {"name": "councils.quorum", "value": "heads > 1/2 of roster"},
            entry | {"name": "councils.consent", "value": "heads > 1/2 of present"},
        ]
    )
    rule = voterules.read(book, at=HOME, on=TODAY, body="residents", matter="resolution")
    assert counting.count(rule, [YES] * 51, 100, 51).status == "passed"
    assert "新法第四章" in {source.basis for source in rule.sources}


def test_a_process_cannot_stand_in_for_a_law_that_is_not_verified():
    custom = {"quorum": "none", "consent": "none"}
    assert residents_rule(on=TODAY, custom=custom).quorum is None
    assert residents_rule(on=TODAY, body="courtyard", custom=custom).quorum == "none"


def test_a_custom_threshold_may_be_stricter_than_the_law_and_never_weaker():
    stricter = "area >= 3/4 of roster and heads >= 2/3 of roster"
    read = {"at": HOME, "on": TODAY, "body": "owners", "matter": "manager"}
    assert voterules.read(BOOK, **read, custom={"quorum": stricter}).quorum == stricter
    for weak in ("none", "heads >= 2/3 of roster", "area >= 2/3 of roster and heads > 1/2 of roster"):
        with pytest.raises(BallotError, match="weaker"):
            voterules.read(BOOK, **read, custom={"quorum": weak})


def test_party_members_agree_by_half_of_those_due_to_come():
    rule = voterules.read(BOOK, at=HOME, on=TODAY, body="party_members", matter="review")
    assert counting.count(rule, [YES] * 30 + [NO] * 10, 60, 40).status == "passed"
    assert counting.count(rule, [YES] * 29 + [NO] * 11, 60, 40).status == "rejected"
    assert counting.count(rule, [YES] * 39, 60, 39).status == "no_quorum"


def test_more_papers_than_people_certify_nothing():
    result = counting.count(residents_rule(), [YES] * 11, 10, 10)
    assert [gap.code for gap in result.gaps] == ["more-papers-than-voters"]


def test_a_spoiled_paper_waits_for_a_rule_only_where_there_is_one():
    rule = residents_rule()
    assert counting.count(rule, [YES] * 60, 100, 60).status == "passed"
    assert {gap.rule for gap in counting.count(rule, [YES] * 60 + [SPOILED], 100, 61).gaps} == {
        "councils.void"
    }
    assert counting.count(replace(rule, void="left_out"), [YES, ("maybe",)], 2, 2).status == "rejected"


# --- other kinds of paper -------------------------------------------------------------------------------


def test_of_two_trees_the_one_with_more_votes_wins():
    papers = [("crape",)] * 30 + [("jacaranda",)] * 20 + [()] * 10
    result = counting.count(choice_rule("choose_one", ("crape", "jacaranda")), papers, 100)
    assert (result.status, result.winners) == ("elected", ("crape",))
    needs_half = choice_rule("choose_one", ("crape", "jacaranda"), consent="heads > 1/2 of took_part")
    assert counting.count(needs_half, papers, 100).status == "not_elected"


def test_a_tie_is_said_and_broken_only_by_an_order_set_before():
    papers = [("a",)] * 5 + [("b",)] * 5 + [("c",)] * 1
    rule = choice_rule("choose_one", ("a", "b", "c"))
    tied = counting.count(rule, papers, 20)
    assert (tied.status, tied.winners) == ("tied", ())
    drawn = counting.count(replace(rule, tie_order=("c", "b", "a")), papers, 20)
    assert (drawn.status, drawn.winners) == ("elected", ("b",))


def test_a_paper_with_too_many_crosses_is_spoiled():
    rule = choice_rule("approve", ("a", "b", "c"), max_choices=2)
    counted = counting.tally(rule, [("a", "b", "c"), ("a", "b"), ("a", "a")], 5)
    assert (counted.void.heads, counted.decided.heads) == (2, 1)


# 9 voters of a textbook's kind: a leads first places, b wins the run-off, c beats both two by two.
RANKS = [("a", "c", "b")] * 4 + [("b", "c", "a")] * 3 + [("c", "b", "a")] * 2


def test_each_rule_for_ranks_has_its_own_winner():
    rule = choice_rule("rank", ("a", "b", "c"), consent=None)
    winners = {
        name: counting.count(replace(rule, rank=(name,)), RANKS, 9).winners
        for name in ("irv", "borda", "condorcet")
    }
    assert winners == {"irv": ("b",), "borda": ("c",), "condorcet": ("c",)}


def test_a_circle_has_no_condorcet_winner_and_the_next_rule_is_asked():
    circle = [("a", "b", "c")] * 4 + [("b", "c", "a")] * 3 + [("c", "a", "b")] * 2
    rule = choice_rule("rank", ("a", "b", "c"), consent=None, rank=("condorcet",))
    assert counting.count(rule, circle, 9).status == "tied"
    assert counting.count(replace(rule, rank=("condorcet", "irv")), circle, 9).winners == ("a",)


def test_in_a_run_off_the_one_who_was_weaker_before_leaves_first():
    papers = [("a",)] * 5 + [("b",)] * 3 + [("c",)] * 2 + [("d", "c")] * 1
    rule = choice_rule("rank", ("a", "b", "c", "d"), consent=None, rank=("irv",))
    result = counting.count(replace(rule, tie_order=()), papers, 11)
    outs = [one.values["out"] for one in result.steps if one.code == "round"]
    assert outs == ["d", "c", None]


def test_ranks_without_a_rule_and_ranks_by_area_are_refused():
    rule = choice_rule("rank", ("a", "b"), consent=None)
    assert {gap.code for gap in counting.count(rule, [("a", "b")], 3).gaps} == {"unset-rank"}
    by_area = replace(rule, body="owners", rank=("irv",), area_order=("registry",), absent="absent")
    refused = owners.count(by_area, flats(1), [Paper("p000", ("a", "b"))])
    assert "no-ranks-by-area" in {gap.code for gap in refused.gaps}


# --- what a result says ---------------------------------------------------------------------------------


def test_a_fifth_of_the_owners_can_demand_a_meeting():
    read = {"at": HOME, "on": TODAY, "body": "owners", "roster": Amount(101)}
    assert voterules.demand(BOOK, **read, asking=Amount(21))[0].values["is_met"]
    assert not voterules.demand(BOOK, **read, asking=Amount(20))[0].values["is_met"]
    with pytest.raises(RuleUnset):
        voterules.demand(BOOK, **read | {"body": "residents"}, asking=Amount(101))
    old = read | {"body": "group_delegates", "on": date(2025, 1, 1), "roster": Amount(9)}
    assert voterules.demand(BOOK, **old, asking=Amount(3))[0].values["is_met"]


def test_every_matter_of_the_law_has_thresholds():
    codes = [one["code"] for one in voterules.matters(BOOK, at=HOME, on=TODAY)]
    assert len(codes) == 9
    assert all(owners_rule(code).quorum and owners_rule(code).consent for code in codes)
    assert owners_rule("invented").consent is None


def test_every_rule_of_the_pack_is_read_and_has_a_title_in_both_languages():
    here = PACK.parent.parent
    sources = "".join(path.read_text(encoding="utf-8") for path in here.glob("*.py"))
    for name in BOOK.names():
        if name.startswith("councils.") and BOOK.rules(name)[0].source.startswith(str(PACK)):
            assert f'"{name}"' in sources, name
            assert BOOK.title(name) != name
            assert BOOK.title(name, english=True).isascii(), name
    assert voterules.etiquette(BOOK, at=HOME, on=TODAY).most_noes > 0


def test_every_step_says_what_it_declares():
    results = [
        owners.count(owners_rule(parking="left_out"), [*flats(3), Unit("P", (), 5, kind="parking")], said(3)),
        owners.count(owners_rule(absent="with_majority"), flats(3), said(2, 0)),
        owners.count(owners_rule(absent="with_majority"), flats(3), said(1, 1)),
        owners.count(owners_rule(), [Unit("x", ())], []),
        counting.count(choice_rule("rank", ("a", "b"), rank=("condorcet", "borda", "irv")), [("a", "b")], 1),
        counting.count(choice_rule("rank", ("a", "b"), rank=("condorcet", "borda", "irv")), [], 1),
        counting.count(choice_rule("choose_one", ("a", "b")), [("a",), ("b",)], 2),
        counting.count(choice_rule("choose_one", ("a", "b"), tie_order=("b", "a")), [("a",), ("b",)], 2),
    ]
    asked = voterules.demand(BOOK, at=HOME, on=TODAY, body="owners", asking=Amount(1), roster=Amount(5))
    steps = [*asked, *(one for result in results for one in result.steps)]
    seen = {one.code: tuple(one.values) for one in steps}
    assert {code: set(keys) for code, keys in STEPS.items()} == {
        code: set(keys) for code, keys in seen.items()
    }


def test_totals_that_contradict_themselves_are_refused():
    good = totals(90_000, 90, 60_000, 60, 50_000, 50)
    more_yes = replace(good, options={"yes": Amount(70, 50_000), "no": Amount(10, 10_000)})
    assert counting.decide(owners_rule(), more_yes).status == "refused"
    assert counting.decide(owners_rule(), replace(good, roster=Amount(50, 90_000))).status == "refused"


@pytest.mark.parametrize(
    "text", ["", "heads 2/3", "heads >= 3/2 of roster", "heads > 1 of roster", "souls >= 1/2 of roster",
             "heads >= 0/3 of roster", "heads >= 1/0 of roster", "heads >= 1/2 of all"]
)  # fmt: skip
def test_a_threshold_that_makes_no_sense_is_refused(text):
    with pytest.raises(thresholds.ThresholdError):
        thresholds.parse(text)


@given(st.integers(1, 10**9), st.integers(0, 10**9), st.integers(1, 12), st.integers(1, 12), st.booleans())
def test_the_number_that_is_needed_is_the_first_that_is_enough(whole, part, top, bottom, strict):
    if top > bottom or (strict and top == bottom):
        return
    one = thresholds.parse(f"heads {'>' if strict else '>='} {top}/{bottom} of roster")[0]
    assert one.is_met(part, whole) == (part >= one.needed(whole))
    assert thresholds.parse(str(one)) == (one,)


def test_nothing_is_a_share_of_nobody():
    assert not thresholds.parse("heads >= 1/2 of took_part")[0].is_met(0, 0)
