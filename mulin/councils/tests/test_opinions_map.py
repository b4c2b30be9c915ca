"""The opinion map: groups that are there are found, groups that are not are not, and little moves in
between."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.councils.opinions import (
    BLURRED,
    CLEAR,
    NONE,
    Memory,
    bubbles_of,
    clusters,
    find,
    from_rows,
    make_map,
    mapping,
)
from mulin.councils.opinions.evaluate import adjusted_rand
from mulin.councils.tests.opinion_worlds import camps, chance, of_camps


def groups_by_person(rows, memory=None, **options):
    votes = from_rows(rows, **options)
    found = make_map(votes, memory)
    return dict(zip(votes.participants.tolist(), found.groups_of_all(votes).tolist(), strict=True)), found


@settings(max_examples=15, deadline=None)
@given(st.integers(6, 60), st.integers(6, 60), st.integers(10, 40), st.integers(0, 10_000))
def test_a_world_of_two_camps_is_split_exactly(first, second, statements, seed):
    rows = camps([first, second], statements, seen=0.9, seed=seed)
    groups, found = groups_by_person(rows)
    placed = [person for person, group in groups.items() if group >= 0]
    assert found.count == 2
    assert found.clarity == CLEAR
    assert adjusted_rand(
        np.array([groups[person] for person in placed]), of_camps([first, second])[placed]
    ) == pytest.approx(1.0)


def test_three_camps_seen_in_part_are_found_through_noise():
    sizes = [120, 80, 50]
    groups, found = groups_by_person(camps(sizes, 60, seen=0.4, noise=0.3))
    assert found.count == 3
    assert adjusted_rand(np.array(list(groups.values())), of_camps(sizes)) > 0.95


@settings(max_examples=6, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 1000))
def test_neither_people_nor_statements_have_an_order(random, seed):
    rows = camps([30, 20, 25], 24, seen=0.7, noise=0.2, seed=seed)
    people, statements = list(range(75)), list(range(24))
    random.shuffle(people)
    random.shuffle(statements)
    renamed = [(people[person], statements[one], vote) for person, one, vote in rows]
    random.shuffle(renamed)
    before, found = groups_by_person(rows)
    after, again = groups_by_person(renamed)
    assert found.count == again.count
    same = adjusted_rand(
        np.array([before[person] for person in range(75)]),
        np.array([after[people[person]] for person in range(75)]),
    )
    assert same == pytest.approx(1.0)


def test_chance_is_no_group():
    seen_as_groups = [
        seed for seed in range(20) if make_map(from_rows(chance(80, 30, seed=seed))).clarity != NONE
    ]
    # The test stated in `mapping` errs once in twenty; three in twenty would be another test.
    assert len(seen_as_groups) <= 2


@pytest.mark.parametrize("people, statements, seen", [(300, 60, 0.4), (600, 120, 0.15), (40, 12, 1.0)])
def test_chance_of_any_size_is_no_group(people, statements, seen):
    found = make_map(from_rows(chance(people, statements, seen=seen, seed=5)))
    assert (found.count, found.clarity, found.has_groups) == (0, NONE, False)
    assert (found.groups == -1).all()


def test_a_unanimous_conversation_is_no_group():
    found = make_map(from_rows([(person, one, 1) for person in range(40) for one in range(12)]))
    assert (found.count, found.clarity) == (0, NONE)


def test_one_smooth_range_of_views_is_never_called_clear():
    random = np.random.default_rng(2)
    rows = []
    slopes = random.normal(size=40)
    for person, view in enumerate(random.normal(size=300) * 0.5):
        chances = 1 / (1 + np.exp(-view * slopes))
        rows += [(person, one, 1 if random.random() < chances[one] else -1) for one in range(40)]
    assert make_map(from_rows(rows)).clarity in (BLURRED, NONE)


def test_who_voted_too_little_is_not_placed():
    rows = camps([20, 20], 20)
    rows += [(90, one, 1) for one in range(6)] + [(91, one, 1) for one in range(7)]
    groups, _ = groups_by_person(rows)
    assert groups[90] == -1
    assert groups[91] >= 0


def test_all_statements_are_enough_where_there_are_fewer_than_seven():
    groups, _ = groups_by_person([*camps([20, 20], 5), (90, 0, 1)])
    assert groups[90] == -1
    assert groups[0] >= 0


def test_votes_on_a_statement_taken_away_still_count_as_having_voted():
    rows = [*camps([20, 20], 20), *((90, one, 1) for one in range(7))]
    groups, _ = groups_by_person(rows, left_out=[0])
    assert groups[90] >= 0


def test_somebody_alone_far_out_is_not_a_group():
    rows = camps([40, 30], 30, noise=0.2)
    against = {one: -vote for person, one, vote in rows if person == 0}
    rows += [(99, one, vote if one % 2 else -vote) for one, vote in against.items()]
    groups, found = groups_by_person(rows)
    assert found.sizes().min() >= mapping.FEWEST_IN_GROUP
    assert adjusted_rand(np.array([groups[person] for person in range(70)]), of_camps([40, 30])) > 0.95


@pytest.mark.parametrize("rows", [[], [(1, 1, 1)], [(1, one, 1) for one in range(9)], camps([1, 1], 9)])
def test_too_few_people_are_no_groups_and_no_error(rows):
    votes = from_rows(rows)
    found = make_map(votes)
    assert not found.has_groups
    assert find(votes, found).groups == ()


def test_the_next_update_keeps_numbers_places_and_directions():
    rows = camps([60, 40], 30, seen=0.6, noise=0.25)
    before, first = groups_by_person(rows)
    more = rows + [(person + 200, one, vote) for person, one, vote in rows if person >= 60] * 1
    more += [(person + 400, one, vote) for person, one, vote in rows if person >= 70]
    after, second = groups_by_person(more, first.memory)
    same = [before[person] == after[person] for person in before if before[person] >= 0]
    # The smaller group has become the larger one; it keeps its number all the same.
    assert second.sizes()[1] > second.sizes()[0]
    assert np.mean(same) > 0.95
    assert ((first.axes * second.axes).sum(axis=0) > 0).all()


def test_turned_axes_are_turned_back():
    votes = from_rows(camps([40, 30, 30], 20, noise=0.2))
    first = make_map(votes)
    turned = {one: (-x, -y) for one, (x, y) in first.memory.axes.items()}
    second = make_map(votes, Memory(axes=turned))
    assert second.axes == pytest.approx(-first.axes)


def test_once_placed_always_placed():
    rows = camps([20, 20], 5)
    _, first = groups_by_person(rows)
    more = rows + [(person, one, vote) for person, one, vote in camps([20, 20], 12, seed=2) if person > 0]
    assert groups_by_person(more)[0][0] == -1
    assert groups_by_person(more, first.memory)[0][0] >= 0


def test_another_number_of_groups_must_win_four_times_running():
    silhouettes = {2: 0.3, 3: 0.5, 4: 0.2}
    memory = Memory(count=2)
    counts = []
    for _ in range(mapping.UPDATES_TO_CHANGE):
        count, rival, wins = mapping._number(silhouettes, memory)
        counts.append(count)
        memory = Memory(count=count, rival=rival, wins=wins)
    assert counts == [2, 2, 2, 3]
    interrupted = Memory(count=2, rival=3, wins=3)
    assert mapping._number({2: 0.5, 3: 0.3}, interrupted) == (2, 0, 0)


def test_one_group_more_must_be_clearly_better():
    assert mapping._number({2: 0.40, 3: 0.41}, Memory())[0] == 2
    assert mapping._number({2: 0.40, 3: 0.46}, Memory())[0] == 3


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(5, 40), st.integers(2, 4))
def test_the_silhouette_is_that_of_its_definition(seed, count, groups):
    random = np.random.default_rng(seed)
    points, weights = random.normal(size=(count, 2)), random.integers(1, 9, count).astype(float)
    of = random.integers(0, groups, count)
    if len(np.unique(of)) < 2:
        return
    values = []
    for at in range(count):
        own = [np.linalg.norm(points[at] - points[other]) for other in range(count) if of[other] == of[at]]
        if len(own) == 1:
            values.append(0.0)
            continue
        inside = sum(own) / (len(own) - 1)
        outside = min(
            np.mean(np.linalg.norm(points[of == other] - points[at], axis=1))
            for other in np.unique(of)
            if other != of[at]
        )
        values.append((outside - inside) / max(outside, inside))
    assert clusters.silhouette(points, weights, of) == pytest.approx(np.average(values, weights=weights))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_the_best_means_are_as_good_as_many_random_starts(seed):
    random = np.random.default_rng(seed)
    points = np.concatenate([random.normal(centre, 1, (15, 2)) for centre in random.normal(0, 4, (3, 2))])
    weights = random.integers(1, 5, len(points)).astype(float)
    centres = clusters.best_means(points, weights, 3)[3]
    ours = clusters.lloyd(points, weights, centres[None])[2][0]
    starts = np.array([points[random.choice(len(points), 3, replace=False)] for _ in range(40)])
    # Of all seeds one in five thousand ends more than 2 % behind the luckiest start, the worst 3.7 %.
    assert ours <= clusters.lloyd(points, weights, starts)[2].min() * 1.05


def test_buckets_cover_everybody_and_are_at_most_a_hundred():
    points = np.random.default_rng(3).normal(size=(5000, 2))
    found = clusters.buckets(points, 100)
    assert len(found.sizes) == 100
    assert found.sizes.sum() == 5000
    assert found.centres[7] == pytest.approx(points[found.of == 7].mean(axis=0))


@pytest.mark.parametrize("sizes", [[30, 25, 20], [12, 10, 8]])
def test_a_wide_conversation_takes_the_other_way_to_the_same_axes(monkeypatch, sizes):
    votes = from_rows(camps(sizes, 40, seen=0.6, noise=0.2))
    narrow, share = mapping.principal_axes(votes)
    monkeypatch.setattr(mapping, "WIDE", 10)
    wide, same = mapping.principal_axes(votes)
    assert wide == pytest.approx(narrow, abs=1e-8)
    assert same == pytest.approx(share)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=2, max_size=3), st.integers(0, 1000))
def test_no_bubble_shows_fewer_than_five_people(sizes, seed):
    found = make_map(from_rows(camps(sizes, 20, noise=0.3, seed=seed)))
    shown = bubbles_of(found)
    assert all(bubble.people >= 5 for bubble in shown)
    for group in np.unique(found.groups).tolist():
        people = int((found.groups == group).sum())
        inside = [bubble for bubble in shown if bubble.group == group]
        assert sum(bubble.people for bubble in inside) == (people if people >= 5 else 0)


def test_a_person_finds_their_own_place():
    votes = from_rows([*camps([20, 20], 12), (77, 0, 1)])
    found = make_map(votes)
    x, y, group = found.place_of(votes, 3)
    assert (x, y) == tuple(found.positions[3])
    assert group == found.groups_of_all(votes)[3] >= 0
    assert found.place_of(votes, 77) is None
    assert found.place_of(votes, 12345) is None


def test_the_memory_survives_being_stored():
    memory = make_map(from_rows(camps([20, 15], 12, noise=0.2))).memory
    assert Memory.from_json(json.loads(json.dumps(memory.as_json()))) == memory
