"""Votes as they are kept, and the arithmetic of Polis on them."""

import math
import uuid
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.councils.opinions import AGREE, DISAGREE, arithmetic, from_rows, next_statements, read_csv

ROWS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 9), st.sampled_from([1, 0, -1])), min_size=1, max_size=120
)
COUNTS = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda pair: (min(pair), max(pair)))


def test_a_later_vote_replaces_the_earlier_one():
    votes = from_rows([("b", 1, 1), ("a", 1, 1), ("b", 1, -1), ("b", 2, 0)])
    assert votes.of("b") == {1: -1, 2: 0}
    assert votes.of("a") == {1: 1}
    assert votes.of("nobody") == {}


@pytest.mark.parametrize("vote", [2, -2, 0.5])
def test_what_is_no_vote_is_refused(vote):
    with pytest.raises(ValueError, match="a vote is"):
        from_rows([(1, 1, vote)])


def test_a_left_out_statement_is_gone_but_its_voters_have_voted():
    votes = from_rows([(1, 1, 1), (1, 2, -1), (2, 2, 0)], known=[1, 2, 3], left_out=[2])
    assert votes.statements.tolist() == [1, 3]
    assert votes.answered.tolist() == [2, 1]
    assert votes.seen.tolist() == [1, 0]
    assert votes.left_out == 1


def test_ids_may_be_anything_with_an_order():
    people = sorted(uuid.uuid4() for _ in range(3))
    votes = from_rows([(people[2], "x", 1), (people[0], "y", 0)], left_out=["y"])
    assert votes.participants.tolist() == [people[0], people[2]]
    assert votes.of(people[2]) == {"x": 1}


def test_no_votes_at_all_are_no_error():
    votes = from_rows([], known=[4, 2])
    assert votes.shape == (0, 2)
    assert arithmetic.consensus(arithmetic.tally(votes)) == {AGREE: (), DISAGREE: ()}


@given(ROWS)
def test_votes_are_what_was_given(rows):
    votes = from_rows(rows)
    last = {(person, one): vote for person, one, vote in rows}
    kept = {
        (person, one): vote
        for person in votes.participants.tolist()
        for one, vote in votes.of(person).items()
    }
    assert kept == last
    everybody = arithmetic.tally(votes)
    assert everybody.seen.sum() == len(last)
    assert everybody.passes.sum() == sum(vote == 0 for vote in last.values())


@given(ROWS, st.data())
def test_a_part_of_the_people_keeps_their_votes(rows, data):
    votes = from_rows(rows)
    kept = data.draw(st.sets(st.integers(0, votes.shape[0] - 1)))
    part = votes.only(np.array(sorted(kept), int))
    assert [part.of(person) for person in part.participants] == [
        votes.of(votes.participants[at]) for at in sorted(kept)
    ]


