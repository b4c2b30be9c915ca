"""Acquaintance chains: the next best caller, the path to them, and the etiquette that bounds them."""

import itertools
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.councils import canvass_model
from mulin.councils.canvass_model import PULLS, Assumptions
from mulin.councils.chains import (
    AGREE,
    NOBODY,
    NOT_REACHED,
    OPPOSE,
    REASONS,
    REFUSED,
    UNDECIDED,
    Campaign,
    Etiquette,
    EtiquetteError,
    Ties,
    propose,
)

PACK = tomllib.loads((Path(__file__).parent.parent / "packs" / "rules.toml").read_text(encoding="utf-8"))
RULES = Etiquette.from_rule(next(one["value"] for one in PACK["rule"] if one["name"] == "councils.etiquette"))


def ties(*pairs):
    a, b, trust = (np.array(one) for one in zip(*pairs, strict=True))
    return Ties(a, b, trust)


def campaign(*stances):
    return Campaign.begin(np.array(stances))


def plan(graph, state, starters=(0,), rules=RULES, day=1):
    return propose(graph, state, np.array(starters), rules, day)


def test_the_closest_acquaintance_comes_first():
    found = plan(ties((0, 2, 1), (1, 2, 3), (0, 1, 2)), campaign(AGREE, AGREE, UNDECIDED))
    assert found.caller[2] == 1
    assert found.chain(2) == (0, 1, 2)
    assert found.trust[2] == 3


@pytest.mark.parametrize("stranger", [(1, 3), (0, 6), (3, -3)])
def test_a_no_that_a_stranger_heard_keeps_no_acquaintance_of_others_away(stranger):
    """Canvassers without a household here have numbers beyond all households; those who left have none."""
    state = campaign(AGREE, UNDECIDED, UNDECIDED)
    state.heard_no.add(stranger)
    assert plan(ties((0, 2, 1), (0, 1, 1)), state).caller.tolist() == [NOBODY, 0, 0]


def test_of_equally_close_ones_the_one_nearer_to_the_campaign_comes():
    graph = ties((0, 1, 1), (0, 2, 3), (1, 3, 2), (2, 3, 2))
    assert plan(graph, campaign(AGREE, AGREE, AGREE, UNDECIDED)).chain(3) == (0, 2, 3)


def test_household_a_refuses_and_the_third_contact_succeeds():
    # 0 runs the campaign; 0 and 1 know household 4 a little, 3 knows it well but is two steps away.
    graph = ties((0, 4, 2), (0, 1, 3), (1, 2, 2), (2, 3, 2), (1, 4, 2), (3, 4, 1))
    state = campaign(AGREE, AGREE, AGREE, AGREE, OPPOSE)
    day = 1
    for caller, outcome in ((0, OPPOSE), (1, OPPOSE), (3, AGREE)):
        found = plan(graph, state, day=day)
        assert found.caller[4] == caller
        state.start(4, caller, RULES, day)
        state.record(4, caller, day, outcome)
        day += RULES.rest_after_no
    assert found.chain(4) == (0, 1, 2, 3, 4)
    assert state.support == 1.0


def test_nobody_hears_a_message_through_somebody_who_does_not_agree():
    graph = ties((0, 1, 3), (1, 2, 3))
    found = plan(graph, campaign(AGREE, UNDECIDED, UNDECIDED))
    assert found.caller[2] == NOBODY
    assert REASONS[found.reason[2]] == "nobody_knows_them"


def test_a_chain_is_no_longer_than_the_etiquette_says():
    graph = ties((0, 1, 3), (1, 2, 3), (2, 3, 3))
    state = campaign(AGREE, AGREE, AGREE, UNDECIDED)
    assert plan(graph, state, rules=replace(RULES, longest_chain=3)).chain(3) == (0, 1, 2, 3)
    assert plan(graph, state, rules=replace(RULES, longest_chain=2)).chain(3) == ()


def test_no_caller_gets_more_visits_than_allowed_and_the_scarce_ones_go_first():
    # 0 can go to all four, 1 only to 2 and 3: household 4 and 5 have nobody but 0.
    graph = ties((0, 1, 3), *((0, house, 2) for house in (2, 3, 4, 5)), (1, 2, 1), (1, 3, 1))
    state = campaign(AGREE, AGREE, *[UNDECIDED] * 4)
    found = plan(graph, state, rules=replace(RULES, visits_each=2))
    assert found.caller[2:].tolist() == [1, 1, 0, 0]
    one = plan(graph, state, rules=replace(RULES, visits_each=1))
    assert [REASONS[reason] for reason in one.reason[2:]].count("callers_are_busy") == 2


def test_a_household_is_never_approached_by_two_people():
    graph = ties((0, 2, 2), (1, 2, 2), (0, 1, 2))
    state = campaign(AGREE, AGREE, UNDECIDED)
    state.start(2, 0, RULES, 1)
    assert plan(graph, state).caller[2] == NOBODY
    with pytest.raises(EtiquetteError) as error:
        state.start(2, 1, RULES, 1)
    assert error.value.code == "being_approached"
    with pytest.raises(EtiquetteError):
        state.record(2, 1, 1, AGREE)


def test_after_a_no_there_is_rest_and_the_same_person_does_not_come_again():
    graph = ties((0, 1, 3), (1, 2, 3), (0, 2, 1))
    state = campaign(AGREE, AGREE, UNDECIDED)
    state.start(2, 1, RULES, 1)
    state.record(2, 1, 1, UNDECIDED)
    assert REASONS[plan(graph, state, day=RULES.rest_after_no).reason[2]] == "resting"
    after = 1 + RULES.rest_after_no
    assert plan(graph, state, day=after).caller[2] == 0
    with pytest.raises(EtiquetteError):
        state.start(2, 1, RULES, after)


