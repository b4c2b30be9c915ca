"""Owners' votes: 民法典 278 and 279, who is a head, how large is a part, and a second count written apart."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.councils import counting, owners
from mulin.councils.counting import Amount
from mulin.councils.owners import Paper, Unit
from mulin.councils.tests import slow_counting
from mulin.councils.tests.votes import (
    BLANK,
    NO,
    SPOILED,
    YES,
    flats,
    owners_rule,
    said,
    step,
    totals,
)

# --- 278: two thirds take part, by area and by heads ----------------------------------------------------


@pytest.mark.parametrize(
    ("took_area", "took_heads", "status"),
    [(60_000, 60, "passed"), (59_999, 60, "no_quorum"), (60_000, 59, "no_quorum"), (60_001, 61, "passed")],
)
def test_exactly_two_thirds_by_area_and_heads_take_part(took_area, took_heads, status):
    counted = totals(90_000, 90, took_area, took_heads, took_area, took_heads)
    assert counting.decide(owners_rule(), counted).status == status


def test_two_thirds_of_a_number_that_three_does_not_divide_is_rounded_up():
    rule = owners_rule()
    assert counting.decide(rule, totals(10_000, 100, 6_667, 67, 6_667, 67)).status == "passed"
    assert counting.decide(rule, totals(10_000, 100, 6_666, 67, 6_666, 67)).status == "no_quorum"
    assert (
        step(counting.decide(rule, totals(10_000, 100, 6_667, 67, 1, 1)), "quorum", measure="area")["needed"]
        == 6_667
    )


@pytest.mark.parametrize("matter", ["procedure", "covenant", "committee", "manager", "use_fund", "other"])
def test_ordinary_matters_need_more_than_half_of_those_who_take_part(matter):
    rule = owners_rule(matter)
    assert counting.decide(rule, totals(100_000, 100, 80_000, 80, 40_001, 41)).status == "passed"
    assert counting.decide(rule, totals(100_000, 100, 80_000, 80, 40_000, 41)).status == "rejected"
    assert counting.decide(rule, totals(100_000, 100, 80_000, 80, 40_001, 40)).status == "rejected"


@pytest.mark.parametrize("matter", ["raise_fund", "rebuild", "common_use", "lift"])
def test_special_matters_need_three_quarters_of_those_who_take_part(matter):
    rule = owners_rule(matter)
    assert counting.decide(rule, totals(100_000, 100, 80_000, 80, 60_000, 60)).status == "passed"
    assert counting.decide(rule, totals(100_000, 100, 80_000, 80, 59_999, 60)).status == "rejected"
    assert counting.decide(rule, totals(100_000, 100, 80_000, 80, 60_000, 59)).status == "rejected"


def test_using_the_fund_is_ordinary_and_raising_it_is_special():
    half = totals(100_000, 100, 80_000, 80, 48_000, 48)
    assert counting.decide(owners_rule("use_fund"), half).status == "passed"
    assert counting.decide(owners_rule("raise_fund"), half).status == "rejected"


def test_many_small_owners_cannot_outvote_the_area_nor_a_large_one_the_heads():
    units = [*flats(9, 1_000), Unit("tower", ("giant",), registry=91_000)]
    every_small = [Paper(f"p{i:03}", YES) for i in range(9)]
    result = owners.count(owners_rule(), units, [*every_small, Paper("giant", NO)])
    assert result.status == "rejected"
    assert step(result, "consent", measure="heads")["is_met"]
    assert not step(result, "consent", measure="area")["is_met"]
    other = owners.count(
        owners_rule(), units, [Paper("giant", YES), *[Paper(f"p{i:03}", NO) for i in range(9)]]
    )
    assert not step(other, "consent", measure="heads")["is_met"]


def test_blank_papers_take_part_and_do_not_agree():
    units = flats(30)
    result = owners.count(owners_rule(), units, said(yes=10, blank=10))
    assert step(result, "took_part")["heads"] == 20
    assert result.status == "rejected"
    without = owners.count(owners_rule(blank="left_out"), units, said(yes=10, blank=10))
    assert without.status == "no_quorum"


def test_owners_who_did_not_vote_join_nobody_unless_their_own_rules_say_so():
    units = flats(30)
    papers = said(yes=11, no=10)
    assert owners.count(owners_rule("rebuild"), units, papers).status == "rejected"
    joined = owners.count(owners_rule("rebuild", absent="with_majority"), units, said(yes=14, no=6))
    assert step(joined, "absent_joined")["heads"] == 10
    assert joined.status == "passed"
    too_few = owners.count(owners_rule("rebuild", absent="with_majority"), units, said(yes=14, no=5))
    assert too_few.status == "no_quorum"
    even = owners.count(owners_rule(absent="with_majority"), units, said(yes=10, no=10))
    assert step(even, "absent_not_joined")["heads"] == 10


# --- who is a head, and how large is a part -------------------------------------------------------------


def test_the_registry_comes_before_the_survey_and_the_survey_before_the_contract():
    order = owners_rule().area_order
    assert owners.area_of(Unit("a", ("p",), registry=1, survey=2, contract=3), order) == 1
    assert owners.area_of(Unit("a", ("p",), survey=2, contract=3), order) == 2
    assert owners.area_of(Unit("a", ("p",), contract=3), order) == 3


def test_a_part_without_an_area_is_never_guessed():
    result = owners.count(owners_rule(), [*flats(2), Unit("x", ("q",))], said(yes=2))
    assert result.status == "refused"
    assert [(gap.code, gap.detail) for gap in result.gaps] == [("area-missing", "1: x")]


def test_one_owner_of_several_parts_is_one_head_with_all_their_area():
    units = [*flats(2), *(Unit(f"big{i}", ("landlord",), registry=10_000) for i in range(4))]
    counted = owners.tally(owners_rule(), units, [Paper("landlord", YES)])
    assert counted.roster == Amount(3, 60_000)
    assert counted.options["yes"] == Amount(1, 40_000)


def test_a_spoiled_paper_beside_a_good_one_gives_its_part_to_nobody():
    units = [*flats(2), *(Unit(f"big{i}", ("landlord",), registry=10_000) for i in range(3))]
    papers = [Paper("landlord", YES, ("big0",)), Paper("landlord", SPOILED, ("big1", "big2"))]
    counted = owners.tally(owners_rule(), units, papers)
    assert (counted.options["yes"], counted.void) == (Amount(1, 10_000), Amount())
    alone = owners.tally(owners_rule(), units, papers[1:])
    assert alone.void == Amount(1, 20_000)


def test_owners_take_part_by_their_papers_and_not_by_sitting_there():
    """民法典278: 参与表决. For residents the law counts who came."""
    counted = replace(totals(100_000, 9, 70_000, 1, 70_000, 1), present=Amount(9))
    assert counting.decide(owners_rule(), counted).status == "no_quorum"


def test_unsold_and_undelivered_parts_of_the_developer_are_one_head():
    sold = Unit("sold", ("buyer",), registry=10_000, is_developers=True)
    unsold = [Unit(f"d{i}", ("developer",), registry=10_000, is_developers=True) for i in range(5)]
    counted = owners.tally(owners_rule(), [*flats(2), sold, *unsold], [Paper("developer", NO)])
    assert counted.roster == Amount(3, 80_000)
    assert counted.options["no"] == Amount(1, 50_000)


def test_joint_owners_of_one_part_are_one_head():
    units = [Unit("a", ("husband", "wife"), registry=10_000), *flats(1)]
    both = [Paper("husband", YES), Paper("wife", YES)]
    assert owners.tally(owners_rule(), units, both).options["yes"] == Amount(1, 10_000)
    assert owners.tally(owners_rule(), units, both[:1]).options["yes"] == Amount(1, 10_000)


def test_joint_owners_who_disagree_need_a_rule():
    units = [Unit("a", ("husband", "wife"), registry=10_000), *flats(2)]
    papers = [Paper("husband", YES), Paper("wife", NO), *said(yes=2)]
    refused = owners.count(owners_rule(), units, papers)
    assert [gap.rule for gap in refused.gaps] == ["councils.contradiction"]
    took = owners.count(owners_rule("rebuild", contradiction="took_part"), units, papers)
    assert step(took, "took_part")["heads"] == 3
    assert took.status == "rejected"
    gone = owners.count(owners_rule("rebuild", contradiction="left_out"), units, papers)
    assert step(gone, "took_part")["heads"] == 2
    assert gone.status == "passed"


def test_who_owns_one_part_alone_and_one_together_is_two_heads():
    units = [Unit("a", ("li",), registry=9_000), Unit("b", ("li", "wang"), registry=8_000)]
    assert owners.tally(owners_rule(), units, [Paper("li", YES)]).options["yes"] == Amount(2, 17_000)


def test_a_paper_for_one_part_leaves_the_other_one_out():
    units = [Unit(f"u{i}", ("li",), registry=10_000) for i in range(2)]
    counted = owners.tally(owners_rule(), units, [Paper("li", YES, ("u0",))])
    assert counted.options["yes"] == Amount(1, 10_000)


def test_parking_spaces_wait_for_the_rules_of_procedure():
    units = [*flats(3), Unit("P1", ("p000",), registry=1_200, kind="parking")]
    papers = said(yes=3)
    refused = owners.count(owners_rule(), units, papers)
    assert [gap.rule for gap in refused.gaps] == ["councils.parking"]
    left = owners.tally(owners_rule(parking="left_out"), units, papers)
    assert left.roster == Amount(3, 30_000)
    assert [(one.reason, one.amount) for one in left.left_out] == [("parking", Amount(1, 1_200))]
    counted = owners.tally(owners_rule(parking="counted"), units, papers)
    assert counted.roster == Amount(3, 31_200)
    assert counted.options["yes"] == Amount(3, 31_200)


def test_papers_of_strangers_and_for_unknown_parts_are_left_out_with_their_reason():
    papers = [Paper("thief", YES), Paper("p000", YES, ("u001",)), Paper("p000", YES, ("nowhere",))]
    counted = owners.tally(owners_rule(), flats(2), papers)
    assert {one.reason: one.papers for one in counted.left_out} == {"not-an-owner": 2, "unknown-unit": 1}
    assert counted.decided == Amount()


def test_the_same_paper_twice_counts_once():
    counted = owners.tally(owners_rule(), flats(3), [*said(yes=2), *said(yes=2)])
    assert counted.options["yes"].heads == 2


def test_a_flat_used_for_business_needs_all_affected_owners():
    rule = owners_rule("home_to_business")
    assert owners.count(rule, flats(5), said(yes=5)).status == "passed"
    assert owners.count(rule, flats(5), said(yes=4)).status == "rejected"
    assert owners.count(rule, flats(5), said(yes=4, no=1)).status == "rejected"


def test_electing_a_committee_seats_those_with_more_than_half():
    rule = owners_rule("committee", kind="approve", options=("li", "wang", "zhao"), seats=2, max_choices=2)
    papers = [Paper(f"p{i:03}", ("li", "wang") if i < 6 else ("li",)) for i in range(10)]
    result = owners.count(rule, flats(10), papers)
    assert (result.status, result.winners) == ("elected", ("li", "wang"))
    fewer = owners.count(rule, flats(10), papers[:1] + [Paper(f"p{i:03}", ("li",)) for i in range(1, 10)])
    assert (fewer.status, fewer.winners) == ("partly_elected", ("li",))


def test_no_law_says_whether_heads_or_area_decide_the_last_seat():
    rule = owners_rule(
        "committee", kind="approve", options=("li", "wang"), consent="heads > 1/2 of took_part"
    )
    units = [Unit(f"u{i}", (f"p{i}",), registry=[100, 100, 100, 100, 900][i]) for i in range(5)]
    papers = [Paper(f"p{i}", ("li",) if i < 2 else ("li", "wang") if i < 4 else ("wang",)) for i in range(5)]
    result = owners.count(rule, units, papers)
    assert result.status == "tied"
    assert step(result, "tie")["choices"] == ["li", "wang"]


# --- a second count, written apart ----------------------------------------------------------------------

PEOPLE = ["a", "b", "c", "d", "e"]
UNITS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2, unique=True),
        st.sampled_from([100, 200, 300, 400, 9_999]),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)
PAPERS = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from(["yes", "yes", "no", "blank", "spoiled"]),
        st.lists(st.integers(0, 7), max_size=2),
    ),
    max_size=10,
)
MEANING = {"yes": YES, "no": NO, "blank": BLANK, "spoiled": SPOILED}


@settings(max_examples=400, deadline=None)
@given(UNITS, PAPERS, st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_a_slow_second_count_says_the_same(units, papers, special, blank, spoiled, torn):
    switch = {True: "took_part", False: "left_out"}
    rule = owners_rule("rebuild" if special else "manager")
    rule = replace(rule, blank=switch[blank], void=switch[spoiled], contradiction=switch[torn])
    real = [
        Unit(str(i), tuple(who), registry=area, is_developers=dev) for i, (who, area, dev) in enumerate(units)
    ]
    plain = [
        {"name": str(i), "owners": who, "area": area, "developer": dev}
        for i, (who, area, dev) in enumerate(units)
    ]
    named = [(by, word, [str(one) for one in which]) for by, word, which in papers]
    given_in = [Paper(by, MEANING[word], tuple(which)) for by, word, which in named]
    took_part, agreed = slow_counting.passes(plain, named, special, blank, spoiled, torn)
    status = owners.count(rule, real, given_in).status
    assert status == ("passed" if agreed else "rejected" if took_part else "no_quorum")


@settings(max_examples=100, deadline=None)
@given(UNITS, PAPERS, st.randoms())
def test_the_order_of_papers_and_parts_changes_nothing(units, papers, random):
    rule = owners_rule(void="took_part", contradiction="left_out")
    real = [
        Unit(str(i), tuple(who), registry=area, is_developers=dev) for i, (who, area, dev) in enumerate(units)
    ]
    given_in = [Paper(by, MEANING[word], tuple(map(str, which))) for by, word, which in papers]
    first = owners.count(rule, real, given_in)
    random.shuffle(real)
    random.shuffle(given_in)
    assert owners.count(rule, real, given_in) == first