def test_a_file_without_a_column_is_refused(tmp_path):
    (tmp_path / "votes.csv").write_text("participant,vote\n1,1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="'statement' is missing"):
        read_csv(tmp_path / "votes.csv")


@given(ROWS, st.randoms())
def test_group_counts_add_up_and_do_not_depend_on_order(rows, random):
    votes = from_rows(rows)
    groups = np.array([random.choice([-1, 0, 1]) for _ in votes.participants])
    counted = arithmetic.tally(votes, groups, 2)
    last = {(person, one): vote for person, one, vote in rows}
    for at, one in enumerate(votes.statements.tolist()):
        for group in (0, 1):
            members = set(votes.participants[groups == group].tolist())
            said = [vote for (person, other), vote in last.items() if other == one and person in members]
            assert counted.seen[group, at] == len(said)
            assert counted.agrees[group, at] == said.count(1)
            assert counted.disagrees[group, at] == said.count(-1)


@given(COUNTS)
def test_doubling_everybody_changes_no_side(counts):
    successes, seen = counts
    once = arithmetic.probability(np.array(successes), np.array(seen)) - 0.5
    twice = arithmetic.probability(np.array(2 * successes), np.array(2 * seen)) - 0.5
    assert np.sign(once) == np.sign(twice)


@given(ROWS)
def test_doubling_everybody_keeps_the_sides_of_every_statement(rows):
    everybody = arithmetic.tally(from_rows(rows))
    double = arithmetic.tally(from_rows(rows + [(person + 100, one, vote) for person, one, vote in rows]))
    for counts, twice in ((everybody.agrees, double.agrees), (everybody.disagrees, double.disagrees)):
        once = arithmetic.probability(counts, everybody.seen) - 0.5
        assert (np.sign(once) == np.sign(arithmetic.probability(twice, double.seen) - 0.5)).all()


@given(COUNTS, COUNTS)
def test_two_proportions_turn_their_sign_with_the_groups(first, second):
    (s1, n1), (s2, n2) = first, second
    there = float(arithmetic.two_proportions(*map(np.array, (s1, s2, n1, n2))))
    back = float(arithmetic.two_proportions(*map(np.array, (s2, s1, n2, n1))))
    assert math.isfinite(there)
    assert there == pytest.approx(-back, abs=1e-12)


def test_formulas_by_hand():
    # 8 of 10 agree here, 3 of 9 elsewhere.
    assert arithmetic.probability(np.array(8), np.array(10)) == pytest.approx(9 / 12)
    assert arithmetic.one_proportion(np.array(8), np.array(10)) == pytest.approx(
        2 * math.sqrt(11) * (9 / 11 - 0.5)
    )
    pooled = (9 + 4) / (11 + 10)
    by_hand = (9 / 11 - 4 / 10) / math.sqrt(pooled * (1 - pooled) * (1 / 11 + 1 / 10))
    assert float(arithmetic.two_proportions(*map(np.array, (8, 3, 10, 9)))) == pytest.approx(by_hand)


def test_the_same_answer_everywhere_is_no_difference():
    assert float(arithmetic.two_proportions(*map(np.array, (5, 9, 5, 9)))) == 0.0


def test_group_aware_consensus_needs_every_group():
    one_side = arithmetic.Tally(np.array([[10], [0]]), np.array([[0], [10]]), np.array([[10], [10]]))
    both = arithmetic.Tally(np.array([[8], [8]]), np.array([[2], [2]]), np.array([[10], [10]]))
    assert arithmetic.group_aware_consensus(both)[0] > arithmetic.group_aware_consensus(one_side)[0]


@given(ROWS, st.randoms())
def test_every_group_that_spoke_has_a_representative_statement(rows, random):
    votes = from_rows(rows)
    groups = np.array([random.choice([0, 1]) for _ in votes.participants])
    for chosen in arithmetic.representative(arithmetic.tally(votes, groups, 2)):
        assert 1 <= len(chosen) <= arithmetic.PICKED
        sides = [one.side for one in chosen]
        assert sides == sorted(sides, reverse=True), "agreement comes before disagreement"


def test_a_new_statement_and_one_that_is_not_passed_weigh_more():
    total = arithmetic.Tally(np.array([0, 20, 2]), np.array([0, 20, 2]), np.array([0, 40, 40]))
    fresh, old, passed = arithmetic.weights(total, np.ones(3))
    assert fresh > old > passed
    assert arithmetic.weights(total, np.ones(3), [2])[2] == 49


@settings(max_examples=60)
@given(
    st.dictionaries(st.integers(0, 30), st.floats(0, 60), max_size=20),
    st.sets(st.integers(0, 30)),
    st.integers(0, 25),
    st.one_of(st.none(), st.integers(0, 99)),
)
def test_routing_never_shows_a_seen_statement(weights, seen, count, seed):
    shown = next_statements(weights, seen, count, None if seed is None else Random(seed))
    assert not set(shown) & seen
    assert len(shown) == len(set(shown)) == min(count, len(set(weights) - seen))


def test_routing_draws_in_proportion_to_weight():
    random = Random(4)
    first = [next_statements({"a": 3.0, "b": 1.0, "none": 0.0}, (), 1, random)[0] for _ in range(4000)]
    assert 0.72 < first.count("a") / len(first) < 0.78
    assert "none" not in first
    assert next_statements({"a": 1.0, "b": 3.0}, (), 2) == ["b", "a"]