def test_whom_nobody_met_is_visited_again_soon_by_the_same_person():
    graph = ties((0, 1, 3))
    state = campaign(AGREE, UNDECIDED)
    state.start(1, 0, RULES, 1)
    state.record(1, 0, 1, NOT_REACHED)
    assert state.stance[1] == UNDECIDED
    assert plan(graph, state, day=RULES.rest_after_absence).caller[1] == NOBODY
    assert plan(graph, state, day=1 + RULES.rest_after_absence).caller[1] == 0


def test_who_asks_to_be_left_alone_is_left_alone_for_good():
    graph = ties((0, 1, 3))
    state = campaign(AGREE, UNDECIDED)
    state.start(1, 0, RULES, 1)
    state.record(1, 0, 1, REFUSED)
    assert REASONS[plan(graph, state, day=10_000).reason[1]] == "asked_to_be_left_alone"


def test_the_noes_and_contacts_of_a_household_are_limited():
    graph = ties(*((caller, 9, 2) for caller in range(9)), *((0, other, 2) for other in range(1, 9)))
    state = campaign(*[AGREE] * 9, OPPOSE)
    for number in range(RULES.most_noes):
        day = 1 + number * RULES.rest_after_no
        caller = int(plan(graph, state, day=day).caller[9])
        state.start(9, caller, RULES, day)
        state.record(9, caller, day, OPPOSE)
    assert REASONS[plan(graph, state, day=9_999).reason[9]] == "noes_used_up"
    busy = campaign(*[AGREE] * 9, UNDECIDED)
    busy.contacts[9] = RULES.most_contacts
    assert REASONS[plan(graph, busy).reason[9]] == "contacts_used_up"


def test_without_ties_or_people_nobody_is_proposed():
    none = np.array([], dtype=int)
    found = propose(Ties(none, none, none), campaign(AGREE, UNDECIDED), none, RULES, 1)
    assert found.caller.tolist() == [NOBODY, NOBODY]


def test_limits_that_are_missing_are_not_guessed():
    with pytest.raises(ValueError, match="longest_chain"):
        Etiquette.from_rule({"rest_after_no": 1, "rest_after_absence": 1, "most_contacts": 1, "most_noes": 1,
                             "visits_each": 1})  # fmt: skip
    with pytest.raises(ValueError, match="trust"):
        ties((0, 1, 4))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11), st.integers(1, 3)), min_size=1, max_size=40),
    st.lists(st.sampled_from([AGREE, UNDECIDED, OPPOSE, REFUSED]), min_size=12, max_size=12),
    st.lists(st.integers(0, 11), max_size=3, unique=True),
    st.integers(1, 2),
    st.integers(1, 4),
)
def test_every_plan_keeps_the_etiquette(pairs, stances, starters, visits, longest):
    known = {tuple(sorted(pair[:2])): pair[2] for pair in pairs if pair[0] != pair[1]}
    if not known:
        return
    graph = ties(*((a, b, trust) for (a, b), trust in known.items()))
    state = campaign(*stances)
    state.heard_no.add((3, 4))
    rules = replace(RULES, visits_each=visits, longest_chain=longest)
    found = propose(graph, state, np.array(starters, dtype=int), rules, 1)
    for house in range(12):
        chain = found.chain(house)
        assert bool(chain) == (REASONS[found.reason[house]] == "proposed")
        if not chain:
            continue
        assert stances[house] in (UNDECIDED, OPPOSE)
        assert chain[0] in starters
        assert len(chain) - 1 <= longest
        assert all(tuple(sorted(pair)) in known for pair in itertools.pairwise(chain))
        assert all(stances[one] == AGREE for one in chain[1:-1])
        assert stances[chain[-2]] == AGREE
        assert (house, chain[-2]) not in state.heard_no
    callers = found.caller[found.caller != NOBODY]
    assert np.bincount(callers, minlength=12).max(initial=0) <= visits


# --- the simulation -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def street():
    return canvass_model.neighbourhood(2_000, 10_000, seed=7)


def test_chains_bring_23_percent_above_90_with_at_most_three_fifths_of_the_visits(street):
    found = canvass_model.compare(street, 2_000, RULES, Assumptions(), seed=7)
    assert found.chains.curve[0] == pytest.approx(0.23)
    assert found.chains.is_reached
    assert found.chains.support > 0.9
    assert found.doors.is_reached
    assert found.ratio <= 0.6
    assert found.chains.most_visits_of_a_household <= RULES.most_contacts


def test_without_a_pull_of_acquaintances_chains_save_nothing(street):
    found = canvass_model.compare(street, 2_000, RULES, Assumptions(pull=PULLS["none"]), seed=7)
    assert 0.85 < found.ratio < 1.15


def test_the_same_seed_tells_the_same_story(street):
    one, two = (canvass_model.by_chains(street, 2_000, RULES, Assumptions(), seed=3) for _ in range(2))
    assert one == two
    assert one != canvass_model.by_chains(street, 2_000, RULES, Assumptions(), seed=4)


def test_the_simulated_graph_has_the_ties_that_were_asked_for(street):
    assert len(street.a) == 10_000
    assert len({(a, b) for a, b in zip(street.a.tolist(), street.b.tolist(), strict=True)}) == 10_000
